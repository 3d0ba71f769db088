"""A FHIR R4 Questionnaire, question by question."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from assessments.definitions import Condition
from assessments.interop.conditions import ALL, Inexpressible, combined
from assessments.interop.gathering import LONGEST_QUESTION, Gathering, LeftOut
from assessments.interop.reading import Unreadable
from assessments.interop.words import line, short

from .documents import DEEPEST, Node, extensions, loinc_of, parts, said, truth, value_of
from .found import CALCULATED, Found, language_of
from .kinds import answered_by, controls
from .shown import key_in_words, shown
from .sums import add_sums
from .weights import STRUCTURES, Lists

HIDDEN = f"{STRUCTURES}questionnaire-hidden"
NUMBERS = frozenset({"integer", "decimal", "quantity"})
AT_THE_ENDS = frozenset({"lower", "upper"})
_TOTAL = re.compile(r"\b(?:total|sum|summary)\b.*\bscore\b|\bscore\b.*\b(?:total|sum)\b", re.I)


@dataclass(frozen=True)
class Place:
    """What the groups around an item ask for, and which of the first level it is in."""

    conditions: tuple[Condition, ...] = ()
    top: str = ""
    hidden: bool = False
    depth: int = 0


def walked(resource: Node, lists: Lists, *, language: str | None) -> Found:
    """Raises Unreadable when nothing can be made of it."""
    if parts(resource, "modifierExtension"):
        raise Unreadable("This questionnaire has a modifier that Trellis does not know.")
    own = language_of(said(resource, "language"))
    gathering = Gathering("fhir", language=language or own or "en")
    found = Found(
        gathering,
        lists,
        url=said(resource, "url"),
        translated_to=language if language != own else None,
        is_own_known=own is not None,
    )
    gathering.entitle(_title(found, resource))
    gathering.loinc = loinc_of(parts(resource, "code"))
    gathering.rights(found.text(resource, "copyright"))
    if not own and not language:
        gathering.note("", "The file does not say its language. English was assumed.")
    if said(resource, "status") == "retired":
        gathering.note("", "Its publisher says that it is retired.")
    found.expressions(resource, "")
    _items(found, parts(resource, "item"), Place())
    add_sums(found)
    found.has_words_in_that_language()
    if others := sorted(found.languages - {gathering.language}):
        gathering.said.append(f"The file also speaks: {', '.join(others)}.")
    return found


def _title(found: Found, resource: Node) -> str:
    codings = parts(resource, "code")
    display = said(codings[0], "display") if codings else ""
    return found.text(resource, "title") or said(resource, "name") or display


def _items(found: Found, nodes: list[Node], around: Place) -> None:
    place = replace(around, depth=around.depth + 1)
    if nodes and place.depth > DEEPEST:
        raise Unreadable("This file is nested too deeply.")
    for node in nodes:
        name, kind = said(node, "linkId"), said(node, "type")
        found.names.add(name)
        if not place.hidden:
            found.expressions(node, name)
        if parts(node, "modifierExtension"):
            found.gathering.leave_out(name, "It has a modifier that Trellis does not know.")
            _items(found, parts(node, "item"), replace(place, hidden=True))
        elif kind == "group":
            _group(found, node, name, place)
        elif kind == "display":
            _display(found, node, name, place)
        else:
            _question(found, node, name, place)


def _group(found: Found, node: Node, name: str, place: Place) -> None:
    gathering, heading = found.gathering, found.text(node, "text")
    inner = replace(place, top=place.top or name)
    if not place.top:
        found.titles[name] = heading
    if not place.hidden:
        if _is_hidden(node):
            gathering.note(name, "A group that is hidden. Nothing of it is asked.")
            inner = replace(inner, hidden=True)
        elif truth(node, "repeats"):
            gathering.note(name, "A group that can be filled in many times is asked once.")
        try:
            own = shown(found, node)
            inner = replace(inner, conditions=(*place.conditions, *([own] if own else [])))
        except Inexpressible:
            gathering.note(name, f"A group on a condition that is not known here. {ALL}")
        gathering.section(heading)
    _items(found, parts(node, "item"), inner)
    gathering.end_section(heading)


def _display(found: Found, node: Node, name: str, place: Place) -> None:
    if place.hidden or _is_hidden(node):
        return
    if parts(node, "enableWhen"):
        found.gathering.note(name, "Words that are shown on a condition are left out.")
        return
    found.gathering.words(found.text(node, "text"))


def _question(found: Found, node: Node, name: str, place: Place) -> None:
    gathering = found.gathering
    if not name:
        words = short(said(node, "text"), 40)
        gathering.note(words, "It has no linkId, so no answer could be told to be its. Left out.")
    elif _is_total(node):
        _total(found, node, name, place)
    elif why := _why_not_asked(node, place):
        gathering.left_out.add(name)
        if not place.hidden:
            gathering.note(name, why)
    else:
        try:
            _ask(found, node, name, place)
        except LeftOut as reason:
            gathering.leave_out(name, f"{reason} It is left out.")
    nested = [each for each in parts(node, "item") if not _is_words(each)]
    asked = gathering.by_name.get(name)
    if nested and asked is None and not place.hidden:
        gathering.note(name, "What stands below it is left out too.")
    on = asked.show_if if asked else None
    _items(found, nested, replace(place, conditions=(on,) if on else (), hidden=asked is None))


def _is_total(node: Node) -> bool:
    """A number that nobody is asked for, or one that is called a total score."""
    if said(node, "type") not in NUMBERS or parts(node, "answerOption"):
        return False
    if truth(node, "readOnly") or any(extensions(node, CALCULATED)):
        return True
    words = [said(node, "text"), *(said(each, "display") for each in parts(node, "code"))]
    return any(_TOTAL.search(line(each)[:LONGEST_QUESTION]) for each in words)


def _total(found: Found, node: Node, name: str, place: Place) -> None:
    found.totals[name] = loinc_of(parts(node, "code"))
    found.tops_of_totals[name] = place.top
    found.gathering.left_out.add(name)
    found.gathering.note(name, "A result that the file keeps. It is not asked, and not believed.")


def _why_not_asked(node: Node, place: Place) -> str:
    if place.hidden or _is_hidden(node):
        return "It is hidden, so it is not asked."
    if any(extensions(node, CALCULATED)):
        return "It is computed, so it is not asked."
    if truth(node, "readOnly"):
        return "It is only shown, so it is not asked."
    return ""


def _ask(found: Found, node: Node, name: str, place: Place) -> None:
    gathering = found.gathering
    kind, options, rest = answered_by(found, node, name, place.top)
    condition, required = None, truth(node, "required")
    try:
        own = shown(found, node)
        condition = combined(gathering, [*place.conditions, *([own] if own else [])])
    except Inexpressible:
        gathering.note(name, f"It is shown on a condition that is not known here. {ALL}")
        required = False
    gathering.ask(
        name,
        kind,
        found.text(node, "text"),
        options=options,
        hint=" ".join(
            found.text(each, "text") for each in _words_of(node) if not AT_THE_ENDS & controls(each)
        ),
        show_if=condition,
        required=required,
        loinc=loinc_of(parts(node, "code")),
        **rest,
    )
    if answers := found.answers.get(name):
        gathering.values[name] = {key_in_words(*key): value for key, value in answers.items()}
    if parts(node, "initial"):
        gathering.note(name, "An answer that was filled in beforehand is left out.")


def _is_hidden(node: Node) -> bool:
    return any(value_of(each) is True for each in extensions(node, HIDDEN))


def _words_of(node: Node) -> list[Node]:
    """The displays right below a question, which explain it."""
    return [each for each in parts(node, "item") if _is_words(each)]


def _is_words(node: Node) -> bool:
    return said(node, "type") == "display" and not _is_hidden(node)
