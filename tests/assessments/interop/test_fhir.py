"""FHIR R4 Questionnaires, as tidy and as messy as they come."""

import pytest

from .builders import (
    SDC,
    STRUCTURES,
    answer,
    by_name,
    choice,
    extension,
    group,
    labels,
    loinc,
    notes,
    often,
    questionnaire,
    read,
    refused,
    says,
    two_questions,
)

HIDDEN = extension(f"{STRUCTURES}questionnaire-hidden", valueBoolean=True)
CALCULATED = extension(
    f"{SDC}calculatedExpression",
    valueExpression={"language": "text/fhirpath", "expression": "%resource.item.answer.sum()"},
)


def item(link, kind, text="A question of ours", **rest):
    return {"linkId": link, "type": kind, "text": text, **rest}


def display(link, text, **rest):
    return item(link, "display", text, **rest)


class TestWhatAFileBecomes:
    def test_the_whole_of_it(self):
        found = read(two_questions(code=loinc("9999-9"), copyright="© 2026 Nobody\n\nAsk first."))
        assert (found.format, found.title, found.language) == ("fhir", "How the week went", "en")
        assert (found.loinc, found.copyright) == ("9999-9", "© 2026 Nobody\n\nAsk first.")
        assert found.name == "week.json"
        assert len(found.sha256) == 64
        assert [(each.id, each.kind, each.text) for each in found.items] == [
            ("q_1", "scale", "I had time to sit down."),
            ("q_2", "scale", "I slept when I was tired."),
        ]
        first, second = found.items
        assert first.options == second.options  # the same answers are one list
        assert labels(found, first) == [(0, "Not once"), (1, "On some days"), (2, "On most days")]
        assert found.understood[0] == "2 questions: 2 with numbered answers."
        assert found.not_understood == ()
        assert found.expressions == ()
        assert (found.answers, found.totals) == (None, ())

    def test_codes_are_stable_and_told_apart(self):
        links = ["1.1", "1-1", "Größe", "9", "stop", "", "x" * 90]
        found = read(questionnaire(*[choice(link, f"Question {link}") for link in links]))
        ids = [each.id for each in found.items]
        assert ids == ["q_1_1", "q_1_1_2", "groe", "q_9", "q_stop", "x" * 40]
        assert found == read(questionnaire(*[choice(link, f"Question {link}") for link in links]))
        assert says(found, "It has no linkId")

    def test_the_same_linkid_twice_is_taken_once(self):
        found = read(questionnaire(choice("1", "The first."), choice("1", "The second.")))
        assert [each.text for each in found.items] == ["The first."]
        assert notes(found) == {
            ("1", "The file has this name twice; the second one is left out. It is left out.")
        }

    @pytest.mark.parametrize(
        ("resource", "title"),
        [
            ({"title": None, "name": "WeekForm"}, "WeekForm"),
            ({"title": None, "code": loinc("1-1", "Week panel")}, "Week panel"),
            ({"title": None}, "week"),
            ({"title": "A " + "very " * 30 + "long title"}, "A " + "very " * 15 + "ve…"),
        ],
    )
    def test_where_a_title_comes_from(self, resource, title):
        assert read(two_questions(**resource)).title == title


