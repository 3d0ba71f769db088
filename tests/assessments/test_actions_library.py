"""The definitions in assessments/library/ and what a practice has of them."""

from dataclasses import replace

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import DataError, transaction

from assessments.actions import sync_library
from assessments.actions.library import LIBRARY
from assessments.definitions import load_library
from assessments.models import Activity, ActivityVersion, Program, ProgramVersion, TextPermission
from practice.models import AuditEvent
from tests.conftest import NOW, give, send

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def library():
    return load_library(LIBRARY)


def changed(library, which, **how):
    return replace(
        library,
        activities=tuple(
            each.model_copy(update=how) if each.slug == which else each
            for each in library.activities
        ),
    )


def without(library, slug):
    return replace(
        library, activities=tuple(each for each in library.activities if each.slug != slug)
    )


def synced(practice, library):
    """What a sync says that it did, by slug."""
    return {change.slug: change.what for change in sync_library(practice, library=library)}


def test_a_new_practice_has_the_whole_library(practice, library):
    activities = Activity.objects.filter(practice=practice)
    assert set(activities.values_list("slug", flat=True)) == {a.slug for a in library.activities}
    programs = Program.objects.filter(practice=practice)
    assert set(programs.values_list("slug", flat=True)) == {p.slug for p in library.programs}
    assert set(ActivityVersion.objects.values_list("number", flat=True)) == {1}
    event = AuditEvent.objects.get(action="library.synced")
    assert len(event.detail) == activities.count() + programs.count()


def test_what_is_stored_is_what_the_file_says(practice, library):
    stored = {v.definition.slug: v.definition for v in ActivityVersion.objects.all()}
    assert stored == {each.slug: each for each in library.activities}
    programs = {v.definition.slug: v.definition for v in ProgramVersion.objects.all()}
    assert programs == {each.slug: each for each in library.programs}


def test_it_is_published_when_one_says(practice, library):
    newer = changed(library, "limit-log", title="Another title")
    sync_library(practice, library=newer, now=NOW)
    newest = ActivityVersion.objects.filter(activity__slug="limit-log").order_by("-number").first()
    assert newest.published_at == NOW


def test_a_second_time_changes_nothing(practice, library):
    assert sync_library(practice) == []
    assert ActivityVersion.objects.count() == len(library.activities)
    assert AuditEvent.objects.filter(action="library.synced").count() == 1


def test_a_change_is_a_new_version_and_the_old_one_stays(practice, library):
    newer = changed(library, "patterns-check", minutes=4)
    assert synced(practice, newer) == {"patterns-check": "version 2"}
    versions = ActivityVersion.objects.filter(activity__slug="patterns-check").order_by("number")
    assert [version.definition.minutes for version in versions] == [3, 4]
    assert (
        ActivityVersion.objects.newest().filter(activity__slug="patterns-check").get().number == 2
    )
    assert synced(practice, newer) == {}


def test_a_change_back_is_a_third_version(practice, library):
    sync_library(practice, library=changed(library, "patterns-check", minutes=4))
    assert synced(practice, library) == {"patterns-check": "version 3"}


def test_what_is_gone_from_the_library_is_retired_and_comes_back(practice, library):
    fewer = without(library, "limit-log")
    assert synced(practice, fewer) == {"limit-log": "retired"}
    assert not Activity.objects.assignable().filter(slug="limit-log").exists()
    assert synced(practice, fewer) == {}
    assert synced(practice, library) == {"limit-log": "back"}
    assert Activity.objects.assignable().filter(slug="limit-log").exists()
    assert ActivityVersion.objects.filter(activity__slug="limit-log").count() == 1


def test_one_that_comes_back_changed_is_back_with_a_new_version(practice, library):
    sync_library(practice, library=without(library, "limit-log"))
    changes = synced(practice, changed(library, "limit-log", minutes=5))
    assert changes == {"limit-log": "back"}
    assert ActivityVersion.objects.filter(activity__slug="limit-log").count() == 2


def test_practices_are_synchronised_one_by_one(practice, stranger, library):
    sync_library(practice, library=changed(library, "patterns-check", minutes=4))
    versions = ActivityVersion.objects.filter(activity__slug="patterns-check").newest()
    assert {version.practice: version.number for version in versions} == {
        practice: 2,
        stranger.practice: 1,
    }


def test_a_response_keeps_the_version_that_it_answered(joined, clinician, practice, library):
    give(joined, "patterns-check", by=clinician)
    response = send(joined.occurrences.get(), by=joined.user)
    sync_library(practice, library=changed(library, "patterns-check", minutes=4))
    response.refresh_from_db()
    assert response.version.number == 1


def test_under_a_new_name_it_stays_the_same_activity(practice, library):
    activity = Activity.objects.get(practice=practice, slug="limit-log")
    newer = changed(library, "limit-log", slug="limits-noted", formerly=("limit-log",))
    assert synced(practice, newer) == {"limits-noted": "renamed from limit-log"}
    activity.refresh_from_db()
    assert (activity.slug, activity.versions.count()) == ("limits-noted", 2)
    assert synced(practice, newer) == {}


