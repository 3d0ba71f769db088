"""How the client is doing, in plain words and small pictures, as the portal shows it.

``courses`` are the screeners of which the care team has chosen to show the course, ``logs`` what
the client wrote down themselves, ``page`` both together.
"""

from .courses import Shown, shown_scales
from .logs import Log
from .page import Doing, Showing, doing_of, preview_of, showings_of

__all__ = [
    "Doing",
    "Log",
    "Showing",
    "Shown",
    "doing_of",
    "preview_of",
    "showings_of",
    "shown_scales",
]
