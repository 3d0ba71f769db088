"""The definitions in assessments/library/ and what a practice has of them."""

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from assessments.actions import sync_library
from assessments.actions.library import LIBRARY
from assessments.definitions import load_library
from assessments.models import Activity, ActivityVersion
from practice.models import AuditEvent
from tests.conftest import NOW, give, send

pytestmark = pytest.mark.django_db
SLUGS = {"limit-log", "limit-plan", "limits-and-closeness", "patterns-check", "strengths-check"}


@pytest.fixture
def library():
    return load_library(LIBRARY)


def changed(definitions, slug, **how):
    return tuple(each.model_copy(update=how) if each.slug == slug else each for each in definitions)


def test_a_new_practice_has_the_whole_library(practice):
    assert set(Activity.objects.filter(practice=practice).values_list("slug", flat=True)) == SLUGS
    assert set(ActivityVersion.objects.values_list("number", flat=True)) == {1}
    assert AuditEvent.objects.filter(action="version.published").count() == 5


def test_what_is_stored_is_what_the_file_says(practice, library):
    stored = {v.definition.slug: v.definition for v in ActivityVersion.objects.all()}
    assert stored == {each.slug: each for each in library}


def test_it_is_published_when_one_says(practice, library):
    last = library[-1].model_copy(update={"title": "Another title"})
    sync_library(practice, definitions=(*library[:-1], last), now=NOW)
    newest = ActivityVersion.objects.filter(activity__slug=last.slug).order_by("-number").first()
    assert newest.published_at == NOW


def test_a_second_time_changes_nothing(practice):
    assert sync_library(practice) == {}
    assert ActivityVersion.objects.count() == 5


def test_a_change_is_a_new_version_and_the_old_one_stays(practice, library):
    newer = changed(library, "patterns-check", minutes=4)
    assert sync_library(practice, definitions=newer) == {"patterns-check": "version 2"}
    versions = ActivityVersion.objects.filter(activity__slug="patterns-check").order_by("number")
    assert [version.definition.minutes for version in versions] == [3, 4]
    assert (
        ActivityVersion.objects.newest().filter(activity__slug="patterns-check").get().number == 2
    )
    assert sync_library(practice, definitions=newer) == {}


def test_a_change_back_is_a_third_version(practice, library):
    sync_library(practice, definitions=changed(library, "patterns-check", minutes=4))
    assert sync_library(practice) == {"patterns-check": "version 3"}


def test_what_is_gone_from_the_library_is_retired_and_comes_back(practice, library):
    fewer = tuple(each for each in library if each.slug != "limit-log")
    assert sync_library(practice, definitions=fewer) == {"limit-log": "retired"}
    assert not Activity.objects.assignable().filter(slug="limit-log").exists()
    assert sync_library(practice, definitions=fewer) == {}
    assert sync_library(practice) == {"limit-log": "back"}
    assert Activity.objects.assignable().filter(slug="limit-log").exists()
    assert ActivityVersion.objects.filter(activity__slug="limit-log").count() == 1


def test_one_that_comes_back_changed_is_back_with_a_new_version(practice, library):
    sync_library(practice, definitions=tuple(each for each in library if each.slug != "limit-log"))
    changes = sync_library(practice, definitions=changed(library, "limit-log", minutes=5))
    assert changes == {"limit-log": "back"}
    assert ActivityVersion.objects.filter(activity__slug="limit-log").count() == 2


def test_practices_are_synchronised_one_by_one(practice, stranger, library):
    sync_library(practice, definitions=changed(library, "patterns-check", minutes=4))
    versions = ActivityVersion.objects.filter(activity__slug="patterns-check").newest()
    assert {version.practice: version.number for version in versions} == {
        practice: 2,
        stranger.practice: 1,
    }


def test_a_response_keeps_the_version_that_it_answered(joined, clinician, practice, library):
    give(joined, "patterns-check", by=clinician)
    response = send(joined.occurrences.get(), by=joined.user)
    sync_library(practice, definitions=changed(library, "patterns-check", minutes=4))
    response.refresh_from_db()
    assert response.version.number == 1


class TestTheCommand:
    def test_it_says_what_changed_and_that_nothing_did(self, practice, capsys):
        Activity.objects.update(retired_at=practice.created_at)
        call_command("library", "sync")
        lines = capsys.readouterr().out.splitlines()
        assert lines[0] == "At the Mill: limit-log: back"
        assert lines[-1] == "5 activities in the library"
        call_command("library", "sync")
        assert capsys.readouterr().out.splitlines() == ["5 activities in the library"]

    def test_a_dry_run_changes_nothing(self, practice, capsys):
        Activity.objects.update(retired_at=practice.created_at)
        call_command("library", "sync", "--dry-run")
        assert "dry run: nothing was changed" in capsys.readouterr().out
        assert not Activity.objects.assignable().exists()

    def test_a_file_that_cannot_be_read_changes_nothing(self, practice, monkeypatch, tmp_path):
        (tmp_path / "broken.toml").write_text("slug = ")
        monkeypatch.setattr("assessments.management.commands.library.LIBRARY", tmp_path)
        with pytest.raises(CommandError, match=r"broken\.toml:1"):
            call_command("library", "sync")
        assert Activity.objects.assignable().count() == 5
