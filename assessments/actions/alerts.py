"""Raised, seen, acted on, closed with a note: only staff close an alert."""

from django.db import transaction

from assessments import calls, reminders
from assessments.definitions import Definition
from assessments.models import Alert, ReviewRules, Rule
from assessments.progress import moves_of, prompts_of
from clients.models import Client
from practice import audit

from .assign import note_missed
from .review import note_review


class AlreadyClosed(Exception):
    """Somebody else closed it meanwhile, and their note stands."""


class AlreadyActed(Exception):
    """Somebody else has said meanwhile what was done, and that stands."""


def newly_critical(definition: Definition, answers: dict, *, before: dict) -> list[str]:
    """The items whose answer asks for somebody today, and was another one (or none) ``before``.

    The same answer kept once more is no news: neither a second alert nor the same help again.
    """
    return [
        item.id
        for item in definition.asked()
        if answers.get(item.id) in item.critical and answers[item.id] != before.get(item.id)
    ]


@transaction.atomic
def ask_to_talk(occurrence, *, by, now) -> Alert:
    """The client would rather talk before trying this. Asking twice is asking once."""
    occurrence.put_away_at = now
    occurrence.save(update_fields=["put_away_at"])
    return raise_alert(occurrence, Alert.Kind.TALK_FIRST, by=by, now=now)


@transaction.atomic
def hear(occurrence, *, by, now) -> Alert:
    """An answer that asks for somebody today, to something that is not open and keeps nothing."""
    return raise_alert(occurrence, Alert.Kind.CRITICAL, by=by, now=now)


@transaction.atomic
def raise_alert(about, kind: str, *, by, now) -> Alert:
    """One open alert of a kind about one occurrence, or one client; and no nagging meanwhile."""
    alert, is_new = set_off(about, kind, by=by, now=now)
    if is_new:
        record_raised([alert], by=by)
    return alert


def set_off(about, kind: str, *, by, now) -> tuple[Alert, bool]:
    """Within a transaction: the alert, and whether it is new. Its line in the audit trail comes
    last, for several may be set off at once, and another may be raising the same."""
    what = {"client": about, "occurrence": None} if isinstance(about, Client) else None
    alert, is_new = Alert.objects.get_or_create(
        **(what or {"occurrence": about}),
        kind=kind,
        closed_at=None,
        defaults={
            "practice_id": about.practice_id,
            "client_id": about.client_id,
            "raised_at": now,
            "created_by": by,
        },
    )
    if alert.stops_messages:
        reminders.plan([alert.client_id], now=now)
    if is_new:
        calls.plan_calls(alert, now=now)
    return alert, is_new


def record_raised(alerts: list[Alert], *, by) -> None:
    for alert in alerts:
        audit.record("alert.raised", alert, by=by)


@transaction.atomic
def see_alert(alert, *, by, now) -> Alert:
    """Nobody else is told of it from here on."""
    if Alert.objects.filter(pk=alert.pk, seen_at__isnull=True).update(seen_at=now, seen_by=by):
        alert.seen_at, alert.seen_by = now, by
        calls.let_go(alert, now=now)
        audit.record("alert.seen", alert, by=by)
    return alert


@transaction.atomic
def act_on_alert(alert, *, by, acted: str, words: str = "", now) -> Alert:
    """Say what was done; it stays open. Raises AlreadyClosed, or AlreadyActed: the first stands."""
    current = _locked(alert)
    if current.acted_at:
        raise AlreadyActed
    changed = _seen_by_whoever_acts(current, by=by, now=now)
    changed += _acted(current, acted, words, by=by, now=now)
    current.save(update_fields=changed)
    calls.let_go(current, now=now)
    audit.record("alert.acted_on", current, by=by, detail={"acted": acted})
    return current


@transaction.atomic
def close_alert(alert, *, by, note, acted: str = "", now) -> Alert:
    """Raises AlreadyClosed when that has happened: the first note is the one that stays. What was
    ``acted`` is written down with it, unless somebody has said so before."""
    current = _locked(alert)
    changed = _seen_by_whoever_acts(current, by=by, now=now)
    if acted and not current.acted_at:
        changed += _acted(current, acted, "", by=by, now=now)
    current.closed_at, current.closed_by, current.note = now, by, note
    current.save(update_fields=[*changed, "closed_at", "closed_by", "note"])
    calls.let_go(current, now=now)
    if current.stops_messages:
        reminders.plan([current.client_id], now=now)
    _note_what_it_was_about(current, by=by, now=now)
    audit.record("alert.closed", current, by=by)
    return current


def _locked(alert) -> Alert:
    current = (
        Alert.objects.select_for_update(of=("self",), no_key=True)
        .select_related("client")
        .get(pk=alert.pk)
    )
    if current.closed_at:
        raise AlreadyClosed
    return current


def _seen_by_whoever_acts(alert: Alert, *, by, now) -> list[str]:
    if alert.seen_at:
        return []
    alert.seen_at, alert.seen_by = now, by
    return ["seen_at", "seen_by"]


def _acted(alert: Alert, acted: str, words: str, *, by, now) -> list[str]:
    alert.acted_at, alert.acted_by, alert.acted, alert.acted_words = now, by, acted, words
    return ["acted_at", "acted_by", "acted", "acted_words"]


def _note_what_it_was_about(alert: Alert, *, by, now) -> None:
    """The row that the alert stood for does not come back to Today until there is something new."""
    if alert.kind == Alert.Kind.WORSE:
        prompts = worse_prompts(alert.client)
        note_review([each for each in prompts if each.note is None], by=by, now=now)
    elif alert.kind == Alert.Kind.SILENCE:
        note_missed(alert.client, by=by, now=now)


def worse_prompts(client) -> list:
    """What is reliably worse than at the start of the episode, whichever rules are switched on."""
    only = ReviewRules(practice_id=client.practice_id, no_gain=False, lost=False, missed=False)
    moves = moves_of({client.pk: client}).get(client.pk, [])
    return [prompt for prompt in prompts_of(moves, only) if prompt.rule == Rule.WORSE]
