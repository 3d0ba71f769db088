"""Days that somebody types."""

from datetime import date

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _


def is_in_our_time(day: date) -> None:
    """As old as a paper may be; and the last day that a computer knows has no day after it."""
    if not 1900 <= day.year < 2200:
        raise ValidationError(_("Please check the year."))
