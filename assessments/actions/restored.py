"""After the database was put back to an earlier moment: nobody knows what was sent since."""

from datetime import datetime

from django.db.models import Q, Value
from django.db.models.functions import Coalesce

from assessments import reminders
from assessments.models import Alert, AlertCall, Export
from assessments.models.reminders import Outcome
from practice.models import Practice

from .alerting import notice_silence_in


def restored(*, practice: Practice, since: datetime, now: datetime) -> None:
    reminders.may_have_gone(practice, since=since, now=now)
    _calls(practice, now)
    _files(practice, now)


def _calls(practice: Practice, now: datetime) -> None:
    """Whoever fell silent meanwhile was told of: the alert is raised anew, so that it is not lost,
    and nobody is mailed about it a second time. All of it stands on Today."""
    notice_silence_in(practice.pk, now)
    raised_anew = Q(alert__kind=Alert.Kind.SILENCE, alert__raised_at=now)
    may_have_gone = Q(next_at__lte=now) | Q(claim__isnull=False) | Q(began_at__isnull=False)
    calls = AlertCall.objects.waiting().filter(raised_anew | may_have_gone, practice=practice)
    AlertCall.objects.filter(pk__in=list(calls.values_list("pk", flat=True))).update(
        began_at=Coalesce("began_at", Value(now)),
        ended_at=now,
        outcome=Outcome.UNKNOWN,
        claim=None,
        lease_until=None,
    )


def _files(practice: Practice, now: datetime) -> None:
    """What was asked for may have been made, taken or deleted: it can be asked for again."""
    exports = Export.objects.filter(practice=practice)
    exports.to_make().update(failed_at=now, why=Export.Why.BROKE, claim=None, lease_until=None)
    exports.full().update(file=None, emptied_at=now)
