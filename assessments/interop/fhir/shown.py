"""enableWhen: when a question is shown."""

from __future__ import annotations

from decimal import Decimal

from assessments.definitions import Condition
from assessments.interop.conditions import Inexpressible, Test, condition

from .documents import Node, extensions, parts, said
from .found import SDC, Found


def shown(found: Found, node: Node) -> Condition | None:
    """None for what is always shown. Raises Inexpressible."""
    if any(extensions(node, f"{SDC}enableWhenExpression")):
        raise Inexpressible
    tests = [_test(found, each) for each in parts(node, "enableWhen")]
    if not tests:
        return None
    any_of = said(node, "enableBehavior") == "any"
    return condition(found.gathering, tests, any_of=any_of)


def _test(found: Found, node: Node) -> Test:
    name, operator = said(node, "question"), said(node, "operator")
    answer = next((value for key, value in node.items() if key.startswith("answer")), None)
    if operator == "exists":
        if answer is not True:
            raise Inexpressible
        return Test(name, "exists")
    return Test(name, operator, _value(found, name, answer, operator))


def _value(found: Found, name: str, answer: object, operator: str) -> str:
    """As the answers of the question are called; a number stands for itself."""
    if isinstance(answer, dict):
        return _key(found, name, answer)
    if isinstance(answer, bool):
        return key_in_words("", str(answer).lower())
    if isinstance(answer, Decimal):
        is_one_of = bool(found.answers.get(name)) and operator in ("=", "!=")
        return key_in_words("", str(answer)) if is_one_of else str(answer)
    return key_in_words("", str(answer))


def _key(found: Found, name: str, coding: Node) -> str:
    """A coding that states no system means the one answer with its code."""
    system, code = said(coding, "system"), said(coding, "code")
    for known in found.answers.get(name, {}):
        if known[1] == code and system in ("", known[0]):
            return key_in_words(*known)
    return key_in_words(system, code)


def key_in_words(system: str, code: str) -> str:
    return f"{system}|{code}"
