"""Doorbells. What is due, claimed and sent is in the database; these only ring."""

from celery import shared_task
from django.db import transaction

from . import reminders


@shared_task
def sweep() -> None:
    reminders.sweep()


def ring() -> None:
    """Ask for a sweep once the transaction has committed. A bell that cannot ring (no broker) is
    logged and forgotten: beat rings again within seconds."""
    transaction.on_commit(sweep.delay, robust=True)