class TestGroups:
    def test_nested_ones_become_headings(self):
        found = read(
            questionnaire(
                group(
                    "a",
                    "The evenings",
                    group("b", "At home", choice("1", "I ate in peace.")),
                    choice("2", "I read a page."),
                ),
                group("c", "Nothing in it"),
                choice("3", "I went out."),
            )
        )
        assert [(each.text, each.heading) for each in found.items] == [
            ("I ate in peace.", "The evenings: At home"),
            ("I read a page.", ""),
            ("I went out.", ""),
        ]

    def test_a_long_heading_before_the_first_question_is_an_introduction(self):
        stem = "Over the past week, how often was each of these sentences true for you? " * 2
        found = read(questionnaire(group("a", stem, choice("1", "I sang."))))
        assert (found.items[0].heading, found.intro) == ("", stem.strip())

    def test_a_long_heading_later_stands_with_its_first_question(self):
        stem = "And now think of the days on which you were at home, not of those at work at all."
        found = read(
            questionnaire(choice("1", "I sang."), group("a", stem, choice("2", "I danced.")))
        )
        assert (found.items[1].heading, found.items[1].hint) == ("", stem)

    def test_what_is_hidden_is_not_asked(self):
        found = read(
            questionnaire(
                choice("1", "I sang."),
                choice("2", "Nobody sees this.", extension=[HIDDEN]),
                group("g", "Inner", choice("3", "Nor this."), extension=[HIDDEN]),
            )
        )
        assert [each.text for each in found.items] == ["I sang."]
        assert says(found, "2: It is hidden")
        assert says(found, "g: A group that is hidden")

    def test_a_group_that_repeats_is_asked_once(self):
        found = read(questionnaire(group("g", "Each day", choice("1", "I sang."), repeats=True)))
        assert says(found, "can be filled in many times")

    def test_two_hundred_questions(self):
        items = [choice(f"q{n}", f"Sentence number {n}.") for n in range(200)]
        found = read(questionnaire(*[group(f"g{n}", "", each) for n, each in enumerate(items)]))
        assert len(found.items) == 200
        assert len(found.options) == 1
        assert len(found.sums[0].items) == 200

    def test_more_than_can_be_asked(self):
        items = [choice(f"q{n}", f"Sentence number {n}.") for n in range(401)]
        assert refused(read, questionnaire(*items)) == "This file has more than 400 questions."


class TestWords:
    def test_before_between_and_after(self):
        found = read(
            questionnaire(
                display("a", "Please think of the past week.\n\nThere is no right answer."),
                choice("1", "I sang."),
                display("b", "Now about the nights."),
                choice("2", "I slept."),
                display("c", "That was all."),
            )
        )
        assert found.intro == "Please think of the past week.\n\nThere is no right answer."
        assert found.items[1].hint == "Now about the nights."
        assert found.thanks == "That was all."

    def test_help_stands_with_its_question(self):
        help_ = display("1h", "Any song counts.")
        found = read(questionnaire(choice("1", "I sang.", item=[help_])))
        assert found.items[0].hint == "Any song counts."

    def test_words_on_a_condition_are_left_out(self):
        when = [{"question": "1", "operator": "exists", "answerBoolean": True}]
        found = read(questionnaire(choice("1", "I sang."), display("a", "Well.", enableWhen=when)))
        assert found.thanks == ""
        assert says(found, "a: Words that are shown on a condition")

    def test_words_that_are_too_long_between_two_questions(self):
        found = read(
            questionnaire(
                choice("1", "I sang."), display("a", "So long. " * 50), choice("2", "I slept.")
            )
        )
        assert found.items[1].hint == ""
        assert says(found, "2: Words that stand before it are too long")

    def test_a_long_question_goes_on_in_its_hint(self):
        text = "Think of one evening. " * 12 + "How often did you then sit down with a cup of tea?"
        found = read(questionnaire(choice("1", text)))
        first = found.items[0]
        assert len(first.text) <= 300
        assert f"{first.text} {first.hint}" == text

    @pytest.mark.parametrize(
        ("question", "why"),
        [
            (choice("1", "word " * 200), "longer than a question and its hint"),
            (choice("1", "x" * 700), "longer than a question can be"),
            (choice("1", ""), "It has no words"),
            (choice("1", "I sang.", often()[:1]), "fewer than two answers"),
            (choice("1", "I sang.", [answer("a", "x" * 121), answer("b", "b")]), "longer than an"),
            (choice("1", "I sang.", [answer("a", ""), answer("", "")]), "has no words"),
            (item("1", "attachment"), "of the type attachment"),
            (item("1", "reference"), "of the type reference"),
            ({"linkId": "1", "text": "No type"}, "of the type that is not stated"),
            (item("1", "choice"), "gives no answers to choose from"),
        ],
    )
    def test_a_question_that_cannot_be_asked_is_left_out(self, question, why):
        found = read(questionnaire(question, choice("ok", "I slept.")))
        assert [each.text for each in found.items] == ["I slept."]
        assert says(found, why)

    def test_a_file_of_only_those_is_refused_with_the_first_reason(self):
        reason = refused(read, questionnaire(item("1", "attachment")))
        assert reason == (
            "There is no question in this file that could be asked here. The first one: "
            "1: A question of the type attachment. It is left out."
        )


