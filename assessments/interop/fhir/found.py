"""What is known of a questionnaire while it is walked through."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from assessments.interop.gathering import Gathering
from assessments.interop.reading import Unreadable
from assessments.interop.words import short

from .documents import Node, extensions, parts, said, translations, value_of
from .weights import STRUCTURES, Lists

SDC = "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-"
CALCULATED = f"{SDC}calculatedExpression"
EXPRESSIONS = (
    CALCULATED,
    f"{SDC}initialExpression",
    f"{SDC}enableWhenExpression",
    f"{SDC}answerExpression",
    f"{SDC}candidateExpression",
    f"{STRUCTURES}variable",
    f"{STRUCTURES}targetConstraint",
    f"{STRUCTURES}questionnaire-constraint",
    f"{STRUCTURES}cqf-expression",
)
_LANGUAGE = re.compile(r"([A-Za-z]{2,3})(?:[-_]([A-Za-z]{2}))?(?:[-_].*)?")

Key = tuple[str, str]  # system and code of an answer


def language_of(written: str) -> str | None:
    """As a definition writes it: de, pt-BR; None for what is no language."""
    found = _LANGUAGE.fullmatch(written.strip())
    if not found:
        return None
    region = f"-{found[2].upper()}" if found[2] else ""
    return found[1].lower() + region


@dataclass
class Found:
    """``answers``: by name, what each answer is stored as. ``totals``: names to LOINC codes."""

    gathering: Gathering
    lists: Lists
    url: str = ""
    translated_to: str | None = None  # another language than the file's own
    is_own_known: bool = True
    answers: dict[str, dict[Key, int | str]] = field(default_factory=dict)
    totals: dict[str, str] = field(default_factory=dict)
    names: set[str] = field(default_factory=set)
    languages: set[str] = field(default_factory=set)  # that texts are translated to
    # Of what can be added up, by name: the group of the first level that it stands in.
    weighed: dict[str, str] = field(default_factory=dict)
    tops_of_totals: dict[str, str] = field(default_factory=dict)
    titles: dict[str, str] = field(default_factory=dict)  # of those groups
    weighing_nothing: int = 0
    unresolved: set[str] = field(default_factory=set)  # code systems that are not in the file
    spoilt: bool = False  # a weight is there that cannot be used

    def text(self, node: Node, key: str) -> str:
        """In the language that was asked for, or the file's own where there is none."""
        found = translations(node, key)
        self.languages |= {language_of(each) or each for each in found}
        if self.translated_to:
            for language, content in found.items():
                if language_of(language) == self.translated_to:
                    return content
            if said(node, key) and self.is_own_known:
                words = short(said(node, key), 40)
                self.gathering.note(
                    said(node, "linkId"), f"“{words}” has no words in {self.translated_to}."
                )
        return said(node, key)

    def expressions(self, node: Node, name: str) -> None:
        """They are listed and never run."""
        for each in extensions(node, *EXPRESSIONS):
            value = value_of(each)
            written = said(value, "expression") if isinstance(value, dict) else str(value or "")
            if not written:
                inner = {str(part.get("url")): value_of(part) for part in parts(each, "extension")}
                written = str(inner.get("expression") or "")
            kind = str(each.get("url")).rsplit("/", 1)[-1].removeprefix("sdc-questionnaire-")
            self.gathering.computes(name, f"{kind}: {written}")

    def has_words_in_that_language(self) -> None:
        """Raises Unreadable when a language was asked for that the file does not speak."""
        wanted = self.translated_to
        if wanted and self.is_own_known and wanted not in self.languages:
            raise Unreadable(f"There is nothing in the language {wanted} in this file.")
