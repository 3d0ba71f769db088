"""Words for a skeleton: which question of a file is which of a published instrument.

By their LOINC codes, or, where somebody has said which instrument it is, by their order. A code
says what an item is; a place says it only to somebody who looks. An answer must be given with the
same numbers, or the words do not fit.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from assessments.definitions import Definition, Item, ItemKind, Option
from assessments.instruments import (
    can_do_without,
    count_the_same,
    is_scored,
    numbers,
    with_text_of,
)

from .reading import Note, Reading, Total, Unreadable
from .words import in_words, short

Pairs = list[tuple[Item, Item]]  # theirs and ours


class DoesNotFit(Unreadable):
    """The words of a file cannot be laid onto a skeleton: one sentence that says why."""


@dataclass(frozen=True)
class Laid:
    """``reading`` is the file's under the skeleton's ids, without what the skeleton lacks."""

    definition: Definition
    reading: Reading
    notes: tuple[Note, ...]
    in_order: bool  # paired by their order: somebody should look


def named_by_codes(reading: Reading, skeletons: Iterable[Definition]) -> Definition | None:
    """The skeleton that a file names: its own code, or the codes of all its items, most first."""
    known = list(skeletons)
    for skeleton in known:
        if reading.loinc and reading.loinc == skeleton.loinc:
            return skeleton
    there = {item.loinc for item in reading.items if item.loinc}
    found = []
    for skeleton in known:
        codes = [item.loinc for item in _needed(skeleton)]
        if codes and all(code in there for code in codes):
            found.append((len(codes), skeleton))
    return max(found, key=lambda pair: pair[0])[1] if found else None


def laid(reading: Reading, onto: Definition) -> Laid:
    """The skeleton with the words of the file. Raises DoesNotFit."""
    if onto.provenance.licence.kind == "DATA_ONLY":
        raise DoesNotFit(
            f"The owner of {onto.title} does not want its words on a screen. "
            "Please enter the answers from a paper copy."
        )
    pairs, in_order = _paired(reading, onto)
    items, options, notes = [], dict(reading.options), []
    for theirs, ours in pairs:
        item = theirs
        if given := _numbered(reading, theirs, onto, ours):
            name = f"{theirs.options}_numbered"
            options[name] = given
            item = theirs.model_copy(update={"kind": ItemKind.SCALE, "options": name})
            says = "Its answers have no numbers. They count in no scale and are numbered in order."
            notes.append(Note(reading.names.get(theirs.id, ""), says))
        items.append(item.model_copy(update={"id": ours.id}))
    source = onto.model_copy(
        update={
            "items": tuple(items),
            "options": options,
            "language": reading.language,
            "summary": in_words(len(pairs)),
            "intro": reading.intro or onto.intro,
            "thanks": "\n\n".join(part for part in (reading.thanks, onto.thanks) if part),
        }
    )
    for sentence in _why_not(reading, pairs, source, onto):
        raise DoesNotFit(sentence)
    definition = with_text_of(source, onto=onto)
    if definition is None:
        raise DoesNotFit(f"The words do not fit {onto.title}.")
    renamed = {theirs.id: ours.id for theirs, ours in pairs}
    notes += _left_over(reading, renamed, onto, definition)
    return Laid(definition, _renamed(reading, renamed, onto), tuple(notes), in_order)


# -- which is which --------------------------------------------------------------------------------


def _needed(onto: Definition) -> list[Item]:
    return [item for item in onto.asked() if not can_do_without(onto, item)]


def _paired(reading: Reading, onto: Definition) -> tuple[Pairs, bool]:
    by_code: dict[str, Item] = {}
    for item in reading.items:
        by_code.setdefault(item.loinc, item)
    pairs = [
        (by_code[ours.loinc], ours) for ours in onto.asked() if ours.loinc and ours.loinc in by_code
    ]
    found = {ours.id for _, ours in pairs}
    if all(ours.id in found for ours in _needed(onto)):
        return pairs, False
    return _in_order(reading, onto), True


def _in_order(reading: Reading, onto: Definition) -> Pairs:
    """As many questions as the skeleton has, or as those that count."""
    scalable = [item for item in reading.items if item.kind is ItemKind.SCALE]
    for theirs in (reading.items, scalable):
        for ours in (onto.asked(), _needed(onto)):
            if len(theirs) == len(ours):
                pairs = list(zip(theirs, ours, strict=True))
                for one, other in pairs:
                    if one.loinc and other.loinc and one.loinc != other.loinc:
                        raise DoesNotFit(
                            f"The codes of the file say another order than that of {onto.title}."
                        )
                return pairs
    has, needs = len(reading.items), len(_needed(onto))
    raise DoesNotFit(
        f"There are {has} questions in the file, and {onto.title} has {needs} that count."
    )


def _numbered(
    reading: Reading, theirs: Item, onto: Definition, ours: Item
) -> tuple[Option, ...] | None:
    """Numbers for answers without any, of a question that no scale counts."""
    ours_are = numbers(onto, ours)
    options = reading.choices(theirs)
    if theirs.kind is not ItemKind.CHOICE or is_scored(onto, ours) or ours.critical or ours.alerts:
        return None
    if ours_are is None or len(ours_are) != len(options):
        return None
    return tuple(
        option.model_copy(update={"value": number})
        for number, option in zip(ours_are, options, strict=True)
    )


def _why_not(reading: Reading, pairs: Pairs, source: Definition, onto: Definition) -> Iterator[str]:
    paired = {ours.id: theirs for theirs, ours in pairs}
    for ours in onto.asked():
        theirs = paired.get(ours.id)
        if theirs is None:
            if not can_do_without(onto, ours):
                yield f"The file has no words for {ours.id} of {onto.title}."
            continue
        here = source.item(ours.id)
        if not count_the_same(source, here, onto, ours):
            name = reading.names.get(theirs.id, theirs.id)
            theirs_are = _answers(numbers(source, here))
            ours_are = _answers(numbers(onto, ours))
            yield f"{short(name)} is answered with {theirs_are}; {onto.title} needs {ours_are}."
    if turned := _turned_round(source):
        yield (
            f"The file counts {turned} the other way round than the rest. "
            f"{onto.title} does that itself, so it would happen twice."
        )


def _answers(values: Sequence[int] | None) -> str:
    if values is None:
        return "words"
    if len(values) > 12:
        return f"{values[0]} to {values[-1]}"
    return ", ".join(map(str, values)) or "nothing"


def _turned_round(source: Definition) -> str:
    """An item whose answers are those of another, counted differently; empty when there is none."""
    seen: dict[frozenset[str], dict[str, int | str]] = {}
    for item in source.items:
        if item.kind is not ItemKind.SCALE:
            continue
        counts = {option.label.casefold(): option.value for option in source.choices(item)}
        if seen.setdefault(frozenset(counts), counts) != counts:
            return item.id
    return ""


# -- what became of the rest -----------------------------------------------------------------------


def _left_over(
    reading: Reading, renamed: Mapping[str, str], onto: Definition, definition: Definition
) -> list[Note]:
    totals = {scale.loinc for scale in onto.scales if scale.loinc}
    notes = []
    for item in reading.items:
        if item.id not in renamed:
            is_total = item.loinc in totals
            says = "A result. It is not asked." if is_total else "It is left out."
            name = reading.names.get(item.id, item.id)
            notes.append(Note(name, f"It is not part of {onto.title}. {says}"))
    for before, after in zip(onto.items, definition.items, strict=True):
        if after.withdrawn and not before.withdrawn:
            says = f"{onto.title} also has {after.id}, which counts nowhere. It is not asked."
            notes.append(Note("", says))
    return notes


def _renamed(reading: Reading, renamed: Mapping[str, str], onto: Definition) -> Reading:
    """Its response under the skeleton's ids; a stored total among its items is told apart."""
    codes = {item.id: item.loinc for item in reading.items}
    scales = {scale.loinc for scale in onto.scales if scale.loinc}
    totals = [
        Total(reading.names.get(item_id, item_id), value, codes[item_id])
        for item_id, value in reading.numbers.items()
        if item_id not in renamed and codes.get(item_id) in scales
    ]
    answers = reading.answers
    if answers is not None:
        # An answer in words is none of the numbers that a skeleton counts.
        answers = {
            renamed[item_id]: answer
            for item_id, answer in answers.items()
            if item_id in renamed and isinstance(answer, int)
        }
    return replace(reading, answers=answers, totals=(*reading.totals, *totals))
