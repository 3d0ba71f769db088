"""XLSForm: a workbook with the sheets survey and choices."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

from openpyxl import load_workbook  # type: ignore[import-untyped]

from assessments.definitions import Condition, ItemKind

from . import archives
from .conditions import ALL, Inexpressible, combined, parsed
from .gathering import MOST_OPTIONS, Gathering, LeftOut, coded, limits
from .reading import Reading, Unreadable
from .sums import NOTHING, add_sum
from .words import line, number, paragraphs, short, whole, without_markup

WORKBOOK = "xl/workbook.xml"
MOST_ROWS, MOST_COLUMNS = 5_000, 100
DEEPEST = 40
# What a form on a phone notes by itself. Nothing of it is asked.
UNASKED = frozenset(
    {"start", "end", "today", "deviceid", "subscriberid", "simserial", "phonenumber", "username"}
    | {"email", "audit", "background-audio", "start-geopoint", "entity", "csv-external"}
    | {"xml-external", "background-geopoint"}
)
SIMPLE = {
    "date": ItemKind.DATE,
    "datetime": ItemKind.DATE,
    "time": ItemKind.TIME,
    "decimal": ItemKind.LINE,
}
OF_A_LANGUAGE = re.compile(r"(?P<name>[^(]*?)\s*(?:\((?P<code>[a-zA-Z]{2,3}(?:-[a-zA-Z]{2})?)\))?")
PIPED = re.compile(r"\$\{[\w.-]+\}")

Row = Mapping[str, str]


def read(data: bytes, *, language: str | None = None) -> Reading:
    """One form, in one of its languages. Raises Unreadable."""
    sheets = _sheets(data)
    settings = next(iter(sheets.get("settings", [])), {})
    choices: dict[str, list[Row]] = {}
    for row in sheets.get("choices", []):
        choices.setdefault(_cell(row, "list_name") or _cell(row, "list name"), []).append(row)
    survey = sheets["survey"]
    languages = _languages(survey)
    chosen = _chosen(languages, _cell(settings, "default_language"), language)
    gathering = Gathering("xlsform", language=chosen.code)
    gathering.entitle(_cell(settings, "form_title") or _cell(settings, "form_id"))
    if chosen.is_assumed:
        gathering.note("", "The file does not say its language. English was assumed.")
    if others := [name for name in languages if name != chosen.column]:
        gathering.said.append(f"The file also speaks: {', '.join(map(short, others))}.")
    _Survey(gathering, choices, chosen.column).walk(survey)
    return gathering.reading()


# -- sheets ----------------------------------------------------------------------------------------


def _sheets(data: bytes) -> dict[str, list[Row]]:
    archive = archives.opened(data)
    archives.without_entities(archive)
    try:
        book = load_workbook(BytesIO(data), read_only=True, data_only=True)
    except Exception as error:  # a damaged workbook fails in many ways
        raise Unreadable("This is not an Excel workbook that can be read.") from error
    try:
        sheets = {
            sheet.title.strip().lower(): list(_rows(sheet))
            for sheet in book.worksheets
            if sheet.title.strip().lower() in ("survey", "choices", "settings")
        }
    except Unreadable:
        raise
    except Exception as error:  # or in the middle of a sheet
        raise Unreadable("This is not an Excel workbook that can be read.") from error
    finally:
        book.close()
    if "survey" not in sheets:
        raise Unreadable("This workbook is not an XLSForm: there is no sheet “survey”.")
    return sheets


def _rows(sheet: Any) -> Iterator[Row]:
    """Rows by the names in the first row. What the sheet says of its own size is not believed."""
    sheet.reset_dimensions()
    rows = sheet.iter_rows(max_row=MOST_ROWS + 2, max_col=MOST_COLUMNS, values_only=True)
    names = [line(cell).lower() for cell in next(rows, ())]
    for count, cells in enumerate(rows, start=1):
        if count > MOST_ROWS:
            raise Unreadable(f"The sheet {sheet.title} has more than {MOST_ROWS} rows.")
        row = {
            name: _text(cell)
            for name, cell in zip(names, cells, strict=False)
            if name and cell is not None
        }
        if any(row.values()):
            yield row


def _text(cell: object) -> str:
    """As it would be typed: a code 1 is kept as 1.0 by some programs."""
    if isinstance(cell, bool):
        return str(cell).upper()
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 10**15:
        return str(int(cell))
    return paragraphs(cell)


def _cell(row: Row, key: str) -> str:
    return row.get(key, "").strip()


# -- languages -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Chosen:
    column: str  # what follows "label::", empty for a file of one language
    code: str
    is_assumed: bool = False


def _languages(survey: Sequence[Row]) -> list[str]:
    names: dict[str, None] = {}
    for row in survey:
        for key in row:
            if key.startswith("label:"):
                names[key.removeprefix("label").lstrip(":").strip()] = None
    return list(names)


def _chosen(languages: list[str], default: str, wanted: str | None) -> Chosen:
    """The language that was asked for, the file's own, or its first."""
    codes = {name: _code(name) for name in languages}
    if wanted is not None and languages:
        found = [name for name, code in codes.items() if wanted in (code, name)]
        if not found:
            raise Unreadable(f"There is nothing in the language {wanted} in this file.")
        return Chosen(found[0], wanted)
    column = default.lower() if default.lower() in languages else next(iter(languages), "")
    code = codes.get(column) or _code(default)
    return Chosen(column, wanted or code or "en", is_assumed=not (wanted or code))


