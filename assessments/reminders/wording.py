"""The words of a message before its links are put in, and how they are measured.

Placeholders are swapped by plain replacement in one pass: what somebody typed is never a template.
"""

import re
from dataclasses import dataclass

MAIL_PLACEHOLDERS = ("link", "stop", "how")
SMS_PLACEHOLDERS = ("link", "stop")
SUBJECT_PLACEHOLDERS = ("sender",)

_BRACED = re.compile(r"\{([^{}]*)\}")

# The alphabet of GSM 03.38: a text message in it holds 160 characters, in any other 70.
_GSM = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_GSM_TWICE = frozenset("\f^{}\\[~]|€")  # these take the place of two


@dataclass(frozen=True)
class Words:
    """What a message says, with placeholders; a text message has no subject."""

    subject: str
    body: str


@dataclass(frozen=True)
class SmsSize:
    characters: int
    room: int  # of as many text messages as it takes
    parts: int


def fill(text: str, values: dict[str, str]) -> str:
    """Each known placeholder becomes its value; a value is not looked into again."""
    return _BRACED.sub(lambda found: values.get(found[1], found[0]), text)


def placeholders_in(text: str) -> list[str]:
    return _BRACED.findall(text)


def one_line(text: str) -> str:
    """Fit for a header: whatever breaks a line or can't be seen becomes a space."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def sms_size(text: str) -> SmsSize:
    """How long ``text`` is as a text message, and how many it takes."""
    if all(c in _GSM or c in _GSM_TWICE for c in text):
        characters = len(text) + sum(c in _GSM_TWICE for c in text)
        one, each = 160, 153
    else:
        characters = len(text.encode("utf-16-le")) // 2
        one, each = 70, 67
    parts = 1 if characters <= one else -(-characters // each)
    return SmsSize(characters, one if parts == 1 else parts * each, parts)
