"""Doorbells. What is due, claimed and sent is in the database; these only ring."""

from pathlib import Path

from celery import current_app, shared_task
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from clients import telling
from practice import heartbeat

from . import actions, calls, exports, reminders
from .reminders import mailbox

# A page waits for its bell: no longer than this, in seconds. (A worker's line is more patient.)
QUICK = {
    "socket_connect_timeout": 0.5,
    "socket_timeout": 1,
    "connect_retries_timeout": 0.5,
    "interval_start": 0.1,
    "interval_step": 0.1,
}


@shared_task
def sweep() -> None:
    reminders.sweep()
    heartbeat.heard(heartbeat.SWEEP, now=timezone.now())


@shared_task
def call_alerts() -> None:
    calls.make_calls()


@shared_task
def notice_silence() -> None:
    actions.notice_silence(now=timezone.now())


@shared_task
def tell_of_absences() -> None:
    telling.tell_of_absences(now=timezone.now())


@shared_task
def ask_again() -> None:
    actions.ask_again(now=timezone.now())


@shared_task
def read_returns() -> None:
    mailbox.read_mailbox(Path(settings.RETURNS_MAILBOX), now=timezone.now())


@shared_task(time_limit=settings.EXPORT_TIME_LIMIT)
def make_exports() -> None:
    """One, and then rings for the next: between two exports others get their turn."""
    if exports.make_next():
        make_exports.delay()


@shared_task
def empty_exports() -> None:
    actions.empty_exports(now=timezone.now())


def ring() -> None:
    """Ask for a sweep once the transaction has committed. A bell that cannot ring (no broker) is
    logged and forgotten: beat rings again within seconds."""
    _ring_after_commit("assessments.tasks.sweep")


def ring_for_alerts() -> None:
    """The same, for whoever is to be told of an alert."""
    _ring_after_commit("assessments.tasks.call_alerts")


def ring_for_exports() -> None:
    _ring_after_commit("assessments.tasks.make_exports")


def ring_for_picture() -> None:
    """By its name, as all of them: this task hangs on what a web process does not load."""
    _ring_after_commit("assessments.nightly.make_pictures")


def _ring_after_commit(task: str) -> None:
    transaction.on_commit(lambda: _ring(task), robust=True)


def _ring(task: str) -> None:
    # Over a line of its own: kombu's pool would try again for six seconds when the broker is away.
    with current_app.connection_for_write(transport_options=QUICK) as line:
        current_app.send_task(task, connection=line)
