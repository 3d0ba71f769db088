"""Today: not a list of names but of reasons, the most pressing first.

Every reason is read from facts in a fixed number of statements, whatever the caseload's size.
``page`` brings them together; ``rows``, ``moved`` and ``silence`` find them.
"""

from .page import Today, today_of
from .reason import KINDS, Reason

__all__ = ["KINDS", "Reason", "Today", "today_of"]
