"""What the signs, the lanes and the days of the drawing are called."""

from datetime import date

from django.utils import formats
from django.utils.translation import gettext_lazy as _

from assessments.charts.shapes import Tick

SIGNS = {
    "attended": _("attended"),
    "missed": _("missed"),
    "cancelled": _("cancelled"),
    "unsettled": _("not said yet"),
    "to_come": _("to come"),
    "opened": _("care began"),
    "closed": _("care ended"),
    "alert": _("alert"),
    "feedback_seen": _("your words, seen"),
    "feedback_sent": _("your words, not seen yet"),
    "gap": _("answered, no value"),
    "kept": _("kept"),
    "partly": _("partly"),
    "not_yet": _("not yet"),
    "done": _("done"),
    "looked_at": _("opened"),
    "asked": _("asked"),
}
LANES = {
    "episodes": _("Care"),
    "sessions": _("Sessions"),
    "homework": _("Homework"),
    "alerts": _("Alerts"),
    "feedback": _("Feedback"),
}


def lane_name(lane) -> str:
    return lane.title or LANES[lane.kind]


def day_in_words(day: date) -> str:
    return formats.date_format(day, "j M Y")


def tick_in_words(tick: Tick) -> str:
    """As much of its day as its unit names; the year where a new one begins."""
    if tick.unit == "year":
        return formats.date_format(tick.at, "Y")
    if tick.unit == "month":
        return formats.date_format(tick.at, "M Y" if tick.names_year else "M")
    return formats.date_format(tick.at, "j M Y" if tick.names_year else "j M")
