"""Reliable change and cut-offs, as formulas. Decimal in and out, in points of the scale unless a
docstring says otherwise."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

Direction = Literal["better", "worse"]  # what a higher score is

TWO = Decimal(2)


def standard_error(sd: Decimal, reliability: Decimal) -> Decimal:
    """SEM: the SD of the scores that one person with one true score would get."""
    return sd * (1 - reliability).sqrt()


def standard_error_of_difference(sd: Decimal, reliability: Decimal) -> Decimal:
    """Sdiff: the same for the difference between two scores."""
    return TWO.sqrt() * standard_error(sd, reliability)


def reliable_change_index(sd: Decimal, reliability: Decimal, z: Decimal) -> Decimal:
    """How many points a difference needs. ``z``: 1.96 for 95 %, 1.645 for 90 %.

    Alpha gives a smaller one than a retest correlation does: say which of them ``reliability`` is.
    """
    return z * standard_error_of_difference(sd, reliability)


def jacobson_truax(
    before: Decimal, after: Decimal, *, sd: Decimal, reliability: Decimal
) -> Decimal:
    """RC: the difference in standard errors of a difference; negative where a score fell."""
    return (after - before) / standard_error_of_difference(sd, reliability)


def gulliksen_lord_novick(
    before: Decimal, after: Decimal, *, mean: Decimal, sd: Decimal, reliability: Decimal
) -> Decimal:
    """The second score against the one that the first predicts, in standard errors of prediction.

    ``mean`` and ``sd`` are of the first scores. Like the two below, it allows for regression to
    the mean. Formulas as in pedscience/clinicalsignificance, R/calc_rci.R (only read).
    """
    foretold = mean + reliability * (before - mean)
    return (after - foretold) / (sd * (1 - reliability**2).sqrt())


def edwards_nunnally(
    before: Decimal, after: Decimal, *, mean: Decimal, sd: Decimal, reliability: Decimal
) -> Decimal:
    """The second score against the true score that the first lets expect, in SEM.

    It is usually read with a border of 2, not of 1.96.
    """
    expected = mean + reliability * (before - mean)
    return (after - expected) / standard_error(sd, reliability)


def nunnally_kotsch(
    before: Decimal,
    after: Decimal,
    *,
    mean: Decimal,
    sd: Decimal,
    reliability: Decimal,
    reliability_after: Decimal,
) -> Decimal:
    """As Edwards-Nunnally, with the error of the second score beside that of the estimate."""
    expected = mean + reliability * (before - mean)
    of_estimate = reliability**2 * sd**2 * (1 - reliability)
    of_second = sd**2 * (1 - reliability_after)
    return (after - expected) / (of_estimate + of_second).sqrt()


def cutoff_a(mean: Decimal, sd: Decimal, higher_is: Direction) -> Decimal:
    """Two SDs from the mean of the clinical population, on its better side."""
    return mean - TWO * sd if higher_is == "worse" else mean + TWO * sd


def cutoff_b(mean: Decimal, sd: Decimal, higher_is: Direction) -> Decimal:
    """Two SDs from the mean of the functional population, on its worse side.

    The SD is that of the functional population, as Jacobson & Truax have it; there is public code
    that takes the clinical one.
    """
    return mean + TWO * sd if higher_is == "worse" else mean - TWO * sd


def cutoff_c(
    clinical_mean: Decimal, clinical_sd: Decimal, functional_mean: Decimal, functional_sd: Decimal
) -> Decimal:
    """Where a score is as likely to come from the one population as from the other."""
    return (clinical_sd * functional_mean + functional_sd * clinical_mean) / (
        clinical_sd + functional_sd
    )
