"""From rows to the drawing of ``charts``: everything about one client on one time axis.

``page`` brings it together; ``lanes`` are the scores, ``practised`` is what was done.
"""

from .page import Measures, Practised, TimelinePage, timeline_of

__all__ = ["Measures", "Practised", "TimelinePage", "timeline_of"]
