"""Putting the definitions of ``assessments/library/`` into a practice."""

from pathlib import Path

from django.db import transaction
from django.utils import timezone

from assessments.definitions import Definition, load_library
from assessments.models import Activity, ActivityVersion
from practice import audit

LIBRARY = Path(__file__).resolve().parent.parent / "library"


@transaction.atomic
def sync_library(practice, *, definitions=None, by=None, now=None) -> dict[str, str]:
    """Bring a practice up to the library: new activities, new versions, retired ones.

    Idempotent. Returns slug → "new", "version N", "retired" or "back"; unchanged ones are not
    named. Old versions stay for the responses that point at them.
    """
    if definitions is None:
        definitions = load_library(LIBRARY)
    now = now or timezone.now()
    changes: dict[str, str] = {}
    known = {activity.slug: activity for activity in Activity.objects.filter(practice=practice)}
    newest = {
        version.activity_id: version
        for version in ActivityVersion.objects.filter(practice=practice).newest()
    }
    for definition in definitions:
        activity = known.pop(definition.slug, None)
        if activity is None:
            activity = Activity.objects.create(
                practice=practice, slug=definition.slug, kind=definition.kind, created_by=by
            )
            changes[definition.slug] = "new"
        elif activity.retired_at is not None:
            Activity.objects.filter(pk=activity.pk).update(retired_at=None)
            changes[definition.slug] = "back"
        number = _publish(activity, definition, newest.get(activity.pk), by=by, now=now)
        if number:
            changes.setdefault(definition.slug, f"version {number}")
    for slug, activity in known.items():
        if activity.retired_at is None:
            Activity.objects.filter(pk=activity.pk).update(retired_at=now)
            changes[slug] = "retired"
    return changes


def _publish(activity, definition: Definition, newest, *, by, now) -> int | None:
    """A version of its own when the content differs from the newest one."""
    digest = definition.digest()
    if newest is not None and newest.digest == digest:
        return None
    version = ActivityVersion.objects.create(
        practice_id=activity.practice_id,
        activity=activity,
        created_by=by,
        number=newest.number + 1 if newest else 1,
        digest=digest,
        content=definition.dump(),
        published_at=now,
    )
    audit.record("version.published", version, by=by)
    return version.number


def put_library_into(practice, *, by) -> None:
    """The hook for a practice that was just opened."""
    sync_library(practice, by=by)
