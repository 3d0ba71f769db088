"""The words that a practice brings: drafts, versions with a permission, and the command."""

import json
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from assessments import interop
from assessments.actions import sync_library
from assessments.actions.imports import (
    Frame,
    NotImported,
    Permission,
    draft_import,
    publish_import,
    skeletons_of,
)
from assessments.actions.library import LIBRARY, shipped
from assessments.models import Activity, ActivityDraft, ActivityVersion, TextPermission
from practice.models import AuditEvent
from tests.assessments.interop.builders import (
    answered,
    as_json,
    choice,
    chose,
    questionnaire,
    read,
    response,
    two_questions,
)
from tests.assessments.interop.test_fhir_response import TOTAL
from tests.conftest import NOW, give, join, make_client, send

pytestmark = pytest.mark.django_db

ANSWERS = "0 Not once | 1 On some days | 2 On most days | 3 Every day"
FREE = Permission(basis="free", holder="Nobody", words="Anybody may use it.", checked_on=NOW.date())


def pasted(n=9, *, answers=ANSWERS, word="sentence"):
    lines = [f"{place}. A {word} of ours, number {place}." for place in range(1, n + 1)]
    return interop.read_paste("\n".join(lines), answers=answers, language="en", title="Pasted")


def bring(by, reading=None, *, into="phq-9", permission=FREE, frame=None, now=NOW):
    draft = draft_import(reading or pasted(), by=by, now=now, into=into)
    return publish_import(draft, permission=permission, frame=frame, by=by, now=now)


def bring_own(by, reading=None, **options):
    return bring(by, reading or read(two_questions()), into="own", **options)


class TestDrafts:
    def test_what_it_holds(self, clinician):
        found = read(two_questions(copyright="© Nobody"))
        draft = draft_import(found, by=clinician, now=NOW)
        assert (draft.practice, draft.created_by, draft.saved_at) == (
            clinician.practice,
            clinician,
            NOW,
        )
        assert draft.activity is None
        assert draft.content["title"] == "How the week went"
        source = draft.source
        assert (source["format"], source["name"], source["sha256"]) == (
            "fhir",
            "week.json",
            found.sha256,
        )
        assert (source["onto"], source["copyright"]) == ("", "© Nobody")
        assert source["sums"][0]["items"] == ["q_1", "q_2"]
        assert source["understood"]
        assert not ActivityVersion.objects.filter(activity__is_own=True).exists()

    def test_no_answer_of_anybody_is_kept(self, clinician):
        resource = questionnaire(
            choice("1", "I sang."), TOTAL, {"linkId": "w", "type": "text", "text": "Why?"}
        )
        given = response(
            chose("1", "some"),
            answered("t", valueDecimal=2),
            answered("w", valueString="because of them"),
        )
        draft = draft_import(read(resource, given), by=clinician, now=NOW)
        assert draft.source["comparisons"] == [
            {
                "says": "Sum: the file says 2, but its answers add up to 1.",
                "agrees": False,
            }
        ]
        assert "because of them" not in json.dumps([draft.content, draft.source])

    def test_the_same_file_again_takes_its_place(self, clinician, colleague):
        first = draft_import(read(two_questions()), by=clinician, now=NOW)
        draft_import(read(two_questions()), by=colleague, now=NOW)
        second = draft_import(read(two_questions()), by=clinician, now=NOW)
        assert not ActivityDraft.objects.filter(pk=first.pk).exists()
        assert set(ActivityDraft.objects.mine(clinician)) == {second}
        draft_import(pasted(), by=clinician, now=NOW)
        assert ActivityDraft.objects.mine(clinician).count() == 2

    def test_what_does_not_fit_leaves_nothing(self, clinician):
        with pytest.raises(interop.DoesNotFit):
            draft_import(pasted(4), by=clinician, now=NOW, into="phq-9")
        assert not ActivityDraft.objects.exists()

    def test_a_skeleton_that_is_out_of_use_takes_no_words(self, clinician):
        Activity.objects.filter(practice=clinician.practice, slug="phq-9").update(retired_at=NOW)
        assert "phq-9" not in {each.slug for each in skeletons_of(clinician.practice)}
        with pytest.raises(interop.DoesNotFit, match="There is no published instrument phq-9"):
            draft_import(pasted(), by=clinician, now=NOW, into="phq-9")


