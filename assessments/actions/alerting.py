"""What raises an alert by itself, how long it waits for whom, and who stands in for whom."""

from functools import partial

from django.db import transaction

from assessments import calls, phrases
from assessments.definitions import Definition
from assessments.models import Alert, AlertPolicy, BackUp
from assessments.silence import silent_among
from clients.models import Client, ReminderPolicy
from practice import audit, walls
from practice.actions import change_settings
from practice.models import User

from .alerts import raise_alert, worse_prompts


def change_alert_policy(practice, *, by, silence: bool, now, **fields) -> AlertPolicy:
    """It counts at once, also for what is open and unseen. Silence raises alerts from here on: who
    is silent already stands on Today, and switching it on sends nobody thirty mails.

    The plans follow alert by alert, each in a transaction of its own: behind the line in the audit
    trail nobody may wait for a row that somebody who sees an alert has in hand."""
    before = AlertPolicy.of_practice(practice.pk).silence_since
    fields["silence_since"] = (before or now) if silence else None
    policy, changed = change_settings(
        AlertPolicy, practice, action="alert_policy.changed", by=by, **fields
    )
    if changed:
        _plan_anew(Alert.objects.filter(practice=practice), now=now)
    return policy


def set_back_up(clinician, back_up: User | None, *, by, now) -> None:
    """``back_up`` stands in for ``clinician`` from now on; None: nobody does. It counts at once."""
    if _changes_back_up(clinician, back_up, by=by, now=now):
        cared_for = {"care_team__clinician": clinician, "care_team__until__isnull": True}
        theirs = Client.objects.filter(**cared_for).values("pk")
        _plan_anew(Alert.objects.filter(client__in=theirs), now=now)


@transaction.atomic
def _changes_back_up(clinician, back_up: User | None, *, by, now) -> bool:
    User.objects.select_for_update(no_key=True).get(pk=clinician.pk)  # two who choose at once
    current = BackUp.objects.current().filter(clinician=clinician).first()
    if (current and current.back_up_id) == (back_up and back_up.pk):
        return False
    if current:
        current.ended_at = now
        current.save(update_fields=["ended_at"])
    row = current
    if back_up:
        row = BackUp.objects.create(
            practice_id=clinician.practice_id,
            clinician=clinician,
            back_up=back_up,
            since=now,
            created_by=by,
        )
    audit.record("back_up.changed", row, by=by)
    return True


def _plan_anew(alerts, *, now) -> None:
    for alert_id in alerts.unseen().order_by("pk").values_list("pk", flat=True):
        calls.plan_anew(alert_id, now=now)


def policy_for(definition: Definition, practice_id) -> AlertPolicy | None:
    """None where nothing of it matters to what was answered: then it costs no statement."""
    if definition.is_validated or phrases.has_words(definition):
        return AlertPolicy.of_practice(practice_id)
    return None


def holds_a_phrase(policy: AlertPolicy | None, definition: Definition, answers: dict) -> bool:
    wanted = phrases.phrases_in(policy.phrases) if policy else []
    return bool(wanted) and phrases.holds_one(phrases.words_of(definition, answers), wanted)


def worse_lines(policy: AlertPolicy | None, definition: Definition, client_id) -> set:
    """The scales on which a client is reliably worse; none where nobody asks."""
    if policy is None or not policy.worse or not definition.is_validated:
        return set()
    client = Client.objects.get(pk=client_id)
    return {prompt.move.last.line for prompt in worse_prompts(client)}


def notice_silence(*, now) -> None:
    """One alert about each client who has fallen silent since their practice wants to hear it."""
    listening = AlertPolicy.objects.filter(silence_since__isnull=False)
    walls.in_each(walls.practices_with(listening), partial(notice_silence_in, now=now))


def notice_silence_in(practice_id, now) -> None:
    policy = AlertPolicy.objects.filter(practice=practice_id, silence_since__isnull=False).first()
    if policy is None:
        return
    known = Alert.objects.open().filter(kind=Alert.Kind.SILENCE).values("client")
    clients = {
        client.pk: client
        for client in Client.objects.in_care().filter(practice=practice_id).exclude(pk__in=known)
    }
    reminding = ReminderPolicy.of_practice(practice_id)
    for silent in silent_among(clients, reminding, now):
        if silent.since >= policy.silence_since:
            raise_alert(silent.client, Alert.Kind.SILENCE, by=None, now=now)
