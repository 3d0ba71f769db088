"""The form of a definition: every kind, as it is typed, posted, kept and shown again."""

from __future__ import annotations

import time
from html.parser import HTMLParser

import pytest
import time_machine
from crispy_forms.templatetags.crispy_forms_filters import as_crispy_form
from django.http import QueryDict
from django.utils.html import escape
from hypothesis import given, settings
from hypothesis import strategies as st

from assessments.actions.library import shipped
from assessments.definitions import (
    DECLINED,
    NOT_APPLICABLE,
    Definition,
    ItemKind,
    unfit,
    unfit_answer,
)
from assessments.forms import AnswerForm
from tests.conftest import NOW

OPTIONS = {
    "often": [
        {"value": 0, "label": "Never"},
        {"value": 1, "label": "Sometimes"},
        {"value": 2, "label": "Often"},
    ],
    "person": [
        {"value": "partner", "label": "A partner"},
        {"value": "family", "label": "Someone in my family"},
        {"value": "friend", "label": "A friend"},
    ],
    "whose": [
        {"value": "mine", "label": "Mine"},
        {"value": "theirs", "label": "Theirs"},
        {"value": "shared", "label": "Ours together"},
    ],
    "cards": [
        {"value": "calls", "label": "Their calls at night"},
        {"value": "bills", "label": "Our bills"},
        {"value": "mood", "label": "Their mood"},
    ],
}
COLUMNS = [
    {"id": "ask", "kind": "line", "text": "The request", "required": True},
    {"id": "who", "kind": "choice", "text": "Who asks?", "options": "person"},
    {"id": "hard", "kind": "rating", "text": "How hard?", "low": "Easy", "high": "Hard"},
    {"id": "likely", "kind": "slider", "text": "How likely?", "maximum": 100, "step": 10},
    {"id": "minutes", "kind": "number", "text": "How long?", "maximum": 600},
    {"id": "day", "kind": "date", "text": "Which day?"},
    {"id": "clock", "kind": "time", "text": "At what time?"},
]
ITEMS = [
    {"id": "scale", "kind": "scale", "text": "I rest.", "options": "often"},
    {"id": "choice", "kind": "choice", "text": "Who was it?", "options": "person"},
    {"id": "choices", "kind": "choices", "text": "Who else?", "options": "person"},
    {"id": "rating", "kind": "rating", "text": "How sure?", "low": "Not at all", "high": "Very"},
    {"id": "slider", "kind": "slider", "text": "How true?", "maximum": 100, "step": 5},
    {"id": "mood", "kind": "mood", "text": "How do I feel?"},
    {"id": "amount", "kind": "number", "text": "How many?", "minimum": -5, "maximum": 600},
    {"id": "date", "kind": "date", "text": "Which day?"},
    {"id": "time", "kind": "time", "text": "At what time?"},
    {"id": "line", "kind": "line", "text": "In a few words?"},
    {"id": "text", "kind": "text", "text": "What happened?"},
    {"id": "split", "kind": "split", "text": "Whose is it?", "options": "whose"},
    {"id": "sort", "kind": "sort", "text": "Sort these", "options": "cards", "groups": "whose"},
    {"id": "rows", "kind": "rows", "text": "Requests", "columns": COLUMNS, "maximum": 3},
    {"id": "ladder", "kind": "ladder", "text": "Steps", "columns": COLUMNS[:3], "minimum": 2},
]
FRAME = {
    "slug": "all-kinds",
    "kind": "exercise",
    "title": "All kinds",
    "summary": "One question of every kind.",
    "for_clinicians": "One question of every kind.",
    "minutes": 5,
    "layout": "page",
    "provenance": {
        "seeds": ["S0"],
        "constructs": ["A1"],
        "author": "Trellis contributors",
        "validation": "unvalidated",
        "reading_grade": 3,
        "licence": {"kind": "OPEN", "holder": "Trellis contributors", "text": "CC BY 4.0"},
    },
}


def definition_of(*items, **frame):
    return Definition(**FRAME | {"options": OPTIONS, "items": items} | frame)


