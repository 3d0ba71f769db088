"""REDCap: data dictionaries and instrument zips."""

import csv
import io

import pytest

from .builders import by_name, labels, notes, read_file, refused, says, zipped

HEADER = [
    "Variable / Field Name",
    "Form Name",
    "Section Header",
    "Field Type",
    "Field Label",
    "Choices, Calculations, OR Slider Labels",
    "Field Note",
    "Text Validation Type OR Show Slider Number",
    "Text Validation Min",
    "Text Validation Max",
    "Identifier?",
    "Branching Logic (Show field only if...)",
    "Required Field?",
    "Custom Alignment",
    "Question Number (surveys only)",
    "Matrix Group Name",
    "Matrix Ranking?",
    "Field Annotation",
]
OF_THE_API = [
    *("field_name", "form_name", "section_header", "field_type", "field_label"),
    *("select_choices_or_calculations", "field_note"),
    *("text_validation_type_or_show_slider_number", "text_validation_min", "text_validation_max"),
    *("identifier", "branching_logic", "required_field", "custom_alignment", "question_number"),
    *("matrix_group_name", "matrix_ranking", "field_annotation"),
]
PLACES = {
    "name": 0,
    "form": 1,
    "section": 2,
    "kind": 3,
    "label": 4,
    "choices": 5,
    "note": 6,
    "validation": 7,
    "low": 8,
    "high": 9,
    "identifier": 10,
    "branching": 11,
    "required": 12,
    "matrix": 15,
    "annotation": 17,
}
OFTEN = "0, Not once | 1, On some days | 2, On most days"


def field(name, kind="radio", label="I sang.", **rest):
    row = [""] * 18
    given = {"name": name, "form": "the_week", "kind": kind, "label": label} | rest
    if kind in ("radio", "dropdown", "checkbox"):
        given.setdefault("choices", OFTEN)
    for key, value in given.items():
        row[PLACES[key]] = value
    return row


def dictionary(*rows, header=HEADER, delimiter=","):
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter).writerows([header, *rows])
    return text.getvalue()


def read(*rows, **options):
    return read_file("week.csv", dictionary(*rows), **options)


class TestTheFile:
    def test_the_whole_of_it(self):
        found = read(field("a"), field("b", label="I slept.", required="y"))
        assert (found.format, found.title, found.language) == ("redcap", "The week", "en")
        assert [(each.id, each.kind, each.text, each.required) for each in found.items] == [
            ("a", "scale", "I sang.", False),
            ("b", "scale", "I slept.", True),
        ]
        assert labels(found, found.items[0]) == [
            (0, "Not once"),
            (1, "On some days"),
            (2, "On most days"),
        ]
        assert found.sums == ()
        assert found.scoring == (
            "The file adds up nothing in a way that is known: it stays unscored.",
        )

    @pytest.mark.parametrize("delimiter", [",", ";", "\t"])
    @pytest.mark.parametrize("header", [HEADER, OF_THE_API], ids=["page", "API"])
    @pytest.mark.parametrize("mark", ["", "\ufeff"], ids=["plain", "marked"])
    def test_headers_delimiters_and_marks(self, delimiter, header, mark):
        text = mark + dictionary(
            field("a", note="Any song; any day, really"), header=header, delimiter=delimiter
        )
        found = read_file("week.csv", text)
        assert found.items[0].hint == "Any song; any day, really"
        assert len(found.options["answers_1"]) == 3

    def test_other_ends_of_lines(self):
        text = dictionary(field("a"), field("b")).replace("\r\n", "\r")
        assert len(read_file("week.csv", text).items) == 2

    def test_an_instrument_zip(self):
        data = zipped(
            {
                "instrument.csv": dictionary(field("a")),
                "OriginID.txt": "abc-123",
                "attachments/song.png": b"x",
            }
        )
        found = read_file("week.zip", data)
        assert len(found.items) == 1
        assert "It comes from REDCap's shared library: abc-123." in found.understood
        assert says(found, "Files that belong to it are left out: song.png")

    def test_a_zip_of_something_else(self):
        data = zipped({"readme.txt": "hello"})
        assert refused(read_file, "x.zip", data) == "There is no instrument.csv in this zip file."

    def test_several_forms(self):
        rows = [field("a"), field("b", form="the_night", label="I slept.")]
        assert refused(read, *rows) == (
            "This file holds 2 forms. Please say which one: the_week, the_night."
        )
        assert [each.text for each in read(*rows, form="the_night").items] == ["I slept."]
        assert refused(read, *rows, form="x") == "There is no form x in this file."

    @pytest.mark.parametrize(
        ("text", "why"),
        [
            (dictionary(), "There is no field in this data dictionary."),
            (dictionary(field("")), "Row 2 has no name of a field."),
            (dictionary([*field("a"), "more"]), "Row 2 has 19 cells, the first row has 18."),
            (",".join(HEADER) + '\r\n"a,b', "There is no question in this file"),
            (
                dictionary(*[field(f"n{n}") for n in range(5_001)]),
                "This file has more than 5000 rows.",
            ),
            ("a,b\n1,2\n", "This is no REDCap data dictionary: its columns have other names."),
        ],
    )
    def test_what_is_refused(self, text, why):
        assert why in refused(read_file, "week.csv", text)

    def test_a_cell_larger_than_any_is(self):
        row = field("a", label="x" * 200_000)
        assert "This is not a CSV file: line 2" in refused(read, row)

    def test_formulas_are_words(self):
        found = read(field("a", label='=HYPERLINK("http://x.example","y")', choices="0,=1+1|1,@x"))
        assert found.items[0].text == '=HYPERLINK("http://x.example","y")'
        assert labels(found, found.items[0]) == [(0, "=1+1"), (1, "@x")]


