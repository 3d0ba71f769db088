"""What a client does: keep an answer, send it all, add an entry."""

from uuid import UUID

from django.db import transaction

from assessments.definitions import is_empty, unfit, unfit_answer
from assessments.models import ActivityVersion, Alert, Occurrence, Response, Sharing
from practice import audit
from practice.database.prepared import insert

from .alerts import newly_critical, raise_alert
from .begun import current_version, draft_and_number, is_held_back, locked, to_be_sent
from .ending import choose, end, may_stay_private, new_number, settle
from .refusals import AlreadySent, BegunElsewhere, NotAgreed, NotAsked, NotComplete, NotOpen, Unfit
from .reminding import touch
from .tabs import KeptElsewhere, Tab, given_elsewhere, is_changed_elsewhere, note_changes


@transaction.atomic
def keep(
    occurrence: Occurrence,
    answers: dict,
    *,
    by,
    now,
    number: int | None = None,
    once: UUID | None = None,
    version: ActivityVersion | None = None,
    sharing: str | None = None,
    tab: Tab | None = None,
) -> Response:
    """Save some answers of the draft, creating it with the first one.

    Only the named answers change, under a lock, so that two tabs do not undo each other. What an
    answer to another question has closed meanwhile is kept too, and set aside when it is sent.
    What was answered otherwise in another window since ``tab`` was opened stands, and is named in
    ``elsewhere`` of what is returned.
    An answer that asks for somebody today raises its alert here, sent or not, kept or not.

    ``once`` or ``number`` say which entry the form was opened for, and ``version`` the one that it
    was made of, where that is not the newest any more. Raises AlreadySent when that one was
    sent, BegunElsewhere when another entry is being written, NotAsked for a question that this
    draft does not have, Unfit for an answer that its
    question does not take; something required may still be empty. ``sharing``: what is to become
    of it, None where the client said nothing about it.
    """
    draft = _draft(occurrence, number=number, once=once, version=version, by=by, now=now)
    definition = draft.version.definition
    _refuse(definition, answers)
    critical = newly_critical(definition, answers, before=draft.answers)
    is_new = draft._state.adding
    draft.elsewhere = given_elsewhere(draft, answers, tab)
    left = {each.item_id for each in draft.elsewhere}
    given = {item_id: answer for item_id, answer in answers.items() if item_id not in left}
    note_changes(draft, given, tab, now=now)
    draft.answers = draft.answers | given
    draft.saved_at = now
    chosen = choose(draft, _allowed(definition, sharing), now=now)
    _save(draft, is_new, "answers", "saved_at", "changes", *chosen)
    if critical:
        raise_alert(occurrence, Alert.Kind.CRITICAL, by=by, now=now)
    return draft


@transaction.atomic
def throw_away(occurrence: Occurrence, *, by, now) -> None:
    """The client would rather begin this page anew. An alert that it raised stays."""
    _open_and_locked(occurrence, now)
    thrown, _each = occurrence.responses.drafts().delete()
    if thrown:
        audit.record("response.thrown_away", occurrence, by=by)


@transaction.atomic
def submit(
    occurrence: Occurrence, *, by, now, sharing: str | None = None, seen: int | None = None
) -> Response:
    """Send the draft: scores, the occurrence's fact and the audit line in one transaction. Or keep
    it to oneself, where that is what its client has chosen.

    ``seen`` is the newest change in the list that is sent: raises KeptElsewhere when something was
    changed since, and NotAgreed when the client has taken back that their care team reads: then
    all of it stays a draft. What stands on one page is sent by ``add_entry``; here it raises
    NotAsked.
    """
    draft = to_be_sent(occurrence)
    if draft is None:
        raise AlreadySent
    definition = draft.version.definition
    if definition.layout == "page":
        raise NotAsked
    if not draft.occurrence.is_open(now) or is_held_back(definition, draft):
        raise NotOpen
    if not draft.is_agreed:
        raise NotAgreed
    if seen is not None and draft.change > seen:
        raise KeptElsewhere
    answers = counting(definition, draft.answers)
    _require(definition, answers)
    changed = [] if answers == draft.answers else ["answers"]
    changed += choose(draft, _allowed(definition, sharing), now=now) + end(draft, now=now)
    draft.answers = answers
    draft.save(update_fields=changed)
    settle(draft, by=by, now=now)
    return draft


@transaction.atomic
def add_entry(
    occurrence: Occurrence,
    answers: dict,
    *,
    by,
    now,
    number: int | None = None,
    once: UUID | None = None,
    sharing: str | None = None,
    tab: Tab | None = None,
) -> Response:
    """One entry of a log, or a form of one page, whole; what was kept of it becomes the entry.

    ``once`` is the entry that the form was opened for. A second click raises AlreadySent and stores
    nothing; another tab of a log has another one, and adds an entry beside what is being written.
    So does a ``number`` that is not the next one, where that is all that is known. Raises
    KeptElsewhere when something was answered otherwise in another window.
    """
    current = _open_and_locked(occurrence, now)
    begun, next_one = draft_and_number(occurrence)
    draft = begun
    version = draft.version if draft else current_version(occurrence)
    definition = version.definition
    if current.answered_at and not definition.as_log:
        raise AlreadySent
    if once is None and number != next_one:
        raise AlreadySent
    if once is not None and (draft is None or once != draft.pk):
        _not_ended(once)
        draft = None if definition.as_log else draft
    if is_held_back(definition, current):
        raise NotOpen
    if not current.is_agreed:
        raise NotAgreed
    _refuse(definition, answers)
    if draft and given_elsewhere(draft, answers, tab):
        raise KeptElsewhere
    number = next_one if draft is begun else new_number(occurrence)
    entry = draft or _new(occurrence, version, number=number, once=once, by=by, now=now)
    return _sent(entry, answers, sharing=sharing, by=by, now=now)


