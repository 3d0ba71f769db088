"""What is concluded from two scores that may be compared, and what it is concluded from."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Literal

from assessments.definitions import ChangeSpec, Scale
from assessments.definitions.measures import rounded_like

from .formulas import (
    Direction,
    cutoff_a,
    cutoff_b,
    cutoff_c,
    jacobson_truax,
    reliable_change_index,
)


class Verdict(StrEnum):
    """The three of a convention are apart, so that no page calls a rule of thumb reliable."""

    RECOVERED = "recovered"  # improved, and over the cut-off from the clinical side
    IMPROVED = "improved"
    NO_RELIABLE_CHANGE = "no_reliable_change"
    DETERIORATED = "deteriorated"
    BETTER_BY_CONVENTION = "better_by_convention"
    WORSE_BY_CONVENTION = "worse_by_convention"
    WITHIN_CONVENTION = "within_convention"
    NOT_COMPUTABLE = "not_computable"


class Reason(StrEnum):
    """Why nothing is concluded."""

    UNVALIDATED = "unvalidated"  # an own tool: nobody knows yet what size of change means something
    NO_PARAMETERS = "no_parameters"  # nothing was published that we could find
    NO_VALUE = "no_value"
    OTHER_VERSION = "other_version"  # other questions, answers or recall period, or another key
    OTHER_LANGUAGE = "other_language"
    OTHER_MODE = "other_mode"  # on paper and in the portal
    OTHER_PERSON = "other_person"  # the answers are about somebody else


@dataclass(frozen=True)
class Yardstick:
    """How many points a difference needs, and who says so."""

    points: Decimal
    basis: Literal["published", "computed", "convention"]


@dataclass(frozen=True)
class Boundary:
    """Between the clinical and the functional side; ``at`` itself is on the clinical one."""

    at: Decimal
    basis: Literal["published", "a", "b", "c"]


@dataclass(frozen=True)
class Change:
    """``difference`` is the second score less the first, None where the two are not alike.

    ``standardised`` is Jacobson & Truax's RC where SD and reliability are known. ``crossed``: from
    the clinical side to the other, whether reliably or not. ``has_room``: from the first score a
    reliable improvement was possible at all. ``spec`` holds the population and the source, which
    stand beside every verdict.
    """

    verdict: Verdict
    difference: Decimal | None
    why: tuple[Reason, ...] = ()
    provisional: bool = False
    yardstick: Yardstick | None = None
    boundary: Boundary | None = None
    standardised: Decimal | None = None
    crossed: bool | None = None
    has_room: bool | None = None
    spec: ChangeSpec | None = None

    @property
    def is_reliable(self) -> bool:
        return self.verdict in (Verdict.RECOVERED, Verdict.IMPROVED, Verdict.DETERIORATED)


def judge(
    spec: ChangeSpec, scale: Scale, before: Decimal, after: Decimal, *, provisional: bool = False
) -> Change:
    """The verdict between two scores that may be compared.

    A difference as large as the yardstick counts, as the published thresholds mean it (">= 6").
    Which way is better, the scale says.
    """
    sign = -1 if scale.higher_is == "worse" else 1
    gain = sign * (after - before)
    yardstick, boundary = yardstick_of(spec), boundary_of(spec, scale.higher_is)
    crossed = None
    if boundary is not None:
        ends = [is_clinical(value, boundary, scale.higher_is) for value in (before, after)]
        crossed = ends == [True, False]
    best = scale.minimum if scale.higher_is == "worse" else scale.maximum
    standardised = None
    if spec.sd is not None and spec.reliability is not None:
        standardised = jacobson_truax(before, after, sd=spec.sd, reliability=spec.reliability)
    return Change(
        verdict=_verdict(gain, yardstick, is_over=bool(crossed)),
        difference=after - before,
        provisional=provisional,
        yardstick=yardstick,
        boundary=boundary,
        standardised=standardised,
        crossed=crossed,
        has_room=abs(best - before) >= yardstick.points,
        spec=spec,
    )


def yardstick_of(spec: ChangeSpec) -> Yardstick:
    """The published threshold where there is one, or else the index that SD, reliability and z
    give. Raises ValueError where there is neither, which no definition allows."""
    if spec.threshold is not None:
        return Yardstick(spec.threshold, "convention" if spec.kind == "convention" else "published")
    if spec.sd is None or spec.reliability is None or spec.kind == "convention":
        raise ValueError(f"The change of {spec.scale} cannot be judged.")
    return Yardstick(reliable_change_index(spec.sd, spec.reliability, spec.z), "computed")


def boundary_of(spec: ChangeSpec, higher_is: Direction) -> Boundary | None:
    """The published cut-off, or else c, b, a: the first that the norms allow.

    c needs both populations, and that they overlap, which here means that the cut-offs a and b
    pass each other. Where they do not, b stands: the clinical population says nothing about where
    the functional one begins.
    """
    if spec.cutoff is not None:
        return Boundary(spec.cutoff, "published")
    clinical = _norms(spec.clinical_mean, spec.clinical_sd)
    functional = _norms(spec.functional_mean, spec.functional_sd)
    a = cutoff_a(*clinical, higher_is) if clinical else None
    b = cutoff_b(*functional, higher_is) if functional else None
    if clinical and functional and a is not None and b is not None:
        overlap = a <= b if higher_is == "worse" else b <= a
        if overlap:
            return Boundary(cutoff_c(*clinical, *functional), "c")
    if b is not None:
        return Boundary(b, "b")
    return None if a is None else Boundary(a, "a")


def _norms(mean: Decimal | None, sd: Decimal | None) -> tuple[Decimal, Decimal] | None:
    return None if mean is None or sd is None else (mean, sd)


def _verdict(gain: Decimal, yardstick: Yardstick, *, is_over: bool) -> Verdict:
    is_large = abs(gain) >= yardstick.points
    if yardstick.basis == "convention":
        if not is_large:
            return Verdict.WITHIN_CONVENTION
        return Verdict.BETTER_BY_CONVENTION if gain > 0 else Verdict.WORSE_BY_CONVENTION
    if not is_large:
        return Verdict.NO_RELIABLE_CHANGE
    if gain < 0:
        return Verdict.DETERIORATED
    return Verdict.RECOVERED if is_over else Verdict.IMPROVED


def is_clinical(value: Decimal, boundary: Boundary, higher_is: Direction) -> bool:
    """On which side of the cut-off a score is.

    A published cut-off is of whole scores, so a prorated one is rounded as for its band.
    """
    if boundary.basis == "published":
        value = rounded_like([boundary.at], value)
    return value >= boundary.at if higher_is == "worse" else value <= boundary.at
