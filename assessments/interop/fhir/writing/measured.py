"""An Observation per score, with how it came about and what it does not mean."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from assessments.definitions import REFLECTION_LABEL_CLINICIAN, Scale

from .asked import Asked
from .nodes import TERMS, UNITS, Node, coding, concept, moment, number, reference, text

SURVEY = coding(f"{TERMS}observation-category", "survey", "Survey")
NOT_COMPUTED = {
    "nothing_answered": "nothing was answered",
    "never_imputed": "an answer is missing that is never made up",
    "too_many_missing": "too many answers are missing",
    "too_few_answered": "too few questions were answered",
    "undecided": "what is missing could still decide it",
}


@dataclass(frozen=True)
class Taken:
    """One score. ``why`` it has no value, as its trace says; ``bands`` as published."""

    uuid: UUID
    client: UUID
    response: UUID
    asked: Asked
    scale: Scale | None  # None: its version has lost it
    code: str
    value: Decimal | None
    answered: int
    missing: int
    provisional: bool
    engine: str
    taken_at: datetime
    about: str = ""
    why: str = ""
    bands: tuple[str, ...] = ()


def observation(taken: Taken) -> Node:
    asked, scale = taken.asked, taken.scale
    title = scale.title if scale else taken.code
    own = coding(f"{asked.url}#scales", taken.code, title)
    codings = [*(asked.loinc(scale.loinc) if scale else []), own]
    found: Node = {
        "resourceType": "Observation",
        "id": str(taken.uuid),
        "status": "final",
        "category": [concept(SURVEY)],
        "code": concept(*codings, words=f"{asked.definition.title}: {title}"),
        "subject": reference(taken.client, "Patient"),
        "effectiveDateTime": moment(taken.taken_at),
        **_value(taken),
        "interpretation": [concept(words=each) for each in taken.bands],
        "note": [{"text": text(each)} for each in _notes(taken)],
        "method": concept(words=_method(taken)),
        "derivedFrom": [reference(taken.response, "QuestionnaireResponse")],
        "component": _counts(taken),
    }
    return {key: value for key, value in found.items() if value}


def _value(taken: Taken) -> Node:
    if taken.value is not None:
        unit = {"unit": "score", "system": UNITS, "code": "{score}"}
        return {"valueQuantity": {"value": number(taken.value)} | unit}
    why = NOT_COMPUTED.get(taken.why, "it could not be computed")
    absent = coding(f"{TERMS}data-absent-reason", "unknown", "Unknown")
    return {"dataAbsentReason": concept(absent, words=why)}


def _notes(taken: Taken) -> list[str]:
    notes = []
    if not taken.asked.definition.is_validated:
        notes.append(REFLECTION_LABEL_CLINICIAN)
    if taken.provisional:
        notes.append("Provisional: estimated from incomplete answers.")
    if taken.scale:
        notes.append(f"A higher score is {taken.scale.higher_is}.")
    return notes


def _method(taken: Taken) -> str:
    how = f"{taken.scale.method} of its items" if taken.scale else "as its version had it"
    return f"{how}; Trellis scoring engine {taken.engine}"


def _counts(taken: Taken) -> list[Node]:
    system = f"{taken.asked.url}#scoring"
    counts = {"answered": taken.answered, "missing": taken.missing}
    found: list[Node] = [
        {"code": concept(coding(system, name, name)), "valueInteger": count}
        for name, count in counts.items()
    ]
    if taken.about:
        found.append(
            {"code": concept(coding(system, "about", "about")), "valueString": taken.about}
        )
    return found
