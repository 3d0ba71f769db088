"""Writing an own activity: contents, what is said about them, and the definitions they become."""

from __future__ import annotations

from copy import deepcopy

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from assessments import authoring, scoring
from assessments.actions.library import shipped
from assessments.authoring import Gone, History, TooMany
from assessments.definitions import Definition, ItemKind

KINDS = list(ItemKind)


def of_library(slug) -> Definition:
    return next(each for each in shipped().activities if each.slug == slug)


def copy_of(slug):
    return authoring.copied(of_library(slug), number=1, author="Clara", holder="At the Mill")


def a_plan(**changes):
    """The least that can be published, and in which anything can be made wrong."""
    content = authoring.begun("exercise", language="en", author="Clara", holder="At the Mill")
    content |= {"title": "A small plan", "summary": "Plan it.", "for_clinicians": "A plan."}
    content, part = authoring.added(content, "item", kind="line")
    content = authoring.updated(content, part, {"text": "What do I plan?"})
    return content | changes


def with_item(content, kind, **values):
    content, part = authoring.added(content, "item", kind=kind)
    return authoring.updated(content, part, {"text": "How is it?"} | values), part


def said(content, history=History()):  # noqa: B008
    return [(each.part, each.field, each.words) for each in authoring.faults_of(content, history)]


def history_of(*definitions):
    return authoring.history_of(enumerate(definitions, start=1))


def ids(content):
    return [item["id"] for item in content["items"]]


class TestBeginning:
    def test_something_new_ends_with_the_offer_to_whoever_is_afraid(self):
        content = authoring.begun("exercise", language="de", author="Clara", holder="At the Mill")
        assert content["thanks"].endswith("under Help now.")
        assert content["language"] == "de"
        assert content["provenance"]["licence"]["holder"] == "At the Mill"

    def test_a_copy_says_what_it_was_adapted_from(self):
        content = copy_of("limit-plan")
        provenance = content["provenance"]
        assert provenance["licence"]["attribution"] == (
            "Adapted from Plan a limit version 1 by Trellis contributors, CC BY 4.0"
        )
        assert provenance["author"] == "Clara"
        assert "covers" not in provenance  # whether it still does, nobody knows
        assert ids(content)[:2] == ["situation", "person"]

    @pytest.mark.parametrize(
        "slug", [each.slug for each in shipped().activities if not each.is_validated]
    )
    def test_whatever_the_library_holds_can_be_copied_and_published(self, slug):
        content = copy_of(slug)
        assert said(content) == []
        definition = authoring.definition_of(authoring.finished(content, History()), slug="own-x")
        original = of_library(slug)
        assert definition.items == original.items
        assert definition.metrics == original.metrics
        assert definition.sections == original.sections
        assert definition.example == original.example
        assert [s.items for s in definition.scales] == [s.items for s in original.scales]
        assert authoring.presentable(content).title == original.title

    def test_scales_of_a_copy_have_names_of_their_own(self):
        codes = [scale["code"] for scale in copy_of("patterns-check")["scales"]]
        assert codes[0] == "own_check_giving"
        assert not set(codes) & {scale.code for scale in of_library("patterns-check").scales}


