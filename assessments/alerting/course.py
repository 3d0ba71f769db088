"""What became of one alert so far, and what comes next, in sentences."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from assessments.models import Alert, AlertCall
from assessments.models.reminders import Outcome

As = AlertCall.As


@dataclass(frozen=True)
class Step:
    at: datetime
    sentence: str
    is_ahead: bool = False
    words: str = ""  # what somebody wrote about it


def course_of(alert: Alert) -> list[Step]:
    """In the order in which it happened; what is ahead stands last. One statement, beside whom the
    alert itself names."""
    calls = alert.calls.select_related("person").order_by("due_at", "pk")
    steps = [Step(alert.raised_at, _("Raised."))]
    steps += [step for step in (_of_call(call) for call in calls) if step]
    if alert.seen_at:
        steps.append(Step(alert.seen_at, _("Seen by %(who)s.") % {"who": alert.seen_by}))
    if alert.acted_at:
        sentence = _("%(what)s: %(who)s.") % {
            "what": alert.get_acted_display(),
            "who": alert.acted_by,
        }
        steps.append(Step(alert.acted_at, sentence, words=alert.acted_words))
    if alert.closed_at:
        sentence = _("Closed by %(who)s.") % {"who": alert.closed_by}
        steps.append(Step(alert.closed_at, sentence, words=alert.note))
    return sorted(steps, key=lambda step: (step.is_ahead, step.at))


def _of_call(call: AlertCall) -> Step | None:
    """None of a call that was not needed any more."""
    said = {"who": call.person, "as": call.get_called_as_display()}
    if call.outcome == Outcome.SENT:
        return Step(call.ended_at, _("A mail went to %(who)s, %(as)s.") % said)
    if call.outcome == Outcome.UNKNOWN:
        sentence = _("It is not known whether the mail to %(who)s, %(as)s, arrived.")
        return Step(call.began_at, sentence % said)
    if call.outcome == Outcome.FAILED:
        return Step(call.ended_at, _("No mail reached %(who)s, %(as)s.") % said)
    if call.outcome:
        return None
    if call.attempts:
        sentence = _("No mail has reached %(who)s, %(as)s, yet. It is tried again.")
        return Step(call.next_at, sentence % said, is_ahead=True)
    sentence = _("A mail goes to %(who)s, %(as)s, unless somebody has seen it by then.")
    return Step(call.next_at, sentence % said, is_ahead=True)
