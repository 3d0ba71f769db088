"""Whose responses go into a file, and which; in batches, so that memory does not grow with them."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property
from uuid import UUID

from django.db.models import Q, QuerySet

from assessments.actions.exports import readable_by
from assessments.models import ActivityVersion, Export, Response, Score, TextPermission
from clients.models import Client, Episode
from practice import keys
from practice.encryption import CannotOpen

from .records import Measured, Names, Record, Words

BATCH = 200


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
        left = not Client.objects.of(export.created_by).filter(pk=export.client_id).exists()
        raise NotMade(Export.Why.LEFT if left else Export.Why.ERASED)

    @cached_property
    def names(self) -> Names:
        practice_id = self.export.practice_id
        return Names(keys.of_subject(practice_id, practice_id))

    @property
    def responses(self) -> QuerySet:
        return Response.objects.submitted().filter(
            self._days("submitted_at", "filled_on"),
            client__among=self.clients,
            submitted_at__lte=self.export.asked_at,
        )

    @property
    def scores(self) -> QuerySet:
        return Score.objects.filter(
            self._days("response__submitted_at", "response__filled_on"),
            client__among=self.clients,
            response__submitted_at__lte=self.export.asked_at,
        )

    def _days(self, submitted: str, filled: str) -> Q:
        """A paper copy is of the day on it, anything else of the day it was sent, as the
        practice's calendar has it."""
        zone, found = self.export.practice.zone, Q()
        if day := self.export.from_day:
            at = _midnight(day, zone)
            found &= Q(**{f"{filled}__gte": day}) | Q(
                **{f"{filled}__isnull": True, f"{submitted}__gte": at}
            )
        if day := self.export.until_day:
            at = _midnight(day + timedelta(days=1), zone)
            found &= Q(**{f"{filled}__lte": day}) | Q(
                **{f"{filled}__isnull": True, f"{submitted}__lt": at}
            )
        return found

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

    @cached_property
    def count(self) -> int:
        return self.responses.count()

    def batches(self, *, with_scores: bool = False) -> Iterator[list[Record]]:
        """Client by client, the oldest response first."""
        for rows in _in_batches(self.responses):
            scores = self._scores_of(rows) if with_scores else {}
            keys.load(self.export.practice_id, {row.client_id for row in rows})
            try:
                yield [self._record(row, scores.get(row.pk, ())) for row in rows]
            except CannotOpen as error:  # the key went while we read
                raise NotMade(Export.Why.ERASED) from error

    def measured(self) -> Iterator[list[Measured]]:
        """The scores with what is known of their responses, without opening any answer."""
        light = self.scores.defer("trace", "response__answers").select_related("response")
        for rows in _in_batches(light):
            yield [self._measured(row) for row in rows]

    def _scores_of(self, rows: list[Response]) -> dict[UUID, list[Score]]:
        found = defaultdict(list)
        for score in Score.objects.filter(response__among=rows).order_by("pk"):
            found[score.response_id].append(score)
        return found

    def _record(self, row: Response, scores) -> Record:
        return Record(
            row,
            row.answers,
            self.versions[row.version_id],
            self.names,
            self.episodes.get(row.episode_id),
            tuple(scores),
        )

    def _measured(self, score: Score) -> Measured:
        response = score.response
        words, episode = self.versions[response.version_id], self.episodes.get(response.episode_id)
        return Measured(score, response, words, self.names, episode)


def _midnight(day: date, zone) -> datetime:
    return datetime.combine(day, time(), zone)


def _in_batches(rows: QuerySet) -> Iterator[list]:
    """By their place in the order and not by counting: each batch costs the same."""
    rows = rows.order_by("client_id", "pk")
    after = Q()
    while found := list(rows.filter(after)[:BATCH]):
        yield found
        last = found[-1]
        after = Q(client_id__gt=last.client_id) | Q(client_id=last.client_id, pk__gt=last.pk)
