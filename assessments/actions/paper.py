"""A copy that was filled in on paper, entered by the care team."""

from datetime import date, datetime, time
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from assessments import schedule
from assessments.definitions import is_empty, unfit
from assessments.models import ActivityVersion, Assignment, Occurrence, Response
from practice.ids import uuid7

from .alerts import newly_critical
from .refusals import AlreadySent, NotComplete, Unfit
from .sealing import seal

EARLIEST = date(1900, 1, 1)


class WrongDay(Exception):
    """A day to come on the client's calendar, or one that nobody alive has filled anything in."""


@transaction.atomic
def enter_paper(
    client,
    activity_version: ActivityVersion,
    answers: dict,
    *,
    filled_on: date,
    by,
    now: datetime,
    once: UUID | None = None,
) -> Response:
    """What ``client`` filled in on paper on ``filled_on``, as answers that their items take.

    It answers what they are asked now, if that is the same and was not begun in the portal, and the
    copy was filled in since: then nobody is reminded of it, and a program moves on. Otherwise it is
    asked and answered in one, and nothing of it is ever open in the portal. No safety check is
    needed, for it has happened. The scores are of that day. Questions may be left empty, also
    those that the portal requires: a paper copy has gaps.

    A critical answer raises its alert as it does in the portal, although whoever types it has the
    paper at hand: typing a number is not taking it in, whoever types need not be who would act,
    and nothing else would bring an entered copy to anybody's eyes, for it counts as read. What
    was dealt with long ago is closed with a line that says so.

    ``once`` names this entry: the same one again gives the response that is there already.
    Raises WrongDay, NotComplete when there is no answer at all, Unfit for answers that the
    definition refuses, AlreadySent when ``once`` names something else.
    """
    _check_day(client, filled_on, now)
    definition = activity_version.definition
    answers = {item_id: answer for item_id, answer in answers.items() if not is_empty(answer)}
    _check(definition, answers)
    asked = _asked_now(client, activity_version, filled_on=filled_on, now=now)
    if once and (before := _entered_before(client, once)):
        return before
    if asked is None:
        assignment, is_new = _asked_and_over(client, activity_version, by=by, now=now, once=once)
        if not is_new:
            if before := _entered_before(client, once):  # a second click at the same moment
                return before
            raise AlreadySent
        asked = _answered(assignment, by=by, now=now)
    response = Response.objects.create(
        pk=once or uuid7(),
        practice_id=client.practice_id,
        client=client,
        episode_id=asked.assignment.episode_id,
        occurrence=asked,
        version=activity_version,
        answers=answers,
        mode=Response.Mode.PAPER,
        filled_on=filled_on,
        started_at=now,
        saved_at=now,
        submitted_at=now,
        read_at=now,
        read_by=by,
        created_by=by,
    )
    midday = datetime.combine(filled_on, time(12), client.zone)
    seal(
        response,
        by=by,
        now=now,
        taken_at=min(midday, now),
        is_critical=bool(newly_critical(definition, answers, before={})),
        action="response.entered",
    )
    return response


def _check_day(client, filled_on: date, now: datetime) -> None:
    if not EARLIEST <= filled_on <= now.astimezone(client.zone).date():
        raise WrongDay


def _check(definition, answers: dict) -> None:
    if not answers:
        raise NotComplete({item.id: "needed" for item in definition.asked()})
    found = unfit(definition, answers)
    if reasons := {item_id: reason for item_id, reason in found.items() if item_id in answers}:
        raise Unfit(reasons)


def _asked_and_over(client, activity_version, *, by, now, once) -> tuple[Assignment, bool]:
    return Assignment.objects.get_or_create(
        pk=once or uuid7(),
        defaults={
            "practice_id": client.practice_id,
            "client": client,
            "episode": client.episodes.get(closed_at__isnull=True),
            "activity_id": activity_version.activity_id,
            "schedule": schedule.Once(due_on=None).model_dump(mode="json"),
            "assigned_at": now,
            "ended_at": now,
            "created_by": by,
        },
    )


def _answered(assignment, *, by, now) -> Occurrence:
    """Answered, and withdrawn so that nobody adds an entry to it where it is a log."""
    return Occurrence.objects.create(
        practice_id=assignment.practice_id,
        client_id=assignment.client_id,
        assignment=assignment,
        number=1,
        opens_at=now,
        answered_at=now,
        withdrawn_at=now,
        created_by=by,
    )


def _asked_now(client, activity_version, *, filled_on: date, now) -> Occurrence | None:
    """What a copy of that day answers, its row held; nothing where entries are added one by one."""
    if activity_version.definition.as_log:
        return None
    begun = Response.objects.filter(occurrence=OuterRef("pk"))
    waiting = (
        Occurrence.objects.waiting()
        .open(now)
        .filter(~Exists(begun), client=client, assignment__activity=activity_version.activity_id)
        .select_related("assignment")
        .select_for_update(of=("self",), no_key=True)
        .order_by("opens_at")
    )
    opened = (row for row in waiting if row.opens_at.astimezone(client.zone).date() <= filled_on)
    return next(opened, None)


def _entered_before(client, once: UUID) -> Response | None:
    named = Q(pk=once) | Q(occurrence__assignment=once)
    found = Response.objects.filter(named, client=client, mode=Response.Mode.PAPER).first()
    if found is None and Response.objects.filter(pk=once).exists():
        raise AlreadySent
    return found
