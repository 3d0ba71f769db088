"""Whose responses go into a file, and which; in batches, so that memory does not grow with them."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils import timezone

from assessments.actions.exports import readable_by
from assessments.models import ActivityVersion, Export, Response, Score, TextPermission
from clients.models import Client, Episode
from practice import keys
from practice.encryption import CannotOpen

from .records import Names, Record, Words

BATCH = 200
DAY = timedelta(days=1)


class NotMade(Exception):
    """``why`` is an Export.Why."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@dataclass
class Scope:
    """What one export is of. Its responses are those that were submitted when it was asked for."""

    export: Export
    clients: list[UUID]

    @classmethod
    def of(cls, export: Export) -> "Scope":
        """Raises NotMade when whoever asked may no longer read it, or there is nothing to read."""
        readable = readable_by(export.created_by)
        if export.client_id is None:
            return cls(export, list(readable.order_by("pk").values_list("pk", flat=True)))
        if readable.filter(pk=export.client_id).exists():
            return cls(export, [export.client_id])
        left = (
            not Client.objects.taken_out_by(export.created_by).filter(pk=export.client_id).exists()
        )
        raise NotMade(Export.Why.LEFT if left else Export.Why.ERASED)

    @cached_property
    def names(self) -> Names:
        practice_id = self.export.practice_id
        return Names(keys.of_subject(practice_id, practice_id))

    @property
    def responses(self) -> QuerySet:
        if self.export.is_own:
            return Response.objects.own_of(self.export.client)
        return Response.objects.submitted().filter(
            self._days(), client__among=self.clients, submitted_at__lte=self.export.asked_at
        )

    def _days(self) -> Q:
        """A paper copy is of the day on it, anything else of the day it was sent, as the
        practice's calendar has it."""
        zone, found = self.export.practice.zone, Q()
        if day := self.export.from_day:
            sent = Q(filled_on__isnull=True, submitted_at__gte=_midnight(day, zone))
            found &= Q(filled_on__gte=day) | sent
        if day := self.export.until_day:
            sent = Q(filled_on__isnull=True, submitted_at__lt=_midnight(day + DAY, zone))
            found &= Q(filled_on__lte=day) | sent
        return found

    @cached_property
    def order(self) -> list[UUID]:
        """Client by client, the oldest first. The ids alone are held: a megabyte for ten thousand,
        and then each batch is found by its ids, whatever else there is."""
        return list(self.responses.order_by("client_id", "pk").values_list("pk", flat=True))

    @property
    def count(self) -> int:
        return len(self.order)

    @cached_property
    def versions(self) -> dict[UUID, Words]:
        """Every version that was answered, by activity and number."""
        used = self.responses.order_by().values("version")
        rows = ActivityVersion.objects.filter(pk__in=used).select_related("activity")
        permissions = {
            row.version_id: row for row in TextPermission.objects.filter(version__in=used)
        }
        today = self.export.asked_at.astimezone(self.export.practice.zone).date()
        return {
            row.pk: Words.of(row, permissions.get(row.pk), today=today)
            for row in rows.order_by("activity__slug", "number")
        }

    @cached_property
    def episodes(self) -> dict[UUID, int]:
        """Which of its client's episodes each one is, from 1."""
        rows = Episode.objects.filter(client__among=self.clients).order_by("opened_at", "pk")
        found: dict[UUID, int] = {}
        met: dict[UUID, int] = defaultdict(int)
        for pk, client_id in rows.values_list("pk", "client_id"):
            met[client_id] += 1
            found[pk] = met[client_id]
        return found

    @cached_property
    def answered(self) -> list[UUID]:
        """The clients of whom there is a response."""
        rows = self.responses.order_by("client_id").values_list("client_id", flat=True)
        return list(rows.distinct())

    @property
    def inside(self) -> list[UUID]:
        """Whose data it is: for an audit, and for whoever takes it."""
        return [self.export.client_id] if self.export.client_id else self.answered

    def batches(self, *, answers: bool = True, scores: bool = False) -> Iterator[list[Record]]:
        """With what is asked for of each response, and nothing more is fetched."""
        unread = () if answers else ("answers",)
        for start in range(0, self.count, BATCH):
            ids = self.order[start : start + BATCH]
            found = self._ended(ids, shown=answers).defer(*unread).in_bulk(ids)
            rows = [found[pk] for pk in ids if pk in found]
            by_response = self._scores_of(ids, traces=answers) if scores else {}
            if answers:
                self._open(rows)
            yield [self._record(row, by_response.get(row.pk, ())) for row in rows]

    def _ended(self, ids: list[UUID], *, shown: bool) -> QuerySet:
        """Their own file has all, and is no reason why they could not take something back; what the
        practice's file shows has been seen."""
        if self.export.is_own:
            return self.responses
        if shown:
            Response.objects.filter(pk__in=ids).note_shown(timezone.now())
        return Response.objects.submitted()

    def _open(self, rows: list[Response]) -> None:
        keys.load(self.export.practice_id, {row.client_id for row in rows})
        try:
            for row in rows:
                row.answers  # noqa: B018  opened here, so that a key that went is met here
        except CannotOpen as error:
            raise NotMade(Export.Why.ERASED) from error

    def _scores_of(self, ids: list[UUID], *, traces: bool) -> dict[UUID, list[Score]]:
        found = defaultdict(list)
        rows = Score.objects.filter(response__among=ids).order_by("pk")
        for score in rows if traces else rows.defer("trace"):
            found[score.response_id].append(score)
        return found

    def _record(self, row: Response, scores) -> Record:
        words, episode = self.versions[row.version_id], self.episodes.get(row.episode_id)
        return Record(row, words, self.names, episode, tuple(scores))


def _midnight(day: date, zone) -> datetime:
    return datetime.combine(day, time(), zone)
