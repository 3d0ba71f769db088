"""Files that a spreadsheet opens: words that begin like a formula stay words.

A cell that begins with one of these is a formula to Excel and LibreOffice, in a CSV file too
(OWASP: CSV Injection). An apostrophe before it makes it a text. Numbers are no text and keep their
minus.
"""

import csv
import re
from collections.abc import Iterable
from datetime import UTC, date, datetime
from decimal import Decimal
from io import StringIO

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
# What no XML and no screen can show; a line end stays.
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
# Without it Excel takes the file for another encoding. What a statistics program reads goes
# without: there it would be a part of the first column's name.
BYTE_ORDER_MARK = "\ufeff"


def harmless(text: str) -> str:
    text = CONTROL.sub(" ", text.replace("\r\n", "\n").replace("\r", "\n"))
    return f"'{text}" if text.lstrip(" ").startswith(FORMULA) else text


def csv_of(rows: Iterable[Iterable]) -> bytes:
    """A whole file, for a spreadsheet. Long ones are written row by row, with ``written``."""
    out = StringIO()
    csv.writer(out).writerows(map(written, rows))
    return (BYTE_ORDER_MARK + out.getvalue()).encode()


def written(row: Iterable) -> list[str]:
    return [_cell(each) for each in row]


def _cell(cell) -> str:
    """A number as a number, a date as a date, a moment in UTC, anything else as harmless text."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return str(int(cell))
    if isinstance(cell, datetime):
        return f"{cell.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, Decimal):
        return format(cell, "f")
    return str(cell) if isinstance(cell, int | float) else harmless(str(cell))
