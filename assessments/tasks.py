"""Doorbells. What is due, claimed and sent is in the database; these only ring."""

from functools import partial
from pathlib import Path
from uuid import UUID

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from clients import telling
from clients.keeping import notices, sweeping
from practice import bell, heartbeat, walls
from practice.models import Practice

from . import actions, calls, exports, reminders
from .reminders import mailbox


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
def tell_of_emergencies() -> None:
    telling.tell_of_emergencies(now=timezone.now())


@shared_task
def look_after_records() -> None:
    """Rings for each practice: what goes wrong in one, or takes long, keeps no other waiting."""
    for practice in Practice.objects.everywhere():
        look_after_records_of.delay(str(practice.pk))


@shared_task
def look_after_records_of(practice_id: str) -> None:
    """Who is told that a record is over, and what goes."""
    with walls.inside(UUID(practice_id)):
        notices.look_at(practice_id, now=timezone.now())


@shared_task
def sweep_links() -> None:
    there = [practice.pk for practice in Practice.objects.everywhere()]
    walls.in_each(there, partial(sweeping.sweep_links, now=timezone.now()))


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
    """Ask for a sweep once the transaction has committed."""
    bell.ring("assessments.tasks.sweep")


def ring_for_alerts() -> None:
    """The same, for whoever is to be told of an alert."""
    bell.ring("assessments.tasks.call_alerts")


def ring_for_exports() -> None:
    bell.ring("assessments.tasks.make_exports")


def ring_for_picture() -> None:
    """By its name, as all of them: this task hangs on what a web process does not load."""
    bell.ring("assessments.nightly.make_pictures")