class TestKinds:
    @pytest.mark.parametrize(
        ("kind", "becomes", "why"),
        [
            ("string", "line", ""),
            ("text", "text", ""),
            ("url", "line", ""),
            ("date", "date", ""),
            ("dateTime", "date", "only the date is asked"),
            ("time", "time", ""),
            ("decimal", "line", "kept as text and never scored"),
            ("quantity", "line", "kept as text and never scored"),
            ("integer", "number", "It states no limits"),
        ],
    )
    def test_one_of_each(self, kind, becomes, why):
        found = read(questionnaire(item("1", kind)))
        assert found.items[0].kind == becomes
        assert says(found, why) if why else found.not_understood == ()

    def test_yes_or_no(self):
        found = read(questionnaire(item("1", "boolean")))
        assert labels(found, found.items[0]) == [("yes", "Yes"), ("no", "No")]

    def test_several_answers(self):
        found = read(questionnaire(choice("1", "What helped?", often((None,) * 3), repeats=True)))
        assert found.items[0].kind == "choices"

    def test_an_answer_in_own_words_is_not_offered(self):
        found = read(questionnaire(choice("1", "What helped?", type="open-choice")))
        assert says(found, "An answer in own words is not offered")

    def test_a_number_with_its_limits(self):
        limits = [
            extension(f"{STRUCTURES}minValue", valueInteger=1),
            extension(f"{STRUCTURES}maxValue", valueInteger=7),
        ]
        found = read(questionnaire(item("1", "integer", extension=limits)))
        first = found.items[0]
        assert (first.kind, first.minimum, first.maximum) == ("number", 1, 7)
        assert found.not_understood == ()

    def test_a_slider_with_words_at_its_ends(self):
        def control(code):
            coded = {"coding": [{"code": code}]}
            url = f"{STRUCTURES}questionnaire-itemControl"
            return [extension(url, valueCodeableConcept=coded)]

        slider = item(
            "1",
            "integer",
            extension=[
                *control("slider"),
                extension(f"{STRUCTURES}minValue", valueInteger=0),
                extension(f"{STRUCTURES}maxValue", valueInteger=100),
                extension(f"{STRUCTURES}questionnaire-sliderStepValue", valueInteger=10),
            ],
            item=[
                display("low", "Not at all", extension=control("lower")),
                display("high", "Fully", extension=control("upper")),
            ],
        )
        first = read(questionnaire(slider)).items[0]
        assert (first.kind, first.minimum, first.maximum, first.step) == ("slider", 0, 100, 10)
        assert (first.low, first.high, first.hint) == ("Not at all", "Fully", "")

    def test_a_unit_is_said(self):
        unit = extension(f"{STRUCTURES}questionnaire-unit", valueCoding={"display": "kg"})
        found = read(questionnaire(item("1", "quantity", extension=[unit])))
        assert says(found, "A number (in kg) that can have decimals")

    @pytest.mark.parametrize("ends", [(5, 5), (9, 1)])
    def test_limits_that_leave_nothing(self, ends):
        limits = [
            extension(f"{STRUCTURES}{name}", valueInteger=value)
            for name, value in zip(("minValue", "maxValue"), ends, strict=True)
        ]
        found = read(questionnaire(item("1", "integer", extension=limits), choice("2", "I sang.")))
        assert says(found, "a minimum that is not below its maximum")

    def test_whole_numbers_to_choose_are_no_weights(self):
        options = [{"valueInteger": n} for n in (1, 2, 3)]
        found = read(questionnaire(item("1", "integer", answerOption=options)))
        assert found.items[0].kind == "scale"
        assert labels(found, found.items[0]) == [(1, "1"), (2, "2"), (3, "3")]
        assert found.sums == ()

    def test_required_is_kept(self):
        found = read(questionnaire(choice("1", "I sang.", required=True), choice("2", "I slept.")))
        assert [each.required for each in found.items] == [True, False]

    def test_an_answer_that_was_filled_in_is_left_out(self):
        found = read(questionnaire(item("1", "string", initial=[{"valueString": "x"}])))
        assert says(found, "filled in beforehand")


