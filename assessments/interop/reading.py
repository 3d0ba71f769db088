"""What a reader makes of a file: what it would become, and what could not be taken over."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from assessments.definitions import Item, Option

LARGEST_FILE = 5 * 1024 * 1024  # bytes, of one file


class Unreadable(ValueError):
    """A file of which nothing can be taken over: one sentence that says why."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Note:
    """A sentence about one place of the file. ``where`` is what the file calls it, or empty."""

    where: str
    says: str

    def __str__(self) -> str:
        return f"{self.where}: {self.says}" if self.where else self.says


@dataclass(frozen=True)
class Sum:
    """A scale that the file itself gives reason for: the plain sum of some of its items.

    ``because`` says what in the file it rests on. Whether more of it is better or worse stands
    in no file: somebody has to say so.
    """

    code: str
    title: str
    items: tuple[str, ...]
    because: str
    loinc: str = ""


@dataclass(frozen=True)
class Total:
    """A number that came along as a result. It is compared with ours and never believed."""

    where: str
    value: Decimal
    loinc: str = ""


@dataclass(frozen=True)
class Reading:
    """One instrument as a file describes it.

    ``names`` leads from an item's id to what the file calls it. ``answers``, by item id, and
    ``totals`` are of a response that came along; ``numbers`` are its answers to items that are
    numbers, by item id, as they stand there. ``expressions`` are computations that are not run,
    and ``scoring`` says what of it could be added up, or why nothing can.
    """

    format: str  # fhir, redcap, xlsform or paste
    title: str
    items: tuple[Item, ...]
    options: Mapping[str, tuple[Option, ...]]
    language: str = "en"
    intro: str = ""
    thanks: str = ""
    loinc: str = ""
    copyright: str = ""
    sums: tuple[Sum, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)
    understood: tuple[str, ...] = ()
    scoring: tuple[str, ...] = ()
    not_understood: tuple[Note, ...] = ()
    expressions: tuple[Note, ...] = ()
    answers: Mapping[str, Any] | None = None
    numbers: Mapping[str, Decimal] = field(default_factory=dict)
    totals: tuple[Total, ...] = ()
    name: str = ""  # of the file
    sha256: str = ""

    def choices(self, item: Item) -> tuple[Option, ...]:
        return self.options.get(item.options, ())
