"""OWASP ASVS 5.0, levels 1 and 2, item by item: docs/asvs.toml, and the tables in docs/security.md
that are made of it. ``python -m tests.security.asvs`` writes them."""

import functools
import sys
import tomllib
from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
LEDGER = ROOT / "docs" / "asvs.toml"
PAGE = ROOT / "docs" / "security.md"
HOW = ("test", "setting", "gap", "out_of_scope")
CHAPTERS = {  # in our words
    1: "Encoding and injection",
    2: "Validation and business rules",
    3: "What a browser may do",
    4: "HTTP",
    5: "Files",
    6: "Who it is",
    7: "Sessions",
    8: "Who may what",
    9: "Self-contained tokens",
    10: "OAuth and OIDC",
    11: "Cryptography",
    12: "In transit",
    13: "Configuration",
    14: "Private data",
    15: "Code and what it is built on",
    16: "Logs and errors",
    17: "WebRTC",
}


@dataclass(frozen=True)
class Item:
    id: str
    level: int
    how: str
    holds: str = ""  # in our words: what holds here, or what is missing
    tests: tuple[str, ...] = ()
    settings: dict[str, Any] = field(default_factory=dict)
    because: str = ""  # out of scope: which of the reasons
    since: date | None = None  # a gap: since when it is known
    bad: str = ""  # a gap: how bad it is, and for whom
    owner: str = ""  # a gap: who closes it or lives with it, and how

    @property
    def chapter(self) -> int:
        return int(self.id.split(".")[0])


def in_order(identifier: str) -> tuple[int, ...]:
    return tuple(map(int, identifier.split(".")))


@functools.cache
def ledger() -> tuple[dict[str, str], list[Item]]:
    """The reasons why something is out of scope, and every item. TOML itself refuses one twice."""
    told = tomllib.loads(LEDGER.read_text())
    reasons = told.pop("reasons")
    items = [
        Item(identifier, **{**facts, "tests": tuple(facts.get("tests", ()))})
        for identifier, facts in told.items()
    ]
    return reasons, items


def parts() -> dict[str, str]:
    """What stands between the marks of the page."""
    reasons, items = ledger()
    return {
        "gaps": gaps(items),
        "out of scope": out_of_scope(reasons, items),
        "summary": summary(items),
    }


def gaps(items: list[Item]) -> str:
    return "\n".join(
        f"- **{item.id}** (level {item.level}, since {item.since}). {item.holds} *{item.bad}* "
        f"{item.owner}"
        for item in items
        if item.how == "gap"
    )


def out_of_scope(reasons: dict[str, str], items: list[Item]) -> str:
    lines = []
    for name, reason in reasons.items():
        ids = [item.id for item in items if item.because == name]
        lines.append(f"- {reason} ({len(ids)}: {', '.join(ids)})")
    return "\n".join(lines)


def summary(items: list[Item]) -> str:
    """How many of each chapter are shown by what."""
    lines = [
        "| chapter | items | a test | a setting | a gap | out of scope |",
        "| --- | ---: | ---: | ---: | ---: | ---: |",
    ]
    total: Counter[str] = Counter()
    for number, title in CHAPTERS.items():
        counted = Counter(item.how for item in items if item.chapter == number)
        total += counted
        lines.append(_row(f"{number} {title}", counted))
    lines.append(_row("**All**", total))
    return "\n".join(lines)


def _row(title: str, counted: Counter[str]) -> str:
    numbers = [sum(counted.values()), *(counted[how] for how in HOW)]
    return f"| {title} | {' | '.join(str(number or '-') for number in numbers)} |"


def marks(name: str) -> tuple[str, str]:
    return f"<!-- {name}: made from asvs.toml -->\n", f"\n<!-- end of {name} -->"


def filled(page: str) -> str:
    for name, text in parts().items():
        start, end = marks(name)
        before, rest = page.split(start)
        page = f"{before}{start}{text}{rest[rest.index(end) :]}"
    return page


if __name__ == "__main__":
    PAGE.write_text(filled(PAGE.read_text()))
    sys.stdout.write(f"{PAGE.relative_to(ROOT)} is made of {LEDGER.relative_to(ROOT)}.\n")
