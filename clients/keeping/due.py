"""Where the record of each client stands: in care, kept until a day, over, held, to be erased."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Exists, Max, OuterRef, QuerySet, Subquery
from django.db.models.functions import Greatest

from clients.models import Client, Episode, ErasureRequest, LegalHold, RetentionPolicy, Session
from clients.retention import years_before
from practice.models import Erased, Practice


@dataclass(frozen=True)
class Kept:
    client: Client
    ended_on: date | None  # none: care goes on
    due_on: date | None
    is_over: bool
    hold: LegalHold | None
    request: ErasureRequest | None
    was_kept: bool  # held once, or asked to be erased and to be kept after all: a person decides

    @property
    def why(self) -> str | None:
        """The reason for which they may be erased now, by ``Erased.Why``; None for none."""
        if self.ended_on is None or self.hold:
            return None
        if self.request:
            return str(Erased.Why(self.request.why))
        return str(Erased.Why.OVER) if self.is_over else None

    @property
    def goes_by_itself(self) -> bool:
        """Where the practice has switched that on."""
        return self.why == Erased.Why.OVER and not self.was_kept

    @property
    def is_early(self) -> bool:
        """Before the time is over for which the practice keeps records."""
        return not self.is_over


def with_end(clients: QuerySet) -> QuerySet:
    """Each with ``is_in_care``, and ``ended_at``: when the last episode closed, or the last session
    that was held after all."""
    open_one = Episode.objects.filter(client=OuterRef("pk"), closed_at__isnull=True)
    held = Session.objects.filter(client=OuterRef("pk"), attended_at__isnull=False)
    last = Subquery(held.order_by("-starts_at").values("starts_at")[:1])
    return clients.annotate(
        ended_at=Greatest(Max("episodes__closed_at"), last), is_in_care=Exists(open_one)
    )


def due_by(practice: Practice, policy: RetentionPolicy, day: date) -> QuerySet:
    """The clients of ``practice`` whose time is over on ``day``, as far as the calendar goes: a
    hold or a wish is another matter."""
    last = practice.midnight(years_before(day, policy.years) + timedelta(days=1))
    found = with_end(Client.objects.filter(practice=practice))
    return found.filter(is_in_care=False, ended_at__lt=last)


def kept_rows(clients: QuerySet, practice: Practice, policy: RetentionPolicy, now) -> list[Kept]:
    """In three statements. ``clients`` were found ``with_end``."""
    rows = list(clients)
    holds, wishes = defaultdict(list), defaultdict(list)
    for hold in LegalHold.objects.filter(client__in=rows).select_related("created_by"):
        holds[hold.client_id].append(hold)
    for wish in ErasureRequest.objects.filter(client__in=rows).select_related("created_by"):
        wishes[wish.client_id].append(wish)
    return [_kept(each, practice, policy, now, holds[each.pk], wishes[each.pk]) for each in rows]


def kept_of(client: Client, *, now: datetime) -> Kept:
    policy = RetentionPolicy.of_practice(client.practice_id)
    found = with_end(Client.objects.filter(pk=client.pk))
    return kept_rows(found, client.practice, policy, now)[0]


def kept_until(client: Client, practice: Practice) -> date | None:
    """None while care goes on; ``client`` was found ``with_end``."""
    if client.is_in_care:
        return None
    return _days(client, practice, RetentionPolicy.of_practice(practice.pk))[1]


def _kept(client, practice, policy, now, holds, wishes) -> Kept:
    """``holds`` and ``wishes`` are all that there were."""
    ended, due = _days(client, practice, policy)
    is_over = due is not None and due <= practice.day_of(now)
    hold = next((row for row in holds if row.lifted_at is None), None)
    request = next((row for row in wishes if row.taken_back_at is None), None)
    return Kept(client, ended, due, is_over, hold, request, was_kept=bool(holds or wishes))


def _days(client, practice, policy) -> tuple[date | None, date | None]:
    """On which care ended, and until which the record is kept."""
    if client.is_in_care or not client.ended_at:
        return None, None
    ended = practice.day_of(client.ended_at)
    return ended, policy.due_on(ended)