def test_what_the_practice_made_itself_is_left_alone(practice, library, clinician):
    own = Activity.objects.create(
        practice=practice, slug="own-walk", kind="exercise", is_own=True, created_by=clinician
    )
    assert synced(practice, library) == {}
    own.refresh_from_db()
    assert own.retired_at is None


def test_a_change_is_shown_line_by_line(practice, library):
    (change,) = sync_library(practice, library=changed(library, "limit-log", minutes=5))
    assert [line for line in change.diff if line[0] in "+-"] == [
        '- "minutes": 2,',
        '+ "minutes": 5,',
    ]


def test_when_one_cannot_be_stored_nothing_is_half_there(practice, library):
    newer = changed(library, "limit-log", minutes=5)
    newer = changed(newer, "patterns-check", slug="x" * 200)
    with pytest.raises(DataError), transaction.atomic():
        sync_library(practice, library=newer)
    assert set(ActivityVersion.objects.values_list("number", flat=True)) == {1}


class TestTheCommand:
    def test_it_says_what_changed_and_that_nothing_did(self, practice, library, capsys):
        Activity.objects.filter(slug="limit-log").update(retired_at=practice.created_at)
        call_command("library", "sync")
        last = f"{len(library.activities)} activities in the library"
        assert capsys.readouterr().out.splitlines() == ["At the Mill: limit-log: back", last]
        call_command("library", "sync")
        assert capsys.readouterr().out.splitlines() == [last]

    def test_while_preparing_a_count_is_enough(self, practice, library, capsys):
        Activity.objects.filter(slug="limit-log").update(retired_at=practice.created_at)
        call_command("library", "sync", verbosity=0)
        assert "At the Mill: changes in the library: 1" in capsys.readouterr().out

    def test_a_dry_run_says_what_would_change_line_by_line(
        self, practice, library, monkeypatch, capsys
    ):
        newer = changed(library, "limit-log", minutes=5)
        monkeypatch.setattr("assessments.management.commands.library._library", lambda: newer)
        call_command("library", "sync", "--dry-run")
        said = capsys.readouterr().out
        assert "At the Mill: limit-log: version 2\n" in said
        assert '    - "minutes": 2,\n' in said
        assert Activity.objects.get(slug="limit-log").versions.count() == 1

    def test_a_dry_run_changes_nothing(self, practice, capsys):
        Activity.objects.update(retired_at=practice.created_at)
        call_command("library", "sync", "--dry-run")
        assert "dry run: nothing was changed" in capsys.readouterr().out
        assert not Activity.objects.assignable().exists()

    def test_a_file_that_cannot_be_read_changes_nothing(self, practice, monkeypatch, tmp_path):
        before = Activity.objects.assignable().count()
        (tmp_path / "broken.toml").write_text("slug = ")
        monkeypatch.setattr("assessments.management.commands.library.LIBRARY", tmp_path)
        with pytest.raises(CommandError, match=r"broken\.toml:1"):
            call_command("library", "sync")
        assert Activity.objects.assignable().count() == before


class TestWordsThatThePracticeBrought:
    """A skeleton of the library with the words of this practice, when a release changes it."""

    @pytest.fixture
    def with_words(self, practice, library, clinician):
        skeleton = next(each for each in library.activities if each.slug == "phq-2")
        words = [item.model_copy(update={"text": f"Words {item.id}"}) for item in skeleton.items]
        definition = skeleton.model_copy(update={"items": tuple(words)})
        activity = Activity.objects.get(practice=practice, slug="phq-2")
        version = ActivityVersion.objects.create(
            practice=practice,
            activity=activity,
            number=2,
            digest=definition.digest(),
            content=definition.dump(),
            published_at=NOW,
        )
        TextPermission.objects.create(
            practice=practice,
            version=version,
            basis="free",
            holder="The owner",
            words="Anybody may use it.",
            checked_on=NOW.date(),
            source_format="paste",
        )
        return version

    def test_they_stay_when_nothing_changes(self, practice, library, with_words):
        assert synced(practice, library) == {}

    def test_they_are_laid_onto_the_newer_one_with_the_right_to_them(
        self, practice, library, with_words
    ):
        newer = changed(library, "phq-2", for_clinicians="Read this first.")
        assert synced(practice, newer) == {"phq-2": "version 3"}
        newest = with_words.activity.versions.order_by("-number").first()
        assert newest.definition.for_clinicians == "Read this first."
        assert [item.text for item in newest.definition.items] == ["Words phq2_1", "Words phq2_2"]
        assert newest.permission.words == "Anybody may use it."
        assert synced(practice, newer) == {}

    def test_they_are_kept_when_they_do_not_fit_any_more(self, practice, library, with_words):
        skeleton = with_words.definition
        wider = [item.model_copy(update={"maximum": 9, "text": ""}) for item in skeleton.items]
        newer = changed(library, "phq-2", items=tuple(wider), scales=(), interpretations=())
        events = AuditEvent.objects.count()
        assert "does not fit" in synced(practice, newer)["phq-2"]
        assert with_words.activity.versions.count() == 2
        assert AuditEvent.objects.count() == events
