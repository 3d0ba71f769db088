"""Whom a client can call, by country: read from helplines.toml, where each line has its source."""

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

FILE = Path(__file__).with_name("helplines.toml")
EMERGENCY, LISTENING, VIOLENCE = KINDS = ("emergency", "listening", "violence")


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
    lines = tuple(
        Helpline(**(line | {"numbers": tuple(line["numbers"])})) for line in row.get("line", ())
    )
    return Country(row["code"], row["name"], tuple(row["zones"]), lines)


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
