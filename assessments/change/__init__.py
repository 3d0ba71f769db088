"""Between two scores of one scale: is the difference more than measurement error, and is a
cut-off crossed?

The method is that of Jacobson & Truax 1991 (doi 10.1037/0022-006X.59.1.12; Blampied 2022, The
Cognitive Behaviour Therapist). It is recommended for routine use, as a more elaborate one showed no
advantage over it (BMC Psychiatry 2016;16:187). What has been published for an instrument goes
before what can be computed for it, and each is named for what it is: a rule of thumb
(``convention``) never becomes a reliable change.

A verdict says "more than the error of the measure". It does not say that therapy did it, nor that
it matters to the client. Waiting lists show it too, extreme first scores drift back by themselves,
and whoever compares at every session finds something by chance.

Arguments and results are Decimal, in points of the scale unless a docstring says otherwise.

``formulas`` are the arithmetic, ``verdicts`` what is concluded, ``comparing`` whether two scores
are alike enough to conclude anything.
"""

from .comparing import Measurement, compare, same_questions
from .formulas import (
    cutoff_a,
    cutoff_b,
    cutoff_c,
    edwards_nunnally,
    gulliksen_lord_novick,
    jacobson_truax,
    nunnally_kotsch,
    reliable_change_index,
    standard_error,
    standard_error_of_difference,
)
from .verdicts import (
    Boundary,
    Change,
    Reason,
    Verdict,
    Yardstick,
    boundary_of,
    is_clinical,
    judge,
    yardstick_of,
)

__all__ = [
    "Boundary",
    "Change",
    "Measurement",
    "Reason",
    "Verdict",
    "Yardstick",
    "boundary_of",
    "compare",
    "cutoff_a",
    "cutoff_b",
    "cutoff_c",
    "edwards_nunnally",
    "gulliksen_lord_novick",
    "is_clinical",
    "jacobson_truax",
    "judge",
    "nunnally_kotsch",
    "reliable_change_index",
    "same_questions",
    "standard_error",
    "standard_error_of_difference",
    "yardstick_of",
]
