"""What a client can read: what they were given, and what is there for anybody."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Max, Q

from assessments.actions import is_on_hold
from assessments.definitions import Definition, Kind
from assessments.models import Activity, ActivityVersion, Occurrence

# Readings of the library that need nobody beside the reader: they ask for nothing to be tried on
# anybody, hold up no mirror and use no word that has to be talked about first. Limits, tips to try,
# and what to do where it is not safe are given by a clinician, who knows for whom.
FOR_ANYBODY = ("close-not-alone", "can-it-change", "kinds-of-help")


@dataclass(frozen=True)
class Reading:
    slug: str
    definition: Definition
    occurrence_id: UUID | None = None  # where it is still open: there one can say "read"
    read_at: datetime | None = None


@dataclass(frozen=True)
class Readings:
    open: list[Reading]
    read: list[Reading]
    for_anybody: list[Reading]


def readings_of(client, *, now) -> Readings:
    """Each reading once, however often it was given. Two statements, and one about a hold."""
    given = _given(client, now)
    versions = _versions(client, Q(activity__in=given) | _anybody())
    hidden = any(each.definition.gated for each in versions) and is_on_hold(client.pk)
    found = [each for each in versions if not (hidden and each.definition.gated)]
    mine = [_reading(each, given[each.activity_id]) for each in found if each.activity_id in given]
    return Readings(
        open=[each for each in mine if each.occurrence_id],
        read=[each for each in mine if not each.occurrence_id],
        for_anybody=[
            Reading(each.activity.slug, each.definition)
            for each in found
            if each.activity_id not in given
        ],
    )


def reading_of(client, slug: str, *, now) -> Definition | None:
    """One to read, or to read again; None for what this client was not given and not anybody is."""
    given = _given(client, now)
    versions = _versions(client, Q(activity__in=given) | _anybody())
    found = versions.filter(activity__slug=slug).first()
    if found is None or (found.definition.gated and is_on_hold(client.pk)):
        return None
    return found.definition


def _given(client, now) -> dict:
    """By activity: when it was read last, and the newest occurrence that is still to be read."""
    occurrences = Occurrence.objects.filter(
        client=client, assignment__activity__kind=Activity.Kind.READING, opens_at__lte=now
    ).filter(Q(withdrawn_at__isnull=True) | Q(answered_at__isnull=False))
    still = Occurrence.objects.open(now).waiting().filter(client=client)
    return {
        row["assignment__activity"]: row
        for row in occurrences.order_by()
        .values("assignment__activity")
        .annotate(
            read_at=Max("answered_at"),
            waits=ArrayAgg(
                "pk", filter=Q(pk__in=still.values("pk"), put_away_at__isnull=True), default=[]
            ),
        )
    }


def _versions(client, which: Q):
    return (
        ActivityVersion.objects.newest()
        .filter(which, practice=client.practice_id, activity__kind=Kind.READING)
        .select_related("activity")
    )


def _anybody() -> Q:
    return Q(
        activity__slug__in=FOR_ANYBODY,
        activity__is_own=False,
        activity__retired_at__isnull=True,
    )


def _reading(version, row) -> Reading:
    waits = next(iter(row["waits"]), None)
    return Reading(version.activity.slug, version.definition, waits, row["read_at"])
