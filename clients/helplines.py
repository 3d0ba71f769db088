"""Whom a client can call, by country: read from helplines.toml, where each line has its source."""

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

FILE = Path(__file__).with_name("helplines.toml")
EMERGENCY, LISTENING, VIOLENCE = KINDS = ("emergency", "listening", "violence")

# The words of the file that are not a name, for whoever translates them.
WORDS = (
    gettext_noop("Emergency"),
    gettext_noop("anybody who is having a hard time"),
    gettext_noop("day and night"),
    gettext_noop("anybody who was hurt, or may be, by a partner or in the family"),
    gettext_noop("anybody who needs to talk"),
    gettext_noop("women, and people close to them"),
    gettext_noop("anybody in a crisis; you can also send a text"),
    gettext_noop("anybody in a crisis, and people close to them"),
    gettext_noop("anybody in a crisis"),
    gettext_noop("anybody who needs to talk; you can also send a text"),
    gettext_noop("if you can't speak, press 55 when you are asked to"),
    gettext_noop("anybody who was hurt, or may be, by a partner"),
    gettext_noop("Australia"),
    gettext_noop("Austria"),
    gettext_noop("Canada"),
    gettext_noop("France"),
    gettext_noop("Germany"),
    gettext_noop("Ireland"),
    gettext_noop("Netherlands"),
    gettext_noop("New Zealand"),
    gettext_noop("Spain"),
    gettext_noop("Switzerland"),
    gettext_noop("United Kingdom"),
    gettext_noop("United States"),
)


@dataclass(frozen=True)
class Helpline:
    id: str
    kind: str
    name: str
    numbers: tuple[str, ...]
    source: str
    checked: date
    whom: str = ""
    hours: str = ""


@dataclass(frozen=True)
class Country:
    code: str
    name: str
    zones: tuple[str, ...]
    lines: tuple[Helpline, ...]

    def shown(self, hidden: Iterable[str] = ()) -> list[Helpline]:
        return [line for line in self.lines if line.id not in hidden]


@cache
def countries() -> dict[str, Country]:
    """By code, in the order of their names."""
    rows = tomllib.loads(FILE.read_text(encoding="utf-8"))["country"]
    return {row["code"]: _country(row) for row in sorted(rows, key=lambda row: row["name"])}


def _country(row: dict) -> Country:
    lines = tuple(_line(line) for line in row.get("line", ()))
    return Country(row["code"], _(row["name"]), tuple(row["zones"]), lines)


def _line(row: dict) -> Helpline:
    words = {name: _(words) for name, words in row.items() if words in WORDS}
    return Helpline(**(row | words | {"numbers": tuple(row["numbers"])}))


def country_of_zone(zone: str) -> str:
    """The code of the country whose clock that is; empty where we have no numbers."""
    return next(
        (
            country.code
            for country in countries().values()
            if any(
                zone == each or (each.endswith("/") and zone.startswith(each))
                for each in country.zones
            )
        ),
        "",
    )


def country_of_languages(header: str) -> str:
    """What a browser says of itself (``Accept-Language: en-GB``), where nobody has signed in."""
    for tag in header.split(","):
        region = tag.partition(";")[0].strip().rpartition("-")[2].upper()
        if region in countries():
            return region
    return ""