def all_kinds(**extra):
    """One item of every kind; ``extra`` are keys that each of them gets where it can."""
    return definition_of(*({**item, **_fitting(item, extra)} for item in ITEMS))


def _fitting(item, extra):
    takes_no_skip = item["kind"] in ("rows", "ladder")
    return {key: value for key, value in extra.items() if not (takes_no_skip and key == "can_skip")}


EVERY_KIND = all_kinds()
SKIPPABLE = all_kinds(can_skip=True)
NEEDED = all_kinds(required=True)
IDS = [item["id"] for item in ITEMS]
SKIP_IDS = [item_id for item_id in IDS if item_id not in ("rows", "ladder")]


# -- a browser, as far as forms go ----------------------------------------------------------------


class Page(HTMLParser):
    """What a browser would post from a page: its successful controls, in their order."""

    def __init__(self, html):
        super().__init__()
        self.pairs, self.tags = [], []
        self._words = self._select = None
        self._in_template = 0
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        self.tags.append((tag, attributes))
        if tag == "template":
            self._in_template += 1
        if self._in_template:
            return
        if tag == "textarea":
            self._words = (attributes["name"], [])
        elif tag == "select":
            self._select = (attributes["name"], [])
        elif tag == "option":
            self._select[1].append((attributes["value"], "selected" in attributes))
        elif tag == "input" and attributes.get("name"):
            is_on = attributes["type"] not in ("radio", "checkbox") or "checked" in attributes
            if is_on:
                self.pairs.append((attributes["name"], attributes.get("value", "")))

    def handle_endtag(self, tag):
        if tag == "template":
            self._in_template -= 1
        elif tag == "textarea" and self._words:
            name, words = self._words
            typed = "".join(words).removeprefix("\n")
            self.pairs.append((name, typed.replace("\n", "\r\n")))
            self._words = None
        elif tag == "select" and self._select:
            name, options = self._select
            chosen = [value for value, is_selected in options if is_selected]
            self.pairs.append((name, chosen[0] if chosen else options[0][0]))
            self._select = None

    def handle_data(self, data):
        if self._words:
            self._words[1].append(data)


def posted(pairs):
    data = QueryDict(mutable=True)
    for name, value in pairs:
        data.appendlist(name, value)
    return data


def form_of(data, definition=EVERY_KIND, *item_ids, kept=None):
    """The form of some items, bound to what a browser would post."""
    items = tuple(definition.item(item_id) for item_id in item_ids) or definition.asked()
    if data is not None and not isinstance(data, QueryDict):
        data = posted(data.items() if isinstance(data, dict) else data)
    return AnswerForm(data, definition=definition, items=items, kept=kept)


def html_of(form):
    return as_crispy_form(form)


def answer_to(item_id, data, definition=EVERY_KIND, kept=None):
    """What is stored for one item, or its faults in words."""
    form = form_of(data, definition, item_id, kept=kept)
    return form.answers()[item_id] if form.is_valid() else list(form.errors[item_id])


# -- every kind -----------------------------------------------------------------------------------

WORDS = st.characters(exclude_categories=("Cc", "Cs"))
LINES = st.text(WORDS, max_size=200).map(str.strip).filter(bool)
TEXTS = st.text(WORDS | st.just("\n"), max_size=300).map(str.strip).filter(bool)
JUNK = st.text(max_size=30) | st.sampled_from(
    ["", " ", "0", "1", "2.0", "-1", "1e3", "99999", "25:00", "7:5", "2026-02-30", "_na", "mine"]
)