class TestChanging:
    def test_nothing_that_is_given_is_changed(self):
        content = copy_of("limit-plan")
        before = deepcopy(content)
        authoring.updated(content, "item-limit", {"text": "Other"})
        authoring.moved(content, "item-limit", 1)
        authoring.removed(content, "item-limit", History())
        authoring.duplicated(content, "item-person")
        authoring.with_options(content, "person", [], alone=True)
        authoring.with_kind(content, "person", "scale")
        authoring.finished(content, History())
        authoring.presentable(content)
        assert content == before

    def test_up_and_down_stop_at_the_ends(self):
        content = a_plan()
        content, _part = with_item(content, "text")
        first, second = ids(content)
        assert ids(authoring.moved(content, f"item-{second}", -1)) == [second, first]
        assert ids(authoring.moved(content, f"item-{second}", 1)) == [first, second]
        assert ids(authoring.moved(content, f"item-{first}", -1)) == [first, second]

    def test_what_is_no_longer_asked_is_passed_by(self):
        content = a_plan()
        content, middle = with_item(content, "text", withdrawn=True)
        content, last = with_item(content, "date")
        moved = authoring.moved(content, last, -1)
        assert [item["id"] for item in authoring.asked_items(moved)] == [last[5:], ids(content)[0]]
        assert ids(moved)[1] == middle[5:]

    def test_taken_away_and_put_back_everything_is_as_it_was(self):
        content = copy_of("no-ladder")
        away = authoring.removed(content, "item-tried", History())
        assert "tried" not in ids(away)
        back = authoring.put_back(away, "item-tried")
        assert back["desk"].pop("removed") == []
        assert back == content

    def test_a_scale_still_has_a_question_that_was_put_back(self):
        content = copy_of("patterns-check")
        away = authoring.removed(content, "item-needs_1", History())
        assert ("scale-own_check_needs", "items") in [each[:2] for each in said(away)]
        assert said(authoring.put_back(away, "item-needs_1")) == []

    def test_a_published_question_is_asked_no_longer_and_never_gone(self):
        content = a_plan()
        published = authoring.definition_of(authoring.finished(content, History()), slug="own-x")
        history = history_of(published)
        content = authoring.continued(published, number=1)
        content, _part = with_item(content, "text")
        away = authoring.removed(content, "item-what_do_i_plan", history)
        assert away["items"][0]["withdrawn"] is True
        assert said(away, history) == []
        assert authoring.put_back(away, "item-what_do_i_plan")["items"][0]["withdrawn"] is False

    def test_two_hundred_and_no_more(self):
        content = a_plan()
        for _number in range(authoring.MOST_PIECES - 1):
            content, part = authoring.added(content, "item", kind="line")
        with pytest.raises(TooMany):
            authoring.added(content, "item", kind="line")
        with pytest.raises(TooMany):
            authoring.duplicated(content, part)

    @pytest.mark.parametrize("part", ["", "item", "item-", "item-nobody", "about", "desk-x", "x"])
    def test_a_part_that_nobody_has_is_gone(self, part):
        content = a_plan()
        for change in (
            lambda: authoring.piece_of(content, part),
            lambda: authoring.moved(content, part, 1),
            lambda: authoring.removed(content, part, History()),
            lambda: authoring.put_back(content, part),
            lambda: authoring.duplicated(content, part),
        ):
            with pytest.raises(Gone):
                change()
        with pytest.raises(Gone):
            authoring.added(content, "item", kind="telepathy")

    @pytest.mark.parametrize("kind", KINDS)
    def test_each_kind_can_be_added_asked_and_shown(self, kind):
        content, part = authoring.added(a_plan(), "item", kind=kind)
        named = part[5:]
        faults = {each.words for each in authoring.faults_of(content)}
        assert "Something here does not fit together yet." not in faults
        assert authoring.presentable(content)
        content = authoring.updated(content, part, {"text": "How is it?"})
        if authoring.piece_of(content, part).get("options") and kind != "scale":
            two = authoring.options_from("One\nTwo", kept=[], numbered=False)
            content = authoring.with_options(content, named, two, alone=True)
        if kind in ("rows", "ladder"):
            columns = [{"id": "new_9", "kind": "line", "text": "What"}]
            content = authoring.with_columns(content, named, columns)
        assert said(content) == []
        definition = authoring.definition_of(authoring.finished(content, History()), slug="own-x")
        assert [item.id for item in definition.items] == ["what_do_i_plan", "how_is_it"]

    @pytest.mark.parametrize("new", KINDS)
    @pytest.mark.parametrize("old", KINDS)
    def test_a_kind_can_become_any_other(self, old, new):
        content, part = with_item(a_plan(), old)
        changed = authoring.with_kind(content, part[5:], new)
        item = authoring.piece_of(changed, part)
        assert (item["kind"], item["text"]) == (new, "How is it?")
        words = {each.words for each in authoring.faults_of(changed)}
        assert not words & {"Something here does not fit together yet."}
        assert not any("no place" in each for each in words)

    def test_a_copy_of_a_question_has_answers_of_its_own(self):
        content, part = authoring.duplicated(copy_of("limit-plan"), "item-safe")
        assert part in [f"item-{each}" for each in ids(content)]
        assert ids(content)[-2:] == ["safe", part[5:]]
        assert authoring.sharing(content, "safe") == 0
        assert authoring.piece_of(content, part)["alerts"] == ["no"]
        assert said(content) == []

    def test_a_screeners_questions_share_their_answers_until_one_leaves(self):
        content = copy_of("patterns-check")
        assert authoring.sharing(content, "giving_1") == 7
        options = [{"value": 0, "label": "Not once"}, {"value": 4, "label": "Daily"}]
        alone = authoring.with_options(content, "giving_1", options, alone=True)
        assert authoring.sharing(alone, "giving_1") == 0
        assert authoring.sharing(alone, "needs_1") == 6
        together = authoring.with_options(content, "giving_1", options, alone=False)
        assert authoring.options_of(together, together["items"][3]) == options


