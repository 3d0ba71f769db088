"""Reading the files: all of a folder or none of it, and every refusal with file and line."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from pydantic import ValidationError

from .definition import Definition
from .inventory import Inventory, Point
from .parts import Fault, Frozen, Place
from .programs import Program

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

Model = TypeVar("Model", bound=Frozen)
Named = TypeVar("Named", Definition, Program)

INVENTORY = "inventory.toml"
PROGRAMS = "programs"
OWN = "own-"  # slugs of what a practice makes itself; the library never has one

_TABLE = re.compile(r"(\[\[?)\s*([A-Za-z0-9_.-]+)\s*\]\]?\s*(?:#.*)?")
_KEY = re.compile(r"([A-Za-z0-9_.-]+)\s*=\s*(.*)")
_AT_LINE = re.compile(r" \(at line (\d+), column \d+\)| \(at end of document\)")


class DefinitionError(ValueError):
    """``file:line: reason``, for a person with the file open."""

    def __init__(self, source: str, line: int, reason: str) -> None:
        super().__init__(f"{source}:{line}: {reason}")
        self.source, self.line, self.reason = source, line, reason


@dataclass(frozen=True)
class Library:
    """Everything of a folder, by name, each in the order of its slugs."""

    activities: tuple[Definition, ...]
    programs: tuple[Program, ...]
    points: tuple[Point, ...]  # what the seed articles say


def parse(text: str, *, source: str) -> Definition:
    """One activity from the text of its file; ``source`` is what an error calls the file."""
    return _parse(text, Definition, source)


def parse_program(text: str, *, source: str) -> Program:
    """One program from the text of its file."""
    return _parse(text, Program, source)


def load(path: Path) -> Definition:
    """One activity. Its file's name is the slug, so that a version leads back to a file."""
    return _named(path, Definition)


def load_library(folder: Path) -> Library:
    """A folder and the folders in it, or none of it; ``programs/`` holds the programs.

    An empty folder is an error: whoever syncs the library would retire everything there is.
    """
    paths = sorted(folder.rglob("*.toml"), key=lambda path: path.stem)
    inventory = [path for path in paths if path.name == INVENTORY]
    paths = [path for path in paths if path.name != INVENTORY]
    of_programs = [path for path in paths if path.parent.name == PROGRAMS]
    of_activities = [path for path in paths if path.parent.name != PROGRAMS]
    if not of_activities:
        raise DefinitionError(str(folder), 0, "There is no activity in this folder.")
    library = Library(
        activities=tuple(load(path) for path in of_activities),
        programs=tuple(_named(path, Program) for path in of_programs),
        points=tuple(
            point
            for path in inventory
            for point in _parse(_text(path), Inventory, str(path)).points
        ),
    )
    _names_once([*of_activities, *of_programs])
    _scales_once(of_activities, library.activities)
    _steps_known(of_programs, library)
    if inventory:
        _points_known(of_activities, library)
    return library


def _parse(text: str, model: type[Model], source: str) -> Model:
    try:
        content = tomllib.loads(text, parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        at = _AT_LINE.search(str(error))
        line = int(at[1]) if at and at[1] else text.rstrip("\n").count("\n") + 1
        reason = _AT_LINE.sub("", str(error)).rstrip(".")
        raise DefinitionError(source, line, f"This is not TOML: {reason}.") from error
    try:
        return model(**content)
    except ValidationError as error:
        lines = _lines(text)
        faults = [_fault(details) for details in _own_faults(error)]
        first = min(faults, key=lambda fault: _line(lines, fault.place))
        raise DefinitionError(source, _line(lines, first.place), first.reason) from error


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        line = path.read_bytes()[: error.start].count(b"\n") + 1
        raise DefinitionError(str(path), line, "This is not UTF-8 text.") from error


def _named(path: Path, model: type[Named]) -> Named:
    found = _parse(_text(path), model, str(path))
    if found.slug != path.stem:
        reason = f"The slug {found.slug} differs from the name of the file."
        raise _error_at(path, ("slug",), reason)
    if found.slug.startswith(OWN):
        reason = f"A slug that begins with {OWN} is for what a practice makes itself."
        raise _error_at(path, ("slug",), reason)
    return found


def _error_at(path: Path, place: Place, reason: str) -> DefinitionError:
    return DefinitionError(str(path), _line(_lines(_text(path)), place), reason)


def _names_once(paths: list[Path]) -> None:
    homes: dict[str, Path] = {}
    for path in paths:
        home = homes.setdefault(path.stem, path)
        if home != path:
            raise _error_at(path, ("slug",), f"{path.stem} is also in {home.parent.name}/.")


def _scales_once(paths: list[Path], activities: tuple[Definition, ...]) -> None:
    """Trends hang on the code: two scales under one would become one line."""
    homes: dict[str, Path] = {}
    for path, definition in zip(paths, activities, strict=True):
        for place, scale in enumerate(definition.scales):
            home = homes.setdefault(scale.code, path)
            if home != path:
                reason = f"Scale {scale.code} is also in {home.name}."
                raise _error_at(path, ("scales", place, "code"), reason)


def _steps_known(paths: list[Path], library: Library) -> None:
    known = {activity.slug: activity for activity in library.activities}
    for path, program in zip(paths, library.programs, strict=True):
        for place, step in enumerate(program.steps):
            at = ("steps", place, "activity")
            if step.activity not in known:
                raise _error_at(path, at, f"There is no activity {step.activity}.")
            if not known[step.activity].has_text:
                raise _error_at(path, at, f"{step.activity} has no text that a client could read.")


def _points_known(paths: list[Path], library: Library) -> None:
    known = {point.code: point for point in library.points}
    for path, definition in zip(paths, library.activities, strict=True):
        for code in definition.provenance.covers:
            if code not in known:
                reason = f"There is no point {code} in {INVENTORY}."
                raise _error_at(path, ("provenance", "covers"), reason)


def _own_faults(error: ValidationError) -> list[ErrorDetails]:
    """Without what pydantic adds when one of a list is wrong: that the list is short of it."""
    found = error.errors()
    places = [details["loc"] for details in found]
    return [
        details
        for details in found
        if details["type"] != "too_short"
        or not any(place[: len(details["loc"])] == details["loc"] != place for place in places)
    ]


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
    fewest = found.get("min_length")
    short = f"needs {fewest} or more" if found.get("actual_length") else "is empty"
    kinds = "a whole number or a code" if "int" in place else "a whole number"
    sentences = {
        "missing": f"The key {key} is missing.",
        "extra_forbidden": f"The key {key} is not part of the format.",
        "string_too_short": f"The key {key} is empty.",
        "too_short": f"The key {key} {short}.",
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
