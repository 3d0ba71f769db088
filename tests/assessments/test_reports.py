"""The progress report: what stands in it, what never does, and that it can be read aloud."""

from datetime import timedelta

import pytest
from django.db import connection
from django.template.loader import render_to_string
from django.test.utils import CaptureQueriesContext
from django.utils.html import strip_tags

from assessments import actions
from assessments.models import ActivityVersion, Alert
from assessments.reports import report_pdf
from assessments.reports.paper import paper_of, typeset
from assessments.reports.report import report_of
from clients import actions as care
from clients.models import Client
from practice.ids import uuid7
from tests.assessments.test_queries import a_life
from tests.conftest import ENTRY, NOW, give, measure, phq9, send
from tests.pdf import Pdf

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
DAY = timedelta(days=1)
STATEMENTS = 10  # one notes that words were shown: they are not taken back any more
MARKUP = '#include("x") *bold* $a$ _b_ \\ @c <d>'


def read(client, by, **how):
    """As of a moment like those of a clock: with microseconds."""
    return Pdf(report_pdf(client, by=by, now=NOW.replace(microsecond=123_456), **how))


@pytest.fixture
def lived(clinician):
    return a_life(clinician, "Sam Ortega")


class TestWhatStandsInIt:
    def test_it_is_tagged_for_readers_who_do_not_see_it(self, lived, clinician):
        pdf = read(lived, clinician, with_words=True)
        catalog = next(body for body in pdf.objects.values() if b"/Type/Catalog" in body)
        assert b"/Lang(en)" in catalog
        assert b"/MarkInfo<</Marked true" in catalog
        assert b"/StructTreeRoot" in catalog
        assert b"/DisplayDocTitle true" in catalog
        assert b"/Title(Progress report)" in pdf.content
        assert b"<pdfuaid:part>1</pdfuaid:part>" in pdf.content
        assert {"H1", "H2", "H3", "P", "L", "LI", "Table", "TH", "TD", "Figure"} <= pdf.tags
        assert (
            pdf.content.count(b"/Alt(Line chart of ")
            == lived.scores.values("scale", "about", "response__version__activity")
            .distinct()
            .count()
        )

    def test_a_verdict_stands_with_all_that_it_rests_on(self, lived, clinician):
        text = read(lived, clinician).text
        assert "9 → 16 (+7), deteriorated. Worse by more than measurement error." in text
        for part in ("SD 5.5", "reliability 0.89 (alpha)", "z 1.96", "NHS Talking Therapies"):
            assert part in text
        assert "reliably worse from 15" in text
        assert "What such a verdict does not say" in text

    def test_a_tool_that_is_not_validated_says_so_as_on_screen(self, lived, clinician):
        text = read(lived, clinician).text
        label = " ".join(strip_tags(render_to_string("_components/reflection_label.html")).split())
        own = {score.scale for score in lived.scores.all()} - {"phq9_total", "total"}
        assert text.count(label) >= len(own) > 0

    def test_who_made_it_when_and_for_whom(self, lived, clinician):
        text = read(lived, clinician).text
        assert "At the Mill" in text
        assert text.count("Sam Ortega") == 1
        assert "Clara, 18 Nov 2026, 11:00 (Europe/Berlin)" in text
        assert "1 attended" in text
        assert text.count("S. O. · 18 Nov 2026 · Not a diagnosis · Confidential") >= 2

    def test_homework_counts_what_was_asked_and_kept(self, lived, clinician):
        report = report_of(lived, by=clinician, now=NOW, with_words=False)
        rows = {row[0]: row[1:] for row in report["homework"]["rows"]}
        assert rows["Limit log"] == ["1", "1", "1", "1", "0", "1", "0"]
        assert "Plan a limit" not in rows  # there is still time

    def test_before_anything_happened_it_says_that(self, client_in_care, clinician):
        text = read(client_in_care, clinician).text
        assert "Nothing was asked or answered in this episode" in text
        assert "Summary" not in text

    def test_an_episode_that_is_closed_is_judged_as_it_was_when_it_ended(self, lived, clinician):
        care.close_episode(lived, by=clinician, reason="done", now=NOW)
        text = read(lived, clinician).text
        assert "9 → 16 (+7), deteriorated. Worse by more than measurement error." in text
        assert "reliably worse from 15" in text


