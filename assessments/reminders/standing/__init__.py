"""Where a client stands: what is open, what they have heard, and whether they may be reached.

``where`` is what comes of it; ``blocks`` are the reasons for leaving somebody in peace; ``reading``
brings together what is ``open`` for many clients and what they ``heard``.
"""

from .blocks import STALE_AFTER, Barred, Why, usable_channels
from .heard import away_since
from .reading import standings
from .where import INVITATION, Standing, rules_of

__all__ = [
    "INVITATION",
    "STALE_AFTER",
    "Barred",
    "Standing",
    "Why",
    "away_since",
    "rules_of",
    "standings",
    "usable_channels",
]
