"""A statement and its wall go to the server as one: ``SET LOCAL …; SELECT …``.

So they share a transaction, also when the statement is one by itself, and also behind a pooler that
lends a connection for one transaction: nothing is ever left behind for whoever comes next. It costs
no way there and back.
"""

from django.db.backends.postgresql import base
from psycopg import sql
from psycopg.pq import TransactionStatus

from practice import walls


class Cursor(base.Cursor):
    def execute(self, query, params=None, **options):
        place = walls.where()
        if not self._can_be_told(place):
            return super().execute(query, params, **options)
        super().execute(_told(place, query), params, **options)
        self.nextset()
        return self

    def executemany(self, query, params_seq, **options):
        """One by one: psycopg's own would go past ``execute``."""
        for params in params_seq:
            self.execute(query, params)

    def _can_be_told(self, place: str) -> bool:
        status = self.connection.pgconn.transaction_status
        if status == TransactionStatus.INERROR:
            return False  # it takes nothing any more but the way back
        if status == TransactionStatus.IDLE and self.connection.autocommit:
            return bool(place)  # by itself, of nobody: it may be one that stands alone
        return True  # in a transaction, where another place may have been told before


def _told(place: str, query):
    """``place`` is a uuid of ours or one of two words, so it needs no escaping."""
    first = f"SET LOCAL trellis.wall = '{place}'; "
    if isinstance(query, str):
        return first + query
    if isinstance(query, bytes):
        return first.encode() + query
    return sql.SQL(first) + query


class DatabaseWrapper(base.DatabaseWrapper):
    def create_cursor(self, name=None):
        """One of the server's takes one statement alone: its transaction is told before it."""
        if name:
            with self.connection.cursor() as cursor:
                cursor.execute("SELECT 1")
        return super().create_cursor(name)

    def get_connection_params(self):
        return super().get_connection_params() | {"cursor_factory": Cursor}
