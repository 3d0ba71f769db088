"""Moments come back as they were written, whatever is unusual about them."""

from datetime import UTC, datetime

import pytest
from django.db import DataError, connection

from practice.moments import MomentLoader

pytestmark = pytest.mark.django_db


def read(text):
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s::timestamptz", [text])
        return cursor.fetchone()[0]


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-11-28 15:51:15.09097+00", datetime(2026, 11, 28, 15, 51, 15, 90_970, UTC)),
        ("2026-11-28 15:51:15.1+00", datetime(2026, 11, 28, 15, 51, 15, 100_000, UTC)),
        ("2026-11-28 17:51:15+02", datetime(2026, 11, 28, 15, 51, 15, 0, UTC)),
        ("0001-01-01 00:00+00", datetime(1, 1, 1, tzinfo=UTC)),
        ("9999-12-31 23:59:59.999999+00", datetime(9999, 12, 31, 23, 59, 59, 999_999, UTC)),
    ],
)
def test_a_moment_is_what_was_written(text, moment):
    found = read(text)
    assert found == moment
    assert found.tzinfo is UTC


def test_our_loader_is_the_one_that_reads():
    with connection.cursor() as cursor:
        oid = connection.connection.adapters.types["timestamptz"].oid
        assert cursor.connection.adapters.get_loader(oid, 0) is MomentLoader


@pytest.mark.parametrize("text", ["infinity", "0044-03-15 12:00+00 BC", "10000-01-01 00:00+00"])
def test_what_python_cannot_hold_is_refused_as_before(text):
    with pytest.raises(DataError):
        read(text)
