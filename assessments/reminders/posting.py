"""The second part of a sweep: hand over one message after the other."""

import logging
import time
from collections.abc import Callable
from contextlib import ExitStack
from datetime import datetime
from uuid import UUID

from assessments.models.reminders import Outcome
from practice.database.prepared import Written

from .channels import Carrier, Result, carrier_of
from .claiming import Tally
from .messages import Outgoing

log = logging.getLogger(__name__)

# The result of one message and the intent to hand over the next are one statement and one commit.
# A result is written over "unknown" too: a slow worker that was given up for lost may still bring
# it. An intent needs its reminder to be still ours, and holds it while it says so: whoever takes it
# over, its lease having ended, has it in hand before that, or finds it begun.
TURN = Written(
    "reminder_turn",
    """
WITH ended AS (
    UPDATE assessments_delivery
       SET ended_at = %(now)s, outcome = %(outcome)s, error = %(error)s,
           is_final = %(is_final)s, provider_id = %(provider_id)s
     WHERE id = %(last)s AND outcome IN ('', 'unknown')
), ours AS (
    SELECT id FROM assessments_reminder
     WHERE id = %(reminder)s AND claim = %(claim)s
       FOR NO KEY UPDATE SKIP LOCKED
)
UPDATE assessments_delivery SET began_at = %(now)s
 WHERE id = %(next)s AND began_at IS NULL AND reminder_id IN (SELECT id FROM ours)
""",
)


class Post:
    """Carries batches, each channel over a line of its own. A context manager."""

    def __init__(self, clock: Callable[[], datetime], tally: Tally) -> None:
        self.clock = clock
        self.tally = tally
        self.carriers: dict[str, Carrier] = {}
        self.lines = ExitStack()
        self.since = clock()

    def __enter__(self) -> "Post":
        return self

    def __exit__(self, *error) -> None:
        self.lines.close()

    def carry(
        self, claim: UUID, outgoing: list[Outgoing], since: datetime, stop_at: datetime
    ) -> int:
        """Until ``stop_at``, and how many that were; what was not begun by then is left as it is.
        Killed anywhere, at most one message has an intent without a result."""
        last, carried, self.since = None, 0, since
        # Also when the clock is set back meanwhile, nothing goes out that is stale.
        no_later = time.monotonic() + (stop_at - max(self.clock(), since)).total_seconds()
        for item in outgoing:
            if self.clock() >= stop_at or time.monotonic() >= no_later:
                break
            carried += 1
            has_begun = self._turn(claim, last, item)
            last = (item, self._hand_over(item)) if has_begun else None
        if last is not None:
            self._turn(claim, last, None)
        return carried

    def _hand_over(self, item: Outgoing) -> Result:
        channel = item.delivery.channel
        try:
            result = self._carrier(channel).hand_over(item)
        except Exception as error:
            # Nobody foresaw it, so nobody knows how far it had come. It costs the others nothing.
            log.exception("delivery %s: handing over went wrong", item.delivery.pk)
            self.carriers.pop(channel, None)
            result = Result(Outcome.UNKNOWN, type(error).__name__)
        setattr(self.tally, result.outcome, getattr(self.tally, result.outcome) + 1)
        return result

    def _carrier(self, channel: str) -> Carrier:
        if channel not in self.carriers:
            carrier = carrier_of(channel)
            carrier.open()
            self.lines.callback(carrier.close)
            self.carriers[channel] = carrier
        return self.carriers[channel]

    def _turn(
        self, claim: UUID, last: tuple[Outgoing, Result] | None, item: Outgoing | None
    ) -> bool:
        """Write down what became of the last one, and that ``item`` is begun: whether it is."""
        facts = {
            "now": max(self.clock(), self.since),
            "claim": claim,
            "last": None,
            "outcome": "",
            "error": "",
            "is_final": False,
            "provider_id": "",
            "reminder": item and item.reminder.pk,
            "next": item and item.delivery.pk,
        }
        if last is not None:
            done, result = last
            facts |= {
                "last": done.delivery.pk,
                "outcome": str(result.outcome),
                "error": result.error[:200],
                "is_final": result.is_final,
                "provider_id": result.provider_id[:200],
            }
        return TURN(**facts) == 1
