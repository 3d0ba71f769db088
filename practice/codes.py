"""A code in a mail: made for whoever asks, known or not, and kept in their session as a mark."""

import base64
import secrets
import string
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from typing import Self

from django.utils.crypto import constant_time_compare, salted_hmac

from . import knocks
from .encryption import unwrap, wrap
from .models import Knock, User

ASKED = "code_asked"  # in the session
ABOUT = b"code asked"
DIGITS = 8
MOST_WRONG = 5


@dataclass(frozen=True)
class Asked:
    """What the session remembers: the address, sealed, and of the code only a mark."""

    address: str
    mark: str
    at: float
    wrong: int = 0

    @classmethod
    def of(cls, session, now: datetime) -> Self | None:
        """None when nothing was asked, or too long ago."""
        kept = session.get(ASKED)
        found = cls(**kept) if kept else None
        is_over = (
            found and now - datetime.fromtimestamp(found.at, UTC) >= knocks.LIFE[Knock.Kind.CODE]
        )
        return None if is_over else found

    @property
    def email(self) -> str:
        return unwrap(base64.b64decode(self.address), about=ABOUT).decode()


def ask(session, email: str, *, now: datetime) -> None:
    """A new code for this address; an earlier one is forgotten."""
    code = "".join(secrets.choice(string.digits) for _ in range(DIGITS))
    knocks.ask(Knock.Kind.CODE, email, now=now, code=code)
    address = base64.b64encode(wrap(email.encode(), about=ABOUT)).decode()
    session[ASKED] = asdict(Asked(address, _mark(code), now.timestamp()))


def try_code(session, asked: Asked, code: str) -> bool:
    """Is it the one? After too many wrong ones none is, and it has to be asked for anew."""
    digits = "".join(each for each in code if each in string.digits)
    if constant_time_compare(_mark(digits), asked.mark):
        del session[ASKED]
        return True
    if asked.wrong + 1 >= MOST_WRONG:
        del session[ASKED]
    else:
        session[ASKED] = asdict(replace(asked, wrong=asked.wrong + 1))
    return False


def owner_of(email: str) -> User | None:
    """Who comes in with the right code: a client. Staff have no such door."""
    user = User.objects.filter(email=email.strip().lower(), is_active=True).first()
    return user if user and not user.roles else None


def _mark(code: str) -> str:
    return salted_hmac("practice.codes", code, algorithm="sha256").hexdigest()
