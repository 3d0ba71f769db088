"""What the signs and the lanes of the drawing are called."""

from django.utils.translation import gettext_lazy as _

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
