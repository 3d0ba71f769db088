"""What clients have heard from us, and for how long they have been silent."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.db.models import Count, Exists, F, Max, Min, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from assessments.models import Occurrence, Reminder
from assessments.models.reminders import MAY_HAVE_ARRIVED, Outcome
from clients.models import Client, ReminderPolicy

# A message that could not be delivered, after all its attempts, was tried: it counts like one that
# arrived, or a dead address would be written to for ever and Today would never hear of it.
TRIED = (*MAY_HAVE_ARRIVED, Outcome.FAILED)
# Messages since which the client has not been in the portal.
UNREAD = Q(outcome__in=MAY_HAVE_ARRIVED) & (
    Q(client__user__last_login__isnull=True) | Q(settled_at__gt=F("client__user__last_login"))
)
EVER = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Heard:
    """What one client has heard, and what they let pass."""

    last: datetime | None = None
    unread_since: datetime | None = None
    invited: datetime | None = None
    missed: int = 0  # of what was due, since they last answered anything

    def is_silent(self, policy: ReminderPolicy, now: datetime) -> bool:
        """They missed too many in a row; or were written to, and have not been in the portal
        since, for as long as the practice waits."""
        if self.missed >= policy.missed_in_a_row:
            return True
        since = self.unread_since
        return since is not None and since <= now - timedelta(days=policy.unread_days)

    def invitation_is_due(self, client: Client) -> bool:
        if client.has_joined or client.invited_at is None:
            return False
        return self.invited is None or self.invited < client.invited_at


def heard_by(ids: list[UUID], now: datetime) -> dict[UUID, Heard]:
    """Nothing of those who have heard nothing and missed nothing."""
    missed = _missed_in_a_row(ids, now)
    told = {
        pk: facts
        for pk, *facts in Reminder.objects.filter(client__among=ids, outcome__in=TRIED)
        .values("client_id")
        .annotate(
            last=Max("settled_at", filter=Q(outcome__in=MAY_HAVE_ARRIVED)),
            unread_since=Min("settled_at", filter=UNREAD),
            invited=Max("settled_at", filter=Q(kind=Reminder.Kind.INVITATION)),
        )
        .values_list("client_id", "last", "unread_since", "invited")
    }
    nothing = (None, None, None)
    return {pk: Heard(*told.get(pk, nothing), missed.get(pk, 0)) for pk in {*told, *missed}}


def _missed_in_a_row(ids, now) -> dict[UUID, int]:
    """How often each client has let something pass that was due, since they last answered
    anything. What is due at the same moment is one evening, not two."""
    answered = (
        Occurrence.objects.filter(client=OuterRef("client"), answered_at__isnull=False)
        .order_by("-answered_at")
        .values("answered_at")[:1]
    )
    rows = (
        Occurrence.objects.missed(now)
        .filter(client__among=ids, put_away_at__isnull=True, assignment__paused_at__isnull=True)
        .annotate(last=Subquery(answered))
        .filter(Q(last__isnull=True) | Q(due_at__gt=F("last")))
        .not_due_in_a_pause()
        .values("client_id")
        .annotate(n=Count("due_at", distinct=True))
    )
    return {row["client_id"]: row["n"] for row in rows}


def away_since(policy: ReminderPolicy, now: datetime) -> Subquery:
    """For an annotation of clients: since when they have not come though a message of that day
    went out and something waits for them, for as long as their practice waits. None for those of
    whom the care team knows it. Looks no further back than they were last in the portal.
    """
    waiting = (
        Occurrence.objects.waiting()
        .open(now)
        .filter(client=OuterRef("client"), noted_at=None, put_away_at=None)
    )
    unread = Reminder.objects.filter(
        Exists(waiting),
        client=OuterRef("pk"),
        outcome__in=MAY_HAVE_ARRIVED,
        settled_at__lte=now - timedelta(days=policy.unread_days),
        settled_at__gt=Coalesce(OuterRef("user__last_login"), EVER),
    )
    return Subquery(unread.order_by("settled_at").values("settled_at")[:1])
