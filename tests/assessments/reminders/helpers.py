"""What the tests of reminders have in common: a clock to turn, plans to read, threads to race."""

import threading
from datetime import datetime, timedelta

import time_machine
from django.db import connection
from django.test import Client as Browser

from assessments.models import Occurrence, Reminder, ReminderItem
from assessments.reminders import sweep
from clients.models import PortalLink

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)


class Clock:
    """The clock of a sweep: it stands still until it is turned."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at

    def turn(self, by: timedelta) -> None:
        self.at += by


def sweep_at(moment: datetime):
    return sweep(Clock(moment))


def planned(client) -> Reminder | None:
    return Reminder.objects.planned().filter(client=client).first()


def settled(client) -> list[Reminder]:
    return list(
        Reminder.objects.filter(client=client, settled_at__isnull=False).order_by("settled_at")
    )


def outcomes(client) -> list[str]:
    return [reminder.outcome for reminder in settled(client)]


def only_occurrence(assignment) -> Occurrence:
    return assignment.occurrences.get()


def items_of(reminder) -> set:
    return set(ReminderItem.objects.filter(reminder=reminder).values_list("occurrence", flat=True))


def signs_in(client, at: datetime) -> Browser:
    """The client comes to the portal by themselves; the account remembers when."""
    browser = Browser()
    with time_machine.travel(at, tick=False):
        browser.force_login(client.user)
    client.user.refresh_from_db()
    return browser


def live_links(client) -> int:
    return PortalLink.objects.filter(
        client=client, used_at__isnull=True, replaced_at__isnull=True
    ).count()


def in_threads(*functions):
    """Run them at the same time, each on a connection of its own; raise what any of them raised."""
    start, errors, results = threading.Barrier(len(functions)), [], [None] * len(functions)

    def run(index, function):
        try:
            start.wait(10)
            results[index] = function()
        except BaseException as error:  # noqa: BLE001
            errors.append(error)
        finally:
            connection.close()

    threads = [
        threading.Thread(target=run, args=pair, daemon=True) for pair in enumerate(functions)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
        assert not thread.is_alive(), "a thread hangs"
    if errors:
        raise errors[0]
    return results
