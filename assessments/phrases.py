"""Whether somebody's words hold a phrase of a list.

On the borders of words, small or capital, with or without accents, however the characters are put
together. It misses what is misspelt or said in other words: it is no safety net, and the page where
a practice writes its list says so.
"""

import unicodedata
from collections.abc import Iterable, Iterator
from typing import Any

from assessments.definitions import IN_OWN_WORDS, WITH_ROWS, Definition

# Scripts that put no space between words: there each character stands for itself.
UNSPACED = (
    (0x0E00, 0x0EFF),
    (0x1000, 0x109F),
    (0x1780, 0x17FF),
    (0x3040, 0x30FF),
    (0x3400, 0x9FFF),
)
UNSPACED_FROM = 0x20000


class _Plain(dict[int, str]):
    """For ``str.translate``: what becomes of each character. One pass, however long the text."""

    def __missing__(self, code: int) -> str:
        character = chr(code)
        category = unicodedata.category(character)
        if category in ("Mn", "Cf"):  # accents, and what no eye sees
            plain = ""
        elif category[0] == "S" or _is_unspaced(code):  # a sign or an emoji is a word
            plain = f" {character} "
        else:
            plain = character if category[0] in "LNM" else " "
        self[code] = plain
        return plain


def _is_unspaced(code: int) -> bool:
    return code >= UNSPACED_FROM or any(low <= code <= high for low, high in UNSPACED)


_PLAIN = _Plain()


def folded(text: str) -> str:
    """Its words with one space around each."""
    plain = unicodedata.normalize("NFKD", text.casefold()).translate(_PLAIN)
    return f" {' '.join(plain.casefold().split())} "


def phrases_in(lines: str) -> list[str]:
    """A list as it was typed, one phrase a line; a line without a word is none."""
    return [phrase for phrase in map(folded, lines.splitlines()) if phrase.strip()]


def holds_one(texts: Iterable[str], phrases: list[str]) -> bool:
    return any(phrase in text for text in map(folded, texts) for phrase in phrases)


def has_words(definition: Definition) -> bool:
    """Whether anything is asked that is answered in somebody's own words."""
    return any(_own_words(item) for item in definition.items)


def words_of(definition: Definition, answers: dict[str, Any]) -> Iterator[str]:
    """What was answered in own words."""
    for item in definition.items:
        answer = answers.get(item.id)
        if item.kind in IN_OWN_WORDS and isinstance(answer, str):
            yield answer
        elif item.kind in WITH_ROWS and isinstance(answer, list):
            for column in _own_words(item):
                yield from (row[column] for row in answer if isinstance(row.get(column), str))


def _own_words(item: Any) -> list[str]:
    """The names of what is answered so: of the item itself, or of its columns."""
    if item.kind in IN_OWN_WORDS:
        return [item.id]
    return [column.id for column in item.columns if column.kind in IN_OWN_WORDS]