def answers_to(definition, item):
    """A strategy for what can be stored for an item, as its definition says."""
    values = [option.value for option in definition.choices(item)]
    made = {
        ItemKind.CHOICES: lambda: st.sets(st.sampled_from(values), min_size=1).map(
            lambda chosen: sorted(chosen, key=values.index)
        ),
        ItemKind.DATE: lambda: st.dates().map(lambda day: day.isoformat()),
        ItemKind.TIME: lambda: st.times().map(lambda clock: clock.strftime("%H:%M")),
        ItemKind.LINE: lambda: LINES,
        ItemKind.TEXT: lambda: TEXTS,
        ItemKind.SPLIT: lambda: splits(values),
        ItemKind.SORT: lambda: st.dictionaries(
            st.sampled_from(values),
            st.sampled_from([group.value for group in definition.groups(item)]),
            min_size=1,
        ),
        ItemKind.ROWS: lambda: rows(definition, item),
        ItemKind.LADDER: lambda: rows(definition, item),
    }.get(item.kind)
    if made is None:
        if not values:
            low, high = definition.range_of(item)
            values = range(low, high + 1, item.step)
        made = lambda: st.sampled_from(values)  # noqa: E731
    way_out = st.sampled_from([NOT_APPLICABLE, DECLINED])
    return made() | way_out if item.can_skip else made()


@st.composite
def splits(draw, parts):
    cuts = sorted(draw(st.lists(st.integers(0, 100), min_size=1, max_size=len(parts) - 1)))
    sizes = [after - before for before, after in zip([0, *cuts], [*cuts, 100], strict=True)]
    return dict(zip(draw(st.permutations(parts)), sizes, strict=False))


def rows(definition, item):
    cells = {column.id: answers_to(definition, column) for column in item.columns}
    needed = {column.id for column in item.columns if column.required}
    optional = {key: cell for key, cell in cells.items() if key not in needed}
    row = st.fixed_dictionaries({key: cells[key] for key in needed}, optional=optional)
    return st.lists(row, min_size=max(item.minimum, 1), max_size=item.maximum)


@pytest.mark.parametrize(
    ("definition", "item_id"),
    [(EVERY_KIND, item_id) for item_id in IDS] + [(SKIPPABLE, item_id) for item_id in SKIP_IDS],
)
class TestTheFormTakesWhatTheDefinitionTakes:
    @settings(max_examples=15)
    @given(data=st.data())
    def test_what_was_kept_is_shown_and_posted_as_it_was(self, definition, item_id, data):
        item = definition.item(item_id)
        kept = data.draw(answers_to(definition, item))
        assert unfit_answer(definition, item, kept) is None
        shown = form_of(None, definition, item_id, kept={item_id: kept})
        form = form_of(Page(html_of(shown)).pairs, definition, item_id)
        assert form.is_valid(), form.errors
        assert form.answers() == {item_id: kept}

    @settings(max_examples=30)
    @given(data=st.data())
    def test_whatever_is_posted_what_is_stored_fits(self, definition, item_id, data):
        item = definition.item(item_id)
        names = {name for name, _value in Page(html_of(form_of(None, definition, item_id))).pairs}
        names |= {item_id, f"{item_id}-row", f"{item_id}-mine", f"{item_id}-calls"}
        names |= {f"{item_id}-0-{column['id']}" for column in COLUMNS}
        pairs = data.draw(st.lists(st.tuples(st.sampled_from(sorted(names)), JUNK), max_size=8))
        form = form_of(pairs, definition, item_id)
        if form.is_valid():
            stored = form.answers()[item_id]
            assert stored is None or unfit_answer(definition, item, stored) is None
        html_of(form)


@pytest.mark.parametrize(
    "definition",
    [each for each in shipped().activities if each.example],
    ids=lambda definition: definition.slug,
)
def test_the_examples_of_the_library_can_be_typed(definition):
    kept = definition.example.answers
    form = form_of(Page(html_of(form_of(None, definition, kept=kept))).pairs, definition)
    assert form.is_valid(), form.errors
    assert {key: answer for key, answer in form.answers().items() if answer is not None} == kept


def test_an_untouched_form_stores_nothing_at_all():
    empty = Page(html_of(form_of(None))).pairs
    form = form_of(empty)
    assert form.is_valid()
    assert form.answers() == dict.fromkeys(IDS)


def test_what_is_needed_is_needed_in_every_kind():
    form = form_of(Page(html_of(form_of(None, NEEDED))).pairs, NEEDED)
    assert not form.is_valid()
    assert list(form.errors) == IDS
    assert unfit(NEEDED, {}) == dict.fromkeys(IDS, "needed")
    assert form.errors["scale"] == ["This one is needed."]
    assert form.errors["text"] == ["This one is needed. A short answer is enough."]


