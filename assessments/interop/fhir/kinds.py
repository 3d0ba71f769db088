"""How a question of a FHIR Questionnaire is answered here."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from assessments.definitions import ItemKind, Option
from assessments.interop.gathering import LeftOut, limits, option
from assessments.interop.words import code_of, short, whole

from .documents import LOINC, Node, extensions, parts, said, truth, value_of
from .found import Found
from .weights import STRUCTURES, Answer, weighed

UNIT = f"{STRUCTURES}questionnaire-unit"
CONTROL = f"{STRUCTURES}questionnaire-itemControl"
ENDS = (f"{STRUCTURES}minValue", f"{STRUCTURES}maxValue")
SLIDER_STEP = f"{STRUCTURES}questionnaire-sliderStepValue"
CHOICES = frozenset({"choice", "open-choice", "coding"})
SIMPLE = {
    "string": ItemKind.LINE,
    "url": ItemKind.LINE,
    "text": ItemKind.TEXT,
    "date": ItemKind.DATE,
    "dateTime": ItemKind.DATE,
    "time": ItemKind.TIME,
    "decimal": ItemKind.LINE,
    "quantity": ItemKind.LINE,
}

Answered = tuple[ItemKind, list[Option], dict[str, Any]]


def answered_by(found: Found, node: Node, name: str, top: str) -> Answered:
    """The kind, the options, and what else the item needs. Raises LeftOut."""
    kind = said(node, "type")
    if kind in CHOICES or parts(node, "answerOption") or said(node, "answerValueSet"):
        return (*_chosen(found, node, name, top), {})
    if kind == "boolean":
        found.answers[name] = {("", "true"): "yes", ("", "false"): "no"}
        return ItemKind.CHOICE, [option("yes", "Yes"), option("no", "No")], {}
    if kind == "integer":
        return _number(found, node, name)
    if kind not in SIMPLE:
        raise LeftOut(f"A question of the type {short(kind) or 'that is not stated'}.")
    if kind in ("decimal", "quantity"):
        unit = _unit(node)
        found.gathering.note(
            name, f"A number{unit} that can have decimals is kept as text and never scored."
        )
    if kind == "dateTime":
        found.gathering.note(name, "Of a date with a time, only the date is asked.")
    return SIMPLE[kind], [], {}


def controls(node: Node) -> set[str]:
    """How it should look: slider, help, lower, upper."""
    found = set()
    for each in extensions(node, CONTROL):
        value = value_of(each)
        if isinstance(value, dict):
            found |= {said(coding, "code") for coding in parts(value, "coding")}
    return found


def _unit(node: Node) -> str:
    for each in extensions(node, UNIT):
        if isinstance(value := value_of(each), dict):
            return f" (in {short(said(value, 'display') or said(value, 'code'), 20)})"
    return ""


def _number(found: Found, node: Node, name: str) -> Answered:
    low, high, assumed = limits(*(_first(node, url) for url in ENDS))
    if assumed:
        found.gathering.note(name, assumed)
    step = _first(node, SLIDER_STEP)
    if "slider" not in controls(node) and step is None:
        return ItemKind.NUMBER, [], {"minimum": low, "maximum": high}
    by = whole(step) if isinstance(step, Decimal) else 1
    words = {}
    for each in parts(node, "item"):
        for control, key in (("lower", "low"), ("upper", "high")):
            if control in controls(each):
                words[key] = found.text(each, "text")
    return ItemKind.SLIDER, [], {"minimum": low, "maximum": high, "step": by or 1, **words}


def _first(node: Node, url: str) -> Any:
    return next((value_of(each) for each in extensions(node, url)), None)


def _chosen(found: Found, node: Node, name: str, top: str) -> tuple[ItemKind, list[Option]]:
    answers = found.lists.answers(node)
    many = truth(node, "repeats")
    weights, why_not = weighed(answers)
    if many and weights:
        weights, why_not = None, "Several answers with weights cannot be added up."
    if why_not:
        found.spoilt = True
        found.gathering.note(name, f"{why_not} It is not scored.")
    elif weights:
        found.weighed[name] = top
    else:
        found.weighing_nothing += 1
        found.unresolved |= {system for system, _ in (each.key for each in answers) if system}
    if said(node, "type") == "open-choice":
        found.gathering.note(name, "An answer in own words is not offered.")
    values = list(weights) if weights else _values(answers)
    found.answers[name] = dict(zip((each.key for each in answers), values, strict=True))
    options = [
        option(value, found.text(answer.node, "display") or answer.label, _loinc(answer))
        for value, answer in zip(values, answers, strict=True)
    ]
    if many:
        return ItemKind.CHOICES, options
    numbered = all(isinstance(value, int) for value in values)
    return (ItemKind.SCALE if numbered else ItemKind.CHOICE), options


def _values(answers: list[Answer]) -> list[int | str]:
    """What an answer without a weight is stored as: its number if it is one, else a code."""
    numbers = [answer.number for answer in answers]
    if all(number is not None for number in numbers):
        return [number for number in numbers if number is not None]
    found: list[int | str] = []
    for answer in answers:
        found.append(code_of(answer.key[1] or answer.label, found))
    return found


def _loinc(answer: Answer) -> str:
    return answer.key[1] if answer.key[0] == LOINC else ""
