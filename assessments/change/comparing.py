"""Which two scores may be compared: like with like, and only where somebody published how."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from assessments.definitions import Definition, Item, Scale

from .verdicts import Change, Reason, Verdict, judge


@dataclass(frozen=True)
class Measurement:
    """One score and what it hangs on. ``mode``: how it was filled in; ``about``: whom it is
    about, where that was asked; ``provisional``: prorated."""

    definition: Definition
    value: Decimal | None
    mode: str = ""
    about: str = ""
    provisional: bool = False


def compare(code: str, before: Measurement, after: Measurement) -> Change:
    """What became of scale ``code`` between two scores, judged by the newer one's parameters.

    Which two are compared is for the caller to say: the first complete score of the episode, at or
    before its first session, and the latest; a baseline is never moved. A prorated score is
    compared, and what comes of it is ``provisional``. Raises KeyError for a scale that the newer
    definition does not have.
    """
    scale = _scale(after.definition, code)
    if scale is None:
        raise KeyError(code)
    unlike = _unlike(code, before, after)
    spec = after.definition.change_of(scale)
    difference = None
    if before.value is not None and after.value is not None and not unlike:
        difference = after.value - before.value
    unknown: tuple[Reason, ...] = ()
    if not after.definition.is_validated:
        unknown = (Reason.UNVALIDATED,)
    elif spec is None:
        unknown = (Reason.NO_PARAMETERS,)
    provisional = before.provisional or after.provisional
    if unknown or spec is None or before.value is None or after.value is None or unlike:
        why = (*unknown, *unlike)
        return Change(Verdict.NOT_COMPUTABLE, difference, why, provisional, spec=spec)
    return judge(spec, scale, before.value, after.value, provisional=provisional)


def _unlike(code: str, before: Measurement, after: Measurement) -> tuple[Reason, ...]:
    """All that forbids comparing the two."""
    reasons = (
        (Reason.NO_VALUE, before.value is None or after.value is None),
        (Reason.OTHER_VERSION, not same_questions(code, before.definition, after.definition)),
        (Reason.OTHER_LANGUAGE, before.definition.language != after.definition.language),
        (Reason.OTHER_MODE, before.mode != after.mode),
        (Reason.OTHER_PERSON, before.about != after.about),
    )
    return tuple(reason for reason, is_so in reasons if is_so)


def same_questions(code: str, before: Definition, after: Definition) -> bool:
    """Whether a client was asked the same for this scale, and the answers counted the same.

    A new version for another reason (a note for clinicians, a question outside of the scale) keeps
    its trend. The introduction counts, because the recall period stands in it; in another language
    the words cannot be the same, and that is a reason of its own. A skeleton has no words to
    compare: what it stands for is the same instrument.
    """
    old, new = _scale(before, code), _scale(after, code)
    if old is None or new is None or before.slug not in (after.slug, *after.formerly):
        return False
    if _key(before, old) != _key(after, new):
        return False
    has_words = before.has_text and after.has_text and before.language == after.language
    return not has_words or _words(before, old) == _words(after, new)


def _key(definition: Definition, scale: Scale) -> tuple[object, ...]:
    """What a complete score is made of: a title or a source may change, this may not."""
    ranges = [definition.range_of(item) for item in _items(definition, scale)]
    made_of = (scale.all_items(), scale.reverse, scale.weights, scale.categories, scale.method)
    return *made_of, scale.minimum, scale.maximum, scale.higher_is, ranges


def _words(definition: Definition, scale: Scale) -> tuple[object, ...]:
    asked = [
        (item.text, item.hint, item.low, item.high, definition.choices(item))
        for item in _items(definition, scale)
    ]
    return definition.intro, asked


def _items(definition: Definition, scale: Scale) -> list[Item]:
    return [definition.item(item_id) for item_id in scale.all_items()]


def _scale(definition: Definition, code: str) -> Scale | None:
    return next((scale for scale in definition.scales if scale.code == code), None)
