"""Why an answer is not kept or not sent."""


class AlreadySent(Exception):
    """These answers were sent before, in another tab or by a second click."""


class BegunElsewhere(Exception):
    """Another entry of this log is being written in another window; this one is its own."""


class NotOpen(Exception):
    """It is not asked now: not yet, no longer, or withdrawn."""


class NotAgreed(NotOpen):
    """The client does not agree, or not any more, that their care team reads what they send."""


class NotAsked(Exception):
    """This question does not belong to what is asked (any more)."""


class Unfit(Exception):
    """Answers that the definition refuses; ``reasons`` are those of ``unfit``, by item id."""

    def __init__(self, reasons: dict[str, str]):
        super().__init__(reasons)
        self.reasons = reasons


class NotComplete(Unfit):
    """Something that must be answered is not, and nothing else is wrong."""

    @property
    def items(self) -> list[str]:
        return list(self.reasons)
