"""From rows to the drawing: what a reader could take for its opposite, and what nobody settled."""

import csv
from datetime import timedelta
from decimal import Decimal
from io import StringIO

import pytest
from django.template.loader import render_to_string
from django.urls import reverse

from assessments import actions, scoring
from assessments.models import ActivityVersion, Occurrence
from assessments.templatetags.assessment_tags import metric_in_words
from assessments.timeline import since_of, table_of, timeline_of
from assessments.timeline.practised import tells_outcomes
from clients import actions as care
from clients.models import Episode
from practice.ids import uuid7
from practice.models import AuditEvent
from tests.conftest import ENTRY, NOW, as_user, give, measure, reads, send

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
    assert order[:4] == ["episodes", "sessions", "homework", "limit-log"]
    assert [code.rpartition("-")[0] for code in order[4:]] == (
        ["strengths-check"] * 7 + ["patterns-check"] * 8
    )


def test_a_session_of_the_past_that_nobody_settled_is_not_to_come(joined, clinician):
    for days in (-1, 1):
        care.book_session(joined, by=clinician, starts_at=NOW + days * DAY, now=NOW)
    drawing = timeline_of(joined, now=NOW).drawing
    assert [sign.kind for sign in lanes(joined)["sessions"].signs] == ["unsettled", "to_come"]
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


class TestHomework:
    """Due on these days: asked is what was due, whatever became of it, and nobody is blamed."""

    def asked(self, client):
        found = lanes(client).get("homework")
        return found and [
            (row.at.isoformat(), row.counts.asked, row.counts.looked_at, row.counts.done)
            for row in found.rows
        ]

    @pytest.fixture
    def weekly(self, joined, clinician):
        """Three weeks of a log; all are due by NOW."""
        given = give(joined, "limit-log", by=clinician, times=3, now=NOW - 28 * DAY)
        return list(given.occurrences.order_by("number"))

    def test_each_week_says_what_was_opened_and_what_of_it_was_done(self, joined, weekly):
        first, second, _third = weekly
        actions.add_entry(first, ENTRY, number=1, by=joined.user, now=first.opens_at + DAY)
        actions.touch(second, now=second.opens_at + DAY)
        weeks = [(week.due_at - DAY * week.due_at.weekday()).date().isoformat() for week in weekly]
        assert self.asked(joined) == [
            (weeks[0], 1, 1, 1),
            (weeks[1], 1, 1, 0),
            (weeks[2], 1, 0, 0),
        ]
        bars = lanes(joined)["homework"].bars
        assert [[piece.kind for piece in bar.pieces] for bar in bars] == [
            ["done"],
            ["looked_at"],
            ["asked"],
        ]

    def test_what_is_not_due_or_was_put_away_or_withdrawn_is_not_held_against_them(
        self, joined, clinician
    ):
        give(joined, "strengths-check", by=clinician)  # due in two days
        away = give(joined, "patterns-check", by=clinician, now=NOW - 9 * DAY)
        actions.put_away(away.occurrences.get(), by=joined.user, now=NOW - 8 * DAY)
        ended = give(joined, "limit-log", by=clinician, times=2, now=NOW - 21 * DAY)
        actions.end_assignment(ended, by=clinician, now=NOW - 20 * DAY)
        care.book_session(joined, by=clinician, starts_at=NOW, now=NOW)
        assert self.asked(joined) is None

    def test_nor_what_fell_into_a_pause(self, joined, weekly):
        contact = joined.safe_contacts.get()
        contact.paused_from = weekly[0].due_at.date()
        contact.paused_until = weekly[1].due_at.date()
        contact.save(update_fields=["paused_from", "paused_until"])
        assert len(self.asked(joined)) == 1
        # What was done all the same is there.
        Occurrence.objects.filter(pk=weekly[0].pk).update(answered_at=weekly[0].due_at)
        assert [done for *_, done in self.asked(joined)] == [1, 0]

    def test_a_paper_copy_that_nobody_had_asked_for_is_no_homework(self, joined, clinician):
        measure(joined, 9, by=clinician, days_ago=3)
        assert "phq-9-phq9_total" in lanes(joined)
        assert self.asked(joined) is None


class TestEpisodes:
    @pytest.fixture
    def two(self, joined, clinician):
        """One that ended, and the one that is open."""
        measure(joined, 18, by=clinician, days_ago=90)
        old = joined.episodes.get()
        old.opened_at, old.closed_at = NOW - 100 * DAY, NOW - 60 * DAY
        old.close_reason = "moved away"
        old.save()
        Episode.objects.create(
            practice=joined.practice, client=joined, opened_at=NOW - 20 * DAY, created_by=clinician
        )
        for total, days_ago in ((9, 18), (16, 2)):
            measure(joined, total, by=clinician, days_ago=days_ago)
        return joined

    def test_their_limits_run_through_all_lanes_and_say_no_reason(self, two):
        drawing = timeline_of(two, now=NOW).drawing
        assert [sign.kind for sign in drawing.lanes[0].signs] == ["opened", "closed", "opened"]
        assert len(drawing.limit_lines) == 3
        html = render_to_string("assessments/_timeline.html", {"timeline": drawing})
        assert html.count("tl-limit-line") == 3 * len(drawing.lanes)
        assert "moved away" not in html

    def test_no_line_goes_from_one_into_the_next_and_limits_belong_to_theirs(self, two):
        lane = lanes(two)["phq-9-phq9_total"]
        old, first, last = lane.dots
        assert lane.segments == (f"{first.x},{first.y} {last.x},{last.y}",)
        assert {line.x for line in lane.lines if line.kind == "limit"} == {first.x}
        assert old.x < first.x

    def test_since_start_is_since_the_open_one(self, two):
        since = since_of(two, "start")
        assert since == NOW - 20 * DAY
        drawing = timeline_of(two, now=NOW, since=since).drawing
        assert len({lane.code: lane for lane in drawing.lanes}["phq-9-phq9_total"].dots) == 2
        assert (since_of(two, "session"), since_of(two, "nonsense")) == (None, None)


