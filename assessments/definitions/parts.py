"""What every piece of a definition is made of: codes, faults, and a model that does not change."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo

Code = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=40)]
Slug = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]*$", max_length=60)]
# An item, or a column of its rows, or a part of its split: "worries.size".
Path = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)?$", max_length=81)]
Seed = Literal["S0", "S1", "S2", "S3", "S4"]
# How a number came to us (instruments.md): seen in its source, seen second-hand, derived by a
# stated formula. There is no tag for "from memory": such a number is not shipped.
Evidence = Literal["V", "V2", "D"]
Theme = Literal[
    "limits",
    "needs",
    "self",
    "balance",
    "feelings",
    "talking",
    "closeness",
    "support",
    "safety",
    "family",
    "goals",
    "wellbeing",
]
Place = tuple[str | int, ...]


class Kind(StrEnum):
    SCREENER = "screener"
    EXERCISE = "exercise"
    READING = "reading"


class Fault(ValueError):
    """A rule that is broken, in a sentence, and the place in the definition where it is."""

    def __init__(self, reason: str, *place: str | int) -> None:
        super().__init__(reason)
        self.reason = reason
        self.place: Place = place


class Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


def was_published(info: ValidationInfo) -> bool:
    """Whether this is read back from a version, which the rules of today do not judge again."""
    return bool(info.context and info.context.get("published"))


def first_repeated(names: tuple[str | int, ...]) -> str | int | None:
    return next((name for place, name in enumerate(names) if name in names[:place]), None)