class TestWhatIsOnlyComputed:
    def test_a_result_is_not_asked_and_its_expression_not_run(self):
        total = item("t", "decimal", "Total score", readOnly=True, extension=[CALCULATED])
        found = read(questionnaire(choice("1", "I sang."), total))
        assert [each.text for each in found.items] == ["I sang."]
        assert says(found, "t: A result that the file keeps.")
        assert [str(each) for each in found.expressions] == [
            "t: calculatedExpression: %resource.item.answer.sum()"
        ]

    def test_a_number_that_is_called_a_total_score_is_one(self):
        total = item("t", "decimal", "Week questionnaire total score")
        found = read(questionnaire(choice("1", "I sang."), total))
        assert says(found, "t: A result that the file keeps.")

    def test_a_question_for_a_number_in_total_is_a_question(self):
        found = read(questionnaire(item("1", "integer", "How many friends have you in total?")))
        assert found.items[0].kind == "number"

    def test_what_is_shown_or_computed_otherwise(self):
        found = read(
            questionnaire(
                choice("1", "I sang."),
                item("2", "string", "Your name", readOnly=True),
                item("3", "string", "In words", extension=[CALCULATED]),
            )
        )
        assert len(found.items) == 1
        assert says(found, "2: It is only shown")
        assert says(found, "3: It is computed")

    def test_expressions_of_the_whole_are_listed(self):
        variable = extension(
            f"{STRUCTURES}variable", valueExpression={"name": "a", "expression": "1 + 1"}
        )
        constraint = extension(
            f"{STRUCTURES}targetConstraint",
            extension=[{"url": "expression", "valueString": "a > b"}],
        )
        found = read(two_questions(extension=[variable, constraint]))
        assert [each.says for each in found.expressions] == [
            "variable: 1 + 1",
            "targetConstraint: a > b",
        ]


