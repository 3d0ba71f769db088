"""Keys are replaced while people work: in small steps, by whichever worker is rung, and resumed
after any death. What is to be done is in the rows; nothing that can be read now cannot be read
for a moment (docs/keys.md).

``masters``  another master key over the keys of practices, and these over those of their clients
``values``   another key of a client or a practice under all that the old one sealed
``status``   what is done and what is left
"""

from .masters import NotYet, ask_for_first_master
from .status import Status, status
from .steps import step
from .values import destroy, look_again, retired, turn

__all__ = [
    "NotYet",
    "Status",
    "ask_for_first_master",
    "destroy",
    "look_again",
    "retired",
    "status",
    "step",
    "turn",
]
