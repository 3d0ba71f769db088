"""Doorbells of the ground floor."""

from celery import shared_task

from . import knocks


@shared_task
def answer_knocks() -> None:
    knocks.answer_all()
