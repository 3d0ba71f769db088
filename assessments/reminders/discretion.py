"""Does a text tell a stranger what it is about, or who sends it? It says which words do, and where.

It looks for words that are known to tell. That it finds none is no proof: whoever writes the words
sees them in the preview as somebody else on the sofa would.
"""

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum
from functools import cache
from itertools import chain
from pathlib import Path

from django.db.models.fields.json import KT
from django.utils.translation import gettext_lazy as _

from assessments.models import ActivityVersion, ProgramVersion, Reminder
from clients.models import WAYS, Wording
from practice.models import Practice

from .messages import how_it_works, trellis_words

WORDS = Path(__file__).with_name("telling_words.toml")
SHORTEST = 3  # letters: "at" and "of" in a name tell nothing

_PLACEHOLDER = re.compile(r"\{[^{}]*\}")
_WORD = re.compile(r"[^\W_]+")
_ADDRESS = re.compile(r"\S*(?:://|@|\w\.[a-z]{2,}\b)\S*", re.IGNORECASE)
_NUMBER = re.compile(r"\+?\d(?:[\s().\-/]?\d){5,}")
_UNSEEN = frozenset(map(chr, (0x034F, *range(0xFE00, 0xFE10))))


class Why(Enum):
    """What a word gives away, in words for whoever wrote it."""

    SUBJECT = _("“%(word)s” (line %(line)s) lets others guess what this is about.")
    PRACTICE = _("“%(word)s” (line %(line)s) is in the name of the practice.")
    PERSON = _("“%(word)s” (line %(line)s) is in the name of somebody who works here.")
    TITLE = _("“%(word)s” (line %(line)s) is the title of something that clients are asked to do.")
    ADDRESS = _("“%(word)s” (line %(line)s) looks like an address, which shows who sends this.")
    NUMBER = _("“%(word)s” (line %(line)s) looks like a phone number, which shows who sends this.")


@dataclass(frozen=True)
class Tell:
    word: str  # as it was typed
    line: int  # from 1
    why: Why

    def __str__(self) -> str:
        return str(self.why.value) % {"word": self.word, "line": self.line}


@dataclass(frozen=True)
class Names:
    """What would name this very practice: single words with what they are, and whole titles."""

    words: dict[str, Why]
    titles: frozenset[tuple[str, ...]]


def names_of(practice: Practice) -> Names:
    """Three statements."""
    people = practice.users.exclude(memberships=None).values_list("name", flat=True)
    words = {word: Why.PERSON for name in people for word in _parts(name)}
    words |= dict.fromkeys(_parts(practice.name), Why.PRACTICE)
    titles = chain(
        *(
            versions.filter(practice=practice).newest().values_list(KT("content__title"), flat=True)
            for versions in (ActivityVersion.objects, ProgramVersion.objects)
        )
    )
    return Names(words, frozenset(_folded_words(title) for title in titles if title))


def tells(text: str, *, language: str, names: Names) -> list[Tell]:
    """Every word of ``text`` that must not stand in a discreet message, each once a line."""
    found = []
    for number, line in enumerate(_PLACEHOLDER.sub(" ", _seen(text)).splitlines(), start=1):
        found += dict.fromkeys(Tell(word, number, why) for word, why in _in(line, language, names))
    return found


def _seen(text: str) -> str:
    """Without what no eye sees: a soft hyphen, a space of no width, what joins or selects."""
    return "".join(c for c in text if unicodedata.category(c) != "Cf" and c not in _UNSEEN)


def _in(line: str, language: str, names: Names) -> Iterator[tuple[str, Why]]:
    yield from ((found[0], Why.ADDRESS) for found in _ADDRESS.finditer(line))
    yield from ((found[0].strip(), Why.NUMBER) for found in _NUMBER.finditer(line))
    beginnings, whole = telling_words(language)
    harmless = _harmless(language)
    typed = _WORD.findall(line)
    folded = tuple(_folded(word) for word in typed)
    for word, fold in zip(typed, folded, strict=True):
        if fold in whole or fold.startswith(beginnings):
            yield word, Why.SUBJECT
        elif fold in names.words and fold not in harmless:
            yield word, names.words[fold]
    for title in names.titles:
        if title and not harmless.issuperset(title):
            for at in range(len(folded) - len(title) + 1):
                if folded[at : at + len(title)] == title:
                    yield " ".join(typed[at : at + len(title)]), Why.TITLE


@cache
def telling_words(language: str) -> tuple[tuple[str, ...], frozenset[str]]:
    """Beginnings of words, and whole words; English ones tell in every language."""
    tables = tomllib.loads(WORDS.read_text())
    ours = [
        tables[code] for code in dict.fromkeys(("en", language.split("-")[0])) if code in tables
    ]
    beginnings = tuple(word for table in ours for word in table["beginnings"])
    return beginnings, frozenset(word for table in ours for word in table["whole"])


@cache
def _harmless(language: str) -> frozenset[str]:
    """What Trellis's own discreet messages say is the same for everybody: it names nobody, even
    when a practice is called Waiting Room."""
    said = [how_it_works(language, is_joining) for is_joining in (True, False)]
    for channel in WAYS:
        for kind in Reminder.Kind.values:
            words = trellis_words(language, channel, Wording.DISCREET, kind)
            said += [words.subject, words.body]
    return frozenset(_folded_words(_PLACEHOLDER.sub(" ", " ".join(said))))


def _parts(name: str) -> Iterable[str]:
    return (word for word in _folded_words(name) if len(word) >= SHORTEST and word != "the")


def _folded_words(text: str) -> tuple[str, ...]:
    return tuple(_folded(word) for word in _WORD.findall(_seen(text)))


def _folded(word: str) -> str:
    """Small letters without accents: “Thérapie” and “therapie” tell the same."""
    plain = unicodedata.normalize("NFKD", word)
    return "".join(c for c in plain if not unicodedata.combining(c)).casefold()
