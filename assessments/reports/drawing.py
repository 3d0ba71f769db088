"""A lane of the timeline as places and words that ``report.typ`` draws, with the calendar below."""

from django.utils.translation import gettext as _

from assessments.charts.shapes import Guide, Lane, Timeline
from assessments.progress.words import number
from assessments.timeline.words import tick_in_words

# The layout leaves room for words of 12 in this width. On paper, words of bands and levels stand
# beside the chart and not in it: there is room, and no line runs through them.
DRAWING_WIDTH = 460
NOTHING = "\N{EN DASH}"  # in a cell of a table


def drawn(lane: Lane, drawing: Timeline) -> dict:
    """Places go from the upper end of the lane."""
    return {
        "width": drawing.width,
        "height": lane.height,
        "left": drawing.left,
        "right": drawing.right,
        "days": [{"x": tick.x, "words": tick_in_words(tick)} for tick in drawing.ticks],
        "sessions": drawing.session_lines,
        "grounds": [
            {
                "y": each.y - lane.y,
                "height": each.height,
                "text_y": each.text_y - lane.y,
                "words": each.label,
                "shaded": each.is_shaded,
            }
            for each in lane.grounds
        ],
        "levels": [
            {
                "y": each.y - lane.y,
                "text_y": each.text_y - lane.y,
                "kind": each.kind,
                "words": each.label,
            }
            for each in lane.lines
        ],
        "values": [_value(each, lane) for each in lane.guides],
        "lines": [_places(points, lane) for points in lane.segments],
        "dots": [[dot.x, dot.y - lane.y] for dot in lane.dots],
        "gaps": [[dot.x, dot.y - lane.y] for dot in lane.gaps],
        "pieces": [
            {
                "kind": piece.kind,
                "x": piece.x,
                "y": piece.y - lane.y,
                "width": piece.width,
                "height": piece.height,
            }
            for bar in lane.bars
            for piece in bar.pieces
        ],
    }


def signs_in_words(drawing: Timeline) -> str:
    """How to read the charts: only of what occurs in them."""
    lanes = [lane for lane in drawing.lanes if lane.kind == "series"]
    sentences = [_("Each dot is an answer; a line joins answers that follow each other.")]
    if any(lane.gaps for lane in lanes):
        sentences.append(
            _("A cross below the scale was answered and has no value: no line goes across it.")
        )
    if drawing.session_lines:
        sentences.append(_("Short strokes below are sessions that were attended."))
    if any(lane.lines for lane in lanes):
        sentences.append(_("Broken lines are a cut-off, or from where a change counts."))
    return " ".join(sentences)


def _value(guide: Guide, lane: Lane) -> dict:
    """A value of the scale; at its two ends, with what they are called."""
    ends = {
        min(each.value for each in lane.guides): lane.low_label,
        max(each.value for each in lane.guides): lane.high_label,
    }
    words = " ".join(filter(None, (number(guide.value), ends.get(guide.value))))
    return {"y": guide.y - lane.y, "text_y": guide.text_y - lane.y, "words": words}


def _places(points: str, lane: Lane) -> list[list[float]]:
    pairs = (point.split(",") for point in points.split())
    return [[float(x), float(y) - lane.y] for x, y in pairs]
