"""Crowds that are due, the processes that serve them, and time that has passed.

Nothing waits for days: ``time_passes`` moves the times of rows that the system wrote itself into
the past, which is the same to it as if the clock had moved on. No result is written for it.
"""

import logging
import time
from contextlib import contextmanager
from datetime import timedelta

from django.db.models import F
from django.utils import timezone

from assessments.models import Delivery, Reminder
from clients import actions as care
from tests.conftest import give, make_client
from tests.workers import crew, until

log = logging.getLogger(__name__)

CHECK = "strengths-check"
SHORT_LEASE = 4
SOON = 30  # seconds: by then all is as before, by itself


@contextmanager
def people_at_work(sink, **env):
    with crew(sink.url, **({"REMINDER_LEASE_SECONDS": str(SHORT_LEASE)} | env)) as people:
        yield people


def silent_clients(clinician, count, *, at=None, name="Person"):
    """Clients who were given something five days ago, due two days later, and did nothing.

    The first message invites them and reminds them of it; one more reminder is due after that.
    """
    then = (at or timezone.now()) - timedelta(days=5)
    crowd = [make_client(clinician, f"{name}{n:02} X", now=then) for n in range(count)]
    for client in crowd:
        give(client, CHECK, by=clinician, now=then)
        care.invite(client, by=clinician, now=then)
    return crowd


def more(clinician, name, count, *, now=None, contact=None):
    """Clients who are to be invited, at once."""
    now = now or timezone.now()
    crowd = [make_client(clinician, f"{name}{n} X", now=now, contact=contact) for n in range(count)]
    for client in crowd:
        care.invite(client, by=clinician, now=now)
    return crowd


def time_passes(by: timedelta) -> None:
    Reminder.objects.update(planned_for=F("planned_for") - by)
    Reminder.objects.filter(settled_at__isnull=False).update(settled_at=F("settled_at") - by)
    Delivery.objects.filter(began_at__isnull=False).update(began_at=F("began_at") - by)
    Delivery.objects.filter(ended_at__isnull=False).update(ended_at=F("ended_at") - by)


def nobody_has_it(now=None) -> bool:
    """Nothing is due and nothing is in anybody's hands."""
    now = now or timezone.now()
    return not (
        Reminder.objects.filter(claim__isnull=False).exists()
        # The minute: a place that is kept until the batch is planned again.
        or Reminder.objects.planned().filter(planned_for__lte=now + timedelta(minutes=1)).exists()
    )


def back_to_normal(name, condition, people) -> None:
    """Within thirty seconds, and with nobody's help but a restart of what has died."""
    began = time.monotonic()

    def is_so():
        people.revive()
        return condition()

    until(is_so, f"{name}: back to normal", SOON)
    log.info("%s: back to normal after %.1f s", name, time.monotonic() - began)
