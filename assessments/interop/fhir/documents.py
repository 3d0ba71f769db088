"""FHIR's JSON, read with distrust: what is in a file, and what its nodes hold."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from assessments.interop.reading import Unreadable
from assessments.interop.words import line, number, short

Node = dict[str, Any]

LOINC = "http://loinc.org"
TRANSLATION = "http://hl7.org/fhir/StructureDefinition/translation"
DEEPEST = 40


@dataclass
class Documents:
    """The resources of one or two files."""

    questionnaires: list[Node] = field(default_factory=list)
    responses: list[Node] = field(default_factory=list)
    lists: list[Node] = field(default_factory=list)  # value sets and code systems

    def add(self, resource: Node, depth: int = 0) -> None:
        kind = resource.get("resourceType")
        if depth > DEEPEST:
            raise Unreadable("This file is nested too deeply.")
        if kind == "Bundle":
            for entry in parts(resource, "entry"):
                if isinstance(inside := entry.get("resource"), dict):
                    self.add(inside, depth + 1)
            return
        homes = {
            "Questionnaire": self.questionnaires,
            "QuestionnaireResponse": self.responses,
            "ValueSet": self.lists,
            "CodeSystem": self.lists,
        }
        if isinstance(kind, str) and kind in homes:
            homes[kind].append(resource)
            for each in parts(resource, "contained"):
                self.add(each, depth + 1)
        elif not depth:
            what = f"a {short(kind)}" if isinstance(kind, str) and kind else "no FHIR resource"
            raise Unreadable(f"This file is {what}, not a FHIR Questionnaire.")


def documents(texts: Sequence[str]) -> Documents:
    """Raises Unreadable unless there is exactly one questionnaire."""
    found = Documents()
    for text in texts:
        found.add(_parsed(text))
    if not found.questionnaires:
        if found.responses:
            raise Unreadable("This is a response without its questionnaire. Please add that file.")
        raise Unreadable("There is no FHIR Questionnaire in this file.")
    if len(found.questionnaires) > 1:
        count = len(found.questionnaires)
        raise Unreadable(f"This file holds {count} questionnaires. Please import one at a time.")
    return found


def _parsed(text: str) -> Node:
    try:
        found = json.loads(
            text,
            object_pairs_hook=_once,
            parse_float=_number,
            parse_int=_number,
            parse_constant=_no_number,
        )
    except json.JSONDecodeError as error:
        raise Unreadable(f"This is not JSON: line {error.lineno}, {error.msg}.") from error
    except RecursionError as error:
        raise Unreadable("This file is nested too deeply.") from error
    if not isinstance(found, dict):
        raise Unreadable("This file is JSON, but no FHIR resource.")
    return found


def _once(pairs: list[tuple[str, Any]]) -> Node:
    found: Node = {}
    for key, value in pairs:
        if key in found:
            raise Unreadable(f"The key “{short(key)}” stands twice in one place of this file.")
        if isinstance(value, str):
            line(value)  # wherever it goes: what no text can hold is refused here
        found[key] = value
    return found


def _number(written: str) -> Decimal:
    found = number(written)
    if found is None:
        raise Unreadable(f"The file holds a number that cannot be read: {short(written)}.")
    return found


def _no_number(written: str) -> Decimal:
    raise Unreadable(f"The file holds {written}, which is no number.")


# -- nodes -----------------------------------------------------------------------------------------


def parts(node: Node, key: str) -> list[Node]:
    """The nodes under a key. Raises Unreadable when they are anything else."""
    found = node.get(key)
    if found is None:
        return []
    if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
        raise Unreadable(f"This is no valid FHIR file: “{key}” is not a list of objects.")
    return found


def inside(node: Node, key: str) -> Node:
    found = node.get(key)
    if found is not None and not isinstance(found, dict):
        raise Unreadable(f"This is no valid FHIR file: “{key}” is not an object.")
    return found or {}


def said(node: Node, key: str) -> str:
    """The text under a key, or empty."""
    found = node.get(key)
    if found is not None and not isinstance(found, str):
        raise Unreadable(f"This is no valid FHIR file: “{key}” is not a text.")
    return found or ""


def truth(node: Node, key: str) -> bool:
    return node.get(key) is True


def extensions(node: Node, *urls: str) -> Iterator[Node]:
    for each in parts(node, "extension"):
        if each.get("url") in urls:
            yield each


def value_of(node: Node) -> Any:
    """What an element of type value[x] holds: an extension, an answer, an option."""
    return next((value for key, value in node.items() if key.startswith("value")), None)


def loinc_of(codings: Sequence[Node]) -> str:
    for coding in codings:
        if coding.get("system") == LOINC and isinstance(coding.get("code"), str):
            return str(coding["code"])
    return ""


def translations(node: Node, key: str) -> dict[str, str]:
    """By language, the text under a key in other languages."""
    found = {}
    for each in extensions(inside(node, f"_{key}"), TRANSLATION):
        values = {str(part.get("url")): value_of(part) for part in parts(each, "extension")}
        language, content = values.get("lang"), values.get("content")
        if isinstance(language, str) and isinstance(content, str) and content.strip():
            found[language] = content
    return found
