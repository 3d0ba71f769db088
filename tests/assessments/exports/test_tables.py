"""CSV and XLSX: what a researcher opens. Each number, and why there is none."""

import io
from datetime import date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from assessments import actions
from assessments.exports import scope
from assessments.exports.rights import words_may_leave
from assessments.models import ActivityVersion, TextPermission
from clients import actions as care
from practice.csv_cells import harmless
from tests.conftest import NOW, answer_all, give, join, make_client, measure

from .helpers import SECRET, an_entry, make, rows_of, some_left_out, tables, take, unpacked

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def test_a_response_is_a_row_with_its_codes_and_each_reason_for_having_none(joined, clinician):
    some_left_out(joined, by=clinician)
    measure(joined, 9, by=clinician, days_ago=3)
    found = tables(clinician, joined)
    cheering, phq = sorted(found["responses.csv"], key=lambda row: row["activity"])
    assert {name: cheering[f"cheering_module__{name}"] for name in ("whom", "cheering_1")} == {
        "whom": "friend",
        "cheering_1": "3",
    }
    assert cheering["cheering_module__cheering_2"] == "_na"
    assert cheering["cheering_module__cheering_3"] == "_declined"
    assert cheering["phq_9__phq9_1"] == ""  # was not asked there
    assert cheering["validation"] == "not validated: reflection tool"
    assert (phq["phq_9__phq9_1"], phq["validation"]) == ("3", "published instrument")
    assert (phq["mode"], phq["filled_on"], phq["episode"]) == ("paper", "2026-11-15", "1")
    by_scale = {row["scale"]: row for row in found["scores.csv"]}
    score = by_scale["phq9_total"]
    assert (score["value"], score["provisional"], score["engine"]) == ("9.0000", "0", "2")
    assert score["response"] == phq["response"]
    assert "mild" in score["band"].lower()
    unscored = next(row for row in found["scores.csv"] if row["activity"] == "cheering-module")
    assert (unscored["value"], unscored["band"], unscored["missing"]) == ("", "", "2")
    assert unscored["about"] == "friend"


def test_an_item_that_was_passed_over_and_one_that_was_not_shown_are_told_apart(joined, clinician):
    an_entry(joined, by=clinician, said="not_yet")
    [row] = tables(clinician, joined)["responses.csv"]
    cells = {name: value for name, value in row.items() if name.startswith("limit_log__")}
    asked = ("said", "limit", "person", "response")
    assert [cells[f"limit_log__{name}"] for name in asked] == [
        "not_yet",
        "_kept_back",
        "_skipped",
        "_not_shown",
    ]


def test_the_codebook_says_what_each_column_and_number_means(joined, clinician):
    some_left_out(joined, by=clinician)
    measure(joined, 9, by=clinician, days_ago=3)
    found = tables(clinician, joined)
    lines = found["codebook.csv"]
    columns = {line["column"] for line in lines if line["what"] == "question"}
    named = {name for name in found["responses.csv"][0] if "__" in name}
    assert columns == named
    of = {(line["what"], line["code"]): line for line in lines}
    cheering = of["question", "cheering_1"]
    assert cheering["text"].startswith("When something goes well")
    assert "0=Never" in cheering["answers"]
    assert (
        "Jacobson" in of["change", "phq9_total"]["source"] or of["change", "phq9_total"]["source"]
    )
    assert "at most 2 may be missing" in of["scale", "phq9_total"]["rule"]
    assert of["scale", "phq9_total"]["higher_is"] == "worse"
    assert of["missing", "_declined"]["text"] == "prefers not to say"
    assert {line["validation"] for line in lines if line["activity"] == "cheering-module"} == {
        "not validated: reflection tool"
    }


def test_a_draft_a_private_note_and_whoever_it_is_never_leave(joined, clinician):
    session = care.book_session(joined, by=clinician, starts_at=NOW + DAY, now=NOW)
    care.write_on_session(
        session,
        page=session.pk,
        opened_at=NOW,
        by=clinician,
        now=NOW,
        note=f"private {SECRET}",
        points=f"point {SECRET}",
    )
    response = some_left_out(joined, by=clinician)
    actions.give_feedback(response, f"back {SECRET}", once=session.pk, by=clinician, now=NOW)
    draft = give(joined, "family-roots", by=clinician).occurrences.get()
    answers = answer_all(actions.current_version(draft))
    actions.keep(draft, dict.fromkeys(answers) | text_of(answers), by=joined.user, now=NOW)
    for kind in ("tables", "fhir"):
        text = "\n".join(unpacked(take(clinician, joined, kind=kind, with_words=True)).values())
        for never in ("Ottilie", "Sam", "Ortega", joined.email, str(joined.pk), "family-roots"):
            assert never not in text, (kind, never)


def text_of(answers):
    return {key: SECRET for key, value in answers.items() if value == "A short line"}


def test_own_words_are_there_when_they_are_asked_for(joined, clinician):
    an_entry(joined, by=clinician)
    files = unpacked(take(clinician, joined, with_words=True))
    [row] = rows_of(files["responses.csv"])
    assert row["limit_log__limit"] == SECRET
    assert "HOLDS what clients wrote" in files["README.txt"]
    files = unpacked(take(clinician, joined))
    assert "Ottilie" not in "".join(files.values())
    assert "is not in this file" in files["README.txt"]


