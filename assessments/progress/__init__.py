"""What moved: where each client's measures began in this episode, where they are, and whether the
difference is more than measurement error.

``readings`` brings the scores together that are compared, ``rules`` says when a change is worth
reviewing, ``moves`` is both for many clients at once, ``words`` says it in sentences.
"""

from .moves import Move, moves_of
from .rules import Prompt, fired, prompts_of

__all__ = ["Move", "Prompt", "fired", "moves_of", "prompts_of"]
