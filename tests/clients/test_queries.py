"""How many statements the lists of teams and absences cost: the same with 1 row and with 3."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clients import actions as care
from tests.conftest import NOW, as_user, freshly, make_client, reads

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

ABSENCES = 8
HANDED_OVER = 5
LEAVING = 18
RECORD = 17


def statements(browser, url):
    browser.get(url)  # the very first one also fills what a process remembers
    with CaptureQueriesContext(connection) as sent:
        assert browser.get(url).status_code == 200
    return len(sent)


@pytest.mark.parametrize("n", [1, 3])
def test_lists_cost_the_same(n, clinician, colleague, supervisor, owner):
    clients = [make_client(colleague, f"Client {k}") for k in range(n)]
    for k, client in enumerate(clients):
        care.hand_over(client, to=clinician, stays=True, by=colleague, now=NOW)
        starts_at = NOW + timedelta(days=k + 1)
        care.book_session(client, by=clinician, starts_at=starts_at, now=NOW)
        reads(supervisor, clients[0])
        care.take_absence(
            clinician,
            first_day=starts_at.date() + timedelta(days=10 * k),
            last_day=starts_at.date() + timedelta(days=10 * k + 1),
            covers={None: colleague, client.pk: colleague},
            tells_clients=True,
            by=clinician,
            now=NOW,
        )
    hers, page = as_user(clinician), reverse("clients:record", args=[clients[0].pk])
    assert statements(hers, reverse("clients:handed_over")) == HANDED_OVER
    assert statements(hers, reverse("clients:absences")) == ABSENCES
    assert statements(hers, page) == RECORD
    leaving = reverse("clients:staff_leave", args=[clinician.pk])
    assert statements(freshly(owner), leaving) == LEAVING
