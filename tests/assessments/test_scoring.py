"""Scores by hand, and what must hold for any scale and any answers."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.definitions import Definition, Interpretation
from assessments.scoring import (
    DECLINED,
    ENGINE,
    NOT_APPLICABLE,
    AnswerError,
    MetricValue,
    ScaleScore,
    TallyLine,
    band_of,
    cutoffs_reached,
    metrics,
    missing_reason,
    score,
)

D = Decimal
MISSING = st.sampled_from([None, "", NOT_APPLICABLE, DECLINED])


def activity(kind: str, **content: Any) -> Definition:
    return Definition(
        slug="week",
        kind=kind,
        title="Week",
        summary="Week.",
        for_clinicians="Week.",
        minutes=2,
        provenance={
            "seeds": ["S0"],
            "constructs": ["A1"],
            "author": "Trellis contributors",
            "validation": "unvalidated",
            "reading_grade": 5,
            "licence": {"kind": "OPEN", "holder": "Trellis contributors", "text": "CC BY 4.0"},
        },
        **content,
    )


def screener(count: int, top: int, *, low: int = 0, method: str = "sum", **scale: Any):
    """``count`` items i1, i2 ... from ``low`` to ``top`` and one scale over them."""
    times = 1 if method == "mean" else count
    withdrawn = scale.pop("withdrawn", ())
    items = [f"i{n}" for n in range(1, count + 1)]
    return activity(
        "screener",
        options={"points": [{"value": n, "label": f"L{n}"} for n in range(low, top + 1)]},
        items=[
            {"id": i, "kind": "scale", "text": i, "options": "points", "withdrawn": i in withdrawn}
            for i in items
        ],
        scales=[
            {
                "code": "s",
                "title": "S",
                "construct": "S",
                "items": items,
                "method": method,
                "minimum": low * times,
                "maximum": top * times,
                "higher_is": "worse",
                **scale,
            }
        ],
    )


def answers(*values: Any) -> dict[str, Any]:
    return {f"i{n}": value for n, value in enumerate(values, start=1) if value != "-"}


def only(definition: Definition, given_: dict[str, Any]) -> ScaleScore:
    (result,) = score(definition, given_)
    return result


PHQ9_RULE = screener(9, 3, max_missing=2)  # NHS Data Dictionary: one or two, by the mean
CORE10_RULE = screener(10, 4, reverse=("i2", "i3"), max_missing=1, never_impute=("i6",))
SFCDS_KEYS = screener(16, 6, low=1, reverse=("i5", "i7"))
FOUR = screener(4, 4, method="mean")


@pytest.mark.parametrize(
    ("definition", "given_", "value"),
    [
        (PHQ9_RULE, answers(*[0] * 9), "0"),
        (PHQ9_RULE, answers(*[3] * 9), "27"),
        (PHQ9_RULE, answers(0, 1, 2, 3, 0, 1, 2, 3, 0), "12"),
        (PHQ9_RULE, answers(2, 2, 2, 1, 1, 1, 1, "-", "-"), "12.8571"),  # 10 / 7 * 9
        (PHQ9_RULE, answers(2, 2, 2, 2, 1, 1, "-", "-", "-"), None),
        (CORE10_RULE, answers(*[0] * 10), "8"),
        (CORE10_RULE, answers(*[4] * 10), "32"),
        (CORE10_RULE, answers(3, 1, 2, 3, 2, 2, 2, 2, 2, "-"), "23.3333"),  # 21 / 9 * 10
        (CORE10_RULE, answers(3, 1, 2, 3, 2, "-", 2, 2, 2, 2), None),  # its risk item
        (SFCDS_KEYS, answers(*[1] * 16), "26"),  # published code says 24
        (SFCDS_KEYS, answers(*[6] * 16), "86"),  # and 88
        (SFCDS_KEYS, answers(*[3] * 16), "50"),
        (FOUR, answers(0, 1, 2, 4), "1.75"),
        (FOUR, answers(0, 1, 2, "-"), None),
        (screener(4, 4, method="mean", max_missing=1), answers(0, 1, 4, "-"), "1.6667"),
        (screener(3, 4, method="mean", max_missing=2), answers("-", "-", "-"), None),
    ],
)
def test_vectors_by_hand(definition, given_, value):
    assert only(definition, given_).value == (None if value is None else D(value))


def test_a_score_says_what_it_is_made_of():
    definition = screener(4, 4, reverse=("i2",), max_missing=2)
    given_ = {"i1": 3, "i2": 1, "i3": NOT_APPLICABLE, "i4": DECLINED}
    assert only(definition, given_) == ScaleScore(
        code="s",
        value=D(12),
        answered=2,
        missing=2,
        not_applicable=1,
        declined=1,
        provisional=True,
        engine=ENGINE,
        trace={
            "method": "sum",
            "n": 4,
            "answered": 2,
            "not_shown": 0,
            "max_missing": 2,
            "min_answered": None,
            "never_impute": [],
            "not_computed": None,
            "estimate": "3.0000",
            "items": [
                {"item": "i1", "raw": 3, "keyed": 3, "reversed": False, "missing": None},
                {"item": "i2", "raw": 1, "keyed": 3, "reversed": True, "missing": None},
                {"item": "i3", "raw": None, "keyed": None, "reversed": False,
                 "missing": "not_applicable"},
                {"item": "i4", "raw": None, "keyed": None, "reversed": False,
                 "missing": "declined"},
            ],
        },
    )  # fmt: skip


@pytest.mark.parametrize(
    ("given_", "why"),
    [
        ({}, "nothing_answered"),
        (answers(1, 1, 1, 1, 1, "-", 1, 1, 1, 1), "never_imputed"),
        (answers(1, 1, 1, 1, 1, DECLINED, 1, 1, 1, 1), "never_imputed"),
        (answers(1, 1, 1, 1, 1, 1, 1, 1, "-", "-"), "too_many_missing"),
        (answers(*[1] * 10), None),
    ],
)
def test_a_score_that_is_not_computed_says_why(given_, why):
    result = only(CORE10_RULE, given_)
    assert (result.value is None, result.trace["not_computed"]) == (why is not None, why)


def test_a_missing_answer_that_kept_its_score_makes_it_provisional():
    assert not only(PHQ9_RULE, answers(*[1] * 9)).provisional
    assert only(PHQ9_RULE, answers(*[1] * 8)).provisional
    assert not only(PHQ9_RULE, answers(1)).provisional


@pytest.mark.parametrize("value", [None, "", "  ", [], {}, NOT_APPLICABLE, DECLINED])
def test_no_answer_is_never_zero(value):
    result = only(screener(1, 4, method="mean"), {"i1": value})
    assert (result.value, result.answered, result.missing) == (None, 0, 1)


def test_zero_is_an_answer():
    result = only(screener(1, 4, method="mean"), {"i1": 0})
    assert (result.value, result.answered, result.missing) == (D(0), 1, 0)
    assert missing_reason(0) is None


def test_a_withdrawn_item_is_expected_of_whoever_answered_it_and_of_nobody_else():
    definition = screener(3, 4, method="mean", withdrawn=("i3",))
    later, then = only(definition, answers(1, 2)), only(definition, answers(1, 2, 4))
    assert (later.value, later.answered, later.missing) == (D("1.5"), 2, 0)
    assert (then.value, then.answered, then.missing) == (D("2.3333"), 3, 0)
    assert not later.provisional
    assert later.trace["items"][2]["missing"] == "withdrawn"


def test_a_withdrawn_item_that_was_declined_was_asked():
    result = only(screener(3, 4, method="mean", withdrawn=("i3",)), answers(1, 2, DECLINED))
    assert (result.value, result.missing, result.declined) == (None, 1, 1)


@pytest.mark.parametrize("value", [5, -1, "3", 2.0, True, [2], "nonsense"])
def test_an_answer_the_item_does_not_offer_is_a_fault_that_names_only_the_item(value):
    with pytest.raises(AnswerError, match=r"The answer to i1 is not") as caught:
        score(FOUR, answers(value, 1, 1, 1))
    assert "nonsense" not in str(caught.value)


def test_a_rating_is_reversed_in_its_own_range():
    definition = activity(
        "screener",
        items=[{"id": "i1", "kind": "rating", "text": "x", "minimum": 1, "maximum": 7}],
        scales=[
            {"code": "s", "title": "S", "construct": "S", "items": ["i1"], "reverse": ["i1"],
             "minimum": 1, "maximum": 7, "higher_is": "worse"}
        ],
    )  # fmt: skip
    assert only(definition, {"i1": 2}).value == 6
    with pytest.raises(AnswerError, match="not one that it offers"):
        score(definition, {"i1": 8})


def test_answers_to_other_questions_do_not_matter():
    given_ = answers(1, 2, 3, 4)
    assert score(FOUR, given_ | {"gone": 9, "note": "words"}) == score(FOUR, given_)


def test_enough_must_be_answered_and_no_more_may_be_missing():
    definition = screener(4, 4, method="mean", max_missing=2, min_answered=3, withdrawn=("i4",))
    result = only(definition, answers(1, 2))
    assert (result.value, result.trace["not_computed"]) == (None, "too_few_answered")
    assert (result.answered, result.missing) == (2, 1)
    assert only(definition, answers(1, 2, 3)).value == 2
    assert only(definition, answers(1, 2, "-", 3)).value == 2
    refused = only(definition, answers(1, "-", "-", DECLINED))
    assert refused.trace["not_computed"] == "too_many_missing"


# --------------------------------------------------------------------------- weights and rules


def weighted(weights: dict[str, str], *, low: int = 0, top: int = 4, **scale: Any) -> Definition:
    names = [f"i{n}" for n in range(1, 4)]
    each = [sorted((D(weights.get(n, "1")) * low, D(weights.get(n, "1")) * top)) for n in names]
    return activity(
        "screener",
        items=[
            {"id": n, "kind": "number", "text": n, "minimum": low, "maximum": top} for n in names
        ],
        scales=[
            {"code": "s", "title": "S", "construct": "S", "items": names, "method": "weighted",
             "weights": weights, "minimum": int(sum(a for a, _ in each)),
             "maximum": int(sum(b for _, b in each)), "higher_is": "worse", **scale}
        ],
    )  # fmt: skip


@pytest.mark.parametrize(
    ("definition", "given_", "value"),
    [
        (weighted({"i1": "2"}), answers(1, 2, 3), "7"),
        (weighted({"i1": "0.5", "i2": "0.25", "i3": "0.25"}), answers(1, 2, 4), "2"),
        (weighted({"i1": "-1"}), answers(4, 1, 2), "-1"),
        (weighted({"i1": "2"}, reverse=["i1"]), answers(1, 2, 3), "11"),
        (weighted({"i1": "2"}), answers(1, 2, "-"), None),
        # The mean of what was answered stands for the rest, at the weight of the rest.
        (weighted({"i3": "2"}, max_missing=1), answers(1, 2, "-"), "6"),
        (weighted({"i3": "2"}, max_missing=1), answers("-", 1, 4), "11.5"),
        (weighted({"i3": "2"}, max_missing=2, never_impute=["i3"]), answers(1, 2, "-"), None),
    ],
)
def test_weights_by_hand(definition, given_, value):
    result = only(definition, given_)
    assert result.value == (None if value is None else D(value))
    assert result.provisional == (value is not None and result.answered < 3)


def test_a_weighted_score_shows_its_weights_and_what_was_made_up():
    trace = only(weighted({"i3": "2.5"}, top=8, max_missing=1), answers(1, 2)).trace
    assert [line["weight"] for line in trace["items"]] == ["1", "1", "2.5"]
    assert trace["estimate"] == "1.5000"
    assert json.loads(json.dumps(trace)) == trace


def categories(*sizes: int, at_least: int = 2, **scale: Any) -> Definition:
    """Yes (1) or no (0); a category counts when ``at_least`` of its items are answered yes."""
    names = [f"i{n}" for n in range(1, sum(sizes) + 1)]
    starts = [sum(sizes[:n]) for n in range(len(sizes))]
    return activity(
        "screener",
        items=[{"id": n, "kind": "number", "text": n, "maximum": 1} for n in names],
        scales=[
            {
                "code": "s", "title": "S", "construct": "S", "method": "rule", "higher_is": "worse",
                "minimum": 0, "maximum": len(sizes),
                "categories": [
                    {"title": f"C{n}", "items": names[start : start + size], "at_least": at_least}
                    for n, (start, size) in enumerate(zip(starts, sizes, strict=True), start=1)
                ],
                **scale,
            }
        ],
    )  # fmt: skip


EIGHT = categories(*[3] * 8)


@pytest.mark.parametrize(
    ("given_", "value"),
    [
        ([(1, 1, 0)] * 5 + [(1, 0, 0)] * 3, "5"),  # Potter-Efron: two or more in five of eight
        ([(1, 0, 0)] * 8, "0"),
        ([(1, 1, 1)] * 8, "8"),
        ([(0, 0, 0)] * 8, "0"),
        ([("-", 1, 1)] + [(0, 0, 0)] * 7, None),  # nothing may be missing here
    ],
)
def test_a_rule_counts_categories_not_answers(given_, value):
    result = only(EIGHT, answers(*(answer for category in given_ for answer in category)))
    assert result.value == (None if value is None else D(value))


@pytest.mark.parametrize(
    ("given_", "value", "why", "counts"),
    [
        ((1, 1, "-", 0, 0, 0), "1", None, [True, False]),  # it counts, whatever is missing
        ((0, 0, "-", 0, 0, 0), "0", None, [False, False]),  # it cannot count any more
        ((1, 0, "-", 0, 0, 0), None, "undecided", [None, False]),
        ((1, "-", "-", 0, 0, 0), None, "too_many_missing", [None, False]),
        (("-",) * 6, None, "nothing_answered", [None, None]),
    ],
)
def test_a_rule_makes_nothing_up(given_, value, why, counts):
    result = only(categories(3, 3, max_missing=1), answers(*given_))
    assert result.value == (None if value is None else D(value))
    assert (result.trace["not_computed"], result.provisional) == (why, False)
    assert [category["counts"] for category in result.trace["categories"]] == counts
    assert result.trace["estimate"] is None


def test_the_trace_of_a_rule_says_what_each_category_is_made_of():
    trace = only(categories(3, 2, max_missing=1), answers(1, 1, 0, 1, "-")).trace
    assert trace["categories"] == [
        {"title": "C1", "at_least": 2, "counts_from": 1, "reached": 2, "missing": 0,
         "counts": True},
        {"title": "C2", "at_least": 2, "counts_from": 1, "reached": 1, "missing": 1,
         "counts": None},
    ]  # fmt: skip


# -------------------------------------------------------------------------------------- branches


def branching(**scale: Any) -> Definition:
    """i2 is asked of whoever answers i1 with 1 or more."""
    names = ["i1", "i2", "i3"]
    conditions = {"i2": {"show_if": {"item": "i1", "at_least": 1}}}
    return activity(
        "screener",
        items=[
            {"id": n, "kind": "number", "text": n, "maximum": 4} | conditions.get(n, {})
            for n in names
        ],
        scales=[
            {"code": "s", "title": "S", "construct": "S", "items": names, "method": "sum",
             "minimum": 0, "maximum": 12, "higher_is": "worse", **scale}
        ],
    )  # fmt: skip


def test_what_was_not_shown_is_missing_and_not_zero():
    result = only(branching(), answers(0, "-", 3))
    assert (result.value, result.missing, result.not_shown) == (None, 1, 1)
    assert result.trace["not_computed"] == "too_many_missing"
    assert result.trace["not_shown"] == 1
    assert result.trace["items"][1]["missing"] == "not_shown"
    assert (result.not_applicable, result.declined) == (0, 0)


def test_a_scale_that_bears_a_branch_says_so():
    result = only(branching(max_missing=1), answers(0, "-", 3))
    assert (result.value, result.provisional, result.not_shown) == (D("4.5"), True, 1)
    passed_over = only(branching(max_missing=1), answers(1, "-", 3))
    assert (passed_over.value, passed_over.not_shown, passed_over.missing) == (D(6), 0, 1)


def test_an_answer_that_was_left_behind_a_branch_does_not_count():
    assert only(branching(), answers(0, 4, 3)) == only(branching(), answers(0, "-", 3))
    assert only(branching(), answers(1, 4, 3)).value == 8


def test_what_was_not_shown_is_not_made_up_where_nothing_may_be():
    result = only(branching(max_missing=1, never_impute=["i2"]), answers(0, "-", 3))
    assert (result.value, result.trace["not_computed"]) == (None, "never_imputed")


# ------------------------------------------------------------------------------- kinds and parts


@pytest.mark.parametrize(
    ("item", "answer", "keyed"),
    [
        ({"kind": "slider", "maximum": 100, "step": 5}, 35, 65),
        ({"kind": "mood"}, 2, 4),
        ({"kind": "number", "minimum": -3, "maximum": 3}, 2, -2),
    ],
)
def test_a_number_of_any_kind_is_scored_and_reversed_in_its_range(item, answer, keyed):
    low, high = {"mood": (1, 5)}.get(item["kind"], (item.get("minimum", 0), item.get("maximum")))
    definition = activity(
        "screener",
        items=[{"id": "i1", "text": "x"} | item],
        scales=[
            {"code": "s", "title": "S", "construct": "S", "items": ["i1"], "reverse": ["i1"],
             "minimum": low, "maximum": high, "higher_is": "better"}
        ],
    )  # fmt: skip
    assert only(definition, {"i1": answer}).value == keyed
    with pytest.raises(AnswerError, match="not one that it offers"):
        score(definition, {"i1": high + 1})


def test_a_slider_has_steps():
    definition = activity(
        "screener",
        items=[{"id": "i1", "kind": "slider", "text": "x", "maximum": 100, "step": 5}],
        scales=[
            {"code": "s", "title": "S", "construct": "S", "items": ["i1"], "minimum": 0,
             "maximum": 100, "higher_is": "better"}
        ],
    )  # fmt: skip
    with pytest.raises(AnswerError, match="not one that it offers"):
        score(definition, {"i1": 37})


def test_a_part_and_the_whole_have_each_their_own_rule():
    names = [f"i{n}" for n in range(1, 5)]
    common = {"title": "S", "construct": "S", "minimum": 0, "maximum": 4, "higher_is": "worse"}
    definition = activity(
        "screener",
        items=[{"id": n, "kind": "number", "text": n, "maximum": 4} for n in names],
        scales=[
            common | {"code": "whole", "items": names, "max_missing": 1},
            common | {"code": "one", "items": names[:2], "part_of": "whole"},
            common | {"code": "two", "items": names[2:], "part_of": "whole"},
        ],
    )
    whole, one, two = score(definition, answers(1, 2, 3, "-"))
    assert (whole.code, whole.value, whole.provisional) == ("whole", D(2), True)
    assert (one.code, one.value) == ("one", D("1.5"))
    assert (two.code, two.value, two.trace["not_computed"]) == ("two", None, "too_many_missing")


# --------------------------------------------------------------------------- bands and cut-offs

PHQ9_BANDS = Interpretation(
    scale="s",
    name="Bands",
    population="Adults",
    citation="A source",
    evidence="V",
    bands=[
        {"start": start, "below": below, "label": label}
        for start, below, label in [
            (0, 5, "minimal"), (5, 10, "mild"), (10, 15, "moderate"),
            (15, 20, "moderately severe"), (20, 28, "severe"),
        ]
    ],
    cutoffs=[{"at": 10, "label": "ten"}],
)  # fmt: skip


@pytest.mark.parametrize(
    ("value", "label"),
    [
        ("0", "minimal"), ("4", "minimal"), ("4.4999", "minimal"), ("4.5", "mild"), ("5", "mild"),
        ("9.4", "mild"), ("9.5", "moderate"), ("12.8571", "moderate"),
        ("14.5", "moderately severe"),
        ("19", "moderately severe"), ("20", "severe"), ("27", "severe"), ("28", None), ("-1", None),
    ],
)  # fmt: skip
def test_a_band_holds_its_start_and_what_is_rounded_to_it(value, label):
    band = band_of(PHQ9_BANDS, D(value))
    assert (band.label if band else None) == label


def test_without_a_value_or_bands_there_is_no_band():
    assert band_of(PHQ9_BANDS, None) is None
    assert band_of(PHQ9_BANDS.model_copy(update={"bands": ()}), D(3)) is None


def test_bands_of_a_mean_are_looked_up_as_finely_as_they_are_drawn():
    edges = [("0", "1.5", "low"), ("1.5", "2.75", "middle"), ("2.75", "4.01", "high")]
    bands = [{"start": D(a), "below": D(b), "label": label} for a, b, label in edges]
    fine = Interpretation(
        scale="s", name="B", population="P", citation="C", evidence="V", bands=bands
    )
    found = {value: band_of(fine, D(value)) for value in ("1.4949", "1.495", "2.7449", "2.745")}
    assert [band.label for band in found.values() if band] == ["low", "middle", "middle", "high"]


@given(st.decimals(0, 27, places=4))
def test_every_value_of_a_scale_lies_in_one_band_and_on_one_side_of_a_cutoff(value):
    band = band_of(PHQ9_BANDS, value)
    assert band
    (scale,) = PHQ9_RULE.scales
    is_over = bool(cutoffs_reached(PHQ9_BANDS, scale, value))
    assert is_over == (band.start >= 10)


def test_a_cutoff_is_reached_from_the_better_side():
    (worse,) = PHQ9_RULE.scales
    better = worse.model_copy(update={"higher_is": "better"})
    reached = [bool(cutoffs_reached(PHQ9_BANDS, worse, D(n))) for n in (9, 10, 11)]
    turned = [bool(cutoffs_reached(PHQ9_BANDS, better, D(n))) for n in (9, 10, 11)]
    assert (reached, turned) == ([False, True, True], [True, True, False])
    assert cutoffs_reached(PHQ9_BANDS, worse, None) == ()


# ---------------------------------------------------------------------------------- properties


@st.composite
def scored(draw: st.DrawFn) -> tuple[Definition, dict[str, Any]]:
    count, low = draw(st.integers(1, 8)), draw(st.integers(-2, 1))
    top = low + draw(st.integers(1, 6))
    names = [f"i{n}" for n in range(1, count + 1)]
    definition = screener(
        count,
        top,
        low=low,
        method=draw(st.sampled_from(["sum", "mean", "weighted"])),
        reverse=tuple(draw(st.sets(st.sampled_from(names)))),
        max_missing=draw(st.integers(0, count - 1)),
        never_impute=tuple(draw(st.sets(st.sampled_from(names), max_size=1))),
    )
    some = st.one_of(st.integers(low, top), MISSING)
    return definition, {name: draw(some) for name in names if draw(st.booleans()) or count < 3}


@given(scored())
def test_a_score_lies_within_its_scale(case):
    definition, given_ = case
    result = only(definition, given_)
    if result.value is not None:
        assert definition.scales[0].minimum <= result.value <= definition.scales[0].maximum
    assert result.answered + result.missing == len(definition.items)
    assert result.not_applicable + result.declined <= result.missing
    assert json.loads(json.dumps(result.trace)) == result.trace


@given(scored(), st.randoms())
def test_the_order_of_answers_does_not_matter(case, random):
    definition, given_ = case
    shuffled = list(given_.items())
    random.shuffle(shuffled)
    assert score(definition, dict(shuffled)) == score(definition, given_)


@given(scored(), st.randoms())
def test_the_order_of_items_does_not_matter(case, random):
    definition, given_ = case
    (scale,) = definition.scales
    items, keyed = list(definition.items), list(scale.items)
    random.shuffle(items)
    random.shuffle(keyed)
    turned = scale.model_copy(update={"items": tuple(keyed)})
    shuffled = definition.model_copy(update={"items": tuple(items), "scales": (turned,)})
    before, after = only(definition, given_), only(shuffled, given_)
    assert (before.value, before.missing) == (after.value, after.missing)
    assert before.trace["not_computed"] == after.trace["not_computed"]


@given(scored())
def test_the_lowest_and_the_highest_answers_hit_the_ends_of_the_range(case):
    definition, _ = case
    (scale,) = definition.scales
    for end, value in ((0, scale.minimum), (1, scale.maximum)):
        given_ = {
            item.id: definition.range_of(item)[end != (item.id in scale.reverse)]
            for item in definition.items
        }
        assert only(definition, given_).value == value


@given(scored())
def test_weights_of_one_are_a_plain_sum(case):
    definition, given_ = case
    (scale,) = definition.scales
    values = [
        only(
            definition.model_copy(
                update={"scales": (scale.model_copy(update={"method": method}),)}
            ),
            given_,
        ).value
        for method in ("sum", "weighted")
    ]
    assert values[0] == values[1]


@given(scored(), st.data())
def test_one_answer_less_never_gives_a_number_where_there_was_none(case, data):
    definition, given_ = case
    before = only(definition, given_)
    name = data.draw(st.sampled_from([item.id for item in definition.items]))
    after = only(definition, given_ | {name: data.draw(MISSING)})
    if before.value is None:
        assert after.value is None
    assert after.answered <= before.answered
    if after.answered == 0:
        assert after.value is None


@given(scored(), st.lists(MISSING, min_size=8, max_size=8))
def test_nothing_answered_is_no_score(case, nothing):
    definition, _ = case
    assert only(definition, answers(*nothing)).value is None


@given(scored())
def test_reversing_every_item_mirrors_the_score_and_doing_it_twice_undoes_it(case):
    definition, given_ = case
    (scale,) = definition.scales
    names = [item.id for item in definition.items]

    def flipped(reverse):
        return tuple(name for name in names if name not in reverse)

    def with_reverse(reverse):
        turned = scale.model_copy(update={"reverse": reverse})
        return only(definition.model_copy(update={"scales": (turned,)}), given_).value

    straight = with_reverse(scale.reverse)
    once, twice = (
        with_reverse(flipped(scale.reverse)),
        with_reverse(flipped(flipped(scale.reverse))),
    )
    assert twice == straight
    if straight is not None:
        # Each is rounded by itself in the fourth place.
        assert abs(scale.minimum + scale.maximum - straight - once) <= D("0.0001")


@given(scored())
def test_a_prorated_sum_is_the_mean_for_each_item(case):
    definition, given_ = case
    (scale,), count = definition.scales, len(definition.items)
    results = {
        method: only(
            definition.model_copy(
                update={"scales": (scale.model_copy(update={"method": method}),)}
            ),
            given_,
        )
        for method in ("sum", "mean")
    }
    total, mean = results["sum"].value, results["mean"].value
    assert (total is None) == (mean is None)
    if total is not None:
        assert abs(total - mean * count) <= D("0.0001") * count


# ------------------------------------------------------------------------------------- metrics

LOG = activity(
    "exercise",
    layout="page",
    as_log=True,
    options={
        "kept": [
            {"value": "kept", "label": "Kept"},
            {"value": "partly", "label": "Partly"},
            {"value": "not_yet", "label": "Not yet"},
        ]
    },
    items=[
        {"id": "kept", "kind": "choice", "text": "Kept?", "options": "kept"},
        {"id": "all", "kind": "choices", "text": "Which?", "options": "kept"},
        {"id": "before", "kind": "rating", "text": "Before?"},
        {"id": "after", "kind": "rating", "text": "After?"},
    ],
    metrics=[
        {"code": "entries", "title": "Entries", "kind": "count"},
        {"code": "kept", "title": "Kept", "kind": "tally", "item": "kept"},
        {"code": "all", "title": "All", "kind": "tally", "item": "all"},
        {"code": "mean", "title": "Before", "kind": "mean", "item": "before"},
        {"code": "drop", "title": "Drop", "kind": "change", "item": "before", "after": "after"},
    ],
)
ENTRIES = [
    {"kept": "kept", "all": ["kept", "partly"], "before": 8, "after": 3},
    {"kept": "kept", "all": [], "before": 5, "after": 6},
    {"kept": "not_yet", "all": ["partly"], "before": 6, "after": None},
    {"kept": DECLINED, "before": 0, "after": 0},
]


def tally(**counts: int) -> tuple[TallyLine, ...]:
    labels = {"kept": "Kept", "partly": "Partly", "not_yet": "Not yet"}
    return tuple(TallyLine(value, labels[value], count) for value, count in counts.items())


def test_metrics_by_hand():
    assert metrics(LOG, ENTRIES) == (
        MetricValue("entries", "Entries", "count", D(4), 4),
        MetricValue("kept", "Kept", "tally", None, 3, tally(kept=2, partly=0, not_yet=1)),
        MetricValue("all", "All", "tally", None, 2, tally(kept=1, partly=2, not_yet=0)),
        MetricValue("mean", "Before", "mean", D("4.75"), 4),
        MetricValue("drop", "Drop", "change", D("-1.3333"), 3),
    )


def test_without_entries_only_the_count_has_a_value():
    values = metrics(LOG, [])
    assert [value.value for value in values] == [D(0), None, None, None, None]
    assert {value.n for value in values} == {0}


def test_an_option_that_is_gone_is_still_counted():
    (_, kept, *_) = metrics(LOG, [{"kept": "kept"}, {"kept": "once"}])
    assert kept.tally[-1] == TallyLine("once", "once", 1)
    assert sum(line.count for line in kept.tally) == kept.n == 2


def test_a_rating_that_is_not_a_number_is_a_fault():
    with pytest.raises(AnswerError, match="The answer to before"):
        metrics(LOG, [{"before": "8", "after": 3}])


@given(st.lists(st.fixed_dictionaries({"before": st.integers(0, 10), "after": MISSING})))
def test_half_a_pair_never_counts_as_change(entries):
    assert metrics(LOG, entries)[-1].value is None
    assert metrics(LOG, entries)[-1].n == 0


@given(st.permutations(ENTRIES))
def test_the_order_of_entries_does_not_matter(entries):
    assert metrics(LOG, entries) == metrics(LOG, ENTRIES)


# ------------------------------------------------------------------- metrics of rows and parts

SORTED = activity(
    "exercise",
    layout="page",
    as_log=True,
    options={
        "whose": [
            {"value": "mine", "label": "Mine"},
            {"value": "theirs", "label": "Theirs"},
            {"value": "shared", "label": "Shared"},
        ],
        "did": [{"value": "yes", "label": "Yes"}, {"value": "no", "label": "No"}],
    },
    items=[
        {"id": "minutes", "kind": "number", "text": "Minutes?", "maximum": 600},
        {"id": "whose", "kind": "split", "text": "Whose?", "options": "whose"},
        {"id": "did", "kind": "choice", "text": "Did you?", "options": "did"},
        {"id": "which", "kind": "choices", "text": "Which?", "options": "whose"},
        {
            "id": "steps",
            "kind": "ladder",
            "text": "Steps?",
            "maximum": 5,
            "columns": [
                {"id": "step", "kind": "line", "text": "Step"},
                {"id": "before", "kind": "rating", "text": "Before"},
                {"id": "after", "kind": "rating", "text": "After"},
                {"id": "done", "kind": "choice", "text": "Done", "options": "did"},
            ],
        },
    ],
    metrics=[
        {"code": "a", "title": "A", "kind": "sum", "item": "minutes", "unit": "minutes"},
        {"code": "b", "title": "B", "kind": "most", "item": "minutes", "unit": "minutes"},
        {"code": "c", "title": "C", "kind": "mean", "item": "whose.mine", "unit": "%"},
        {"code": "d", "title": "D", "kind": "share", "item": "did", "of": ["yes"]},
        {"code": "e", "title": "E", "kind": "share", "item": "which", "of": ["mine", "shared"]},
        {"code": "f", "title": "F", "kind": "rows", "item": "steps"},
        {"code": "g", "title": "G", "kind": "change", "item": "steps.before",
         "after": "steps.after"},
        {"code": "h", "title": "H", "kind": "most", "item": "steps.before"},
        {"code": "i", "title": "I", "kind": "share", "item": "steps.done", "of": ["yes"]},
        {"code": "j", "title": "J", "kind": "tally", "item": "steps.done"},
    ],
)  # fmt: skip
DAYS = [
    {
        "minutes": 20, "whose": {"mine": 60, "theirs": 40}, "did": "yes",
        "which": ["mine", "theirs"],
        "steps": [
            {"step": "ask", "before": 3, "after": 1, "done": "yes"},
            {"step": "say", "before": 8, "done": "no"},
            {"step": "stay", "before": 6, "after": 7},
        ],
    },
    {"minutes": 45, "whose": {"theirs": 100}, "did": "no", "which": ["theirs"], "steps": []},
    {"minutes": None, "did": DECLINED, "which": [], "steps": [{"step": "go"}]},
]  # fmt: skip


def measured(entries: list[dict[str, Any]]) -> dict[str, tuple[Decimal | None, int]]:
    return {value.code: (value.value, value.n) for value in metrics(SORTED, entries)}


def test_metrics_of_every_kind_by_hand():
    assert measured(DAYS) == {
        "a": (D(65), 2),
        "b": (D(45), 2),
        "c": (D(30), 2),  # the part that is not named got nothing: 100 are shared out
        "d": (D(50), 2),
        "e": (D(50), 2),  # any of the chosen
        "f": (D(2), 2),  # three rows and one; who filled none in has none to count
        "g": (D("-0.5"), 2),  # of the two rows with both ends
        "h": (D(8), 3),
        "i": (D(50), 2),  # by row
        "j": (None, 2),
    }
    assert metrics(SORTED, DAYS)[-1].tally == (TallyLine("yes", "Yes", 1), TallyLine("no", "No", 1))
    assert [value.unit for value in metrics(SORTED, DAYS)][:4] == ["minutes", "minutes", "%", ""]


def test_nothing_answered_has_no_sum_no_most_and_no_share():
    for entries in ([], [{}], [{"minutes": NOT_APPLICABLE, "steps": [], "whose": {}}]):
        assert set(measured(entries).values()) == {(None, 0)}


@pytest.mark.parametrize(
    ("entry", "named"),
    [
        ({"whose": {"mine": 50}}, "whose"),
        ({"whose": [60, 40]}, "whose"),
        ({"steps": "many"}, "steps"),
        ({"steps": ["ask"]}, "steps"),
        ({"steps": [{"before": 11, "after": 1}]}, "steps.before"),
        ({"minutes": 2.5}, "minutes"),
    ],
)
def test_what_no_form_could_have_stored_is_a_fault_that_names_its_place(entry, named):
    with pytest.raises(AnswerError, match=rf"The answer to {named} is not"):
        metrics(SORTED, [entry])


@given(st.permutations(DAYS), st.lists(st.sampled_from(DAYS), max_size=4))
def test_entries_in_any_order_measure_the_same(days, more):
    assert metrics(SORTED, [*days, *more]) == metrics(SORTED, [*more, *reversed(days)])
