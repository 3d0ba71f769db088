"""The timeline as plain numbers that a template draws: no pages, no database, no clock.

``inputs`` is what a view gives, ``shapes`` what the template gets, ``axis`` the calendar that all
lanes share, ``lanes`` the drawing of each lane, ``layout`` the whole, ``small`` one lane alone.
"""

from .inputs import Level, Mark, Point, Series, Stack, Week
from .layout import timeline
from .shapes import Timeline
from .small import Small, small

__all__ = [
    "Level",
    "Mark",
    "Point",
    "Series",
    "Small",
    "Stack",
    "Timeline",
    "Week",
    "small",
    "timeline",
]