class TestAnswers:
    KEPT = [{"value": "yes", "label": "Yes"}, {"value": "partly", "label": "Partly"},
            {"value": "no", "label": "No"}]  # fmt: skip

    def values(self, text, kept=KEPT, **rest):
        options = authoring.options_from(text, kept=kept, numbered=False, **rest)
        return [(each["value"], each["label"]) for each in options]

    def test_a_value_follows_its_label(self):
        assert self.values("No\nYes") == [("no", "No"), ("yes", "Yes")]

    def test_a_value_stays_when_words_are_mended(self):
        assert self.values("Yes\nIn part\nNo\nNot asked") == [
            ("yes", "Yes"), ("partly", "In part"), ("no", "No"), ("not_asked", "Not asked"),
        ]  # fmt: skip

    def test_a_published_answer_that_comes_back_has_its_value_again(self):
        published = [{"value": "old_friend", "label": "A friend"}]
        assert self.values("A friend\nYes", published=published)[0] == ("old_friend", "A friend")

    def test_a_new_answer_never_takes_the_value_of_a_published_one(self):
        published = [{"value": "maybe", "label": "Perhaps"}]
        assert self.values("Maybe", kept=[], published=published) == [("maybe_2", "Maybe")]

    def test_the_same_twice_is_one_answer_that_a_fault_names(self):
        assert self.values("Both\nBoth", kept=[]) == [("both", "Both"), ("both", "Both")]

    def test_a_scale_has_numbers_typed_or_counted_on(self):
        lines = "0 = Never\n2 = Often\nDaily"
        options = authoring.options_from(lines, kept=[], numbered=True)
        assert [each["value"] for each in options] == [0, 2, 3]
        assert authoring.lines_of(options, numbered=True) == "0 = Never\n2 = Often\n3 = Daily"

    @given(st.lists(st.text(min_size=1, max_size=20), max_size=8), st.booleans())
    def test_whatever_is_typed_becomes_answers_and_stays_as_it_is(self, lines, numbered):
        once = authoring.options_from("\n".join(lines), kept=[], numbered=numbered)
        again = authoring.options_from(
            authoring.lines_of(once, numbered=numbered), kept=once, numbered=numbered
        )
        assert again == once


CHOICE = [{"value": "yes", "label": "Yes"}, {"value": "no", "label": "No"}]


def choice(**values):
    content, part = with_item(a_plan(), "choice", **values)
    return authoring.with_options(content, part[5:], CHOICE, alone=True), part


def condition(item, **rest):
    return {"item": item, "equals": [], "at_least": None, "at_most": None} | rest


def on_a_condition(**rest):
    content, decides = choice()
    content, part = with_item(content, "text")
    return authoring.updated(content, part, {"show_if": condition(decides[5:], **rest)})


def scale(content, **values):
    content, part = authoring.added(content | {"kind": "screener"}, "scale")
    values = {"title": "T", "construct": "C"} | values
    return authoring.updated(content, part, values)


def metric(content, **values):
    content, part = authoring.added(content, "metric")
    return authoring.updated(content, part, {"title": "T"} | values)


def reading(**values):
    content, part = authoring.added(a_plan(kind="reading"), "section")
    return authoring.updated(content, part, {"body": "Read."} | values)


