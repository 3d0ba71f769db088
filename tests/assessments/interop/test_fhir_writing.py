"""Every activity of the library as FHIR, and back through our own importer to the same scores."""

import json
from datetime import UTC, date, datetime
from types import SimpleNamespace
from uuid import UUID, uuid4

import pytest
from fhir.resources.R4B import get_fhir_model_class

from assessments import interop
from assessments.actions.library import LIBRARY
from assessments.definitions import Item, ItemKind, load_library
from assessments.interop.fhir import writing
from assessments.scoring import score
from tests.conftest import answer_all

from .judge import faults, items_of, resources_of

NOW = datetime(2026, 11, 18, 10, tzinfo=UTC)
CLIENT = UUID(int=7)
ACTIVITIES = load_library(LIBRARY).activities


def asked_of(definition, *, with_text=True):
    return writing.Asked(
        definition=definition,
        uuid=uuid4(),
        activity=uuid4(),
        number=3,
        published=date(2026, 11, 1),
        with_text=with_text,
        is_vouched=True,
    )


def given_to(asked, answers, *, with_words=True):
    return writing.Given(
        uuid=uuid4(),
        client=CLIENT,
        asked=asked,
        answers=answers,
        at=NOW,
        on_paper=False,
        with_words=with_words,
    )


def taken_of(given):
    for scale in score(given.asked.definition, given.answers):
        yield writing.Taken(
            uuid=uuid4(),
            client=CLIENT,
            response=given.uuid,
            asked=given.asked,
            scale=next(s for s in given.asked.definition.scales if s.code == scale.code),
            code=scale.code,
            value=scale.value,
            answered=scale.answered,
            missing=scale.missing,
            provisional=scale.provisional,
            engine=scale.engine,
            taken_at=NOW,
            why=scale.trace["not_computed"] or "",
        )


def bundle_of(*given):
    found = [writing.patient(CLIENT, pseudonym="C-1", system="urn:uuid:x")]
    for each in given:
        found += [writing.questionnaire(each.asked), writing.response(each)]
        found += [writing.observation(taken) for taken in taken_of(each)]
    return {
        "resourceType": "Bundle",
        "type": "collection",
        "timestamp": NOW.isoformat(),
        "entry": [writing.entry(each) for each in found],
    }


def answers_to(definition, value=2):
    return answer_all(SimpleNamespace(definition=definition), value)


def judged(found):
    get_fhir_model_class("Bundle").model_validate_json(json.dumps(found))
    return faults(found)


@pytest.mark.parametrize("with_text", [True, False], ids=["with words", "without"])
def test_every_activity_of_the_library_is_valid(with_text):
    given = [
        given_to(asked_of(each, with_text=with_text), answers_to(each, value), with_words=with_text)
        for each in ACTIVITIES
        for value in (0, 2)
        if each.items
    ]
    found = bundle_of(*given)
    assert judged(found) == []
    assert len(resources_of(found, "Questionnaire")) > 100
    said = {"text" in item for q in resources_of(found, "Questionnaire") for item in items_of(q)}
    assert said == ({True, False} if with_text else {False})


def test_what_has_no_answer_says_why():
    [definition] = [each for each in ACTIVITIES if each.slug == "cheering-module"]
    answers = {"whom": "friend", "cheering_1": "_na", "cheering_2": "_declined"}
    given = given_to(asked_of(definition), answers)
    items = {item["linkId"]: item for item in writing.response(given)["item"]}
    reasons = {
        link: item["extension"][0]["valueCode"]
        for link, item in items.items()
        if "extension" in item
    }
    assert reasons == {"cheering_1": "not-applicable", "cheering_2": "asked-declined"}
    assert items["cheering_3"] == {"linkId": "cheering_3"}  # passed over
    [observation] = [writing.observation(taken) for taken in taken_of(given)]
    assert "valueQuantity" not in observation
    assert observation["dataAbsentReason"]["text"] == "nothing was answered"
    assert "Not validated" in observation["note"][0]["text"]
    assert judged(bundle_of(given)) == []