class TestFields:
    @pytest.mark.parametrize(
        ("row", "kind"),
        [
            (field("a", "dropdown"), "scale"),
            (field("a", "radio", choices="x, Yes | y, No"), "choice"),
            (field("a", "radio", choices="0.5, Half | 1, Whole"), "choice"),
            (field("a", "checkbox"), "choices"),
            (field("a", "notes"), "text"),
            (field("a", "text"), "line"),
            (field("a", "text", validation="date_dmy"), "date"),
            (field("a", "text", validation="time"), "time"),
        ],
    )
    def test_one_of_each(self, row, kind):
        found = read(row)
        assert found.items[0].kind == kind

    @pytest.mark.parametrize(
        ("kind", "expected"),
        [("yesno", [(1, "Yes"), (0, "No")]), ("truefalse", [(1, "True"), (0, "False")])],
    )
    def test_yes_and_no(self, kind, expected):
        found = read(field("a", kind))
        assert labels(found, found.items[0]) == expected

    def test_whole_numbers(self):
        found = read(field("a", "text", validation="integer", low="1", high="9"))
        first = found.items[0]
        assert (first.kind, first.minimum, first.maximum) == ("number", 1, 9)
        assert says(read(field("a", "text", validation="integer")), "It states no limits")

    def test_a_slider(self):
        found = read(field("a", "slider", choices="Not at all | Somewhat | Fully"))
        first = found.items[0]
        assert (first.kind, first.minimum, first.maximum) == ("slider", 0, 100)
        assert (first.low, first.high) == ("Not at all", "Fully")
        assert says(found, "a: The words in the middle of its slider: Somewhat")

    @pytest.mark.parametrize("validation", ["number", "email", "phone", "datetime_dmy", "mrn_10d"])
    def test_what_is_not_checked_is_said(self, validation):
        found = read(field("a", "text", validation=validation))
        assert found.items[0].kind == "line"
        assert says(found, f"a: It is not checked for {validation}")

    @pytest.mark.parametrize("kind", ["file", "sql", "signature", ""])
    def test_what_is_not_asked_here(self, kind):
        found = read(field("a", kind), field("b"))
        assert [each.id for each in found.items] == ["b"]
        assert says(found, "a: A field of the type")

    @pytest.mark.parametrize(
        ("choices", "why"),
        [
            ("Not once | On some days", "is not a code, a comma and words"),
            ("0, Not once | 0, Once", "have the same code: 0"),
            ("x, Not once | x, Once", "have the same code: x"),
            ("0, Not once", "fewer than two answers"),
            ("", "fewer than two answers"),
            ("0, Not once | 1,", "Its answer 1 has no words"),
        ],
    )
    def test_answers_that_do_not_work(self, choices, why):
        found = read(field("a", choices=choices), field("b"))
        assert says(found, why)

    def test_html_in_labels_becomes_words(self):
        found = read(
            field("a", label='<div class="x"><p>I <b>sang</b> &amp; danced.</p></div>', note="<br>")
        )
        assert (found.items[0].text, found.items[0].hint) == ("I sang & danced.", "")

    def test_headers_and_descriptive_words(self):
        found = read(
            field("i", "descriptive", "<p>Think of the week.</p><p>Take your time.</p>"),
            field("a", section="Evenings", matrix="m"),
            field("b", label="I slept.", matrix="m"),
            field("d", "descriptive", "Only if asked.", branching="[a] = '1'"),
        )
        assert found.intro == "Think of the week.\n\nTake your time."
        assert [each.heading for each in found.items] == ["Evenings", ""]
        assert says(found, "d: Words that are shown on a condition")

    @pytest.mark.parametrize("tag", ["@HIDDEN", "@HIDDEN-SURVEY", "@hidden", "note @HIDDEN-FORM"])
    def test_what_is_hidden(self, tag):
        found = read(field("a", annotation=tag), field("b"))
        assert [each.id for each in found.items] == ["b"]
        assert says(found, "a: It is hidden")

    def test_the_number_of_the_record_is_nobodys_question(self):
        found = read(field("record_id", "text"), field("slept"))
        assert [item.id for item in found.items] == ["slept"]
        assert says(found, "record_id: It numbers the record")

    def test_other_action_tags_do_nothing(self):
        found = read(field("a", annotation="@DEFAULT='1' @HIDDEN-PDF mail me@example.org"))
        assert len(found.items) == 1
        assert notes(found) == {
            ("", "The file does not say its language. English was assumed."),
            ("a", "@DEFAULT does nothing here."),
        }

    def test_identifying_and_piped(self):
        found = read(field("a", "text", identifier="y"), field("b", label="Dear [a], how was it?"))
        assert says(found, "a: It is marked as identifying.")
        assert says(found, "b: Its words take in an answer")