def test_words_to_the_client_are_marked_with_their_day_and_whether_they_were_seen(
    joined, clinician
):
    response = sent(joined, "strengths-check", by=clinician, now=NOW - 3 * DAY)
    actions.give_feedback(response, "Well seen", once=uuid7(), by=clinician, now=NOW - DAY)
    (sign,) = lanes(joined)["feedback"].signs
    assert sign.kind == "feedback_sent"
    assert sign.label == (
        "17 Nov 2026: words sent about What is going well with others, not seen yet"
    )
    assert sign.url == reverse("assessments:response", args=[response.pk])
    actions.see_feedback(joined, by=joined.user, now=NOW)
    (sign,) = lanes(joined)["feedback"].signs
    assert (sign.kind, sign.label[-19:]) == ("feedback_seen", "seen on 18 Nov 2026")


def test_an_alert_before_the_first_answer_is_on_the_axis(joined, clinician):
    plan = give(joined, "limit-plan", by=clinician, now=NOW - 9 * DAY).occurrences.get()
    alert = actions.ask_to_talk(plan, by=joined.user, now=NOW - 8 * DAY)
    (sign,) = lanes(joined)["alerts"].signs
    assert sign.url == reverse("assessments:alert", args=[alert.pk])


@pytest.mark.usefixtures("clock")
class TestTheFileBehindALane:
    @pytest.fixture
    def lived(self, joined, clinician):
        for total, days_ago in ((18, 20), (9, 2)):
            measure(joined, total, by=clinician, days_ago=days_ago)
        log = give(joined, "limit-log", by=clinician, times=2, now=NOW - 14 * DAY)
        first = log.occurrences.get(number=1)
        response = actions.add_entry(first, ENTRY, number=1, by=joined.user, now=NOW - 13 * DAY)
        actions.give_feedback(response, "=Well", once=uuid7(), by=clinician, now=NOW - DAY)
        session = care.book_session(joined, by=clinician, starts_at=NOW - 9 * DAY, now=NOW)
        care.settle_session(session, outcome="attended", by=clinician, now=NOW)
        return joined

    def taken(self, client, code, *, by, **query):
        url = reverse("assessments:timeline_taken", args=[client.pk, code])
        return as_user(by).get(url, query)

    def test_it_holds_what_the_table_holds(self, lived, clinician):
        codes = [lane.code for lane in timeline_of(lived, now=NOW).drawing.lanes if lane.rows]
        assert {"episodes", "sessions", "homework", "limit-log", "feedback"} < set(codes)
        for code in codes:
            text = self.taken(lived, code, by=clinician).content.decode("utf-8-sig")
            head, *rows = csv.reader(StringIO(text, newline=""))
            table = table_of(lanes(lived)[code])
            assert head == [column.word for column in table.head]
            assert rows == [
                ["" if cell is None else str(cell) for cell in line.cells] for line in table.lines
            ]
            assert "Well" not in text

    def test_it_has_the_rows_of_the_time_that_is_shown(self, lived, clinician):
        code = "phq-9-phq9_total"
        whole, newer = (
            self.taken(lived, code, by=clinician, since=since).content.decode().count("\r\n")
            for since in ("", "session")
        )
        assert (whole, newer) == (3, 2)

    def test_its_name_says_nothing_and_who_took_it_is_recorded(self, lived, supervisor):
        reads(supervisor, lived)
        file = self.taken(lived, "sessions", by=supervisor)
        assert file["Content-Disposition"] == 'attachment; filename="table-2026-11-18.csv"'
        assert file["Cache-Control"].count("no-store") == 1
        event = AuditEvent.objects.filter(action="timeline.taken").get()
        assert (event.actor, event.client_id) == (supervisor, lived.pk)
        assert event.detail == {"lane": "sessions", "since": ""}

    def test_a_lane_that_is_not_there_is_no_file(self, lived, clinician):
        assert self.taken(lived, "gad-7-gad7_total", by=clinician).status_code == 404
        assert not AuditEvent.objects.filter(action="timeline.taken").exists()

    def test_the_page_leads_to_each(self, lived, clinician):
        page = as_user(clinician).get(
            reverse("assessments:timeline", args=[lived.pk]), {"since": "session"}
        )
        html = page.content.decode()
        shown = [lane for lane in page.context["timeline"].lanes if lane.rows]
        for lane in shown:
            url = reverse("assessments:timeline_taken", args=[lived.pk, lane.code])
            assert f'href="{url}?since=session" download' in html


@pytest.mark.usefixtures("clock")
def test_on_a_phone_eight_weeks_are_seen_at_first(joined, clinician):
    measure(joined, 18, by=clinician, days_ago=2 * 56)
    url = reverse("assessments:timeline", args=[joined.pk])
    browser = as_user(clinician)
    phone = browser.get(url, headers={"user-agent": "Mozilla/5.0 (Android 15; Mobile)"})
    narrow, wide = phone.context["timeline"], browser.get(url).context["timeline"]
    assert narrow.plot_width == 2 * 190
    assert wide.width == 1050
    assert not narrow.has_gutter
    assert "tl-bands" in phone.content.decode()


@pytest.mark.parametrize(("slug", "tells"), [("limit-log", True), ("check-in-together", False)])
def test_only_a_log_of_limits_says_kept_partly_or_not_yet(practice, slug, tells):
    version = ActivityVersion.objects.filter(activity__slug=slug).newest().get()
    assert tells_outcomes(version.definition) is tells
