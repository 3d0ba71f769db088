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
IN_SHORT = {LAW: _("by law"), GUIDANCE: _("a published code"), VARIES: _("it varies: ask")}
DEFAULT_YEARS = 10
# The words of the file that are not the name of a law, for whoever translates them.
WORDS = (
    gettext_noop("Germany"),
    gettext_noop("United Kingdom (England): adult health records"),
    gettext_noop("United Kingdom (England): mental health and psychology records"),
    gettext_noop("Switzerland"),
    gettext_noop("United States"),
    gettext_noop("Somewhere else"),
    gettext_noop(
        "Claims after an injury can be made for 30 years (BGB § 199 (2)); some keep "
        "records longer for that."
    ),
    gettext_noop(
        "Written for the NHS and those who work under contract to it. Psychology records "
        "have 20 years."
    ),
    gettext_noop(
        "Written for the NHS and those who work under contract to it. Private practices "
        "often follow their insurer."
    ),
    gettext_noop(
        "The cantons have rules of their own: some say 10 years, Bern says 20 since 2023."
    ),
    gettext_noop(
        "It is the law of your state that counts. HIPAA sets no time for records; its own"
        " papers are kept for six years (45 CFR 164.316)."
    ),
    gettext_noop(
        "In the European Union the GDPR (Art. 5 (1) e) says: no longer than needed. How "
        "long that is, says the law of your country or your professional body."
    ),
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

    @property
    def in_short(self) -> str:
        return IN_SHORT[self.sure]


@cache
def laws() -> dict[str, Law]:
    rows = tomllib.loads(FILE.read_text(encoding="utf-8"))["law"]
    return {
        row["id"]: Law(**row | {"place": _(row["place"]), "note": _(row["note"])}) for row in rows
    }


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
