"""Who is to be told of an alert, as rows; and that nobody need be told any more."""

from datetime import datetime

from assessments.models import Alert, AlertCall, AlertPolicy
from assessments.models.reminders import Outcome

from .chain import chain_of


def plan_calls(alert: Alert) -> None:
    """Within a transaction. What was begun or has ended stays; whoever is not in the chain any more
    is not called, and nobody twice. Any number of times is as good as once."""
    chain = chain_of(alert, AlertPolicy.of_practice(alert.practice_id))
    there = {
        call.person_id: call for call in AlertCall.objects.filter(alert=alert).select_for_update()
    }
    for link in chain:
        call = there.pop(link.person_id, None)
        if call is None:
            AlertCall.objects.create(
                practice_id=alert.practice_id,
                client_id=alert.client_id,
                alert=alert,
                person_id=link.person_id,
                called_as=link.called_as,
                due_at=link.due_at,
                next_at=link.due_at,
            )
        elif _is_untouched(call) and (call.called_as, call.due_at) != (link.called_as, link.due_at):
            call.called_as, call.due_at, call.next_at = link.called_as, link.due_at, link.due_at
            call.save(update_fields=["called_as", "due_at", "next_at"])
    gone = [call.pk for call in there.values() if _is_untouched(call)]
    AlertCall.objects.filter(pk__in=gone).delete()


def _is_untouched(call: AlertCall) -> bool:
    return call.began_at is None and call.ended_at is None and not call.attempts


def let_go(alert: Alert, *, now: datetime) -> None:
    """Somebody has seen it: whoever was not told yet need not be. What has begun takes its way."""
    AlertCall.objects.waiting().filter(alert=alert, began_at__isnull=True).update(
        ended_at=now, outcome=Outcome.SUPPRESSED, claim=None, lease_until=None
    )
