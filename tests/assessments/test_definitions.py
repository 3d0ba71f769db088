"""The format of an activity: what is read, what is refused, and in which words."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from assessments.definitions import (
    Definition,
    DefinitionError,
    Program,
    load,
    load_library,
    parse,
    parse_program,
)

LIBRARY = Path(__file__).resolve().parents[2] / "assessments" / "library"

HEAD = """
slug = "week"
kind = "{kind}"
title = "Week"
summary = "How the week was."
for_clinicians = "One week."
minutes = 2
"""
TAIL = """
[provenance]
seeds = ["S0"]
constructs = ["A1"]
author = "Trellis contributors"
validation = "unvalidated"
reading_grade = 5
licence = { kind = "OPEN", holder = "Trellis contributors", text = "CC BY 4.0" }
"""
OPTIONS = """
[options]
often = [
    { value = 0, label = "Never" },
    { value = 1, label = "Sometimes" },
    { value = 2, label = "Often" },
]
mood = [{ value = "low", label = "Low" }, { value = "high", label = "High" }]
"""
ITEMS = """
[[items]]
id = "one"
kind = "scale"
text = "I give a lot."
options = "often"

[[items]]
id = "two"
kind = "scale"
text = "I rest."
options = "often"

[[items]]
id = "note"
kind = "text"
text = "Anything else?"

[[items]]
id = "worry"
kind = "rating"
text = "How much worry?"
"""
SCALE = """
[[scales]]
code = "giving"
title = "Giving"
construct = "A1 One-sided giving"
items = ["one", "two"]
method = "sum"
minimum = 0
maximum = 4
higher_is = "worse"
"""
COUNT = """
[[metrics]]
code = "entries"
title = "Entries"
kind = "count"
"""
BANDS = """
[[interpretations]]
scale = "giving"
name = "Bands"
population = "Adults"
citation = "A paper"
evidence = "V"
bands = [
    { start = 0, below = 2, label = "Low" },
    { start = 2, below = 5, label = "High" },
]
cutoffs = [{ at = 3, label = "Three" }]
"""
CHANGE = """
[[changes]]
scale = "giving"
population = "Adults"
citation = "A paper"
evidence = "V2"
threshold = 2
sd = 1.5
reliability = 0.9
reliability_type = "alpha"
z = 1.645
cutoff = 2
clinical_mean = 3.0
clinical_sd = 1.0
functional_mean = 1.0
functional_sd = 0.5
"""
FIELDS = """
[[items]]
id = "why"
kind = "line"
text = "Why?"
show_if = { item = "one", at_least = 1 }

[[items]]
id = "share"
kind = "split"
text = "Whose part?"
options = "mood"

[[items]]
id = "cards"
kind = "sort"
text = "Where does it go?"
options = "mood"
groups = "mood"

[[items]]
id = "how_sure"
kind = "slider"
text = "How sure?"
maximum = 100
step = 5

[[items]]
id = "table"
kind = "rows"
text = "What came up?"
maximum = 5

[[items.columns]]
id = "what"
kind = "line"
text = "What"

[[items.columns]]
id = "size"
kind = "rating"
text = "How big"

[[items]]
id = "steps"
kind = "ladder"
text = "From easy to hard."
maximum = 5

[[items.columns]]
id = "step"
kind = "line"
text = "Step"

[[items.columns]]
id = "before"
kind = "rating"
text = "Before"
"""
EXAMPLE = """
[example]
story = "Somebody who had a long week."

[example.answers]
one = 1
worry = 4
"""
POINTS = """
[[points]]
code = "sign-giving"
kind = "sign"
text = "One gives more."
seeds = ["S0"]

[[points]]
code = "tip-rest"
kind = "tip"
text = "Rest."
seeds = ["S3"]
"""
SCREENER = HEAD.format(kind="screener") + OPTIONS + ITEMS + SCALE + TAIL
EXERCISE = HEAD.format(kind="exercise") + OPTIONS + ITEMS + COUNT + TAIL
WORKBOOK = HEAD.format(kind="exercise") + OPTIONS + ITEMS + FIELDS + COUNT + EXAMPLE + TAIL
PUBLISHED = (
    HEAD.format(kind="screener") + OPTIONS + ITEMS + SCALE + BANDS + CHANGE + TAIL
).replace('"unvalidated"', '"published"\ncitations = ["A paper"]')
READING = HEAD.format(kind="reading") + '\n[[sections]]\nbody = "Text."\n' + TAIL
SOURCE = 'scale = "giving"\npopulation = "Adults"\ncitation = "A paper"\nevidence = "V2"\n'
CATEGORIES = """
method = "{method}"
minimum = 0
maximum = 1
higher_is = "worse"
{reverse}

[[scales.categories]]
title = "Giving"
items = ["one", "two"]
at_least = {at_least}
counts_from = {counts_from}
"""
COLUMNS_OF_TABLE = FIELDS[
    FIELDS.index("[[items.columns]]") : FIELDS.index('[[items]]\nid = "steps"')
]
PROGRAM = """
slug = "weeks"
kind = "program"
title = "Weeks"
summary = "A few weeks."
for_clinicians = "Weeks."
themes = ["limits"]
weeks = 4

[[steps]]
activity = "week"
week = 1
rule = "at_once"

[[steps]]
activity = "week"
week = 2
rule = "after_delay"
days = 7

