"""A copy that was filled in on paper, entered by the care team."""

from datetime import date, datetime, time
from uuid import UUID

from django.db import transaction

from assessments import schedule
from assessments.definitions import is_empty, unfit
from assessments.models import ActivityVersion, Assignment, Occurrence, Response
from practice.ids import uuid7

from .alerts import newly_critical
from .respond import AlreadySent, NotComplete, Unfit, seal

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

    It is asked and answered in one: nothing of it is ever open in the portal, nobody is reminded,
    and no safety check is needed, for it has happened. The scores are of that day. Questions may
    be left empty, also those that the portal requires: a paper copy has gaps.

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
    assignment, is_new = _asked_and_over(client, activity_version, by=by, now=now, once=once)
    if not is_new:
        return _entered_before(client, assignment)
    response = Response.objects.create(
        practice_id=client.practice_id,
        client=client,
        episode_id=assignment.episode_id,
        occurrence=_answered(assignment, by=by, now=now),
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


def _entered_before(client, assignment) -> Response:
    found = Response.objects.filter(
        client=client, occurrence__assignment=assignment, mode=Response.Mode.PAPER
    ).first()
    if found is None:
        raise AlreadySent
    return found
