"""Responses and scores as they leave: under pseudonyms, with what may be said of what was asked."""

import base64
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from uuid import UUID

from assessments.definitions import Definition
from assessments.models import ActivityVersion, Response, Score
from assessments.scoring import band_of
from practice.encryption import DataKey

from .rights import words_may_leave

NOT_VALIDATED = "not validated: reflection tool"
PUBLISHED = "published instrument"
LONG_ENOUGH = 10  # bytes: 80 bits, so that two never meet


@dataclass(frozen=True)
class Names:
    """What rows are called outside: the same in every export of a practice, and nothing that
    anybody without the practice's key could tell from an id, or an id from it."""

    key: DataKey

    def _mark(self, row: UUID) -> bytes:
        return self.key.mark(row.bytes, purpose=b"trellis names in exports")

    def short(self, letter: str, row: UUID) -> str:
        return f"{letter}-{base64.b32encode(self._mark(row)[:LONG_ENOUGH]).decode()}"

    def uuid(self, row: UUID) -> UUID:
        return UUID(bytes=self._mark(row)[:16], version=4)


@dataclass(frozen=True)
class Words:
    """A version, and whether its words may go along."""

    version: ActivityVersion
    definition: Definition
    may_leave: bool

    @classmethod
    def of(cls, version: ActivityVersion, permission, *, today: date) -> "Words":
        definition = version.definition
        may_leave = words_may_leave(definition, permission, today=today)
        return cls(version, definition, may_leave)

    @property
    def label(self) -> str:
        return PUBLISHED if self.definition.is_validated else NOT_VALIDATED

    @property
    def is_reflection(self) -> bool:
        """Something is asked, and no study has checked what the answers mean."""
        return bool(self.definition.items) and not self.definition.is_validated

    @property
    def prefix(self) -> str:
        """Of a column: patterns_check. Two activities can have questions of one name."""
        return self.definition.slug.replace("-", "_")


@dataclass(frozen=True)
class Record:
    """One submitted response."""

    response: Response
    words: Words
    names: Names
    episode: int | None
    scores: Sequence[Score] = ()

    @cached_property
    def client(self) -> str:
        return self.names.short("C", self.response.client_id)

    @cached_property
    def name(self) -> str:
        return self.names.short("R", self.response.pk)

    @cached_property
    def occasion(self) -> str:
        """Revisions of one answer share it, and so do the entries of a log."""
        return self.names.short("O", self.response.occurrence_id)

    @property
    def filled(self) -> date | datetime:
        return self.response.filled_on or self.response.ended_at

    def measured(self) -> "list[Measured]":
        return [Measured(score, self) for score in self.scores]


@dataclass(frozen=True)
class Measured:
    """One score of a response."""

    score: Score
    record: Record

    @property
    def scale(self):
        """As its version defines it, or None: the scale is gone from it."""
        scales = self.record.words.definition.scales
        return next((each for each in scales if each.code == self.score.scale), None)

    def bands(self) -> Iterator[str]:
        """What was published about such a number, by which table. Reflection tools have none."""
        definition, scale = self.record.words.definition, self.scale
        for each in definition.interpretations_of(scale) if scale else ():
            if band := band_of(each, self.score.value):
                yield f"{each.name}: {band.label}"
