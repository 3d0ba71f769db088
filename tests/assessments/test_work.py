"""The Work page: what was assigned, and each occurrence in a word."""

from datetime import timedelta

import pytest

from assessments import actions
from assessments.models import Occurrence
from assessments.work import state_of, work_of
from tests.conftest import ENTRY, NOW, give, make_client, send

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def occurrence(**facts):
    return Occurrence(**{"opens_at": NOW - 2 * DAY} | facts)


@pytest.mark.parametrize(
    ("facts", "state"),
    [
        ({}, ("info", "Open")),
        ({"due_at": NOW + DAY}, ("info", "Open")),
        ({"due_at": NOW - DAY}, ("silent", "Not yet")),
        ({"due_at": NOW - DAY, "expires_at": NOW}, ("not-yet", "Not answered")),
        ({"opens_at": NOW + DAY}, ("session", "To come")),
        ({"put_away_at": NOW}, ("info", "Put away by the client")),
        ({"withdrawn_at": NOW}, ("info", "Withdrawn")),
        ({"answered_at": NOW}, ("done", "Answered")),
        ({"answered_at": NOW, "withdrawn_at": NOW, "expires_at": NOW}, ("done", "Answered")),
    ],
    ids=str,
)
def test_each_state_is_a_shape_and_a_word(facts, state):
    assert state_of(occurrence(**facts), NOW) == state


def test_running_work_stands_before_what_was_ended_the_newest_first(joined, clinician):
    ended = give(joined, "patterns-check", by=clinician, now=NOW)
    old = give(joined, "limit-plan", by=clinician, now=NOW - DAY)
    new = give(joined, "strengths-check", by=clinician, now=NOW)
    actions.end_assignment(ended, by=clinician, now=NOW)
    assert [row.assignment for row in work_of(joined, now=NOW)] == [new, old, ended]


def test_every_step_says_how_many_entries_came_of_it(joined, clinician):
    given = give(joined, "limit-log", by=clinician, times=3)
    first = given.occurrences.get(number=1)
    for number in (1, 2):
        actions.add_entry(first, ENTRY, number=number, by=joined.user, now=NOW)
    (work,) = work_of(joined, now=NOW)
    assert [(step.occurrence.number, step.word, step.entries) for step in work.steps] == [
        (1, "Answered", 2),
        (2, "To come", 0),
        (3, "To come", 0),
    ]
    assert work.definition.slug == "limit-log"


def test_a_draft_is_no_entry(joined, clinician):
    row = give(joined, "patterns-check", by=clinician).occurrences.get()
    actions.keep(row, {"giving_1": 1}, by=joined.user, now=NOW)
    assert work_of(joined, now=NOW)[0].steps[0].entries == 0
    send(row, by=joined.user)
    assert work_of(joined, now=NOW)[0].steps[0].entries == 1


def test_nothing_of_another_client_is_shown(joined, clinician):
    give(make_client(clinician, "Other"), "strengths-check", by=clinician)
    assert work_of(joined, now=NOW) == []
