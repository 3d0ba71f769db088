"""A client's own course on one screener: numbers or answers with their days, never a verdict.

No band, no cut-off and no name of a change: what somebody published about groups says little to one
person alone with a screen, and much that can hurt. A profile stays one: no total (design 6.5).
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from django.utils.translation import gettext as _

from assessments import charts
from assessments.definitions import (
    REFLECTION_LABEL_CLIENT,
    SCORABLE,
    Definition,
    ItemKind,
    Scale,
)
from assessments.models import Score
from assessments.progress.words import number

from .days import in_words


@dataclass(frozen=True)
class Line:
    """One answer of the list behind a picture."""

    at: date
    words: str


@dataclass(frozen=True)
class Course:
    """One scale over time. ``sentences`` say all that the picture shows."""

    title: str
    sentences: list[str]
    drawing: charts.Small
    lines: list[Line]  # the newest first


@dataclass(frozen=True)
class Shown:
    """One screener that the client is shown; ``who`` to talk with about it."""

    title: str
    label: str  # of a reflection tool, in words for clients
    has_numbers: bool
    courses: list[Course]
    who: str


def shown_scales(definition: Definition) -> dict[str, Scale]:
    """Those that a client may be shown. An answer about safety, or one that asks for somebody,
    never stands on this page by itself; nor does one number over a profile of many constructs."""
    urgent = {item.id for item in definition.items if item.critical or item.alerts}
    return {
        scale.code: scale
        for scale in definition.scales
        if _is_harmless(definition, scale, urgent) and not _is_total(definition, scale)
    }


def _is_harmless(definition: Definition, scale: Scale, urgent: set[str]) -> bool:
    """The total of a published instrument can hold such an item; it alone is never shown."""
    items = set(scale.all_items())
    return not items <= urgent if definition.is_validated else not items & urgent


def _is_total(definition: Definition, scale: Scale) -> bool:
    """Of a tool of our own kind that asks about several things: everything in one number."""
    if definition.is_validated or len(definition.provenance.constructs) < 2:
        return False
    scored = {item.id for item in definition.asked() if item.kind in SCORABLE}
    holds_another = any(other.part_of == scale.code for other in definition.scales)
    return holds_another or set(scale.all_items()) >= scored


def shown_of(scores: Iterable[Score], *, day, today: date, who: str) -> Shown | None:
    """Of the scores of one activity, the oldest first; None where nothing of it may be shown."""
    lines: dict[tuple[str, str], list[Score]] = defaultdict(list)
    definition = None
    for score in scores:
        definition = score.response.version.definition
        if score.scale in shown_scales(definition):  # of the version that asked, too
            lines[score.scale, score.about].append(score)
    if definition is None:
        return None
    scales = shown_scales(definition)
    order = list(scales)
    keys = sorted(
        (key for key in lines if key[0] in scales), key=lambda key: (key[1], order.index(key[0]))
    )
    if not keys:
        return None
    return Shown(
        title=definition.title,
        label="" if definition.is_validated else _(REFLECTION_LABEL_CLIENT),
        has_numbers=any(not _has_words(definition, scales[code]) for code, _about in keys),
        courses=[
            _course(definition, scales[code], about, lines[code, about], day, today)
            for code, about in keys
        ],
        who=who,
    )


def _course(definition, scale: Scale, about: str, scores: list[Score], day, today) -> Course:
    said = [(day(score.taken_at), score) for score in scores]
    points = tuple(charts.Point(at, score.value, "") for at, score in said)
    low, high = _ends(definition, scale)
    series = charts.Series(
        code=scale.code,
        title=scale.title,
        note="",
        minimum=scale.minimum,
        maximum=scale.maximum,
        points=points,
        low_label=low,
        high_label=high,
    )
    title = scale.title
    if about and definition.index_item:
        whom = definition.label_of(definition.item(definition.index_item), about)
        title = f"{title} · {whom}"
    return Course(
        title=title,
        sentences=_sentences(definition, scale, said, today),
        drawing=charts.small(series, start=said[0][0], end=said[-1][0]),
        lines=[Line(at, _line(score)) for at, score in reversed(said)],
    )


def _ends(definition: Definition, scale: Scale) -> tuple[str, str]:
    """The scale's own words for its two ends; of a sum, the least and the most it can be."""
    item = definition.item(scale.all_items()[0])
    options = definition.choices(item)
    if scale.method == "mean" and not scale.reverse:
        if options:
            return options[0].label, options[-1].label
        if item.low and item.high:
            return item.low, item.high
    return str(scale.minimum), str(scale.maximum)


def _has_words(definition: Definition, scale: Scale) -> bool:
    """A number of it still means an answer."""
    first = definition.item(scale.all_items()[0])
    return scale.method == "mean" and not scale.reverse and first.kind is ItemKind.SCALE


def _answer(definition: Definition, scale: Scale, value: Decimal) -> str:
    """The answer that is nearest: “often”; “mostly “often”” where a scale has several items."""
    nearest = int(value.quantize(Decimal(1), rounding=ROUND_HALF_UP))
    label = definition.label_of(definition.item(scale.all_items()[0]), nearest).lower()
    if len(scale.all_items()) == 1:
        return _("“%(answer)s”") % {"answer": label}
    return _("mostly “%(answer)s”") % {"answer": label}


def _line(score: Score) -> str:
    """In the words of the version that asked: those of a later one were not what they chose."""
    if score.value is None:
        return _("left out")
    definition = score.response.version.definition
    scale = shown_scales(definition)[score.scale]
    if _has_words(definition, scale):
        return _answer(definition, scale, score.value)
    if score.provisional:
        return _("%(n)s, estimated: some answers were left out") % {"n": number(score.value)}
    return number(score.value)


def _sentences(definition, scale: Scale, said, today: date) -> list[str]:
    told = [(at, score) for at, score in said if score.value is not None]
    if not told:
        return [_("You left this out so far.")]
    if _has_words(definition, scale):
        return [_in_answers([(at, _line(score)) for at, score in told], today)]
    if scale.higher_is == "worse":
        direction = _("A higher number means that things were harder.")
    else:
        direction = _("A higher number means that things went better.")
    return [_in_numbers([(at, score.value) for at, score in told], today), direction]


def _in_answers(told, today: date) -> str:
    (first_at, first), (last_at, last) = told[0], told[-1]
    words = {
        "first_day": in_words(first_at, today),
        "first": first,
        "last_day": in_words(last_at, today),
        "last": last,
    }
    if len(told) == 1:
        return _("On %(first_day)s you answered %(first)s.") % words
    if first == last:
        return _("On %(first_day)s you answered %(first)s, and on %(last_day)s as well.") % words
    return _("On %(first_day)s you answered %(first)s, on %(last_day)s %(last)s.") % words


def _in_numbers(valued, today: date) -> str:
    (first_at, first), (last_at, last) = valued[0], valued[-1]
    words = {
        "first_day": in_words(first_at, today),
        "first": number(first),
        "last_day": in_words(last_at, today),
        "last": number(last),
    }
    if len(valued) == 1:
        return _("On %(first_day)s the number was %(first)s.") % words
    if first == last:
        return _("On %(first_day)s the number was %(first)s, and on %(last_day)s the same.") % words
    if last > first:
        return (
            _("On %(first_day)s the number was %(first)s, on %(last_day)s %(last)s: higher.")
            % words
        )
    return _("On %(first_day)s the number was %(first)s, on %(last_day)s %(last)s: lower.") % words
