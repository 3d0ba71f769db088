"""A clinician's decision: this client does this, on this schedule."""

from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from assessments import reminders
from assessments.models import Activity, ActivityVersion, Assignment, Occurrence
from clients.models import Client, ReminderPolicy, SafetyCheck
from practice import audit
from practice.ids import uuid7

from .asking import ask


class Gated(Exception):
    """What is asked needs a current SafetyCheck that allows it."""


class NoText(Exception):
    """A published instrument whose words this practice has not brought: only for paper copies."""


@dataclass(frozen=True)
class Gate:
    """Whether something gated may be assigned, and in words why (not)."""

    is_open: bool
    needs_acknowledgement: bool
    words: str
    check: SafetyCheck | None


def gate(client) -> Gate:
    """What the newest SafetyCheck of ``client`` says (domain.md, safety 6)."""
    check = client.safety_checks.latest_first().first()
    if check is None:
        words = _("This needs a safety check first.")
    elif check.outcome == SafetyCheck.Outcome.HOLD:
        words = _("The safety check says hold: this can't be assigned now.")
    elif check.outcome == SafetyCheck.Outcome.CAUTION:
        words = _("The safety check says caution: read its note first.")
    else:
        words = _("The safety check is clear.")
    return Gate(
        is_open=check is not None and check.outcome != SafetyCheck.Outcome.HOLD,
        needs_acknowledgement=check is not None and check.outcome == SafetyCheck.Outcome.CAUTION,
        words=words,
        check=check,
    )


def is_on_hold(client_id) -> bool:
    """Hold hides what is gated, in the portal too."""
    newest = SafetyCheck.objects.filter(client=client_id).latest_first().defer("note").first()
    return newest is not None and newest.outcome == SafetyCheck.Outcome.HOLD


@transaction.atomic
def assign(
    client,
    activity: Activity,
    *,
    when,
    definition,
    by,
    now,
    acknowledged=False,
    once: UUID | None = None,
) -> Assignment:
    """Assign ``activity`` to ``client``; ``when`` is a schedule of ``assessments.schedule``.

    ``once`` names this decision: the same one again, even at the same moment, changes nothing.
    Raises IntegrityError when it names what somebody else was assigned; Gated when the activity
    needs a safety check that is not there, says hold, or says caution without being acknowledged;
    NoText when there are questions without words.
    """
    if not definition.has_text:
        raise NoText
    check = _check_that_allows(client, acknowledged) if definition.gated else None
    assignment, is_new = Assignment.objects.get_or_create(
        pk=once or uuid7(),
        client=client,
        defaults={
            "practice_id": client.practice_id,
            "episode": client.episodes.get(closed_at__isnull=True),
            "activity": activity,
            "schedule": when.model_dump(mode="json"),
            "assigned_at": now,
            "safety_check": check,
            "created_by": by,
        },
    )
    if not is_new:
        return assignment
    ask([assignment], now=now)
    audit.record("assignment.made", assignment, by=by)
    return assignment


def _check_that_allows(client, acknowledged: bool) -> SafetyCheck:
    standing = gate(client)
    if not standing.is_open or (standing.needs_acknowledgement and not acknowledged):
        raise Gated(standing.words)
    return standing.check


@transaction.atomic
def end_assignment(assignment, *, by, now) -> Assignment:
    """Ask for it no longer. What was answered stays; what was not is withdrawn."""
    assignment.ended_at = now
    assignment.save(update_fields=["ended_at"])
    assignment.occurrences.waiting().update(withdrawn_at=now)
    if _is_log(assignment):  # which stays open after its first entry
        assignment.occurrences.open(now).update(withdrawn_at=now)
    reminders.plan([assignment.client_id], now=now)
    audit.record("assignment.ended", assignment, by=by)
    return assignment


def _is_log(assignment) -> bool:
    version = ActivityVersion.objects.filter(activity=assignment.activity_id).newest().get()
    return version.definition.as_log


@transaction.atomic
def note_missed(client, *, by, now) -> None:
    """The care team knows what this client did not answer, or has long not come for: it leaves
    Today, it stays on record."""
    unknown = Occurrence.objects.filter(client=client, noted_at__isnull=True)
    unknown.missed(now).update(noted_at=now)
    policy = ReminderPolicy.of_practice(client.practice_id)
    found = Client.objects.filter(pk=client.pk).annotate(away=reminders.away_since(policy, now))
    if found.filter(away__isnull=False).exists():
        unknown.waiting().open(now).update(noted_at=now)
    audit.record("missed.noted", client, by=by)


@transaction.atomic
def forget_missed(client, *, by) -> None:
    """Take ``note_missed`` back."""
    Occurrence.objects.waiting().filter(client=client).update(noted_at=None)
    audit.record("missed.forgotten", client, by=by)