class TestOntoASkeleton:
    def test_a_version_with_its_permission(self, clinician):
        permission = Permission(
            basis="written",
            holder="Nobody",
            words="You may.",
            evidence="Letter of 3 May",
            checked_on=date(2026, 11, 1),
            expires_on=date(2027, 11, 1),
        )
        imported = bring(clinician, permission=permission)
        version = imported.version
        assert imported.is_new
        assert (version.activity.slug, version.number, version.created_by) == (
            "phq-9",
            2,
            clinician,
        )
        assert not version.activity.is_own
        assert version.published_at == NOW
        assert version.definition.has_text
        assert version.definition.asked()[0].text == "A sentence of ours, number 1."
        row = version.permission
        assert (row.basis, row.holder, row.words, row.evidence) == (
            "written",
            "Nobody",
            "You may.",
            "Letter of 3 May",
        )
        assert (row.checked_on, row.expires_on) == (permission.checked_on, permission.expires_on)
        assert (row.source_format, row.source_name) == ("paste", "")
        assert len(row.source_sha256) == 64
        assert not ActivityDraft.objects.exists()

    def test_scoring_and_alerts_stay(self, clinician):
        bare = next(each for each in shipped().activities if each.slug == "phq-9")
        found = bring(clinician).version.definition
        kept = ("title", "scales", "interpretations", "changes", "provenance", "loinc")
        assert {key: getattr(found, key) for key in kept} == {
            key: getattr(bare, key) for key in kept
        }
        assert found.item("phq9_9").critical == (1, 2, 3)
        assert found.item("phq9_difficulty").withdrawn

    def test_its_client_no_longer_reads_that_the_words_are_missing(self, clinician):
        assert bring(clinician).version.definition.summary == "9 questions."
        frame = Frame(title="Not used", summary="How the past two weeks were.")
        found = bring(clinician, frame=frame).version.definition
        assert (found.title, found.summary) == ("PHQ-9", "How the past two weeks were.")
        assert sync_library(clinician.practice) == []

    def test_the_words_of_the_file_about_its_rights_stay_with_it(self, clinician):
        found = replace(pasted(), copyright="© Nobody 2026")
        row = bring(clinician, found).version.permission
        assert row.words == "Anybody may use it.\n\nThe file says: © Nobody 2026"

    def test_it_can_be_answered_and_is_scored(self, clinician):
        bring(clinician)
        client = join(make_client(clinician), by=clinician)
        given = give(client, "phq-9", by=clinician)
        sent = send(given.occurrences.get(), by=client.user, value=1)
        assert [(score.scale, score.value) for score in sent.scores.all()] == [("phq9_total", 9)]

    def test_the_same_again_changes_nothing_and_says_so(self, clinician, colleague):
        first = bring(clinician)
        second = bring(colleague)
        assert (second.is_new, second.version) == (False, first.version)
        assert ActivityVersion.objects.filter(activity__slug="phq-9").count() == 2
        assert TextPermission.objects.count() == 1
        assert not ActivityDraft.objects.exists()

    def test_other_words_are_another_version(self, clinician):
        bring(clinician)
        second = bring(clinician, pasted(word="line"))
        assert (second.is_new, second.version.number) == (True, 3)
        assert TextPermission.objects.count() == 2

    def test_it_stays_when_the_library_is_synchronised(self, clinician):
        imported = bring(clinician)
        assert sync_library(clinician.practice) == []
        newest = imported.version.activity.versions.order_by("-number").first()
        assert newest == imported.version

    def test_one_that_takes_no_words(self, clinician, monkeypatch):
        kept = next(each for each in shipped().activities if each.slug == "phq-9")
        licence = kept.provenance.licence.model_copy(update={"kind": "DATA_ONLY"})
        kept = kept.model_copy(
            update={"provenance": kept.provenance.model_copy(update={"licence": licence})}
        )
        draft = draft_import(pasted(), by=clinician, now=NOW, into="phq-9")
        monkeypatch.setattr("assessments.actions.imports.skeletons_of", lambda practice: [kept])
        with pytest.raises(NotImported, match="does not want its words on a screen"):
            publish_import(draft, permission=FREE, by=clinician, now=NOW)
        with pytest.raises(interop.DoesNotFit, match="does not want its words on a screen"):
            draft_import(pasted(), by=clinician, now=NOW, into="phq-9")
        assert not TextPermission.objects.exists()

    def test_one_for_what_is_not_commercial(self, clinician):
        words = pasted(10, answers=f"{ANSWERS} | 4 All day")
        with pytest.raises(NotImported, match="Please confirm that yours is not"):
            bring(clinician, words, into="core-10")
        declared = replace(FREE, basis="licence", non_commercial=True)
        imported = bring(clinician, words, into="core-10", permission=declared)
        assert imported.version.permission.words.endswith(
            "Declared: this practice uses the words for nothing commercial."
        )
        event = AuditEvent.objects.filter(action="text.imported").get()
        assert event.detail["non_commercial"] is True
        assert imported.version.definition.provenance.licence.attribution

    def test_one_that_changed_meanwhile(self, clinician, monkeypatch):
        draft = draft_import(pasted(), by=clinician, now=NOW, into="phq-9")
        onto = next(each for each in shipped().activities if each.slug == "gad-7")
        other = onto.model_copy(update={"slug": "phq-9", "title": "PHQ-9"})
        monkeypatch.setattr("assessments.actions.imports.skeletons_of", lambda practice: [other])
        with pytest.raises(NotImported, match="PHQ-9 has changed meanwhile"):
            publish_import(draft, permission=FREE, by=clinician, now=NOW)
        monkeypatch.setattr("assessments.actions.imports.skeletons_of", lambda practice: [])
        with pytest.raises(NotImported, match="no longer in use here"):
            publish_import(draft, permission=FREE, by=clinician, now=NOW)