STRANGE = ["=1+1", "+49", "-2", "@cmd", "\t=1", " =HYPERLINK(1)", "🙂 שלום ‏مرحبا", "a\x07b", "<b>&"]


@pytest.mark.parametrize("kind", ["tables", "workbook"])
def test_no_text_is_run_by_a_spreadsheet_and_none_is_lost(joined, clinician, kind):
    for text in STRANGE:
        an_entry(joined, by=clinician, limit=text)
    data = take(clinician, joined, kind=kind, with_words=True)
    if kind == "tables":
        found = [row["limit_log__limit"] for row in rows_of(unpacked(data)["responses.csv"])]
    else:
        header, *rows = load_workbook(io.BytesIO(data))["responses"].iter_rows(values_only=True)
        found = [row[header.index("limit_log__limit")] for row in rows]
    assert sorted(found) == sorted(harmless(text) for text in STRANGE)
    assert not any(text.lstrip().startswith(("=", "+", "-", "@")) for text in found)
    assert "🙂 שלום ‏مرحبا" in found


def test_a_workbook_has_real_numbers_and_real_days(joined, clinician):
    measure(joined, 9, by=clinician, days_ago=3)
    an_entry(joined, by=clinician, when="2026-11-18")
    book = load_workbook(io.BytesIO(take(clinician, joined, kind="workbook")))
    assert book.sheetnames == ["responses", "scores", "codebook", "read me"]
    rows = {
        row["activity"]: row
        for row in (
            dict(zip(header, values, strict=True))
            for header, *lines in [book["responses"].iter_rows(values_only=True)]
            for values in lines
        )
    }
    phq = rows["phq-9"]
    assert phq["filled_on"] == datetime(2026, 11, 15)
    assert phq["sent_at"] == NOW.replace(tzinfo=None)
    assert phq["phq_9__phq9_1"] == 3
    assert rows["limit-log"]["limit_log__when"] == datetime(2026, 11, 18)
    header, *lines = book["scores"].iter_rows(values_only=True)
    assert 9 in [line[header.index("value")] for line in lines]


def test_a_pseudonym_is_the_same_in_every_file_and_another_in_every_practice(
    joined, clinician, stranger
):
    other = join(make_client(clinician, "Other X"), by=clinician)
    for client in (joined, other):
        measure(client, 9, by=clinician, days_ago=3)
    one = {row["client"] for row in tables(clinician, joined)["responses.csv"]}
    all_of_them = {row["client"] for row in tables(clinician)["responses.csv"]}
    assert one < all_of_them
    assert len(all_of_them) == 2
    here, there = (
        scope.Scope(make(by), []).names.short("C", joined.pk) for by in (clinician, stranger)
    )
    assert here != there
    assert one == {here}


def test_a_time_takes_paper_by_its_day_and_the_rest_by_when_it_was_sent(joined, clinician):
    for days in (3, 9, 20):
        measure(joined, 9, by=clinician, days_ago=days)
    some_left_out(joined, by=clinician)
    days = {"from_day": date(2026, 11, 9), "until_day": date(2026, 11, 17)}
    found = tables(clinician, joined, **days)
    assert sorted(row["filled_on"] for row in found["responses.csv"]) == [
        "2026-11-09",
        "2026-11-15",
    ]
    assert len(found["scores.csv"]) == 2
    [today] = tables(clinician, joined, from_day=date(2026, 11, 18))["responses.csv"]
    assert today["activity"] == "cheering-module"


def permission(basis, expires_on=None):
    return TextPermission(basis=basis, expires_on=expires_on)


@pytest.mark.parametrize(
    ("slug", "given", "may"),
    [
        ("cheering-module", None, True),
        ("phq-9", None, True),  # its owner lets anybody reproduce it
        ("phq-9", ("free", None), True),
        ("phq-9", ("free", NOW.date() - DAY), False),  # has run out
        ("phq-9", ("licence", None), False),  # to use it, not to hand it on
        ("phq-9", ("written", None), False),
        ("who-5", ("free", None), False),  # not for what is commercial
        ("core-10", ("free", None), False),  # whatever a practice believes
    ],
)
def test_words_leave_only_where_anybody_may_have_them(practice, slug, given, may):
    version = ActivityVersion.objects.get(activity__slug=slug, practice=practice)
    found = permission(*given) if given else None
    assert words_may_leave(version.definition, found, today=NOW.date()) is may


def test_the_number_of_statements_does_not_grow_with_the_responses(joined, clinician, monkeypatch):
    def statements():
        with CaptureQueriesContext(connection) as sent:
            assert make(clinician).done_at
        return len(sent)

    some_left_out(joined, by=clinician)
    make(clinician)  # what a process remembers
    one = statements()
    other = join(make_client(clinician, "Other X"), by=clinician)
    for client in (joined, other):
        for _ in range(3):
            some_left_out(client, by=clinician)
    assert statements() == one
    monkeypatch.setattr(scope, "BATCH", 2)
    assert statements() > one
