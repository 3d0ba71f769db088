"""What a client does: keep an answer, send it all, add an entry, put something away."""

from django.db import transaction
from django.db.models import Max

from assessments import reminders, scoring
from assessments.models import ActivityVersion, Alert, Occurrence, Response, Score
from clients.models import SafetyCheck
from practice import audit

from .alerts import raise_alert
from .assign import is_on_hold


class AlreadySent(Exception):
    """These answers were sent before, in another tab or by a second click."""


class NotOpen(Exception):
    """It is not asked now: not yet, no longer, or withdrawn."""


class NotAsked(Exception):
    """This question does not belong to what is asked (any more)."""


class NotComplete(Exception):
    """Something that must be answered is not; ``items`` are their ids."""

    def __init__(self, items):
        super().__init__(items)
        self.items = items


@transaction.atomic
def keep(occurrence: Occurrence, answers: dict, *, by, now) -> Response:
    """Save some answers of the draft, creating it with the first one.

    Only the named answers change, under a lock, so that two tabs do not undo each other.
    """
    draft = _draft(occurrence, by=by, now=now)
    asked = {item.id for item in draft.version.definition.asked()}
    if not asked.issuperset(answers):
        raise NotAsked(sorted(set(answers) - asked))
    draft.answers = draft.answers | answers
    draft.saved_at = now
    draft.save(update_fields=["answers", "saved_at"])
    return draft


@transaction.atomic
def submit(occurrence: Occurrence, *, by, now) -> Response:
    """Send the draft: scores, the occurrence's fact and the audit line in one transaction."""
    # Both rows in one statement, the occurrence first as in ``keep``: an answer that is still
    # being kept in the background must not meet this one crosswise.
    draft = (
        Response.objects.drafts()
        .select_for_update(of=("occurrence", "self"))
        .select_related("version", "occurrence")
        .defer("version__content")
        .annotate(safety=SafetyCheck.objects.newest_outcome_of("client_id"))
        .filter(occurrence=occurrence)
        .first()
    )
    if draft is None:
        raise AlreadySent
    definition = draft.version.definition
    is_held_back = definition.gated and draft.safety == SafetyCheck.Outcome.HOLD
    if not draft.occurrence.is_open(now) or is_held_back:
        raise NotOpen
    _require(definition, draft.answers)
    draft.submitted_at = now
    draft.save(update_fields=["submitted_at"])
    _seal(draft, occurrence, by=by, now=now)
    return draft


@transaction.atomic
def add_entry(occurrence: Occurrence, answers: dict, *, number: int, by, now) -> Response:
    """One entry of a log, or a form of one page, whole; never a draft.

    ``number`` is the one the form was opened for: a second click or a second tab with the same
    number raises AlreadySent and stores nothing, and so does a number that is not the next one.
    """
    current = _open_and_locked(occurrence, now)
    version = current_version(occurrence)
    definition = version.definition
    if current.answered_at and not definition.as_log:
        raise AlreadySent
    if _is_held_back(definition, occurrence):
        raise NotOpen
    _require(definition, answers)
    if number != next_number(occurrence):
        raise AlreadySent
    entry = Response.objects.create(
        practice_id=occurrence.practice_id,
        client_id=occurrence.client_id,
        episode_id=occurrence.assignment.episode_id,
        occurrence=occurrence,
        version=version,
        number=number,
        answers=answers,
        started_at=now,
        saved_at=now,
        submitted_at=now,
        created_by=by,
    )
    _seal(entry, occurrence, by=by, now=now)
    return entry


def next_number(occurrence) -> int:
    return (occurrence.responses.aggregate(last=Max("number"))["last"] or 0) + 1


def current_version(occurrence) -> ActivityVersion:
    return (
        ActivityVersion.objects.filter(activity=occurrence.assignment.activity_id)
        .order_by("-number")
        .first()
    )


@transaction.atomic
def say_safe_time(occurrence, *, by, now) -> None:
    was_put_away = occurrence.put_away_at is not None
    occurrence.safe_time_at, occurrence.put_away_at = now, None
    occurrence.save(update_fields=["safe_time_at", "put_away_at"])
    if was_put_away:
        reminders.plan([occurrence.client_id], now=now)
    audit.record("occurrence.safe_time", occurrence, by=by)


@transaction.atomic
def put_away(occurrence, *, by, now) -> None:
    """Not now, and no question asked."""
    occurrence.put_away_at = now
    occurrence.save(update_fields=["put_away_at"])
    reminders.plan([occurrence.client_id], now=now)
    audit.record("occurrence.put_away", occurrence, by=by)


@transaction.atomic
def take_out(occurrence, *, by, now) -> None:
    occurrence.put_away_at = None
    occurrence.save(update_fields=["put_away_at"])
    reminders.plan([occurrence.client_id], now=now)
    audit.record("occurrence.taken_out", occurrence, by=by)


@transaction.atomic
def mark_read(response, *, by, now) -> None:
    """The first reading by the care team is a fact; later ones are in the audit trail."""
    if Response.objects.unread().filter(pk=response.pk).update(read_at=now, read_by=by):
        response.read_at, response.read_by = now, by
    audit.record("response.read", response, by=by)


def _open_and_locked(occurrence, now) -> Occurrence:
    """Takes the occurrence's row, so that what follows happens to it one at a time."""
    current = Occurrence.objects.select_for_update().get(pk=occurrence.pk)
    if not current.is_open(now):
        raise NotOpen
    return current


def _is_held_back(definition, occurrence) -> bool:
    """A safety hold that came while it was being answered; what was kept stays kept."""
    return definition.gated and is_on_hold(occurrence.client_id)


def _draft(occurrence, *, by, now) -> Response:
    _open_and_locked(occurrence, now)
    draft = occurrence.responses.drafts().select_related("version").first()
    if draft is not None:
        return draft
    if occurrence.responses.submitted().exists():
        raise AlreadySent
    return Response.objects.create(
        practice_id=occurrence.practice_id,
        client_id=occurrence.client_id,
        episode_id=occurrence.assignment.episode_id,
        occurrence=occurrence,
        version=current_version(occurrence),
        started_at=now,
        saved_at=now,
        created_by=by,
    )


def _require(definition, answers) -> None:
    empty = [
        item.id
        for item in definition.asked()
        if item.required and answers.get(item.id) in (None, "", [])
    ]
    if empty:
        raise NotComplete(empty)


def _seal(response, occurrence, *, by, now) -> None:
    """All that follows from what was just sent."""
    definition = response.version.definition
    Score.objects.bulk_create(
        Score(
            practice_id=response.practice_id,
            client_id=response.client_id,
            response=response,
            scale=scale.code,
            value=scale.value,
            answered=scale.answered,
            missing=scale.missing,
            provisional=scale.provisional,
            engine=scale.engine,
            trace=scale.trace,
            taken_at=now,
            created_by=by,
        )
        for scale in scoring.score(definition, response.answers)
    )
    Occurrence.objects.filter(pk=occurrence.pk, answered_at__isnull=True).update(answered_at=now)
    audit.record("response.submitted", response, by=by)
    if any(response.answers.get(item.id) in item.alerts for item in definition.items):
        raise_alert(occurrence, Alert.Kind.NOT_SAFE, by=by, now=now)
