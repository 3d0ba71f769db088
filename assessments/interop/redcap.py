"""REDCap: a data dictionary (CSV) and an instrument zip."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Mapping
from io import StringIO
from typing import Any

from assessments.definitions import ItemKind

from . import archives
from .conditions import ALL, Inexpressible, parsed
from .gathering import Gathering, LeftOut, coded, limits
from .reading import Reading, Unreadable
from .sums import NOTHING, add_sum
from .words import decoded, line, paragraphs, short, without_markup

DICTIONARY, ORIGIN = "instrument.csv", "originid.txt"
MOST_ROWS = 5_000

# The columns as REDCap's page exports them and as its API does; a header is known by either.
COLUMNS = {
    "field_name": "variable / field name",
    "form_name": "form name",
    "section_header": "section header",
    "field_type": "field type",
    "field_label": "field label",
    "choices": "choices, calculations, or slider labels",
    "field_note": "field note",
    "validation": "text validation type or show slider number",
    "minimum": "text validation min",
    "maximum": "text validation max",
    "identifier": "identifier?",
    "branching": "branching logic (show field only if...)",
    "required": "required field?",
    "matrix": "matrix group name",
    "annotation": "field annotation",
}
OTHER_NAMES = {
    "select_choices_or_calculations": "choices",
    "choices or calculations": "choices",
    "text_validation_type_or_show_slider_number": "validation",
    "text_validation_min": "minimum",
    "text_validation_max": "maximum",
    "branching_logic": "branching",
    "required_field": "required",
    "matrix_group_name": "matrix",
    "field_annotation": "annotation",
    "variable/field name": "field_name",
    "field units": "",
}
NEEDED = ("field_name", "field_type", "field_label")
# What the first field of a dictionary is usually called.
NUMBERS_A_RECORD = frozenset(
    {"record_id", "study_id", "participant_id", "patient_id", "subject_id", "pid", "id"}
)
HIDDEN = re.compile(r"@HIDDEN(?:-SURVEY|-FORM)?(?![\w-])", re.IGNORECASE)
ACTION = re.compile(r"(?<!\S)@[A-Z][A-Z0-9-]*")
HARMLESS = frozenset({"@HIDDEN-APP", "@HIDDEN-PDF", "@CHARLIMIT", "@WORDLIMIT"})
COMPUTED = frozenset({"@CALCTEXT", "@CALCDATE"})
PIPED = re.compile(r"\[[a-z][\w-]*(?:\([\w.-]+\))?\]")

Row = Mapping[str, str]


def read_zip(data: bytes, *, form: str | None = None) -> Reading:
    """An instrument zip. Raises Unreadable."""
    archive = archives.opened(data)
    names = {name.rsplit("/", 1)[-1].lower(): name for name in archive.namelist()}
    if DICTIONARY not in names:
        raise Unreadable("There is no instrument.csv in this zip file.")
    origin = archives.unpacked(archive, names[ORIGIN]) if ORIGIN in names else b""
    # Pictures and other files that belong to fields are not read, so they are not unpacked.
    others = [name for name in names if name not in (DICTIONARY, ORIGIN) and "." in name]
    text = decoded(archives.unpacked(archive, names[DICTIONARY]))
    return read(text, form=form, origin=line(decoded(origin)), others=others)


def is_dictionary(text: str) -> bool:
    """Whether the first line of a text names the columns of a data dictionary."""
    return set(NEEDED) <= set(_header(text)[1])


def read(
    text: str, *, form: str | None = None, origin: str = "", others: Iterable[str] = ()
) -> Reading:
    """One form of a data dictionary; ``form`` says which where there are several.

    Raises Unreadable.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    rows = _rows_of_one(list(_rows(text)), form)
    title = rows[0].get("form_name", "").replace("_", " ").strip()
    gathering = Gathering("redcap", title=title[:1].upper() + title[1:])
    gathering.note("", "The file does not say its language. English was assumed.")
    if origin:
        gathering.said.append(f"It comes from REDCap's shared library: {short(origin)}.")
    if others := list(others):
        gathering.note("", f"Files that belong to it are left out: {short(', '.join(others))}.")
    for row in rows:
        _row(gathering, row)
    for row in rows:  # after all: a sum can stand before its terms
        _computed(gathering, row)
    if not gathering.sums:
        gathering.scoring.append(NOTHING)
    return gathering.reading()


