"""Reading the files: all of a folder or none of it, and every refusal with file and line."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import ValidationError

from .definition import Definition
from .parts import Fault, Place

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

_TABLE = re.compile(r"(\[\[?)\s*([A-Za-z0-9_.-]+)\s*\]\]?\s*(?:#.*)?")
_KEY = re.compile(r"([A-Za-z0-9_.-]+)\s*=\s*(.*)")
_AT_LINE = re.compile(r" \(at line (\d+), column \d+\)| \(at end of document\)")


class DefinitionError(ValueError):
    """``file:line: reason``, for a person with the file open."""

    def __init__(self, source: str, line: int, reason: str) -> None:
        super().__init__(f"{source}:{line}: {reason}")
        self.source, self.line, self.reason = source, line, reason


def parse(text: str, *, source: str) -> Definition:
    """One activity from the text of its file; ``source`` is what an error calls the file."""
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        at = _AT_LINE.search(str(error))
        line = int(at[1]) if at and at[1] else text.rstrip("\n").count("\n") + 1
        reason = _AT_LINE.sub("", str(error)).rstrip(".")
        raise DefinitionError(source, line, f"This is not TOML: {reason}.") from error
    try:
        return Definition(**content)
    except ValidationError as error:
        lines = _lines(text)
        faults = [_fault(details) for details in error.errors()]
        first = min(faults, key=lambda fault: _line(lines, fault.place))
        raise DefinitionError(source, _line(lines, first.place), first.reason) from error


def load(path: Path) -> Definition:
    """One file. Its name is the slug, so that a version in a database leads back to a file."""
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        line = path.read_bytes()[: error.start].count(b"\n") + 1
        raise DefinitionError(str(path), line, "This is not UTF-8 text.") from error
    definition = parse(text, source=str(path))
    if definition.slug != path.stem:
        reason = f"The slug {definition.slug} differs from the name of the file."
        raise DefinitionError(str(path), _line(_lines(text), ("slug",)), reason)
    return definition


def load_library(folder: Path) -> tuple[Definition, ...]:
    """Every activity of a folder, by name, or none of them.

    An empty folder is an error: whoever syncs the library would retire everything there is.
    """
    paths = sorted(folder.glob("*.toml"))
    if not paths:
        raise DefinitionError(str(folder), 0, "There is no activity in this folder.")
    definitions = tuple(load(path) for path in paths)
    homes: dict[str, Path] = {}
    for path, definition in zip(paths, definitions, strict=True):
        for place, scale in enumerate(definition.scales):
            home = homes.setdefault(scale.code, path)
            if home != path:
                # Trends hang on the code: two scales under one would become one line.
                line = _line(_lines(path.read_text(encoding="utf-8")), ("scales", place, "code"))
                reason = f"Scale {scale.code} is also in {home.name}."
                raise DefinitionError(str(path), line, reason)
    return definitions


def _fault(details: ErrorDetails) -> Fault:
    """What pydantic found, as a sentence about the key that a person typed."""
    found = details.get("ctx", {})
    cause, place = found.get("error"), details["loc"]
    if isinstance(cause, Fault):
        return Fault(cause.reason, *place, *cause.place)
    # pydantic ends a place with what it tried there: a key, or one of the two kinds of a value.
    tried = {"[key]", "int", "constrained-str"}
    names = [part for part in place if isinstance(part, str) and part not in tried]
    key = names[-1] if names else "of the file"
    kinds = "a whole number or a code" if "int" in place else "a whole number"
    sentences = {
        "missing": f"The key {key} is missing.",
        "extra_forbidden": f"The key {key} is not part of the format.",
        "string_too_short": f"The key {key} is empty.",
        "too_short": f"The key {key} is empty.",
        "string_too_long": f"The key {key} is longer than {found.get('max_length')} characters.",
        "literal_error": f"The key {key} must be {found.get('expected')}.",
        "enum": f"The key {key} must be {found.get('expected')}.",
        "int_type": f"The key {key} must be {kinds}.",
        "int_parsing": f"The key {key} must be {kinds}.",
        "int_from_float": f"The key {key} must be {kinds}.",
        "string_pattern_mismatch": f"The key {key} has characters a code cannot have.",
    }
    return Fault(sentences.get(details["type"], f"The key {key}: {details['msg']}."), *place)


def _line(lines: dict[Place, int], place: Place) -> int:
    """The line of a place, or of the nearest thing around it that has one."""
    while place not in lines:
        place = place[:-1]
    return lines[place]


def _lines(text: str) -> dict[Place, int]:
    """Where each table, key and element of a list stands; tomllib does not tell.

    Reads as much TOML as the library uses: tables, keys, lists with one element on a line, and
    strings over several lines. Anything finer is found by its nearest key.
    """
    lines: dict[Place, int] = {(): 1}
    tables: dict[Place, int] = {}
    table: Place = ()
    key: Place = ()
    quote, element = "", 0
    for number, line in enumerate(map(str.strip, text.split("\n")), start=1):
        if quote:
            quote = "" if quote in line else quote
        elif header := _TABLE.fullmatch(line):
            table = key = _table_place(header[1], header[2], tables)
            lines.setdefault(table, number)
            if header[1] == "[[":
                lines.setdefault(table[:-1], number)
        elif pair := _KEY.match(line):
            key, element = (*table, *pair[1].split(".")), 0
            lines.setdefault(key, number)
            quote = next((mark for mark in ('"""', "'''") if pair[2].count(mark) == 1), "")
        elif line.startswith(("{", '"', "'")):
            lines.setdefault((*key, element), number)
            element += 1
    return lines


def _table_place(bracket: str, name: str, tables: dict[Place, int]) -> Place:
    """``[[items]]`` for the third time is ("items", 2), and ``[items.x]`` lies within it."""
    place: Place = ()
    for part in name.split(".")[:-1]:
        place = (*place, part)
        place = (*place, tables[place] - 1) if place in tables else place
    place = (*place, name.rpartition(".")[2])
    if bracket == "[":
        return place
    tables[place] = tables.get(place, 0) + 1
    return (*place, tables[place] - 1)
