"""XLSForm: workbooks with a survey and its choices."""

import pytest

from .builders import by_name, labels, read_file, refused, says, workbook

OFTEN = [
    {"list_name": "often", "name": 0, "label": "Not once"},
    {"list_name": "often", "name": 1, "label": "On some days"},
    {"list_name": "often", "name": 2, "label": "On most days"},
]
SETTINGS = [{"form_title": "How the week went", "default_language": "English (en)"}]


def row(kind, name=None, label=None, **rest):
    return {"type": kind, "name": name, "label": label} | rest


def read(*survey, choices=OFTEN, settings=SETTINGS, **options):
    return read_file("week.xlsx", workbook(survey, choices, settings), **options)


SANG = row("select_one often", "sang", "I sang.")


class TestTheFile:
    def test_the_whole_of_it(self):
        found = read(
            SANG, row("select_one often", "slept", "I slept.", required="yes", hint="Well")
        )
        assert (found.format, found.title, found.language) == ("xlsform", "How the week went", "en")
        assert [(e.id, e.kind, e.text, e.hint, e.required) for e in found.items] == [
            ("sang", "scale", "I sang.", "", False),
            ("slept", "scale", "I slept.", "Well", True),
        ]
        assert labels(found, found.items[0]) == [
            (0, "Not once"),
            (1, "On some days"),
            (2, "On most days"),
        ]
        assert found.sums == ()
        assert found.not_understood == ()

    def test_without_settings(self):
        found = read(SANG, settings=None)
        assert (found.title, found.language) == ("week", "en")
        assert says(found, "The file does not say its language.")

    def test_codes_that_are_words(self):
        choices = [{"list_name": "c", "name": n, "label": n.title()} for n in ("at home", "out")]
        found = read(row("select_one c", "where", "Where?"), choices=choices)
        assert found.items[0].kind == "choice"
        assert labels(found, found.items[0]) == [("at_home", "At Home"), ("out", "Out")]

    def test_a_workbook_of_something_else(self):
        data = workbook((), ({"list_name": "x"},))
        assert refused(read_file, "x.xlsx", data) == (
            "This workbook is not an XLSForm: there is no sheet “survey”."
        )

    def test_too_many_rows(self):
        rows = [row("note", f"n{n}", "x") for n in range(5_001)]
        assert refused(read, *rows) == "The sheet survey has more than 5000 rows."

    def test_nothing_to_ask(self):
        assert "There is no question" in refused(read, row("start", "start"))

    def test_a_row_without_a_name(self):
        found = read(SANG, row("text", None, "And?"))
        assert says(found, "text: It has no name.")


class TestKinds:
    @pytest.mark.parametrize(
        ("kind", "becomes"),
        [
            ("select_multiple often", "choices"),
            ("select one often", "scale"),
            ("text", "line"),
            ("integer", "number"),
            ("decimal", "line"),
            ("date", "date"),
            ("dateTime", "date"),
            ("time", "time"),
            ("range", "slider"),
        ],
    )
    def test_one_of_each(self, kind, becomes):
        assert read(row(kind, "a", "And?")).items[0].kind == becomes

    def test_a_longer_text(self):
        assert read(row("text", "a", "And?", appearance="multiline")).items[0].kind == "text"

    def test_a_range(self):
        found = read(row("range", "a", "How far?", parameters="start=0 end=20 step=5"))
        first = found.items[0]
        assert (first.minimum, first.maximum, first.step) == (0, 20, 5)
        broken = read(SANG, row("range", "a", "How far?", parameters="start=0 end=1 step=0.1"))
        assert says(broken, "a: A slider whose steps are no whole numbers.")

    @pytest.mark.parametrize(
        ("kind", "why"),
        [
            ("geopoint", "of the type geopoint"),
            ("image", "of the type image"),
            ("rank often", "of the type rank often"),
            ("acknowledge", "of the type acknowledge"),
            ("select_one nowhere", "in the list nowhere, not in this file"),
            ("select_one_from_file towns.csv", "of the type select_one_from_file"),
        ],
    )
    def test_what_is_left_out(self, kind, why):
        found = read(SANG, row(kind, "a", "And?"))
        assert [each.id for each in found.items] == ["sang"]
        assert says(found, why)

    def test_an_answer_in_own_words_is_not_offered(self):
        assert says(read(row("select_one often or_other", "a", "And?")), "own words")

    @pytest.mark.parametrize("kind", ["start", "end", "today", "deviceid", "audit"])
    def test_what_a_phone_notes_by_itself_is_passed_over(self, kind):
        found = read(row(kind, kind), SANG)
        assert len(found.items) == 1
        assert found.not_understood == ()

    def test_hidden_read_only_and_computed(self):
        found = read(
            SANG,
            row("hidden", "h"),
            row("text", "r", "Shown", read_only="yes"),
            row("calculate", "c", calculation="if(${sang} > 1, 1, 0)"),
        )
        assert [each.id for each in found.items] == ["sang"]
        assert says(found, "h: It is hidden")
        assert says(found, "r: It is computed or only shown")
        assert [str(each) for each in found.expressions] == [
            "r: only shown",
            "c: calculate: if(${sang} > 1, 1, 0)",
        ]
        assert found.sums == ()

    def test_constraints_are_listed(self):
        found = read(row("integer", "a", "How many?", constraint=". < 9"))
        assert str(found.expressions[0]) == "a: constraint: . < 9"

    def test_a_plain_sum_is_proposed(self):
        found = read(
            SANG,
            row("select_one often", "slept", "I slept."),
            row("calculate", "all", calculation="${sang} + ${slept}"),
        )
        (only,) = found.sums
        assert (only.code, only.title, only.items) == ("all", "Sum", ("sang", "slept"))

    def test_words_that_take_in_an_answer(self):
        assert says(read(SANG, row("text", "a", "You said ${sang}?")), "a: Its words take in")


