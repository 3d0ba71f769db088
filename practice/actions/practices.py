"""Verbs about the practice itself."""

from django.db import connection, transaction

from practice import audit, hooks, walls
from practice.models import Membership, Practice, Role, TenantModel, User


class AlreadyOpen(Exception):
    """There is a practice already: the first visit was made before."""


@transaction.atomic
def open_first_practice(**facts) -> Practice:
    """The first visit. Two people at once: one of them opens it, the other hears so."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('first practice', 0))")
    if Practice.objects.is_any():
        raise AlreadyOpen
    return open_practice(**facts)


@transaction.atomic
def open_practice(
    *, name, time_zone, language, help_text, owner_name, owner_email, password, also_clinician=True
) -> Practice:
    practice = Practice(name=name, time_zone=time_zone, language=language, help_text=help_text)
    roles = [Role.OWNER, Role.CLINICIAN] if also_clinician else [Role.OWNER]
    with walls.inside(practice.pk):
        practice.save(force_insert=True)
        owner = add_staff(
            practice, name=owner_name, email=owner_email, password=password, roles=roles, by=None
        )
        hooks.call("practice_opened", practice=practice, by=owner)
    return practice


@transaction.atomic
def add_staff(practice, *, name, email, password, roles, by, time_zone=None) -> User:
    user = User.objects.create_user(
        email=email,
        password=password,
        practice=practice,
        name=name,
        language=practice.language,
        time_zone=time_zone or practice.time_zone,
    )
    new = {"practice": practice, "user": user, "created_by": by}
    members = [Membership.objects.create(**new, role=role) for role in roles]
    for member in members:
        audit.record("membership.began", member, by=by or user, detail={"role": member.role})
    return user


@transaction.atomic
def change_practice(practice, *, fields, by) -> Practice:
    practice.save(update_fields=fields)
    audit.record("practice.changed", practice, by=by, detail={"fields": fields})
    return practice


@transaction.atomic
def change_settings(model, practice, *, action, by, **fields) -> tuple[TenantModel, set[str]]:
    """The one row of ``model`` that a practice has, made with its first change; and the names of
    the fields that are other now. ``model.of_practice`` gives the row, or what holds without one.
    """
    Practice.objects.select_for_update(no_key=True).get(pk=practice.pk)  # two owners, one row
    row = model.of_practice(practice.pk)
    changed = {name for name, value in fields.items() if getattr(row, name) != value}
    for name, value in fields.items():
        setattr(row, name, value)
    if row._state.adding:
        row.created_by = by
    row.save()
    audit.record(action, row, by=by, detail={"fields": sorted(changed)})
    return row, changed