def wrong_things():
    """Each thing that can be wrong: a content, where it is said, and some words of it."""
    new_2 = "item-new_2"
    rating, _part = with_item(a_plan(), "rating", minimum=0, maximum=10)
    slider, _part = with_item(a_plan(), "slider", minimum=0, maximum=100, step=7)
    numbers, _part = with_item(rating, "scale")
    away = authoring.removed(on_a_condition(equals=["yes"]), "item-new_2", History())
    no_numbers = authoring.with_options(numbers, "new_3", CHOICE, alone=True)
    rows, _part = with_item(a_plan(), "rows")
    ladder = authoring.with_columns(
        with_item(a_plan(), "ladder")[0], "new_2", [{"id": "x", "kind": "date", "text": "When"}]
    )
    yield a_plan(title=""), "about", "title", "still empty"
    yield a_plan(title="x" * 81), "about", "title", "This has 81 characters. At most 80 fit here."
    yield a_plan(minutes=None), "about", "minutes", "1 to 90"
    yield a_plan(minutes=91), "about", "minutes", "1 to 90"
    yield a_plan(summary="x" * 301), "about", "summary", "At most 300"
    yield a_plan(for_clinicians=""), "clinicians", "for_clinicians", "still empty"
    yield a_plan(caution="x" * 401), "clinicians", "caution", "At most 400"
    yield a_plan(items=[]), "add", "", "no question yet"
    yield a_plan(kind="reading"), "add", "", "Add a section"
    yield a_plan(as_log=True), "about", "way", "Something here"
    yield with_item(a_plan(), "line", text="")[0], new_2, "text", "Write what is asked"
    yield with_item(a_plan(), "line", text="x" * 301)[0], new_2, "text", "At most 300"
    yield with_item(a_plan(), "line", heading="x" * 81)[0], new_2, "heading", "At most 80"
    yield with_item(a_plan(), "choice")[0], new_2, "answers", "at least two answers"
    yield (
        authoring.with_options(choice()[0], "new_2", [CHOICE[0]] * 2, alone=True),
        new_2,
        "answers",
        "twice",
    )
    yield (
        authoring.with_options(
            choice()[0], "new_2", [CHOICE[0], {"value": "x", "label": "x" * 121}], alone=True
        ),
        new_2,
        "answers",
        "One answer has 121",
    )
    yield no_numbers, "item-new_3", "answers", "needs a number"
    for field, value, words in (
        ("lowest", {"minimum": 10}, "below the largest"),
        ("highest", {"maximum": None}, "Type a whole number"),
        ("highest", {"maximum": 11}, "eleven buttons"),
    ):
        yield authoring.updated(rating, new_2, value), new_2, field, words
    yield slider, new_2, "step", "never met"
    yield authoring.with_columns(rows, "new_2", []), new_2, "columns", "at least one column"
    yield rows, new_2, "columns", "Write what is asked"
    yield authoring.updated(rows, new_2, {"maximum": 21}), new_2, "highest", "1 to 20 rows"
    yield ladder, new_2, "columns", "first column of steps"
    yield choice(alerts=["gone"])[0], new_2, "alerts", "was to reach you"
    yield choice(critical=["gone"])[0], new_2, "critical", "was to reach you"
    yield on_a_condition(), "item-new_3", "show_on", "Choose the answers"
    yield on_a_condition(equals=["gone"]), "item-new_3", "show_on", "no longer there"
    yield away, "item-new_3", "show_on", "stands below it, or is gone"
    yield (
        authoring.moved(on_a_condition(equals=["yes"]), "item-new_3", -1),
        "item-new_3",
        "show_on",
        "stands below it",
    )
    yield (
        authoring.updated(
            on_a_condition(equals=["yes"]),
            "item-new_3",
            {"show_if": condition("new_1", equals=["a"])},
        ),
        "item-new_3",
        "show_on",
        "cannot decide",
    )
    yield (
        authoring.updated(
            with_item(rating, "text")[0], "item-new_3", {"show_if": condition("new_2", at_least=11)}
        ),
        "item-new_3",
        "show_on",
        "would ever show",
    )
    yield scale(rating), "scale-new_3", "items", "at least one question"
    yield scale(rating, items=["new_1"]), "scale-new_3", "items", "no number as its answer"
    yield scale(numbers, items=["new_2", "new_3"]), "scale-new_4", "items", "different ranges"
    yield scale(rating, items=["new_2"], max_missing=1), "scale-new_3", "max_missing", "none left"
    yield scale(rating, items=["new_2"], title=""), "scale-new_3", "title", "still empty"
    yield scale(rating, items=["new_2"], max_missing=None), "scale-new_3", "max_missing", "whole"
    yield metric(rating, kind="mean"), "metric-new_3", "item", "Choose the question"
    yield metric(rating, kind="mean", item="gone"), "metric-new_3", "item", "is gone"
    yield metric(rating, kind="mean", item="new_1"), "metric-new_3", "item", "cannot be counted"
    yield metric(rating, kind="change", item="new_2"), "metric-new_3", "after", "comes after"
    yield (
        metric(numbers, kind="change", item="new_2", after="new_3"),
        "metric-new_4",
        "after",
        "same range",
    )
    yield (
        metric(choice()[0], kind="share", item="new_2"),
        "metric-new_3",
        "of",
        "answers that count",
    )
    yield (
        metric(choice()[0], kind="share", item="new_2", of=["gone"]),
        "metric-new_3",
        "of",
        "no longer there",
    )
    yield metric(rating, kind="count", unit="x" * 21), "metric-new_3", "unit", "At most 20"
    yield reading(body=""), "section-new_2", "body", "still empty"
    yield reading(table={"columns": ["a"], "rows": []}), "section-new_2", "table", "two columns"
    yield (
        reading(table={"columns": ["a", "b"], "rows": [["c"]]}),
        "section-new_2",
        "table",
        "more or fewer cells",
    )


