"""Doorbells of the ground floor."""

from celery import shared_task
from django.conf import settings
from django.core.management import call_command
from django.utils import timezone

from . import bell, knocks, turning, walls
from .auditing import checking
from .models import SignIn


@shared_task
def answer_knocks() -> None:
    knocks.answer_all()


@shared_task
def forget_sessions() -> None:
    """What ended by itself leaves no list of devices behind, also of those who never came back."""
    over = SignIn.objects.past(timezone.now())
    walls.in_each(walls.practices_with(over), lambda _practice: over.delete()[0])
    call_command("clearsessions")


@shared_task
def turn_keys() -> None:
    if turning.step():
        bell.ring("practice.tasks.turn_keys")


@shared_task
def anchor_audit() -> None:
    checking.anchor_all(now=timezone.now())


@shared_task(time_limit=settings.AUDIT_TIME_LIMIT)
def check_audit() -> None:
    """One practice, and then rings for the next: between two others get their turn."""
    if checking.check_next(now=timezone.now()):
        check_audit.delay()