[[steps]]
activity = "week"
week = 3
rule = "after_feedback"
"""
PROGRAM += TAIL


def change(text: str, old: str, new: str) -> str:
    assert text.count(old) >= 1, old
    return text.replace(old, new, 1)


def refusal(text: str, read: Callable[..., object] = parse) -> tuple[str, str]:
    """What is said of a text, and the line of it that is pointed at."""
    with pytest.raises(DefinitionError) as caught:
        read(text, source="week.toml")
    error = caught.value
    assert str(error) == f"week.toml:{error.line}: {error.reason}"
    return error.reason, text.splitlines()[error.line - 1].strip()


def metric(kind: str, **ends: str) -> str:
    lines = ["", "[[metrics]]", 'code = "m"', 'title = "M"', f'kind = "{kind}"']
    return "\n".join(lines + [f'{key} = "{item}"' for key, item in ends.items()]) + "\n"


@pytest.mark.parametrize("text", [SCREENER, EXERCISE, WORKBOOK, PUBLISHED, READING])
def test_a_well_formed_file_is_read(text):
    definition = parse(text, source="week.toml")
    assert definition.slug == "week"
    assert Definition(**definition.dump()) == definition


def test_text_over_several_lines_is_kept_without_its_edges():
    text = change(SCREENER, "minutes = 2", 'minutes = 2\nintro = """\nOne.\n\nTwo.\n"""')
    assert parse(text, source="week.toml").intro == "One.\n\nTwo."


def test_the_library_is_read_whole():
    library = load_library(LIBRARY)
    files = {path.stem for path in LIBRARY.rglob("*.toml")} - {"inventory"}
    assert {each.slug for each in (*library.activities, *library.programs)} == files
    assert list(library.activities) == sorted(library.activities, key=lambda each: each.slug)
    assert library.points


@pytest.mark.parametrize(
    ("old", "new", "reason", "line"),
    [
        ('id = "two"', 'id = "one"', "There is more than one one in items.", "[[items]]"),
        (
            'items = ["one", "two"]',
            'items = ["one", "two", "three"]',
            "Scale giving names item three, which is not in this file.",
            'items = ["one", "two", "three"]',
        ),
        (
            'items = ["one", "two"]',
            'items = ["one", "note"]',
            "Scale giving cannot score note, a text.",
            'items = ["one", "note"]',
        ),
        (
            'items = ["one", "two"]',
            'items = ["one", "one"]',
            "Scale giving names item one twice.",
            'items = ["one", "one"]',
        ),
        (
            'method = "sum"',
            'method = "sum"\nreverse = ["note"]',
            "Scale giving names note in reverse but not in items.",
            'reverse = ["note"]',
        ),
        (
            'method = "sum"',
            'method = "sum"\nnever_impute = ["worry"]',
            "Scale giving names worry in never_impute but not in items.",
            'never_impute = ["worry"]',
        ),
        (
            'method = "sum"',
            'method = "sum"\nmax_missing = 2',
            "Scale giving would be scored with no answer at all.",
            "max_missing = 2",
        ),
        (
            "maximum = 4",
            "maximum = 5",
            "Scale giving states maximum 5, but its items give 4.",
            "maximum = 5",
        ),
        (
            "minimum = 0",
            "minimum = 1",
            "Scale giving states minimum 1, but its items give 0.",
            "minimum = 1",
        ),
        (
            'method = "sum"',
            'method = "mean"',
            "Scale giving states maximum 4, but its items give 2.",
            "maximum = 4",
        ),
        (
            'items = ["one", "two"]\nmethod = "sum"',
            'items = ["one", "worry"]\nmethod = "mean"',
            "Scale giving mixes items of different ranges.",
            'items = ["one", "worry"]',
        ),
        (
            'text = "I rest."',
            'text = "I rest."\nwithdrawn = true',
            "Scale giving is a sum and cannot hold withdrawn two.",
            'items = ["one", "two"]',
        ),
        (
            'options = "often"',
            'options = "rarely"',
            "Item one names options rarely, which are not in this file.",
            'options = "rarely"',
        ),
        (
            'options = "often"',
            "",
            "Item one is a scale and names no list of options.",
            'kind = "scale"',
        ),
        (
            'text = "Anything else?"',
            'text = "Anything else?"\noptions = "often"',
            "Item note is a text and cannot have options.",
            'options = "often"',
        ),
        (
            'options = "often"',
            'options = "mood"',
            "Item one is a scale, so low must be a number.",
            'mood = [{ value = "low", label = "Low" }, { value = "high", label = "High" }]',
        ),
        ("value = 1,", "value = 0,", "The options often give 0 twice.", "often = ["),
        (
            ', { value = "high", label = "High" }]',
            "]",
            "The options mood leave no choice.",
            'mood = [{ value = "low", label = "Low" }]',
        ),
        (
            'text = "How much worry?"',
            'text = "How much worry?"\nminimum = 10',
            "Item worry has a minimum that is not below its maximum.",
            "minimum = 10",
        ),
        (ITEMS + SCALE, "", "A screener needs items.", 'kind = "screener"'),
        (SCALE, SCALE + COUNT, "A screener cannot have metrics.", "[[metrics]]"),
        (
            "minutes = 2",
            "minutes = 2\nas_log = true",
            "A screener cannot have as_log.",
            "as_log = true",
        ),
        (
            SCALE,
            SCALE + '[[sections]]\nbody = "x"\n',
            "A screener cannot have sections.",
            "[[sections]]",
        ),
        (SCALE, SCALE + SCALE, "There is more than one giving in scales.", "[[scales]]"),
    ],
)
def test_a_screener_is_refused(old, new, reason, line):
    assert refusal(change(SCREENER, old, new)) == (reason, line)


@pytest.mark.parametrize(
    ("old", "new", "reason", "line"),
    [
        (
            'method = "sum"',
            'method = "sum"\nweights = { one = 2 }',
            "Scale giving is a sum, without weights.",
            "weights = { one = 2 }",
        ),
        (
            'method = "sum"',
            'method = "weighted"\nweights = { note = 2 }',
            "Scale giving names note in weights but not in items.",
            "weights = { note = 2 }",
        ),
        (
            'method = "sum"',
            'method = "weighted"\nweights = { one = 0.25 }',
            "Scale giving states maximum 4, but its items give 2.50.",
            "maximum = 4",
        ),
        (
            'method = "sum"',
            'method = "weighted"\nweights = { one = -1 }',
            "Scale giving states minimum 0, but its items give -2.",
            "minimum = 0",
        ),
        (
            'method = "sum"',
            'method = "rule"',
            "Scale giving is a rule and needs categories and no items.",
            'items = ["one", "two"]',
        ),
        (
            'items = ["one", "two"]\nmethod = "sum"\nminimum = 0\nmaximum = 4\nhigher_is = "worse"',
            CATEGORIES.format(method="sum", reverse="", at_least=1, counts_from=1),
            "Scale giving is a sum and needs items and no categories.",
            "[[scales]]",
        ),
        (
            'items = ["one", "two"]\nmethod = "sum"\nminimum = 0\nmaximum = 4\nhigher_is = "worse"',
            CATEGORIES.format(method="rule", reverse="", at_least=3, counts_from=1),
            "Category Giving asks for more than its items.",
            "[[scales.categories]]",
        ),
        (
            'items = ["one", "two"]\nmethod = "sum"\nminimum = 0\nmaximum = 4\nhigher_is = "worse"',
            CATEGORIES.format(method="rule", reverse="", at_least=1, counts_from=3),
            "Category Giving counts from 3, which one cannot reach.",
            "[[scales.categories]]",
        ),
        (
            'items = ["one", "two"]\nmethod = "sum"\nminimum = 0\nmaximum = 4\nhigher_is = "worse"',
            CATEGORIES.format(
                method="rule", reverse='reverse = ["one"]', at_least=1, counts_from=1
            ),
            "Scale giving is a rule and reverses nothing.",
            'reverse = ["one"]',
        ),
        (
            'method = "sum"',
            'method = "sum"\nmin_answered = 3',
            "Scale giving asks for more answers than it has items.",
            "min_answered = 3",
        ),
        (
            'method = "sum"',
            'method = "sum"\nmin_answered = 1',
            "Scale giving asks for 1 answers, but with max_missing 0 it needs 2 of its 2.",
            "min_answered = 1",
        ),
        (
            'method = "sum"',
            'method = "sum"\npart_of = "whole"',
            "Scale giving is part of whole, no other scale.",
            "[[scales]]",
        ),
        (
            'method = "sum"',
            'method = "sum"\npart_of = "giving"',
            "Scale giving is part of giving, no other scale.",
            "[[scales]]",
        ),
        (
            SCALE,
            SCALE + change(SCALE, '"giving"', '"part"').replace(
                'items = ["one", "two"]', 'items = ["worry"]\npart_of = "giving"'
            ),
            "Scale part is part of giving, which does not hold worry.",
            'part_of = "giving"',
        ),
        (SCALE, SCALE + BANDS, "What is not validated cannot have interpretations.",
         "[[interpretations]]"),
        (SCALE, SCALE + CHANGE, "What is not validated cannot have changes.", "[[changes]]"),
        (
            "minutes = 2",
            'minutes = 2\nindex_item = "one"',
            "The index item one is not a choice of this file.",
            'index_item = "one"',
        ),
        (
            "minutes = 2",
            'minutes = 2\nthemes = ["love"]',
            ("The key themes must be 'limits', 'needs', 'self', 'balance', 'feelings', 'talking', "
            "'closeness', 'support', 'safety', 'family', 'goals' or 'wellbeing'."),
            'themes = ["love"]',
        ),
    ],
)  # fmt: skip
def test_the_scoring_of_a_screener_is_refused(old, new, reason, line):
    assert refusal(change(SCREENER, old, new)) == (reason, line)


def test_a_screener_can_do_without_scales_and_an_instrument_without_words():
    assert parse(change(SCREENER, SCALE, ""), source="").scales == ()
    skeleton = parse(PUBLISHED.replace('text = "I rest."', ""), source="")
    assert not skeleton.has_text
    assert parse(PUBLISHED, source="").has_text


def test_a_rule_is_read():
    text = change(
        SCREENER,
        'items = ["one", "two"]\nmethod = "sum"\nminimum = 0\nmaximum = 4\nhigher_is = "worse"',
        CATEGORIES.format(method="rule", reverse="", at_least=2, counts_from=2),
    )
    (scale,) = parse(text, source="").scales
    assert scale.all_items() == ("one", "two")


# --------------------------------------------------------- what is known of an instrument's numbers


@pytest.mark.parametrize(
    ("old", "new", "reason", "line"),
    [
        (
            'citations = ["A paper"]', "citations = []",
            "A published instrument needs citations.", "[provenance]",
        ),
        (
            'evidence = "V"', 'evidence = "M"',
            "The key evidence must be 'V', 'V2' or 'D'.", 'evidence = "M"',
        ),
        (
            'evidence = "V2"', 'evidence = "M"',
            "The key evidence must be 'V', 'V2' or 'D'.", 'evidence = "M"',
        ),
        (
            "{ start = 2, below = 5", "{ start = 1, below = 5",
            "The bands Low and High overlap.", '{ start = 1, below = 5, label = "High" },',
        ),
        (
            "{ start = 2, below = 5", "{ start = 3, below = 5",
            "The bands Low and High leave a gap.", '{ start = 3, below = 5, label = "High" },',
        ),
        (
            "{ start = 0, below = 2", "{ start = 2, below = 2",
            "The band Low is empty.", '{ start = 2, below = 2, label = "Low" },',
        ),
        (
            "{ start = 0, below = 2", "{ start = 1, below = 2",
            "The bands of Bands do not reach from 0 to 4.", "bands = [",
        ),
        (
            "{ start = 2, below = 5", "{ start = 2, below = 4",
            "The bands of Bands do not reach from 0 to 4.", "bands = [",
        ),
        (
            "cutoffs = [{ at = 3", "cutoffs = [{ at = 5",
            "The cut-off 5 of Bands lies outside of its scale.",
            'cutoffs = [{ at = 5, label = "Three" }]',
        ),
        (
            '[[interpretations]]\nscale = "giving"', '[[interpretations]]\nscale = "taking"',
            "There is no scale taking in this file.", 'scale = "taking"',
        ),
        (
            '[[changes]]\nscale = "giving"', '[[changes]]\nscale = "taking"',
            "There is no scale taking in this file.", 'scale = "taking"',
        ),
        (
            "threshold = 2\nsd = 1.5", "sd = 1.5\nz = 2\n[[changes]]\n" + SOURCE + "sd = 1.5",
            "The change of giving needs a threshold, or an sd with a reliability.", "[[changes]]",
        ),
        (
            'reliability_type = "alpha"', "",
            "The reliability of giving needs its type.", "[[changes]]",
        ),
        (
            'reliability_type = "alpha"', 'reliability_type = "guess"',
            "The key reliability_type must be 'alpha' or 'retest'.", 'reliability_type = "guess"',
        ),
        (
            "reliability = 0.9", "reliability = 1.9",
            "The key reliability: Input should be less than 1.", "reliability = 1.9",
        ),
        (
            "threshold = 2", 'kind = "convention"',
            "The convention of giving needs its threshold.", "[[changes]]",
        ),
        (
            "threshold = 2", "threshold = 5",
            "A change of 5 is more than giving can change.", "threshold = 5",
        ),
        (
            "cutoff = 2", "cutoff = 7",
            "The cut-off 7 of giving lies outside of its scale.", "cutoff = 7",
        ),
        (
            "clinical_sd = 1.0\n", "",
            "The clinical mean of giving needs its SD, and the SD its mean.",
            "clinical_mean = 3.0",
        ),
        (
            "functional_mean = 1.0\n", "",
            "The functional mean of giving needs its SD, and the SD its mean.", "[[changes]]",
        ),
        (
            "functional_sd = 0.5", "functional_sd = 0",
            "The functional_sd of giving must be above 0.", "functional_sd = 0",
        ),
        (
            "clinical_mean = 3.0", "clinical_mean = 0.5",
            "The means of giving say that whoever is in care is better off.",
            "clinical_mean = 0.5",
        ),
    ],
)  # fmt: skip
def test_numbers_without_ground_are_refused(old, new, reason, line):
    assert refusal(change(PUBLISHED, old, new)) == (reason, line)


def test_an_interpretation_says_something():
    start, end = BANDS.index("bands ="), BANDS.index("cutoffs =")
    text = change(PUBLISHED, BANDS[start:end], "").replace(
        'cutoffs = [{ at = 3, label = "Three" }]', ""
    )
    assert refusal(text) == ("The interpretation Bands says nothing.", "[[interpretations]]")


# ---------------------------------------------------------------------------------- kinds of fields


@pytest.mark.parametrize(
    ("old", "new", "reason", "line"),
    [
        (
            'kind = "rows"', 'kind = "line"',
            "Item table is a line and cannot have columns.", "[[items.columns]]",
        ),
        (
            COLUMNS_OF_TABLE, "", "Item table is a rows and has no columns.", 'kind = "rows"',
        ),
        (
            'id = "size"\nkind = "rating"', 'id = "size"\nkind = "split"\noptions = "mood"',
            "Item table cannot have a split in its rows.", 'kind = "split"',
        ),
        (
            'id = "size"\nkind = "rating"', 'id = "size"\nkind = "choice"',
            "Item size is a choice and names no list of options.", 'kind = "choice"',
        ),
        (
            'id = "size"\nkind = "rating"', 'id = "size"\nkind = "choice"\noptions = "often2"',
            "Item size names options often2, which are not in this file.", 'options = "often2"',
        ),
        (
            'id = "size"', 'id = "size"\ncan_skip = true',
            "Column size of table has a key of an item.", "[[items.columns]]",
        ),
        (
            'id = "size"', 'id = "size"\nshow_if = { item = "one", at_least = 1 }',
            "Column size of table has a key of an item.", "[[items.columns]]",
        ),
        ('id = "size"', 'id = "what"', "Item table has column what twice.", "[[items.columns]]"),
        ('text = "How big"', "", "Item size has no text.", "[[items.columns]]"),
        (
            'id = "step"\nkind = "line"', 'id = "step"\nkind = "rating"',
            "The first column of steps must be a line.", "[[items.columns]]",
        ),
        (
            'text = "What came up?"\nmaximum = 5', 'text = "What came up?"\nmaximum = 21',
            "Item table is a rows and can have 1 to 20 rows.", "maximum = 21",
        ),
        (
            'text = "What came up?"', 'text = "What came up?"\ncan_skip = true',
            "Item table is a rows and can be left empty instead of skipped.", "can_skip = true",
        ),
        (
            'text = "Whose part?"\noptions = "mood"', 'text = "Whose part?"',
            "Item share is a split and names no list of options.", 'kind = "split"',
        ),
        (
            'options = "mood"\ngroups = "mood"', 'options = "mood"',
            "Item cards is a sort and names no groups.", 'kind = "sort"',
        ),
        (
            'groups = "mood"', 'groups = "piles"',
            "Item cards names groups piles, which are not in this file.", 'groups = "piles"',
        ),
        (
            'text = "Whose part?"', 'text = "Whose part?"\ngroups = "mood"',
            "Item share is a split and cannot have groups.", 'groups = "mood"',
        ),
        (
            "step = 5", "step = 7",
            "Item how_sure does not reach its maximum in steps of 7.", "step = 7",
        ),
        (
            'text = "How much worry?"', 'text = "How much worry?"\nstep = 2',
            "Item worry is a rating and has no steps.", "step = 2",
        ),
        (
            'text = "How much worry?"', 'text = "How much worry?"\nmaximum = 20',
            "Item worry is a rating and has more than eleven buttons: make it a slider.",
            "maximum = 20",
        ),
        (
            'text = "How sure?"', 'text = "How sure?"\ncritical = [37]',
            "Item how_sure has 37 in critical, which is not among its answers.", "critical = [37]",
        ),
        (
            'text = "Whose part?"', 'text = "Whose part?"\ncritical = ["low"]',
            "Item share is a split and cannot be critical.", 'critical = ["low"]',
        ),
        (
            'show_if = { item = "one", at_least = 1 }',
            'show_if = { item = "worse", equals = [1] }',
            "Item why is shown by worse, not an earlier item.", None,
        ),
        (
            'show_if = { item = "one", at_least = 1 }',
            'show_if = { item = "share", equals = ["low"] }',
            "Item why is shown by share, not an earlier item.", None,  # it comes later
        ),
        (
            'show_if = { item = "one", at_least = 1 }',
            'show_if = { item = "note", equals = ["x"] }',
            "Item why cannot be shown by a text.", None,
        ),
        (
            'show_if = { item = "one", at_least = 1 }',
            'show_if = { item = "one", equals = [7] }',
            "Item why waits for 7, which one does not offer.", None,
        ),
        (
            'show_if = { item = "one", at_least = 1 }',
            'show_if = { item = "one", at_least = 3 }',
            "No answer to one would ever show item why.", None,
        ),
        (
            'show_if = { item = "one", at_least = 1 }',
            'show_if = { item = "one" }',
            "A condition on one needs either equals or a bound.", None,
        ),
        (
            'show_if = { item = "one", at_least = 1 }',
            'show_if = { item = "one", at_least = 1, equals = [1] }',
            "A condition on one needs either equals or a bound.", None,
        ),
        (
            'id = "one"', 'id = "one"\nwithdrawn = true',
            "Item why is shown by one, which is withdrawn.",
            'show_if = { item = "one", at_least = 1 }',
        ),
        (
            "minutes = 2", "minutes = 2\nas_log = true",
            "An entry of a log is one page: the layout must be page.", "",
        ),
        ("one = 1", "one = 9", "The example's answer to one is not offered.", "one = 9"),
        ("one = 1", 'why = "rest"', "The example's answer to why is not asked.", 'why = "rest"'),
        ("worry = 4", "worry = 11", "The example's answer to worry is out of range.", "worry = 11"),
        ("worry = 4", "share = { low = 10 }", "The example's answer to share is not 100.", None),
        ("worry = 4", 'unknown = "x"', "The example's answer to unknown is not asked.", None),
    ],
)  # fmt: skip
def test_a_field_is_refused(old, new, reason, line):
    """``line`` is None where it is the changed one."""
    assert refusal(change(WORKBOOK, old, new)) == (reason, new if line is None else line)


def measured(**keys: str) -> str:
    lines = ["", "[[metrics]]", 'code = "m"', 'title = "M"']
    return "\n".join(lines + [f"{key} = {value}" for key, value in keys.items()]) + "\n"


@pytest.mark.parametrize(
    ("keys", "reason", "line"),
    [
        (
            {"kind": '"share"', "item": '"one"'},
            "Metric m is a share and needs an of.", "[[metrics]]",
        ),
        (
            {"kind": '"mean"', "item": '"one"', "of": "[1]"},
            "Metric m is a mean and cannot have an of.", "of = [1]",
        ),
        (
            {"kind": '"share"', "item": '"one"', "of": "[1, 7]"},
            "Metric m counts 7, which is not among the answers.", "of = [1, 7]",
        ),
        (
            {"kind": '"share"', "item": '"worry"', "of": "[1]"},
            "Metric m is a share and cannot use a rating.", 'item = "worry"',
        ),
        (
            {"kind": '"rows"', "item": '"worry"'},
            "Metric m is a rows and cannot use a rating.", 'item = "worry"',
        ),
        (
            {"kind": '"rows"', "item": '"table.size"'},
            "Metric m is a rows and cannot use a rating.", 'item = "table.size"',
        ),
        (
            {"kind": '"mean"', "item": '"table.weight"'},
            "Metric m names item table.weight, which is not in this file.",
            'item = "table.weight"',
        ),
        (
            {"kind": '"mean"', "item": '"share.middle"'},
            "Metric m names item share.middle, which is not in this file.",
            'item = "share.middle"',
        ),
        (
            {"kind": '"sum"', "item": '"share"'},
            "Metric m is a sum and cannot use a split.", 'item = "share"',
        ),
        (
            {"kind": '"most"', "item": '"table.what"'},
            "Metric m is a most and cannot use a line.", 'item = "table.what"',
        ),
        (
            {"kind": '"change"', "item": '"table.size"', "after": '"worry"'},
            "Metric m compares what does not stand in one row.", 'after = "worry"',
        ),
        (
            {"kind": '"change"', "item": '"table.size"', "after": '"steps.before"'},
            "Metric m compares what does not stand in one row.", 'after = "steps.before"',
        ),
        (
            {"kind": '"change"', "item": '"worry"', "after": '"share.low"'},
            "Metric m compares items of different ranges.", 'after = "share.low"',
        ),
        (
            {"kind": '"change"', "item": '"share.low"', "after": '"share"'},
            "Metric m is a change and cannot use a split.", 'after = "share"',
        ),
        (
            {"kind": '"mean"', "item": '"worry"', "unit": f'"{"m" * 21}"'},
            "The key unit is longer than 20 characters.", f'unit = "{"m" * 21}"',
        ),
        (
            {"kind": '"median"', "item": '"worry"'},
            ("The key kind must be 'count', 'tally', 'share', 'mean', 'sum', 'most', 'change' or "
            "'rows'."),
            'kind = "median"',
        ),
    ],
)  # fmt: skip
def test_a_metric_is_refused(keys, reason, line):
    assert refusal(change(WORKBOOK, COUNT, measured(**keys))) == (reason, line)


@pytest.mark.parametrize(
    "keys",
    [
        {"kind": '"share"', "item": '"one"', "of": "[1, 2]"},
        {"kind": '"mean"', "item": '"share.low"'},
        {"kind": '"change"', "item": '"share.low"', "after": '"how_sure"'},
        {"kind": '"rows"', "item": '"table"'},
        {"kind": '"most"', "item": '"steps.before"', "unit": '"points"'},
    ],
)
def test_a_metric_of_a_part_is_read(keys):
    (found,) = parse(change(WORKBOOK, COUNT, measured(**keys)), source="").metrics
    assert found.item == keys["item"].strip('"')


# -------------------------------------------------------------------- what was published stays read


@pytest.mark.parametrize(
    ("text", "old", "new"),
    [
        (SCREENER, {"maximum": 4}, {"maximum": 40}),
        (SCREENER, {"withdrawn": False}, {"withdrawn": True}),
        (WORKBOOK, {"maximum": 5}, {"maximum": 50}),
        (WORKBOOK, {"at_least": 1}, {"at_least": 9}),
        (WORKBOOK, {"one": 1}, {"one": 9}),
        (PUBLISHED, {"below": "2"}, {"below": "1"}),
        (PUBLISHED, {"reliability_type": "alpha"}, {"reliability_type": None}),
        (PUBLISHED, {"citations": ["A paper"]}, {"citations": []}),
    ],
)
def test_a_stored_version_is_not_judged_again(text, old, new):
    content = replaced(parse(text, source="week.toml").dump(), old, new)
    with pytest.raises(ValidationError):
        Definition(**content)
    assert Definition.published(content).dump() == content


def replaced(content: Any, old: dict[str, Any], new: dict[str, Any]) -> Any:
    """The same with a value of a key changed wherever it stands."""
    if isinstance(content, list):
        return [replaced(each, old, new) for each in content]
    if isinstance(content, dict):
        return {
            key: new[key] if old.get(key, ...) == value else replaced(value, old, new)
            for key, value in content.items()
        }
    return content


def test_a_stored_version_keeps_its_shape():
    content = parse(SCREENER, source="").dump()
    with pytest.raises(ValidationError):
        Definition.published(content | {"items": "many"})
    # A key that the format has lost since is passed over.
    older = Definition.published(content | {"colour": "green"})
    assert older == parse(SCREENER, source="")


# ------------------------------------------------------------------------- programs and inventory


@pytest.mark.parametrize(
    ("old", "new", "reason", "line"),
    [
        (
            'rule = "at_once"', 'rule = "after_previous"',
            "The first step has nothing before it.", 'rule = "after_previous"',
        ),
        ("week = 2", "week = 5", "The step week is in week 5, out of order.", "week = 5"),
        ("days = 7", "", "The step week is after_delay and needs days.", "[[steps]]"),
        (
            'rule = "at_once"', 'rule = "at_once"\ndays = 3',
            "The step week is at_once and cannot have days.", "days = 3",
        ),
        (
            'rule = "at_once"', 'rule = "at_once"\ntimes = 3',
            "The step week comes once, without times.", "times = 3",
        ),
        (
            'rule = "after_delay"', 'rule = "every"',
            "The step week comes again and again: say times.", "[[steps]]",
        ),
        (
            'rule = "after_delay"', 'rule = "when_ready"',
            ("The key rule must be 'at_once', 'after_previous', 'after_delay', 'every', "
            "'before_each_session' or 'after_feedback'."),
            'rule = "when_ready"',
        ),
        ("weeks = 4", "weeks = 40", "The key weeks: Input should be less than or equal to 12.",
         "weeks = 40"),
        ('themes = ["limits"]', "themes = []", "The key themes is empty.", "themes = []"),
    ],
)  # fmt: skip
def test_a_program_is_refused(old, new, reason, line):
    assert refusal(change(PROGRAM, old, new), parse_program) == (reason, line)


def test_a_program_is_read_and_its_versions_are_not_judged_again():
    program = parse_program(PROGRAM, source="weeks.toml")
    assert [step.rule for step in program.steps] == ["at_once", "after_delay", "after_feedback"]
    assert Program(**program.dump()) == program
    content = program.dump() | {"weeks": 1}
    with pytest.raises(ValidationError):
        Program(**content)
    assert Program.published(content).weeks == 1
    assert program.digest() == parse_program(PROGRAM, source="").digest()


@pytest.fixture
def folder(tmp_path):
    """A small library: an activity, a program of it, and the points of the seeds."""
    for name, text in [
        ("screeners/week.toml", SCREENER),
        ("programs/weeks.toml", PROGRAM),
        ("inventory.toml", POINTS),
    ]:
        put(tmp_path, name, text)
    return tmp_path


def put(folder: Path, name: str, text: str) -> None:
    (folder / name).parent.mkdir(exist_ok=True)
    (folder / name).write_text(text, encoding="utf-8")


def refused(folder: Path) -> tuple[str, str, str]:
    """The file, the line of it and the reason for which a folder is refused."""
    with pytest.raises(DefinitionError) as caught:
        load_library(folder)
    path = Path(caught.value.source)
    line = path.read_text(encoding="utf-8").splitlines()[caught.value.line - 1]
    return str(path.relative_to(folder)), line.strip(), caught.value.reason


def test_a_library_has_activities_programs_and_points(folder):
    library = load_library(folder)
    assert [activity.slug for activity in library.activities] == ["week"]
    assert [program.slug for program in library.programs] == ["weeks"]
    assert [point.code for point in library.points] == ["sign-giving", "tip-rest"]


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        (
            "exercises/week.toml",
            EXERCISE,
            ("screeners/week.toml", 'slug = "week"', "week is also in exercises/."),
        ),
        (
            "programs/week.toml",
            change(PROGRAM, '"weeks"', '"week"'),
            ("programs/week.toml", 'slug = "week"', "week is also in screeners/."),
        ),
        (
            "exercises/own-week.toml",
            change(EXERCISE, '"week"', '"own-week"'),
            (
                "exercises/own-week.toml",
                'slug = "own-week"',
                "A slug that begins with own- is for what a practice makes itself.",
            ),
        ),
        (
            "exercises/year.toml",
            change(EXERCISE, 'slug = "week"', 'slug = "year"').replace(
                'seeds = ["S0"]', 'seeds = ["S0"]\ncovers = ["sign-giving", "sign-taking"]'
            ),
            (
                "exercises/year.toml",
                'covers = ["sign-giving", "sign-taking"]',
                "There is no point sign-taking in inventory.toml.",
            ),
        ),
        (
            "programs/months.toml",
            change(change(PROGRAM, '"weeks"', '"months"'), '"week"', '"month"'),
            ("programs/months.toml", 'activity = "month"', "There is no activity month."),
        ),
        (
            "inventory.toml",
            POINTS + POINTS,
            ("inventory.toml", "[[points]]", "There is more than one sign-giving."),
        ),
        (
            "inventory.toml",
            change(POINTS, 'seeds = ["S0"]', "seeds = []"),
            ("inventory.toml", "seeds = []", "The key seeds is empty."),
        ),
        (
            "inventory.toml",
            change(POINTS, 'kind = "sign"', 'kind = "omen"'),
            (
                "inventory.toml",
                'kind = "omen"',
                (
                    "The key kind must be 'sign', 'impact', 'strength', 'contrast', 'tip', 'step', "
                    "'root', 'therapy' or 'caution'."
                ),
            ),
        ),
    ],
)
def test_a_library_is_refused(folder, name, text, expected):
    put(folder, name, text)
    assert refused(folder) == expected


def test_a_program_cannot_hold_what_has_no_words(folder):
    put(folder, "screeners/week.toml", PUBLISHED.replace('text = "I rest."', ""))
    assert refused(folder) == (
        "programs/weeks.toml",
        'activity = "week"',
        "week has no text that a client could read.",
    )


def test_without_an_inventory_nothing_is_held_against_it(folder):
    (folder / "inventory.toml").unlink()
    covering = SCREENER.replace('seeds = ["S0"]', 'seeds = ["S0"]\ncovers = ["sign-taking"]')
    put(folder, "screeners/week.toml", covering)
    assert load_library(folder).points == ()


@pytest.mark.parametrize(
    ("old", "new", "reason", "line"),
    [
        (COUNT, SCALE, "An exercise cannot have scales.", "[[scales]]"),
        (ITEMS + COUNT, "", "An exercise needs items.", 'kind = "exercise"'),
        (COUNT, COUNT + COUNT, "There is more than one entries in metrics.", "[[metrics]]"),
        (
            COUNT,
            metric("mean", item="nine"),
            "Metric m names item nine, which is not in this file.",
            'item = "nine"',
        ),
        (
            COUNT,
            metric("tally", item="worry"),
            "Metric m is a tally and cannot use a rating.",
            'item = "worry"',
        ),
        (
            COUNT,
            metric("mean", item="note"),
            "Metric m is a mean and cannot use a text.",
            'item = "note"',
        ),
        (
            COUNT,
            metric("change", item="one", after="note"),
            "Metric m is a change and cannot use a text.",
            'after = "note"',
        ),
        (
            COUNT,
            metric("change", item="one", after="worry"),
            "Metric m compares items of different ranges.",
            'after = "worry"',
        ),
        (
            COUNT,
            metric("change", item="one"),
            "Metric m is a change and needs an after.",
            "[[metrics]]",
        ),
        (
            COUNT,
            metric("mean", item="one", after="two"),
            "Metric m is a mean and cannot have an after.",
            'after = "two"',
        ),
        (COUNT, metric("tally"), "Metric m is a tally and needs an item.", "[[metrics]]"),
        (
            'id = "one"',
            'id = "one"\nalerts = [2, 7]',
            "Item one has 7 in alerts, which is not among its answers.",
            "alerts = [2, 7]",
        ),
        (
            'id = "note"',
            'id = "note"\nalerts = ["no"]',
            "Item note is a text and cannot have alerts.",
            'alerts = ["no"]',
        ),
        (
            COUNT,
            metric("count", item="one"),
            "Metric m is a count and needs no item.",
            'item = "one"',
        ),
    ],
)
def test_an_exercise_is_refused(old, new, reason, line):
    assert refusal(change(EXERCISE, old, new)) == (reason, line)


@pytest.mark.parametrize(
    ("old", "new", "reason", "line"),
    [
        ("[[sections]]", OPTIONS + "[[sections]]", "A reading cannot have options.", "[options]"),
        ('[[sections]]\nbody = "Text."\n', "", "A reading needs sections.", 'kind = "reading"'),
        ("minutes = 2", "minutes = 2\nas_log = true", "A reading cannot have as_log.", None),
        ("[[sections]]", ITEMS + "[[sections]]", "A reading cannot have items.", "[[items]]"),
    ],
)
def test_a_reading_is_refused(old, new, reason, line):
    assert refusal(change(READING, old, new)) == (reason, line or "as_log = true")


@pytest.mark.parametrize(
    ("old", "new", "reason", "line"),
    [
        ('text = "I rest."', "", "Item two has no text.", "[[items]]"),
        (
            'text = "I rest."',
            'txt = "I rest."\ntext = "I rest."',
            "The key txt is not part of the format.",
            'txt = "I rest."',
        ),
        ('title = "Week"', 'title = " "', "The key title is empty.", 'title = " "'),
        (
            'method = "sum"',
            'method = "median"',
            "The key method must be 'mean', 'sum', 'weighted' or 'rule'.",
            'method = "median"',
        ),
        (
            'slug = "week"',
            'slug = "The Week"',
            "The key slug has characters a code cannot have.",
            'slug = "The Week"',
        ),
        (
            'title = "Week"',
            f'title = "{"w" * 81}"',
            "The key title is longer than 80 characters.",
            f'title = "{"w" * 81}"',
        ),
        (
            'holder = "Trellis contributors", ',
            "",
            "The key holder is missing.",
            'licence = { kind = "OPEN", text = "CC BY 4.0" }',
        ),
        (
            "{ value = 1,",
            "{ value = 1.5,",
            "The key value must be a whole number or a code.",
            '{ value = 1.5, label = "Sometimes" },',
        ),
    ],
)
def test_a_key_that_is_wrong_is_named_at_its_line(old, new, reason, line):
    assert refusal(change(SCREENER, old, new)) == (reason, line)


def test_the_name_of_a_list_of_options_is_a_code():
    text = change(SCREENER, "mood = [", '"My mood" = [')
    assert refusal(text)[0] == "The key My mood has characters a code cannot have."


def test_a_whole_number_is_asked_for():
    assert refusal(change(SCREENER, "maximum = 4", 'maximum = "four"')) == (
        "The key maximum must be a whole number.",
        'maximum = "four"',
    )


def test_of_several_faults_the_first_in_the_file_is_named():
    text = change(SCREENER, "maximum = 4", 'maximum = "four"')
    reason, _ = refusal(change(text, "minutes = 2", "minutes = 200"))
    assert reason.startswith("The key minutes: ")


def test_the_line_of_a_second_item_is_its_own():
    text = change(SCREENER, 'text = "I rest."\n', "")
    with pytest.raises(DefinitionError) as caught:
        parse(text, source="week.toml")
    lines = text.splitlines()
    assert lines[caught.value.line] == 'id = "two"'


def test_what_is_not_toml_is_named_at_its_line():
    reason, line = refusal(change(SCREENER, 'id = "two"', 'id = two"'))
    assert reason == "This is not TOML: Invalid value."
    assert line == 'id = two"'


def test_a_string_that_never_ends_is_named_at_the_last_line():
    reason, line = refusal('slug = "week"\nintro = """\nOne.')
    assert (reason, line) == ("This is not TOML: Unterminated string.", "One.")