class TestGroupsAndConditions:
    def test_headings_and_notes(self):
        found = read(
            row("note", "n", "Think of the **week**."),
            row("begin_group", "g", "Evenings"),
            SANG,
            row("end_group"),
            row("text", "b", "And?"),
            row("note", "m", "That was all."),
        )
        assert found.intro == "Think of the **week**."
        assert [each.heading for each in found.items] == ["Evenings", ""]
        assert found.thanks == "That was all."

    def test_a_repeat_is_asked_once(self):
        found = read(row("begin repeat", "r", "Each day"), SANG, row("end repeat"))
        assert says(found, "r: A group that can be filled in many times")

    @pytest.mark.parametrize(
        ("relevant", "condition"),
        [
            ("${sang} = '1'", {"equals": (1,)}),
            ("${sang} = 1 or ${sang} = 2", {"equals": (1, 2)}),
            ("selected(${sang}, '2')", {"equals": (2,)}),
            ("not(selected(${sang}, '0'))", {"equals": (1, 2)}),
            ("${sang} != ''", {"equals": (0, 1, 2)}),
            ("${sang} >= 1", {"at_least": 1}),
        ],
    )
    def test_simple_cases(self, relevant, condition):
        found = read(SANG, row("text", "b", "And?", relevant=relevant))
        given = found.items[1].show_if.model_dump(exclude_defaults=True)
        assert given == {"item": "sang"} | condition

    @pytest.mark.parametrize(
        "relevant",
        ["count-selected(${sang}) > 1", "${later} = 1", "not(${sang} > 1)", "once()", "${sang}"],
    )
    def test_the_rest_is_asked_of_everybody(self, relevant):
        found = read(SANG, row("text", "b", "And?", relevant=relevant, required="yes"))
        assert found.items[1].show_if is None
        assert not found.items[1].required
        assert says(found, "b: It is shown on a condition")

    def test_one_of_several_ticked(self):
        boxes = row("select_multiple often", "boxes", "Which?")
        found = read(boxes, row("text", "b", "And?", relevant="selected(${boxes}, '1')"))
        assert found.items[1].show_if.equals == (1,)
        found = read(boxes, row("text", "b", "And?", relevant="${boxes} = '1'"))
        assert found.items[1].show_if is None

    def test_a_group_hands_its_condition_on(self):
        found = read(
            SANG,
            row("begin_group", "g", "More", relevant="${sang} = 2"),
            row("text", "b", "Where?"),
            row("begin_group", "h", "Still more", relevant="selected(${sang}, '1') and ${b} = 3"),
            row("text", "c", "When?"),
            row("end_group"),
            row("note", "n", "Only here."),
            row("end_group"),
            row("text", "d", "And?"),
        )
        items = by_name(found)
        assert items["b"].show_if.equals == (2,)
        assert items["c"].show_if.equals == (2,)
        assert items["d"].show_if is None
        assert says(found, "h: A group that is shown when")
        assert says(found, "n: Words that are shown on a condition")


class TestLanguages:
    def both(self):
        return [
            {
                "type": "select_one often",
                "name": "a",
                "label::English (en)": "I sang.",
                "label::Deutsch (de)": "Ich habe gesungen.",
                "hint::Deutsch (de)": "Egal was",
            }
        ]

    def choices(self):
        return [
            {"list_name": "often", "name": n, "label::English (en)": e, "label::Deutsch (de)": d}
            for n, e, d in ((0, "Never", "Nie"), (1, "Once", "Einmal"))
        ]

    def test_its_own(self):
        found = read(*self.both(), choices=self.choices())
        assert (found.items[0].text, found.language) == ("I sang.", "en")
        assert labels(found, found.items[0]) == [(0, "Never"), (1, "Once")]
        assert "The file also speaks: deutsch (de)." in found.understood

    def test_another(self):
        found = read(*self.both(), choices=self.choices(), language="de")
        assert (found.items[0].text, found.language) == ("Ich habe gesungen.", "de")
        assert found.items[0].hint == "Egal was"
        assert labels(found, found.items[0])[0] == (0, "Nie")

    def test_one_that_is_not_there(self):
        assert refused(read, *self.both(), choices=self.choices(), language="fr") == (
            "There is nothing in the language fr in this file."
        )

    def test_the_first_where_none_is_named(self):
        found = read(*self.both(), choices=self.choices(), settings=None)
        assert found.language == "en"

    def test_a_language_without_a_code(self):
        rows = [{"type": "text", "name": "a", "label::Latin": "Quid agis?"}]
        found = read(*rows, settings=None)
        assert (found.items[0].text, found.language) == ("Quid agis?", "en")
        assert says(found, "English was assumed")
