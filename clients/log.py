"""The audit trail as pages: who saw one client, and what happened in the practice. Ids become names
here; what was read or written stands nowhere in it."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from practice import keys
from practice.auditing.words import OF_KIND, detail_in_words, in_words
from practice.models import AuditEvent, User

from .models import Client

PAGE = 50
SAID = ("role", "why", "kind", "channel", "page", "how", "lane")  # of the detail, as it stands


@dataclass(frozen=True)
class Wanted:
    """What of it: days of the practice, both included; a person; a kind."""

    since: date | None = None
    until: date | None = None
    person: User | None = None
    kind: str = ""


@dataclass(frozen=True)
class Line:
    number: int
    at: datetime
    who: str
    what: str
    said: str
    client: Client | None
    address: str | None


@dataclass(frozen=True)
class Page:
    lines: list[Line]
    older: int | None  # the number below which the next page begins


def events_of(practice, wanted: Wanted, *, client=None) -> QuerySet:
    found = AuditEvent.objects.filter(practice=practice)
    if client is not None:
        found = found.filter(client_id=client.pk)
    if wanted.since:
        found = found.filter(at__gte=practice.midnight(wanted.since))
    if wanted.until:
        found = found.filter(at__lt=practice.midnight(wanted.until + timedelta(days=1)))
    if wanted.person:
        found = found.filter(actor=wanted.person)
    if wanted.kind:
        found = found.filter(action__in=OF_KIND[wanted.kind])
    return found.order_by("-number")


def page_of(events: QuerySet, *, below: int | None = None) -> Page:
    """By number and not by offset: the last page costs what the first does."""
    if below is not None:
        events = events.filter(number__lt=below)
    rows = list(events[: PAGE + 1])
    older = rows[PAGE - 1].number if len(rows) > PAGE else None
    return Page(lines_of(rows[:PAGE]), older)


def lines_of(rows: list[AuditEvent]) -> list[Line]:
    """Two statements for the names of all, and one for keys."""
    people = User.objects.in_bulk({row.actor_id for row in rows if row.actor_id})
    clients = Client.objects.in_bulk({row.client_id for row in rows if row.client_id})
    if clients:
        keys.load(rows[0].practice_id, clients)
    return [_line(row, people.get(row.actor_id), clients.get(row.client_id)) for row in rows]


def _line(row: AuditEvent, actor: User | None, client: Client | None) -> Line:
    return Line(
        number=row.number,
        at=row.at,
        who=_who(actor, client),
        what=in_words(row.action),
        said=_said(row.detail),
        client=client,
        address=row.address,
    )


def _who(actor: User | None, client: Client | None) -> str:
    """A client has no name outside of their record, and none at all in somebody else's."""
    if actor is None:
        return _("Trellis")
    is_another = client is not None and client.user_id != actor.pk
    return actor.name or (_("somebody else") if is_another else _("the client"))


def _said(detail: dict) -> str:
    found = [detail_in_words(str(detail[name])) for name in SAID if detail.get(name)]
    found += [detail_in_words(name) for name in detail.get("fields", [])]
    return ", ".join(found)