WRONG = list(wrong_things())


class TestFaults:
    def test_there_is_something_to_make_wrong(self):
        assert said(a_plan()) == []
        assert said(reading()) == []

    @pytest.mark.parametrize(
        ("content", "part", "field", "words"), WRONG, ids=[f"{w[1]}-{w[2]}-{w[3]}" for w in WRONG]
    )
    def test_each_is_said_at_its_field(self, content, part, field, words):
        assert any(
            each.part == part and each.field == field and words in each.words
            for each in authoring.faults_of(content)
        ), said(content)

    @pytest.mark.parametrize("content", [wrong[0] for wrong in WRONG])
    def test_no_sentence_speaks_of_ids_and_keys(self, content):
        for _part, _field, words in said(content):
            for internal in ("new_", "key ", "item ", "Item ", "Scale ", "Metric ", "show_if"):
                assert internal not in words, words

    @pytest.mark.parametrize("content", [wrong[0] for wrong in WRONG])
    def test_what_is_wrong_is_no_definition_and_can_still_be_looked_at(self, content):
        with pytest.raises(ValidationError):
            authoring.definition_of(content)
        assert authoring.presentable(content)
        assert authoring.shown_as(content, "item-new_2") >= 0
        assert isinstance(authoring.advice_of(content), list)

    def test_all_of_it_is_said_at_once_in_the_order_of_the_editor(self):
        content, _part = with_item(a_plan(title="", for_clinicians="x" * 601), "choice", text="")
        content, _part = with_item(content, "rating", text="", maximum=None)
        assert [each[:2] for each in said(content)] == [
            ("about", "title"), ("clinicians", "for_clinicians"),
            ("item-new_2", "text"), ("item-new_2", "answers"),
            ("item-new_3", "highest"), ("item-new_3", "text"),
        ]  # fmt: skip

    def test_an_example_that_no_longer_fits_is_left_out(self):
        content = copy_of("limit-plan")
        assert authoring.definition_of(content).example is not None
        content = authoring.removed(content, "item-limit", History())
        assert authoring.definition_of(content).example is None


