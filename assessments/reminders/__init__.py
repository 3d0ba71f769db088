"""Reminders that can be trusted: planned, claimed, sent once, and never lost.

``standing`` reads what decides about a client, ``planning`` writes down when they next hear from
us. ``sending`` sweeps up what is due: ``claiming``, ``posting`` over one of the ``channels``, and
``settling`` it. ``messages`` says it in words; ``returns`` hears what comes back.
"""

from .afterwards import may_have_gone
from .planning import contact_changed, plan
from .sending import sweep
from .standing import Why, away_since, standings

__all__ = ["Why", "away_since", "contact_changed", "may_have_gone", "plan", "standings", "sweep"]
