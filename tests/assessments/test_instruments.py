"""The published instruments that come with Trellis: skeletons without a word of theirs."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.definitions import Definition, ItemKind, Kind, Scale, load_library
from assessments.scoring import (
    NOT_APPLICABLE,
    ScaleScore,
    band_of,
    cutoffs_reached,
    score,
)

D = Decimal
LIBRARY = load_library(Path(__file__).resolve().parents[2] / "assessments" / "library")
INSTRUMENTS = {each.slug: each for each in LIBRARY.activities if each.is_validated}
OWN = tuple(
    each for each in LIBRARY.activities if each.kind is Kind.SCREENER and not each.is_validated
)
UNSCORED = {"hci", "ccs", "sccs", "codat", "dsi-r", "dsi-sf"}
CODEPENDENCY = {"sf-cds", "hci", "ccs", "sccs", "codat"}
SCREENERS = (*INSTRUMENTS.values(), *OWN)
SCALES = [(screener, scale) for screener in SCREENERS for scale in screener.scales]

instruments = pytest.mark.parametrize("instrument", INSTRUMENTS.values(), ids=lambda i: i.slug)
scales = pytest.mark.parametrize(
    ("screener", "scale"), SCALES, ids=[f"{d.slug}-{s.code}" for d, s in SCALES]
)


def answered(slug: str, *values: Any) -> dict[str, Any]:
    """Values in the order of the items; "-" is one that was left out."""
    items = INSTRUMENTS[slug].items
    return {item.id: v for item, v in zip(items, values, strict=False) if v != "-"}


def scored(slug: str, *values: Any) -> ScaleScore:
    first, *_ = score(INSTRUMENTS[slug], answered(slug, *values))
    return first


def ends(screener: Definition, scale: Scale) -> tuple[dict[str, int], dict[str, int]]:
    """Answers that give the least and the most that a scale can be."""
    low, high = {}, {}
    for item_id in scale.all_items():
        least, most = screener.range_of(screener.item(item_id))
        is_turned = (item_id in scale.reverse) != (scale.weights.get(item_id, 1) < 0)
        low[item_id], high[item_id] = (most, least) if is_turned else (least, most)
    return low, high


# -------------------------------------------------------------------------------- every skeleton


def test_every_instrument_of_the_list_is_there():
    assert set(INSTRUMENTS) == {
        "phq-9", "phq-2", "gad-7", "gad-2", "k6", "k10", "k10-us", "who-5", "core-10", "wsas",
        "rses", "rses-maryland", "sf-cds", "hci", "ccs", "sccs", "codat", "dsi-r", "dsi-sf",
    }  # fmt: skip


@instruments
def test_a_skeleton_carries_no_word_of_its_instrument(instrument):
    assert not instrument.has_text
    assert instrument.intro == ""
    assert instrument.options == {}
    for item in instrument.items:
        assert (item.text, item.hint, item.heading, item.low, item.high) == ("",) * 5
        assert item.kind is ItemKind.NUMBER


@instruments
def test_a_skeleton_says_that_its_words_come_from_the_practice(instrument):
    assert "words do not come with Trellis" in instrument.summary
    assert "on paper" in instrument.summary
    assert instrument.themes
    last = instrument.thanks.split("\n\n")[-1]
    assert last.startswith("Nobody is reading this right now.")
    assert last.endswith("under Help now.")


@instruments
def test_a_skeleton_says_whose_it_is_and_under_which_rights(instrument):
    provenance, licence = instrument.provenance, instrument.provenance.licence
    assert provenance.citations
    assert provenance.author
    assert provenance.seeds == provenance.constructs == provenance.covers == ()
    assert licence.checked.isoformat() == "2026-11-21"
    assert licence.holder
    assert licence.text
    if licence.kind != "SKELETON":
        assert licence.attribution
        assert licence.evidence
    if licence.kind == "OPEN":
        assert set(licence.uses) == {"clinical", "research", "education", "commercial"}
    if "NC" in licence.kind:
        assert "commercial" not in licence.uses
    if licence.kind.endswith("ND"):
        assert licence.modification == "no"


def test_the_licences_of_the_list():
    assert {slug: each.provenance.licence.kind for slug, each in INSTRUMENTS.items()} == {
        **dict.fromkeys(("phq-9", "phq-2", "gad-7", "gad-2", "k6", "k10", "k10-us"), "OPEN"),
        **dict.fromkeys(("wsas", "rses", "rses-maryland", "sf-cds", *UNSCORED), "SKELETON"),
        "who-5": "OPEN_NC_SA",
        "core-10": "OPEN_NC_ND",
    }


def test_the_notice_that_the_kessler_scales_ask_for():
    for slug in ("k6", "k10", "k10-us"):
        notice = INSTRUMENTS[slug].provenance.licence.attribution
        assert notice.startswith("© World Health Organization 2003. Kessler RC, Barker PR")


@instruments
def test_every_number_has_a_source_that_somebody_saw(instrument):
    for each in (*instrument.interpretations, *instrument.changes):
        assert each.evidence in ("V", "V2", "D")
        assert each.population
        assert each.citation


@instruments
def test_ids_are_numbered_in_the_order_of_the_form(instrument):
    numbered = [item.id for item in instrument.items if not item.id.endswith("_difficulty")]
    (stem,) = {re.sub(r"_\d+$", "", item_id) for item_id in numbered}
    assert numbered == [f"{stem}_{n}" for n in range(1, len(numbered) + 1)]


def test_what_is_asked_of_the_same_constructs_as_the_own_check_is_gated_like_it():
    assert {slug for slug, each in INSTRUMENTS.items() if each.gated} == CODEPENDENCY


def test_a_scale_stands_only_where_its_key_was_seen():
    unscored = {slug for slug, each in INSTRUMENTS.items() if not each.scales}
    assert unscored == UNSCORED
    for slug in unscored:
        assert "does not score" in INSTRUMENTS[slug].for_clinicians
        assert "compare" in INSTRUMENTS[slug].for_clinicians.lower()


def test_what_is_known_from_memory_only_says_so():
    for slug in ("hci", "codat"):
        assert "from memory and unchecked" in INSTRUMENTS[slug].for_clinicians


@pytest.mark.parametrize(
    ("slug", "count", "low", "high", "scored_range"),
    [
        ("phq-9", 10, 0, 3, (0, 27)),
        ("phq-2", 2, 0, 3, (0, 6)),
        ("gad-7", 7, 0, 3, (0, 21)),
        ("gad-2", 2, 0, 3, (0, 6)),
        ("k6", 6, 0, 4, (0, 24)),
        ("k10", 10, 1, 5, (10, 50)),
        ("k10-us", 10, 0, 4, (0, 40)),
        ("who-5", 5, 0, 5, (0, 25)),
        ("core-10", 10, 0, 4, (0, 40)),
        ("wsas", 5, 0, 8, (0, 40)),
        ("rses", 10, 0, 3, (0, 30)),
        ("rses-maryland", 10, 0, 3, (0, 30)),
        ("sf-cds", 16, 1, 6, (16, 96)),
        ("hci", 13, 1, 5, None),
        ("ccs", 19, 1, 5, None),
        ("sccs", 9, 1, 5, None),
        ("codat", 25, 1, 5, None),
        ("dsi-r", 46, 1, 6, None),
        ("dsi-sf", 20, 1, 6, None),
    ],
)
def test_items_and_ranges(slug, count, low, high, scored_range):
    instrument = INSTRUMENTS[slug]
    assert {(item.minimum, item.maximum) for item in instrument.items} == {(low, high)}
    assert len(instrument.items) == count
    found = instrument.scales[0] if instrument.scales else None
    assert (found and (found.minimum, found.maximum)) == scored_range


# --------------------------------------------------------------------------------- vectors by hand


@pytest.mark.parametrize(
    ("slug", "values", "value"),
    [
        ("phq-9", (2, 2, 2, 1, 1, 1, "-", "-", 1), "12.8571"),  # 7 answered, sum 10
        ("phq-9", (2, 2, 2, 1, 1, "-", "-", "-", 1), None),  # 6 answered
        ("phq-9", (2, 2, 2, 1, 1, 1, 1, 1, "-"), None),  # never item 9
        ("phq-9", (0,) * 9, "0"),
        ("phq-9", (1,) * 9 + (3,), "9"),  # the question about difficulty does not count
        ("phq-9", ("-",) * 9 + (3,), None),
        ("core-10", (3, 2, 3, 2, 2, 2, 3, 3, 3, "-"), "23.3333"),  # 9 answered, sum 21
        ("core-10", (3, 2, 3, 2, 2, "-", 3, 3, 2, 2), None),  # never item 6
        ("core-10", (3, 2, 3, 2, 2, 2, 3, 3, "-", "-"), None),
        ("core-10", ("-",) * 10, None),  # public code says 0
        ("core-10", (0,) * 10, "8"),
        ("core-10", (4,) * 10, "32"),
        ("wsas", (NOT_APPLICABLE, 4, 4, 2, 2), "15"),
        ("wsas", ("-", 4, 4, 2, 2), "15"),
        ("wsas", (4, "-", 4, 2, 2), "15"),
        ("wsas", (NOT_APPLICABLE, "-", 4, 2, 2), None),
        ("sf-cds", (1,) * 16, "26"),  # public code says 24
        ("sf-cds", (6,) * 16, "86"),  # and 88
        ("sf-cds", (3,) * 16, "50"),
        ("who-5", (3, 3, 3, 2, 2), "13"),
        ("gad-7", (1, 1, 1, 1, 1, 1, "-"), None),
        ("k10", (1,) * 9 + ("-",), None),
    ],
)
def test_vectors(slug, values, value):
    assert scored(slug, *values).value == (None if value is None else D(value))


def test_the_vector_of_the_core_10_sums_to_21():
    trace = scored("core-10", 3, 2, 3, 2, 2, 2, 3, 3, 3, "-").trace
    assert sum(line["keyed"] or 0 for line in trace["items"]) == 21
    assert trace["estimate"] == "2.3333"


def test_the_prorated_phq_9_lies_in_the_band_of_13():
    instrument = INSTRUMENTS["phq-9"]
    result = scored("phq-9", 2, 2, 2, 1, 1, 1, "-", "-", 1)
    band = band_of(instrument.interpretations[0], result.value)
    assert (band.start, band.below) == (10, 15)
    assert (result.provisional, result.answered, result.missing) == (True, 7, 2)


def test_the_who_5_counts_the_same_answers_twice():
    raw, index = score(INSTRUMENTS["who-5"], answered("who-5", 3, 3, 2, 2, 2))
    assert (raw.value, index.value) == (12, 48)
    poor, poor_index, likely = INSTRUMENTS["who-5"].interpretations
    raw_scale, index_scale = INSTRUMENTS["who-5"].scales
    for value, is_poor in ((12, True), (13, False)):
        assert bool(cutoffs_reached(poor, raw_scale, D(value))) == is_poor
        assert bool(cutoffs_reached(poor_index, index_scale, D(value * 4))) == is_poor
    assert [bool(cutoffs_reached(likely, index_scale, D(n))) for n in (28, 32)] == [True, False]


# ------------------------------------------------- what public code gets wrong (instruments.md 1.7)


def test_the_two_orders_of_the_rosenberg_scale_have_each_their_own_key():
    standard, maryland = (INSTRUMENTS[slug].scales[0] for slug in ("rses", "rses-maryland"))
    assert standard.reverse == tuple(f"rses_{n}" for n in (2, 5, 6, 8, 9))
    assert maryland.reverse == tuple(f"rsesm_{n}" for n in (3, 5, 8, 9, 10))
    # Somebody who agrees with all that is good, and with nothing that is bad, in either order.
    for slug, turned in (("rses", (2, 5, 6, 8, 9)), ("rses-maryland", (3, 5, 8, 9, 10))):
        assert scored(slug, *(0 if n in turned else 3 for n in range(1, 11))).value == 30
        assert scored(slug, *[3] * 10).value == 15


def test_the_gad_7_has_the_code_of_its_score_and_not_that_of_the_panel():
    instrument = INSTRUMENTS["gad-7"]
    assert instrument.scales[0].loinc == "70274-6"
    assert instrument.loinc == "69737-5"


def test_the_codes_of_the_phq_9():
    instrument = INSTRUMENTS["phq-9"]
    assert (instrument.loinc, instrument.scales[0].loinc) == ("44249-1", "44261-6")
    assert [item.loinc for item in instrument.items] == [
        "44250-9", "44255-8", "44259-0", "44254-1", "44251-7", "44258-2", "44252-5", "44253-3",
        "44260-8", "69722-7",
    ]  # fmt: skip


def test_only_codes_that_were_seen_are_there():
    with_codes = {
        slug
        for slug, each in INSTRUMENTS.items()
        if each.loinc or any(part.loinc for part in (*each.items, *each.scales))
    }
    assert with_codes == {"phq-9", "phq-2", "gad-7", "gad-2"}
    assert [item.loinc for item in INSTRUMENTS["phq-2"].items] == ["44250-9", "44255-8"]
    assert [item.loinc for item in INSTRUMENTS["gad-2"].items] == ["69725-0", "68509-9"]
    assert INSTRUMENTS["phq-2"].scales[0].loinc == "55758-7"


@instruments
def test_every_whole_score_lies_in_exactly_one_band(instrument):
    for interpretation in instrument.interpretations:
        scale = next(each for each in instrument.scales if each.code == interpretation.scale)
        if not interpretation.bands:
            continue
        for value in range(scale.minimum, scale.maximum + 1):
            holding = [b for b in interpretation.bands if b.start <= value < b.below]
            assert holding == [band_of(interpretation, D(value))]


@pytest.mark.parametrize(
    ("slug", "place", "starts"),
    [
        ("phq-9", 0, [0, 5, 10, 15, 20]),
        ("gad-7", 0, [0, 5, 10, 15]),
        ("k10", 0, [10, 16, 22, 30]),
        ("k10", 1, [10, 20, 25, 30]),
        ("wsas", 0, [0, 10, 21]),
    ],
)
def test_bands_as_published(slug, place, starts):
    bands = INSTRUMENTS[slug].interpretations[place].bands
    assert [band.start for band in bands] == starts
    # A label names the whole numbers that its band holds.
    for band in bands:
        if named := re.search(r"(\d+) to (\d+)", band.label):
            assert [int(named[1]), int(named[2])] == [band.start, band.below - 1]


def test_what_its_owner_says_has_no_cutoff_has_none():
    for slug in ("rses", "rses-maryland", "sf-cds", "k6", "k10-us", "gad-2"):
        assert INSTRUMENTS[slug].interpretations == ()


def test_only_these_have_a_change_and_only_with_a_source():
    assert {
        slug: (spec.kind, spec.threshold, spec.cutoff, spec.reliability)
        for slug, each in INSTRUMENTS.items()
        for spec in each.changes
    } == {
        "phq-9": ("reliable", 6, 10, D("0.89")),
        "gad-7": ("reliable", 4, 8, None),  # its reliability is known from memory only
        "core-10": ("reliable", 6, 11, D("0.9")),
        "who-5": ("convention", 10, None, None),
    }


def test_an_answer_about_dying_or_harm_is_critical_and_never_made_up():
    critical = {
        item.id: item.critical
        for each in INSTRUMENTS.values()
        for item in each.items
        if item.critical
    }
    assert critical == {"phq9_9": (1, 2, 3), "core10_6": (1, 2, 3, 4)}
    for slug, item_id in (("phq-9", "phq9_9"), ("core-10", "core10_6")):
        assert INSTRUMENTS[slug].scales[0].never_impute == (item_id,)


def test_rules_for_missing_answers_stand_only_where_one_was_published():
    lenient = {
        scale.code: scale.max_missing
        for each in INSTRUMENTS.values()
        for scale in each.scales
        if scale.max_missing
    }
    assert lenient == {"phq9_total": 2, "core10_total": 1, "wsas_total": 1}


# ------------------------------------------------------- every scale of the library, own ones too


@scales
def test_the_lowest_and_the_highest_answers_hit_the_ends_of_the_range(screener, scale):
    values = []
    for given_ in ends(screener, scale):
        (result,) = (each for each in score(screener, given_) if each.code == scale.code)
        values.append(result.value)
        assert not result.provisional
    assert values == [scale.minimum, scale.maximum]


@scales
def test_nothing_answered_is_never_zero(screener, scale):
    for nothing in ({}, dict.fromkeys(scale.all_items(), NOT_APPLICABLE)):
        (result,) = (each for each in score(screener, nothing) if each.code == scale.code)
        assert (result.value, result.answered) == (None, 0)
        assert result.trace["not_computed"] == "nothing_answered"


@given(st.data())
def test_no_unanswered_item_is_passed_over_in_silence(data):
    screener, scale = data.draw(st.sampled_from(SCALES))
    low, high = ends(screener, scale)
    given_ = {item_id: data.draw(st.sampled_from([low[item_id], high[item_id]])) for item_id in low}
    left_out = data.draw(st.sets(st.sampled_from(sorted(given_)), min_size=1))
    some = {item_id: value for item_id, value in given_.items() if item_id not in left_out}
    (result,) = (each for each in score(screener, some) if each.code == scale.code)
    assert result.missing >= len(left_out)
    assert result.value is None or result.provisional or scale.method == "rule"
    if result.value is not None:
        assert len(left_out) <= scale.max_missing
        assert scale.minimum <= result.value <= scale.maximum


@given(st.data())
def test_the_order_of_items_and_answers_does_not_matter(data):
    screener = data.draw(st.sampled_from(SCREENERS))
    given_ = {
        item_id: value
        for scale in screener.scales
        for item_id, value in zip(
            scale.all_items(),
            data.draw(st.permutations(list(ends(screener, scale)[1].values()))),
            strict=True,
        )
    }
    turned = screener.model_copy(update={"items": tuple(reversed(screener.items))})
    shuffled = dict(data.draw(st.permutations(list(given_.items()))))
    assert score(screener, shuffled) == score(screener, given_)
    if not any(item.show_if for item in screener.items):
        values = [result.value for result in score(turned, shuffled)]
        assert values == [result.value for result in score(screener, given_)]


def test_what_the_project_wrote_has_no_bands_no_cutoffs_and_no_change():
    for screener in OWN:
        assert screener.interpretations == screener.changes == ()
