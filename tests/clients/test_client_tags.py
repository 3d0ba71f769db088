from datetime import date, time, timedelta
from types import SimpleNamespace

import pytest
from django.utils import timezone

from clients import actions
from clients.models import SafeContact
from clients.templatetags import client_tags
from tests.conftest import NOW, clear, make_client


def header(user, client):
    request = SimpleNamespace(user=user, path=f"/clients/{client.pk}/")
    return client_tags.client_header({"request": request}, client, "timeline")


@pytest.mark.parametrize("rows", [1, 3])
def test_the_header_asks_five_times_however_long_the_history(
    clinician, rows, django_assert_num_queries
):
    client = make_client(clinician)
    for days in range(rows):
        clear(client, by=clinician, now=NOW + timedelta(days=days))
        actions.book_session(
            client, by=clinician, starts_at=timezone.now() + timedelta(days=1 + days)
        )
    assert clinician.roles  # the page has asked for them before
    with django_assert_num_queries(5):
        said = header(clinician, client)
        assert str(said["check"].get_outcome_display()) == "Clear"
    assert said["cares"]
    assert [tab["current"] for tab in said["tabs"]] == ["page", "", "", "", ""]


@pytest.mark.parametrize(
    ("days", "start", "end", "words"),
    [
        ([1, 2, 3, 4, 5], time(9), time(17), "E-mail only, weekdays 9\u201317, discreet."),
        (
            [1, 2, 3, 4, 5, 6, 7],
            time(0),
            time(23, 59),
            "E-mail only, any day at any hour, discreet.",
        ),
        ([6, 7], time(9, 30), time(20), "E-mail only, weekends 9:30\u201320, discreet."),
        ([1, 2, 3], time(9), time(17), "E-mail only, Mon\u2013Wed 9\u201317, discreet."),
        ([5, 1], time(9), time(17), "E-mail only, Mon, Fri 9\u201317, discreet."),
    ],
)
def test_how_they_may_be_reached_in_words(days, start, end, words):
    contact = SafeContact(channel="email", weekdays=days, hours_from=start, hours_until=end)
    assert client_tags.reached(contact) == words


def test_no_messages_in_words():
    assert client_tags.reached(SafeContact(channel="none")) == "No messages."
    assert client_tags.reached(None) == "Nobody has asked yet how they may be reached."


def test_a_pause_shows_while_it_lasts():
    over = SafeContact(channel="email", paused_until=date(2020, 1, 1))
    assert client_tags.paused_until(over) is None
    lasting = timezone.localdate() + timedelta(days=1)
    assert client_tags.paused_until(SafeContact(channel="email", paused_until=lasting)) == lasting


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (0, "today"),
        (1, "yesterday"),
        (13, "13 days ago"),
        (21, "3 weeks ago"),
        (100, "3 months ago"),
    ],
)
def test_how_long_ago(days, words):
    assert f">{words}<" in client_tags.ago(timezone.now() - timedelta(days=days))