NOT_ONE = "Select a valid choice: one of the answers below."
WHOLE = "Type a whole number from {} to {}."


@pytest.mark.parametrize(
    ("item_id", "data", "words"),
    [
        ("scale", {"scale": "3"}, NOT_ONE),
        ("choice", {"choice": "nobody"}, NOT_ONE),
        ("choice", {"choice": "_na"}, NOT_ONE),
        ("choices", {"choices": "nobody"}, NOT_ONE),
        ("rating", {"rating": "11"}, NOT_ONE),
        ("mood", {"mood": "6"}, NOT_ONE),
        ("slider", {"slider": "33"}, "Only every 5 fits here: 30 or 35, for example."),
        ("slider", {"slider": "105"}, WHOLE.format(0, 100)),
        ("amount", {"amount": "-6"}, WHOLE.format(-5, 600)),
        ("amount", {"amount": "1,5"}, WHOLE.format(-5, 600)),
        ("amount", {"amount": "9" * 10_000}, WHOLE.format(-5, 600)),
        ("date", {"date": "2026-02-30"}, "Choose a day, or type it like this: 2026-11-21."),
        ("time", {"time": "24:00"}, "Type a time from 00:00 to 23:59, like 18:30."),
        ("line", {"line": "_na"}, "This cannot be kept as it is. Please use other words."),
        ("line", {"line": "x" * 201}, "This has 201 characters. At most 200 fit here."),
        ("split", {"split-mine": "101"}, f"“Mine”: {WHOLE.format(0, 100)}"),
        ("split", {"split-mine": "half"}, f"“Mine”: {WHOLE.format(0, 100)}"),
        (
            "split",
            {"split-mine": "40", "split-theirs": "59"},
            "Together this makes 99. 1 more is to share out.",
        ),
        (
            "split",
            {"split-mine": "80", "split-theirs": "40"},
            "Together this makes 120. That is 20 more than 100.",
        ),
        ("sort", {"sort-calls": "nobody"}, NOT_ONE),
        (
            "rows",
            [("rows-row", "0"), ("rows-0-who", "family")],
            "Row 1 needs another look: “The request”",
        ),
        (
            "ladder",
            [("ladder-row", "7"), ("ladder-7-ask", "A shop card")],
            "Fill in at least 2 rows, or leave all of them empty.",
        ),
    ],
)
def test_what_does_not_fit_has_a_sentence(item_id, data, words):
    assert answer_to(item_id, data) == [words]


def test_each_row_that_needs_another_look_is_named_and_its_cell_says_why():
    data = [("rows-row", "0"), ("rows-0-ask", "A loan"), ("rows-0-minutes", "long")]
    data += [("rows-row", "4"), ("rows-row", "5"), ("rows-5-hard", "99")]
    form = form_of(data, EVERY_KIND, "rows")
    assert form.errors["rows"] == [
        "Row 1 needs another look: “How long?”",
        "Row 3 needs another look: “The request” and “How hard?”",
    ]
    html = html_of(form)
    assert 'id="id_rows-0-minutes_error"' in html
    assert 'id="id_rows-5-ask_error"' in html
    assert 'id="id_rows-4-ask_error"' not in html
    assert dict(Page(html).pairs)["rows-0-minutes"] == "long"


def test_a_break_in_a_line_is_a_blank():
    form = form_of([("line", "No calls\r\nafter nine")], EVERY_KIND, "line")
    assert form.is_valid()
    assert form.answers() == {"line": "No calls after nine"}


def test_every_card_is_sorted_where_all_are_needed():
    faults = answer_to("sort", {"sort-calls": "mine"}, NEEDED)
    assert faults == ["Not sorted yet: “Our bills” and “Their mood”."]


def test_a_choice_that_comes_twice_counts_once():
    assert answer_to("choices", [("choices", "friend")] * 400) == ["friend"]


def test_a_part_that_is_left_empty_is_not_stored_as_zero():
    assert answer_to("split", {"split-mine": "100", "split-theirs": " "}) == {"mine": 100}


