"""Alerts on pages: the course of one in sentences (``course``), all that somebody may read
(``listing``), and what the practice's owner may know of them (``figures``)."""

from .course import Step, course_of
from .figures import DAYS, FEWEST, Figures, figures_of
from .listing import STATES, alerts_of, called_to

__all__ = [
    "DAYS",
    "FEWEST",
    "STATES",
    "Figures",
    "Step",
    "alerts_of",
    "called_to",
    "course_of",
    "figures_of",
]
