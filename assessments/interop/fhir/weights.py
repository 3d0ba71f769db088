"""The answers of a question, and what each weighs, from the four places where a weight can stand.

On the answerOption, on its coding, on the concept of a value set in the file, or in a code system
in the file; under two addresses, an older and a newer one. What is in none of these is not there:
a weight is never made up, and two that differ are worth none.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from assessments.interop.gathering import LARGEST_WEIGHT, MOST_OPTIONS, LeftOut
from assessments.interop.reading import Unreadable
from assessments.interop.words import line, short, whole

from .documents import DEEPEST, Node, extensions, inside, parts, said, value_of

STRUCTURES = "http://hl7.org/fhir/StructureDefinition/"
WEIGHTS = (
    f"{STRUCTURES}ordinalValue",
    f"{STRUCTURES}itemWeight",
    # As they were called before FHIR R4.
    f"{STRUCTURES}questionnaire-ordinalValue",
    f"{STRUCTURES}valueset-ordinalValue",
    f"{STRUCTURES}codesystem-ordinalValue",
)
# A property of a code system is known by its address, or by its name where it states none.
PROPERTIES = ("itemWeight", "ordinalValue")
PROPERTY_ADDRESSES = (*WEIGHTS, "http://hl7.org/fhir/concept-properties#itemWeight")

Key = tuple[str, str]  # system and code


@dataclass(frozen=True)
class Answer:
    """One answer. ``key`` finds it in a response; ``weights`` are all that the file gives it."""

    key: Key
    label: str
    weights: frozenset[Decimal]
    node: Node  # with its label in other languages
    number: int | None = None  # of an answer that is a number itself


class Lists:
    """The value sets and code systems of the file, and the answers that questions take of them."""

    def __init__(self, resources: list[Node]) -> None:
        self.sets: dict[str, Node] = {}
        self.systems: dict[str, Node] = {}
        for each in resources:
            if each.get("resourceType") == "CodeSystem":
                self.systems[said(each, "url")] = each
                continue
            for name in (f"#{said(each, 'id')}", said(each, "url")):
                self.sets[name] = each
        self.weights = {url: _property_weights(system) for url, system in self.systems.items()}
        self._known: dict[str, list[Answer] | str] = {}  # answers, or why there are none

    def answers(self, item: Node) -> list[Answer]:
        """Raises LeftOut when the answers are not in this file."""
        options = parts(item, "answerOption")
        if len(options) > MOST_OPTIONS:
            raise LeftOut(f"It has more than {MOST_OPTIONS} answers.")
        if options:
            return [self._of_option(option) for option in options]
        address = said(item, "answerValueSet").split("|")[0]
        if not address:
            raise LeftOut("The file gives no answers to choose from.")
        if address not in self.sets:
            raise LeftOut(f"Its answers are in the list {short(address)}, not in this file.")
        return self._once(address)

    def _once(self, address: str) -> list[Answer]:
        """Each list is looked through once, however many questions have it."""
        if address not in self._known:
            try:
                self._known[address] = self._of_set(self.sets[address], address)
            except LeftOut as reason:
                self._known[address] = str(reason)
        found = self._known[address]
        if isinstance(found, str):
            raise LeftOut(found)
        return found

    def _of_option(self, option: Node) -> Answer:
        value = value_of(option)
        on_option = set(_weights_on(option))
        if isinstance(value, dict):
            key = (said(value, "system"), said(value, "code") or said(value, "display"))
            label = said(value, "display") or said(value, "code")
            weights = on_option | set(_weights_on(value)) | self._of_system(key)
            return Answer(key, label, frozenset(weights), value)
        if isinstance(value, Decimal):
            number = whole(value)
            if number is None:
                raise LeftOut(f"Its answer {value} is not a whole number.")
            return Answer(("", str(number)), str(number), frozenset(on_option), {}, number)
        if isinstance(value, str):
            return Answer(("", value), value, frozenset(on_option), {})
        raise LeftOut("One of its answers is of a kind that cannot be chosen here.")

    def _of_set(self, resource: Node, address: str) -> list[Answer]:
        concepts = list(self._concepts(resource, address))
        if len(concepts) > MOST_OPTIONS:
            raise LeftOut(f"It has more than {MOST_OPTIONS} answers.")
        if not concepts:
            raise LeftOut(f"The list {short(address)} names no answers in this file.")
        return [
            Answer(
                (system, said(concept, "code")),
                said(concept, "display") or said(concept, "code"),
                frozenset(
                    {*_weights_on(concept), *self._of_system((system, said(concept, "code")))}
                ),
                concept,
            )
            for system, concept in concepts
        ]

    def _concepts(self, resource: Node, address: str) -> Iterator[tuple[str, Node]]:
        compose, expansion = inside(resource, "compose"), inside(resource, "expansion")
        if parts(compose, "exclude"):
            raise LeftOut(f"The list {short(address)} leaves some answers out, which is not read.")
        for include in parts(compose, "include"):
            system = said(include, "system")
            concepts = parts(include, "concept")
            if include.get("filter") or include.get("valueSet"):
                raise LeftOut(f"The list {short(address)} is made of other lists.")
            if not concepts:
                if system not in self.systems:
                    raise LeftOut(f"Its answers are those of {short(system)}, not in this file.")
                concepts = list(_all_concepts(self.systems[system]))
            known = _displays(self.systems.get(system))
            for each in concepts:
                yield system, {"display": known.get(said(each, "code"), "")} | each
        if not compose:
            for each in parts(expansion, "contains"):
                yield said(each, "system"), each

    def _of_system(self, key: Key) -> set[Decimal]:
        return self.weights.get(key[0], {}).get(key[1], set())


def _weights_on(node: Node) -> Iterator[Decimal]:
    for each in extensions(node, *WEIGHTS):
        if isinstance(value := value_of(each), Decimal):
            yield value


def _all_concepts(system: Node, depth: int = 0) -> Iterator[Node]:
    if depth > DEEPEST:
        raise Unreadable("This file is nested too deeply.")
    for concept in parts(system, "concept"):
        yield concept
        yield from _all_concepts(concept, depth + 1)


def _displays(system: Node | None) -> dict[str, str]:
    if system is None:
        return {}
    return {said(each, "code"): said(each, "display") for each in _all_concepts(system)}


def _property_weights(system: Node) -> dict[str, set[Decimal]]:
    """By code, the weights that a code system gives as a property or an extension."""
    names = {
        said(each, "code")
        for each in parts(system, "property")
        if said(each, "uri") in PROPERTY_ADDRESSES
        or (not said(each, "uri") and said(each, "code") in PROPERTIES)
    } or set(PROPERTIES)
    found = {}
    for concept in _all_concepts(system):
        weights = set(_weights_on(concept))
        for each in parts(concept, "property"):
            if said(each, "code") in names and isinstance(value := value_of(each), Decimal):
                weights.add(value)
        found[said(concept, "code")] = weights
    return found


def weighed(answers: list[Answer]) -> tuple[list[int] | None, str]:
    """What each answer counts, in order, or None; and why not, where the file tried to say it."""
    if not any(answer.weights for answer in answers):
        return None, ""
    found: list[int] = []
    for answer in answers:
        label = short(line(answer.label), 30)
        if not answer.weights:
            return None, f"Its answer “{label}” has no weight, though others have one."
        if len(answer.weights) > 1:
            many = " and ".join(str(each) for each in sorted(answer.weights))
            return None, f"Its answer “{label}” has two weights that differ: {many}."
        (weight,) = answer.weights
        counts = whole(weight)
        if counts is None:
            return None, f"Its answer “{label}” weighs {weight}, and nothing is rounded here."
        if abs(counts) > LARGEST_WEIGHT:
            return None, f"Its answer “{label}” weighs {weight}, which is too large."
        if counts in found:
            return None, f"Two of its answers weigh {counts}, so they could not be told apart."
        found.append(counts)
    return found, ""
