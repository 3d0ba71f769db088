"""What the readers share: one question after another becomes an item, or a reason why not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from pydantic import ValidationError

from assessments.definitions import Fault, Item, ItemKind, Option

from .reading import Note, Reading, Sum, Unreadable
from .words import code_of, line, number, paragraphs, short, whole

MOST_ITEMS = 400
MOST_OPTIONS = 100
MOST_NOTES = 2_000  # five for each question: more than anybody would read
LONGEST_QUESTION = 300
LONGEST_HINT = 300
LONGEST_HEADING = 80
LONGEST_LABEL = 120
LONGEST_TITLE = 80
LONGEST_COPYRIGHT = 20_000
# A score has five digits before the point, and there can be four hundred items.
LARGEST_WEIGHT = 200
LARGEST_LIMIT = 1_000_000
WIDEST_NUMBER = (0, 1_000)  # of a question for a number that states no limits

NO_CHOICE = "It leaves no choice: there are fewer than two answers."
KINDS = {
    ItemKind.SCALE: "with numbered answers",
    ItemKind.CHOICE: "with one answer to choose",
    ItemKind.CHOICES: "with several answers to choose",
    ItemKind.SLIDER: "with a slider",
    ItemKind.NUMBER: "for a whole number",
    ItemKind.DATE: "for a date",
    ItemKind.TIME: "for a time of day",
    ItemKind.LINE: "for a line of text",
    ItemKind.TEXT: "for a longer text",
}


class LeftOut(Exception):
    """One question cannot be asked as it is; the sentence says why."""


class Gathering:
    """Fills while a file is read; ``reading()`` is what came of it."""

    def __init__(self, form: str, *, title: str = "", language: str = "en") -> None:
        self.form, self.language = form, language
        self.entitle(title)
        self.loinc = ""
        self.copyright = ""
        self.items: list[Item] = []
        self.by_name: dict[str, Item] = {}
        self.options: dict[str, tuple[Option, ...]] = {}
        self.sums: list[Sum] = []
        self.left_out: set[str] = set()
        # By name, what the file calls an answer and what it is stored as here.
        self.values: dict[str, dict[str, int | str]] = {}
        self.said: list[str] = []
        self.scoring: list[str] = []
        self.notes: list[Note] = []
        self.expressions: list[Note] = []
        self._intro: list[str] = []
        self._headings: list[str] = []
        self._words: list[str] = []

    def entitle(self, title: str) -> None:
        self.title = short(line(title), LONGEST_TITLE)

    # -- what is met on the way ------------------------------------------------------------------

    def note(self, where: str, says: str) -> None:
        self.notes.append(Note(short(line(where)), says))
        self._is_readable()

    def section(self, heading: str) -> None:
        """A heading for the question that comes next."""
        if heading := line(heading):
            self._headings.append(heading)

    def end_section(self, heading: str) -> None:
        """Its heading goes when no question came."""
        if line(heading) in self._headings:
            self._headings.remove(line(heading))

    def words(self, text: str) -> None:
        """Something to read before the next question, or at the end."""
        if text := paragraphs(text):
            self._words.append(text)

    def rights(self, text: str) -> None:
        """What the file says of whose it is."""
        found = paragraphs(text)
        if len(found) > LONGEST_COPYRIGHT:
            raise Unreadable("The copyright text of this file is longer than any that is read.")
        self.copyright = "\n\n".join(part for part in (self.copyright, found) if part)

    def computes(self, where: str, expression: str) -> None:
        """Something the file computes. It is shown and never run."""
        self.expressions.append(Note(short(line(where)), short(line(expression), 300)))
        self._is_readable()

    def _is_readable(self) -> None:
        if len(self.notes) + len(self.expressions) > MOST_NOTES:
            raise Unreadable("Too much of this file cannot be taken over. Please bring a part.")

    # -- questions -------------------------------------------------------------------------------

    def ask(
        self,
        name: str,
        kind: ItemKind,
        text: str,
        *,
        options: Iterable[Option] = (),
        hint: str = "",
        **rest: Any,
    ) -> Item:
        """One more item. Raises LeftOut, and then nothing has changed."""
        if name in self.by_name or name in self.left_out:
            raise LeftOut("The file has this name twice; the second one is left out.")
        if len(self.items) >= MOST_ITEMS:
            raise Unreadable(f"This file has more than {MOST_ITEMS} questions.")
        text, hint = _two_parts(line(text), line(hint))
        if not text:
            raise LeftOut("It has no words, so nobody could answer it.")
        heading, words = self._heading(), list(self._words)
        if len(heading) > LONGEST_HEADING:
            heading, words = "", [heading, *words]
        whole_hint = hint if not self.items else " ".join(part for part in (*words, hint) if part)
        fits = len(whole_hint) <= LONGEST_HINT
        listed = self._list_of(_checked(tuple(options))) if options else ""
        try:
            item = Item(
                id=code_of(name, {item.id for item in self.items}),
                kind=kind,
                text=text,
                hint=whole_hint if fits else hint,
                heading=heading,
                options=listed,
                **rest,
            )
        except ValidationError as error:
            raise LeftOut(_reason(error)) from error
        if not self.items:
            self._intro += words
        elif not fits:
            says = "Words that stand before it are too long to stand with it: "
            self.note(name, says + short(" ".join(words), 120))
        self._headings, self._words = [], []
        self.items.append(item)
        self.by_name[name] = item
        return item

    def leave_out(self, name: str, why: str) -> None:
        self.left_out.add(name)
        self.note(name, why)

    def _heading(self) -> str:
        """Of the sections that begin here; the innermost alone where all are too long."""
        heading = ": ".join(self._headings)
        return heading if len(heading) <= LONGEST_HEADING else self._headings[-1]

    def _list_of(self, options: tuple[Option, ...]) -> str:
        """The name of a list with these options: the same ones have one list."""
        for name, known in self.options.items():
            if known == options:
                return name
        name = f"answers_{len(self.options) + 1}"
        self.options[name] = options
        return name

    # -- the end ---------------------------------------------------------------------------------

    def reading(self, **rest: Any) -> Reading:
        """Raises Unreadable when there is nothing to ask."""
        if not self.items:
            reason = "There is no question in this file that could be asked here."
            first = f" The first one: {self.notes[0]}" if self.notes else ""
            raise Unreadable(reason + first)
        used = {item.options for item in self.items}
        return Reading(
            format=self.form,
            title=self.title,
            language=self.language,
            items=tuple(self.items),
            options={name: found for name, found in self.options.items() if name in used},
            intro="\n\n".join(self._intro),
            thanks="\n\n".join(self._words),
            loinc=self.loinc,
            copyright=self.copyright,
            sums=tuple(self.sums),
            names={item.id: name for name, item in self.by_name.items()},
            understood=(*self._in_numbers(), *self.said),
            scoring=tuple(self.scoring),
            not_understood=tuple(self.notes),
            expressions=tuple(self.expressions),
            **rest,
        )

    def _in_numbers(self) -> list[str]:
        kinds = Counter(item.kind for item in self.items)
        counts = ", ".join(f"{n} {KINDS[kind]}" for kind, n in kinds.items())
        noun = "question" if len(self.items) == 1 else "questions"
        said = [f"{len(self.items)} {noun}: {counts}."]
        if conditional := sum(item.show_if is not None for item in self.items):
            said.append(f"{conditional} of them on a condition.")
        if self.copyright:
            said.append("The file says whose it is. That text goes wherever the questions go.")
        return said


def _two_parts(text: str, hint: str) -> tuple[str, str]:
    """A question that is too long for its place goes on in its hint, whole."""
    if len(text) > LONGEST_QUESTION:
        at = text.rfind(" ", 0, LONGEST_QUESTION + 1)
        ends = [text.rfind(mark, 0, LONGEST_QUESTION) + 1 for mark in (". ", "? ", ": ", "; ")]
        at = max(ends) if max(ends) > 0 else at
        if at <= 0:
            raise LeftOut("It is longer than a question can be.")
        text, hint = text[:at].rstrip(), f"{text[at:].strip()} {hint}".strip()
    if len(hint) > LONGEST_HINT:
        raise LeftOut("It is longer than a question and its hint can be.")
    return text, hint


def _checked(options: tuple[Option, ...]) -> tuple[Option, ...]:
    values = [option.value for option in options]
    if len(options) < 2:
        raise LeftOut(NO_CHOICE)
    if len(options) > MOST_OPTIONS:
        raise LeftOut(f"It has more than {MOST_OPTIONS} answers.")
    for place, value in enumerate(values):
        if value in values[:place]:
            raise LeftOut(f"Two of its answers have the same code: {value}.")
    return options


def _reason(error: ValidationError) -> str:
    details = error.errors()[0]
    cause = details.get("ctx", {}).get("error")
    if isinstance(cause, Fault):
        return cause.reason
    key = str(details["loc"][0]) if details["loc"] else "it"
    return f"The part that would be its {key} does not fit: {details['msg'].lower()}."


def option(value: int | str, label: str, loinc: str = "") -> Option:
    """One answer. Raises LeftOut when it has no words, or too many."""
    label = line(label)
    if not label:
        raise LeftOut(f"Its answer {value} has no words.")
    if len(label) > LONGEST_LABEL:
        raise LeftOut(f"Its answer {short(label, 30)} is longer than an answer can be.")
    if isinstance(value, int) and abs(value) > LARGEST_WEIGHT:
        raise LeftOut(f"Its answer {short(label, 30)} counts {value}, which is too large.")
    return Option(value=value, label=label, loinc=loinc)


def coded(pairs: Iterable[tuple[str, str]]) -> tuple[ItemKind, tuple[Option, ...]]:
    """Options from codes and labels: numbered when all codes are whole numbers, in their order.

    A code is not a weight: a numbered answer is only added up where the file says so.
    """
    pairs = list(pairs)[: MOST_OPTIONS + 1]
    if len(pairs) < 2:
        raise LeftOut(NO_CHOICE)
    numbers = [whole(code) for code, _ in pairs]
    if all(each is not None and abs(each) <= LARGEST_WEIGHT for each in numbers):
        found = [
            option(each, label)
            for each, (_, label) in zip(numbers, pairs, strict=True)
            if each is not None
        ]
        return ItemKind.SCALE, tuple(found)
    codes: list[str] = []
    for code, _ in pairs:
        if code in [seen for seen, _ in pairs[: len(codes)]]:
            raise LeftOut(f"Two of its answers have the same code: {short(code, 30)}.")
        codes.append(code_of(code, codes))
    labels = [label for _, label in pairs]
    return ItemKind.CHOICE, tuple(map(option, codes, labels))


def limits(low: object, high: object) -> tuple[int, int, str]:
    """The smallest and largest whole number of a question, and what had to be assumed, if so."""
    found = [whole(each) for each in (low, high)]
    given = [each for each in found if each is not None]
    if any(abs(each) > LARGEST_LIMIT for each in given):
        raise LeftOut("Its limits are too large.")
    if any(number(each) is not None and whole(each) is None for each in (low, high)):
        raise LeftOut("Its limits are no whole numbers.")
    least = found[0] if found[0] is not None else min(WIDEST_NUMBER[0], *given, 0)
    most = found[1] if found[1] is not None else max(WIDEST_NUMBER[1], least + 1)
    assumed = "" if len(given) == 2 else f"It states no limits on both sides: {least} to {most}."
    return least, most, assumed
