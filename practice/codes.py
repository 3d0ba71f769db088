"""A code in a mail: made for whoever asks, known or not, and kept as a mark in the row of the
asking.

Each try is counted in that row before it is looked at. A session is saved whole, and the last one
wins: counted there, many tries at once would all be the first.
"""

import base64
import secrets
import string
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Self

from django.db.models import F
from django.utils.crypto import constant_time_compare, salted_hmac

from . import knocks, walls
from .encryption import unwrap, wrap
from .models import Knock, User

ASKED = "code_asked"  # in the session
ABOUT = b"code asked"
DIGITS = 8
MOST_TRIES = 5


@dataclass(frozen=True)
class Asked:
    """What the session remembers: the address, sealed, and which row knows more."""

    address: str
    knock: str
    at: float

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
    if earlier := Asked.of(session, now):
        Knock.objects.filter(pk=earlier.knock).update(code_mark=None)
    code = "".join(secrets.choice(string.digits) for _ in range(DIGITS))
    knock = knocks.ask(Knock.Kind.CODE, email, now=now, code_mark=_mark(code), code=code)
    address = base64.b64encode(wrap(email.encode(), about=ABOUT)).decode()
    session[ASKED] = asdict(Asked(address, str(knock.pk), now.timestamp()))


def try_code(session, asked: Asked, code: str) -> bool:
    """Is it the one? It opens once, and after too many wrong ones it has to be asked for anew."""
    digits = "".join(each for each in code if each in string.digits)
    row = Knock.objects.filter(pk=asked.knock, code_mark__isnull=False)
    is_counted = row.filter(tries__lt=MOST_TRIES).update(tries=F("tries") + 1)
    knock = row.first() if is_counted else None
    if knock and constant_time_compare(knock.code_mark, _mark(digits)):
        del session[ASKED]
        return bool(row.update(code_mark=None))
    if knock is None or knock.tries >= MOST_TRIES:
        del session[ASKED]
    return False


def owner_of(email: str) -> User | None:
    """Who comes in with the right code: a client. Staff have no such door."""
    user = walls.found(User.objects.filter(email=email.strip().lower(), is_active=True))
    return user if user and not user.roles else None


def _mark(code: str) -> bytes:
    return salted_hmac("practice.codes", code, algorithm="sha256").digest()