class TestWhatWasPublished:
    @pytest.fixture
    def published(self):
        content = copy_of("limit-plan")
        content, _part = authoring.added(content, "item", kind="scale")
        content = authoring.updated(content, "item-new_1", {"text": "How often?"})
        content, _part = authoring.added(content, "item", kind="rows")
        content = authoring.updated(content, "item-new_2", {"text": "Who is there?"})
        columns = [{"id": "new_3", "kind": "line", "text": "Name"}]
        content = authoring.with_columns(content, "new_2", columns)
        return authoring.definition_of(authoring.finished(content, History()), slug="own-x")

    def said(self, published, change):
        history = history_of(published)
        content = change(authoring.continued(published, number=1))
        return [(each.part, each.field) for each in authoring.faults_of(content, history)]

    def options(self, item, labels, numbered=False):
        def change(content):
            piece = authoring.piece_of(content, f"item-{item}")
            kept = authoring.options_of(content, piece)
            options = authoring.options_from(labels, kept=kept, numbered=numbered)
            return authoring.with_options(content, item, options, alone=True)

        return change

    def test_words_can_be_mended_and_answers_added(self, published):
        safe = "Yes\nNot sure\nNo, it does not feel safe\nAsk me later"
        assert self.said(published, self.options("safe", safe)) == []
        words = "0 = Not once\n1 = Rarely\n2 = Sometimes\n3 = Often\n4 = Almost always"
        assert self.said(published, self.options("how_often", words, True)) == []

    def test_an_answer_stays(self, published):
        found = self.said(published, self.options("person", "A partner\nA friend"))
        assert found == [("item-person", "answers")]

    def test_the_numbers_stay(self, published):
        more = "0 = Never\n1 = Rarely\n2 = Sometimes\n3 = Often\n4 = Almost always\n5 = Always"
        assert self.said(published, self.options("how_often", more, True)) == [
            ("item-how_often", "answers")
        ]
        wider = lambda content: authoring.updated(  # noqa: E731
            content, "item-confidence", {"minimum": 1}
        )
        assert self.said(published, wider) == [("item-confidence", "lowest")]

    def test_a_column_stays(self, published):
        other = [{"id": "new_9", "kind": "line", "text": "Other"}]
        change = lambda content: authoring.with_columns(content, "who_is_there", other)  # noqa: E731
        assert self.said(published, change) == [("item-who_is_there", "columns")]

    def test_the_kind_stays(self, published):
        change = lambda content: authoring.with_kind(content, "limit", "text")  # noqa: E731
        assert self.said(published, change) == [("item-limit", "kind")]

    def test_what_is_withdrawn_need_not_stay_as_it_was(self, published):
        def change(content):
            content = authoring.removed(content, "item-person", history_of(published))
            return self.options("person", "A partner\nA friend")(content)

        assert self.said(published, change) == []


class TestNames:
    def finished(self, content, history=History()):  # noqa: B008
        return authoring.definition_of(authoring.finished(content, history), slug="own-x")

    def test_they_are_made_from_the_words_and_everything_follows(self):
        content = on_a_condition(equals=["yes"])
        content = authoring.updated(content, "item-new_2", {"text": "Did I say it?"})
        content = authoring.updated(content, "item-new_3", {"text": "What did they say?"})
        content = metric(content, title="Said", kind="share", item="new_2", of=["yes"])
        found = self.finished(content)
        assert [item.id for item in found.items] == [
            "what_do_i_plan", "did_i_say_it", "what_did_they_say",
        ]  # fmt: skip
        assert found.items[2].show_if.item == "did_i_say_it"
        assert (found.metrics[0].code, found.metrics[0].item) == ("said", "did_i_say_it")

    def test_columns_and_what_counts_them(self):
        content, part = with_item(a_plan(), "rows", text="Who?")
        columns = [
            {"id": "new_3", "kind": "line", "text": "Name"},
            {"id": "new_4", "kind": "rating", "text": "How close?", "minimum": 0, "maximum": 10},
        ]
        content = authoring.with_columns(content, part[5:], columns)
        content = metric(content, kind="mean", item=f"{part[5:]}.new_4")
        found = self.finished(content)
        assert [column.id for column in found.items[1].columns] == ["q_name", "how_close"]
        assert found.metrics[0].item == f"{found.items[1].id}.how_close"

    @pytest.mark.parametrize(
        "words", ["\N{GRINNING FACE}", "ماذا أريد؟", "1", "New 1", "item", "?"]
    )
    def test_whatever_the_words_are_there_is_a_name(self, words):
        content, _part = with_item(a_plan(), "line", text=words)
        content, _part = with_item(content, "line", text=words)
        names = [item.id for item in self.finished(content).items]
        assert len(set(names)) == 3

    def test_a_published_name_stays_when_the_words_change(self):
        first = self.finished(a_plan())
        content = authoring.continued(first, number=1)
        content = authoring.updated(content, "item-what_do_i_plan", {"text": "What is the plan?"})
        assert self.finished(content, history_of(first)).items[0].id == "what_do_i_plan"

    def test_a_name_that_was_published_once_is_never_given_again(self):
        first = self.finished(with_item(a_plan(), "line", text="Who is it?")[0])
        second = Definition(**first.model_dump() | {"items": first.model_dump()["items"][:1]})
        content = authoring.continued(second, number=2)
        content, _part = with_item(content, "date", text="Who is it?")
        history = history_of(first, second)
        assert self.finished(content, history).items[-1].id == "who_is_it_2"

    def test_what_is_missing_of_the_newest_version_comes_along_no_longer_asked(self):
        content, _part = choice()
        first = self.finished(content)
        found = self.finished(a_plan(), history_of(first))
        kept = found.item("how_is_it")
        assert kept.withdrawn
        assert [option.label for option in found.choices(kept)] == ["Yes", "No"]

    def test_a_scale_made_in_another_way_is_another_scale(self):
        content = copy_of("strengths-reflection")
        first = self.finished(content)
        history = history_of(first)
        code = first.scales[0].code
        content = authoring.continued(first, number=1)
        assert not authoring.is_remade(content, code, history)
        assert self.finished(content, history).scales == first.scales
        fewer = authoring.updated(
            content, f"scale-{code}", {"items": list(first.scales[0].items)[1:]}
        )
        assert authoring.is_remade(fewer, code, history)
        assert self.finished(fewer, history).scales[0].code == f"{code}_2"
        turned = authoring.updated(
            content, f"scale-{code}", {"items": list(first.scales[0].items)[::-1]}
        )
        assert self.finished(turned, history).scales[0].code == code

    def test_a_slug_is_one_that_nobody_has(self):
        content = a_plan(title="A_small plan, für dich!")
        assert authoring.slug_of(content, set()) == "own-a-small-plan-fur-dich-1"
        assert authoring.slug_of(content, {"own-a-small-plan-fur-dich-1"}).endswith("-2")
        assert authoring.slug_of(a_plan(title="\N{GRINNING FACE}"), set()) == "own-exercise-1"
        assert len(authoring.slug_of(a_plan(title="long " * 20), set())) <= 60

    def test_the_scores_of_a_finished_screener(self):
        content = copy_of("patterns-check")
        definition = self.finished(content)
        answers = {item.id: 3 for item in definition.items}
        values = {score.code: score.value for score in scoring.score(definition, answers)}
        assert values["own_check_giving"] == 3


