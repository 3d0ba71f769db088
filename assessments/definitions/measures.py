"""What answers become: scales, what is known of a scale's numbers, and the counts of exercises."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Iterator
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal, Self

from pydantic import Field, ValidationInfo, model_validator

from .parts import Code, Evidence, Fault, Frozen, Path, Seed, first_repeated, was_published


class Category(Frozen):
    """Of a scale by rule: it counts when ``at_least`` of its items are answered with
    ``counts_from`` or more (Potter-Efron: two "yes" in a category)."""

    title: str = Field(min_length=1, max_length=60)
    items: tuple[Code, ...] = Field(min_length=1)
    at_least: int = Field(default=1, ge=1)
    counts_from: int = 1


# A construct is what psychometrics calls it, and pydantic has a retired method of that name.
with warnings.catch_warnings():
    warnings.filterwarnings("ignore", message='Field name "construct"')

    class Scale(Frozen):
        """How answers become one number. ``construct`` is for clinicians, ``title`` for clients.

        ``mean`` and ``sum`` of the items; ``weighted``: the sum of weight times answer, 1 where
        ``weights`` says nothing; ``rule``: how many ``categories`` count.

        At most ``max_missing`` answers may be missing, and at least ``min_answered`` must be
        there; what is missing is then prorated, except items of ``never_impute``, without which
        there is no score. With the defaults nothing is ever made up. A rule prorates nothing: it
        gives a number when what is missing cannot change which categories count.
        """

        code: Code
        title: str = Field(min_length=1, max_length=60)
        construct: str = Field(  # type: ignore[assignment]
            min_length=1, max_length=120
        )
        items: tuple[Code, ...] = ()
        reverse: tuple[Code, ...] = ()
        weights: dict[Code, Decimal] = {}
        categories: tuple[Category, ...] = ()
        method: Literal["mean", "sum", "weighted", "rule"] = "mean"
        minimum: int
        maximum: int
        higher_is: Literal["better", "worse"]
        max_missing: int = Field(default=0, ge=0)
        min_answered: int | None = Field(default=None, ge=1)
        never_impute: tuple[Code, ...] = ()
        part_of: Code | None = None  # a subscale: the scale that holds its items too
        seeds: tuple[Seed, ...] = ()
        loinc: str = ""

        @model_validator(mode="after")
        def _holds_together(self, info: ValidationInfo) -> Self:
            if not was_published(info):
                for fault in _faults_of_scale(self):
                    raise fault
            return self

        def all_items(self) -> tuple[str, ...]:
            """The items it is made of, those of a rule's categories in their order."""
            return self.items or tuple(
                item for category in self.categories for item in category.items
            )


def _faults_of_scale(scale: Scale) -> list[Fault]:
    items, is_rule = scale.all_items(), scale.method == "rule"
    faults: list[Fault] = []
    if is_rule != bool(scale.categories) or is_rule == bool(scale.items):
        needs = "needs categories and no items" if is_rule else "needs items and no categories"
        faults.append(Fault(f"Scale {scale.code} is a {scale.method} and {needs}.", "items"))
    if scale.weights and scale.method != "weighted":
        faults.append(Fault(f"Scale {scale.code} is a {scale.method}, without weights.", "weights"))
    if repeated := first_repeated(items):
        faults.append(Fault(f"Scale {scale.code} names item {repeated} twice.", "items"))
    for key in ("reverse", "never_impute", "weights"):
        for item_id in getattr(scale, key):
            if item_id not in items:
                reason = f"Scale {scale.code} names {item_id} in {key} but not in items."
                faults.append(Fault(reason, key))
    if is_rule and scale.reverse:
        faults.append(Fault(f"Scale {scale.code} is a rule and reverses nothing.", "reverse"))
    if items and scale.max_missing >= len(items):
        reason = f"Scale {scale.code} would be scored with no answer at all."
        faults.append(Fault(reason, "max_missing"))
    if scale.min_answered is not None and scale.min_answered > len(items):
        reason = f"Scale {scale.code} asks for more answers than it has items."
        faults.append(Fault(reason, "min_answered"))
    for place, category in enumerate(scale.categories):
        if category.at_least > len(category.items):
            reason = f"Category {category.title} asks for more than its items."
            faults.append(Fault(reason, "categories", place))
    return faults


