"""Responses and scores as they leave: under pseudonyms, with what may be said of what was asked."""

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from assessments.definitions import Definition
from assessments.models import ActivityVersion, Response, Score
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
    def prefix(self) -> str:
        """Of a column: patterns_check. Two activities can have questions of one name."""
        return self.definition.slug.replace("-", "_")


@dataclass(frozen=True)
class Record:
    """One submitted response."""

    response: Response
    answers: Mapping[str, Any]
    words: Words
    names: Names
    episode: int | None
    scores: Sequence[Score] = ()

    @property
    def client(self) -> str:
        return self.names.short("C", self.response.client_id)

    @property
    def name(self) -> str:
        return self.names.short("R", self.response.pk)

    @property
    def occasion(self) -> str:
        """Revisions of one answer share it, and so do the entries of a log."""
        return self.names.short("O", self.response.occurrence_id)

    @property
    def filled(self) -> date | datetime:
        return self.response.filled_on or self.response.submitted_at

    def measured(self) -> "list[Measured]":
        return [
            Measured(score, self.response, self.words, self.names, self.episode)
            for score in self.scores
        ]


@dataclass(frozen=True)
class Measured:
    """One score, with its response without the answers."""

    score: Score
    response: Response
    words: Words
    names: Names
    episode: int | None

    @property
    def record(self) -> Record:
        return Record(self.response, {}, self.words, self.names, self.episode)

    @property
    def scale(self):
        """As its version defines it, or None: the scale is gone from it."""
        scales = self.words.definition.scales
        return next((each for each in scales if each.code == self.score.scale), None)