def test_an_empty_file_lacks_its_first_key():
    with pytest.raises(DefinitionError, match=r"^empty.toml:1: The key slug is missing\.$"):
        parse("", source="empty.toml")


@given(st.sampled_from([SCREENER, EXERCISE, WORKBOOK, PUBLISHED, READING]), st.data())
def test_whatever_happens_to_a_file_it_is_read_or_refused_at_one_of_its_lines(text, data):
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, min(len(text), start + 60)))
    text = text[:start] + data.draw(st.text(max_size=6)) + text[end:]
    refused = None
    try:
        parse(text, source="week.toml")
    except DefinitionError as error:
        refused = error
    if refused:
        assert 1 <= refused.line <= text.count("\n") + 1
        assert refused.reason.endswith(".")


def test_a_file_is_named_as_its_slug(tmp_path):
    path = tmp_path / "month.toml"
    path.write_text(SCREENER)
    with pytest.raises(DefinitionError) as caught:
        load(path)
    assert str(caught.value) == f"{path}:2: The slug week differs from the name of the file."


def test_a_file_in_another_encoding_is_refused(tmp_path):
    path = tmp_path / "week.toml"
    path.write_bytes(b'slug = "week"\ntitle = "Caf\xe9"\n')
    with pytest.raises(DefinitionError) as caught:
        load(path)
    assert str(caught.value) == f"{path}:2: This is not UTF-8 text."


