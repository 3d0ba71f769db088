"""Where a weight can stand in FHIR, and that none is ever made up."""

import pytest

from .builders import (
    ORDINAL,
    SDC,
    STRUCTURES,
    WEIGHT,
    answer,
    choice,
    coding,
    extension,
    group,
    labels,
    loinc,
    often,
    questionnaire,
    read,
    says,
    weighed,
)

CODES = [("never", "Not once"), ("some", "On some days"), ("most", "On most days")]
UNWEIGHED = [answer(code, words) for code, words in CODES]


def on_option(url):
    options = [answer(code, words) | weighed(n, url) for n, (code, words) in enumerate(CODES)]
    return questionnaire(choice("1", "I sang.", options))


def on_coding(url):
    options = [
        {"valueCoding": coding(code, words) | weighed(n, url)}
        for n, (code, words) in enumerate(CODES)
    ]
    return questionnaire(choice("1", "I sang.", options))


def in_value_set(url):
    concepts = [
        {"code": code, "display": words} | weighed(n, url) for n, (code, words) in enumerate(CODES)
    ]
    return questionnaire(
        choice("1", "I sang.", answerValueSet="#often"),
        contained=[
            {
                "resourceType": "ValueSet",
                "id": "often",
                "compose": {"include": [{"system": "urn:ours", "concept": concepts}]},
            }
        ],
    )


def code_system(url, *, said=True):
    """The weight as a property, known by its address or by its name."""
    code = "weight" if said else ("itemWeight" if url == WEIGHT else "ordinalValue")
    return {
        "resourceType": "CodeSystem",
        "id": "ours",
        "url": "urn:ours",
        "property": [{"code": code, "type": "decimal"} | ({"uri": url} if said else {})],
        "concept": [
            {
                "code": each,
                "display": words,
                "property": [{"code": code, "valueDecimal": n}],
            }
            for n, (each, words) in enumerate(CODES)
        ],
    }


def in_code_system(url):
    return questionnaire(
        choice("1", "I sang.", answerValueSet="#often"),
        contained=[
            {
                "resourceType": "ValueSet",
                "id": "often",
                "compose": {"include": [{"system": "urn:ours"}]},
            },
            code_system(url),
        ],
    )


def in_code_system_for_options(url):
    return questionnaire(
        choice("1", "I sang.", UNWEIGHED), contained=[code_system(url, said=False)]
    )


PLACES = [on_option, on_coding, in_value_set, in_code_system, in_code_system_for_options]


@pytest.mark.parametrize("url", [ORDINAL, WEIGHT], ids=["ordinalValue", "itemWeight"])
@pytest.mark.parametrize("place", PLACES)
def test_a_weight_is_found_in_each_place_under_both_addresses(place, url):
    found = read(place(url))
    first = found.items[0]
    assert first.kind == "scale"
    assert labels(found, first) == [(0, "Not once"), (1, "On some days"), (2, "On most days")]
    assert [each.items for each in found.sums] == [("q_1",)]
    assert found.not_understood == ()


def test_an_expansion_will_do():
    contains = [
        {"system": "urn:ours", "code": code, "display": words} | weighed(n)
        for n, (code, words) in enumerate(CODES)
    ]
    found = read(
        questionnaire(
            choice("1", "I sang.", answerValueSet="urn:often|2"),
            contained=[
                {
                    "resourceType": "ValueSet",
                    "url": "urn:often",
                    "expansion": {"contains": contains},
                }
            ],
        )
    )
    assert len(found.sums) == 1


def test_a_value_set_beside_it_in_a_bundle():
    resource = in_value_set(ORDINAL)
    lists = resource.pop("contained")
    entries = [{"resource": each} for each in (resource, *lists)]
    assert len(read({"resourceType": "Bundle", "entry": entries}).sums) == 1


def test_negative_weights_and_ones_written_with_a_point():
    found = read(questionnaire(choice("1", "I sang.", often((-1, 0.0, 1.0)))))
    assert labels(found, found.items[0]) == [(-1, "Not once"), (0, CODES[1][1]), (1, CODES[2][1])]


