"""What every way of handing over a message can do."""

from dataclasses import dataclass
from typing import Protocol

from assessments.reminders.messages import Outgoing


@dataclass(frozen=True)
class Result:
    """What became of one message.

    FAILED only when it is certain that nobody can have got it, because it is tried again; whatever
    is not certain is UNKNOWN, and is not.
    """

    outcome: str  # SENT, FAILED or UNKNOWN
    error: str = ""  # what was answered, without addresses
    is_final: bool = False  # failed, and the address itself is why
    provider_id: str = ""  # under which somebody may speak of it later


class Carrier(Protocol):
    """Carries many messages over one line. The line is made with the first of them, and made anew
    when it breaks, so that a server that is away is a result like another."""

    def open(self) -> None: ...

    def hand_over(self, outgoing: Outgoing) -> Result: ...

    def close(self) -> None: ...
