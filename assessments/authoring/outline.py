"""The parts of a content in their order, as the list beside the editor shows them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from assessments.definitions import ItemKind

from .content import PIECES, Content, Part, Piece, asked_items
from .history import History, Saying
from .kinds import KINDS

LONGEST = 70


@dataclass(frozen=True)
class Entry:
    """One part. ``about`` says in a word or two what it is; ``faults`` how many need a look."""

    part: Part
    words: str
    about: str | Promise = ""
    number: int | None = None
    faults: int = 0
    is_first: bool = True
    is_last: bool = True
    is_sometimes: bool = False
    was_published: bool = False


@dataclass(frozen=True)
class Outline:
    """``away`` are pieces that were taken away and can be put back."""

    panels: tuple[Entry, ...]
    items: tuple[Entry, ...]
    sections: tuple[Entry, ...]
    scales: tuple[Entry, ...]
    metrics: tuple[Entry, ...]
    away: tuple[Entry, ...]

    def name_of(self, part: Part) -> str:
        """What a sentence about this part begins with."""
        named = {
            "item": _("Question %(n)s"),
            "section": _("Section %(n)s"),
            "scale": _("Scale %(n)s"),
            "metric": _("Count %(n)s"),
        }
        for entry in self.panels:
            if entry.part == part:
                return entry.words
        for entry in (*self.items, *self.sections, *self.scales, *self.metrics):
            if entry.part == part:
                return named[part.partition("-")[0]] % {"n": entry.number}
        return _("To ask or to read")


def outline_of(content: Content, faults: Iterable[Saying], history: History) -> Outline:
    counts = Counter(saying.part for saying in faults)
    panels = [
        ("about", _("Title and what it is")),
        ("frame", _("Before and after the questions")),
        ("clinicians", _("For clinicians")),
    ]
    if content["kind"] == "reading":
        panels[1] = ("frame", _("Before and after the text"))
    return Outline(
        panels=tuple(Entry(part, words, faults=counts[part]) for part, words in panels),
        items=_entries("item", asked_items(content), counts, history),
        sections=_entries("section", content.get("sections", ()), counts, history),
        scales=_entries("scale", content.get("scales", ()), counts, history),
        metrics=_entries("metric", content.get("metrics", ()), counts, history),
        away=tuple(_away(content, history)),
    )


def _entries(
    what: str, pieces: Iterable[Piece], counts: Counter[Part], history: History
) -> tuple[Entry, ...]:
    pieces, name = list(pieces), PIECES[what][1]
    return tuple(
        Entry(
            part=f"{what}-{piece[name]}",
            words=_words(piece),
            about=_kind(piece) if what == "item" else "",
            number=place,
            faults=counts[f"{what}-{piece[name]}"],
            is_first=place == 1,
            is_last=place == len(pieces),
            is_sometimes=bool(piece.get("show_if")),
            was_published=what == "item" and piece[name] in history.ids,
        )
        for place, piece in enumerate(pieces, start=1)
    )


def _kind(piece: Piece) -> Promise:
    return KINDS[ItemKind(piece["kind"])].name


def _words(piece: Piece) -> str:
    words = next((piece[key] for key in ("text", "title", "heading", "body") if piece.get(key)), "")
    return Truncator(" ".join(words.split())).chars(LONGEST) or _("No words yet")


def _away(content: Content, history: History) -> Iterable[Entry]:
    for item in content.get("items", ()):
        if item.get("withdrawn"):
            yield Entry(f"item-{item['id']}", _words(item), _kind(item), was_published=True)
    for each in reversed(content.get("desk", {}).get("removed", ())):
        yield Entry(each["part"], _words(each["piece"]))