def rounded_like(edges: Iterable[Decimal], value: Decimal) -> Decimal:
    """``value`` rounded half up to as many places as the finest of ``edges`` has: 12.857 beside
    10 and 15 is 13, and a mean of 2.46 beside 1.5 and 2.5 is 2.5."""
    finest = min(Decimal(1).scaleb(int(edge.normalize().as_tuple().exponent)) for edge in edges)
    return value.quantize(min(finest, Decimal(1)), rounding=ROUND_HALF_UP)


class Band(Frozen):
    """Half-open: from ``start`` up to, but not including, ``below``."""

    start: Decimal
    below: Decimal
    label: str = Field(min_length=1, max_length=80)


class Cutoff(Frozen):
    """A threshold that the source names; ``at`` counts as over it."""

    at: Decimal
    label: str = Field(min_length=1, max_length=120)


class Interpretation(Frozen):
    """What somebody published about a scale's numbers, for whom, and where it can be read.

    Bands are looked up with the value rounded half up to a whole number, as the published ranges
    (5-9, 10-14) are of whole numbers; where the bands' own edges have decimals, to as many.
    """

    scale: Code
    name: str = Field(min_length=1, max_length=80)
    population: str = Field(min_length=1, max_length=200)
    citation: str = Field(min_length=1, max_length=300)
    evidence: Evidence
    note: str = Field(default="", max_length=300)
    bands: tuple[Band, ...] = ()
    cutoffs: tuple[Cutoff, ...] = ()

    @model_validator(mode="after")
    def _holds_together(self, info: ValidationInfo) -> Self:
        if was_published(info):
            return self
        if not self.bands and not self.cutoffs:
            raise Fault(f"The interpretation {self.name} says nothing.", "bands")
        for place, band in enumerate(self.bands):
            if band.start >= band.below:
                raise Fault(f"The band {band.label} is empty.", "bands", place)
            if place and band.start != self.bands[place - 1].below:
                word = "overlap" if band.start < self.bands[place - 1].below else "leave a gap"
                before = self.bands[place - 1].label
                raise Fault(f"The bands {before} and {band.label} {word}.", "bands", place)
        return self


class ChangeSpec(Frozen):
    """How large a difference between two scores of a scale has to be, and who says so.

    ``threshold`` is what was published, in raw points. ``sd`` with ``reliability`` give the
    reliable change index of Jacobson & Truax 1991: z · SD · sqrt(2 (1 - r)). The kind
    ``convention`` is a rule of thumb that nobody should call reliable. Means and SDs of a clinical
    and a functional population give the cut-off between them; ``cutoff`` is a published one.
    """

    scale: Code
    kind: Literal["reliable", "convention"] = "reliable"
    population: str = Field(min_length=1, max_length=200)
    citation: str = Field(min_length=1, max_length=300)
    evidence: Evidence
    note: str = Field(default="", max_length=300)
    threshold: Decimal | None = Field(default=None, gt=0)
    sd: Decimal | None = Field(default=None, gt=0)
    reliability: Decimal | None = Field(default=None, gt=0, lt=1)
    reliability_type: Literal["alpha", "retest"] | None = None
    z: Decimal = Decimal("1.96")
    cutoff: Decimal | None = None
    clinical_mean: Decimal | None = None
    clinical_sd: Decimal | None = None
    functional_mean: Decimal | None = None
    functional_sd: Decimal | None = None

    @model_validator(mode="after")
    def _holds_together(self, info: ValidationInfo) -> Self:
        if was_published(info):
            return self
        has_index = self.sd is not None and self.reliability is not None
        if self.threshold is None and not has_index:
            reason = f"The change of {self.scale} needs a threshold, or an sd with a reliability."
            raise Fault(reason, "threshold")
        if self.kind == "convention" and self.threshold is None:
            raise Fault(f"The convention of {self.scale} needs its threshold.", "threshold")
        if (self.reliability is None) != (self.reliability_type is None):
            raise Fault(f"The reliability of {self.scale} needs its type.", "reliability_type")
        for group in ("clinical", "functional"):
            if (getattr(self, f"{group}_mean") is None) != (getattr(self, f"{group}_sd") is None):
                reason = f"The {group} mean of {self.scale} needs its SD, and the SD its mean."
                raise Fault(reason, f"{group}_mean")
        for key in ("clinical_sd", "functional_sd", "z"):
            number = getattr(self, key)
            if number is not None and number <= 0:
                raise Fault(f"The {key} of {self.scale} must be above 0.", key)
        return self


