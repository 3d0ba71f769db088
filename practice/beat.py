"""Beat behind a lock: any number may run, and one of them rings.

The lock is PostgreSQL's session-level advisory lock, on a connection that does nothing else, so it
is free again when that connection ends, however its beat died. The connection has to reach
PostgreSQL itself: a pooler that lends a server connection for one transaction (PgBouncer's
transaction mode) would keep the lock for a beat that is long gone.
"""

import logging
import time
from datetime import timedelta

import celery.beat
import psycopg
from celery.schedules import schedule
from django.db import connection

from .checks import refuse_if_unfit
from .database import account

log = logging.getLogger(__name__)

# Of a dead beat's machine PostgreSQL hears nothing, not even the end of the connection: both ends
# ask each other, and give up after about four seconds. Without effect on a local socket.
KEEPALIVES = {"keepalives_idle": 2, "keepalives_interval": 1, "keepalives_count": 2}
GIVE_UP = 4_000  # milliseconds
LISTEN_CLOSELY = """
    SELECT set_config('tcp_keepalives_idle', '2', false),
           set_config('tcp_keepalives_interval', '1', false),
           set_config('tcp_keepalives_count', '2', false),
           set_config('tcp_user_timeout', '4000', false)
"""
TAKE = "SELECT pg_try_advisory_lock(hashtextextended('beat', 0))"
HOUR = timedelta(hours=1)
LOOK_AGAIN = 1.0  # seconds; with the four above, another beat rings within five


class Scheduler(celery.beat.Scheduler):
    """Celery's plain one with a static schedule; it rings while it is its turn."""

    def __init__(self, *args, **kwargs):
        refuse_if_unfit()
        account.behind_the_wall()
        super().__init__(*args, **kwargs)
        self.turn = Turn()
        self.looked_at = 0.0

    def setup_schedule(self):
        """What is rung once an hour is also rung as beat begins: a laptop may never run for one."""
        super().setup_schedule()
        for entry in self.schedule.values():
            if isinstance(entry.schedule, schedule) and entry.schedule.run_every >= HOUR:
                entry.last_run_at -= entry.schedule.run_every

    def tick(self, *args, **kwargs):
        self.mind_the_clock(time.time())
        if not self.turn.is_ours():
            return LOOK_AGAIN
        return min(super().tick(*args, **kwargs), LOOK_AGAIN)

    def mind_the_clock(self, now: float) -> None:
        """Celery waits until the clock shows the next ring: one that is set back by an hour would
        silence it for an hour."""
        if now < self.looked_at - LOOK_AGAIN:
            for entry in self.schedule.values():
                entry.last_run_at = entry.default_now()
            self._heap = None  # of the times of the next rings: made anew
        self.looked_at = now

    def close(self):
        super().close()
        self.turn.end()


class Turn:
    """The right to ring. Asked before every ring: who has lost the connection has lost the lock."""

    def __init__(self):
        self.line = None
        self.taken = False
        self.said = ""

    def is_ours(self) -> bool:
        try:
            if self.line is None:
                self.line = connect()
            if self.taken:
                self.line.execute("SELECT 1")
            else:
                self.taken = self.line.execute(TAKE).fetchone()[0]
        except psycopg.Error as error:
            self.end()
            self.say(logging.WARNING, "the database does not answer (%s)", type(error).__name__)
            return False
        if self.taken:
            self.say(logging.INFO, "it is our turn to ring")
        else:
            self.say(logging.INFO, "another beat rings; this one waits")
        return self.taken

    def end(self) -> None:
        if self.line is not None:
            self.line.close()
        self.line, self.taken = None, False

    def say(self, level: int, text: str, *facts) -> None:
        """Each state once: it is looked at every second."""
        if self.said != text:
            log.log(level, text, *facts)
        self.said = text


def connect() -> psycopg.Connection:
    """Beside Django's connections, which come and go: this one lasts as long as the turn."""
    own = {
        **KEEPALIVES,
        "tcp_user_timeout": GIVE_UP,
        "connect_timeout": 3,
        "application_name": "trellis beat",
        "autocommit": True,
    }
    line = psycopg.connect(**(connection.get_connection_params() | own))
    line.execute(LISTEN_CLOSELY)
    return line
