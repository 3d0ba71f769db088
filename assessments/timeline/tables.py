"""The table behind a lane: the same cells on the page and in the file."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from assessments.charts.shapes import Lane, Row

from .words import SIGNS

Cell = date | Decimal | int | str | None


@dataclass(frozen=True)
class Line:
    cells: tuple[Cell, ...]  # None: answered, and no value came of it
    url: str = ""


@dataclass(frozen=True)
class Column:
    word: str
    is_number: bool = False


@dataclass(frozen=True)
class Table:
    head: tuple[Column, ...]
    lines: tuple[Line, ...]

    def rows(self) -> list[tuple[Cell, ...]]:
        """As a file has them: the heads, then the lines."""
        return [tuple(column.word for column in self.head), *(line.cells for line in self.lines)]


def table_of(lane: Lane) -> Table:
    head, cells = {
        "stack": (_outcome_head, _outcomes),
        "homework": (_step_head, _steps),
        "series": (_value_head, _value),
    }.get(lane.kind, (_sign_head, _sign))
    return Table(head(lane), tuple(Line((row.at, *cells(row)), row.url) for row in lane.rows))


def _sign_head(lane: Lane) -> tuple[Column, ...]:
    return (Column(_("Date")), Column(_("What")), Column(_("In words")))


def _sign(row: Row) -> tuple[Cell, ...]:
    return (str(SIGNS[row.kind]), row.label)


def _value_head(lane: Lane) -> tuple[Column, ...]:
    value = f"{_('Value')} ({lane.direction})" if lane.direction else _("Value")
    return (Column(_("Date")), Column(value, is_number=True), Column(_("In words")))


def _value(row: Row) -> tuple[Cell, ...]:
    return (row.value, row.label)


def _outcome_head(lane: Lane) -> tuple[Column, ...]:
    return _weekly(_("Kept"), _("Partly"), _("Not yet"))


def _outcomes(row: Row) -> tuple[Cell, ...]:
    return (row.counts.kept, row.counts.partly, row.counts.not_yet)


def _step_head(lane: Lane) -> tuple[Column, ...]:
    return _weekly(_("Asked"), _("Opened"), _("Done"))


def _steps(row: Row) -> tuple[Cell, ...]:
    return (row.counts.asked, row.counts.looked_at, row.counts.done)


def _weekly(*words: str) -> tuple[Column, ...]:
    return (Column(_("Week of")), *(Column(word, is_number=True) for word in words))