def test_a_folder_is_read_whole_or_not_at_all(tmp_path):
    (tmp_path / "week.toml").write_text(SCREENER)
    assert [definition.slug for definition in load_library(tmp_path).activities] == ["week"]
    (tmp_path / "zoo.toml").write_text("slug = ")
    with pytest.raises(DefinitionError, match=r"zoo\.toml:1: This is not TOML"):
        load_library(tmp_path)


def test_an_empty_folder_is_an_error_because_syncing_it_would_retire_everything(tmp_path):
    with pytest.raises(DefinitionError, match="There is no activity in this folder"):
        load_library(tmp_path)


def test_two_activities_cannot_share_the_code_of_a_scale(tmp_path):
    (tmp_path / "week.toml").write_text(SCREENER)
    other = change(SCREENER, 'slug = "week"', 'slug = "year"')
    (tmp_path / "year.toml").write_text(other)
    line = other.splitlines().index('code = "giving"') + 1
    with pytest.raises(DefinitionError) as caught:
        load_library(tmp_path)
    assert str(caught.value) == (
        f"{tmp_path / 'year.toml'}:{line}: Scale giving is also in week.toml."
    )


@given(st.permutations(["title", "summary", "for_clinicians", "minutes", "slug", "kind"]))
def test_the_digest_does_not_see_the_order_of_keys(order):
    definition = parse(SCREENER, source="week.toml")
    dumped = definition.dump()
    shuffled = {key: dumped[key] for key in [*order, *dumped]}
    assert Definition(**shuffled).digest() == definition.digest()


