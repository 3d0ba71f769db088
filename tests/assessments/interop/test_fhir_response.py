"""A response that comes along: its numbers are added up anew, and nothing of it is believed."""

from decimal import Decimal
from pathlib import Path

import pytest

from assessments import interop
from assessments.actions.library import LIBRARY
from assessments.definitions import load_library

from .builders import (
    WEIGHT,
    answered,
    choice,
    chose,
    extension,
    group,
    loinc,
    notes,
    often,
    questionnaire,
    read,
    refused,
    response,
    says,
)

REAL = Path(__file__).resolve().parents[4] / "shared" / "fixtures"
TOTAL = {"linkId": "t", "type": "decimal", "text": "Total score", "code": loinc("7-7")}


def weekly(*more):
    return questionnaire(
        group("g", "The week", choice("1", "I sang."), choice("2", "I slept.")), TOTAL, *more
    )


def compared(resource, given):
    return interop.propose(read(resource, given), skeletons=[])


def sentences(proposal):
    return [str(each) for each in proposal.comparisons]


class TestComparing:
    def test_the_same(self):
        given = response(
            group("g", "", chose("1", "some"), chose("2", "most")), answered("t", valueDecimal=3.0)
        )
        proposal = compared(weekly(), given)
        assert sentences(proposal) == ["Sum: the file says 3, and so does the sum of its answers."]
        assert proposal.comparisons[0].agrees

    def test_a_difference_is_said_and_not_believed(self):
        given = response(chose("1", "some"), chose("2", "most"), answered("t", valueDecimal=14))
        proposal = compared(weekly(), given)
        assert sentences(proposal) == ["Sum: the file says 14, but its answers add up to 3."]
        assert not proposal.comparisons[0].agrees

    def test_a_missing_answer_is_never_nothing(self):
        given = response(chose("1", "some"), answered("t", valueDecimal=1))
        proposal = compared(weekly(), given)
        assert sentences(proposal) == [
            "Sum: the file says 1. With 1 answers missing, there is no sum here."
        ]
        assert not proposal.comparisons[0].agrees

    def test_no_answers_at_all(self):
        proposal = compared(weekly(), response(answered("t", valueDecimal=0)))
        assert proposal.comparisons[0].ours is None

    def test_without_weights_there_is_nothing_to_compare(self):
        resource = questionnaire(choice("1", "I sang.", often((None,) * 3)), TOTAL)
        proposal = compared(resource, response(chose("1", "some"), answered("t", valueDecimal=1)))
        assert proposal.comparisons == ()
        assert ("t", "It says 1. There is no scale to compare.") in {
            (note.where, note.says) for note in proposal.not_understood
        }

    def test_a_total_with_another_code_is_not_compared(self):
        given = response(chose("1", "some"), chose("2", "most"), answered("t", valueDecimal=3))
        other = questionnaire(
            choice("1", "I sang."),
            choice("2", "I slept."),
            TOTAL,
            TOTAL | {"linkId": "u", "code": loinc("8-8")},
        )
        given["item"].append(answered("u", valueDecimal=9))
        proposal = compared(other, given)
        assert proposal.comparisons == ()  # two totals, one sum: which is its own?

    def test_whole_quantities_and_several_totals_by_their_codes(self):
        resource = questionnaire(
            group("a", "Days", choice("1", "I sang."), TOTAL | {"linkId": "ta"}),
            group(
                "b",
                "Nights",
                choice("2", "I slept."),
                TOTAL | {"linkId": "tb", "code": loinc("8-8")},
            ),
        )
        given = response(
            chose("1", "some"),
            chose("2", "most"),
            answered("ta", valueQuantity={"value": 1}),
            answered("tb", valueInteger=1),
        )
        assert sentences(compared(resource, given)) == [
            "Days: the file says 1, and so does the sum of its answers.",
            "Nights: the file says 1, but its answers add up to 2.",
        ]