def _code(name: str) -> str | None:
    """Of “english (en)”: en. A name alone is not looked up."""
    found = OF_A_LANGUAGE.fullmatch(name)
    if not found or not found["code"]:
        return None
    language, _, region = found["code"].partition("-")
    return language.lower() + (f"-{region.upper()}" if region else "")


# -- the survey ------------------------------------------------------------------------------------


@dataclass
class _Group:
    heading: str
    conditions: list[Condition] = field(default_factory=list)


class _Survey:
    def __init__(
        self, gathering: Gathering, choices: Mapping[str, list[Row]], language: str
    ) -> None:
        self.gathering, self.choices, self.language = gathering, choices, language
        self.groups: list[_Group] = []
        self.computed: list[tuple[str, str, str]] = []

    def walk(self, survey: Sequence[Row]) -> None:
        for row in survey:
            kind, _, rest = _cell(row, "type").lower().replace("_", " ", 1).partition(" ")
            self.row(row, " ".join(_cell(row, "type").split()), kind, rest)
        scored = [add_sum(self.gathering, *each) for each in self.computed]
        if not any(scored):
            self.gathering.scoring.append(NOTHING)

    def row(self, row: Row, written: str, kind: str, rest: str) -> None:
        name = _cell(row, "name")
        if not kind or written.lower() in UNASKED:
            return
        if kind in ("begin", "end"):
            self.group(row, name, kind, rest)
        elif kind == "note":
            self.note(row, name)
        elif kind == "hidden":
            self.gathering.leave_out(name, "It is hidden, so it is not asked.")
        elif kind == "calculate":
            self.compute(row, name)
        else:
            try:
                self.ask(row, name, written)
            except LeftOut as reason:
                self.gathering.leave_out(name or written, f"{reason} It is left out.")

    def words(self, row: Row, key: str) -> str:
        """In the language that was chosen, or in none."""
        for name in (f"{key}::{self.language}", f"{key}:{self.language}", key):
            if found := _cell(row, name):
                return without_markup(found)
        return ""

    def group(self, row: Row, name: str, kind: str, rest: str) -> None:
        if kind == "end":
            if self.groups:
                self.gathering.end_section(self.groups.pop().heading)
            return
        if len(self.groups) >= DEEPEST:
            raise Unreadable("This file is nested too deeply.")
        group = _Group(self.words(row, "label"), [*self.conditions()])
        if "repeat" in rest:
            self.gathering.note(name, "A group that can be filled in many times is asked once.")
        if written := _cell(row, "relevant"):
            try:
                group.conditions.append(parsed(self.gathering, written))
            except Inexpressible:
                self.gathering.note(
                    name, f"A group that is shown when {short(written)}, not known here. {ALL}"
                )
        self.groups.append(group)
        self.gathering.section(group.heading)

    def conditions(self) -> list[Condition]:
        return self.groups[-1].conditions if self.groups else []

    def note(self, row: Row, name: str) -> None:
        if _cell(row, "relevant") or self.conditions():
            self.gathering.note(name, "Words that are shown on a condition are left out.")
            return
        self.gathering.words(self.words(row, "label"))

    def compute(self, row: Row, name: str) -> None:
        written = _cell(row, "calculation")
        self.gathering.left_out.add(name)
        self.gathering.computes(name, f"calculate: {written}")
        self.computed.append((name, self.words(row, "label"), written))

    def ask(self, row: Row, name: str, written: str) -> None:
        gathering = self.gathering
        if not name:
            raise LeftOut("It has no name.")
        if _cell(row, "calculation") or _cell(row, "read_only").lower() in ("yes", "true"):
            gathering.computes(name, _cell(row, "calculation") or "only shown")
            raise LeftOut("It is computed or only shown, so it is not asked.")
        kind, options, codes, rest = self.answered_by(row, name, written)
        condition, required = None, _cell(row, "required").lower() in ("yes", "true", "true()")
        try:
            own = _cell(row, "relevant")
            condition = combined(
                gathering, [*self.conditions(), *([parsed(gathering, own)] if own else [])]
            )
        except Inexpressible:
            gathering.note(name, f"It is shown on a condition that is not known here. {ALL}")
            required = False
        label = self.words(row, "label")
        if PIPED.search(label):
            gathering.note(name, "Its words take in another answer. That is not done.")
        for key in ("constraint", "choice_filter"):
            if _cell(row, key):
                gathering.computes(name, f"{key}: {_cell(row, key)}")
        gathering.ask(
            name,
            kind,
            label,
            options=options,
            hint=self.words(row, "hint"),
            show_if=condition,
            required=required,
            **rest,
        )
        gathering.values[name] = dict(zip(codes, (each.value for each in options), strict=True))

    # -- how it is answered ----------------------------------------------------------------------

    def answered_by(self, row: Row, name: str, written: str) -> tuple[ItemKind, Any, Any, Any]:
        """The kind, the options, the codes of these in the file, and the rest. Raises LeftOut."""
        kind, _, rest = written.partition(" ")
        kind = kind.lower()
        if kind == "select" and rest.lower().startswith(("one ", "multiple ")):
            how, _, rest = rest.partition(" ")
            kind = f"select_{how.lower()}"
        if kind in ("select_one", "select_multiple"):
            return self.select(name, kind, rest)
        if kind == "text":
            several = "multiline" in _cell(row, "appearance").lower()
            return (ItemKind.TEXT if several else ItemKind.LINE), (), (), {}
        if kind == "integer":
            low, high, assumed = limits(None, None)
            self.gathering.note(name, assumed)
            return ItemKind.NUMBER, (), (), {"minimum": low, "maximum": high}
        if kind == "range":
            return ItemKind.SLIDER, (), (), _range(_cell(row, "parameters"))
        if kind not in SIMPLE:
            raise LeftOut(f"A question of the type {short(written)}.")
        if kind == "decimal":
            self.gathering.note(
                name, "A number that can have decimals is kept as text and never scored."
            )
        if kind == "datetime":
            self.gathering.note(name, "Of a date with a time, only the date is asked.")
        return SIMPLE[kind], (), (), {}

    def select(self, name: str, kind: str, rest: str) -> tuple[ItemKind, Any, Any, Any]:
        listed, _, other = rest.partition(" ")
        if listed not in self.choices:
            raise LeftOut(f"Its answers are in the list {short(listed)}, not in this file.")
        if other.strip().lower() == "or_other":
            self.gathering.note(name, "An answer in own words is not offered.")
        rows = self.choices[listed]
        if len(rows) > MOST_OPTIONS:
            raise LeftOut(f"It has more than {MOST_OPTIONS} answers.")
        codes = [_cell(row, "name") or _cell(row, "value") for row in rows]
        labels = [line(self.words(row, "label")) for row in rows]
        item_kind, options = coded(zip(codes, labels, strict=True))
        return (ItemKind.CHOICES if kind == "select_multiple" else item_kind), options, codes, {}


def _range(parameters: str) -> dict[str, int]:
    """``start=0 end=10 step=1``. Raises LeftOut."""
    given = dict(
        re.findall(r"(start|end|step)\s*=\s*([^\s,;]+)", parameters.lower().replace(" = ", "="))
    )
    if any(number(each) is not None and whole(each) is None for each in given.values()):
        raise LeftOut("A slider whose steps are no whole numbers.")
    low, high, _ = limits(given.get("start", "0"), given.get("end", "10"))
    return {"minimum": low, "maximum": high, "step": whole(given.get("step", "1")) or 1}
