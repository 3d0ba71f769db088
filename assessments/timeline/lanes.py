"""One lane for each scale, with what somebody published about it."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.urls import reverse
from django.utils import formats
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from assessments import charts
from assessments.definitions import Definition, Scale
from assessments.definitions.measures import Band
from assessments.models import Score
from assessments.progress import Move
from assessments.progress.words import number

from .words import day_in_words


@dataclass(frozen=True)
class Line:
    """What makes one line of points: like is compared with like.

    Whatever the activity was called at the time, it is the same one; answers about a partner and
    answers about people at work are two lines. ``definition`` is the newest that was answered.
    """

    activity_id: UUID
    scale: str
    about: str
    definition: Definition
    scores: tuple[Score, ...]

    def move_among(self, moves: Iterable[Move]) -> Move | None:
        """What became of this line, where that is judged."""
        key = (self.activity_id, self.scale, self.about)
        return next((move for move in moves if move.last.line[1:] == key), None)


def series_of(scores, day, moves: list[Move]) -> list[charts.Series]:
    return [_lane(line, day, line.move_among(moves)) for line in lines_of(scores)]


def lines_of(scores) -> list[Line]:
    """In the order of the page; the points of each in the order of ``scores``."""
    lines: dict[tuple, list[Score]] = defaultdict(list)
    for score in scores:
        lines[score.response.version.activity_id, score.scale, score.about].append(score)
    found = [
        Line(*key, points[-1].response.version.definition, tuple(points))
        for key, points in lines.items()
    ]
    most: dict[tuple[UUID, str], int] = defaultdict(int)
    for line in found:
        group = (line.activity_id, line.about)
        most[group] = max(most[group], len(line.scores))

    # What is judged first, then what was answered most often; the scales of one screener stay
    # together, in its order.
    def order(line: Line):
        group = (line.activity_id, line.about)
        place = _place(line.definition, line.scale)
        return (not line.definition.is_validated, -most[group], *group, place)

    return sorted(found, key=order)


def _place(definition: Definition, code: str) -> int:
    codes = [scale.code for scale in definition.scales]
    return codes.index(code) if code in codes else len(codes)


def _lane(line: Line, day, move: Move | None) -> charts.Series:
    definition = line.definition
    scale = next((scale for scale in definition.scales if scale.code == line.scale), None)
    title = scale.title if scale else line.scale
    if line.about:
        title = f"{title} · {_whom(definition, line.about)}"
    direction, sentence = _direction(scale), _sentence(definition, scale)
    meaning = ": ".join(filter(None, (direction, sentence)))
    return charts.Series(
        code="-".join(filter(None, (definition.slug, line.scale, line.about))),
        title=title,
        note=sentence or definition.title,
        direction=direction,
        minimum=Decimal(scale.minimum if scale else 0),
        maximum=Decimal(scale.maximum if scale else 4),
        points=tuple(_point(score, title, meaning, day) for score in line.scores),
        bands=_bands(definition, scale),
        levels=_levels(move, day),
        **_ends(definition, scale),
    )


def _bands(definition: Definition, scale: Scale | None) -> tuple[Band, ...]:
    """Those of the first published interpretation that has some; an own tool has none."""
    if scale is None or not definition.is_validated:
        return ()
    read = (each.bands for each in definition.interpretations_of(scale) if each.bands)
    return next(read, ())


def _levels(move: Move | None, day) -> tuple[charts.Level, ...]:
    """The cut-off, and from which score on a change from the baseline is a reliable one; that,
    from the day of the baseline on."""
    if move is None or not move.is_two or move.change.yardstick is None or move.first is None:
        return ()
    change, scale = move.change, move.scale
    levels = []
    if change.boundary is not None:
        at = change.boundary.at
        levels.append(charts.Level(at, "cutoff", _("cut-off %(at)s") % {"at": number(at)}))
    is_rule_of_thumb = change.yardstick.basis == "convention"
    for sign in (-1, 1):
        at = move.first.value + sign * change.yardstick.points
        if not scale.minimum <= at <= scale.maximum:
            continue
        is_better = (sign < 0) == (scale.higher_is == "worse")
        if is_rule_of_thumb:
            words = _("better from %(at)s") if is_better else _("worse from %(at)s")
        else:
            words = (
                _("reliably better from %(at)s") if is_better else _("reliably worse from %(at)s")
            )
        since = day(move.first.taken_at)
        levels.append(charts.Level(at, "limit", words % {"at": number(at)}, since))
    return tuple(levels)


def _whom(definition: Definition, about: str) -> str:
    """Whom the client had in mind, in the words of the question that asked."""
    if definition.index_item is None:
        return about
    return definition.label_of(definition.item(definition.index_item), about)


def _direction(scale: Scale | None) -> str:
    """In words, so that nobody takes a rise for its opposite."""
    if scale is None:
        return ""
    return _("Higher is harder") if scale.higher_is == "worse" else _("Higher is going better")


def _sentence(definition: Definition, scale: Scale | None) -> str:
    """What was asked, where a scale is one question."""
    if scale is None or len(scale.items) != 1:
        return ""
    return f"“{Truncator(definition.item(scale.items[0]).text).chars(90)}”"


def _ends(definition: Definition, scale) -> dict[str, str]:
    """The words of the two ends, where a scale has the range of its items' options."""
    if scale is None or scale.method != "mean":
        return {}
    options = definition.choices(definition.item(scale.items[0]))
    if not options:
        return {}
    return {"low_label": options[0].label, "high_label": options[-1].label}


def _point(score: Score, title: str, meaning: str, day) -> charts.Point:
    when = day_in_words(day(score.taken_at))
    if score.value is None:
        value = _("no value")  # not computable from so little; how little, stands beside it
    else:
        value = formats.number_format(score.value.normalize(), use_l10n=True)
    words = _("%(title)s, %(when)s: %(value)s, answered %(answered)s of %(all)s") % {
        "title": title,
        "when": when,
        "value": value,
        "answered": score.answered,
        "all": score.answered + score.missing,
    }
    words = ". ".join(filter(None, (words, meaning)))
    url = reverse("assessments:response", args=[score.response_id])
    return charts.Point(day(score.taken_at), score.value, words, url)
