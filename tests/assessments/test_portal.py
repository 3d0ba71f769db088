"""What the portal's home shows, and when it stops showing it."""

from datetime import timedelta

import pytest

from assessments import actions
from assessments.portal import home_of
from clients import actions as care
from tests.conftest import ENTRY, NOW, clear, give, join, make_client, send

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def asked(client, now=NOW):
    return [task.definition.slug for task in home_of(client, now=now).now]


def test_nothing_is_asked_of_one_who_was_given_nothing(joined):
    home = home_of(joined, now=NOW)
    assert (home.now, home.put_away, home.done, home.next_session) == ([], [], 0, None)


def test_the_first_to_be_due_stands_first(joined, clinician):
    give(joined, "patterns-check", by=clinician, due_in_days=5)
    give(joined, "strengths-check", by=clinician, due_in_days=2)
    assert asked(joined) == ["strengths-check", "patterns-check"]


def test_what_is_begun_says_so(joined, clinician):
    occurrence = give(joined, "patterns-check", by=clinician).occurrences.get()
    assert home_of(joined, now=NOW).now[0].is_begun is False
    actions.keep(occurrence, {"giving_1": 1}, by=joined.user, now=NOW)
    assert home_of(joined, now=NOW).now[0].is_begun is True


def test_what_was_sent_leaves(joined, clinician):
    send(give(joined, "patterns-check", by=clinician).occurrences.get(), by=joined.user)
    home = home_of(joined, now=NOW)
    assert (home.now, home.done) == ([], 1)


def test_what_was_sent_a_month_ago_is_not_counted(joined, clinician):
    send(give(joined, "patterns-check", by=clinician).occurrences.get(), by=joined.user)
    assert home_of(joined, now=NOW + 30 * DAY).done == 1
    assert home_of(joined, now=NOW + 31 * DAY).done == 0


def test_a_log_stays_with_its_number_of_entries(joined, clinician):
    log = give(joined, "limit-log", by=clinician, times=2).occurrences.get(number=1)
    for number in (1, 2):
        actions.add_entry(log, ENTRY, number=number, by=joined.user, now=NOW)
    (task,) = home_of(joined, now=NOW).now
    assert (task.occurrence, task.entries, task.is_begun) == (log, 2, False)


def test_of_weekly_work_only_this_week_is_asked(joined, clinician):
    rows = give(joined, "limit-log", by=clinician, times=3).occurrences.order_by("number")
    for row in rows:
        assert [task.occurrence for task in home_of(joined, now=row.opens_at).now] == [row]
    assert asked(joined, now=rows.last().expires_at) == []


def test_what_was_withdrawn_or_put_away_is_not_asked(joined, clinician):
    given = give(joined, "patterns-check", by=clinician)
    away = give(joined, "limit-plan", by=clinician).occurrences.get()
    actions.end_assignment(given, by=clinician, now=NOW)
    actions.put_away(away, by=joined.user, now=NOW)
    home = home_of(joined, now=NOW)
    assert (home.now, [task.occurrence for task in home.put_away]) == ([], [away])


def test_a_hold_hides_what_is_gated_until_it_is_clear_again(joined, clinician):
    give(joined, "limit-plan", by=clinician, due_in_days=1)
    give(joined, "strengths-check", by=clinician)
    clear(joined, by=clinician, outcome="hold", now=NOW + DAY)
    assert asked(joined) == ["strengths-check"]
    clear(joined, by=clinician, outcome="clear", now=NOW + 2 * DAY)
    assert asked(joined) == ["limit-plan", "strengths-check"]


def test_nothing_of_another_client_is_shown(joined, clinician):
    other = join(make_client(clinician, "Other"), by=clinician)
    give(other, "strengths-check", by=clinician)
    care.book_session(other, by=clinician, starts_at=NOW + DAY, now=NOW)
    assert asked(other) == ["strengths-check"]
    assert asked(joined) == []
    assert home_of(joined, now=NOW).next_session is None
