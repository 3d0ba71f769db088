"""From what was read to what would be published: on a skeleton, or as an activity of its own."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from pydantic import ValidationError

from assessments.definitions import (
    OWN,
    Definition,
    Fault,
    Kind,
    Licence,
    Provenance,
    Scale,
)

from .comparing import Comparison, compared
from .laying import DoesNotFit, laid, named_by_codes
from .reading import Note, Reading, Sum, Unreadable
from .words import LONGEST_CODE, code_of, in_words

AS_OWN = "own"  # what ``into`` says for an activity of its own
LONGEST_SLUG = 60
SECONDS_A_QUESTION = 12
FOR_CLINICIANS = (
    "Brought in by this practice. Read it as your client's own words and trend: there are no "
    "norms and no cut-offs for it here, and no answer raises an alert."
)
THANKS = """Thank you. These answers are a place to start when you talk with your clinician.

Nobody is reading this right now. If any of this is because you are afraid of someone, that is \
not a flaw in you. You can find people to talk to on this page, and under Help now."""


@dataclass(frozen=True)
class Proposal:
    """What an import would publish.

    ``onto`` is the slug of the skeleton, or empty for an activity of its own; such a one gets the
    scales of ``sums`` when somebody has said what more of them means. ``in_order``: the questions
    were paired with the skeleton's by their order, which somebody should check.
    """

    definition: Definition
    onto: str
    in_order: bool
    sums: tuple[Sum, ...]
    understood: tuple[str, ...]
    not_understood: tuple[Note, ...]
    expressions: tuple[Note, ...]
    comparisons: tuple[Comparison, ...]


def propose(
    reading: Reading, *, skeletons: Sequence[Definition], into: str | None = None
) -> Proposal:
    """``into`` is the slug of a skeleton, or "own"; without it the codes of the file decide.

    Raises Unreadable, and DoesNotFit when the words do not fit the skeleton that was named.
    """
    if into and into != AS_OWN:
        onto = next((each for each in skeletons if each.slug == into), None)
        if onto is None:
            raise DoesNotFit(f"There is no published instrument {into} here that takes words.")
        return _on(reading, onto)
    named = named_by_codes(reading, skeletons) if into is None else None
    if named is None:
        return _own(reading, ())
    try:
        return _on(reading, named)
    except DoesNotFit as reason:
        if named.provenance.licence.kind == "DATA_ONLY":
            raise
        says = f"By its codes this is {named.title}, but: {reason.reason} It stays on its own."
        return _own(reading, (Note("", says),))


def _on(reading: Reading, onto: Definition) -> Proposal:
    found = laid(reading, onto)
    comparisons, notes = compared(found.definition, found.reading)
    how = "their order" if found.in_order else "their codes"
    said = (
        f"Laid onto {onto.title} by {how}.",
        f"What counts, what must be answered and what raises an alert stay as {onto.title} has it.",
    )
    return Proposal(
        definition=found.definition,
        onto=onto.slug,
        in_order=found.in_order,
        sums=(),
        understood=(*said, *reading.understood),
        not_understood=(*reading.not_understood, *found.notes, *notes),
        expressions=reading.expressions,
        comparisons=comparisons,
    )


def _own(reading: Reading, notes: tuple[Note, ...]) -> Proposal:
    definition = own_definition(reading)
    # To compare, it does not matter whether more is better or worse.
    comparisons, more = compared(with_sums(definition, reading.sums, "worse"), reading)
    return Proposal(
        definition=definition,
        onto="",
        in_order=False,
        sums=reading.sums,
        understood=(*reading.understood, *reading.scoring),
        not_understood=(*notes, *reading.not_understood, *more),
        expressions=reading.expressions,
        comparisons=comparisons,
    )


def own_definition(reading: Reading) -> Definition:
    """An unvalidated screener with what was read, without scales. Raises Unreadable."""
    count = len(reading.items)
    questions = in_words(count)
    try:
        return Definition(
            slug=own_slug(reading.title),
            kind=Kind.SCREENER,
            language=reading.language,
            title=reading.title,
            summary=questions,
            for_clinicians=f"{questions} {FOR_CLINICIANS}",
            minutes=min(90, max(1, -(-count * SECONDS_A_QUESTION // 60))),
            intro=reading.intro,
            thanks="\n\n".join(part for part in (reading.thanks, THANKS) if part),
            options=dict(reading.options),
            items=reading.items,
            loinc=reading.loinc,
            provenance=Provenance(
                author="",
                validation="unvalidated",
                licence=Licence(kind="SKELETON", holder="", text="", attribution=reading.copyright),
            ),
        )
    except ValidationError as error:
        raise Unreadable(_reason(error)) from error


def _reason(error: ValidationError) -> str:
    details = error.errors()[0]
    cause = details.get("ctx", {}).get("error")
    if isinstance(cause, Fault):
        return cause.reason
    where = ".".join(map(str, details["loc"]))
    return f"What was read does not make a questionnaire: {where}, {details['msg'].lower()}."


def own_slug(title: str, number: int = 1) -> str:
    """own-how-the-week-went, and own-how-the-week-went-2 for the second one of that name."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    words = re.sub(r"[^a-z0-9]+", "-", plain).strip("-") or "questions"
    end = f"-{number}" if number > 1 else ""
    return (OWN + words)[: LONGEST_SLUG - len(end)].rstrip("-") + end


def with_sums(definition: Definition, sums: Sequence[Sum], higher_is: str) -> Definition:
    """With a scale for each sum; ``higher_is`` is better or worse, as somebody has said.

    Raises Unreadable when that makes no valid definition.
    """
    scales = [_scale(definition, each, higher_is) for each in sums]
    try:
        return Definition(**(definition.model_dump() | {"scales": scales}))
    except ValidationError as error:
        raise Unreadable(_reason(error)) from error


def _scale(definition: Definition, of: Sum, higher_is: str) -> Scale:
    ranges = [definition.range_of(definition.item(item_id)) for item_id in of.items]
    return Scale(
        code=_scale_code(definition.slug, of.code),
        title=of.title,
        construct=of.because[:120],
        items=of.items,
        method="sum",
        minimum=sum(low for low, _ in ranges),
        maximum=sum(high for _, high in ranges),
        higher_is="better" if higher_is == "better" else "worse",
        loinc=of.loinc,
    )


def _scale_code(slug: str, code: str) -> str:
    """One in the whole practice: two scales of one code would become one line."""
    whole = f"{slug}_{code}"
    made = code_of(whole)
    if len(whole) <= LONGEST_CODE:
        return made
    mark = hashlib.sha256(whole.encode()).hexdigest()[:8]
    return f"{made[: LONGEST_CODE - 9].rstrip('_')}_{mark}"
