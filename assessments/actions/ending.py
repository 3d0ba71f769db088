"""How it ends: sent, or kept by the client to themselves. And what may still become of it then.

What is kept to oneself has no ``submitted_at``: nothing that the practice sees holds it. That what
was asked is done is told all the same, so that nobody is reminded of it or asked why not. Nothing
of it is scored and its words are searched for nothing. An answer that asks for somebody today has
raised its alert before, as it does in a draft.
"""

from django.db import transaction
from django.db.models import F, Max, Min, OuterRef, Subquery
from django.db.models.functions import Coalesce

from assessments.definitions import Definition, Kind
from assessments.models import Occurrence, Response, Score, Sharing
from clients.models import Agreement, Consent, LegalHold
from practice import audit

from . import programs
from .bringing import mark
from .refusals import NotAgreed
from .sealing import note_answered, seal


class AlreadyRead(Exception):
    """Somebody of the practice has seen it, or it went into a file: it can't be taken back."""


class MustStay(Exception):
    """A legal hold stands: what was sent stays as it was sent."""


class CareIsOver(Exception):
    """The episode that it belongs to is closed: nobody would read it."""


def may_stay_private(definition: Definition) -> bool:
    """Exercises and entries of a log. A screener is done to be looked at together."""
    return definition.kind == Kind.EXERCISE


def choose(draft: Response, sharing: str | None, *, now) -> list[str]:
    """Note on a draft what is to become of it, None where nothing was said; the fields to save."""
    if sharing is None or sharing == draft.sharing:
        return []
    mark(draft, sharing == Sharing.BRING, now=now)
    draft.kept_to_self_at = now if sharing == Sharing.MYSELF else None
    return ["brought_at", "kept_to_self_at"]


def end(response: Response, *, now) -> list[str]:
    """Done, as the client has chosen; the fields to save. ``settle`` follows when it is saved."""
    response.changes = {}
    if response.kept_to_self_at:
        response.finished_at, response.number = now, None
    else:
        response.submitted_at = now
    return ["changes", "finished_at", "number", "submitted_at"]


def settle(response: Response, *, by, now, is_critical=False) -> None:
    """Within the transaction: all that follows."""
    if not response.is_private:
        seal(response, by=by, now=now, is_critical=is_critical)
        return
    is_news = bool(note_answered(pk=response.occurrence_id, now=now))
    given = programs.answered(response, now=now)
    if is_news:  # of the entry itself the trail says nothing: the practice reads the trail
        audit.record("occurrence.done", response.occurrence, by=by)
    programs.record_given(given, by=None)


def new_number(occurrence) -> int:
    """Of one more entry, beside all that there are."""
    return (occurrence.responses.aggregate(most=Max("number"))["most"] or 0) + 1


@transaction.atomic
def share(response: Response, *, bring: bool, by, now) -> Response:
    """Send what was kept to oneself, as it was written. Twice is once. Raises NotAgreed when the
    client has taken back that their care team reads what they send."""
    Occurrence.objects.select_for_update(no_key=True).get(pk=response.occurrence_id)
    current = (
        Response.objects.private()
        .select_for_update(of=("self",), no_key=True)
        .select_related("version", "episode", "occurrence__assignment")
        .annotate(is_agreed=Consent.objects.given_by("client", Agreement.CARE))
        .filter(pk=response.pk)
        .first()
    )
    if current is None:
        return response
    if current.episode.closed_at:
        raise CareIsOver
    if not current.is_agreed:
        raise NotAgreed
    answered_at = current.finished_at
    current.number = new_number(current.occurrence)
    current.finished_at = current.kept_to_self_at = None
    current.submitted_at = now
    mark(current, bring, now=now)
    current.save(
        update_fields=["number", "finished_at", "kept_to_self_at", "submitted_at", "brought_at"]
    )
    # A score stands on the day of its answers, whenever they are sent.
    seal(current, by=by, now=now, taken_at=answered_at)
    return current


@transaction.atomic
def take_back(response: Response, *, by, now) -> None:
    """It is the client's alone again, whole and as it is. One statement decides between them and
    whoever opens it at the same moment. Raises AlreadyRead, or MustStay. An alert that it raised
    stays."""
    if LegalHold.objects.standing().filter(client=response.client_id).exists():
        raise MustStay
    scores = Score.objects.filter(response=OuterRef("pk")).values("response")
    answered_at = Subquery(scores.values(at=Min("taken_at")))  # before it was sent, perhaps
    found = Response.objects.can_be_taken_back().filter(pk=response.pk)
    taken = not response.feedback.exists() and found.update(
        submitted_at=None,
        finished_at=Coalesce(answered_at, F("submitted_at")),
        kept_to_self_at=now,
        brought_at=None,
        number=None,
    )
    if not taken:
        if Response.objects.submitted().filter(pk=response.pk).exists():
            raise AlreadyRead
        return
    Score.objects.filter(response=response.pk).delete()
    audit.record("response.taken_back", response, by=by)


def discard(response: Response, *, by) -> bool:
    """Throw away for good what its client has kept to themselves. Nobody is told: nobody knew."""
    gone, _each = Response.objects.private().mine(by).filter(pk=response.pk).delete()
    return bool(gone)
