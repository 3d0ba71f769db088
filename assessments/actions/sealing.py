"""All that follows from what was sent, within the transaction of the sending."""

from datetime import datetime
from uuid import UUID

from assessments import scoring
from assessments.definitions import DECLINED, NOT_APPLICABLE, is_empty
from assessments.models import Alert, Occurrence, Score
from practice import audit
from practice.database.prepared import PreparedUpdate

from . import programs
from .alerting import holds_a_phrase, policy_for, worse_lines
from .alerts import record_raised, set_off


def _answered(pk, now):
    return Occurrence.objects.filter(pk=pk, answered_at__isnull=True), {"answered_at": now}


note_answered = PreparedUpdate("occurrence_answered", _answered, pk=UUID, now=datetime)


def seal(
    response, *, by, now, taken_at=None, is_critical=False, action="response.submitted"
) -> None:
    """All that follows from what was just sent, or entered from paper. ``taken_at``: when it was
    answered, where that was not now.

    ``is_critical``: something in it asks for somebody today, and no alert says so yet.
    """
    definition = response.version.definition
    policy = policy_for(definition, response.practice_id)
    worse_before = worse_lines(policy, definition, response.client_id)
    Score.objects.bulk_create(_scores(response, taken_at=taken_at or now, by=by))
    note_answered(pk=response.occurrence_id, now=now)
    given = programs.answered(response, now=now)
    response.asks_for_help = holds_a_phrase(policy, definition, response.answers)
    # The same verdict once more is no news: Today has it, and the course.
    is_news = worse_lines(policy, definition, response.client_id) - worse_before
    wanted = [
        (is_critical, response.occurrence, Alert.Kind.CRITICAL),
        (_asks_for_a_talk(response), response.occurrence, Alert.Kind.NOT_SAFE),
        (response.asks_for_help, response.occurrence, Alert.Kind.PHRASE),
        (is_news, is_news and response.client, Alert.Kind.WORSE),
    ]
    found = [set_off(about, kind, by=by, now=now) for is_so, about, kind in wanted if is_so]
    record_raised([alert for alert, is_new in found if is_new], by=by)
    detail = {"brought": True} if response.is_brought else None
    audit.record(action, response, by=by, detail=detail)
    programs.record_given(given, by=None)


def _scores(response, *, taken_at, by) -> list[Score]:
    definition = response.version.definition
    return [
        Score(
            practice_id=response.practice_id,
            client_id=response.client_id,
            response=response,
            scale=scale.code,
            about=_about(response),
            value=scale.value,
            answered=scale.answered,
            missing=scale.missing,
            provisional=scale.provisional,
            engine=scale.engine,
            trace=scale.trace,
            taken_at=taken_at,
            created_by=by,
        )
        for scale in scoring.score(definition, response.answers)
    ]


def _about(response) -> str:
    """The code of whom the answers are about, where that was asked and said."""
    index = response.version.definition.index_item
    about = response.answers.get(index) if index else None
    return "" if is_empty(about) or about in (NOT_APPLICABLE, DECLINED) else str(about)


def _asks_for_a_talk(response) -> bool:
    items = response.version.definition.items
    return any(response.answers.get(item.id) in item.alerts for item in items)
