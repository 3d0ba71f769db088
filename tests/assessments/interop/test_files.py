"""What comes out of the wild: each is one clear sentence, and never a crash."""

import contextlib
import io
import json
import warnings
import zipfile
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments import interop
from assessments.interop import archives

from .builders import (
    as_json,
    choice,
    questionnaire,
    read_file,
    refused,
    response,
    two_questions,
    workbook,
    zipped,
)
from .test_redcap import dictionary, field
from .test_xlsform import OFTEN, SANG

CSV = dictionary(field("a")).encode()


def sentence(name, data, **options):
    """With which it is refused: one sentence or two, for somebody who is no programmer."""
    reason = refused(read_file, name, data, **options)
    assert reason.endswith((".", "| 2 Often"))
    assert len(reason) < 300
    return reason


class TestSize:
    def test_five_megabytes_are_read_and_one_byte_more_is_not(self):
        most = interop.LARGEST_FILE
        whole = as_json(two_questions())
        assert len(read_file("week.json", whole + b" " * (most - len(whole))).items) == 2
        assert sentence("week.json", whole + b" " * (most - len(whole) + 1)) == (
            "week.json is larger than 5 MB."
        )

    def test_five_megabytes_of_questions_are_too_many(self):
        items = [choice(f"q{n}", "x" * 80) for n in range(7_000)]
        data = as_json(questionnaire(*items))
        assert 3 * 1024 * 1024 < len(data) < interop.LARGEST_FILE
        assert sentence("week.json", data) == "This file has more than 400 questions."
        assert sentence("week.json", data[:-1]).startswith("This is not JSON")

    @pytest.mark.parametrize("data", [b"", b"   \n", b"\xef\xbb\xbf"])
    def test_nothing(self, data):
        assert "nothing in" in sentence("week.json", data) or data == b"\xef\xbb\xbf"


class TestOtherKindsOfFiles:
    @pytest.mark.parametrize(
        ("data", "why"),
        [
            (b"%PDF-1.7", "This is a PDF. Please copy its words and paste them instead."),
            (b"\xd0\xcf\x11\xe0\xa1", "This is an old Excel or Word file."),
            (b"{\\rtf1 words}", "This is a text with formatting."),
            (b"\x89PNG\r\n", "This is a picture."),
            (b"\xff\xd8\xff\xe0", "This is a picture."),
            (b"<Questionnaire/>", "This is XML or HTML."),
            (b"<!DOCTYPE html>", "This is XML or HTML."),
            ("wör".encode("latin-1"), "Line 1 of this file is not UTF-8 text."),
            ("a\nb\nö".encode("latin-1"), "Line 3 of this file is not UTF-8 text."),
            ("words".encode("utf-16"), "This file is UTF-16 text."),
            (b"words\x00words", "characters that no text can hold"),
            (b"some words", "Please add a line with the answers"),
        ],
    )
    def test_each_has_its_sentence(self, data, why):
        assert why in sentence("week.bin", data)

    def test_a_second_file_that_is_no_response(self):
        for first in (("week.csv", CSV), ("week.txt", b"words"), ("w.zip", zipped({"a": "b"}))):
            with pytest.raises(interop.Unreadable, match="A second file is only read as"):
                interop.read([interop.Source(*first), interop.Source("b.json", b"{}")])


