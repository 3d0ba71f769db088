"""The library as a clinician browses it: activities and programs, what they need, what is found."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

from django.utils.translation import gettext_lazy as _

from .definitions import Definition, Kind, Program
from .models import ActivityVersion, ProgramVersion

SECTIONS = {
    "screener": _("Screeners"),
    "exercise": _("Exercises"),
    "log": _("Logs"),
    "reading": _("Readings"),
    "program": _("Programs"),
    "instrument": _("Published instruments"),
}
OFTEN = "often"
TITLES = {OFTEN: _("You often give"), **SECTIONS}
THEMES = {
    "limits": _("Limits"),
    "needs": _("Own needs"),
    "self": _("Own self"),
    "balance": _("Give and take"),
    "feelings": _("Feelings"),
    "talking": _("Talking and listening"),
    "closeness": _("Closeness"),
    "support": _("Support"),
    "safety": _("Safety"),
    "family": _("Family"),
    "goals": _("Goals"),
    "wellbeing": _("Wellbeing"),
}
# Words that a clinician may search by and that we do not use to a client.
ALSO_CALLED = {
    "limits": _("boundary boundaries assertiveness"),
    "needs": _("self-care self-neglect"),
    "self": _("identity differentiation"),
    "balance": _("interdependence reciprocity"),
    "feelings": _("emotion regulation"),
    "talking": _("communication"),
    "closeness": _("intimacy attachment"),
    "safety": _("violence abuse risk"),
}
MINUTES = {"5": _("Up to 5 minutes"), "10": _("Up to 10 minutes"), "20": _("Up to 20 minutes")}
SHORT = 3  # letters: a shorter word begins too many others
GATES = {"no": _("Needs no safety check"), "yes": _("Needs a safety check")}


@dataclass(frozen=True)
class Card:
    """One activity or program, as a card shows it. ``gated``: a safety check is needed."""

    definition: Definition | Program
    url: str
    is_own: bool
    gated: bool
    minutes: int | None  # of an activity; a program has weeks

    @property
    def is_program(self) -> bool:
        return isinstance(self.definition, Program)

    @property
    def section(self) -> str:
        definition = self.definition
        if isinstance(definition, Program):
            return "program"
        if definition.is_validated:
            return "instrument"
        return "log" if definition.as_log else str(definition.kind)

    @property
    def needs_paper(self) -> bool:
        """Its words are not here: it can only be entered from a paper copy."""
        return isinstance(self.definition, Definition) and not self.definition.has_text

    @property
    def takes_paper(self) -> bool:
        return isinstance(self.definition, Definition) and takes_paper(self.definition)

    def is_found_by(self, words: str) -> bool:
        """Whether each word begins one of ours: "bound" finds boundaries, "no" is not in "now"."""
        return all(_begins_a_word(word, self.searched) for word in words.casefold().split())

    @cached_property
    def searched(self) -> str:
        definition = self.definition
        texts = [definition.title, definition.summary, definition.for_clinicians]
        texts += [definition.title.replace("-", ""), definition.provenance.author]  # PHQ9
        texts += [f"{THEMES[theme]} {ALSO_CALLED.get(theme, '')}" for theme in definition.themes]
        if isinstance(definition, Definition):
            texts += [item.text for item in definition.items]
            texts += [section.heading for section in definition.sections]
            texts += [scale.construct for scale in definition.scales]
        else:
            texts += [step.activity.replace("-", " ") for step in definition.steps]
        return " ".join(texts).casefold()


@dataclass(frozen=True)
class Wanted:
    """What is looked for; empty means all of them."""

    words: str = ""
    section: str = ""
    theme: str = ""
    minutes: str = ""
    gate: str = ""
    language: str = ""
    own: bool = False

    def is_in_title(self, card: Card) -> bool:
        title = card.definition.title.casefold()
        return all(_begins_a_word(word, title) for word in self.words.casefold().split())

    def fits(self, card: Card) -> bool:
        """Everything but the section, which the counts at the top go by."""
        definition = card.definition
        return (
            card.is_found_by(self.words)
            and (not self.theme or self.theme in definition.themes)
            and (not self.language or definition.language == self.language)
            and (not self.gate or card.gated == (self.gate == "yes"))
            and (not self.minutes or (card.minutes or 999) <= int(self.minutes))
            and (not self.own or card.is_own)
        )


@dataclass(frozen=True)
class Shelf:
    """What was found: ``counts`` by section without regard to the section that is wanted, of the
    sections that have anything at all."""

    wanted: Wanted
    total: int
    counts: dict[str, int]
    sections: dict[str, list[Card]] = field(default_factory=dict)
    often: list[Card] = field(default_factory=list)

    @property
    def shown(self) -> dict[str, list[Card]]:
        """Each under its heading; what is often given stands in front, and once more in its own."""
        return {OFTEN: self.often, **self.sections} if self.often else self.sections

    @property
    def found(self) -> int:
        return sum(len(cards) for cards in self.sections.values())


def takes_paper(definition: Definition) -> bool:
    """Whether a copy that was filled in on paper can be entered by number: what is scored can."""
    is_scored = bool(definition.scales) or not definition.has_text
    return definition.kind is Kind.SCREENER and is_scored


def cards_of(user) -> list[Card]:
    """All that a practice has in use, by title. Two statements."""
    versions = list(ActivityVersion.objects.of(user).assignable())
    gated = {
        slug
        for version in versions
        if version.definition.gated
        for slug in (version.activity.slug, *version.definition.formerly)
    }
    cards = [_of_activity(version) for version in versions]
    cards += [
        _of_program(version, gated) for version in ProgramVersion.objects.of(user).assignable()
    ]
    return sorted(cards, key=lambda card: card.definition.title.casefold())


def shelf_of(cards: list[Card], wanted: Wanted, often: Iterable[str] = ()) -> Shelf:
    """``often`` are slugs of activities: they come first as long as nothing is looked for."""
    fitting = [card for card in cards if wanted.fits(card)]
    if wanted.words:
        fitting.sort(key=lambda card: not wanted.is_in_title(card))
    by_section = {
        section: [card for card in fitting if card.section == section] for section in SECTIONS
    }
    there = {card.section for card in cards}
    activities = {card.definition.slug: card for card in cards if not card.is_program}
    return Shelf(
        often=[activities[slug] for slug in often if slug in activities]
        if wanted == Wanted()
        else [],
        wanted=wanted,
        total=len(cards),
        counts={section: len(found) for section, found in by_section.items() if section in there},
        sections={
            section: found
            for section, found in by_section.items()
            if found and wanted.section in ("", section)
        },
    )


def _begins_a_word(word: str, text: str) -> bool:
    """A short word has to be a whole one."""
    end = r"\b" if len(word) < SHORT else ""
    return re.search(rf"(?<!\w){re.escape(word)}{end}", text) is not None


def languages_of(cards: list[Card]) -> list[str]:
    return sorted({card.definition.language for card in cards})


def _of_activity(version: ActivityVersion) -> Card:
    definition, activity = version.definition, version.activity
    return Card(
        definition=definition,
        url=activity.get_absolute_url(),
        is_own=activity.is_own,
        gated=definition.gated,
        minutes=definition.minutes,
    )


def _of_program(version: ProgramVersion, gated: set[str]) -> Card:
    definition = version.definition
    return Card(
        definition=definition,
        url=version.program.get_absolute_url(),
        is_own=version.program.is_own,
        gated=any(step.activity in gated for step in definition.steps),
        minutes=None,
    )
