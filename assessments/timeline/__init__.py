"""From rows to the drawing of ``charts``: everything about one client on one time axis.

``page`` brings it together; ``lanes`` are the scores, ``practised`` is what was done, ``asked``
what of the homework was, ``marks`` what happened on a day; ``tables`` stand behind the lanes.
"""

from .page import Measures, Practised, TimelinePage, since_of, timeline_of
from .tables import Table, table_of
from .words import SIGNS, day_in_words, lane_name, tick_in_words

__all__ = [
    "SIGNS",
    "Measures",
    "Practised",
    "Table",
    "TimelinePage",
    "day_in_words",
    "lane_name",
    "since_of",
    "table_of",
    "tick_in_words",
    "timeline_of",
]
