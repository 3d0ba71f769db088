"""From rows to the drawing: what a reader could take for its opposite, and what nobody settled."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.template.loader import render_to_string

from assessments import actions, scoring
from assessments.templatetags.assessment_tags import metric_in_words
from assessments.timeline import timeline_of
from clients import actions as care
from tests.conftest import ENTRY, NOW, give, send

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def lanes(client):
    return {lane.code: lane for lane in timeline_of(client, now=NOW).drawing.lanes}


def sent(client, slug, *, by, now=NOW):
    return send(give(client, slug, by=by, now=now).occurrences.get(), by=client.user, now=now)


@pytest.mark.parametrize(
    ("slug", "code", "direction", "asked"),
    [
        ("patterns-check", "check_limits", "Higher is harder", "When I want to say no"),
        ("strengths-check", "strengths_clear", "Higher is going better", "I tell people what is"),
    ],
)
def test_each_scale_says_what_higher_means(joined, clinician, slug, code, direction, asked):
    sent(joined, slug, by=clinician)
    found = [lane for lane in lanes(joined).values() if lane.kind == "series"]
    assert {lane.direction for lane in found} == {direction}
    lane = next(lane for lane in found if asked in lane.note)
    assert lane.dots[0].label.startswith(f"{lane.title}, 18 Nov 2026: 2, answered 1 of 1. ")
    assert f"{direction}: “{asked}" in lane.dots[0].label
    drawing = timeline_of(joined, now=NOW).drawing
    html = render_to_string("assessments/_timeline.html", {"timeline": drawing})
    assert html.count(f"({direction})</th>") == len(found)
    assert html.count(f'tl-direction">{direction}</p>') == len(found)


def test_the_log_stands_under_the_sessions_and_then_what_was_answered_most(joined, clinician):
    sent(joined, "patterns-check", by=clinician, now=NOW - 3 * DAY)
    for days in (1, 2):
        sent(joined, "strengths-check", by=clinician, now=NOW - days * DAY)
    log = give(joined, "limit-log", by=clinician, times=2).occurrences.get(number=1)
    actions.add_entry(log, ENTRY, number=1, by=joined.user, now=NOW)
    order = list(lanes(joined))
    assert order[:2] == ["sessions", "limit-log"]
    assert [code.rpartition("-")[0] for code in order[2:]] == (
        ["strengths-check"] * 7 + ["patterns-check"] * 8
    )


def test_a_session_of_the_past_that_nobody_settled_is_not_to_come(joined, clinician):
    for days in (-1, 1):
        care.book_session(joined, by=clinician, starts_at=NOW + days * DAY, now=NOW)
    drawing = timeline_of(joined, now=NOW).drawing
    assert [sign.kind for sign in drawing.lanes[0].signs] == ["unsettled", "to_come"]
    assert drawing.legend == ("unsettled", "to_come")
    html = render_to_string("assessments/_timeline.html", {"timeline": drawing})
    assert "· not said yet" in html


@pytest.mark.parametrize(
    ("said", "monday"),
    [
        ("2026-11-10", "2026-11-09"),
        (None, "2026-11-16"),
        ("2027-01-04", "2026-11-16"),  # to come: only from before the form refused it
        ("1926-11-10", "2026-11-16"),
    ],
)
def test_an_entry_stands_in_the_week_that_it_says(joined, clinician, said, monday):
    log = give(joined, "limit-log", by=clinician, times=2).occurrences.get(number=1)
    answers = ENTRY | {"when": said}
    actions.add_entry(log, answers, number=1, by=joined.user, now=NOW)
    (row,) = lanes(joined)["limit-log"].rows
    assert (row.at.isoformat(), row.counts.partly) == (monday, 1)


@pytest.mark.parametrize(
    ("value", "words"),
    [("-2.3333", "2.3 lower"), ("1", "1 higher"), ("0.04", "the same"), ("0", "the same")],
)
def test_a_change_is_rounded_to_one_place(value, words):
    metric = scoring.MetricValue("discomfort", "Discomfort", "change", Decimal(value), 3)
    assert metric_in_words(metric) == words
