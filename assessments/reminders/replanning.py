"""When a practice reminds otherwise, the plans of many clients are not what they were."""

from datetime import datetime

from assessments.models import Occurrence, Reminder
from practice.models import Practice

from .planning import plan

AT_ONCE = 200  # clients a transaction: none of them waits long for the others


def policy_changed(*, practice: Practice, now: datetime) -> None:
    """The hook of ``clients``. Whoever has something waiting, or a message planned, is looked at
    anew: also those who had been reminded as often as was allowed, and whom no sweep would meet.

    Done at once and not left to a task: nothing is sent by it, a practice does it rarely, and a
    worker that is away would leave plans that no longer say what the page says.
    """
    waiting = Occurrence.objects.waiting().not_over(now).filter(practice=practice)
    planned = Reminder.objects.planned().filter(practice=practice)
    ids = sorted(
        set(waiting.values_list("client_id", flat=True))
        | set(planned.values_list("client_id", flat=True))
    )
    for first in range(0, len(ids), AT_ONCE):
        plan(ids[first : first + AT_ONCE], now=now)