class TestBranching:
    def shown(self, logic, before=None):
        found = read(before or field("a"), field("b", branching=logic, required="y"))
        return found, found.items[1]

    @pytest.mark.parametrize(
        ("logic", "condition"),
        [
            ("[a] = '1'", {"equals": (1,)}),
            ('[a]="2"', {"equals": (2,)}),
            ("([a] = 1 or [a] = 2)", {"equals": (1, 2)}),
            ("[a] <> '0'", {"equals": (1, 2)}),
            ("[a] != '0' and [a] != '1'", {"equals": (2,)}),
            ("[a] <> ''", {"equals": (0, 1, 2)}),
            ("[a] > 0", {"at_least": 1}),
            ("[a] >= '1' AND [a] < 2", {"at_least": 1, "at_most": 1}),
        ],
    )
    def test_simple_cases(self, logic, condition):
        found, item = self.shown(logic)
        given = item.show_if.model_dump(exclude_defaults=True)
        assert given == {"item": "a"} | condition
        assert item.required
        assert not says(found, "shown when")

    def test_a_box_of_a_checkbox(self):
        _found, item = self.shown("[a(2)] = '1'", field("a", "checkbox"))
        assert item.show_if.equals == (2,)

    @pytest.mark.parametrize(
        "logic",
        [
            "[a] = '9'",
            "[elsewhere] = '1'",
            "[visit][a] = '1'",
            "[a] = '1' and [b] = '2'",
            "[a] = '0' or [a] = '1' and [a] = '2'",
            "datediff([a], 'today', 'd') > 3",
            "[a] = ''",
            "nonsense (",
            "[a] = '1' " * 400,
        ],
    )
    def test_the_rest_is_listed_and_asked_of_everybody(self, logic):
        found, item = self.shown(logic)
        assert item.show_if is None
        assert not item.required
        assert says(found, "b: It is shown when")

    @pytest.mark.parametrize("logic", ["[a(2)] = '0'", "[a] = '2'", "[a(7)] = '1'"])
    def test_boxes_that_cannot_be_told(self, logic):
        _found, item = self.shown(logic, field("a", "checkbox"))
        assert item.show_if is None


class TestSums:
    def with_calc(self, written, *more):
        return read(
            field("a"),
            field("b", label="I slept."),
            *more,
            field("t", "calc", "In all", choices=written),
        )

    @pytest.mark.parametrize(
        "written", ["sum([a],[b])", "SUM( [a] , [b] )", "[a]+[b]", "([a] + [b])"]
    )
    def test_a_plain_sum_is_proposed(self, written):
        found = self.with_calc(written)
        (only,) = found.sums
        assert (only.code, only.title, only.items) == ("t", "In all", ("a", "b"))
        assert only.because == "The file adds up 2 questions as “t”."
        assert [each.where for each in found.expressions] == ["t"]

    def test_also_when_it_stands_first(self):
        found = read(field("t", "calc", "In all", choices="[a]+[b]"), field("a"), field("b"))
        assert len(found.sums) == 1

    @pytest.mark.parametrize(
        "written",
        [
            "round([a]+[b])",
            "[a]+[b]*2",
            "[a]-[b]",
            "mean([a],[b])",
            "sum([a],[a])",
            "sum([a],[nowhere])",
            "sum([a],[n])",
            "sum([a],[boxes])",
            "[a]",
            "",
            "if([a]>1,1,0)",
        ],
    )
    def test_anything_else_is_listed_and_not_run(self, written):
        found = self.with_calc(
            written,
            field("n", "text", validation="integer", low="0", high="9"),
            field("boxes", "checkbox"),
        )
        assert found.sums == ()
        assert [each.where for each in found.expressions] == ["t"]
        assert "t" not in by_name(found)

    def test_calculated_text(self):
        found = read(field("a"), field("x", "text", annotation="@CALCTEXT(if([a]>1,'y','n'))"))
        assert [each.id for each in found.items] == ["a"]
        assert found.expressions[0].says.startswith("text: @CALCTEXT")