class TestJSON:
    @pytest.mark.parametrize(
        ("text", "why"),
        [
            ("[1, 2]", "This file is JSON, but no FHIR resource."),
            ("{}", "This file is no FHIR resource, not a FHIR Questionnaire."),
            ('{"resourceType": "Patient"}', "This file is a Patient, not a FHIR Questionnaire."),
            ('{"resourceType": "ValueSet"}', "There is no FHIR Questionnaire in this file."),
            ('{"resourceType": ["x"]}', "This file is no FHIR resource"),
            ('{"a": 1,}', "This is not JSON: line 1"),
            ('{"a": 1, "a": 2}', "The key “a” stands twice in one place of this file."),
            ('{"a": NaN}', "The file holds NaN, which is no number."),
            ('{"a": 1e999}', "a number that is too large: 1e999"),
            ('{"a": 1e99999999}', "a number that cannot be read: 1e99999999"),
            ('{"a": ' + "9" * 5_000 + "}", "a number that is 5000 characters long"),
            ('{"a":' * 100_000 + "1" + "}" * 100_000, "This file is nested too deeply."),
        ],
    )
    def test_what_is_not_a_questionnaire(self, text, why):
        assert why in sentence("week.json", text)

    @pytest.mark.parametrize("character", ["\\u0000", "\\ud800"])
    def test_characters_that_no_database_holds(self, character):
        text = json.dumps(two_questions()).replace("How the week", f"How {character} week")
        assert "characters that no text can hold" in sentence("week.json", text)

    def test_control_characters_become_spaces(self):
        found = read_file("week.json", as_json(questionnaire(choice("1", "I\u0007 sang\u0085."))))
        assert found.items[0].text == "I sang ."

    def test_groups_within_groups_without_end(self):
        def within(levels):
            inner = choice("1", "I sang.")
            for n in range(levels):
                inner = {"linkId": f"g{n}", "type": "group", "item": [inner]}
            return as_json(questionnaire(inner))

        assert len(read_file("week.json", within(30)).items) == 1
        assert sentence("week.json", within(60)) == "This file is nested too deeply."

    def test_a_response_within_itself_without_end(self):
        inner = {"linkId": "1", "answer": [{"valueInteger": 1}]}
        for _ in range(300):
            inner = {"linkId": "g", "item": [inner]}
        files = [as_json(two_questions()), as_json({**response(), "item": [inner]})]
        sources = [interop.Source("a.json", each) for each in files]
        with pytest.raises(interop.Unreadable, match="nested too deeply"):
            interop.read(sources)

    def test_bundles_within_bundles(self):
        found = two_questions()
        for _ in range(60):
            found = {"resourceType": "Bundle", "entry": [{"resource": found}]}
        assert sentence("week.json", as_json(found)) == "This file is nested too deeply."

    def test_two_questionnaires(self):
        entry = [{"resource": two_questions()}, {"resource": two_questions()}]
        assert "holds 2 questionnaires" in sentence(
            "week.json", as_json({"resourceType": "Bundle", "entry": entry})
        )

    @given(
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.text(max_size=5),
            lambda inner: (
                st.lists(inner, max_size=3)
                | st.dictionaries(
                    st.sampled_from(
                        [
                            *("linkId", "type", "text", "item", "answerOption", "valueCoding"),
                            *("extension", "url", "valueDecimal", "enableWhen", "question"),
                            *("operator", "code", "system", "display", "contained", "answer"),
                            *("concept", "property", "resourceType", "answerValueSet"),
                        ]
                    ),
                    inner,
                    max_size=4,
                )
            ),
            max_leaves=12,
        )
    )
    def test_whatever_a_questionnaire_holds_it_is_read_or_refused(self, odd):
        for resource in (
            questionnaire(choice("1", "I sang."), item_of(odd)),
            two_questions(contained=odd, extension=odd),
            two_questions(
                contained=[{"resourceType": "CodeSystem", "url": "urn:ours"} | as_dict(odd)]
            ),
        ):
            with contextlib.suppress(interop.Unreadable):
                read_file("week.json", json.dumps(resource))


def as_dict(odd):
    return odd if isinstance(odd, dict) else {"concept": odd}


def item_of(odd):
    return odd if isinstance(odd, dict) else {"linkId": "2", "type": "choice", "answerOption": odd}


class TestArchives:
    @pytest.mark.parametrize(
        ("names", "why"),
        [
            (["../instrument.csv"], "would land outside of it"),
            (["/instrument.csv"], "would land outside of it"),
            (["a/../../instrument.csv"], "would land outside of it"),
            (["C:\\instrument.csv"], "would land outside of it"),
            (["..\\instrument.csv"], "would land outside of it"),
            (["instrument.csv", "inner.zip"], "another packed file"),
            (["instrument.csv", "inner.xlsx"], "another packed file"),
            ([f"n{n}.txt" for n in range(201)], "holds 201 files; 200 is the most"),
        ],
    )
    def test_names(self, names, why):
        assert why in sentence("week.zip", zipped(dict.fromkeys(names, CSV)))

    def test_the_same_name_twice(self):
        data = io.BytesIO()
        with zipfile.ZipFile(data, "w") as file, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            file.writestr("instrument.csv", CSV)
            file.writestr("instrument.csv", b"other")
        assert "two files of the same name" in sentence("week.zip", data.getvalue())

    def test_a_file_that_grows_without_end(self):
        data = zipped({"instrument.csv": CSV + b" " * 20_000_000})
        assert len(data) < 100_000
        assert sentence("week.zip", data) == (
            "This zip file grows far too much when it is unpacked."
        )

    def test_many_files_that_are_large_together(self, monkeypatch):
        monkeypatch.setattr(archives, "MOST_TIMES_LARGER", 100_000)
        data = zipped({f"{n}.csv": b" " * 3_000_000 for n in range(10)})
        assert sentence("week.zip", data) == "Unpacked, this zip file would be too large to read."

    def test_a_file_that_lies_about_its_size(self):
        data = bytearray(zipped({"instrument.csv": CSV * 40}))
        size = len(CSV * 40).to_bytes(4, "little")
        while (at := data.find(size)) >= 0:
            data[at : at + 4] = (10).to_bytes(4, "little")
        assert sentence("week.zip", bytes(data)) == "This zip file is damaged."

    def test_a_packed_file_under_another_name(self):
        inner = zipped({"instrument.csv": CSV})
        assert "another packed file" in sentence("week.zip", zipped({"instrument.csv": inner}))

    @pytest.mark.parametrize("data", [b"PK\x03\x04", b"PK\x05\x06" + b"\x00" * 18])
    def test_damaged_or_empty(self, data):
        assert sentence("week.zip", data) in (
            "This zip file is damaged.",
            "There is no instrument.csv in this zip file.",
        )

    def test_a_part_that_is_damaged(self):
        data = bytearray(zipped({"instrument.csv": CSV}))
        data[60] ^= 0xFF
        assert sentence("week.zip", bytes(data)) == "This zip file is damaged."

    def test_with_a_password(self):
        data = bytearray(zipped({"instrument.csv": CSV}))
        data[6] |= 1
        data[data.find(b"PK\x01\x02") + 8] |= 1
        assert "asks for a password" in sentence("week.zip", bytes(data))