# -- ways not to answer ---------------------------------------------------------------------------


class TestWaysNotToAnswer:
    @pytest.mark.parametrize("item_id", SKIP_IDS)
    @pytest.mark.parametrize("code", [NOT_APPLICABLE, DECLINED])
    def test_every_kind_has_both_and_they_are_kept_apart_from_nothing(self, item_id, code):
        by_radio = item_id in ("scale", "choice", "rating", "mood")
        data = {item_id if by_radio else f"{item_id}-skip": code}
        assert answer_to(item_id, data, SKIPPABLE) == code
        html = html_of(form_of(None, SKIPPABLE, item_id, kept={item_id: code}))
        checked = [each["value"] for tag, each in Page(html).tags if "checked" in each]
        assert checked == [code]

    def test_they_are_enough_where_an_answer_is_needed(self):
        both = all_kinds(can_skip=True, required=True)
        assert answer_to("text", {"text-skip": DECLINED}, both) == DECLINED

    def test_one_can_be_taken_back(self):
        assert (
            answer_to("text", {"text": "", "text-skip": ""}, SKIPPABLE, {"text": DECLINED}) is None
        )

    def test_an_answer_and_a_way_not_to_answer_cannot_both_be_meant(self):
        faults = answer_to("text", {"text": "No", "text-skip": DECLINED}, SKIPPABLE)
        assert faults == [
            "There is an answer here, and also “I'd rather not say”. Keep one of them."
        ]

    def test_what_is_new_of_the_two_holds(self):
        data = {"text": "I was cross.", "text-skip": DECLINED}
        assert answer_to("text", data, SKIPPABLE, {"text": DECLINED}) == "I was cross."
        assert answer_to("text", data, SKIPPABLE, {"text": "I was cross."}) == DECLINED

    def test_nobody_is_offered_one_that_the_definition_does_not_offer(self):
        assert answer_to("text", {"text-skip": DECLINED}) is None
        assert "rather not say" not in html_of(form_of(None))

    def test_an_invented_one_is_ignored(self):
        assert answer_to("text", {"text": "Yes", "text-skip": "_never"}, SKIPPABLE) == "Yes"


# -- conditions -----------------------------------------------------------------------------------

BRANCHES = definition_of(
    {"id": "who", "kind": "choice", "text": "Who was it?", "options": "person"},
    {
        "id": "told",
        "kind": "rating",
        "text": "Did I tell them?",
        "required": True,
        "show_if": {"item": "who", "equals": ["partner", "family"]},
    },
    {
        "id": "how",
        "kind": "line",
        "text": "In which words?",
        "hint": "A few are enough.",
        "heading": "Words",
        "show_if": {"item": "told", "at_least": 5},
    },
    {"id": "rest", "kind": "line", "text": "What else?"},
)