@transaction.atomic
def send_whole(occurrence: Occurrence, answers: dict, *, by, now, tab: Tab | None = None):
    """All answers of what has steps, where they stood on one page: kept and sent at one stroke.

    Raises what ``keep`` and ``submit`` raise, and KeptElsewhere when anything was answered in
    another window since: the page does not show all that would be sent. Then none of it is kept.
    """
    current = _open_and_locked(occurrence, now)
    draft, number = draft_and_number(occurrence)
    version = draft.version if draft else current_version(occurrence)
    if current.answered_at:
        raise AlreadySent
    if version.definition.layout == "page":
        raise NotAsked
    if is_held_back(version.definition, current):
        raise NotOpen
    if not current.is_agreed:
        raise NotAgreed
    _refuse(version.definition, answers)
    if draft and is_changed_elsewhere(draft, tab):
        raise KeptElsewhere
    response = draft or _new(occurrence, version, number=number, once=None, by=by, now=now)
    return _sent(response, response.answers | answers, sharing=None, by=by, now=now)


def _sent(response: Response, answers: dict, *, sharing: str | None, by, now) -> Response:
    definition, is_new = response.version.definition, response._state.adding
    critical = newly_critical(definition, answers, before=response.answers)
    response.answers = counting(definition, answers)
    _require(definition, response.answers)
    response.saved_at = now
    changed = choose(response, _allowed(definition, sharing), now=now) + end(response, now=now)
    _save(response, is_new, "answers", "saved_at", *changed)
    if critical and response.is_private:
        raise_alert(response.occurrence, Alert.Kind.CRITICAL, by=by, now=now)
    settle(response, by=by, now=now, is_critical=bool(critical))
    return response


def _save(response: Response, is_new: bool, *changed: str) -> None:
    insert(response) if is_new else response.save(update_fields=changed)


def _allowed(definition, sharing: str | None) -> str | None:
    """A screener is sent: it is done to be looked at together."""
    is_private = sharing == Sharing.MYSELF
    return Sharing.SEND if is_private and not may_stay_private(definition) else sharing


def _not_ended(once: UUID) -> None:
    if Response.objects.filter(pk=once).exists():
        raise AlreadySent


def version_that_asked(occurrence, item_ids: set[str]) -> ActivityVersion | None:
    """The newest version with a question of these, of what stands on one page."""
    versions = ActivityVersion.objects.filter(activity=occurrence.assignment.activity_id)
    for version in versions.order_by("-number"):
        asked = {item.id for item in version.definition.asked()}
        if asked & item_ids and version.definition.layout == "page":
            return version
    return None


def counting(definition, answers: dict) -> dict:
    """What is left of the answers when those to questions that they close are set aside."""
    return {item.id: answers[item.id] for item in definition.shown(answers) if item.id in answers}


def _open_and_locked(occurrence, now) -> Occurrence:
    """Takes the occurrence's row, so that what follows happens to it one at a time."""
    current = locked(occurrence)
    if not current.is_open(now):
        raise NotOpen
    touch(current, now=now)
    return current


def _draft(occurrence, *, number, once, version, by, now) -> Response:
    current = _open_and_locked(occurrence, now)
    draft, expected = draft_and_number(occurrence)
    if once is not None and (draft is None or once != draft.pk):
        _not_ended(once)
    if draft is not None:
        if number not in (None, draft.number):
            raise AlreadySent
        if once not in (None, draft.pk) and draft.version.definition.as_log:
            raise BegunElsewhere
        return draft
    version = version or current_version(occurrence)
    is_done = current.answered_at is not None and not version.definition.as_log
    if number not in (None, expected) or is_done:
        raise AlreadySent
    return _new(occurrence, version, number=expected, once=once, by=by, now=now)


def _new(occurrence, version, *, number, once, by, now) -> Response:
    return Response(
        **({"pk": once} if once else {}),
        practice_id=occurrence.practice_id,
        client_id=occurrence.client_id,
        episode_id=occurrence.assignment.episode_id,
        occurrence=occurrence,
        version=version,
        number=number,
        started_at=now,
        saved_at=now,
        created_by=by,
    )


def _refuse(definition, answers) -> None:
    """One by one, whatever else is answered; an answer can always be taken back."""
    asked = {item.id: item for item in definition.asked()}
    if not asked.keys() >= answers.keys():
        raise NotAsked(sorted(answers.keys() - asked.keys()))
    found = {
        item_id: unfit_answer(definition, asked[item_id], answer)
        for item_id, answer in answers.items()
        if not is_empty(answer)
    }
    if reasons := {item_id: reason for item_id, reason in found.items() if reason}:
        raise Unfit(reasons)


def _require(definition, answers) -> None:
    """All of them together, as they are to be sent."""
    reasons = unfit(definition, answers)
    if reasons and set(reasons.values()) == {"needed"}:
        raise NotComplete(reasons)
    if reasons:
        raise Unfit(reasons)