class TestNoneIsMadeUp:
    def unscored(self, *items, **rest):
        found = read(questionnaire(*items, **rest))
        assert found.sums == ()
        return found

    def test_without_weights_it_stays_unscored(self):
        found = self.unscored(choice("1", "I sang.", UNWEIGHED))
        assert found.items[0].kind == "choice"
        assert labels(found, found.items[0])[0] == ("never", "Not once")
        assert found.scoring == ("There are no weights in the file: it stays unscored.",)

    def test_codes_that_look_like_numbers_are_none(self):
        options = [answer("0", "Not once"), answer("1", "Once")]
        found = self.unscored(choice("1", "I sang.", options))
        assert labels(found, found.items[0]) == [("q_0", "Not once"), ("q_1", "Once")]

    def test_what_a_code_system_elsewhere_may_hold_is_not_known(self):
        found = self.unscored(choice("1", "I sang.", UNWEIGHED))
        assert says(found, "Weights that stand in urn:ours cannot be resolved")

    def test_an_expression_that_weighs_what_is_not_there(self):
        weighs = extension(
            f"{SDC}calculatedExpression",
            valueExpression={"expression": "%resource.item.answer.value.ordinal().sum()"},
        )
        found = self.unscored(choice("1", "I sang.", UNWEIGHED), extension=[weighs])
        assert says(found, "It computes with weights that are not in this file.")

    @pytest.mark.parametrize(
        ("options", "why"),
        [
            (often((0, None, 2)), "“On some days” has no weight, though others have one"),
            (often((0, 0.5, 1)), "“On some days” weighs 0.5, and nothing is rounded here"),
            (often((0, 1, 1)), "Two of its answers weigh 1"),
            (often((0, 1, 5000)), "weighs 5000, which is too large"),
        ],
    )
    def test_a_weight_that_cannot_be_used(self, options, why):
        found = self.unscored(choice("1", "I sang.", options), choice("2", "I slept."))
        assert [each.kind for each in found.items] == ["choice", "scale"]
        assert says(found, why)
        assert says(found, "Not all of its weights can be used, so it stays unscored.")

    def test_two_weights_that_differ(self):
        options = often()
        options[1]["valueCoding"] |= weighed(7, WEIGHT)
        found = self.unscored(choice("1", "I sang.", options))
        assert says(found, "“On some days” has two weights that differ: 1 and 7")

    def test_the_same_weight_in_two_places_is_one(self):
        options = often()
        options[1]["valueCoding"] |= weighed(1, WEIGHT)
        assert len(read(questionnaire(choice("1", "I sang.", options))).sums) == 1

    def test_several_answers_are_not_added_up(self):
        found = self.unscored(choice("1", "What helped?", repeats=True))
        assert says(found, "Several answers with weights cannot be added up.")

    def test_a_weighed_question_that_is_left_out_spoils_the_sum(self):
        found = self.unscored(choice("1", "word " * 200), choice("2", "I slept."))
        assert says(found, "Not all of its weights can be used")

    def test_one_that_is_hidden_is_not_missed(self):
        hidden = [extension(f"{STRUCTURES}questionnaire-hidden", valueBoolean=True)]
        found = read(questionnaire(choice("1", "I sang.", extension=hidden), choice("2", "Hm.")))
        assert found.sums[0].items == ("q_2",)

    def test_a_weight_in_words_is_none(self):
        options = often((None,) * 3)
        for n, option in enumerate(options):
            option["extension"] = [extension(ORDINAL, valueString=str(n))]
        self.unscored(choice("1", "I sang.", options))


class TestListsThatAreNotThere:
    def left_out(self, **rest):
        found = read(questionnaire(choice("1", "I sang.", **rest), choice("2", "I slept.")))
        assert [each.text for each in found.items] == ["I slept."]
        return found

    def test_a_value_set_elsewhere(self):
        found = self.left_out(answerValueSet="http://lists.example/often")
        assert says(found, "Its answers are in the list http://lists.example/often, not in this")

    @pytest.mark.parametrize(
        ("compose", "why"),
        [
            ({"include": [{"system": "urn:elsewhere"}]}, "those of urn:elsewhere, not in this"),
            ({"include": [{"valueSet": ["urn:x"]}]}, "is made of other lists"),
            (
                {"include": [{"system": "urn:ours", "filter": [{"op": "is-a"}]}]},
                "is made of other lists",
            ),
            ({"include": [], "exclude": [{"system": "urn:ours"}]}, "leaves some answers out"),
            ({"include": []}, "names no answers"),
        ],
    )
    def test_a_value_set_that_cannot_be_opened(self, compose, why):
        lists = [{"resourceType": "ValueSet", "id": "often", "compose": compose}]
        found = read(
            questionnaire(
                choice("1", "I sang.", answerValueSet="#often"),
                choice("2", "I slept."),
                contained=lists,
            )
        )
        assert len(found.items) == 1
        assert says(found, why)

    def test_too_many_answers(self):
        options = [answer(f"a{n}", f"Answer {n}", n) for n in range(101)]
        found = read(questionnaire(choice("1", "Hm.", options), choice("2", "I slept.")))
        assert says(found, "It has more than 100 answers.")


class TestSums:
    def total(self, link, code="7-7"):
        return {
            "linkId": link,
            "type": "decimal",
            "text": "Score",
            "readOnly": True,
            "code": loinc(code),
        }

    def test_one_over_all_groups(self):
        found = read(
            questionnaire(
                group("a", "Days", choice("1", "I sang.")),
                group("b", "Nights", choice("2", "I slept.")),
                self.total("t"),
            )
        )
        (only,) = found.sums
        assert (only.items, only.loinc, only.title) == (("q_1", "q_2"), "7-7", "Sum")

    def test_one_for_each_group_that_has_a_total_of_its_own(self):
        found = read(
            questionnaire(
                group("a", "Days", choice("1", "I sang."), self.total("ta", "7-1")),
                group("b", "Nights", choice("2", "I slept."), self.total("tb", "7-2")),
            )
        )
        assert [(each.code, each.title, each.items, each.loinc) for each in found.sums] == [
            ("sum", "Days", ("q_1",), "7-1"),
            ("sum_2", "Nights", ("q_2",), "7-2"),
        ]

    def test_a_question_without_weights_beside_them_counts_for_nothing(self):
        found = read(questionnaire(choice("1", "I sang."), choice("2", "Hard?", UNWEIGHED)))
        assert found.sums[0].items == ("q_1",)
        assert "1 of the questions with answers to choose weigh nothing." in found.scoring
