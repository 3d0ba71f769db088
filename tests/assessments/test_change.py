"""Reliable change by hand, and what forbids speaking of it (instruments.md 2 and 4)."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments import change
from assessments.change import Boundary, Measurement, Reason, Verdict, Yardstick
from assessments.definitions import ChangeSpec, Definition, load

D = Decimal
INSTRUMENTS = Path(__file__).resolve().parents[2] / "assessments" / "library" / "instruments"
CORE10 = load(INSTRUMENTS / "core-10.toml")
PHQ9 = load(INSTRUMENTS / "phq-9.toml")
WHO5 = load(INSTRUMENTS / "who-5.toml")
K10 = load(INSTRUMENTS / "k10.toml")

SD, R, MEAN = D("7.7"), D("0.9"), D("19.7")
NORMS = (MEAN, SD, D("4.7"), D("4.8"))


def compare(definition: Definition, code: str, before: Any, after: Any, **how: Any):
    ends = [
        Measurement(definition, None if value is None else D(value)) for value in (before, after)
    ]
    return change.compare(code, *ends, **how)


def spec(**keys: Any) -> ChangeSpec:
    source = {"scale": "s", "population": "P", "citation": "C", "evidence": "D"}
    return ChangeSpec(**source | keys)


def rounded(value: Decimal, places: str) -> Decimal:
    return value.quantize(D(places))


# -------------------------------------------------------------------------- the vectors of 2.4


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (change.standard_error(SD, R), "2.43495"),
        (change.standard_error_of_difference(SD, R), "3.44354"),
        (change.reliable_change_index(SD, R, D("1.96")), "6.749"),
        (change.reliable_change_index(SD, R, D("1.645")), "5.665"),
        (change.cutoff_a(MEAN, SD, "worse"), "4.3"),
        (change.cutoff_b(D("4.7"), D("4.8"), "worse"), "14.3"),
        (change.cutoff_c(*NORMS), "10.46"),
        (change.jacobson_truax(D(22), D(14), sd=SD, reliability=R), "-2.3232"),
        (
            change.gulliksen_lord_novick(D(22), D(14), mean=MEAN, sd=SD, reliability=R),
            "-2.3150",
        ),
        (change.edwards_nunnally(D(22), D(14), mean=MEAN, sd=SD, reliability=R), "-3.1910"),
        (
            change.nunnally_kotsch(
                D(22), D(14), mean=MEAN, sd=SD, reliability=R, reliability_after=R
            ),
            "-2.3719",
        ),
    ],
)
def test_vectors(value, expected):
    assert rounded(value, expected) == D(expected)


@pytest.mark.parametrize(
    ("sd", "reliability", "expected"),
    [("5.5", "0.89", "5.06"), ("7.7", "0.9", "6.75"), ("14.95", "0.8", "18.5")],
)
def test_indices_of_section_4_at_95_per_cent(sd, reliability, expected):
    index = change.reliable_change_index(D(sd), D(reliability), D("1.96"))
    assert rounded(index, expected) == D(expected)


def test_cutoff_b_is_of_the_functional_population():
    # Public code takes the clinical SD, which would make it 20.1.
    assert change.cutoff_b(D("4.7"), D("4.8"), "worse") != D("4.7") + 2 * SD


def test_cutoffs_turn_round_with_the_scale():
    assert change.cutoff_a(D(40), D(10), "better") == 60
    assert change.cutoff_b(D(70), D(10), "better") == 50
    assert change.cutoff_c(D(40), D(10), D(70), D(10)) == 55


# ------------------------------------------------------------------------- clients of the CORE-10


@pytest.mark.parametrize(
    ("before", "after", "verdict", "crossed"),
    [
        (22, 14, Verdict.IMPROVED, False),  # still over the cut-off
        (22, 9, Verdict.RECOVERED, True),
        (15, 10, Verdict.NO_RELIABLE_CHANGE, True),  # over the cut-off, and five points
        (22, 16, Verdict.IMPROVED, False),  # six points are enough
        (22, 17, Verdict.NO_RELIABLE_CHANGE, False),
        (22, 22, Verdict.NO_RELIABLE_CHANGE, False),
        (17, 11, Verdict.IMPROVED, False),  # 11 is on the clinical side
        (17, 10, Verdict.RECOVERED, True),
        (9, 2, Verdict.IMPROVED, False),  # was not on the clinical side
        (9, 15, Verdict.DETERIORATED, False),
        (22, 40, Verdict.DETERIORATED, False),
    ],
)
def test_clients_of_the_core_10(before, after, verdict, crossed):
    result = compare(CORE10, "core10_total", before, after)
    assert (result.verdict, result.crossed) == (verdict, crossed)
    assert result.difference == after - before
    assert result.is_reliable == (verdict is not Verdict.NO_RELIABLE_CHANGE)


def test_a_verdict_carries_what_stands_beside_it():
    result = compare(CORE10, "core10_total", 22, 14)
    assert result.yardstick == Yardstick(D(6), "published")
    assert result.boundary == Boundary(D(11), "published")
    assert rounded(result.standardised, "0.0001") == D("-2.3232")
    assert (result.why, result.provisional, result.has_room) == ((), False, True)
    assert result.spec is CORE10.changes[0]
    assert (result.spec.z, result.spec.evidence) == (D("1.645"), "V2")


def test_a_low_first_score_has_no_room_for_a_reliable_improvement():
    assert not compare(CORE10, "core10_total", 5, 0).has_room
    assert compare(CORE10, "core10_total", 6, 0).has_room
    assert compare(CORE10, "core10_total", 6, 0).verdict is Verdict.IMPROVED


def test_the_published_threshold_goes_before_the_computed_index():
    # At 95 % seven points would be needed; the published six are of 90 %.
    assert compare(CORE10, "core10_total", 22, 16).yardstick.points == 6
    computed = CORE10.changes[0].model_copy(update={"threshold": None})
    (scale,) = CORE10.scales
    result = change.judge(computed, scale, D(22), D(16))
    assert result.yardstick.basis == "computed"
    assert rounded(result.yardstick.points, "0.001") == D("5.665")
    assert result.verdict is Verdict.IMPROVED
    strict = computed.model_copy(update={"z": D("1.96")})
    assert change.judge(strict, scale, D(22), D(16)).verdict is Verdict.NO_RELIABLE_CHANGE


@pytest.mark.parametrize(
    ("keys", "higher_is", "at", "basis"),
    [
        ({"cutoff": D(11)}, "worse", "11", "published"),
        ({}, "worse", "10.46", "c"),
        ({"functional_mean": None, "functional_sd": None}, "worse", "4.3", "a"),
        ({"clinical_mean": None, "clinical_sd": None}, "worse", "14.3", "b"),
        # Far apart: what two SDs of each reach does not meet.
        ({"functional_mean": D(1), "functional_sd": D(1)}, "worse", "3", "b"),
        (
            {"clinical_mean": D(1), "clinical_sd": D(1), "functional_mean": D(10),
             "functional_sd": D(1)},
            "better", "8", "b",
        ),
        ({"clinical_mean": D(1), "clinical_sd": D(1)}, "better", "1.6", "c"),
    ],
)  # fmt: skip
def test_which_cutoff_stands(keys, higher_is, at, basis):
    norms = dict(
        zip(
            ("clinical_mean", "clinical_sd", "functional_mean", "functional_sd"),
            NORMS,
            strict=True,
        )
    )
    boundary = change.boundary_of(spec(threshold=D(6), **norms | keys), higher_is)
    assert (rounded(boundary.at, at), boundary.basis) == (D(at), basis)


def test_without_norms_there_is_no_cutoff_and_nobody_recovers():
    (scale,) = CORE10.scales
    result = change.judge(spec(threshold=D(6)), scale, D(40), D(0))
    assert (result.boundary, result.crossed) == (None, None)
    assert result.verdict is Verdict.IMPROVED


# ------------------------------------------------------------------------------ which way is better


@pytest.mark.parametrize(
    ("before", "after", "verdict"),
    [
        (40, 50, Verdict.BETTER_BY_CONVENTION),
        (40, 49, Verdict.WITHIN_CONVENTION),
        (40, 30, Verdict.WORSE_BY_CONVENTION),
        (40, 31, Verdict.WITHIN_CONVENTION),
        (0, 100, Verdict.BETTER_BY_CONVENTION),
    ],
)
def test_who_5_rises_when_things_go_better_and_is_never_called_reliable(before, after, verdict):
    result = compare(WHO5, "who5_index", before, after)
    assert (result.verdict, result.is_reliable) == (verdict, False)
    assert result.yardstick == Yardstick(D(10), "convention")
    assert result.standardised is None


def test_the_raw_sum_of_the_who_5_has_no_rule_at_all():
    result = compare(WHO5, "who5_raw", 10, 20)
    assert (result.verdict, result.why) == (Verdict.NOT_COMPUTABLE, (Reason.NO_PARAMETERS,))
    assert result.difference == 10


def test_a_convention_is_not_made_reliable_by_an_sd():
    (scale,) = CORE10.scales
    rule = spec(
        kind="convention", threshold=D(3), sd=SD, reliability=R, reliability_type="alpha",
        cutoff=D(11),
    )  # fmt: skip
    result = change.judge(rule, scale, D(30), D(5))
    assert result.verdict is Verdict.BETTER_BY_CONVENTION
    assert not result.is_reliable


@given(st.decimals(0, 40, places=2), st.decimals(0, 40, places=2))
def test_a_scale_turned_round_gives_the_same_verdict(before, after):
    (scale,) = CORE10.scales
    parameters = CORE10.changes[0].model_copy(update={"threshold": None, "cutoff": None})
    turned_scale = scale.model_copy(update={"higher_is": "better"})
    turned = parameters.model_copy(
        update={
            "clinical_mean": 40 - parameters.clinical_mean,
            "functional_mean": 40 - parameters.functional_mean,
        }
    )
    one = change.judge(parameters, scale, before, after)
    other = change.judge(turned, turned_scale, 40 - before, 40 - after)
    assert one.verdict == other.verdict
    assert (one.crossed, one.has_room) == (other.crossed, other.has_room)
    assert one.difference == -other.difference
    assert one.boundary.at == 40 - other.boundary.at


@given(st.decimals(0, 40, places=2), st.decimals(0, 40, places=2))
def test_there_and_back_are_opposites(before, after):
    there = compare(CORE10, "core10_total", before, after)
    back = compare(CORE10, "core10_total", after, before)
    better = (Verdict.IMPROVED, Verdict.RECOVERED)
    assert (there.verdict in better) == (back.verdict is Verdict.DETERIORATED)
    assert there.difference == -back.difference


# -------------------------------------------------------------------------- not computable, and why


def own_tool() -> Definition:
    return CORE10.model_copy(
        update={"provenance": CORE10.provenance.model_copy(update={"validation": "unvalidated"})}
    )


def test_an_own_tool_has_a_difference_and_no_verdict():
    result = compare(own_tool(), "core10_total", 22, 9)
    assert (result.verdict, result.why) == (Verdict.NOT_COMPUTABLE, (Reason.UNVALIDATED,))
    assert (result.difference, result.yardstick, result.crossed) == (-13, None, None)
    assert not result.is_reliable


def test_without_parameters_there_is_a_difference_and_no_verdict():
    result = compare(K10, "k10_total", 40, 12)
    assert (result.verdict, result.why) == (Verdict.NOT_COMPUTABLE, (Reason.NO_PARAMETERS,))
    assert (result.difference, result.spec) == (-28, None)


@pytest.mark.parametrize(("before", "after"), [(None, 9), (22, None), (None, None)])
def test_no_value_is_never_taken_for_zero(before, after):
    result = compare(CORE10, "core10_total", before, after)
    assert (result.verdict, result.why) == (Verdict.NOT_COMPUTABLE, (Reason.NO_VALUE,))
    assert result.difference is None


def unlike(before: dict[str, Any], after: dict[str, Any]) -> tuple[Reason, ...]:
    usual = {"definition": CORE10, "value": D(22)}
    result = change.compare(
        "core10_total", Measurement(**usual | before), Measurement(**usual | after)
    )
    assert result.difference is None
    assert result.verdict is Verdict.NOT_COMPUTABLE
    return result.why


def test_like_is_compared_with_like():
    danish = CORE10.model_copy(update={"language": "da"})
    assert unlike({"mode": "paper"}, {"mode": "portal"}) == (Reason.OTHER_MODE,)
    assert unlike({"about": "partner"}, {"about": "friend"}) == (Reason.OTHER_PERSON,)
    assert unlike({}, {"definition": danish}) == (Reason.OTHER_LANGUAGE,)
    assert unlike({"value": None, "mode": "paper"}, {"definition": danish}) == (
        Reason.NO_VALUE,
        Reason.OTHER_LANGUAGE,
        Reason.OTHER_MODE,
    )


def test_a_prorated_score_is_compared_and_the_verdict_is_provisional():
    before, after = Measurement(CORE10, D(22)), Measurement(CORE10, D(9), provisional=True)
    result = change.compare("core10_total", before, after)
    assert (result.verdict, result.provisional) == (Verdict.RECOVERED, True)


def test_a_prorated_score_is_rounded_to_a_published_cutoff_as_for_a_band():
    assert compare(CORE10, "core10_total", 22, "10.6").verdict is Verdict.IMPROVED
    assert compare(CORE10, "core10_total", 22, "10.4").verdict is Verdict.RECOVERED


def with_words(definition: Definition = CORE10, **frame: Any) -> Definition:
    items = tuple(
        item.model_copy(update={"text": f"Question {item.id}"}) for item in definition.items
    )
    return definition.model_copy(update={"items": items, **frame})


def with_item(definition: Definition, **how: Any) -> Definition:
    first, *rest = definition.items
    return definition.model_copy(update={"items": (first.model_copy(update=how), *rest)})


def with_scale(definition: Definition, **how: Any) -> Definition:
    (scale,) = definition.scales
    return definition.model_copy(update={"scales": (scale.model_copy(update=how),)})


WORDED = with_words(intro="Over the last week.")


@pytest.mark.parametrize(
    "other",
    [
        with_item(WORDED, text="Another question"),
        with_item(WORDED, hint="Another hint"),
        with_words(intro="Over the last month."),
        with_item(WORDED, minimum=1),
        with_scale(WORDED, reverse=("core10_2",)),
        with_scale(WORDED, method="mean"),
        WORDED.model_copy(update={"slug": "core-om"}),
        WORDED.model_copy(update={"scales": ()}),
    ],
)
def test_other_questions_or_another_key_are_another_version(other):
    assert unlike({"definition": other}, {"definition": WORDED}) == (Reason.OTHER_VERSION,)


@pytest.mark.parametrize(
    "other",
    [
        WORDED.model_copy(update={"for_clinicians": "Said better."}),
        WORDED.model_copy(update={"title": "CORE", "thanks": "Thank you."}),
        with_scale(WORDED, title="Distress", max_missing=0, never_impute=()),
        WORDED.model_copy(update={"slug": "core", "formerly": ()}),
        CORE10,  # on paper before the practice brought the words
    ],
)
def test_a_new_version_for_another_reason_keeps_the_trend(other):
    newer = WORDED.model_copy(update={"formerly": ("core",)})
    ends = Measurement(other, D(22)), Measurement(newer, D(9))
    assert change.compare("core10_total", *ends).verdict is Verdict.RECOVERED


def test_a_scale_that_nobody_has_is_an_error():
    with pytest.raises(KeyError):
        compare(CORE10, "other", 1, 2)


def test_parameters_that_cannot_judge_are_an_error():
    broken = spec(threshold=D(6)).model_copy(update={"threshold": None})
    with pytest.raises(ValueError, match="cannot be judged"):
        change.yardstick_of(broken)


def test_the_service_threshold_of_the_phq_9():
    assert compare(PHQ9, "phq9_total", 16, 10).verdict is Verdict.IMPROVED
    assert compare(PHQ9, "phq9_total", 16, 9).verdict is Verdict.RECOVERED
    assert compare(PHQ9, "phq9_total", 12, 7).verdict is Verdict.NO_RELIABLE_CHANGE
    assert compare(PHQ9, "phq9_total", 4, 10).verdict is Verdict.DETERIORATED
