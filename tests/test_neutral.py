"""No address of the portal gives away what it is: to a history, a cache, a tab or a file's name."""

import re

from django.test import Client as Browser
from django.urls import reverse

from tests.access.reading import routes
from tests.conftest import as_user
from tests.one_of_everything import PORTAL, Practice, undone

# Of the sign-in and the links, for whoever has not signed in.
OUTSIDE = ["account_login", "account_request_login_code", "clients:help"]


def faults(url, response, told) -> list[str]:
    if response.status_code in (301, 302):
        url, text = response.url, ""
    else:
        text = response.content.decode()
    title = re.search(r"<title>(.*?)</title>", text)
    wrong = {
        "a title that tells": bool(title) and title[1] not in ("Trellis", "Sign in · Trellis"),
        "another icon": bool(text) and len(re.findall(r'rel="icon"', text)) != 1,
        "kept by a browser": "no-store" not in response.get("Cache-Control", ""),
        "tells other sites": response.get("Referrer-Policy") != "same-origin",
        "found by robots": bool(text) and 'content="noindex, nofollow"' not in text,
        "a name in the address": any(word in url.lower() for word in told),
        "a file with a name": "filename" in response.get("Content-Disposition", ""),
        "no way to leave": bool(text) and f'href="{reverse("clients:leave")}"' not in text,
    }
    return [f"{url}: {what}" for what, is_so in wrong.items() if is_so]


def test_every_page_of_the_portal_is_neutral(db, clock):
    there = Practice()
    there.client.leave_page_shown_at = there.client.created_at
    there.client.save(update_fields=["leave_page_shown_at"])
    told = {"mill", "clara", "sam", "ortega", "codep", "limit", "pattern", "strength", "phq"}
    found = []
    for name in [name for name in routes() if name in PORTAL and "GET" in routes()[name].answers]:
        with undone():
            url = there.url(name)
            found += faults(url, as_user(there.client.user).get(url), told)
    for name in OUTSIDE:
        found += faults(reverse(name), Browser().get(reverse(name)), told)
    assert found == []