class TestCharts:
    def test_no_line_goes_across_a_gap_and_the_table_has_the_same_values(
        self, client_in_care, clinician
    ):
        for days, total in ((40, 18), (30, 15), (10, 9), (3, 8)):
            measure(client_in_care, total, by=clinician, days_ago=days)
        too_few = phq9(10) | dict.fromkeys([f"phq9_{n}" for n in range(1, 6)])
        version = ActivityVersion.objects.filter(activity__slug="phq-9").newest().get()
        filled_on = (NOW - 20 * DAY).date()
        actions.enter_paper(
            client_in_care, version, too_few, filled_on=filled_on, by=clinician, now=NOW
        )
        report = report_of(client_in_care, by=clinician, now=NOW, with_words=False)
        scale = report["scales"][0]
        assert [len(line) for line in scale["drawing"]["lines"]] == [2, 2]
        assert len(scale["drawing"]["gaps"]) == 1
        assert [row[1] for row in scale["table"]["rows"]] == ["18", "15", "–", "9", "8"]  # noqa: RUF001
        assert scale["table"]["rows"][2][-1] == "answered, no value"
        assert "no line goes across it" in Pdf(typeset(report, made_at=NOW)).text

    def test_one_answer_is_a_dot_and_a_sentence(self, joined, clinician):
        measure(joined, 9, by=clinician, days_ago=9)
        send(give(joined, "strengths-check", by=clinician).occurrences.get(), by=joined.user)
        report = report_of(joined, by=clinician, now=NOW, with_words=False)
        judged, own, *_rest = report["scales"]
        assert judged["change"]["meaning"] == "One score so far: a change needs two."
        assert own["single"] == "One answer so far."
        assert judged["drawing"]["lines"] == own["drawing"]["lines"] == []
        assert len(judged["drawing"]["dots"]) == len(own["drawing"]["dots"]) == 1
        assert report["limits"] == ""


class TestWhatStaysOut:
    def test_notes_drafts_and_words_that_nobody_asked_for(self, lived, clinician):
        session = lived.sessions.earliest("starts_at")
        care.write_on_session(
            session, page=uuid7(), opened_at=NOW, by=clinician, now=NOW, note="Secretnote"
        )
        care.add_point(session, "Secretpoint", by=clinician, now=NOW)
        alert = Alert.objects.get(client=lived)
        actions.close_alert(alert, by=clinician, note="Secretalert", now=NOW)
        log = give(lived, "limit-log", by=clinician, times=2).occurrences.get(number=1)
        actions.keep(log, ENTRY | {"limit": "Secretdraft"}, by=lived.user, now=NOW)
        shut, open_ = (read(lived, clinician, with_words=asked).text for asked in (False, True))
        assert ENTRY["limit"] not in shut
        assert ENTRY["limit"] in open_
        assert "Secret" not in shut
        assert "Secret" not in open_

    def test_goals_are_words_of_the_client_too(self, joined, clinician):
        goals = give(joined, "my-goals", by=clinician, times=2, now=NOW - 9 * DAY)
        for at, number in ((NOW - 9 * DAY, 3), (NOW - DAY, 6)):
            occurrence = goals.occurrences.open(at).latest("opens_at")
            words = {"goal_1": "Draw on Saturdays", "now_1": number, "how_many": "one"}
            actions.add_entry(occurrence, words, number=1, by=joined.user, now=at)
        shut, open_ = (read(joined, clinician, with_words=asked).text for asked in (False, True))
        assert "First goal 3 6" in shut
        assert "Draw on Saturdays" not in shut
        assert "“Draw on Saturdays” 3 6" in open_

    def test_a_title_in_the_window_says_nothing_of_anybody(self, lived, clinician):
        info = next(
            body for body in read(lived, clinician).objects.values() if b"/CreationDate" in body
        )
        assert b"/Title(Progress report)" in info
        assert b"Sam" not in info


class TestWordsStayWords:
    def test_what_looks_like_markup_is_shown_as_it_was_written(self, practice, joined, clinician):
        practice.name = f"{MARKUP} & co"
        practice.save(update_fields=["name"])
        joined.refresh_from_db()
        log = give(joined, "limit-log", by=clinician, times=1).occurrences.get()
        actions.add_entry(log, ENTRY | {"limit": MARKUP}, number=1, by=joined.user, now=NOW)
        text = read(joined, clinician, with_words=True).text
        assert f"{MARKUP} & co" in text
        assert text.count(MARKUP) == 2

    def test_what_no_font_has_is_said_in_words(self, client_in_care, clinician):
        report = report_of(client_in_care, by=clinician, now=NOW, with_words=False)
        report["empty"] = "你 and 🙂, 1️⃣, 🇩🇪\x07\ufeff, שלום, مرحبا"
        text = Pdf(typeset(report, made_at=NOW, ignore_system_fonts=True)).text
        assert "□ and [slightly smiling face], 1, DE," in text
        assert "□ stands for a letter that no font here can print." in text
        assert "ש" in text

    def test_paper_is_what_lies_in_the_printer(self):
        assert [paper_of(zone) for zone in ("Europe/Berlin", "America/New_York", "UTC")] == [
            "a4",
            "us-letter",
            "a4",
        ]


def test_sixty_answers_cost_no_more_statements_than_three(joined, clinician):
    def statements():
        client = Client.objects.get(pk=joined.pk)
        with CaptureQueriesContext(connection) as sent:
            report_pdf(client, by=clinician, now=NOW, with_words=True)
        return len(sent)

    send(give(joined, "strengths-check", by=clinician).occurrences.get(), by=joined.user)
    for number in range(60):
        if number == 3:
            statements()  # what never changes, a process reads once
            assert statements() == STATEMENTS
        measure(joined, 9, by=clinician, days_ago=200 - number)
    assert statements() == STATEMENTS
