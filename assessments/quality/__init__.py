"""How well a tool measures, from the answers of one practice: numbers that an unvalidated tool can
earn its evidence with.

They describe these people in this practice and no others. Internal consistency says that the items
go together, not that they measure what they are meant to; and none of it makes a tool valid.

Responses are rows (one a person: several of one person are not independent), items are columns,
in points of the item. Nothing here knows of databases or pages, and numpy is imported nowhere else.

``spread`` is where the scores lie, ``structure`` whether the items go together (alpha, omega),
``factor`` the model behind omega and ``sampling`` how far it may be off, ``retest`` whether a
person who answers twice gets the same, ``quantiles`` the one distribution that is needed for it,
``matrix`` answers as numbers, ``estimate`` a figure with its interval and n, or the reason why
there is none.
"""

from .estimate import LEAST_N, Estimate, Why
from .matrix import as_matrix
from .retest import icc_agreement
from .spread import Spread, spread_of
from .structure import alpha, omega

__all__ = [
    "LEAST_N",
    "Estimate",
    "Spread",
    "Why",
    "alpha",
    "as_matrix",
    "icc_agreement",
    "omega",
    "spread_of",
]
