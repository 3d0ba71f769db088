"""Files that a spreadsheet opens: a cell that begins like a formula stays text."""

import csv
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from io import StringIO

# What a spreadsheet takes for the beginning of a formula, or of a command (OWASP, CSV Injection).
BEGINNINGS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
BYTE_ORDER_MARK = "\ufeff"  # without it Excel takes the file for another encoding


def harmless(cell) -> str:
    """One cell as text: a number as a number, a date as a date, words never as a formula."""
    if cell is None:
        return ""
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, Decimal):
        return format(cell, "f")
    if isinstance(cell, int | float):
        return str(cell)
    text = str(cell)
    return f"'{text}" if text.lstrip(" ").startswith(BEGINNINGS) else text


def csv_of(rows: Iterable[Iterable]) -> bytes:
    """A whole file. Long ones are written row by row, with ``harmless`` for each cell."""
    out = StringIO()
    csv.writer(out).writerows([harmless(cell) for cell in row] for row in rows)
    return (BYTE_ORDER_MARK + out.getvalue()).encode()
