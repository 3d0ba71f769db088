"""Who is away, from when until when, and who covers."""

from datetime import date, timedelta

from django.db import transaction

from clients.models import Absence, Cover
from practice import audit
from practice.models import Role, User
from practice.parting import hold_at_work

A_DAY = timedelta(days=1)


class Overlaps(Exception):
    """They are away then already."""


@transaction.atomic
def take_absence(
    clinician: User,
    *,
    first_day: date,
    last_day: date,
    covers: dict,
    tells_clients: bool,
    by,
    now,
    instead_of: Absence | None = None,
) -> Absence:
    """``covers``: who has which client; under None, who has all the others. ``instead_of`` is what
    this changes: it ends where this begins, and nobody hears of it twice."""
    hold_at_work(clinician, *covers.values(), role=Role.CLINICIAN)
    practice = clinician.practice
    starts_at = practice.midnight(first_day)
    ends_at = practice.midnight(last_day + A_DAY)
    if instead_of is not None:
        _end(instead_of, now=now, told_at=now)
    if Absence.objects.between(starts_at, ends_at).filter(clinician=clinician).exists():
        raise Overlaps
    shared = {"practice": practice, "created_by": by}
    absence = Absence.objects.create(
        **shared,
        clinician=clinician,
        starts_at=starts_at,
        ends_at=ends_at,
        tells_clients=tells_clients,
    )
    for client_id, covering in covers.items():
        Cover.objects.create(**shared, absence=absence, client_id=client_id, covering=covering)
    detail = {
        "clinician": str(clinician.pk),
        "from": first_day.isoformat(),
        "until": last_day.isoformat(),
        "covers": {str(client_id or "all"): str(each.pk) for client_id, each in covers.items()},
        "instead_of": instead_of and str(instead_of.pk),
    }
    audit.record("absence.taken", absence, by=by, detail=detail)
    return absence


@transaction.atomic
def end_absence(absence: Absence, *, by, now) -> None:
    """Back sooner, or not going at all."""
    if _end(absence, now=now):
        audit.record("absence.ended", absence, by=by)


def _end(absence: Absence, *, now, **facts) -> int:
    return Absence.objects.valid().filter(pk=absence.pk).update(ended_at=now, **facts)