def test_the_digest_does_not_see_a_default_that_is_written_out():
    written = change(SCREENER, "minutes = 2", "minutes = 2\ngated = false")
    assert parse(written, source="").digest() == parse(SCREENER, source="").digest()


@pytest.mark.parametrize(
    ("old", "new"),
    [('text = "I rest."', 'text = "I sleep."'), ("minutes = 2", "minutes = 2\ngated = true")],
)
def test_the_digest_sees_what_a_client_would(old, new):
    changed = parse(change(SCREENER, old, new), source="week.toml")
    assert changed.digest() != parse(SCREENER, source="week.toml").digest()


def test_what_is_asked_leaves_out_the_withdrawn():
    text = change(EXERCISE, 'text = "I rest."', 'text = "I rest."\nwithdrawn = true')
    definition = parse(text, source="week.toml")
    assert [item.id for item in definition.asked()] == ["one", "note", "worry"]
    assert definition.item("two").withdrawn


def test_an_activity_that_asks_nothing_is_refused():
    items = ITEMS.replace('text = "', 'withdrawn = true\ntext = "')
    reason, _ = refusal(change(EXERCISE, ITEMS, items))
    assert reason == "Every item is withdrawn, so nothing would be asked."


def test_labels_and_ranges():
    definition = parse(SCREENER, source="week.toml")
    one, note, worry = map(definition.item, ["one", "note", "worry"])
    assert definition.label_of(one, 2) == "Often"
    assert definition.label_of(worry, 7) == "7"
    assert (definition.range_of(one), definition.range_of(worry)) == ((0, 2), (0, 10))
    with pytest.raises(TypeError, match="A text has no range"):
        definition.range_of(note)
    with pytest.raises(KeyError):
        definition.item("nine")
    assert not definition.is_validated
