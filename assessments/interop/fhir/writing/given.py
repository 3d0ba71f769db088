"""A QuestionnaireResponse. What has no answer says why, where somebody said it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from assessments.definitions import (
    DECLINED,
    IN_OWN_WORDS,
    NOT_APPLICABLE,
    SCORABLE,
    WITH_ROWS,
    Item,
    ItemKind,
    Option,
    is_empty,
)

from .asked import CODED, Asked
from .nodes import (
    ABSENT,
    ORDINAL,
    STRUCTURES,
    TERMS,
    Node,
    coding,
    concept,
    extension,
    moment,
    reference,
    text,
)

COMPLETION = f"{STRUCTURES}questionnaireresponse-completionMode"
PARTICIPATION = f"{TERMS}v3-ParticipationMode"
REASONS = {NOT_APPLICABLE: "not-applicable", DECLINED: "asked-declined"}


@dataclass(frozen=True)
class Given:
    """One submitted response. ``with_words``: what was written in own words goes along."""

    uuid: UUID
    client: UUID
    asked: Asked
    answers: Mapping[str, Any]
    at: date | datetime  # filled in on that day, or sent at that moment
    on_paper: bool
    with_words: bool


def response(given: Given) -> Node:
    asked = given.asked
    shown = {item.id for item in asked.definition.shown(given.answers)}
    mode = coding(PARTICIPATION, "WRITTEN" if given.on_paper else "ELECTRONIC")
    found: Node = {
        "resourceType": "QuestionnaireResponse",
        "id": str(given.uuid),
        "language": asked.definition.language,
        "extension": [extension(COMPLETION, valueCodeableConcept=concept(mode))],
        "questionnaire": asked.canonical,
        "status": "completed",
        "subject": reference(given.client, "Patient"),
        "authored": moment(given.at),
        "source": reference(given.client, "Patient"),
    }
    items = [
        node
        for item in asked.definition.items
        if item.id in shown or (item.withdrawn and not is_empty(given.answers.get(item.id)))
        for node in _answered(given, item, item.id, given.answers.get(item.id))
    ]
    return found | ({"item": items} if items else {})


def _answered(given: Given, item: Item, link: str, answer: Any) -> list[Node]:
    """Passed over: there without an answer. Not shown: not there."""
    if is_empty(answer):
        return [{"linkId": link}]
    if isinstance(answer, str) and answer in REASONS:
        return [_absent(link, REASONS[answer])]
    if item.kind in IN_OWN_WORDS and not given.with_words:
        return [_absent(link, "masked")]
    if item.kind in WITH_ROWS:
        return [_row(given, item, link, row) for row in answer]
    if item.kind in (ItemKind.SPLIT, ItemKind.SORT):
        return [{"linkId": link, "item": _parts(given, item, link, answer)}]
    several = answer if item.kind is ItemKind.CHOICES else [answer]
    return [{"linkId": link, "answer": [_value(given, item, each) for each in several]}]


def _absent(link: str, reason: str) -> Node:
    return {"linkId": link, "extension": [extension(ABSENT, valueCode=reason)]}


def _row(given: Given, item: Item, link: str, row: Mapping[str, Any]) -> Node:
    cells = [
        node
        for column in item.columns
        if not is_empty(row.get(column.id))
        for node in _answered(given, column, f"{link}.{column.id}", row[column.id])
    ]
    return {"linkId": link, "item": cells}


def _parts(given: Given, item: Item, link: str, answer: Mapping[str, Any]) -> list[Node]:
    found = []
    groups = given.asked.definition.groups(item)
    for part, value in answer.items():
        if item.kind is ItemKind.SPLIT:
            node: Node = {"valueInteger": value}
        else:
            node = {"valueCoding": _coded(given.asked, item.groups, groups, value)}
        found.append({"linkId": f"{link}.{part}", "answer": [node]})
    return found


def _value(given: Given, item: Item, answer: Any) -> Node:
    if item.kind in CODED:
        options = given.asked.definition.choices(item)
        return {"valueCoding": _coded(given.asked, item.options, options, answer)}
    if item.kind in SCORABLE:
        return {"valueInteger": answer}
    if item.kind is ItemKind.DATE:
        return {"valueDate": answer}
    if item.kind is ItemKind.TIME:
        return {"valueTime": f"{answer}:00"}
    return {"valueString": text(answer) or "-"}


def _coded(asked: Asked, name: str, options: tuple[Option, ...], value: Any) -> Node:
    """An option that the definition has lost keeps its code."""
    option = next((each for each in options if each.value == value), None)
    found = asked.answer(name, option or Option(value=value, label="-"))
    if isinstance(value, int):
        found["extension"] = [extension(ORDINAL, valueDecimal=value)]
    return found