class TestConditions:
    def when(self, **test):
        return [{"question": "1", **test}]

    def shown(self, *tests, behavior=None, before=None, **rest):
        second = choice("2", "How was it?", enableWhen=list(tests), required=True, **rest)
        if behavior:
            second["enableBehavior"] = behavior
        return read(questionnaire(before or choice("1", "I sang."), second))

    @pytest.mark.parametrize(
        ("tests", "behavior", "condition"),
        [
            ([("=", {"answerCoding": {"code": "some"}})], None, {"equals": (1,)}),
            (
                [("=", {"answerCoding": {"code": "some", "system": "urn:ours"}})],
                None,
                {"equals": (1,)},
            ),
            ([("!=", {"answerCoding": {"code": "never"}})], None, {"equals": (1, 2)}),
            ([("exists", {"answerBoolean": True})], None, {"equals": (0, 1, 2)}),
            (
                [
                    ("=", {"answerCoding": {"code": "some"}}),
                    ("=", {"answerCoding": {"code": "most"}}),
                ],
                "any",
                {"equals": (1, 2)},
            ),
        ],
    )
    def test_by_a_choice(self, tests, behavior, condition):
        found = self.shown(
            *[{"question": "1", "operator": operator} | value for operator, value in tests],
            behavior=behavior,
        )
        given = found.items[1].show_if
        assert given.model_dump(exclude_defaults=True) == {"item": "q_1"} | condition
        assert found.items[1].required
        assert found.not_understood == ()
        assert "1 of them on a condition." in found.understood

    @pytest.mark.parametrize(
        ("operator", "bounds"),
        [
            (">", (4, None)),
            (">=", (3, None)),
            ("<", (None, 2)),
            ("<=", (None, 3)),
            ("=", (3, 3)),
        ],
    )
    def test_by_a_number(self, operator, bounds):
        found = self.shown(
            {"question": "1", "operator": operator, "answerInteger": 3},
            before=item("1", "integer", "How often?"),
        )
        given = found.items[1].show_if
        assert (given.at_least, given.at_most) == bounds

    def test_between_two_numbers(self):
        found = self.shown(
            {"question": "1", "operator": ">=", "answerInteger": 3},
            {"question": "1", "operator": "<", "answerInteger": 9},
            behavior="all",
            before=item("1", "integer", "How often?"),
        )
        given = found.items[1].show_if
        assert (given.at_least, given.at_most) == (3, 8)

    def test_by_yes_or_no(self):
        found = self.shown(
            {"question": "1", "operator": "=", "answerBoolean": True}, before=item("1", "boolean")
        )
        assert found.items[1].show_if.equals == ("yes",)

    @pytest.mark.parametrize(
        ("tests", "behavior"),
        [
            ([{"question": "9", "operator": "exists", "answerBoolean": True}], None),
            ([{"question": "1", "operator": "exists", "answerBoolean": False}], None),
            ([{"question": "1", "operator": "=", "answerCoding": {"code": "nowhere"}}], None),
            (
                [
                    {"question": "1", "operator": "=", "answerCoding": {"code": "some"}},
                    {"question": "1", "operator": "=", "answerCoding": {"code": "most"}},
                ],
                "all",
            ),
            ([{"question": "1", "operator": ">", "answerDate": "2026-01-01"}], None),
            ([{}], None),
        ],
    )
    def test_what_cannot_be_said_here_is_listed_and_asked_of_everybody(self, tests, behavior):
        found = self.shown(*tests, behavior=behavior)
        assert found.items[1].show_if is None
        assert not found.items[1].required
        assert says(found, "2: It is shown on a condition that is not known here. It is asked of")

    def test_a_group_hands_its_condition_on(self):
        when = [{"question": "1", "operator": "=", "answerCoding": {"code": "most"}}]
        found = read(
            questionnaire(
                choice("1", "I sang."),
                group("g", "More", choice("2", "Where?"), choice("3", "When?"), enableWhen=when),
            )
        )
        assert [each.show_if and each.show_if.equals for each in found.items] == [None, (2,), (2,)]

    def test_a_condition_within_a_condition_follows_from_it(self):
        sang = [{"question": "1", "operator": "=", "answerCoding": {"code": "most"}}]
        where = [{"question": "2", "operator": "=", "answerCoding": {"code": "some"}}]
        found = read(
            questionnaire(
                choice("1", "I sang."),
                choice("x", "I slept."),
                group(
                    "g",
                    "More",
                    choice("2", "Alone?"),
                    choice("3", "Where?", enableWhen=where),
                    choice(
                        "4",
                        "And else?",
                        enableWhen=[
                            {"question": "x", "operator": "=", "answerCoding": {"code": "some"}}
                        ],
                    ),
                    enableWhen=sang,
                ),
            )
        )
        items = by_name(found)
        assert items["3"].show_if.item == "q_2"  # which is only shown after the first
        assert items["4"].show_if is None
        assert says(found, "4: It is shown on a condition")

    def test_what_stands_below_a_question_is_asked_with_it(self):
        when = [{"question": "1", "operator": "=", "answerCoding": {"code": "most"}}]
        below = choice("2a", "Which song?")
        found = read(
            questionnaire(
                choice("1", "I sang."), choice("2", "Loud?", enableWhen=when, item=[below])
            )
        )
        assert by_name(found)["2a"].show_if == by_name(found)["2"].show_if

    def test_what_stands_below_a_question_that_is_left_out_is_left_out(self):
        file = item("1", "attachment", item=[choice("1a", "Which song?")])
        found = read(questionnaire(file, choice("2", "I slept.")))
        assert [each.text for each in found.items] == ["I slept."]
        assert says(found, "1: What stands below it is left out too.")


