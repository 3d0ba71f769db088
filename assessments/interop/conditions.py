"""When a question is shown: what a file says in its own words, as a condition of ours.

Ours is about one earlier question: its answer is one of some, or lies between two numbers. What
says more than that cannot be expressed, and the caller lists it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from assessments.definitions import SCORABLE, Condition, Item, ItemKind

from .gathering import Gathering
from .words import whole

LONGEST = 2_000
MOST_WRAPPINGS = 20  # parentheses around the whole of a condition
ALL = "It is asked of everybody."
OPPOSITE = {"=": "!=", "!=": "="}


class Inexpressible(Exception):
    """A condition that cannot be said in ours."""


@dataclass(frozen=True)
class Test:
    """``operator`` is =, !=, <, <=, >, >= or exists; ``value`` is as the file writes it."""

    name: str
    operator: str
    value: str = ""


def condition(gathering: Gathering, tests: Sequence[Test], *, any_of: bool) -> Condition:
    """All of the tests, or any of them, as one condition. Raises Inexpressible."""
    names = {test.name for test in tests}
    if len(names) != 1:
        raise Inexpressible
    name = names.pop()
    item = gathering.by_name.get(name)
    if item is None:
        raise Inexpressible
    offered = gathering.values.get(name, {})
    if all(test.operator in ("=", "!=", "exists") for test in tests) and offered:
        return _by_answer(item, offered, tests, any_of=any_of)
    return _by_number(item, tests, any_of=any_of)


def _by_answer(
    item: Item, offered: dict[str, int | str], tests: Sequence[Test], *, any_of: bool
) -> Condition:
    if len(tests) > 1 and {test.operator for test in tests} != {"=" if any_of else "!="}:
        raise Inexpressible
    if tests[0].operator == "exists":
        return Condition(item=item.id, equals=tuple(offered.values()))
    if any(test.value not in offered for test in tests):
        raise Inexpressible
    named = [offered[test.value] for test in tests]
    if tests[0].operator == "=":
        return Condition(item=item.id, equals=tuple(dict.fromkeys(named)))
    others = tuple(value for value in offered.values() if value not in named)
    if item.kind is ItemKind.CHOICES or not others:
        raise Inexpressible  # of several answers, another one beside it is no denial
    return Condition(item=item.id, equals=others)


def _by_number(item: Item, tests: Sequence[Test], *, any_of: bool) -> Condition:
    if item.kind not in SCORABLE or (any_of and len(tests) > 1):
        raise Inexpressible
    low: list[int] = []
    high: list[int] = []
    for test in tests:
        if test.operator == "exists":
            low.append(item.minimum)
            continue
        value = whole(test.value)
        if value is None or abs(value) > 10**6:
            raise Inexpressible
        if test.operator in ("=", ">=", ">"):
            low.append(value + (test.operator == ">"))
        if test.operator in ("=", "<=", "<"):
            high.append(value - (test.operator == "<"))
        if test.operator == "!=":
            raise Inexpressible
    return Condition(
        item=item.id, at_least=max(low) if low else None, at_most=min(high) if high else None
    )


# -- as REDCap and XLSForm write it ----------------------------------------------------------------

_NAME = r"(?:\[(?P<field>\w+)(?:\((?P<box>[\w.-]+)\))?\]|\$\{(?P<question>[\w.-]+)\})"
_VALUE = r"""(?:'(?P<single>[^']*)'|"(?P<double>[^"]*)"|(?P<bare>-?\d+(?:\.\d+)?))"""
_COMPARED = re.compile(rf"{_NAME}\s*(?P<operator>==|=|<>|!=|>=|<=|>|<)\s*{_VALUE}")
_SELECTED = re.compile(rf"selected\s*\(\s*{_NAME}\s*,\s*{_VALUE}\s*\)", re.IGNORECASE)
_NOT = re.compile(r"not\s*\((?P<inner>.*)\)", re.IGNORECASE | re.DOTALL)
_JOINED = re.compile(r"(?<!\s)\s+(and|or)\s+", re.IGNORECASE)  # no blank is looked at twice


def parsed(gathering: Gathering, written: str) -> Condition:
    """``[a] = '1' or [a] = '2'`` and ``selected(${a}, 'b')``. Raises Inexpressible."""
    if len(written) > LONGEST:
        raise Inexpressible
    parts = _JOINED.split(_unwrapped(written))
    joins = {each.lower() for each in parts[1::2]}
    if len(joins) > 1:
        raise Inexpressible
    tests = [_test(gathering, _unwrapped(part)) for part in parts[::2]]
    return condition(gathering, tests, any_of=joins == {"or"})


def _test(gathering: Gathering, written: str) -> Test:
    if inner := _NOT.fullmatch(written):
        test = _test(gathering, _unwrapped(inner["inner"]))
        if test.operator not in OPPOSITE:
            raise Inexpressible
        return Test(test.name, OPPOSITE[test.operator], test.value)
    found = _SELECTED.fullmatch(written) or _COMPARED.fullmatch(written)
    if found is None:
        raise Inexpressible
    parts = found.groupdict()
    name = parts["field"] or parts["question"]
    value = next(parts[key] for key in ("single", "double", "bare") if parts[key] is not None)
    operator = {"==": "=", "<>": "!="}.get(parts.get("operator") or "=", parts.get("operator"))
    if parts["box"] is not None:  # a box of a checkbox: 1 is ticked
        if operator != "=" or value != "1":
            raise Inexpressible
        return Test(name, "=", parts["box"])
    item = gathering.by_name.get(name)
    if item is not None and item.kind is ItemKind.CHOICES and parts.get("operator"):
        raise Inexpressible  # several answers are compared one by one
    if value == "" and operator == "!=":
        return Test(name, "exists")
    return Test(name, operator or "=", value)


def _unwrapped(written: str) -> str:
    """Without parentheses around the whole of it."""
    written = written.strip()
    for _wrapping in range(MOST_WRAPPINGS):
        if not (written.startswith("(") and written.endswith(")")):
            break
        inner, depth = written[1:-1], 0
        for character in inner:
            depth += (character == "(") - (character == ")")
            if depth < 0:
                return written
        written = inner.strip()
    return written


# -- several at once -------------------------------------------------------------------------------


def combined(gathering: Gathering, conditions: Sequence[Condition]) -> Condition | None:
    """All of them as one: a condition on what is itself shown by the others holds them already.

    Raises Inexpressible.
    """
    left = list(dict.fromkeys(conditions))
    if not left:
        return None
    last = left.pop()
    if not left:
        return last
    target = next(item for item in gathering.items if item.id == last.item)
    if target.show_if is not None and combined(gathering, left) == target.show_if:
        return last
    raise Inexpressible