class TestConditions:
    def test_what_is_not_asked_is_neither_needed_nor_stored(self):
        form = form_of({"who": "friend", "told": "99", "how": "Plainly", "rest": "Tea"}, BRANCHES)
        assert form.is_valid()
        assert form.answers() == {"who": "friend", "told": None, "how": None, "rest": "Tea"}

    def test_what_is_asked_is_needed(self):
        form = form_of({"who": "family"}, BRANCHES)
        assert list(form.errors) == ["told"]

    def test_one_condition_hangs_on_another(self):
        everything = {"who": "family", "told": "7", "how": "Plainly", "rest": ""}
        assert form_of(everything, BRANCHES).is_valid()
        form = form_of(everything | {"told": "4"}, BRANCHES)
        assert form.is_valid()
        assert form.answers()["how"] is None

    def test_answers_of_other_pages_decide_as_well(self):
        data = {"told": "7"}
        assert answer_to("told", data, BRANCHES, {"who": "family"}) == 7
        assert answer_to("told", data, BRANCHES, {"who": "friend"}) is None
        assert answer_to("told", {}, BRANCHES, {}) is None

    def test_what_is_posted_weighs_more_than_what_was_kept(self):
        kept = {"who": "family", "told": 7, "how": "Plainly"}
        form = form_of({"who": "friend"}, BRANCHES, kept=kept)
        assert form.is_valid()
        assert set(form.answers().values()) == {"friend", None}

    def test_without_a_script_the_condition_stands_there_in_words(self):
        html = html_of(form_of(None, BRANCHES))
        first = "Only if your answer to “Who was it?” is “A partner” or “Someone in my family”."
        assert first in html
        assert "Only if your answer to “Did I tell them?” is 5 or more." in html
        rule = '{"item": "who", "equals": ["partner", "family"], "shows": "told"}'
        assert f'data-show-if="{escape(rule)}"' in html

    def test_a_step_that_is_asked_needs_no_such_words(self):
        asked = html_of(form_of(None, BRANCHES, "told", kept={"who": "family"}))
        assert "Only if" not in asked
        preview = html_of(form_of(None, BRANCHES, "told"))
        assert "Only if your answer to “Who was it?”" in preview
        assert "data-show-if" not in preview

    def test_a_heading_stands_above_its_field_and_is_no_answer(self):
        form = form_of({"who": "friend"}, BRANCHES)
        assert form.is_valid()
        assert [each.name for each in form] == ["who", "told", "how-heading", "how", "rest"]
        assert list(form.answers()) == ["who", "told", "how", "rest"]
        html = html_of(form)
        assert html.index(">Words</h2>") < html.index("In which words?")
        assert html.index("Did I tell them?") < html.index(">Words</h2>")


# -- rows that grow -------------------------------------------------------------------------------

THREE = [("ladder-row", "0"), ("ladder-0-ask", "One"), ("ladder-row", "3"), ("ladder-3-ask", "Two")]
THREE += [("ladder-0-hard", "many"), ("ladder-row", "2"), ("ladder-2-ask", "Three")]


def asks_after(shape, data=THREE, item_id="ladder"):
    """The first column of the rows that are shown after a button was pressed."""
    form = form_of([*data, (f"{item_id}-shape", shape)], EVERY_KIND, item_id)
    assert form.is_only_shaping
    assert not form.is_valid()
    assert form.errors == {}
    html = html_of(form)
    assert "_error" not in html
    pairs = Page(html).pairs
    order = [value for name, value in pairs if name == f"{item_id}-row"]
    return [dict(pairs)[f"{item_id}-{number}-ask"] for number in order]