class TestAdvice:
    def about(self, content):
        return [(each.part, each.field) for each in authoring.advice_of(content)]

    def test_nothing_is_said_of_what_is_plain_and_kind(self):
        assert self.about(a_plan()) == []

    def test_the_offer_of_help_is_missed(self):
        assert self.about(a_plan(thanks="Thank you.")) == [("frame", "thanks")]

    def test_a_long_sentence_is_named(self):
        [said] = authoring.advice_of(a_plan(intro="word " * 21 + "."))
        assert said.words.startswith("“word word word word word …” has 21 words.")

    def test_words_that_blame_are_named_in_english(self):
        assert self.about(a_plan(intro="You should try.")) == [("frame", "intro")]
        assert self.about(a_plan(intro="You should try.", language="de")) == []

    def test_saying_no_asks_for_a_gate_and_a_gate_is_enough(self):
        content, _part = with_item(a_plan(), "line", text="Where did I say no?")
        assert self.about(content) == [("about", "gated")]
        assert self.about(content | {"gated": True}) == []

    def test_a_copy_with_the_same_title_is_told_apart(self):
        assert ("about", "title") in self.about(copy_of("limit-plan"))
        assert ("about", "title") not in self.about(copy_of("limit-plan") | {"title": "Ours"})


class TestOutline:
    def test_it_says_what_is_there_and_where_something_is_to_do(self):
        content = on_a_condition()
        outline = authoring.outline_of(content, authoring.faults_of(content), History())
        assert [entry.part for entry in outline.panels] == ["about", "frame", "clinicians"]
        assert [(e.number, e.faults, e.is_sometimes) for e in outline.items] == [
            (1, 0, False), (2, 0, False), (3, 1, True),
        ]  # fmt: skip
        assert (outline.items[0].is_first, outline.items[-1].is_last) == (True, True)
        assert outline.name_of("item-new_3") == "Question 3"

    def test_what_is_away_can_be_seen(self):
        content = authoring.removed(copy_of("limit-plan"), "item-limit", History())
        [away] = authoring.outline_of(content, [], History()).away
        assert (away.part, away.words) == ("item-limit", "My limit, in my own words")