class TestOnItsOwn:
    def test_a_new_activity(self, clinician):
        frame = Frame(title="The week", summary="Two short ones.", higher_is="better", gated=True)
        version = bring_own(clinician, frame=frame).version
        assert (version.activity.slug, version.activity.is_own, version.number) == (
            "own-the-week",
            True,
            1,
        )
        found = version.definition
        assert (found.slug, found.title, found.summary, found.gated) == (
            "own-the-week",
            "The week",
            "Two short ones.",
            True,
        )
        (scale,) = found.scales
        assert (scale.code, scale.higher_is) == ("own_the_week_sum", "better")
        assert (found.interpretations, found.changes) == ((), ())
        assert found.provenance.validation == "unvalidated"
        assert found.provenance.author == "Nobody"
        assert version.permission.source_name == "week.json"

    def test_without_a_word_about_its_direction_it_stays_unscored(self, clinician):
        assert bring_own(clinician).version.definition.scales == ()

    @pytest.mark.parametrize(
        ("basis", "kind", "modification"),
        [
            ("free", "OPEN", "unknown"),
            ("own", "OPEN", "yes"),
            ("licence", "SKELETON", "unknown"),
            ("written", "SKELETON", "unknown"),
        ],
    )
    def test_the_licence_it_carries(self, clinician, basis, kind, modification):
        found = read(two_questions(copyright="© Nobody"))
        version = bring_own(clinician, found, permission=replace(FREE, basis=basis)).version
        licence = version.definition.provenance.licence
        assert (licence.kind, licence.modification) == (kind, modification)
        assert (licence.holder, licence.text) == ("Nobody", "Anybody may use it.")
        assert licence.attribution == "© Nobody"  # always carried

    def test_the_same_again_changes_nothing(self, clinician):
        first, second = bring_own(clinician), bring_own(clinician)
        assert (second.is_new, second.version) == (False, first.version)
        assert Activity.objects.own().count() == 1

    def test_better_words_for_the_same_questions_are_a_new_version(self, clinician):
        first = bring_own(clinician, frame=Frame(higher_is="worse"))
        resource = two_questions()
        resource["item"][0]["text"] = "I had time to sit down and rest."
        second = bring_own(clinician, read(resource), frame=Frame(higher_is="worse"))
        assert second.version.activity == first.version.activity
        assert (second.is_new, second.version.number) == (True, 2)

    @pytest.mark.parametrize(
        "change",
        [
            {"more": True},
            {"weights": (1, 2, 3)},
            {"higher_is": "better"},
        ],
    )
    def test_what_counts_differently_is_another_activity(self, clinician, change):
        bring_own(clinician, frame=Frame(higher_is="worse"))
        resource = two_questions()
        if "more" in change:
            resource["item"].append(choice("3", "I ate in peace."))
        if "weights" in change:
            for option, weight in zip(
                resource["item"][0]["answerOption"], change["weights"], strict=True
            ):
                option["extension"][0]["valueDecimal"] = weight
        frame = Frame(higher_is=change.get("higher_is", "worse"))
        second = bring_own(clinician, read(resource), frame=frame)
        assert second.version.activity.slug == "own-how-the-week-went-2"
        codes = ActivityVersion.objects.filter(activity__is_own=True)
        scales = [scale.code for version in codes for scale in version.definition.scales]
        assert len(set(scales)) == 2  # one line each

    def test_one_that_was_written_here_is_left_alone(self, clinician):
        written = bring_own(clinician).version
        content = written.content | {"slug": "own-written", "title": "Written"}
        activity = Activity.objects.create(
            practice=clinician.practice, slug="own-written", kind="screener", is_own=True
        )
        ActivityVersion.objects.create(
            practice=clinician.practice,
            activity=activity,
            number=1,
            digest="x",
            content=content,
            published_at=NOW,
        )
        imported = bring_own(clinician, frame=Frame(title="Written"))
        assert imported.version.activity.slug == "own-written-2"

    def test_one_that_was_put_away_comes_back(self, clinician):
        first = bring_own(clinician).version.activity
        first.retired_at = NOW
        first.save(update_fields=["retired_at"])
        second = bring_own(clinician)
        assert second.version.activity.retired_at is None

    def test_the_library_neither_changes_nor_retires_it(self, clinician):
        imported = bring_own(clinician)
        assert sync_library(clinician.practice) == []
        imported.version.activity.refresh_from_db()
        assert imported.version.activity.retired_at is None

    def test_practices_have_their_own(self, clinician, stranger):
        first, second = bring_own(clinician), bring_own(stranger)
        assert first.version.activity != second.version.activity
        assert second.is_new

    def test_it_can_be_answered_and_is_scored(self, clinician):
        bring_own(clinician, frame=Frame(higher_is="worse"))
        client = join(make_client(clinician), by=clinician)
        given = give(client, "own-how-the-week-went", by=clinician)
        sent = send(given.occurrences.get(), by=client.user, value=2)
        assert [score.value for score in sent.scores.all()] == [4]

    def test_a_title_that_does_not_fit_is_one_sentence(self, clinician):
        with pytest.raises(NotImported, match="title"):
            bring_own(clinician, frame=Frame(title="x" * 81))
        assert not Activity.objects.own().exists()


