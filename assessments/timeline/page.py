"""All that is known of one client, or what came since a moment."""

from dataclasses import dataclass
from datetime import datetime

from assessments import charts
from assessments.definitions import Kind
from assessments.models import Alert, Feedback, Response, Score
from assessments.progress import Move, moves_of

from .asked import asked_of
from .lanes import series_of
from .marks import alert_mark, episode_marks, feedback_mark, session_mark
from .practised import Measures, Practised, day_of, last_practised, measures_of, stacks_of

WIDTH = 1050
# On a phone eight weeks fill what is left beside the names; the rest is pushed in sideways.
PHONE_WIDTH, PHONE_WEEKS, PHONE_EDGES = 190, 8, 86


@dataclass(frozen=True)
class TimelinePage:
    drawing: charts.Timeline | None  # None before anything has happened
    measures: list[Measures]
    practised: Practised | None
    moves: list[Move]  # in the open episode, or in the last one when none is open
    is_in_care: bool
    has_unvalidated: bool  # some of the lanes need the reflection label


def since_of(client, span: str) -> datetime | None:
    """The moment from which ``span`` counts: the last session, or the start of the episode. None
    where there is no such moment, and everything is shown."""
    if span == "session":
        last = client.sessions.filter(attended_at__isnull=False).order_by("-starts_at").first()
        return last.starts_at if last else None
    if span == "start":
        episode = client.episodes.order_by("-opened_at").first()
        return episode.opened_at if episode else None
    return None


def timeline_of(
    client, *, now: datetime, since: datetime | None = None, on_phone: bool = False
) -> TimelinePage:
    """All that is known of ``client``, or what came since a moment, on one axis.

    Responses without a value stay in as gaps.
    """
    scores = list(
        Score.objects.filter(client=client)
        .defer("trace", "response__answers", "response__changes", "response__version__content")
        .select_related("response__version")
        .order_by("taken_at")
    )
    entries = list(
        Response.objects.submitted()
        .filter(client=client, version__activity__kind=Kind.EXERCISE)
        .select_related("version")
        .defer("changes", "version__content")
        .order_by("submitted_at")
    )
    episodes = list(client.episodes.order_by("opened_at"))
    last = [episode.pk for episode in episodes[-1:]]
    moves = moves_of({client.pk: client}, last).get(client.pk, [])
    day = client.local_day
    happened = {
        "sessions": [session_mark(session, day, now) for session in client.sessions.all()],
        "alerts": [alert_mark(alert, day) for alert in Alert.objects.filter(client=client)],
        "feedback": [feedback_mark(each, day) for each in _feedback(client)],
    }
    homework = asked_of(client, day, now)
    days = [
        *(day(score.taken_at) for score in scores),
        *(day_of(entry, day) for entry in entries),
        *(week.at for week in homework),
        *(mark.at for marks in happened.values() for mark in marks),
    ]
    drawing = None
    if days:
        happened["episodes"] = episode_marks(episodes, day)
        days += [mark.at for mark in happened["episodes"]]
        start, end = day(since) if since else min(days), max(day(now), *days)
        drawing = charts.timeline(
            start=start,
            end=end,
            **happened,
            homework=homework,
            series=series_of(scores, day, moves),
            stacks=stacks_of(entries, day),
            width=_phone_width(start, end) if on_phone else WIDTH,
            is_narrow=on_phone,
        )
    return TimelinePage(
        drawing=drawing,
        measures=measures_of(entries),
        practised=last_practised(entries[-1], day) if entries else None,
        moves=moves,
        is_in_care=any(episode.closed_at is None for episode in episodes),
        has_unvalidated=any(not score.response.version.definition.is_validated for score in scores),
    )


def _feedback(client):
    return (
        Feedback.objects.filter(client=client)
        .defer("words", "response__answers", "response__changes", "response__version__content")
        .select_related("response__version")
        .defer("response__answers")
    )


def _phone_width(start, end) -> int:
    return PHONE_EDGES + round((end - start).days * PHONE_WIDTH / (7 * PHONE_WEEKS))
