"""What the practice picture says in place of a number."""

from django import template
from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

register = template.Library()

# The keys are those of assessments.quality.Why, which a web process does not load.
WHY = {
    "few_responses": gettext_lazy("fewer than 30 people"),
    "few_items": gettext_lazy("too few questions"),
    "no_variance": gettext_lazy("everybody answered alike"),
    "negative_covariance": gettext_lazy("the questions go against each other"),
    "heywood": gettext_lazy("the model does not fit"),
    "not_settled": gettext_lazy("no solution was found"),
    "not_added": gettext_lazy("not a sum of its questions"),
}


@register.filter
def shown(count) -> str:
    """A count, or the words for a hidden one."""
    if isinstance(count, int):
        return formats.number_format(count, use_l10n=True)
    return _("fewer than 5") if count == "few" else _("hidden")


@register.filter
def is_hidden(count) -> bool:
    return not isinstance(count, int)


@register.filter
def why_none(coefficient) -> str:
    return str(WHY[coefficient["why"]])


@register.filter
def interval(coefficient) -> str:
    """“0.71 to 0.84”; empty where only the figure is known."""
    if coefficient["low"] is None:
        return ""
    low, high = (_two_places(coefficient[end]) for end in ("low", "high"))
    return _("%(low)s to %(high)s") % {"low": low, "high": high}


@register.filter
def two_places(number) -> str:
    return _two_places(number)


def _two_places(number: float) -> str:
    return formats.number_format(number, decimal_pos=2, use_l10n=True).replace(
        "-", "\N{MINUS SIGN}"
    )
