"""What could be kinder or easier to read. Advice is shown and refuses nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator

from django.utils.translation import gettext as _

from assessments.definitions import ItemKind

from .content import Content, asked_items
from .history import Saying
from .kinds import help_words

MOST_WORDS = 20
MOST_OF_A_QUESTION = 14

_SENTENCE_END = re.compile(r"[.!?:]+(?=\s|$)|\n+")
_BLAMING = re.compile(
    r"\b(should|must|ought|fail(?:ed|ing|ure)?|fault|weak|needy|selfish|toxic|normal|abnormal"
    r"|victim|addict(?:ed|ion)?|dysfunctional|codependen(?:t|cy)|enabl(?:e|er|ing)"
    r"|i (?:let|allow|tolerate|put up with))\b",
    re.IGNORECASE,
)
_ON_A_PERSON = re.compile(
    r"\b(say(?:ing)? no|said no|speak(?:ing)? up|(?:my|a|the|this) limit|try (?:it|this|out)"
    r"|tell (?:them|someone)|ask (?:them|someone) for)\b",
    re.IGNORECASE,
)


def advice_of(content: Content) -> list[Saying]:
    """Sentences about texts that a client reads, and about safety."""
    is_english = str(content.get("language", "")).startswith("en")
    found = [*_help_there(content), *_gate(content), *_title(content)]
    for part, field, text in _texts(content):
        if is_english:
            found += [Saying(part, field, words) for words in _about_words(text)]
        if field == "text" and len(_words(text)) > MOST_OF_A_QUESTION:
            words = _("A question of up to %(n)s words is easier to answer.")
            found.append(Saying(part, field, words % {"n": MOST_OF_A_QUESTION}))
            continue
        found += [Saying(part, field, words) for words in _too_long(text)]
    return found


def _help_there(content: Content) -> Iterator[Saying]:
    offer = " ".join(help_words().split())
    if offer not in " ".join(str(content.get("thanks") or "").split()):
        words = _(
            "Every text of the library ends with this: “%(offer)s” Somebody may need it just here."
        )
        yield Saying("frame", "thanks", words % {"offer": offer})


def _gate(content: Content) -> Iterator[Saying]:
    if content.get("gated") or content.get("kind") == "reading":
        return
    texts = [text for _part, _field, text in _texts(content)]
    if any(_ON_A_PERSON.search(text) for text in texts):
        yield Saying(
            "about",
            "gated",
            _(
                "This speaks of saying no, speaking up or trying something with somebody. With "
                "some people that is not safe: a safety check first protects the client."
            ),
        )


def _title(content: Content) -> Iterator[Saying]:
    if content.get("title") and content["title"] == content.get("desk", {}).get("title"):
        words = _("The one this was copied from has the same title. Another one tells them apart.")
        yield Saying("about", "title", words)


def _texts(content: Content) -> Iterator[tuple[str, str, str]]:
    """Part, field and words of whatever a client reads."""
    yield "about", "title", content.get("title") or ""
    yield "about", "summary", content.get("summary") or ""
    yield "frame", "intro", content.get("intro") or ""
    yield "frame", "thanks", content.get("thanks") or ""
    for item in asked_items(content):
        part = f"item-{item['id']}"
        yield part, "text", item.get("text") or ""
        yield part, "hint", item.get("hint") or ""
        if item.get("kind") != ItemKind.SORT:
            labels = content.get("options", {}).get(item.get("options") or "", ())
            yield part, "answers", ". ".join(str(option["label"]) for option in labels)
    for section in content.get("sections", ()):
        part = f"section-{section['id']}"
        yield part, "body", section.get("body") or ""
        yield part, "points", ". ".join(section.get("points") or ())


def _words(text: str) -> list[str]:
    return re.findall(r"\w+(?:['\N{RIGHT SINGLE QUOTATION MARK}-]\w+)*", text)


def _too_long(text: str) -> Iterator[str]:
    for sentence in _SENTENCE_END.split(text):
        count = len(_words(sentence))
        if count > MOST_WORDS:
            words = _("“%(begins)s …” has %(n)s words. Up to %(most)s are easier when tired.")
            begins = " ".join(sentence.split()[:5])
            yield words % {"begins": begins, "n": count, "most": MOST_WORDS}


def _about_words(text: str) -> Iterator[str]:
    for found in dict.fromkeys(each.lower() for each in _BLAMING.findall(text)):
        words = _("“%(word)s” can sound like blame or a label. Is there a plainer word?")
        yield words % {"word": found}
