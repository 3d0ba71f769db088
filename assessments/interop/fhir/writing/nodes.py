"""The small parts of FHIR's JSON."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

Node = dict[str, Any]

STRUCTURES = "http://hl7.org/fhir/StructureDefinition/"
ABSENT = f"{STRUCTURES}data-absent-reason"
ORDINAL = f"{STRUCTURES}ordinalValue"
TERMS = "http://terminology.hl7.org/CodeSystem/"
UNITS = "http://unitsofmeasure.org"
# What FHIR's string cannot hold.
_NO_STRING = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")


def text(written: str) -> str:
    return _NO_STRING.sub(" ", written).strip()


def extension(url: str, **value: Any) -> Node:
    return {"url": url, **value}


def coding(system: str, code: str, display: str = "") -> Node:
    found = {"system": system, "code": code}
    return found | {"display": text(display)} if text(display) else found


def concept(*codings: Node, words: str = "") -> Node:
    found: Node = {"coding": list(codings)} if codings else {}
    return found | {"text": text(words)} if text(words) else found


def reference(to: UUID, kind: str) -> Node:
    return {"reference": address(to), "type": kind}


def address(of: UUID) -> str:
    return f"urn:uuid:{of}"


def number(value: Decimal) -> int | float:
    """With as many places as the score has: four at most, which a float holds."""
    return int(value) if value == value.to_integral_value() else float(value)


def moment(at: date | datetime) -> str:
    """A day stays a day."""
    if isinstance(at, datetime):
        return at.astimezone(UTC).replace(microsecond=0).isoformat()
    return at.isoformat()


def entry(resource: Node) -> Node:
    return {"fullUrl": f"urn:uuid:{resource['id']}", "resource": resource}


def patient(uuid: UUID, *, pseudonym: str, system: str) -> Node:
    """Somebody, and nothing about them."""
    return {
        "resourceType": "Patient",
        "id": str(uuid),
        "identifier": [{"use": "secondary", "system": system, "value": pseudonym}],
    }
