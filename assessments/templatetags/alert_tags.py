"""How long alerts took, in words."""

from datetime import timedelta

from django import template
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from assessments.alerting import FEWEST, Figures

register = template.Library()


@register.simple_tag
def figures_in_words(figures: Figures) -> list:
    """Pairs for _components/definition_list.html."""
    return [
        (_("Raised"), figures.raised),
        (_("Until seen"), _middle(figures.to_seen, figures.n_seen)),
        (_("Until closed"), _middle(figures.to_closed, figures.n_closed)),
        (_("Not seen yet"), figures.unseen),
        (_("Open"), figures.open),
    ]


def _middle(median: timedelta | None, n: int) -> str:
    if median is None:
        return _("fewer than %(n)s so far") % {"n": FEWEST}
    return _("%(long)s in the middle (n = %(n)s)") % {"long": _length(median), "n": n}


def _length(length: timedelta) -> str:
    minutes = round(length.total_seconds() / 60)
    if minutes < 1:
        return _("under a minute")
    if minutes < 120:
        return ngettext("%(n)s minute", "%(n)s minutes", minutes) % {"n": minutes}
    hours = round(minutes / 60)
    if hours < 48:
        return ngettext("%(n)s hour", "%(n)s hours", hours) % {"n": hours}
    days = round(hours / 24)
    return ngettext("%(n)s day", "%(n)s days", days) % {"n": days}
