"""How long a record is kept: read from retention.toml, where each number has its source.

The years count from the end of care, on the calendar of the practice. Pure: it reads no clock.
"""

import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

FILE = Path(__file__).with_name("retention.toml")
LAW, GUIDANCE, VARIES = SURE = ("law", "guidance", "varies")
HOW_SURE = {
    LAW: _("The source quotes the law itself."),
    GUIDANCE: _("A published code. Ask your professional body whether it is about you."),
    VARIES: _("It differs from place to place. Ask your professional body before you choose it."),
}
DEFAULT_YEARS = 10
# The words of the file that are not the name of a law, for whoever translates them.
WORDS = (
    gettext_noop("Germany"),
    gettext_noop("United Kingdom (England): adult health records"),
    gettext_noop("United Kingdom (England): mental health and psychology records"),
    gettext_noop("Switzerland"),
    gettext_noop("United States"),
    gettext_noop("Somewhere else"),
)


@dataclass(frozen=True)
class Law:
    """``years`` is 0 where we found no number: the practice says its own."""

    id: str
    place: str
    years: int
    named: str
    note: str
    sure: str
    source: str
    checked: date

    @property
    def how_sure(self) -> str:
        return HOW_SURE[self.sure]


@cache
def laws() -> dict[str, Law]:
    rows = tomllib.loads(FILE.read_text(encoding="utf-8"))["law"]
    return {row["id"]: Law(**row | {"place": _(row["place"])}) for row in rows}


def years_after(day: date, years: int) -> date:
    """The same day so many years later; after a 29 February the first of March."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)


def years_before(day: date, years: int) -> date:
    """The last day from which ``years`` years have passed on ``day``."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return date(day.year - years, 2, 28)
