"""What waits to be sent, over all practices, for ``practice.metrics``."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db.models import Count, Min, Q

from practice import walls
from practice.metrics import Number

from .models import AlertCall, Export, Reminder
from .models.reminders import Outcome

LATE = timedelta(minutes=15)
A_DAY = timedelta(days=1)


def of_messages(now: datetime) -> list[Number]:
    with walls.crossing():
        return list(_counted(now))


def _counted(now: datetime) -> Iterator[Number]:
    due = Reminder.objects.planned().filter(planned_for__lte=now)
    reminders = due.aggregate(
        due=Count("pk"),
        late=Count("pk", filter=Q(planned_for__lte=now - LATE)),
        oldest=Min("planned_for"),
    )
    recent = Reminder.objects.filter(settled_at__gt=now - A_DAY)
    outcomes = dict(recent.values_list("outcome").annotate(Count("pk")).order_by())
    calls = AlertCall.objects.waiting().filter(next_at__lte=now).count()
    exports = Export.objects.to_make().count()
    waits = (now - reminders["oldest"]).total_seconds() if reminders["oldest"] else 0
    yield Number("trellis_reminders_due", "Reminders whose time has come", reminders["due"])
    yield Number("trellis_reminders_late", "Of these, for 15 minutes or longer", reminders["late"])
    yield Number("trellis_reminders_oldest_seconds", "For how long the oldest has waited", waits)
    for outcome in Outcome.values:
        words = f"Reminders of the last day that ended as {outcome}"
        yield Number(f"trellis_reminders_{outcome}", words, outcomes.get(outcome, 0))
    yield Number("trellis_alert_calls_due", "People who are to be told of an alert", calls)
    yield Number("trellis_exports_waiting", "Files that are to be made", exports)
