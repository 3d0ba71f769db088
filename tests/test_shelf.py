"""The short cut of the tests comes to the same rows as the way that it cuts."""

import pytest

from assessments.actions import library
from assessments.models import Activity, Program
from practice.models import AuditEvent
from tests.conftest import make_practice

OWN = {"id", "practice_id", "created_at", "created_by_id", "published_at"}


def facts(row) -> dict:
    return {name: value for name, value in vars(row).items() if name not in OWN and name[0] != "_"}


def shelf_of(practice) -> dict:
    """Each activity and program by its name, with its versions; and what was said of all."""
    found = {}
    for model, key in ((Activity, "activity_id"), (Program, "program_id")):
        for row in model.objects.filter(practice=practice).prefetch_related("versions"):
            versions = [facts(version) for version in row.versions.all()]
            assert {version.pop(key) for version in versions} == {row.pk}
            assert {version.practice_id for version in row.versions.all()} == {practice.pk}
            found[model.__name__, row.slug] = facts(row), versions
    said = AuditEvent.objects.get(practice=practice, action="library.synced")
    return found | {"said": said.detail}


@pytest.mark.django_db
def test_it_is_what_the_sync_writes(settings):
    copied = make_practice()
    settings.HOOKS = settings.HOOKS | {
        "practice_opened": ["assessments.actions.library.put_library_into"]
    }
    synced = make_practice("By the sync", "owner@sync.example")
    assert shelf_of(copied) == shelf_of(synced)
    assert library.sync_library(copied) == []
