from datetime import date, time, timedelta
from types import SimpleNamespace

import pytest
from django.utils import timezone

from clients import actions
from clients.models import ChannelStop, ReminderPolicy, SafeContact
from clients.templatetags import client_tags, contact_tags
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
            client, by=clinician, starts_at=timezone.now() + timedelta(days=1 + days), now=NOW
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


@pytest.mark.parametrize(
    ("ways", "words"),
    [
        (("sms", []), "Text message only, any day 9\u201320, discreet."),
        (("sms", ["email"]), "Text message, else e-mail, any day 9\u201320, discreet."),
        (("email", ["sms"]), "E-mail, else text message, any day 9\u201320, discreet."),
    ],
)
def test_the_ways_to_them_in_words(ways, words):
    channel, others = ways
    assert client_tags.reached(SafeContact(channel=channel, then_channels=others)) == words


def test_no_messages_in_words():
    assert client_tags.reached(SafeContact(channel="none")) == "No messages."
    assert client_tags.reached(None) == "Nobody has asked yet how they may be reached."


def test_a_pause_shows_while_it_lasts():
    over = SafeContact(channel="email", paused_until=date(2020, 1, 1))
    assert client_tags.paused_until(over) is None
    lasting = timezone.localdate() + timedelta(days=1)
    assert client_tags.paused_until(SafeContact(channel="email", paused_until=lasting)) == lasting


def test_a_pause_that_has_not_begun_is_not_one_yet():
    first = timezone.localdate() + timedelta(days=3)
    coming = SafeContact(channel="email", paused_from=first, paused_until=first)
    assert client_tags.paused_until(coming) is None
    assert client_tags.pause_to_come(coming) == first
    begun = SafeContact(channel="email", paused_from=timezone.localdate(), paused_until=first)
    assert (client_tags.paused_until(begun), client_tags.pause_to_come(begun)) == (first, None)


@pytest.mark.parametrize(
    ("most", "days", "first", "words"),
    [
        (0, 2, 0, "No reminders: only a message that something is new."),
        (1, 2, -1, "At most one reminder about one thing, 1 day before it is due."),
        (
            3,
            2,
            0,
            (
                "At most 3 reminders about one thing: the first one when it is due, "
                "and at least 2 days from one to the next."
            ),
        ),
        (
            2,
            1,
            2,
            (
                "At most 2 reminders about one thing: the first one 2 days after it was due, "
                "and at least 1 day from one to the next."
            ),
        ),
    ],
)
def test_how_often_in_words(practice, most, days, first, words):
    own = SafeContact(practice=practice, most_reminders=most, spacing_days=days, first_days=first)
    assert contact_tags.reminded(own) == words
    ReminderPolicy.objects.create(
        practice=practice, most_reminders=most, spacing_days=days, first_days=first
    )
    assert contact_tags.reminded(SafeContact(practice=practice)) == words


@pytest.mark.parametrize("why", ChannelStop.Why.values)
@pytest.mark.parametrize("is_own", [False, True])
def test_each_stop_has_its_sentence(why, is_own):
    stop = ChannelStop(channel="sms", why=why)
    assert contact_tags.stopped_way(stop) == "No more text messages:"
    assert str(contact_tags.stopped_why(stop, is_own)).endswith(".")


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
