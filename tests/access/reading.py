"""The table as the machine reads it, and what it expects of each cell."""

import re
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path

from django.urls import URLPattern, get_resolver

from practice.models import Role

TABLE = Path(__file__).with_name("table.txt")
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
CARING, CLIENTS = {Role.CLINICIAN}, {"client"}
STAFF = set(Role.values)
# Who may use an address at all, from the words of its lines.
AT_THE_DOOR = {
    **dict.fromkeys(("team", "cover", "emergency", "colleague", "clinician"), CARING),
    **{role: {role} for role in ("owner", "supervisor", "assistant")},
    **dict.fromkeys(("client", "ex-client"), CLIENTS),
    "asks": {Role.SUPERVISOR},
    "staff": STAFF,
    "everybody": STAFF | CLIENTS | {"left", "closed", "mailed"},
    **{word: {word} for word in ("left", "closed", "mailed", "anonymous", "expired")},
}
# What somebody is, the nearest first: the first of these that a line names is what counts.
NEAREST = (
    *("team", "cover", "supervisor", "emergency", "asks", "ex-client", "client", "colleague"),
    *("owner", "clinician", "assistant", "staff", "left", "closed", "mailed"),
    *("everybody", "anonymous", "expired"),
)
# Rows that are read by whoever reads the record: a supervisor is asked why, and not refused.
ABOUT_A_CLIENT = {"client", "response", "alert", "session", "assignment"}


@dataclass(eq=False)
class Route:
    """Everything that the table says of one address."""

    name: str
    section: str
    parts: list[str]
    answers: dict[str, dict[str, int]] = field(default_factory=dict)  # by method, by word
    again: tuple[str, ...] = ()  # the methods for which one shows once more who one is

    @cached_property
    def rows(self) -> list[str]:
        """What of a record stands in the address."""
        return [part for part in self.parts if not part.startswith('"')]

    @cached_property
    def door(self) -> set:
        words = {word for answers in self.answers.values() for word in answers}
        return {each for word in words for each in AT_THE_DOOR[word]}

    @property
    def asks_why(self) -> bool:
        return self.parts[:1] and self.parts[0] in ABOUT_A_CLIENT and Role.SUPERVISOR in self.door


LINE = re.compile(r"((?:[A-Z]+ +)+)(\S+) +(.+?) +(\d{3} .+)")


@cache
def routes() -> dict[str, Route]:
    found, section = {}, ""
    for line in TABLE.read_text(encoding="utf-8").splitlines():
        if line.startswith("## "):
            section = line.removeprefix("## ")
        elif line.startswith("AGAIN "):
            _again, *methods, name = line.split()
            found[name].again = tuple(methods)
        elif line and not line.startswith("#"):
            _read(line, section, found)
    return found


def _read(line: str, section: str, found: dict) -> None:
    match = LINE.fullmatch(line)
    assert match, f"This line of the table can not be read: {line}"
    methods, name, parts, answers = match.groups()
    parts = [] if parts == "-" else parts.split()
    route = found.setdefault(name, Route(name, section, parts))
    assert route.parts == parts, f"Two lines of {name} name different things."
    for method in METHODS if methods.strip() == "ANY" else methods.split():
        assert method in METHODS, f"No such method: {line}"
        assert method not in route.answers, f"{method} of {name} stands there twice."
        route.answers[method] = _answers(answers)


def _answers(text: str) -> dict[str, int]:
    """{word: status} of "200 team cover; 404 owner"."""
    said = {}
    for clause in text.split(";"):
        status, *words = clause.split()
        for word in words:
            assert word in AT_THE_DOOR, f"Nobody is called {word}."
            said[word] = int(status)
    return said


def patterns(resolver=None, namespace=""):
    """(name with its namespace, pattern) of every address in the URL conf."""
    for entry in (resolver or get_resolver()).url_patterns:
        if isinstance(entry, URLPattern):
            yield f"{namespace}{entry.name}", entry
        else:
            inner = f"{namespace}{entry.namespace}:" if entry.namespace else namespace
            yield from patterns(entry, inner)


def layers(view) -> list[tuple]:
    """What is around a view, from the outside: (how it is called in the code, itself)."""
    code = getattr(view, "__code__", None)
    inner = getattr(view, "__wrapped__", None)
    return [(getattr(code, "co_qualname", ""), view), *(layers(inner) if inner else [])]