class TestRowsThatGrow:
    @pytest.mark.parametrize(
        ("shape", "asks"),
        [
            ("add", ["One", "Two", "Three", ""]),
            ("remove-3", ["One", "Three"]),
            ("up-3", ["Two", "One", "Three"]),
            ("up-0", ["One", "Two", "Three"]),
            ("down-3", ["One", "Three", "Two"]),
            ("down-2", ["One", "Two", "Three"]),
            ("remove-99", ["One", "Two", "Three"]),
            ("sideways-3", ["One", "Two", "Three"]),
            ("", ["One", "Two", "Three"]),
        ],
    )
    def test_buttons_shape_the_rows_and_complain_of_nothing(self, shape, asks):
        assert asks_after(shape) == asks

    def test_what_was_typed_stays_even_where_it_does_not_fit(self):
        form = form_of([*THREE, ("ladder-shape", "add"), ("ladder-0-who", "x")], EVERY_KIND)
        assert "One" in html_of(form)

    def test_there_is_no_more_room_than_there_is(self):
        full = [(f"rows-{n}-ask", str(n)) for n in range(3)] + [
            ("rows-row", str(n)) for n in range(3)
        ]
        assert asks_after("add", full, "rows") == ["0", "1", "2"]
        html = html_of(form_of(full, EVERY_KIND, "rows"))
        add = next(each for tag, each in Page(html).tags if tag == "button" and "data-add" in each)
        assert "hidden" in add

    def test_the_row_that_was_touched_takes_the_focus(self):
        form = form_of([*THREE, ("ladder-shape", "add")], EVERY_KIND, "ladder")
        focused = [tag for tag, each in Page(html_of(form)).tags if "autofocus" in each]
        assert focused == ["fieldset"]

    def test_the_last_row_can_be_removed_and_an_empty_one_stands_there(self):
        one = [("rows-row", "0"), ("rows-0-ask", "One")]
        assert asks_after("remove-0", one, "rows") == [""]

    def test_kept_rows_are_followed_by_an_empty_one_while_there_is_room(self):
        kept = [{"ask": "One"}, {"ask": "Two"}]
        page = Page(html_of(form_of(None, EVERY_KIND, "rows", kept={"rows": kept})))
        assert [value for name, value in page.pairs if name == "rows-row"] == ["0", "1", "2"]
        kept.append({"ask": "Three"})
        page = Page(html_of(form_of(None, EVERY_KIND, "rows", kept={"rows": kept})))
        assert [value for name, value in page.pairs if name == "rows-row"] == ["0", "1", "2"]

    def test_as_many_rows_as_are_needed_stand_there(self):
        page = Page(html_of(form_of(None, EVERY_KIND, "ladder")))
        assert [value for name, value in page.pairs if name == "ladder-row"] == ["0", "1"]

    def test_rows_are_stored_in_the_order_in_which_they_stand(self):
        data = [pair for pair in THREE if pair[0] != "ladder-0-hard"]
        assert answer_to("ladder", data) == [{"ask": "One"}, {"ask": "Two"}, {"ask": "Three"}]

    def test_enter_in_a_field_presses_no_button_of_a_row(self):
        """A browser presses the first button of a form, wherever it stands."""
        tags = Page(html_of(form_of(None))).tags
        buttons = [each for tag, each in tags if tag == "button" and each["type"] == "submit"]
        assert "name" not in buttons[0]
        assert {each["name"] for each in buttons if "name" in each} == {
            "rows-shape",
            "ladder-shape",
        }

    def test_shaping_one_table_leaves_the_faults_of_others_for_later(self):
        form = form_of([*THREE, ("ladder-shape", "add"), ("scale", "99")], EVERY_KIND)
        assert form.errors == {}
        assert "_error" not in html_of(form)

    def test_faulty_rows_that_are_not_asked_for_show_no_fault(self):
        branched = definition_of(
            ITEMS[1],
            ITEMS[13] | {"show_if": {"item": "choice", "equals": ["friend"]}},
        )
        form = form_of([("rows-row", "0"), ("rows-0-hard", "99")], branched)
        assert form.is_valid()
        assert "_error" not in html_of(form)


# -- what nobody should send ----------------------------------------------------------------------

HOSTILE = "\0x\u202e\U0001f9d8\u200d\u2642 שלום <b>"


