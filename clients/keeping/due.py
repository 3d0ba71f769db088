"""Where the record of each client stands: in care, kept until a day, over, held, to be erased."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Exists, Max, OuterRef, QuerySet

from clients.models import Client, Episode, ErasureRequest, LegalHold, RetentionPolicy
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

    @property
    def why(self) -> str | None:
        """The reason for which they may be erased now, by ``Erased.Why``; None for none."""
        if self.ended_on is None or self.hold:
            return None
        if self.request:
            return str(Erased.Why(self.request.why))
        return str(Erased.Why.OVER) if self.is_over else None

    @property
    def is_early(self) -> bool:
        """Before the time is over for which the practice keeps records."""
        return not self.is_over


def with_end(clients: QuerySet) -> QuerySet:
    """Each with ``ended_at``, when the last episode closed, and ``is_in_care``."""
    open_one = Episode.objects.filter(client=OuterRef("pk"), closed_at__isnull=True)
    return clients.annotate(ended_at=Max("episodes__closed_at"), is_in_care=Exists(open_one))


def due_by(practice: Practice, policy: RetentionPolicy, day: date) -> QuerySet:
    """The clients of ``practice`` whose time is over on ``day``, as far as the calendar goes: a
    hold or a wish is another matter."""
    last = practice.midnight(years_before(day, policy.years) + timedelta(days=1))
    found = with_end(Client.objects.filter(practice=practice))
    return found.filter(is_in_care=False, ended_at__lt=last)


def kept_rows(clients: QuerySet, practice: Practice, policy: RetentionPolicy, now) -> list[Kept]:
    """In three statements. ``clients`` were found ``with_end``."""
    rows = list(clients)
    holds = LegalHold.objects.standing().filter(client__in=rows).select_related("created_by")
    wishes = ErasureRequest.objects.standing().filter(client__in=rows)
    by_hold = {row.client_id: row for row in holds}
    by_wish = {row.client_id: row for row in wishes.select_related("created_by")}
    return [
        _kept(each, practice, policy, now, by_hold.get(each.pk), by_wish.get(each.pk))
        for each in rows
    ]


def kept_of(client: Client, *, now: datetime) -> Kept:
    policy = RetentionPolicy.of_practice(client.practice_id)
    found = with_end(Client.objects.filter(pk=client.pk))
    return kept_rows(found, client.practice, policy, now)[0]


def _kept(client, practice, policy, now, hold, request) -> Kept:
    ended = None if client.is_in_care or not client.ended_at else practice.day_of(client.ended_at)
    due = policy.due_on(ended) if ended else None
    is_over = due is not None and due <= practice.day_of(now)
    return Kept(client, ended, due, is_over, hold, request)