class TestLanguages:
    def in_german(self, words):
        parts = [{"url": "lang", "valueCode": "de"}, {"url": "content", "valueString": words}]
        return {"extension": [extension(f"{STRUCTURES}translation", extension=parts)]}

    def both(self):
        options = often()
        for option, words in zip(options, ("Nie", "Manchmal", "Meistens"), strict=True):
            option["valueCoding"]["_display"] = self.in_german(words)
        first = choice("1", "I sang.", options, _text=self.in_german("Ich habe gesungen."))
        return questionnaire(first, _title=self.in_german("Wie die Woche war"))

    def test_its_own_unless_another_is_asked_for(self):
        found = read(self.both())
        assert (found.title, found.language) == ("How the week went", "en")
        assert "The file also speaks: de." in found.understood

    def test_another_one(self):
        found = read(self.both(), language="de")
        assert (found.title, found.language) == ("Wie die Woche war", "de")
        assert found.items[0].text == "Ich habe gesungen."
        assert labels(found, found.items[0])[0] == (0, "Nie")
        assert found.not_understood == ()

    def test_words_that_are_not_translated_are_named(self):
        resource = self.both()
        resource["item"].append(choice("2", "I slept."))
        assert says(read(resource, language="de"), "“I slept.” has no words in de.")

    def test_one_that_is_not_there(self):
        assert refused(read, self.both(), language="fr") == (
            "There is nothing in the language fr in this file."
        )

    @pytest.mark.parametrize(
        ("written", "language"), [("de-AT", "de-AT"), ("pt_br", "pt-BR"), ("zh-Hans", "zh")]
    )
    def test_how_languages_are_written(self, written, language):
        assert read(two_questions(language=written)).language == language

    @pytest.mark.parametrize("written", [None, "12"])
    def test_none_is_taken_for_english_and_said(self, written):
        found = read(two_questions(language=written))
        assert found.language == "en"
        assert says(found, "The file does not say its language.")
        assert read(two_questions(language=written), language="fr").language == "fr"


class TestDistrust:
    def test_a_modifier_nobody_knows(self):
        odd = [{"url": "urn:odd", "valueBoolean": True}]
        assert "a modifier" in refused(read, two_questions(modifierExtension=odd))
        found = read(
            questionnaire(choice("1", "I sang.", modifierExtension=odd), choice("2", "I slept."))
        )
        assert [each.text for each in found.items] == ["I slept."]
        assert says(found, "1: It has a modifier")

    def test_one_that_is_retired(self):
        assert says(read(two_questions(status="retired")), "it is retired")

    @pytest.mark.parametrize(
        "resource",
        [
            two_questions(item="words"),
            two_questions(item=[1, 2]),
            two_questions(title=["a", "list"]),
            two_questions(item=[{"linkId": 7, "type": "string", "text": "x"}]),
            two_questions(item=[choice("1", "x", [{"valueCoding": {"code": 7}}])]),
            two_questions(code={"system": "x"}),
            two_questions(_title="x", title="A title"),
        ],
    )
    def test_the_wrong_shape_is_one_sentence(self, resource):
        assert "This is no valid FHIR file" in refused(read, resource)