class TestPermission:
    @pytest.mark.parametrize(
        ("change", "why"),
        [
            ({"basis": ""}, "by what right"),
            ({"basis": "because"}, "by what right"),
            ({"holder": " "}, "whose words they are"),
            ({"words": ""}, "what allows you"),
            ({"holder": "x" * 201}, "at most 200 characters"),
            ({"evidence": "x" * 501}, "at most 500 characters"),
            ({"checked_on": NOW.date() + timedelta(days=2)}, "lies ahead"),
            ({"expires_on": NOW.date() - timedelta(days=1)}, "has run out"),
        ],
    )
    def test_without_one_nothing_is_published(self, clinician, change, why):
        draft = draft_import(read(two_questions()), by=clinician, now=NOW)
        with pytest.raises(NotImported, match=why):
            publish_import(draft, permission=replace(FREE, **change), by=clinician, now=NOW)
        assert not Activity.objects.own().exists()
        assert ActivityDraft.objects.filter(pk=draft.pk).exists()

    def test_the_words_of_an_instrument_are_not_ones_own(self, clinician):
        with pytest.raises(NotImported, match="somebody else's"):
            bring(clinician, permission=replace(FREE, basis="own"))

    def test_a_draft_is_published_once(self, clinician):
        draft = draft_import(read(two_questions()), by=clinician, now=NOW)
        version = publish_import(draft, permission=FREE, by=clinician, now=NOW).version
        assert version.pk == draft.pk  # so that a second click finds it
        with pytest.raises(NotImported, match="published or thrown away"):
            publish_import(draft, permission=FREE, by=clinician, now=NOW)

    def test_the_audit_says_who_and_by_what_right_and_no_words(self, clinician):
        imported = bring(clinician)
        event = AuditEvent.objects.get(action="text.imported")
        assert (event.actor, event.record_id) == (clinician, imported.version.pk)
        assert event.detail == {
            "format": "paste",
            "sha256": imported.version.permission.source_sha256,
            "basis": "free",
            "non_commercial": False,
        }
        bring(clinician)
        assert AuditEvent.objects.filter(action="text.imported_again").count() == 1


