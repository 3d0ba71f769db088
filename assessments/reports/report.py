"""From rows to the report, in a number of statements that does not depend on what came in."""

from collections import Counter
from datetime import datetime

from django.conf import settings
from django.db.models import F
from django.utils import formats, translation
from django.utils.translation import gettext as _

from assessments import charts
from assessments.definitions import Kind
from assessments.models import Response, Score
from assessments.progress import moves_of
from assessments.progress.words import LIMITS_OF_A_VERDICT
from assessments.timeline.lanes import lines_of, series_of
from assessments.timeline.practised import stacks_of
from assessments.timeline.words import day_in_words
from clients.models import Client, Episode, Session

from .drawing import DRAWING_WIDTH, signs_in_words
from .homework import goals_of, homework_of, logs_of
from .paper import paper_of, typeset
from .quotes import quotes_of
from .scales import scale_of
from .summary import is_judged, summary_of


def report_pdf(client: Client, *, by, now: datetime, with_words: bool = False) -> bytes:
    """Of the open episode, or of the last one when none is open.

    What the client wrote in their own words is in it only ``with_words``. Private notes, drafts
    and alerts never are.
    """
    with translation.override(_spoken(client.practice.language)):
        report = report_of(client, by=by, now=now, with_words=with_words)
    return typeset(report, made_at=now)


def report_of(client: Client, *, by, now: datetime, with_words: bool) -> dict:
    """What ``report.typ`` lays out: words, numbers and places."""
    newest = client.episodes.order_by(F("closed_at").desc(nulls_first=True), "-opened_at")
    episode = newest[0]
    sessions = list(client.sessions.filter(episode=episode).defer("note", "points"))
    return {
        "language": translation.get_language(),
        "paper": paper_of(client.practice.time_zone),
        "title": _("Progress report"),
        "practice": client.practice.name,
        "confidential": _("Confidential"),
        "page": _("Page {n} of {m}"),
        "foot": _foot(client, now),
        "facts": _facts(client, episode, sessions, by, now),
        "what_it_is": _(
            "This report shows answers to questionnaires and exercises, and how they changed. "
            "It is not a diagnosis."
        ),
        **_body(client, episode, sessions, now, with_words),
    }


def _spoken(language: str) -> str:
    """The language that is really written: a voice reads it aloud as the one it says it is."""
    try:
        return translation.get_supported_language_variant(language)
    except LookupError:
        return settings.LANGUAGE_CODE


def _body(client, episode: Episode, sessions: list[Session], now, with_words: bool) -> dict:
    day = client.local_day
    Response.objects.filter(episode=episode).note_shown(now)
    scores = list(
        Score.objects.filter(response__episode=episode)
        .defer("trace", "response__answers")
        .select_related("response__version")
        .order_by("taken_at")
    )
    responses = list(
        Response.objects.submitted()
        .filter(episode=episode)
        .select_related("version")
        .order_by("submitted_at")
    )
    moves = moves_of({client.pk: client}, [episode.pk]).get(client.pk, [])
    if not (scores or responses or client.assignments.filter(episode=episode).exists()):
        return {
            "empty": _(
                "Nothing was asked or answered in this episode: there is no progress to report."
            )
        }
    entries = [row for row in responses if row.version.definition.kind == Kind.EXERCISE]
    stacks = stacks_of(entries, day)
    drawing = _drawing(client, episode, sessions, scores, moves, stacks, now)
    lines = lines_of(scores)
    series = [lane for lane in drawing.lanes if lane.kind == "series"]
    piles = [lane for lane in drawing.lanes if lane.kind == "stack"]
    return {
        "summary": summary_of(lines, [lane.title for lane in series], moves),
        "limits": str(LIMITS_OF_A_VERDICT) if any(map(is_judged, moves)) else "",
        "signs": signs_in_words(drawing),
        "scales": [
            scale_of(line, lane, drawing, line.move_among(moves), day)
            for line, lane in zip(lines, series, strict=True)
        ],
        "homework": homework_of(episode, responses, stacks, now=now),
        "logs": logs_of(stacks, piles, drawing),
        "goals": goals_of(responses, with_words=with_words),
        "quotes": quotes_of(responses, day) if with_words else [],
        "client_language": client.language,
        "words": _headings(),
    }


def _drawing(client, episode: Episode, sessions, scores, moves, stacks, now) -> charts.Timeline:
    """Of the episode alone; a paper copy may be from the days before it."""
    day = client.local_day
    held = [
        charts.Mark(day(each.starts_at), "attended", "") for each in sessions if each.attended_at
    ]
    return charts.timeline(
        start=min([day(episode.opened_at), *(day(score.taken_at) for score in scores)]),
        end=day(episode.closed_at or now),
        sessions=held,
        alerts=[],
        series=series_of(scores, day, moves),
        stacks=stacks,
        width=DRAWING_WIDTH,
    )


def _headings() -> dict[str, str]:
    return {
        "summary": _("Summary"),
        "limits": _("What such a verdict does not say"),
        "scales": _("Answers over time"),
        "homework": _("What was asked, and what came of it"),
        "process": _("Counts of what was done. They are not scores."),
        "goals": _("Goals, 0 to 10"),
        "quotes": _("In their own words"),
    }


def _facts(client, episode: Episode, sessions: list[Session], by, now) -> list[list[str]]:
    """The name stands here and nowhere else: a report of nobody is of no use, and a page that is
    left lying about should say no more than it must."""
    day = client.local_day
    since, until = day(episode.opened_at), day(episode.closed_at or now)
    made = now.astimezone(client.practice.zone)
    period = _("%(since)s to %(until)s") % {
        "since": day_in_words(since),
        "until": day_in_words(until),
    }
    if episode.closed_at is None:
        period = _("%(period)s, week %(n)s") % {"period": period, "n": episode.week(now)}
    return [
        [_("Client"), client.preferred_name],
        [_("Period of care"), period],
        [_("Sessions"), _sessions_in_words(sessions)],
        [
            _("Made by"),
            _("%(who)s, %(when)s (%(zone)s)")
            % {
                "who": by.name,
                "when": formats.date_format(made, "j M Y, H:i"),
                "zone": client.practice.time_zone,
            },
        ],
    ]


def _sessions_in_words(sessions: list[Session]) -> str:
    counts = Counter(session.outcome for session in sessions)
    found = (
        (counts["attended"], _("%(n)s attended")),
        (counts["missed"], _("%(n)s missed")),
        (counts["cancelled"], _("%(n)s cancelled")),
    )
    return ", ".join(words % {"n": n} for n, words in found if n) or _("none yet")


def _foot(client, now) -> list[str]:
    """So that loose pages find each other again: initials, and the day it was made."""
    made = day_in_words(now.astimezone(client.practice.zone).date())
    return [client.initials, made, _("Not a diagnosis"), _("Confidential")]
