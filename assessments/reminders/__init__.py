"""Reminders that can be trusted: planned, claimed, sent once, and never lost.

``planning`` decides when a client next hears from us, ``sending`` sweeps up
what is due (``claiming`` and ``posting`` it), ``messages`` says it
in words.
"""

from .planning import Why, contact_changed, plan, standings
from .sending import sweep

__all__ = ["Why", "contact_changed", "plan", "standings", "sweep"]