class TestWhatNobodyShouldSend:
    def test_five_megabytes_are_too_long_and_soon_refused(self):
        started = time.monotonic()
        for item_id in IDS:
            names = [item_id, f"{item_id}-mine", f"{item_id}-calls", f"{item_id}-0-ask"]
            pairs = [(f"{item_id}-row", "0"), *((name, "9" * 5_000_000) for name in names)]
            assert not form_of(pairs, EVERY_KIND, item_id).is_valid()
        assert time.monotonic() - started < 20

    def test_a_null_character_is_left_out_and_the_rest_of_the_world_is_kept(self):
        assert answer_to("line", {"line": HOSTILE}) == HOSTILE.replace("\0", "")
        assert answer_to("line", {"line": "\0 \0"}) is None
        rows = [("rows-row", "0"), ("rows-0-ask", HOSTILE)]
        assert answer_to("rows", rows) == [{"ask": HOSTILE.replace("\0", "")}]

    def test_the_end_of_a_line_counts_once_however_a_browser_sends_it(self):
        text = "\r\n".join(["x"] * 2_500)
        assert answer_to("text", {"text": text}) == text.replace("\r\n", "\n")

    @pytest.mark.parametrize("number", ["999999", "-1", "1e9", "", "x", "²", "\0", "../../etc"])
    def test_a_row_of_an_absurd_number_is_no_row(self, number):
        pairs = [("rows-row", number), (f"rows-{number}-ask", "One")]
        assert answer_to("rows", pairs) is None

    def test_more_rows_than_fit_are_refused_and_never_counted_to_the_end(self):
        pairs = []
        for number in range(900):
            pairs += [("rows-row", str(number)), (f"rows-{number}-ask", "One")]
        form = form_of(pairs, EVERY_KIND, "rows")
        assert form.errors["rows"] == ["At most 3 rows fit here."]
        rows = [value for name, value in Page(html_of(form)).pairs if name == "rows-row"]
        assert len(rows) == 40

    def test_of_keys_that_come_twice_the_last_counts(self):
        assert answer_to("line", [("line", "One"), ("line", "Two")]) == "Two"
        assert answer_to("scale", [("scale", "9"), ("scale", "1")]) == 1
        pairs = [("rows-row", "0"), ("rows-row", "0"), ("rows-0-ask", "One")]
        assert answer_to("rows", pairs) == [{"ask": "One"}]

    def test_a_hint_or_a_question_is_never_markup(self):
        evil = "<script>alert(1)</script>"
        definition = definition_of(
            ITEMS[1] | {"text": evil, "hint": evil, "heading": evil},
            ITEMS[9] | {"text": evil, "show_if": {"item": "choice", "equals": ["friend"]}},
            ITEMS[13] | {"text": evil, "columns": [COLUMNS[0] | {"text": evil, "hint": evil}]},
            ITEMS[4] | {"text": evil, "low": evil, "high": evil},
        )
        for data in (None, {"choice": evil, "line": evil, "slider": evil, "rows-row": evil}):
            assert evil not in html_of(form_of(data, definition))

    def test_a_fault_does_not_repeat_what_was_sent(self):
        assert "zzz" not in str(answer_to("choice", {"choice": "zzz"}))


# -- a log, a paper copy, a shared telephone ------------------------------------------------------


class TestALog:
    LOG = all_kinds().model_copy(update={"as_log": True})

    @time_machine.travel(NOW)
    def test_is_of_what_has_happened(self):
        assert answer_to("date", {"date": "2026-11-18"}, self.LOG) == "2026-11-18"
        assert answer_to("date", {"date": "2026-11-19"}, self.LOG) == [
            "Choose today or a day before."
        ]
        assert answer_to("date", {"date": "0026-11-18"}, self.LOG) == ["Please check the year."]

    @time_machine.travel(NOW)
    def test_in_its_rows_too(self):
        rows = [("rows-row", "0"), ("rows-0-ask", "One"), ("rows-0-day", "2026-11-19")]
        assert answer_to("rows", rows, self.LOG) == ["Row 1 needs another look: “Which day?”"]


def test_without_its_text_a_question_goes_by_its_number():
    bare = EVERY_KIND.model_copy(
        update={
            "items": tuple(
                item.model_copy(update={"text": ""}) if item.id == "choices" else item
                for item in EVERY_KIND.items
            )
        }
    )
    assert form_of(None, bare)["choices"].label == "Question 3"


def test_a_browser_remembers_nothing_and_cuts_nothing_off():
    tags = Page(html_of(form_of(None, SKIPPABLE))).tags
    typed = [
        each
        for tag, each in tags
        if tag == "textarea" or each.get("type") in ("text", "date", "time")
    ]
    assert len(typed) > 20
    assert {each.get("autocomplete") for each in typed} == {"off"}
    assert not any("maxlength" in each for _tag, each in tags)


def test_words_run_in_the_direction_of_their_script():
    tags = Page(html_of(form_of(None, EVERY_KIND, "line", "text"))).tags
    assert [each["dir"] for tag, each in tags if tag in ("input", "textarea")] == ["auto", "auto"]


def test_a_slider_makes_up_no_answer():
    tags = Page(html_of(form_of(None, EVERY_KIND, "slider", "split"))).tags
    assert [each.get("value") for tag, each in tags if tag == "input"] == [None] * 4


def test_nothing_is_styled_or_scripted_in_the_page():
    """The policy of the site forbids both."""
    for form in (form_of(None, SKIPPABLE), form_of({}, NEEDED)):
        for tag, attributes in Page(html_of(form)).tags:
            assert tag not in ("style", "script")
            assert not [key for key in attributes if key == "style" or key.startswith("on")]