# -- rows ------------------------------------------------------------------------------------------


def _header(text: str) -> tuple[str, list[str]]:
    """The delimiter, and our names of the columns; what is not known is empty."""
    first = re.split(r"[\r\n]", text, maxsplit=1)[0]
    delimiter = max(",;\t", key=first.count)
    try:
        names = next(csv.reader([first], delimiter=delimiter), [])
    except csv.Error:
        return delimiter, []
    known = {name: key for key, name in COLUMNS.items()} | {key: key for key in COLUMNS}
    known |= OTHER_NAMES
    return delimiter, [known.get(" ".join(name.lower().split()), "") for name in names]


def _rows(text: str) -> Iterable[Row]:
    delimiter, names = _header(text)
    missing = [COLUMNS[key] for key in NEEDED if key not in names]
    if missing:
        raise Unreadable(
            f"This is not a REDCap data dictionary: there is no column “{missing[0]}”."
        )
    reader = csv.reader(StringIO(text, newline=""), delimiter=delimiter)
    try:
        next(reader)
        for number, cells in enumerate(reader, start=2):
            if number > MOST_ROWS:
                raise Unreadable(f"This file has more than {MOST_ROWS} rows.")
            if not any(cell.strip() for cell in cells):
                continue
            if len(cells) > len(names):
                raise Unreadable(
                    f"Row {number} has {len(cells)} cells, the first row has {len(names)}."
                )
            row = {name: cell for name, cell in zip(names, cells, strict=False) if name}
            if not row.get("field_name", "").strip():
                raise Unreadable(f"Row {number} has no name of a field.")
            yield row
    except csv.Error as error:
        raise Unreadable(f"This is not a CSV file: line {reader.line_num}, {error}.") from error


def _rows_of_one(rows: list[Row], form: str | None) -> list[Row]:
    if not rows:
        raise Unreadable("There is no field in this data dictionary.")
    forms = list(dict.fromkeys(row.get("form_name", "").strip() for row in rows))
    if form is None and len(forms) > 1:
        names = short(", ".join(forms), 200)
        raise Unreadable(f"This file holds {len(forms)} forms. Please say which one: {names}.")
    if form is not None and form not in forms:
        raise Unreadable(f"There is no form {short(form)} in this file.")
    return [row for row in rows if form is None or row.get("form_name", "").strip() == form]


def _cell(row: Row, key: str) -> str:
    return row.get(key, "").strip()


# -- one field -------------------------------------------------------------------------------------


def _row(gathering: Gathering, row: Row) -> None:
    name, kind = _cell(row, "field_name"), _cell(row, "field_type").lower()
    actions = set(ACTION.findall(_cell(row, "annotation").upper()))
    gathering.section(_words(row, "section_header"))
    if HIDDEN.search(_cell(row, "annotation")):
        gathering.leave_out(name, "It is hidden, so it is not asked.")
        return
    if kind == "text" and name.lower() in NUMBERS_A_RECORD:
        gathering.leave_out(name, "It numbers the record in REDCap; nobody has to type it here.")
        return
    if kind == "calc" or actions & COMPUTED:
        written = _cell(row, "choices") if kind == "calc" else _cell(row, "annotation")
        gathering.computes(name, f"{kind}: {written}")
        gathering.left_out.add(name)
        return
    if kind == "descriptive":
        _descriptive(gathering, row, name)
        return
    try:
        _ask(gathering, row, name, kind)
    except LeftOut as reason:
        gathering.leave_out(name, f"{reason} It is left out.")
        return
    for action in sorted(actions - HARMLESS):
        gathering.note(name, f"{action} does nothing here.")
    if _cell(row, "identifier").lower() == "y":
        gathering.note(name, "It is marked as identifying. Think twice whether to ask it here.")


