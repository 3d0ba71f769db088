"""Words and numbers of a file, made plain: what a page, a database and a code can hold."""

import html
import re
import unicodedata
from collections.abc import Container
from decimal import Decimal

from assessments.definitions import TAKEN

from .reading import Unreadable

LONGEST_CODE = 40
MOST_DIGITS = 40
LARGEST = Decimal(10) ** 15

_NO_TEXT = re.compile("[\x00\ud800-\udfff]")
_CONTROL = re.compile("[\x01-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_TAG = re.compile(r"</?[a-zA-Z][^<>]*>")
_BREAK = re.compile(r"<(?:br|/p|/div|/li|/h\d)\b[^<>]*>", re.IGNORECASE)
# Each digit can be read in one way only, so that millions of them cost no more than their number.
_NUMBER = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,3})?", re.ASCII)


def line(text: object) -> str:
    """On one line, without control characters. Raises Unreadable for what no text can hold."""
    return " ".join(_checked(text).split())


def paragraphs(text: object) -> str:
    """With its paragraphs, each on a line of its own."""
    parts = re.split(r"\n\s*\n", _checked(text).replace("\r\n", "\n").replace("\r", "\n"))
    return "\n\n".join(part for part in (" ".join(each.split()) for each in parts) if part)


def without_markup(text: str) -> str:
    """What a browser would show of a label that holds HTML."""
    if "<" not in text and "&" not in text:
        return text
    return html.unescape(_TAG.sub("", _BREAK.sub("\n\n", text)))


def _checked(text: object) -> str:
    found = "" if text is None else str(text)
    if _NO_TEXT.search(found):
        raise Unreadable("The file holds characters that no text can hold.")
    return _CONTROL.sub(" ", found)


def decoded(data: bytes) -> str:
    """The text of a file. Raises Unreadable when it is not UTF-8."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        if data.startswith((b"\xff\xfe", b"\xfe\xff")):
            raise Unreadable(
                "This file is UTF-16 text. Please save it as UTF-8 and try again."
            ) from error
        number = data[: error.start].count(b"\n") + 1
        raise Unreadable(
            f"Line {number} of this file is not UTF-8 text. Please save it as UTF-8 and try again."
        ) from error
    if "\x00" in text:
        raise Unreadable("The file holds characters that no text can hold.")
    return text


def code_of(name: str, taken: Container[object] = ()) -> str:
    """A code made from any name: the same name and the same ``taken`` give the same code."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    code = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")
    if not code or not code[0].isalpha() or code in TAKEN:
        code = f"q_{code}".rstrip("_")
    code = code[:LONGEST_CODE].rstrip("_")
    number, found = 2, code
    while found in taken:
        end = f"_{number}"
        found, number = code[: LONGEST_CODE - len(end)] + end, number + 1
    return found


def number(text: object) -> Decimal | None:
    """The number that a text is, or None. Raises Unreadable for one beyond all bounds."""
    written = "" if text is None or isinstance(text, bool) else str(text).strip()
    if not _NUMBER.fullmatch(written):
        return None
    if len(written) > MOST_DIGITS:
        raise Unreadable(f"The file holds a number that is {len(written)} characters long.")
    found = Decimal(written)
    if abs(found) > LARGEST:
        raise Unreadable(f"The file holds a number that is too large: {written}.")
    return found


def whole(value: object) -> int | None:
    """As a whole number, never rounded; None when it is not one."""
    found = value if isinstance(value, Decimal) else number(value)
    if found is None or found != found.to_integral_value():
        return None
    return int(found)


def in_words(questions: int) -> str:
    """What a client reads before starting, where nobody has written anything better."""
    return "One question." if questions == 1 else f"{questions} questions."


def short(text: str, most: int = 60) -> str:
    """The beginning of a text, to say which one is meant."""
    text = " ".join(text.split())
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"
