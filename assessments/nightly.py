"""Doorbells for what is made at leisure. Only workers load this: numpy hangs on it."""

from celery import shared_task
from django.utils import timezone

from .picture import making


@shared_task
def make_pictures() -> None:
    """One, and the next one is a ring of its own: a task has its time limit."""
    if making.make_next(now=timezone.now()):
        make_pictures.delay()
