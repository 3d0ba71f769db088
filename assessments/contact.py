"""The Contact page: what was sent to a client, what will be, and why not."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.fields.json import KeyTextTransform
from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clients.models import ChannelStop, SafeContact

from .calendar import Calendar, Told, calendar_from
from .models import ActivityVersion, Assignment, Delivery, Occurrence, Reminder
from .models.reminders import Outcome
from .reminders import Why, standings

BOUNCED = "bounced"
TOO_LATE = gettext_lazy("It ends before an hour comes that is safe for them.")
LOG_FILTERS = (*Outcome.values, BOUNCED)


@dataclass(frozen=True)
class ContactPage:
    calendar: Calendar
    next_at: datetime | None  # when the next message leaves
    next_kind: str
    sentence: str  # what it will be about; empty when that is too far ahead to tell
    attempts: int  # that were made of it and failed
    why_not: str  # in words, when none will leave
    stops: list[ChannelStop]
    has_noted: bool
    can_remind: bool  # something is open that a reminder could speak of

    @property
    def contact(self) -> SafeContact | None:
        return self.calendar.standing.contact


def contact_of(client, *, now: datetime) -> ContactPage:
    planned = Reminder.objects.planned().filter(client=client).first()
    standing = standings([client.pk], now=now)[client.pk]
    calendar = calendar_from(standing, planned, now=now)
    following = _next_of(calendar, planned)
    return ContactPage(
        calendar=calendar,
        next_at=following.at if following else None,
        next_kind=Reminder.Kind(following.kind).label if following else "",
        sentence=following.sentence if following else "",
        attempts=planned.attempts if planned and following else 0,
        why_not="" if following else _why_not(calendar, now),
        stops=list(client.channel_stops.standing().order_by("channel")),
        has_noted=Occurrence.objects.waiting()
        .filter(client=client, noted_at__isnull=False)
        .exists(),
        can_remind=standing.if_asked(now) is not None,
    )


def _next_of(calendar: Calendar, planned: Reminder | None) -> Told | None:
    """A plan for a moment at which nobody may be contacted any more is dropped then, so it is the
    calendar that knows; only what is planned for later it can't see."""
    if calendar.messages:
        return calendar.messages[0]
    if planned is None or calendar.why_nobody or planned.planned_for < calendar.until:
        return None
    return Told(planned.planned_for, planned.kind, "")


def _why_not(calendar: Calendar, now: datetime) -> str:
    standing = calendar.standing
    if standing.block:
        return Why(standing.block).label
    if not standing.items:
        return Why.NOTHING_OPEN.label
    due = [item for item in standing.items if item.due_at]
    if not due:
        return _("They know about it, and nothing is due.")
    if all(item.nudges >= standing.rules.most for item in due):
        return _("They have been told and reminded as often as was agreed.")
    reasons = {each.why for each in calendar.not_spoken_of}
    if len(reasons) == 1:
        return reasons.pop()
    return _("Each thing has its own reason: they stand below.")


def paused_work(client) -> list[str]:
    """Titles of what is paused: nothing of it comes, and so nothing is said of it."""
    newest = ActivityVersion.objects.filter(activity=OuterRef("activity")).order_by("-number")
    title = newest.annotate(title=KeyTextTransform("title", "content")).values("title")[:1]
    return list(
        Assignment.objects.running()
        .filter(client=client, paused_at__isnull=False)
        .order_by("paused_at")
        .values_list(Subquery(title), flat=True)
    )


def log_of(client, *, outcome: str = "") -> QuerySet[Reminder]:
    """What was sent and what was not, the newest first; ``outcome``: one of LOG_FILTERS."""
    settled = Reminder.objects.filter(client=client, settled_at__isnull=False)
    if outcome == BOUNCED:
        settled = settled.filter(_came_back())
    elif outcome:
        settled = settled.filter(outcome=outcome)
    return settled.order_by("-settled_at", "-pk")


def counts_of_log(client) -> dict[str, int]:
    """How many there are by outcome, and of those that came back."""
    settled = Reminder.objects.filter(client=client, settled_at__isnull=False)
    return settled.aggregate(
        all=Count("pk"),
        **{name: Count("pk", filter=Q(outcome=name)) for name in Outcome.values},
        **{BOUNCED: Count("pk", filter=Q(_came_back()))},
    )


def _came_back() -> Exists:
    return Exists(Delivery.objects.filter(reminder=OuterRef("pk"), bounced_at__isnull=False))


def with_deliveries(reminders: list[Reminder]) -> list[Reminder]:
    """Each with its attempts (``attempts_made``) and why it was not sent, in words. One
    statement."""
    made: dict = {reminder.pk: [] for reminder in reminders}
    rows = Delivery.objects.filter(reminder__in=reminders).defer("address")
    for delivery in rows.order_by("attempt", "pk"):
        made[delivery.reminder_id].append(delivery)
    for reminder in reminders:
        reminder.attempts_made = made[reminder.pk]
        reminder.why_words = Why(reminder.why).label if reminder.why else ""
        reminder.came_back = any(delivery.bounced_at for delivery in made[reminder.pk])
    return reminders


@dataclass(frozen=True)
class Hears:
    """What comes of it for one client when they are reminded now."""

    client: object
    has_open: bool
    at: str  # as the client's clock shows it; empty when they hear nothing
    why_not: str


def would_hear(clients, *, now: datetime) -> list[Hears]:
    """In the order of ``clients``; the number of statements does not depend on how many."""
    where = standings([client.pk for client in clients], now=now)
    return [_hears(where[client.pk], now) for client in clients]


def _hears(standing, now: datetime) -> Hears:
    has_open = any(item.is_open(now) for item in standing.items)
    following = standing.if_asked(now)
    if following is not None:
        at = following.at.astimezone(standing.client.zone)
        return Hears(standing.client, has_open, formats.date_format(at, "D j M, H:i"), "")
    why = Why(standing.block) if standing.block else Why.NOTHING_OPEN
    if has_open and not standing.block:
        return Hears(standing.client, has_open, "", TOO_LATE)
    return Hears(standing.client, has_open, "", why.label)


def next_in_words(client, *, now: datetime) -> str:
    """When the next message leaves, for the clinician who has just asked for one."""
    standing = standings([client.pk], now=now)[client.pk]
    following = standing.if_asked(now)
    if following is None:
        why = Why(standing.block).label if standing.block else TOO_LATE
        return _("No message leaves: %(why)s") % {"why": why}
    if following.at <= now:
        return _("The message leaves now.")
    return _("The message leaves %(when)s, on their clock.") % {
        "when": formats.date_format(following.at.astimezone(client.zone), "l j F, H:i")
    }
