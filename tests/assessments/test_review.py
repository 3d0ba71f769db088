"""Answers in words: each kind as it was given, and nothing that was not asked."""

from html.parser import HTMLParser

import pytest
from django.template.loader import render_to_string

from assessments.definitions import DECLINED, NOT_APPLICABLE
from assessments.review import Group, Part, in_words
from tests.assessments.test_forms_answers import (
    BRANCHES,
    EVERY_KIND,
    ITEMS,
    SKIP_IDS,
    SKIPPABLE,
    definition_of,
)

ROW = {"ask": "A loan", "who": "family", "hard": 7, "likely": 40, "minutes": 5}


def answer_of(item_id, answer, definition=EVERY_KIND):
    found = in_words(definition, {item_id: answer})
    return next(each for each in found if each.item.id == item_id)


def page_of(answer):
    return render_to_string("assessments/_answer.html", {"answer": answer})


class Cells(HTMLParser):
    """The words of a page, by the innermost tag they stand in."""

    def __init__(self, html):
        super().__init__()
        self.found, self._open = [], []
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        if tag not in ("br", "path", "circle"):
            self._open.append(tag)

    def handle_endtag(self, tag):
        if self._open and self._open[-1] == tag:
            self._open.pop()

    def handle_data(self, data):
        if data.strip():
            self.found.append((self._open[-1], " ".join(data.split())))

    def in_tags(self, *tags):
        return [words for tag, words in self.found if tag in tags]


def drawn(answer, *tags):
    return Cells(page_of(answer)).in_tags(*tags)


@pytest.mark.parametrize(
    ("item_id", "answer", "words"),
    [
        ("scale", 0, "Never"),
        ("choice", "family", "Someone in my family"),
        ("choices", ["partner", "friend"], "A partner, A friend"),
        ("rating", 0, "0 of 10"),
        ("slider", 35, "35 of 100"),
        ("mood", 2, "Low"),
        ("amount", 0, "0"),
        ("date", "2026-11-21", "21 November 2026"),
        ("time", "18:30", "18:30"),
        ("line", "A few words", "A few words"),
        ("text", "One.\nTwo.", "One.\nTwo."),
        ("split", {"theirs": 60, "mine": 40}, "Mine 40\xa0% · Theirs 60\xa0%"),
        (
            "sort",
            {"bills": "shared", "calls": "shared"},
            "Ours together: Their calls at night and Our bills\nNot sorted: Their mood",
        ),
        (
            "rows",
            [ROW | {"day": "2026-11-21", "clock": "09:00"}],
            "1. A loan · Someone in my family · 7 of 10 · 40 of 100 · 5 · 21 November 2026 · 09:00",
        ),
        ("ladder", [{"ask": "One"}, {"ask": "Two", "hard": 3}], "1. One\n2. Two · 3 of 10"),
    ],
)
def test_every_kind_has_words(item_id, answer, words):
    found = answer_of(item_id, answer)
    assert found.words == words
    assert not found.is_missing
    assert not found.is_empty


@pytest.mark.parametrize("item_id", [item["id"] for item in ITEMS])
@pytest.mark.parametrize("nothing", [None, "", [], {}])
def test_nothing_is_said_to_be_nothing(item_id, nothing):
    found = answer_of(item_id, nothing)
    assert (found.words, found.is_missing, found.is_empty) == ("Not answered", True, True)


@pytest.mark.parametrize("item_id", SKIP_IDS)
def test_ways_not_to_answer_are_missing_and_not_empty(item_id):
    for code, words in (
        (NOT_APPLICABLE, "Does not apply to me"),
        (DECLINED, "I'd rather not say"),
    ):
        found = answer_of(item_id, code, SKIPPABLE)
        assert (found.words, found.is_missing, found.is_empty) == (words, True, False)


