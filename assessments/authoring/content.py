"""A content: what the editor holds of an activity, and where its pieces stand.

A content has the keys of a definition but for its slug. Under ``desk`` stands what only the editor
needs: ``based_on`` (the version that it goes on from), ``adapted`` and ``title`` (what it was
copied from), and ``removed`` (pieces that can be put back). A part of the editor is "about",
"frame", "clinicians" or a piece: "item-mood", "scale-giving".
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

Content = dict[str, Any]
Piece = dict[str, Any]
Part = str

# Where the pieces of a kind stand, and the key that names one. A section has a name only here.
PIECES = {
    "item": ("items", "id"),
    "scale": ("scales", "code"),
    "metric": ("metrics", "code"),
    "section": ("sections", "id"),
}
MOST_PIECES = 200
MOST_REMOVED = 40
_TEMPORARY = re.compile(r"new_(\d+)")


class Gone(LookupError):
    """A part that is not there (any more): taken away in another tab, or never there."""


class TooMany(Exception):
    """There is no room for another piece."""


def asked_items(content: Content) -> list[Piece]:
    """The questions in their order, without those that are no longer asked."""
    return [item for item in content.get("items", ()) if not item.get("withdrawn")]


def piece_of(content: Content, part: Part) -> Piece:
    """The item, scale, metric or section that a part of the editor is about. Raises Gone."""
    key, name, names = names_of(part)
    for piece in content.get(key, ()):
        if piece.get(name) == names:
            return dict(piece)
    raise Gone(part)


def neighbour_of(content: Content, part: Part) -> Part:
    """The part that is looked at when this one is taken away: the next, or else the one before."""
    key, name, named = names_of(part)
    what = part.partition("-")[0]
    pieces = [piece for piece in content.get(key, ()) if not piece.get("withdrawn")]
    names = [piece.get(name) for piece in pieces]
    if named not in names:
        raise Gone(part)
    place = names.index(named)
    rest = [*names[place + 1 :], *reversed(names[:place])]
    return f"{what}-{rest[0]}" if rest else "add" if what == "item" else "about"


def fresh(content: Content) -> str:
    """A name that no piece has yet: it lasts until the words have given a better one."""
    numbers = [int(found[1]) for name in _allnames_of(content) if (found := _TEMPORARY.match(name))]
    return f"new_{max(numbers, default=0) + 1}"


def is_temporary(name: str) -> bool:
    return _TEMPORARY.fullmatch(name) is not None


def _allnames_of(content: Content) -> Iterator[str]:
    desk = content.get("desk", {})
    kept = [each["piece"] for each in desk.get("removed", ())]
    for key, name in PIECES.values():
        for piece in (*content.get(key, ()), *kept):
            if name in piece:
                yield piece[name]
            for column in piece.get("columns") or ():
                yield column["id"]


def names_of(part: Part) -> tuple[str, str, str]:
    kind, _dash, named = part.partition("-")
    if kind not in PIECES or not named:
        raise Gone(part)
    return (*PIECES[kind], named)
