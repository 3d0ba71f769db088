"""What a conversation over HTTP tells about the fate of a message."""

from ssl import SSLCertVerificationError

import requests
from urllib3.exceptions import MaxRetryError, NewConnectionError, SSLError

from assessments.models.reminders import Outcome

from .carrier import Result

# A gateway that lost its line to those behind it: they may have taken the message all the same.
LOST_BEHIND = (502, 504)


def of_status(status: int) -> Result:
    """An answer came. With 2xx but without sense, it was taken, and nobody can say under which id;
    with anything else it was not, unless the answer is that of a gateway."""
    if status < 300 or status in LOST_BEHIND:
        return Result(Outcome.UNKNOWN, f"answered: {status}")
    return Result(Outcome.FAILED, f"refused: {status}")


def of_silence(error: BaseException) -> Result:
    """No answer came: did the message leave at all?"""
    if never_left(error):
        return Result(Outcome.FAILED, f"no connection: {type(error).__name__}")
    return Result(Outcome.UNKNOWN, f"no answer: {type(error).__name__}")


def never_left(error: BaseException) -> bool:
    """Whether it is certain that there was no connection over which it could have left."""
    if isinstance(error, requests.ConnectTimeout | requests.exceptions.InvalidURL):
        return True
    given_up = error.args[0] if error.args else None
    reason = given_up.reason if isinstance(given_up, MaxRetryError) else None
    if isinstance(reason, SSLError):  # we did not like whom we met
        return bool(reason.args) and isinstance(reason.args[0], SSLCertVerificationError)
    return isinstance(reason, NewConnectionError)
