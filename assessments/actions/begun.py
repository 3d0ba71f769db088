"""What is read while somebody answers, by each page and each answer that is kept: prepared."""

from uuid import UUID

from django.db.models import Max, Window
from django.db.models.functions import Coalesce

from assessments.definitions import Definition
from assessments.models import ActivityVersion, Occurrence, Response
from clients.models import Agreement, Consent, SafetyCheck
from practice.database.prepared import Prepared
from practice.models import User


def mine(user, occurrence_id: UUID) -> Occurrence | None:
    """What is asked of the client who ``user`` is, with its draft and the version of today."""
    found = MINE.first(user=user.pk, practice=user.practice_id, pk=occurrence_id)
    if found is not None:
        draft = getattr(found, "draft", None)  # Django sets none where there is none
        found.draft = _whole(draft, found) if draft else None
    return found


def locked(occurrence: Occurrence) -> Occurrence:
    """The row as it is by now, and nobody else's until the transaction ends."""
    found = LOCKED.first(pk=occurrence.pk)
    if found is None:
        raise Occurrence.DoesNotExist
    return found


def draft_and_number(occurrence: Occurrence) -> tuple[Response | None, int]:
    """What is being written, and its number; with none, the number of the next one."""
    latest = LATEST.first(occurrence=occurrence.pk)
    if latest is None:
        return None, 1
    if latest.ended_at is None:
        return _whole(latest, occurrence), latest.number
    return None, (latest.most or 0) + 1


def to_be_sent(occurrence: Occurrence) -> Response | None:
    """The draft and its occurrence, locked: the occurrence first as in ``locked``, so that an
    answer that is still being kept in the background does not meet this one crosswise."""
    draft = TO_BE_SENT.first(occurrence=occurrence.pk)
    return draft and _whole(draft, draft.occurrence)


def is_held_back(definition: Definition, found: Occurrence | Response) -> bool:
    """By a safety hold, which may come while it is being answered; what was kept stays kept."""
    return definition.gated and found.safety == SafetyCheck.Outcome.HOLD


def next_number(occurrence: Occurrence) -> int:
    """Of the entry that is added next; of the draft, where one is being written."""
    return draft_and_number(occurrence)[1]


def current_version(occurrence: Occurrence) -> ActivityVersion:
    """What is asked today. It came along with an occurrence from ``mine``."""
    pk = getattr(occurrence, "version_today", None)
    if pk is None:
        pk = NEWEST.first(activity=occurrence.assignment.activity_id).pk
    return ActivityVersion.known([pk])[pk]


def _whole(draft: Response, occurrence: Occurrence) -> Response:
    draft.occurrence = occurrence
    draft.version = ActivityVersion.known([draft.version_id])[draft.version_id]
    return draft


def _with_what_holds(rows):
    """What decides whether it may be answered: consent, and the newest safety check."""
    return rows.annotate(
        is_agreed=Consent.objects.given_by("client", Agreement.CARE),
        safety=SafetyCheck.objects.newest_outcome_of("client_id"),
    )


def _mine(user, practice, pk):
    rows = Occurrence.objects.mine(User(pk=user, practice_id=practice)).filter(pk=pk)
    return _with_what_holds(rows).with_draft().select_related("assignment__created_by")


def _locked(pk):
    return _with_what_holds(Occurrence.objects.filter(pk=pk)).select_for_update(no_key=True)


def _latest(occurrence):
    """The draft, if there is one: nothing has ended it, and nothing comes first."""
    rows = Response.objects.filter(occurrence=occurrence).annotate(most=Window(Max("number")))
    return rows.order_by(Coalesce("submitted_at", "finished_at").asc(nulls_first=True))[:1]


def _to_be_sent(occurrence):
    rows = _with_what_holds(Response.objects.drafts().filter(occurrence=occurrence))
    rows = rows.select_related("occurrence__assignment")
    return rows.select_for_update(of=("occurrence", "self"), no_key=True)


def _newest(activity):
    return ActivityVersion.objects.filter(activity=activity).order_by("-number").only("pk")[:1]


MINE = Prepared("occurrence_mine", _mine, user=UUID, practice=UUID, pk=UUID)
LOCKED = Prepared("occurrence_locked", _locked, pk=UUID)
LATEST = Prepared("response_latest", _latest, occurrence=UUID)
TO_BE_SENT = Prepared("response_to_be_sent", _to_be_sent, occurrence=UUID)
NEWEST = Prepared("version_newest", _newest, activity=UUID)