def test_own_words_stay_here_unless_they_are_asked_for():
    [definition] = [each for each in ACTIVITIES if each.slug == "limit-log"]
    answers = answers_to(definition) | {"limit": "About Ottilie"}
    written = [
        json.dumps(writing.response(given_to(asked_of(definition), answers, with_words=words)))
        for words in (True, False)
    ]
    assert ["Ottilie" in each for each in written] == [True, False]
    assert "masked" in written[1]


def texted(definition):
    """A published instrument with words that a practice brought: here, made up."""
    items = [item.model_copy(update={"text": f"About {item.id}."}) for item in definition.items]
    return definition.model_copy(update={"items": tuple(items)})


def with_gaps(definition, answers):
    """Each third scored answer is left out."""
    scored = sorted({item for scale in definition.scales for item in scale.all_items()})
    return {key: value for key, value in answers.items() if key not in scored[::3]}


def test_what_is_written_is_read_again_and_scores_to_the_same_totals():
    compared = 0
    for definition in (texted(each) for each in ACTIVITIES if each.scales):
        whole = answers_to(definition, value=1)
        for answers in (whole, with_gaps(definition, whole)):
            asked = asked_of(definition)
            resources = writing.questionnaire(asked), writing.response(given_to(asked, answers))
            names = ("asked.json", "given.json")
            reading = interop.read(
                [
                    interop.Source(name, json.dumps(each).encode())
                    for name, each in zip(names, resources, strict=True)
                ]
            )
            assert reading.answers is not None
            before = [(s.code, s.value, s.missing) for s in score(definition, answers)]
            after = [(s.code, s.value, s.missing) for s in score(definition, reading.answers)]
            assert after == before, definition.slug
            assert [item.id for item in reading.items] == [i.id for i in definition.asked()]
            compared += any(value is not None for _code, value, _missing in before)
    assert compared > 20


def test_a_whole_bundle_can_be_imported_too():
    [definition] = [each for each in ACTIVITIES if each.slug == "patterns-check"]
    given = given_to(asked_of(definition), answers_to(definition))
    reading = interop.read([interop.Source("b.json", json.dumps(bundle_of(given)).encode())])
    proposal = interop.propose(reading, skeletons=[])
    assert [item.id for item in proposal.definition.items] == [i.id for i in definition.items]
    assert [item.show_if for item in proposal.definition.items] == [
        item.show_if for item in definition.items
    ]


@pytest.mark.parametrize(
    ("kind", "spoil"),
    [
        ("QuestionnaireResponse", {"status": "bogus"}),
        ("QuestionnaireResponse", {"item": [{"linkId": "whom", "answer": [{"valueString": "x"}]}]}),
        ("Observation", {"subject": {"reference": "urn:uuid:nobody"}}),
        ("Observation", {"note": []}),
        ("Questionnaire", {"item": [{"linkId": "whom", "type": "choice", "text": "x"}]}),
    ],
)
def test_the_judge_would_find_it(kind, spoil):
    [definition] = [each for each in ACTIVITIES if each.slug == "cheering-module"]
    found = bundle_of(given_to(asked_of(definition), {"whom": "friend"}))
    assert faults(found) == []
    resources_of(found, kind)[0].update(spoil)
    assert faults(found) != []


def test_text_that_no_string_of_fhir_can_hold_is_mended():
    item = Item(id="a", kind=ItemKind.TEXT, text="What?")
    definition = ACTIVITIES[0].model_copy(
        update={"items": (item,), "scales": (), "metrics": (), "index_item": None}
    )
    given = given_to(asked_of(definition), {"a": "\x07مرحب 🙂\u2028\x00"})
    [found] = writing.response(given)["item"]
    assert found["answer"][0]["valueString"] == "مرحب 🙂"
