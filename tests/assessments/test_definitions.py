"""The format of an activity: what is read, what is refused, and in which words."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.definitions import Definition, DefinitionError, load, load_library, parse

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
SCREENER = HEAD.format(kind="screener") + OPTIONS + ITEMS + SCALE + TAIL
EXERCISE = HEAD.format(kind="exercise") + OPTIONS + ITEMS + COUNT + TAIL
READING = HEAD.format(kind="reading") + '\n[[sections]]\nbody = "Text."\n' + TAIL


def change(text: str, old: str, new: str) -> str:
    assert text.count(old) >= 1, old
    return text.replace(old, new, 1)


def refusal(text: str) -> tuple[str, str]:
    """What is said of a text, and the line of it that is pointed at."""
    with pytest.raises(DefinitionError) as caught:
        parse(text, source="week.toml")
    error = caught.value
    assert str(error) == f"week.toml:{error.line}: {error.reason}"
    return error.reason, text.splitlines()[error.line - 1].strip()


def metric(kind: str, **ends: str) -> str:
    lines = ["", "[[metrics]]", 'code = "m"', 'title = "M"', f'kind = "{kind}"']
    return "\n".join(lines + [f'{key} = "{item}"' for key, item in ends.items()]) + "\n"


@pytest.mark.parametrize("text", [SCREENER, EXERCISE, READING])
def test_a_well_formed_file_is_read(text):
    definition = parse(text, source="week.toml")
    assert definition.slug == "week"
    assert Definition(**definition.dump()) == definition


def test_text_over_several_lines_is_kept_without_its_edges():
    text = change(SCREENER, "minutes = 2", 'minutes = 2\nintro = """\nOne.\n\nTwo.\n"""')
    assert parse(text, source="week.toml").intro == "One.\n\nTwo."


def test_the_library_is_read_whole():
    assert [definition.slug for definition in load_library(LIBRARY)] == [
        "limit-log",
        "limit-plan",
        "limits-and-closeness",
        "patterns-check",
        "strengths-check",
    ]


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
        (SCALE, "", "A screener needs scales.", 'kind = "screener"'),
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
            "Item one alerts on 7, which is not among its options.",
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
        ('text = "I rest."', "", "The key text is missing.", "[[items]]"),
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
            "The key method must be 'mean' or 'sum'.",
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


@given(st.sampled_from([SCREENER, EXERCISE, READING]), st.data())
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
    assert [definition.slug for definition in load_library(tmp_path)] == ["week"]
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
