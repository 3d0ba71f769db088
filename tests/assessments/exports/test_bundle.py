"""The FHIR bundle of a client and of a caseload; what is in it is judged as in interop."""

import json

import pytest
from fhir.resources.R4B import get_fhir_model_class

from assessments.models import ActivityVersion
from tests.assessments.interop.judge import faults, items_of, resources_of
from tests.conftest import give, join, make_client, measure, send

from .helpers import an_entry, bundle, some_left_out, take, unpacked

pytestmark = pytest.mark.django_db


def phq_of(found):
    return [
        each
        for each in resources_of(found, "Observation")
        if each["code"]["coding"][0]["system"] == "http://loinc.org"
    ]


def test_a_client_is_a_valid_bundle_with_a_score_that_leads_to_its_answers(joined, clinician):
    some_left_out(joined, by=clinician)
    send(give(joined, "whose-is-it", by=clinician).occurrences.get(), by=joined.user)
    measure(joined, 9, by=clinician, days_ago=3)
    found = bundle(clinician, joined)
    get_fhir_model_class("Bundle").model_validate_json(json.dumps(found))
    assert faults(found) == []
    [patient] = resources_of(found, "Patient")
    assert set(patient) == {"resourceType", "id", "identifier"}
    assert len(resources_of(found, "QuestionnaireResponse")) == 3
    [phq] = phq_of(found)
    assert phq["code"]["coding"][0]["code"] == "44261-6"
    assert phq["valueQuantity"]["value"] == 9
    assert phq["effectiveDateTime"].startswith("2026-11-15")
    assert "mild" in phq["interpretation"][0]["text"].lower()
    [response] = [
        each
        for each in resources_of(found, "QuestionnaireResponse")
        if phq["derivedFrom"][0]["reference"] == f"urn:uuid:{each['id']}"
    ]
    assert response["authored"] == "2026-11-15"
    unvalidated = [o for o in resources_of(found, "Observation") if o is not phq]
    assert unvalidated
    assert all("Not validated" in each["note"][0]["text"] for each in unvalidated)
    assert not any("interpretation" in each for each in unvalidated)


def test_no_id_and_no_name_of_a_client_is_in_it(joined, clinician):
    an_entry(joined, by=clinician)
    measure(joined, 9, by=clinician, days_ago=3)
    text = unpacked(take(clinician, joined, kind="fhir"))["bundle.json"]
    ids = [joined.pk, joined.user_id, *joined.responses.values_list("pk", flat=True)]
    for secret in (*map(str, ids), "Sam", "Ortega", "client.example", "Ottilie"):
        assert secret not in text
    assert (
        "Ottilie" in unpacked(take(clinician, joined, kind="fhir", with_words=True))["bundle.json"]
    )


def test_of_a_caseload_each_client_is_a_patient(joined, clinician):
    other = join(make_client(clinician, "Other X"), by=clinician)
    for client in (joined, other):
        measure(client, 9, by=clinician, days_ago=3)
    found = bundle(clinician)
    assert faults(found) == []
    subjects = {each["subject"]["reference"] for each in resources_of(found, "Observation")}
    assert subjects == {f"urn:uuid:{each['id']}" for each in resources_of(found, "Patient")}
    assert len(subjects) == 2
    assert len(resources_of(found, "Questionnaire")) == 1  # of one version, once


def test_a_code_that_came_with_an_import_is_not_vouched_for(joined, clinician):
    """LOINC stands beside what the library itself carries, and nowhere else."""
    measure(joined, 9, by=clinician, days_ago=3)
    assert phq_of(bundle(clinician, joined))
    version = ActivityVersion.objects.get(activity__slug="phq-9", practice=joined.practice_id)
    version.activity.is_own = True
    version.activity.save(update_fields=["is_own"])
    found = bundle(clinician, joined)
    assert "loinc" not in json.dumps(found)
    assert not any(
        "code" in item for q in resources_of(found, "Questionnaire") for item in items_of(q)
    )
