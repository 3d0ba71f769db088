"""Everything that is kept about one client, in open formats, in one archive.

It is written by walking the models (``practice.forgetting``): every field of every row that hangs
on the client is in it, unless it stands below with the reason why not. A test holds the two against
each other.
"""

import io
import json
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Model, Q, QuerySet
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _

from assessments.models import Export, Response
from assessments.reports import report_pdf
from clients.keeping.kinds import in_words
from clients.models import Client, OwnPlan
from practice.csv_cells import csv_of
from practice.forgetting import hanging_on
from practice.models import AuditEvent, User

from .bundle import write_bundle
from .own import written_answers
from .scope import NotMade
from .work import Work

A_DOOR = _("it opens a door, and says nothing about anybody")
MACHINES = _("how workers share their work")
OWNERS = _("only owners read why a hold was set")
NOTES = _("a private note is read by its writer alone: ask them")
LEFT_OUT = {
    "practice.User.password": A_DOOR,
    "clients.Client.personal_code": A_DOOR,
    "clients.PortalLink.token_hash": A_DOOR,
    "clients.LegalHold.reason": OWNERS,
    "clients.Session.note": NOTES,
    "assessments.Export.file": _("a file like this one"),
    "assessments.Export.claim": MACHINES,
    "assessments.Export.lease_until": MACHINES,
    "assessments.Reminder.claim": MACHINES,
    "assessments.Reminder.lease_until": MACHINES,
    "assessments.AlertCall.claim": MACHINES,
    "assessments.AlertCall.lease_until": MACHINES,
}
# Rows that are the client's alone, whoever else may read their record (decision 028). They take
# them out themselves, in the portal.
NOT_THEIRS_ALONE = {
    Response: Q(submitted_at__isnull=False),
    OwnPlan: Q(shared_at__isnull=False),
    Export: ~Q(kind__in=Export.OWN),
}


@dataclass(frozen=True)
class Part:
    """A writer of another kind of file, as a part of this one."""

    whole: Work

    def __getattr__(self, name):
        return getattr(self.whole, name)

    def begin(self, total: int) -> None:
        """The whole has begun already."""


def write_archive(work: Work, out) -> None:
    client, by = work.export.client, work.export.created_by
    if not Client.objects.cared_for_by(by).filter(pk=client.pk).exists():
        raise NotMade(Export.Why.LEFT)
    kinds = list(_kinds(client))
    work.begin(len(kinds) + 2 * work.scope.count + 1)
    people: set = set()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, rows in kinds:
            written = [record_of(row) for row in rows]
            people |= {row.created_by_id for row in rows if getattr(row, "created_by_id", None)}
            _put(archive, f"records/{name}", written, _columns(rows.model))
            work.step(1)
        _put(archive, "trail", list(_trail(client)), TRAIL)
        _put(archive, "people", list(_names(people, client)), ("id", "name"))
        if work.scope.count:
            _words(archive, work)
        report = report_pdf(client, by=by, now=work.clock(), with_words=True)
        archive.writestr("report.pdf", report)
        archive.writestr("README.txt", _readme(work, kinds))
        work.step(1)


def _kinds(client: Client) -> Iterator[tuple[str, QuerySet]]:
    """The name of its file, and the rows; the client and their account first."""
    yield "client", Client.objects.filter(pk=client.pk)
    yield "account", User.objects.filter(pk=client.user_id)
    for each in hanging_on(Client):
        readable = NOT_THEIRS_ALONE.get(each.model, Q())
        rows = each.rows(client.pk).filter(readable).order_by("pk")
        yield each.label.lower(), rows.defer(*_left_out_of(each.model))


def _left_out_of(model: type[Model]) -> list[str]:
    names = (field.name for field in model._meta.concrete_fields)
    return [name for name in names if f"{model._meta.label}.{name}" in LEFT_OUT]


def record_of(row: Model) -> dict[str, Any]:
    """Every column by its name, opened where it was sealed."""
    return {
        field.attname: getattr(row, field.attname)
        for field in type(row)._meta.concrete_fields
        if f"{row._meta.label}.{field.name}" not in LEFT_OUT
    }


def _columns(model: type[Model]) -> tuple[str, ...]:
    return tuple(field.attname for field in model._meta.concrete_fields)


def _put(archive: zipfile.ZipFile, name: str, rows: list[dict], columns: tuple[str, ...]) -> None:
    """The same rows for a program and for a spreadsheet."""
    text = json.dumps(rows, ensure_ascii=False, indent=1, default=_plain)
    archive.writestr(f"{name}.json", text)
    table = [[_cell(row.get(column)) for column in columns] for row in rows]
    archive.writestr(f"{name}.csv", csv_of([columns, *table]))


def _plain(value):
    """What JSON does not know, but for what Django's encoder does."""
    return value.hex() if isinstance(value, bytes | memoryview) else _ENCODER.default(value)


_ENCODER = DjangoJSONEncoder()


def _cell(value):
    is_nested = isinstance(value, dict | list)
    return json.dumps(value, default=_plain, ensure_ascii=False) if is_nested else value


TRAIL = ("number", "at", "who", "action", "record_type", "record_id", "detail")


def _trail(client: Client) -> Iterator[dict]:
    """What others did to their record. Not from where, that is the address of somebody else; and
    not what the client did in the portal, of which their clinician is not told either."""
    own_files = Export.objects.filter(client=client, kind__in=Export.OWN).values("pk")
    events = (
        AuditEvent.objects.filter(practice=client.practice_id, client_id=client.pk)
        .exclude(actor=client.user_id)
        .exclude(record_id__in=own_files)
    )
    for event in events.select_related("actor").order_by("number"):
        facts = {name: getattr(event, name) for name in TRAIL if name != "who"}
        yield facts | {"who": _who(event.actor)}


def _who(actor: User | None) -> str:
    """Staff by name. Who has none is a client, and not this one: nothing of theirs stands here."""
    return "Trellis" if actor is None else actor.name or "somebody else"


def _names(people: set, client: Client) -> Iterator[dict]:
    staff = User.objects.filter(pk__in=people - {client.user_id}).order_by("name", "pk")
    yield from ({"id": pk, "name": name} for pk, name in staff.values_list("pk", "name"))


def _words(archive: zipfile.ZipFile, work: Work) -> None:
    """The answers as a person reads them, and for another record system."""
    out = io.BytesIO()
    write_bundle(Part(work), out)
    archive.writestr("fhir.zip", out.getvalue())
    archive.writestr("answers.csv", written_answers(Part(work)))


def _readme(work: Work, kinds) -> str:
    context = {
        "export": work.export,
        "client": work.export.client,
        "kinds": [(name, in_words(rows.model._meta.label)) for name, rows in kinds],
        "left_out": sorted(LEFT_OUT.items()),
    }
    return render_to_string("assessments/export/archive_readme.txt", context)
