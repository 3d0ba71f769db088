"""Today: not a list of names but of reasons, the most pressing first.

Every reason is read from facts in a fixed number of statements, whatever the caseload's size.
``page`` brings them together; ``rows``, ``moved`` and ``silence`` find them; ``caseloads`` says
whose they are, ``shown`` which of them stand on the page.
"""

from .caseloads import EVERYBODY, MINE
from .page import Today, today_of
from .reason import KINDS, Reason
from .shown import shown_of

__all__ = ["EVERYBODY", "KINDS", "MINE", "Reason", "Today", "shown_of", "today_of"]
