"""What happened on a day, as marks: care, sessions, alerts, and words to the client."""

from django.urls import reverse
from django.utils.translation import gettext as _

from assessments import charts

from .words import day_in_words


def episode_marks(episodes, day) -> list[charts.Mark]:
    """When each course of care began and ended. Why it ended is not said here: it is sealed."""
    marks = []
    for number, episode in enumerate(episodes, start=1):
        for kind, moment, words in (
            ("opened", episode.opened_at, _("%(when)s: care began (episode %(n)s)")),
            ("closed", episode.closed_at, _("%(when)s: care ended (episode %(n)s)")),
        ):
            if moment:
                label = words % {"when": day_in_words(day(moment)), "n": number}
                marks.append(charts.Mark(day(moment), kind, label))
    return marks


def session_mark(session, day, now) -> charts.Mark:
    kind, words = session.outcome, session.outcome_words
    if kind == "to_come" and session.starts_at < now:
        kind, words = "unsettled", _("Nobody has said yet what became of it")
    at = day(session.starts_at)
    url = reverse("assessments:sheet", args=[session.pk])
    return charts.Mark(at, kind, f"{day_in_words(at)}: {words}", url)


def alert_mark(alert, day) -> charts.Mark:
    at = day(alert.raised_at)
    url = reverse("assessments:alert", args=[alert.pk])
    return charts.Mark(at, "alert", f"{day_in_words(at)}: {alert.get_kind_display()}", url)


def feedback_mark(feedback, day) -> charts.Mark:
    """That words were sent, about what, and whether they were seen; not what they say."""
    at = day(feedback.sent_at)
    about = {"when": day_in_words(at), "title": feedback.response.version.definition.title}
    url = reverse("assessments:response", args=[feedback.response_id])
    if feedback.seen_at is None:
        words = _("%(when)s: words sent about %(title)s, not seen yet") % about
        return charts.Mark(at, "feedback_sent", words, url)
    seen = about | {"seen": day_in_words(day(feedback.seen_at))}
    words = _("%(when)s: words sent about %(title)s, seen on %(seen)s") % seen
    return charts.Mark(at, "feedback_seen", words, url)
