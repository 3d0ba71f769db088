"""What is read: the sections of a reading, a worked example, and whose words they are."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal, Self

from pydantic import Field, ValidationInfo, model_validator

from .parts import Code, Fault, Frozen, Seed, was_published


class Table(Frozen):
    """Things side by side. ``rows`` have as many cells as there are ``columns``."""

    columns: tuple[str, ...] = Field(min_length=2)
    rows: tuple[tuple[str, ...], ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _holds_together(self, info: ValidationInfo) -> Self:
        for place, row in enumerate(self.rows):
            if not was_published(info) and len(row) != len(self.columns):
                raise Fault(f"Row {place + 1} has {len(row)} cells.", "rows", place)
        return self


class Section(Frozen):
    """A part of a reading: paragraphs are separated by blank lines; then points, then a table."""

    heading: str = ""
    body: str = Field(min_length=1)
    points: tuple[str, ...] = ()
    table: Table | None = None
    picture: str = ""  # the name of a drawing


class Example(Frozen):
    """What somebody might have written: a line about them, and answers as an item takes them."""

    story: str = Field(min_length=1, max_length=400)
    answers: dict[Code, Any]


class Licence(Frozen):
    """The rights block of ``instruments.md`` 1.1; own texts are OPEN under CC BY 4.0."""

    kind: Literal["OPEN", "OPEN_ND", "OPEN_NC_ND", "OPEN_NC_SA", "SKELETON", "DATA_ONLY"]
    holder: str
    text: str  # the licence or the owner's words about it
    attribution: str = ""  # shown wherever the instrument is
    evidence: str = ""  # where it can be read
    checked: date | None = None
    uses: tuple[Literal["clinical", "research", "education", "commercial"], ...] = ()
    modification: Literal["yes", "no", "unknown"] = "unknown"
    translation: Literal["yes", "no", "unknown"] = "unknown"
    expires: date | None = None


class Provenance(Frozen):
    """Where it comes from. ``covers`` are points of the inventory of the seed articles."""

    seeds: tuple[Seed, ...] = ()
    constructs: tuple[str, ...] = ()
    covers: tuple[str, ...] = ()
    author: str
    validation: Literal["unvalidated", "published"]
    citations: tuple[str, ...] = ()  # of a published instrument
    reading_grade: int | None = Field(default=None, ge=1, le=12)
    licence: Licence
