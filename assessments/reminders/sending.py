"""Claim what is due, decide once more, hand it over, write down what became of it.

The order of writing is the promise. The intent is committed before a message is handed over
(``Delivery.began_at``) and the result after it, together with the next intent. So a worker that
dies leaves either an intent that was not begun, which the next one carries out, or one that began
and did not end: its fate is unknown, it is shown as such, and it is not repeated, because a second
copy can put a client at risk.
"""

import logging
from collections import deque
from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import uuid4

from django.utils import timezone

from assessments.models import Reminder
from practice import walls

from .claiming import Tally, claim_due, prepare_what_can_be, still_right
from .posting import Post
from .settling import settle_what_can_be

log = logging.getLogger(__name__)

# A sweep lets go before its task would be killed; what it did not begin is due again at once.
LONGEST = timedelta(seconds=60)
# What was found right this long ago is looked at again before it goes out: with a slow mail server
# a client may have answered, or stopped the messages, while theirs stood in the queue.
FRESH = timedelta(seconds=5)
# Reminders a batch. It grows as long as all of a batch leaves while it is fresh: what all share is
# then shared by many, and a slow mail server does not make us prepare what will not leave.
FIRST, FEWEST, MOST = 200, 20, 1_000


def sweep(clock: Callable[[], datetime] = timezone.now) -> Tally:
    """Send everything that is due. Any number of sweeps may run at the same time."""
    tally, stop_at, size = Tally(), clock() + LONGEST, FIRST
    with walls.Round() as turns, Post(clock, tally) as post:
        waiting = deque(walls.practices_with(Reminder.objects.due(clock())))
        while waiting and clock() < stop_at:
            practice_id, carried_on = waiting.popleft(), 0
            with turns.inside(practice_id):
                carried_on = _send_batch(post, size, stop_at)
            if carried_on:
                size = carried_on
                waiting.append(practice_id)  # its turn comes again after all others had theirs
    if tally != Tally():
        log.info("sweep: %s", tally)
    return tally


def _send_batch(post: Post, size: int, stop_at: datetime) -> int:
    """Of the practice we are in; how large the next one may be, and 0 when nothing was due."""
    claim, clock, tally, now = uuid4(), post.clock, post.tally, post.clock()
    reminders, ended = claim_due(claim, size, now, tally)
    if not reminders and not ended:
        return 0
    decided = prepare_what_can_be(reminders, clock())
    outgoing = still_right(decided, clock())
    carried = post.carry(claim, outgoing, now, min(stop_at, now + FRESH))
    settle_what_can_be([*decided.looked_at, *ended], claim, decided, clock(), tally)
    size = 2 * carried if carried < len(outgoing) else 2 * size
    return min(max(size, FEWEST), MOST)
