"""Who is told of an alert, one after the other, until somebody has seen it.

``chain`` says whom and when, ``planning`` writes it down, ``making`` claims what is due and hands
it over as ``letter`` has it.
"""

from .making import make_calls
from .planning import let_go, plan_anew, plan_calls

__all__ = ["let_go", "make_calls", "plan_anew", "plan_calls"]
