"""Words of a list are found in what somebody wrote: on the borders of words, in any script."""

import time

import pytest

from assessments.phrases import holds_one, phrases_in


@pytest.mark.parametrize(
    ("phrase", "text"),
    [
        ("can't go on", "I CAN\u2019T\n go  on any more"),
        ("tué", "il m'a tue\u0301!"),  # composed, and with an accent of its own
        ("straße", "auf der STRASSE"),
        ("🔪", "he has a🔪there"),
        ("👍", "👍🏽"),
        ("אני לא יכולה", "אתמול, אֲנִי לֹא יְכוֹלָה יותר"),  # right to left, with and without points
        ("أريد أن أموت", "قالت: أُرِيدُ أَنْ أَمُوتَ."),
        ("想死", "我真的想死了"),
        ("hurt myself", "hurt\u00ad my\u200bself"),  # what no eye sees
    ],
)
def test_it_is_found(phrase, text):
    assert holds_one([text], phrases_in(f"something else\n{phrase}\n"))


@pytest.mark.parametrize(
    ("phrase", "text"),
    [
        ("die", "the diet of an Indie band"),
        ("hurt myself", "hurt by myself"),
        ("hurt myself", "I hurt. myslf"),
        ("end it", "the friend itself"),
    ],
)
def test_a_part_of_a_word_or_another_word_is_none(phrase, text):
    assert not holds_one([text], phrases_in(phrase))


@pytest.mark.parametrize("empty", ["", " \n\t\n", "...\n--\n", "\u200b"])
def test_an_empty_list_finds_nothing(empty):
    assert phrases_in(empty) == []
    assert not holds_one(["anything ... --"], phrases_in(empty))


@pytest.mark.parametrize("text", ["a " * 2_500_000, "é" * 2_500_000, "🔪" * 1_250_000])
def test_five_megabytes_do_not_hang(text):
    began = time.process_time()
    assert not holds_one([text], phrases_in("a a b\néé è\n🔪 x"))
    assert time.process_time() - began < 20
