"""Scores by hand, and what must hold for any scale and any answers."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.definitions import Definition
from assessments.scoring import (
    DECLINED,
    ENGINE,
    NOT_APPLICABLE,
    AnswerError,
    MetricValue,
    ScaleScore,
    TallyLine,
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
    times = count if method == "sum" else 1
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
            "max_missing": 2,
            "not_computed": None,
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


@pytest.mark.parametrize("value", [None, "", [], NOT_APPLICABLE, DECLINED])
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
        method=draw(st.sampled_from(["sum", "mean"])),
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
