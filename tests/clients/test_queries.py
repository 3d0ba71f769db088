"""How many statements the lists of teams and absences cost: the same with 1 row and with 3."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clients import actions as care
from tests.conftest import NOW, as_user, freshly, make_client, reads

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def statements(browser, url):
    browser.get(url)  # the very first one also fills what a process remembers
    with CaptureQueriesContext(connection) as sent:
        assert browser.get(url).status_code == 200
    return len(sent)


def one_more(n, clinician, colleague):
    """A client handed over, with a session, a reason, and days away on which two cover."""
    client = make_client(colleague, f"Client {n}")
    care.hand_over(client, to=clinician, stays=True, by=colleague, now=NOW)
    starts_at = NOW + timedelta(days=1 + n)
    care.book_session(client, by=clinician, starts_at=starts_at, now=NOW)
    care.take_absence(
        clinician,
        first_day=NOW.date() + timedelta(days=10 * n + 5),
        last_day=NOW.date() + timedelta(days=10 * n + 6),
        covers={None: colleague, client.pk: colleague},
        tells_clients=True,
        by=clinician,
        now=NOW,
    )
    return client


def test_lists_cost_the_same_with_one_row_and_with_three(clinician, colleague, supervisor, owner):
    first = one_more(0, clinician, colleague)
    reads(supervisor, first)
    hers, owners = as_user(clinician), freshly(owner)
    pages = {
        reverse("clients:handed_over"): hers,
        reverse("clients:absences"): hers,
        reverse("clients:record", args=[first.pk]): hers,
        reverse("clients:staff_leave", args=[clinician.pk]): owners,
    }
    before = {page: statements(browser, page) for page, browser in pages.items()}
    for n in (1, 2):
        one_more(n, clinician, colleague)
        reads(supervisor, first)
    assert {page: statements(browser, page) for page, browser in pages.items()} == before