RIGHTS = [
    *("--permission", "free", "--holder", "Nobody", "--words", "Anybody may use it."),
    *("--checked-on", "2026-11-01"),
]


@pytest.fixture
def week(tmp_path):
    path = tmp_path / "week.json"
    path.write_bytes(as_json(two_questions()))
    return path


@pytest.fixture
def pasted_file(tmp_path):
    path = tmp_path / "nine.txt"
    lines = [ANSWERS, *(f"{n}. A sentence of ours, number {n}." for n in range(1, 10))]
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


class TestTheCommand:
    def run(self, capsys, *arguments):
        call_command("library", "import", *map(str, arguments))
        return capsys.readouterr().out

    def failed(self, *arguments):
        with pytest.raises(CommandError) as error:
            call_command("library", "import", *map(str, arguments))
        return str(error.value)

    def test_a_dry_run_says_and_stores_nothing(self, practice, capsys, week):
        lines = self.run(capsys, week, "--dry-run").splitlines()
        assert lines == [
            "week.json: How the week went",
            "Understood:",
            "  2 questions: 2 with numbered answers.",
            "  The file gives a weight to each answer of 2 questions.",
            "It stays unscored until --higher-is says what a higher sum means.",
            "Would become own-how-the-week-went, 2 questions (dry run: nothing was stored)",
        ]
        assert not Activity.objects.own().exists()
        assert not ActivityDraft.objects.exists()

    def test_it_publishes(self, practice, capsys, week):
        out = self.run(capsys, week, *RIGHTS, "--higher-is", "worse", "--title", "The week")
        assert out.splitlines()[-1] == "Published: own-the-week, version 1"
        version = ActivityVersion.objects.get(activity__slug="own-the-week")
        assert version.practice == practice
        assert version.definition.scales[0].higher_is == "worse"
        assert version.permission.holder == "Nobody"
        again = self.run(capsys, week, *RIGHTS, "--higher-is", "worse", "--title", "The week")
        assert again.splitlines()[-1] == (
            "These words were here already: own-the-week, version 1. Nothing has changed."
        )

    def test_onto_a_skeleton_by_order(self, practice, capsys, pasted_file):
        out = self.run(capsys, pasted_file, "--into", "phq-9", "--dry-run")
        assert "  phq9_1: A sentence of ours, number 1." in out.splitlines()
        reason = self.failed(pasted_file, "--into", "phq-9", *RIGHTS)
        assert "then say --compared" in reason
        assert not TextPermission.objects.exists()
        out = self.run(capsys, pasted_file, "--into", "phq-9", *RIGHTS, "--compared")
        assert out.splitlines()[-1] == "Published: phq-9, version 2"

    def test_with_a_response_and_as_json(self, practice, capsys, tmp_path):
        resource = questionnaire(choice("1", "I sang."), TOTAL)
        given = response(chose("1", "some"), answered("t", valueDecimal=10))
        files = [tmp_path / "week.json", tmp_path / "answers.json"]
        for path, each in zip(files, (resource, given), strict=True):
            path.write_bytes(as_json(each))
        found = json.loads(self.run(capsys, *files, "--dry-run", "--json"))
        assert found["comparisons"] == [
            {"scale": "Sum", "where": "t", "stored": "10", "computed": "1", "agrees": False}
        ]
        assert (found["slug"], found["onto"], found["stored"]) == (
            "own-how-the-week-went",
            None,
            None,
        )
        assert found["items"] == [{"id": "q_1", "kind": "scale", "loinc": "", "text": "I sang."}]
        stored = json.loads(self.run(capsys, *files, "--json", *RIGHTS))["stored"]
        assert stored == {"version": 1, "new": True}

    def test_without_a_right_nothing_is_even_read(self, practice):
        assert self.failed("nowhere.json") == (
            "Say by what right you use the words "
            "(--permission, --holder, --words, --checked-on), or use --dry-run."
        )

    def test_what_cannot_be_read(self, practice, tmp_path):
        path = tmp_path / "week.json"
        path.write_text('{"resourceType": "Patient"}')
        assert self.failed(path, "--dry-run") == (
            "This file is a Patient, not a FHIR Questionnaire."
        )
        assert self.failed(path, *RIGHTS) == "This file is a Patient, not a FHIR Questionnaire."
        path.write_bytes(b" " * (interop.LARGEST_FILE + 1))
        assert self.failed(path, "--dry-run") == "week.json is larger than 5 MB."
        assert self.failed(tmp_path, "--dry-run") == f"There is no file {tmp_path}."

    def test_which_practice(self, practice, stranger, capsys, week):
        assert self.failed(week, "--dry-run") == (
            "There are 2 practices. Say which one with --practice."
        )
        assert self.failed(week, "--dry-run", "--practice", "Nowhere") == (
            "There is no one practice with the name Nowhere."
        )
        self.run(capsys, week, *RIGHTS, "--practice", "Elsewhere")
        assert Activity.objects.own().get().practice == stranger.practice

    def test_before_there_is_a_practice(self, db, capsys, week):
        assert "Would become" in self.run(capsys, week, "--dry-run")
        assert self.failed(week, *RIGHTS) == "There is no practice yet."

    def test_a_day_that_is_none(self, practice, week):
        reason = self.failed(week, "--checked-on", "yesterday")
        assert "yesterday is no day: write 2026-11-21" in reason

    def test_a_licence_that_has_run_out(self, practice, week):
        assert self.failed(week, *RIGHTS, "--expires-on", "2026-11-02") == (
            "This permission has run out."
        )
        assert not Activity.objects.own().exists()

    def test_the_other_sub_command_is_as_it_was(self, practice, capsys):
        call_command("library", "sync")
        assert capsys.readouterr().out.endswith("activities in the library\n")


def test_the_shipped_skeletons_are_all_here(clinician):
    shipped_ones = {path.stem for path in (Path(LIBRARY) / "instruments").glob("*.toml")}
    assert {each.slug for each in skeletons_of(clinician.practice)} == shipped_ones
