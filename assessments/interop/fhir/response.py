"""A QuestionnaireResponse: its numbers, to compare a sum with.

It is somebody's record. Nothing that was written is kept, and no sentence repeats an answer.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from assessments.definitions import SCORABLE, ItemKind
from assessments.interop.reading import Note, Total, Unreadable
from assessments.interop.words import short, whole

from .documents import DEEPEST, Node, extensions, parts, said, value_of
from .found import Found
from .weights import WEIGHTS

MOST_NOTES = 20


def answers_of(found: Found, response: Node) -> dict[str, Any]:
    """``answers``, ``numbers`` and ``totals`` as a Reading has them; notes go to the gathering."""
    gathering = found.gathering
    answers: dict[str, Any] = {}
    numbers: dict[str, Decimal] = {}
    totals: list[Total] = []
    unknown: list[str] = []
    _is_about(found, response)
    for node in _answered(response):
        name = said(node, "linkId")
        if name not in found.names:
            unknown.append(name)
            continue
        given = parts(node, "answer")
        number = value_of(given[0]) if len(given) == 1 else None
        if isinstance(number, dict):  # a quantity
            number = number.get("value")
        if name in found.totals:
            if isinstance(number, Decimal):
                totals.append(Total(name, number, found.totals[name]))
            continue
        item = gathering.by_name.get(name)
        if item is None:
            continue
        if item.id in answers:
            gathering.note(name, "The response answers it twice. Only the first one counts.")
            continue
        if isinstance(number, Decimal) and not item.options:
            numbers[item.id] = number
        if item.kind in SCORABLE or item.kind is ItemKind.CHOICE:
            answer = _answer(found, name, item.kind, given)
            if answer is not None:
                answers[item.id] = answer
    _note_unknown(found, unknown)
    return {"answers": answers, "numbers": numbers, "totals": tuple(totals)}


def _is_about(found: Found, response: Node) -> None:
    meant = said(response, "questionnaire").split("|")[0]
    if meant and found.url and meant != found.url and not meant.startswith("#"):
        says = f"It says that it answers another questionnaire: {short(meant)}."
        found.gathering.note("The response", says)
    status = said(response, "status")
    if status not in ("completed", "amended"):
        found.gathering.note("The response", f"It is not finished: {short(status) or 'no status'}.")


def _answered(node: Node, depth: int = 0) -> Iterator[Node]:
    """Every item that has an answer, at any depth; groups may stand in between, or not."""
    if depth > DEEPEST:
        raise Unreadable("This file is nested too deeply.")
    for each in parts(node, "item"):
        if parts(each, "answer"):
            yield each
        for inner in (each, *parts(each, "answer")):
            yield from _answered(inner, depth + 1)


def _answer(found: Found, name: str, kind: ItemKind, given: list[Node]) -> int | str | None:
    note = found.gathering.note
    if len(given) > 1:
        note(name, "The response has several answers where one is asked. They do not count.")
        return None
    value = value_of(given[0])
    offered = found.answers.get(name)
    if not offered:
        number = whole(value) if isinstance(value, Decimal) else None
        item = found.gathering.by_name[name]
        if number is None or not item.minimum <= number <= item.maximum:
            note(name, "The response has a number that the question does not allow.")
            return None
        return number
    key = _key(value)
    for (system, code), stored in offered.items():
        if key[1] == code and key[0] in ("", system):
            if isinstance(value, dict):
                _weighs_the_same(found, name, value, stored)
            return stored
    note(name, "The response has an answer that the question does not offer.")
    return None


def _key(value: Any) -> tuple[str, str]:
    if isinstance(value, dict):
        return said(value, "system"), said(value, "code") or said(value, "display")
    return "", str(value).lower() if isinstance(value, bool) else str(value)


def _weighs_the_same(found: Found, name: str, coding: Node, stored: int | str) -> None:
    """A response can carry weights of its own; the questionnaire's count."""
    for each in extensions(coding, *WEIGHTS):
        weight = value_of(each)
        if isinstance(weight, Decimal) and isinstance(stored, int) and weight != stored:
            found.gathering.note(
                name,
                "The response weighs its answer differently. The questionnaire's weight counts.",
            )


def _note_unknown(found: Found, names: list[str]) -> None:
    gathering = found.gathering
    for name in names[:MOST_NOTES]:
        gathering.notes.append(
            Note(short(name), "The response answers this, but the questionnaire does not ask it.")
        )
    more = len(names) - MOST_NOTES
    if more > 0:
        gathering.note("The response", f"{more} more answers match no question.")
