"""What comes over the line to a browser that has seen nothing of us: a page with every style and
script that it loads, compressed as they are served."""

import json
import re
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.test.utils import override_settings
from django.urls import reverse

from clients import actions as care
from tests.conftest import NOW, as_user, give, make_client, measure

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
LOADED = re.compile(r'<(?:link rel="stylesheet"|script)[^>]*? (?:href|src)="/static/([^"]+)"')

PORTAL = 25_000
TODAY = 40_000
A_ROW = 400  # of Today, with its words in it twice


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    """How many octets each file has as it is served, by the name that pages call it here."""
    folder = tmp_path_factory.mktemp("static")
    with override_settings(STATIC_ROOT=str(folder)):
        call_command("collectstatic", interactive=False, verbosity=0)
    names = json.loads((folder / "staticfiles.json").read_text())["paths"]
    return {
        name: min(
            path.stat().st_size
            for path in (folder / hashed, folder / f"{hashed}.br", folder / f"{hashed}.gz")
            if path.exists()
        )
        for name, hashed in names.items()
    }


def page_of(browser, url) -> tuple[int, str]:
    response = browser.get(url, headers={"accept-encoding": "gzip"})
    assert response["Content-Encoding"] == "gzip"
    return len(response.content), browser.get(url).content.decode()


def weight(served, browser, url) -> int:
    octets, html = page_of(browser, url)
    loaded = LOADED.findall(html)
    assert len(loaded) > 3
    return octets + sum(served[name] for name in loaded)


def test_the_portals_first_page(joined, clinician, served):
    a = as_user(joined.user)
    a.post(reverse("clients:welcome_done"))
    for slug in ("patterns-check", "strengths-check", "limit-log", "limits-and-closeness"):
        give(joined, slug, by=clinician)
    assert weight(served, a, reverse("assessments:portal")) < PORTAL


def test_today_and_each_row_of_it(clinician, served):
    url, sizes = reverse("assessments:today"), []
    for first in (0, 1, 3):
        for n in range(first, max(2 * first, 1)):
            client = make_client(clinician, f"Client {n}")
            measure(client, 9, by=clinician, days_ago=9)
            measure(client, 16, by=clinician, days_ago=2)
            care.book_session(client, by=clinician, starts_at=NOW + timedelta(hours=3), now=NOW)
        sizes.append(page_of(as_user(clinician), url)[0])
    assert weight(served, as_user(clinician), url) < TODAY
    assert (sizes[-1] - sizes[0]) / 5 / 2 < A_ROW
