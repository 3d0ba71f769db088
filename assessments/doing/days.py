"""Days as a client reads them."""

from datetime import date

from django.utils import formats


def in_words(day: date, today: date) -> str:
    """“3 September”; with its year, where that is another one."""
    return formats.date_format(day, "j F" if day.year == today.year else "j F Y")
