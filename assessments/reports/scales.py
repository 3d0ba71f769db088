"""One scale: its course as a chart and as a table of the same values, and what is judged of it."""

from collections.abc import Callable
from datetime import date, datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from assessments.charts.shapes import Lane, Timeline
from assessments.definitions import Definition
from assessments.models import Score
from assessments.progress import Move, words
from assessments.timeline.lanes import Line
from assessments.timeline.words import day_in_words

from .drawing import NOTHING, drawn

Days = Callable[[datetime], date]


def scale_of(line: Line, lane: Lane, drawing: Timeline, move: Move | None, day: Days) -> dict:
    definition = line.definition
    return {
        "title": lane.title,
        "note": " · ".join(filter(None, (lane.note, lane.direction))),
        # As _components/reflection_label.html says it.
        "label": None
        if definition.is_validated
        else [
            _("Reflection tool."),
            _("Not a validated measure: no cut-offs, no diagnosis. It is for looking at together."),
        ],
        "rights": _rights(definition),
        "change": _change(move, day) if move else None,
        # Beside a verdict it is said already.
        "single": _("One answer so far.") if lane.is_single and move is None else "",
        "drawing": drawn(lane, drawing),
        "alt": _alt(lane),
        "table": _table(line.scores, day),
    }


def numbers(move: Move) -> str:
    """From where to where, and by how much; empty without two values."""
    if not move.is_two or move.last.value is None:
        return words.number(move.last.value) if move.last.value is not None else ""
    found = f"{words.number(move.first.value)} → {words.number(move.last.value)}"
    if move.change.difference is not None:
        found += f" ({words.signed(move.change.difference)})"
    return found


def _change(move: Move, day: Days) -> dict:
    """The verdict with all that a reader has to know to trust it, as on the timeline."""
    change, beside = move.change, []
    if move.is_two and change.spec and change.yardstick:
        source = words.source_words(change.spec)
        boundary = words.boundary_words(change)
        beside.append(" ".join(filter(None, (words.yardstick_words(change), boundary, source))))
    when = ""
    if move.is_two:
        first, last = day(move.first.taken_at), day(move.last.taken_at)
        when = _("%(first)s to %(last)s") % {
            "first": day_in_words(first),
            "last": day_in_words(last),
        }
    return {
        "verdict": words.verdict(move),
        "numbers": numbers(move),
        "when": when,
        "meaning": words.meaning(move),
        "beside": [*beside, *words.notes(move)],
    }


def _rights(definition: Definition) -> str:
    """Whose a published instrument is, wherever it is, as _attribution.html says it."""
    if not definition.is_validated:
        return ""
    provenance = definition.provenance
    licence = provenance.licence
    whose = licence.attribution or f"{_('Rights:')} {licence.holder}"
    return " · ".join((whose, *provenance.citations[:1]))


def _alt(lane: Lane) -> str:
    """The chart for somebody who does not see it: where it goes, and where all of it stands."""
    found = [
        ngettext(
            "Line chart of %(title)s with %(n)s answer.",
            "Line chart of %(title)s with %(n)s answers.",
            len(lane.rows),
        )
        % {"title": lane.title, "n": len(lane.rows)}
    ]
    known = [row for row in lane.rows if row.value is not None]
    for row in (known[0], known[-1]) if len(known) > 1 else known:
        found.append(
            _("%(when)s: %(value)s.")
            % {"when": day_in_words(row.at), "value": words.number(row.value)}
        )
    if lane.grounds:
        bands = ", ".join(ground.label for ground in lane.grounds)
        found.append(_("Bands: %(bands)s.") % {"bands": bands})
    found += [f"{level.label}." for level in lane.lines]
    found.append(_("The table below has all values."))
    return " ".join(found)


def _table(scores: tuple[Score, ...], day: Days) -> dict:
    rows = [_row(score, day) for score in scores]
    head = [_("Date"), _("Value"), _("Answered"), _("Filled in"), _("Note")]
    if not any(row[-1] for row in rows):
        head, rows = head[:-1], [row[:-1] for row in rows]
    return {"head": head, "rows": rows, "numbers": [1]}


def _row(score: Score, day: Days) -> list[str]:
    note = _("Provisional") if score.provisional else ""
    if score.value is None:
        note = _("answered, no value")
    return [
        day_in_words(day(score.taken_at)),
        NOTHING if score.value is None else words.number(score.value),
        _("%(answered)s of %(all)s")
        % {"answered": score.answered, "all": score.answered + score.missing},
        str(score.response.get_mode_display()),
        note,
    ]
