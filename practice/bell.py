"""How a page asks for a worker. What there is to do is a row; this only rings."""

from celery import Task, current_app
from django.db import transaction

from . import walls

# A page waits for its bell: no longer than this, in seconds. (A worker's line is more patient.)
QUICK = {
    "socket_connect_timeout": 0.5,
    "socket_timeout": 1,
    "connect_retries_timeout": 0.5,
    "interval_start": 0.1,
    "interval_step": 0.1,
}


class Nowhere(Task):
    """A task begins in no practice: the one before it may have been inside another."""

    def __call__(self, *args, **kwargs):
        with walls.nowhere():
            return super().__call__(*args, **kwargs)


def ring(task: str) -> None:
    """Once the transaction has committed. A bell that cannot ring (no broker) is logged and
    forgotten: beat rings again within seconds. ``task`` is a name, because a web process does not
    load what some of them hang on."""
    transaction.on_commit(lambda: _ring(task), robust=True)


def _ring(task: str) -> None:
    # Over a line of its own: kombu's pool would try again for six seconds when the broker is away.
    with current_app.connection_for_write(transport_options=QUICK) as line:
        current_app.send_task(task, connection=line)