class TestWorkbooks:
    def parts(self, **changed):
        whole = workbook([SANG], OFTEN)
        with zipfile.ZipFile(io.BytesIO(whole)) as file:
            parts = {name: file.read(name) for name in file.namelist()}
        return parts | changed

    def test_as_they_are(self):
        assert len(read_file("week.xlsx", zipped(self.parts())).items) == 1

    @pytest.mark.parametrize(
        "declared",
        [
            b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>',
            b'<!DOCTYPE x SYSTEM "http://elsewhere.example/x.dtd">',
            b"<!doctype x>",
        ],
    )
    @pytest.mark.parametrize("part", ["xl/workbook.xml", "xl/worksheets/sheet1.xml"])
    def test_entities_are_refused_before_anything_is_opened(self, part, declared):
        parts = self.parts()
        parts[part] = declared + parts[part]
        assert sentence("week.xlsx", zipped(parts)) == (
            "This file declares XML entities, which a workbook never needs."
        )

    @pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-32"])
    def test_nor_can_they_hide_in_another_encoding(self, encoding):
        parts = self.parts()
        text = '<?xml version="1.0"?><!DOCTYPE x><worksheet/>'
        parts["xl/worksheets/sheet1.xml"] = text.encode(encoding)
        assert "is not UTF-8" in sentence("week.xlsx", zipped(parts))

    @pytest.mark.parametrize(
        ("part", "data"),
        [
            ("xl/workbook.xml", b"<x/>"),
            ("xl/workbook.xml", b"words"),
            ("xl/worksheets/sheet1.xml", b"<worksheet><sheetData><row r='x'>"),
            ("[Content_Types].xml", b"<x/>"),
        ],
    )
    def test_parts_that_make_no_workbook(self, part, data):
        parts = self.parts()
        parts[part] = data
        assert sentence("week.xlsx", zipped(parts))

    def test_a_sheet_that_says_it_is_enormous(self):
        parts = self.parts()
        name = "xl/worksheets/sheet1.xml"
        sheet = parts[name].decode()
        start, end = sheet.index("<dimension"), sheet.index("/>", sheet.index("<dimension")) + 2
        parts[name] = (sheet[:start] + '<dimension ref="A1:XFD1048576"/>' + sheet[end:]).encode()
        assert len(read_file("week.xlsx", zipped(parts)).items) == 1

    def test_a_cell_far_out(self):
        parts = self.parts()
        name = "xl/worksheets/sheet1.xml"
        far = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
        parts[name] = parts[name].replace(b"</sheetData>", far)
        reason = sentence("week.xlsx", zipped(parts))
        assert reason == "The sheet survey has more than 5000 rows."

    def test_cells_of_every_kind(self):
        rows = [SANG, {"type": "text", "name": 1.0, "label": True, "hint": datetime(2026, 11, 21)}]
        found = read_file("week.xlsx", workbook(rows, OFTEN))
        assert [each.id for each in found.items] == ["sang", "q_1"]
        assert (found.items[1].text, found.items[1].hint) == ("TRUE", "2026-11-21 00:00:00")

    def test_formulas_are_not_run(self):
        rows = [SANG, {"type": "text", "name": "a", "label": "=1+1"}]
        found = read_file("week.xlsx", workbook(rows, OFTEN))
        assert [each.id for each in found.items] == ["sang"]  # nobody ever computed the other