def _descriptive(gathering: Gathering, row: Row, name: str) -> None:
    if _cell(row, "branching"):
        gathering.note(name, "Words that are shown on a condition are left out.")
        return
    gathering.words(without_markup(_cell(row, "field_label")))


def _ask(gathering: Gathering, row: Row, name: str, kind: str) -> None:
    item_kind, options, rest = _answered_by(gathering, row, name, kind)
    condition, required = None, _cell(row, "required").lower() == "y"
    if written := _cell(row, "branching"):
        try:
            condition = parsed(gathering, written)
        except Inexpressible:
            gathering.note(name, f"It is shown when {short(written)}, not known here. {ALL}")
            required = False
    label = _words(row, "field_label")
    if PIPED.search(label):
        gathering.note(name, "Its words take in an answer to another question. That is not done.")
    gathering.ask(
        name,
        item_kind,
        label,
        options=options,
        hint=_words(row, "field_note"),
        show_if=condition,
        required=required,
        **rest,
    )
    if options:
        codes = [code for code, _ in _choices(row, kind)]
        gathering.values[name] = dict(zip(codes, (each.value for each in options), strict=True))


def _words(row: Row, key: str) -> str:
    return line(paragraphs(without_markup(_cell(row, key))))


def _answered_by(gathering: Gathering, row: Row, name: str, kind: str) -> tuple[ItemKind, Any, Any]:
    """The kind, the options, and what else the item needs. Raises LeftOut."""
    if kind in ("radio", "dropdown", "yesno", "truefalse", "checkbox"):
        item_kind, options = coded(_choices(row, kind))
        return (ItemKind.CHOICES if kind == "checkbox" else item_kind), options, {}
    if kind == "notes":
        return ItemKind.TEXT, (), {}
    if kind == "slider":
        return ItemKind.SLIDER, (), _slider(gathering, row, name)
    if kind == "text":
        return _text(gathering, row, name)
    raise LeftOut(f"A field of the type {short(kind) or 'that is not stated'}.")


def _choices(row: Row, kind: str) -> list[tuple[str, str]]:
    """Codes and labels. Raises LeftOut."""
    if kind == "yesno":
        return [("1", "Yes"), ("0", "No")]
    if kind == "truefalse":
        return [("1", "True"), ("0", "False")]
    found = []
    for each in _cell(row, "choices").replace("\n", "|").split("|"):
        if not each.strip():
            continue
        code, comma, label = each.partition(",")
        if not comma:
            raise LeftOut(f"Its answer “{short(each, 30)}” is not a code, a comma and words.")
        found.append((code.strip(), line(without_markup(label))))
    return found


def _slider(gathering: Gathering, row: Row, name: str) -> dict[str, Any]:
    labels = [line(without_markup(each)) for each in _cell(row, "choices").split("|")]
    low, high, _ = limits(_cell(row, "minimum") or "0", _cell(row, "maximum") or "100")
    if len(labels) > 2 and labels[1]:
        gathering.note(name, f"The words in the middle of its slider: {short(labels[1])}")
    ends = {"low": labels[0], "high": labels[-1]} if len(labels) > 1 else {}
    return {"minimum": low, "maximum": high, **ends}


def _text(gathering: Gathering, row: Row, name: str) -> tuple[ItemKind, Any, Any]:
    validation = _cell(row, "validation").lower()
    if validation in ("integer", "int"):
        low, high, assumed = limits(_cell(row, "minimum") or None, _cell(row, "maximum") or None)
        if assumed:
            gathering.note(name, assumed)
        return ItemKind.NUMBER, (), {"minimum": low, "maximum": high}
    if validation.startswith("date_"):
        return ItemKind.DATE, (), {}
    if validation == "time":
        return ItemKind.TIME, (), {}
    if validation:
        gathering.note(name, f"It is not checked for {short(validation)}: any line of text fits.")
    return ItemKind.LINE, (), {}


def _computed(gathering: Gathering, row: Row) -> None:
    if _cell(row, "field_type").lower() == "calc":
        add_sum(
            gathering,
            _cell(row, "field_name"),
            _words(row, "field_label"),
            _cell(row, "choices"),
        )
