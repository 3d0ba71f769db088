"""How what allauth keeps of second factors is sealed: under a master key. It does not say whose it
is, so one that is copied to another person opens there too (docs/keys.md)."""

import base64

from .encryption import CannotOpen, master_of, unwrap, wrap

ABOUT = b"second factor"


def seal(text: str) -> str:
    return base64.b64encode(wrap(text.encode(), about=ABOUT)).decode()


def unseal(sealed: str) -> str:
    """Raises CannotOpen."""
    return unwrap(_bytes(sealed), about=ABOUT).decode()


def master_over(sealed: str) -> str:
    """The id of the master key that it lies under; none, where it is no sealed secret."""
    try:
        return master_of(_bytes(sealed))
    except CannotOpen:
        return ""


def _bytes(sealed: str) -> bytes:
    try:
        return base64.b64decode(sealed)
    except ValueError as error:
        raise CannotOpen("This is not a sealed secret.") from error