class TestWhatIsListed:
    def test_what_was_not_asked_is_left_out(self):
        listed = [each.item.id for each in in_words(BRANCHES, {"who": "friend", "told": None})]
        assert listed == ["who", "rest"]

    def test_unless_it_was_answered(self):
        listed = [each.item.id for each in in_words(BRANCHES, {"who": "friend", "told": 7})]
        assert listed == ["who", "told", "rest"]

    def test_what_was_asked_is_there_whether_it_was_answered_or_not(self):
        listed = in_words(BRANCHES, {"who": "family", "told": 7})
        assert [(each.item.id, each.is_empty) for each in listed] == [
            ("who", False),
            ("told", False),
            ("how", True),
            ("rest", True),
        ]

    def test_numbers_are_places_among_all_that_can_be_asked(self):
        listed = in_words(BRANCHES, {"who": "friend"})
        assert [(each.item.id, each.number) for each in listed] == [("who", 1), ("rest", 4)]

    def test_a_withdrawn_question_is_there_where_it_was_asked(self):
        definition = definition_of(ITEMS[0] | {"withdrawn": True}, ITEMS[9])
        assert [each.item.id for each in in_words(definition, {})] == ["line"]
        assert [(each.item.id, each.number) for each in in_words(definition, {"scale": None})] == [
            ("scale", None),
            ("line", 1),
        ]


class TestAsItIsDrawn:
    def test_rows_are_a_table_with_a_head(self):
        answer = answer_of("rows", [ROW, {"ask": "A call"}])
        head = ["The request", "Who asks?", "How hard?", "How likely?", "How long?"]
        assert drawn(answer, "th")[:5] == head
        assert drawn(answer, "td")[:5] == [
            "A loan",
            "Someone in my family",
            "7 of 10",
            "40 of 100",
            "5",
        ]
        assert drawn(answer, "td")[7:9] == ["A call", "\N{EN DASH}"]

    def test_the_steps_of_a_ladder_are_numbered(self):
        answer = answer_of("ladder", [{"ask": "One", "hard": 1}, {"ask": "Two"}])
        assert drawn(answer, "th") == ["Step", "The request", "Who asks?", "How hard?", "1", "2"]

    def test_rows_of_one_column_are_a_list(self):
        one = definition_of(ITEMS[13] | {"columns": ITEMS[13]["columns"][:1]})
        answer = answer_of("rows", [{"ask": "A bill"}, {"ask": "A mood"}], one)
        assert drawn(answer, "li") == ["A bill", "A mood"]
        assert "<table" not in page_of(answer)

    def test_parts_stand_in_the_order_of_the_options_with_their_size(self):
        answer = answer_of("split", {"theirs": 60, "mine": 40})
        assert answer.parts == (Part("Mine", 40), Part("Theirs", 60))
        assert drawn(answer, "span") == ["Mine", "40 %", "Theirs", "60 %"]

    def test_cards_lie_in_their_groups(self):
        answer = answer_of("sort", {"mood": "theirs", "bills": "shared"})
        assert answer.groups == (
            Group("Theirs", ("Their mood",)),
            Group("Ours together", ("Our bills",)),
            Group("Not sorted", ("Their calls at night",), is_rest=True),
        )
        assert drawn(answer, "dt", "li") == [
            "Theirs",
            "Their mood",
            "Ours together",
            "Our bills",
            "Not sorted",
            "Their calls at night",
        ]

    def test_a_mood_has_a_face_and_its_word(self):
        html = page_of(answer_of("mood", 5))
        assert '<svg class="face"' in html
        assert "Very good" in html

    def test_words_keep_their_lines_and_are_never_markup(self):
        html = page_of(answer_of("text", "<b>One</b>\nTwo"))
        assert "&lt;b&gt;One&lt;/b&gt;<br>Two" in html
        table = page_of(answer_of("rows", [{"ask": "<b>", "who": "family"}]))
        assert "<b>" not in table


@pytest.mark.parametrize("item_id", [item["id"] for item in ITEMS])
@pytest.mark.parametrize("odd", ["x", 99, ["x"], {"x": 1}, [{"x": 1}], True])
def test_an_answer_that_does_not_fit_its_kind_is_shown_as_it_is(item_id, odd):
    """What was stored before a rule grew stricter can still be read."""
    answer = answer_of(item_id, odd)
    assert answer.words
    assert page_of(answer)
