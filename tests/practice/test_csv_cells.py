"""A file that a spreadsheet opens: words are never taken for a formula."""

import csv
from datetime import UTC, date, datetime
from decimal import Decimal
from io import StringIO

import pytest

from practice.csv_cells import csv_of, harmless


@pytest.mark.parametrize(
    "wrong", ["=1+1", "+49 30 1", "-2+3", "@SUM(A1)", "\t=1", "\n=1", " =1", "\uff1d1"]
)
def test_a_text_that_begins_like_a_formula_is_text(wrong):
    assert harmless(wrong) == f"'{wrong}"


@pytest.mark.parametrize(
    ("cell", "written"),
    [
        (None, ""),
        ("a = b", "a = b"),
        ("\r=1", "'\n=1"),
        (date(2026, 11, 8), "2026-11-08"),
        (datetime(2026, 11, 8, 9, 30, 0, 5, tzinfo=UTC), "2026-11-08T09:30:00Z"),
        (True, "1"),
        (Decimal("-3.50"), "-3.50"),  # a number may begin with a minus
        (Decimal("1E+2"), "100"),
        (-3, "-3"),
    ],
)
def test_a_cell_is_written_plainly(cell, written):
    text = csv_of([[cell, "."]]).decode("utf-8-sig")
    assert next(csv.reader(StringIO(text, newline="")))[0] == written


def test_a_file_is_read_back_as_it_was_written():
    rows = [["Name", "Wert"], ["Käthe, “K”", 2], ["two\nlines", None]]
    text = csv_of(rows).decode("utf-8-sig")
    assert list(csv.reader(StringIO(text, newline=""))) == [
        ["Name", "Wert"],
        ["Käthe, “K”", "2"],
        ["two\nlines", ""],
    ]
