"""Who is to be told of an alert, as rows; and that nobody need be told any more."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from assessments.models import Alert, AlertCall, AlertPolicy
from assessments.models.reminders import Outcome
from clients.models import CareTeam, Cover
from practice import walls
from practice.models import Role

from .chain import As, chain_of

A_DAY = timedelta(days=1)


def follow_the_teams(*, now: datetime) -> None:
    """Nobody says so here when a care team changes, or when somebody is away from today and a
    colleague covers. Who came to it while an alert is unseen hears too; who left it before they
    were told stands where they stand now. One statement where none did.

    The same for an alert without any call, which old code raises while a new version comes up; of
    those that are older than a day nobody hears late.
    """
    calls = AlertCall.objects.filter(alert=OuterRef("pk"))
    team = CareTeam.objects.answering(now).filter(client=OuterRef("client"))
    covers = Cover.objects.standing(now).about("client")
    theirs = AlertCall.objects.filter(alert=OuterRef(OuterRef("pk")))
    came = team.filter(
        clinician__is_active=True,
        clinician__memberships__role=Role.CLINICIAN,
        clinician__memberships__ended_at__isnull=True,
    ).exclude(Exists(theirs.filter(person=OuterRef("clinician"))))
    covering = covers.exclude(Exists(theirs.filter(person=OuterRef("covering"))))
    left = (
        calls.waiting()
        .filter(began_at__isnull=True, called_as=As.TEAM)
        .exclude(Exists(team.filter(clinician=OuterRef("person"))))
        .exclude(Exists(covers.filter(covering=OuterRef("person"))))
    )
    came_late = Exists(calls) | Q(raised_at__gt=now - A_DAY)
    changed = (
        Alert.objects.unseen()
        .exclude(kind__in=Alert.QUIET)
        .filter(Exists(left) | (Exists(came) | Exists(covering)) & came_late)
    )
    with walls.crossing():
        found = list(changed.order_by("pk").values_list("pk", "practice_id"))
    for alert_id, practice_id in found:
        with walls.inside(practice_id):
            plan_anew(alert_id, now=now)


@transaction.atomic
def plan_anew(alert_id: UUID, *, now: datetime) -> None:
    """The alert is taken first: two who plan at once, or one who plans and one who sees it, come
    one after the other."""
    unseen = Alert.objects.unseen().select_related("practice")
    alert = unseen.select_for_update(of=("self",), no_key=True).filter(pk=alert_id).first()
    if alert is not None:
        plan_calls(alert, now=now)


def plan_calls(alert: Alert, *, now: datetime) -> None:
    """Within a transaction. What was begun or has ended stays; whoever is not in the chain any more
    is not called, and nobody twice. Any number of times is as good as once."""
    if alert.is_quiet:
        return
    chain = chain_of(alert, AlertPolicy.of_practice(alert.practice_id), now=now)
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
        elif _waits(call) and (call.called_as, call.due_at) != (link.called_as, link.due_at):
            # One that failed is not made again sooner than it would have been.
            next_at = max(link.due_at, call.next_at) if call.attempts else link.due_at
            call.called_as, call.due_at, call.next_at = link.called_as, link.due_at, next_at
            call.save(update_fields=["called_as", "due_at", "next_at"])
    gone = [call.pk for call in there.values() if _waits(call)]
    AlertCall.objects.filter(pk__in=gone).delete()


def _waits(call: AlertCall) -> bool:
    """Nothing of it has left, or may have."""
    return call.began_at is None and call.ended_at is None


def let_go(alert: Alert, *, now: datetime) -> None:
    """Somebody has seen it: whoever was not told yet need not be. What has begun takes its way."""
    AlertCall.objects.waiting().filter(alert=alert, began_at__isnull=True).update(
        ended_at=now, outcome=Outcome.SUPPRESSED, claim=None, lease_until=None
    )
