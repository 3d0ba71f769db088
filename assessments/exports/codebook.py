"""What each column and each number means: a line a question, scale, band and rule of change."""

from collections.abc import Iterator
from decimal import Decimal

from assessments.definitions import (
    SCORABLE,
    ChangeSpec,
    Condition,
    Interpretation,
    Item,
    ItemKind,
    Scale,
)

from .answers import MISSING
from .records import Words

HEADER = (
    "what",
    "activity",
    "version",
    "code",
    "column",
    "text",
    "type",
    "answers",
    "shown_when",
    "rule",
    "higher_is",
    "validation",
    "population",
    "source",
    "words",
)
NOT_HERE = "left out: their licence does not let them be passed on"
NEVER_CAME = "not in Trellis: answered from a paper copy, by number"

Line = dict[str, str | int | None]


def codebook(versions: list[Words]) -> Iterator[list[str | int | None]]:
    for words in versions:
        for line in _lines(words):
            whole = {
                "activity": words.definition.slug,
                "version": words.version.number,
                "validation": words.label,
            } | line
            yield [whole.get(name) for name in HEADER]
    for code, meaning in MISSING.items():
        line = {"what": "missing", "code": code, "text": meaning}
        yield [line.get(name) for name in HEADER]


def _lines(words: Words) -> Iterator[Line]:
    definition = words.definition
    provenance = definition.provenance
    yield {
        "what": "activity",
        "code": definition.slug,
        "text": definition.title,
        "type": str(definition.kind),
        "source": "; ".join((provenance.author, *provenance.citations)),
        "words": _rights(words),
    }
    for item in definition.items:
        yield _of_item(words, item)
        for column in item.columns:
            yield _of_item(words, column, inside=item)
    for scale in definition.scales:
        yield _of_scale(scale)
        for interpretation in definition.interpretations_of(scale):
            yield _of_bands(interpretation)
        if change := definition.change_of(scale):
            yield _of_change(change)


def _rights(words: Words) -> str:
    licence = words.definition.provenance.licence
    parts = (licence.holder, licence.attribution, licence.text)
    said = ". ".join(part.strip(" .") for part in parts if part.strip())
    return said if words.may_leave else f"{NOT_HERE}. {said}"


def _of_item(words: Words, item: Item, inside: Item | None = None) -> Line:
    name = f"{inside.id}.{item.id}" if inside else item.id
    return {
        "what": "column of rows" if inside else "question",
        "code": name,
        "column": f"{words.prefix}__{inside.id if inside else item.id}",
        "text": (item.text or None) if words.may_leave else None,
        "type": str(item.kind),
        "answers": _answers(words, item),
        "shown_when": _condition(item.show_if) if item.show_if else None,
        "words": _why_silent(words, item),
    }


def _why_silent(words: Words, item: Item) -> str | None:
    if not item.text:
        return NEVER_CAME
    return None if words.may_leave else NOT_HERE


def _answers(words: Words, item: Item) -> str | None:
    definition = words.definition
    options = definition.choices(item)
    if options:
        listed = [
            f"{option.value}={option.label}" if words.may_leave else str(option.value)
            for option in options
        ]
        into = [f"{group.value}={group.label}" for group in definition.groups(item)]
        return "; ".join(listed) + (f" into {'; '.join(into)}" if into else "")
    if item.kind in SCORABLE:
        low, high = definition.range_of(item)
        step = f" in steps of {item.step}" if item.kind is ItemKind.SLIDER else ""
        return f"{low} to {high}{step}"
    return None


def _condition(condition: Condition) -> str:
    if condition.equals:
        return f"{condition.item} is {' or '.join(map(str, condition.equals))}"
    bounds = [
        f"{word} {bound}"
        for word, bound in (("at least", condition.at_least), ("at most", condition.at_most))
        if bound is not None
    ]
    return f"{condition.item} is {' and '.join(bounds)}"


def _of_scale(scale: Scale) -> Line:
    return {
        "what": "scale",
        "code": scale.code,
        "text": f"{scale.title} ({scale.construct})",
        "type": scale.method,
        "answers": f"{scale.minimum} to {scale.maximum}",
        "rule": _rule(scale),
        "higher_is": scale.higher_is,
        "source": f"LOINC {scale.loinc}" if scale.loinc else None,
    }


def _rule(scale: Scale) -> str:
    parts = [f"{scale.method} of {', '.join(scale.all_items())}"]
    if scale.reverse:
        parts.append(f"turned round: {', '.join(scale.reverse)}")
    if scale.weights:
        weights = ", ".join(f"{code} times {weight}" for code, weight in scale.weights.items())
        parts.append(f"weights: {weights}")
    parts += [
        f"{each.title}: {each.at_least} of {', '.join(each.items)} at {each.counts_from} or more"
        for each in scale.categories
    ]
    parts.append(f"at most {scale.max_missing} may be missing")
    if scale.min_answered is not None:
        parts.append(f"at least {scale.min_answered} must be answered")
    if scale.never_impute:
        parts.append(f"never made up: {', '.join(scale.never_impute)}")
    if scale.part_of:
        parts.append(f"part of {scale.part_of}")
    return "; ".join(parts)


def _of_bands(interpretation: Interpretation) -> Line:
    bands = [f"{band.label}: {band.start} to below {band.below}" for band in interpretation.bands]
    cutoffs = [f"{cutoff.label}: from {cutoff.at}" for cutoff in interpretation.cutoffs]
    return {
        "what": "bands",
        "code": interpretation.scale,
        "text": interpretation.name,
        "rule": "; ".join((*bands, *cutoffs)),
        "population": interpretation.population,
        "source": interpretation.citation,
    }


def _of_change(change: ChangeSpec) -> Line:
    known: list[tuple[str, Decimal | str | None]] = [
        ("threshold", change.threshold),
        ("SD", change.sd),
        ("reliability", change.reliability),
        ("its type", change.reliability_type),
        ("z", change.z if change.sd is not None else None),
        ("cut-off", change.cutoff),
        ("clinical mean", change.clinical_mean),
        ("clinical SD", change.clinical_sd),
        ("functional mean", change.functional_mean),
        ("functional SD", change.functional_sd),
    ]
    return {
        "what": "change",
        "code": change.scale,
        "text": "rule of thumb" if change.kind == "convention" else "reliable change",
        "rule": "; ".join(f"{name} {value}" for name, value in known if value is not None),
        "population": change.population,
        "source": change.citation,
    }
