"""A Questionnaire: what was asked, in the words where they may leave."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from assessments.definitions import (
    REFLECTION_LABEL_CLINICIAN,
    SCORABLE,
    Condition,
    Definition,
    Item,
    ItemKind,
    Option,
)
from assessments.interop.fhir.documents import LOINC
from assessments.interop.fhir.kinds import CONTROL, ENDS, SLIDER_STEP

from .nodes import ORDINAL, STRUCTURES, Node, address, coding, concept, extension, text

HIDDEN = f"{STRUCTURES}questionnaire-hidden"
CONTROLS = "http://hl7.org/fhir/questionnaire-item-control"
CODED = frozenset({ItemKind.SCALE, ItemKind.CHOICE, ItemKind.CHOICES})
TYPES = {
    ItemKind.DATE: "date",
    ItemKind.TIME: "time",
    ItemKind.LINE: "string",
    ItemKind.TEXT: "text",
}


@dataclass(frozen=True)
class Asked:
    """One version. ``uuid`` names it, ``activity`` what it is a version of; ``with_text``: its
    words may leave; ``is_vouched``: its LOINC codes are those of the library."""

    definition: Definition
    uuid: UUID
    activity: UUID
    number: int
    published: date
    with_text: bool
    is_vouched: bool

    @property
    def url(self) -> str:
        return address(self.activity)

    @property
    def canonical(self) -> str:
        return f"{self.url}|{self.number}"

    def words(self, written: str) -> str:
        return text(written) if self.with_text else ""

    def loinc(self, code: str) -> list[Node]:
        return [coding(LOINC, code)] if code and self.is_vouched else []

    def answer(self, options: str, option: Option) -> Node:
        return coding(f"{self.url}#{options}", str(option.value), self.words(option.label))


def questionnaire(asked: Asked) -> Node:
    definition = asked.definition
    licence = definition.provenance.licence
    about = "" if definition.is_validated else REFLECTION_LABEL_CLINICIAN
    rights = " ".join(part for part in (licence.holder, licence.attribution, licence.text) if part)
    found: Node = {
        "resourceType": "Questionnaire",
        "id": str(asked.uuid),
        "language": definition.language,
        "url": asked.url,
        "identifier": [{"system": "urn:ietf:rfc:3986", "value": address(asked.uuid)}],
        "version": str(asked.number),
        "name": "".join(part.capitalize() for part in definition.slug.split("-")),
        "title": text(definition.title),
        "status": "active",
        "subjectType": ["Patient"],
        "date": asked.published.isoformat(),
        "description": about,
        "copyright": text(rights),
        "code": asked.loinc(definition.loinc),
        "item": [node for item in definition.items for node in _items(asked, item)],
    }
    return {key: value for key, value in found.items() if value}


def _items(asked: Asked, item: Item) -> list[Node]:
    """A heading is an item of its own, so that a response has all its answers at one level."""
    heading = asked.words(item.heading)
    before = [_display(f"{item.id}.heading", heading)] if heading else []
    return [*before, _item(asked, item, item.id)]


def _display(link: str, words: str, control: str = "") -> Node:
    found: Node = {"linkId": link, "text": words, "type": "display"}
    if control:
        shown_as = concept(coding(CONTROLS, control))
        found["extension"] = [extension(CONTROL, valueCodeableConcept=shown_as)]
    return found


def _item(asked: Asked, item: Item, link: str) -> Node:
    parts = {
        "linkId": link,
        "extension": _extensions(asked, item),
        "code": asked.loinc(item.loinc),
        "text": asked.words(item.text),
        "type": type_of(item),
        **_shown_when(asked, item.show_if),
        "required": item.required and not item.withdrawn,
        "repeats": item.kind in (ItemKind.CHOICES, ItemKind.ROWS, ItemKind.LADDER),
        "answerOption": _options(asked, item) if item.kind in CODED else [],
        "item": _inside(asked, item, link),
    }
    return {key: value for key, value in parts.items() if value}


def type_of(item: Item) -> str:
    if item.kind in CODED:
        return "choice"
    if item.kind in SCORABLE:
        return "integer"
    return TYPES.get(item.kind, "group")


def _extensions(asked: Asked, item: Item) -> list[Node]:
    found = [extension(HIDDEN, valueBoolean=True)] if item.withdrawn else []
    if item.kind in SCORABLE and item.kind is not ItemKind.SCALE:
        low, high = asked.definition.range_of(item)
        found += [
            extension(url, valueInteger=end) for url, end in zip(ENDS, (low, high), strict=True)
        ]
    if item.kind is ItemKind.SLIDER:
        slider = concept(coding(CONTROLS, "slider"))
        found.append(extension(CONTROL, valueCodeableConcept=slider))
        found.append(extension(SLIDER_STEP, valueInteger=item.step))
    return found


def _options(asked: Asked, item: Item) -> list[Node]:
    return [
        {"valueCoding": asked.answer(item.options, option)} | _weighs(option)
        for option in asked.definition.choices(item)
    ]


def _weighs(option: Option) -> Node:
    if not isinstance(option.value, int):
        return {}
    return {"extension": [extension(ORDINAL, valueDecimal=option.value)]}


def _inside(asked: Asked, item: Item, link: str) -> list[Node]:
    hint = asked.words(item.hint)
    found = [_display(f"{link}.hint", hint, "help")] if hint else []
    if item.kind is ItemKind.SLIDER:
        for end, words in (("lower", asked.words(item.low)), ("upper", asked.words(item.high))):
            found += [_display(f"{link}.{end}", words, end)] if words else []
    found += [_item(asked, column, f"{link}.{column.id}") for column in item.columns]
    if item.kind in (ItemKind.SPLIT, ItemKind.SORT):
        found += [_part(asked, item, option, link) for option in asked.definition.choices(item)]
    return found


def _part(asked: Asked, item: Item, option: Option, link: str) -> Node:
    """One share of a split, or one card of a sort."""
    found: Node = {"linkId": f"{link}.{option.value}", "text": asked.words(option.label)}
    if item.kind is ItemKind.SPLIT:
        ends = zip(ENDS, (0, 100), strict=True)
        found |= {"type": "integer"}
        found["extension"] = [extension(url, valueInteger=end) for url, end in ends]
    else:
        groups = asked.definition.groups(item)
        found |= {"type": "choice"}
        found["answerOption"] = [
            {"valueCoding": asked.answer(item.groups, each)} for each in groups
        ]
    return {key: value for key, value in found.items() if value}


def _shown_when(asked: Asked, condition: Condition | None) -> Node:
    if condition is None:
        return {}
    on = asked.definition.item(condition.item)
    if on.kind in CODED:
        met = [
            asked.answer(on.options, option)
            for option in asked.definition.choices(on)
            if _meets(condition, option.value)
        ]
        tests = [_test(on, "=", answerCoding=each) for each in met]
        behaviour = "any"
    elif condition.equals:
        tests = [_test(on, "=", answerInteger=each) for each in condition.equals]
        behaviour = "any"
    else:
        bounds = ((">=", condition.at_least), ("<=", condition.at_most))
        tests = [_test(on, sign, answerInteger=each) for sign, each in bounds if each is not None]
        behaviour = "all"
    return {"enableWhen": tests} | ({"enableBehavior": behaviour} if len(tests) > 1 else {})


def _test(on: Item, operator: str, **answer: object) -> Node:
    return {"question": on.id, "operator": operator, **answer}


def _meets(condition: Condition, value: int | str) -> bool:
    if condition.equals:
        return value in condition.equals
    if not isinstance(value, int):
        return False
    low, high = condition.at_least, condition.at_most
    return (low is None or value >= low) and (high is None or value <= high)