class TestMatching:
    def test_in_any_order_of_files_and_in_a_bundle(self):
        given = response(chose("1", "some"), chose("2", "most"), answered("t", valueDecimal=3))
        both = {"resourceType": "Bundle", "entry": [{"resource": given}, {"resource": weekly()}]}
        answers = {"q_1": 1, "q_2": 2}
        assert read(weekly(), given).answers == answers
        assert read(given, weekly()).answers == answers
        assert read(both).answers == answers

    def test_a_coding_without_a_system(self):
        given = response(answered("1", valueCoding={"code": "some"}))
        assert read(weekly(), given).answers == {"q_1": 1}

    def test_linkids_that_match_nothing(self):
        found = read(weekly(), response(chose("9.1", "some"), chose("1", "some")))
        assert found.answers == {"q_1": 1}
        assert (
            "9.1",
            "The response answers this, but the questionnaire does not ask it.",
        ) in notes(found)

    def test_very_many_of_them(self):
        found = read(weekly(), response(*[chose(f"x{n}", "some") for n in range(50)]))
        assert says(found, "The response: 30 more answers match no question.")

    @pytest.mark.parametrize(
        ("given", "why"),
        [
            (chose("1", "elsewhere"), "an answer that the question does not offer"),
            (
                {"linkId": "1", "answer": [{"valueInteger": 1}, {"valueInteger": 2}]},
                "several answers where one is asked",
            ),
            (answered("n", valueInteger=5_000), "a number that the question does not allow"),
            (answered("n", valueDecimal=2.5), "a number that the question does not allow"),
        ],
    )
    def test_an_answer_that_does_not_fit(self, given, why):
        number = {"linkId": "n", "type": "integer", "text": "How many?"}
        found = read(weekly(number), response(given))
        assert found.answers == {}
        assert says(found, why)

    def test_answered_twice(self):
        found = read(weekly(), response(chose("1", "some"), chose("1", "most")))
        assert found.answers == {"q_1": 1}
        assert says(found, "1: The response answers it twice.")

    def test_what_was_written_is_not_kept(self):
        secret = {"linkId": "w", "type": "text", "text": "Anything else?"}
        found = read(weekly(secret), response(answered("w", valueString="My partner reads this.")))
        assert found.answers == {}
        assert "partner" not in repr(found)

    def test_nor_in_what_is_said_about_it(self):
        given = response(answered("1", valueString="My partner reads this."))
        assert "partner" not in repr(read(weekly(), given))

    def test_numbers_and_yes_or_no(self):
        found = read(
            weekly(
                {"linkId": "n", "type": "integer", "text": "How many?"},
                {"linkId": "b", "type": "boolean", "text": "Well?"},
            ),
            response(answered("n", valueInteger=4), answered("b", valueBoolean=True)),
        )
        assert found.answers == {"n": 4, "b": "yes"}
        assert found.numbers == {"n": Decimal(4)}

    def test_weights_of_the_response_are_not_taken(self):
        weighed = {"code": "some", "extension": [extension(WEIGHT, valueDecimal=5)]}
        found = read(weekly(), response(answered("1", valueCoding=weighed)))
        assert found.answers == {"q_1": 1}
        assert says(found, "1: The response weighs its answer differently.")

    def test_of_another_questionnaire_or_not_finished(self):
        found = read(
            weekly(), response(questionnaire="https://elsewhere.example/x", status="in-progress")
        )
        assert says(found, "it answers another questionnaire: https://elsewhere.example/x")
        assert says(found, "It is not finished: in-progress")

    def test_several_responses(self):
        both = {
            "resourceType": "Bundle",
            "entry": [
                {"resource": each}
                for each in (
                    weekly(),
                    response(chose("1", "some")),
                    response(chose("1", "most")),
                )
            ],
        }
        found = read(both)
        assert found.answers == {"q_1": 1}
        assert says(found, "There are several responses.")

    def test_alone(self):
        assert refused(read, response()) == (
            "This is a response without its questionnaire. Please add that file."
        )


@pytest.mark.skipif(not REAL.is_dir(), reason="the real pair is not beside the repository")
class TestTheRealPair:
    """A published example: 12 stored, and 12 when it is added up anew."""

    @pytest.fixture
    def proposal(self):
        sources = [
            interop.Source(path.name, path.read_bytes()) for path in sorted(REAL.glob("*.json"))
        ]
        assert len(sources) == 2
        instruments = [each for each in load_library(LIBRARY).activities if each.is_validated]
        return interop.propose(interop.read(sources), skeletons=instruments)

    def test_its_total_is_what_its_answers_add_up_to(self, proposal):
        (only,) = proposal.comparisons
        assert (only.stored, only.ours, only.agrees) == (12, 12, True)

    def test_it_lies_on_its_skeleton_whole(self, proposal):
        assert (proposal.onto, proposal.in_order) == ("phq-9", False)
        assert proposal.definition.has_text
        assert [item.withdrawn for item in proposal.definition.items] == [False] * 10