def faults_of_part(scale: Scale, whole: Scale | None) -> Iterator[Fault]:
    """A subscale holds items of the scale that it is part of, and no others."""
    if whole is None or whole is scale:
        yield Fault(f"Scale {scale.code} is part of {scale.part_of}, no other scale.")
        return
    held = whole.all_items()
    outside = next((item_id for item_id in scale.all_items() if item_id not in held), None)
    if outside is not None:
        reason = f"Scale {scale.code} is part of {whole.code}, which does not hold {outside}."
        yield Fault(reason, "part_of")


def faults_of_bands(scale: Scale, interpretation: Interpretation) -> Iterator[Fault]:
    """Bands cover the whole scale, and a cut-off lies on it."""
    name, bands = interpretation.name, interpretation.bands
    if bands and (bands[0].start != scale.minimum or bands[-1].below <= scale.maximum):
        reason = f"The bands of {name} do not reach from {scale.minimum} to {scale.maximum}."
        yield Fault(reason, "bands")
    for place, cutoff in enumerate(interpretation.cutoffs):
        if not scale.minimum <= cutoff.at <= scale.maximum:
            reason = f"The cut-off {cutoff.at} of {name} lies outside of its scale."
            yield Fault(reason, "cutoffs", place)


def faults_of_change(scale: Scale, spec: ChangeSpec) -> Iterator[Fault]:
    """What is said of a change can happen on its scale, and the means lie the right way round."""
    if spec.cutoff is not None and not scale.minimum <= spec.cutoff <= scale.maximum:
        reason = f"The cut-off {spec.cutoff} of {scale.code} lies outside of its scale."
        yield Fault(reason, "cutoff")
    if spec.threshold is not None and spec.threshold > scale.maximum - scale.minimum:
        reason = f"A change of {spec.threshold} is more than {scale.code} can change."
        yield Fault(reason, "threshold")
    clinical, functional = spec.clinical_mean, spec.functional_mean
    if clinical is not None and functional is not None:
        worse = clinical - functional if scale.higher_is == "worse" else functional - clinical
        if worse <= 0:
            reason = f"The means of {scale.code} say that whoever is in care is better off."
            yield Fault(reason, "clinical_mean")


class Metric(Frozen):
    """A process measure of an exercise: counted, never scored, never merged with scores.

    ``count``: entries. ``tally``: how many entries gave each option of ``item``. ``share``: per
    cent of the entries that answered ``item`` with one of ``of`` (of several chosen, any).
    ``mean``, ``sum``, ``most``: of the numbers given to ``item``. ``change``: ``after`` minus
    ``item``, averaged over the entries that answered both. ``rows``: how many rows were filled,
    per entry that filled any.

    ``item`` can be a column of rows, of which each row counts for itself, or a part of a split:
    ``worries.size``, ``whose.mine``. The two ends of a change stand in one row.
    """

    code: Code
    title: str = Field(min_length=1, max_length=80)
    kind: Literal["count", "tally", "share", "mean", "sum", "most", "change", "rows"]
    item: Path | None = None
    after: Path | None = None
    of: tuple[int | Code, ...] = ()
    unit: str = Field(default="", max_length=20)  # "minutes", after the number

    @model_validator(mode="after")
    def _holds_together(self, info: ValidationInfo) -> Self:
        if was_published(info):
            return self
        if (self.item is None) != (self.kind == "count"):
            needs = "needs no item" if self.kind == "count" else "needs an item"
            raise Fault(f"Metric {self.code} is a {self.kind} and {needs}.", "item")
        if (self.after is None) == (self.kind == "change"):
            needs = "needs" if self.kind == "change" else "cannot have"
            raise Fault(f"Metric {self.code} is a {self.kind} and {needs} an after.", "after")
        if bool(self.of) != (self.kind == "share"):
            needs = "needs" if self.kind == "share" else "cannot have"
            raise Fault(f"Metric {self.code} is a {self.kind} and {needs} an of.", "of")
        return self
