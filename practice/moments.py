"""Moments from the database, read by Python itself.

Nearly every row that is read has some. psycopg's loader for them, which Django extends, takes them
apart with a regular expression and costs ten times as much; ours leaves to it whatever is unusual.
"""

from datetime import UTC, datetime

from django.db.backends.postgresql.psycopg_any import BaseTzLoader


class MomentLoader(BaseTzLoader):
    """Of ``timestamptz`` in text form, as a connection gives it that keeps to UTC."""

    timezone = UTC

    def load(self, data):
        text = bytes(data)
        if text.endswith(b"+00"):  # not infinity, not before Christ, no other zone
            try:
                return datetime.fromisoformat(text.decode())
            except ValueError:
                pass
        return super().load(data)


def read_moments(sender, connection, **facts) -> None:
    """For the signal ``connection_created``."""
    if connection.timezone is UTC:
        connection.connection.adapters.register_loader("timestamptz", MomentLoader)
