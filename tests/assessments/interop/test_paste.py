"""Words that were copied from somewhere."""

import pytest

from assessments import interop

from .builders import labels, refused, says

ANSWERS = "0 Not once | 1 On some days | 2 On most days"


def read(text, answers=ANSWERS, **options):
    return interop.read_paste(text, answers=answers, **options)


def texts(found):
    return [item.text for item in found.items]


def test_a_question_a_line():
    found = read("I sang.\n\n  I slept.  \n- I ate.\n")
    assert texts(found) == ["I sang.", "I slept.", "I ate."]
    assert {item.kind for item in found.items} == {"scale"}
    assert labels(found, found.items[0]) == [
        (0, "Not once"),
        (1, "On some days"),
        (2, "On most days"),
    ]
    assert [item.id for item in found.items] == ["item_1", "item_2", "item_3"]
    assert (found.format, found.title, found.name) == ("paste", "Questions", "")
    assert found.sums == ()
    assert found.scoring == ("Pasted words bring no scoring: by themselves they stay unscored.",)
    assert len(found.sha256) == 64


@pytest.mark.parametrize("mark", ["{}. ", "{}) ", "({}) ", "{} ", "{}.", "{}: "])
def test_numbered(mark):
    lines = ["Over the past week", "how was it?"]
    lines += [f"{mark.format(n)}Sentence {n}" for n in (1, 2, 3)]
    lines.insert(4, "goes on in a second line.")
    found = read("\n".join(lines))
    assert texts(found) == [
        "Sentence 1",
        "Sentence 2 goes on in a second line.",
        "Sentence 3",
    ]
    assert found.intro == "Over the past week\n\nhow was it?"


def test_numbers_that_are_part_of_a_sentence():
    assert texts(read("7 days are a week.\n2 of them are free.")) == [
        "7 days are a week.",
        "2 of them are free.",
    ]


def test_words_after_a_blank_line_belong_to_what_comes_next():
    found = read("1. I sang.\n\nNow the nights.\n2. I slept.\n\nThat was all.")
    assert found.items[1].hint == "Now the nights."
    assert found.thanks == "That was all."


@pytest.mark.parametrize("place", ["above", "below"])
def test_the_answers_in_the_text(place):
    lines = ["1. I sang.", "2. I slept."]
    lines.insert(0 if place == "above" else 2, ANSWERS)
    found = read("\n".join(lines), answers="")
    assert len(found.items) == 2
    assert len(found.options) == 1


def test_other_answers_from_there_on():
    found = read(f"{ANSWERS}\nI sang.\n0 No | 1 Yes\nI slept.", answers="")
    assert [len(found.choices(item)) for item in found.items] == [3, 2]


@pytest.mark.parametrize(
    "answers",
    [
        "0 Not once; 1 On some days; 2 On most days",
        "0 = Not once, 1 = On some days, 2 = On most days",
        "0: Not once | 1: On some days | 2: On most days |",
        "0 - Not once | 1 - On some days | 2 - On most days",
    ],
)
def test_how_answers_are_written(answers):
    found = read("I sang.", answers=answers)
    assert [value for value, _ in labels(found, found.items[0])] == [0, 1, 2]
    assert labels(found, found.items[0])[0] == (0, "Not once")


def test_a_question_with_commas_is_no_line_of_answers():
    found = read("1. I sang, 2 or 3 times.\n2. I slept.")
    assert texts(found) == ["I sang, 2 or 3 times.", "I slept."]


def test_whose_they_are():
    found = read("1. I sang.\n2. I slept.\n© 2026 Nobody. All rights reserved.")
    assert found.copyright == "© 2026 Nobody. All rights reserved."
    assert len(found.items) == 2


def test_title_and_language():
    found = read("I sang.", title="The week", language="de")
    assert (found.title, found.language) == ("The week", "de")
    assert found.not_understood == ()
    assert says(read("I sang."), "English was assumed")


def test_a_line_that_is_too_long_is_left_out():
    found = read("I sang.\n" + "x" * 700)
    assert texts(found) == ["I sang."]
    assert says(found, "item 2: It is longer than a question can be.")


@pytest.mark.parametrize(
    ("text", "answers", "why"),
    [
        ("", ANSWERS, "There is nothing to read yet."),
        ("I sang.", "", "Please add a line with the answers"),
        ("I sang.", "often or never", "The answers should be a line like this one"),
        ("I sang.", "0 No | 0 Yes", "have the same code"),
        ("I sang.\x00", ANSWERS, "characters that no text can hold"),
        ("I sang.\ud800", ANSWERS, "characters that no text can hold"),
        ("x" * (5 * 1024 * 1024), ANSWERS, "more than can be pasted"),
    ],
)
def test_what_is_refused(text, answers, why):
    assert why in refused(read, text, answers)


def test_a_text_file():
    source = interop.Source("the-week.txt", f"{ANSWERS}\n1. I sang.\n2. I slept.".encode())
    found = interop.read([source])
    assert (found.format, found.title, found.name) == ("paste", "the week", "the-week.txt")
