"""What the client wrote down themselves. A week without an entry is empty, and nothing is said."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from assessments import charts
from assessments.charts.inputs import OUTCOMES
from assessments.definitions import Definition, Metric
from assessments.models import Response
from assessments.progress.words import number
from assessments.timeline.practised import day_of, tells_outcomes

WEEK = timedelta(days=7)
DRAWN = 8 * WEEK
TOLD = 4 * WEEK


@dataclass(frozen=True)
class Log:
    title: str
    sentences: list[str]
    drawing: charts.Small
    has_outcomes: bool  # an entry says whether something was kept, partly, or not yet


def logs_of(entries: list[Response], *, day, today: date) -> list[Log]:
    """By activity, of the last eight weeks; the one that was written in last comes first."""
    by_activity: dict[UUID, list[tuple[date, Response]]] = defaultdict(list)
    for entry in reversed(entries):
        at = day_of(entry, day)
        if at > today - DRAWN:
            by_activity[entry.version.activity_id].append((at, entry))
    return [_log(rows, today) for rows in by_activity.values()]


def _log(rows: list[tuple[date, Response]], today: date) -> Log:
    newest = rows[0][1].version.definition
    has_outcomes = tells_outcomes(newest)
    weeks: dict[date, Counter] = defaultdict(Counter)
    for at, entry in rows:
        # Of a log that asks for no outcome, an entry is drawn as a whole one.
        outcome = entry.answers.get("kept") if has_outcomes else "kept"
        week = weeks[at - timedelta(days=at.weekday())]
        week.update([outcome] if outcome in OUTCOMES else [])
    stack = charts.Stack(newest.slug, newest.title, weeks=tuple(sorted(weeks.items())))
    start = today - DRAWN + timedelta(days=1)
    return Log(
        title=newest.title,
        sentences=_sentences(newest, [e for at, e in rows if at > today - TOLD], has_outcomes),
        drawing=charts.small(stack, start=start - timedelta(days=start.weekday()), end=today),
        has_outcomes=has_outcomes,
    )


def _sentences(definition: Definition, entries: list[Response], has_outcomes: bool) -> list[str]:
    n = len(entries)
    if not n:
        return [_("Nothing new in the last four weeks. It is there whenever you want it.")]
    written = ngettext(
        "Once in the last four weeks you wrote something down.",
        "%(n)s times in the last four weeks you wrote something down.",
        n,
    ) % {"n": n}
    found = [written]
    if has_outcomes and (kept := _kept(definition, entries)):
        found.append(_("Of these: %(kept)s.") % {"kept": kept})
    changes = [metric for metric in definition.metrics if metric.kind == "change"]
    return found + [words for metric in changes if (words := _eased(definition, metric, entries))]


def _kept(definition: Definition, entries: list[Response]) -> str:
    """“2 kept, 1 partly and 1 not yet”, in the words of the answers."""
    counted = Counter(entry.answers.get("kept") for entry in entries)
    parts = [
        f"{counted[option.value]} {option.label.lower()}"
        for option in definition.choices(definition.item("kept"))
        if counted[option.value]
    ]
    return get_text_list(parts, _("and"))


def _eased(definition: Definition, metric: Metric, entries: list[Response]) -> str:
    """From what it was before to what it was after, of the entries that say both."""
    pairs = [
        (before, after)
        for answers in (entry.answers for entry in entries)
        if isinstance(before := answers.get(metric.item), int)
        and isinstance(after := answers.get(metric.after), int)
    ]
    if not pairs:
        return ""
    before, after = (sum(side) / len(pairs) for side in zip(*pairs, strict=True))
    _low, most = definition.range_of(definition.item(metric.item))
    words = ngettext(
        "%(title)s: %(before)s, then %(after)s (of %(most)s).",
        "%(title)s: %(before)s, then %(after)s (of %(most)s, on average of %(n)s times).",
        len(pairs),
    )
    return words % {
        "title": metric.title,
        "before": _short(before),
        "after": _short(after),
        "most": most,
        "n": len(pairs),
    }


def _short(value: float) -> str:
    return number(Decimal(str(value)), 1)
