"""Who of the practice looked at a client's record, on which day, and at what kind of page."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from operator import itemgetter

from django.db.models import Case, CharField, Count, F, QuerySet, Value, When
from django.db.models.functions import TruncDate
from django.utils.translation import gettext_lazy as _

from assessments.models import Export
from practice.models import AuditEvent, Membership, Role, User

# Only what stands here is ever told: by its action in the audit trail. Safety checks and alerts
# never are, nor that a page has them: whoever reads this page may not be the client.
KINDS = {
    "answers": ("response.read",),
    "course": ("timeline.read", "timeline.taken", "progress.previewed"),
    "session": ("sheet.read",),
    "record": ("record.read", "work.read", "contact.read", "sessions.read"),
    "outside": ("emergency.opened",),
    "file": ("file",),  # from the files themselves: one of many clients has many names on it
}
WORDS = {
    "answers": _("read what you sent"),
    "course": _("looked at your answers over time"),
    "session": _("got ready for a session"),
    "record": _("looked at your record"),
    # Not a word of an emergency: whoever reads along would ask which.
    "outside": _("opened your record from outside your care team, for one hour"),
    "file": _("made a file with your answers"),
}
ROLES = (Role.CLINICIAN, Role.SUPERVISOR, Role.OWNER, Role.ASSISTANT)  # the nearest first


@dataclass(frozen=True)
class Looked:
    """One person on one day."""

    day: date
    name: str
    role: str  # empty for somebody who does not work there any more
    what: list[str]


def opened_of(client) -> QuerySet:
    """Rows of (day, who, what), the newest first, to be cut into pages."""
    told = [action for actions in KINDS.values() for action in actions]
    kinds = [When(action__in=actions, then=Value(kind)) for kind, actions in KINDS.items()]
    seen = (
        AuditEvent.objects.filter(client_id=client.pk, practice=client.practice_id)
        .filter(action__in=told, actor__isnull=False)
        .exclude(actor=client.user_id)
        .annotate(day=TruncDate("at", tzinfo=client.zone), who=F("actor"))
        .annotate(what=Case(*kinds, output_field=CharField()))
    )
    files = (
        Export.objects.filter(clients__contains=[client.pk], practice=client.practice_id)
        .filter(done_at__isnull=False)
        .exclude(created_by=client.user_id)
        .annotate(day=TruncDate("done_at", tzinfo=client.zone), who=F("created_by"))
        .annotate(what=Value("file", output_field=CharField()))
    )
    pairs = ("day", "who", "what")
    rows = [each.order_by().values(*pairs).annotate(times=Count("pk")) for each in (seen, files)]
    return rows[0].union(rows[1], all=True).order_by("-day", "who", "what")


def in_words(rows: Iterable[dict]) -> list[Looked]:
    """The rows of one page, gathered by person and day. Two statements for names and roles."""
    rows = list(rows)
    ids = {row["who"] for row in rows}
    names = {user.pk: user.name for user in User.objects.filter(pk__in=ids)}
    held: dict = {}
    for pk, role in Membership.objects.current().filter(user__in=ids).values_list("user", "role"):
        held.setdefault(pk, set()).add(role)
    return [
        Looked(day, names[who], _role(held.get(who, ())), [WORDS[row["what"]] for row in of_one])
        for (day, who), of_one in groupby(rows, key=itemgetter("day", "who"))
    ]


def _role(held) -> str:
    return next((role.label for role in ROLES if role in held), "")
