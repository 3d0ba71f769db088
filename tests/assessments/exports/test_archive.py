"""Everything about one client in one archive: every field of every model, or a reason why not."""

import io
import json
import zipfile

import pytest
from django.urls import reverse

from assessments import actions
from assessments.exports.archive import LEFT_OUT, NOT_THEIRS_ALONE
from assessments.models import Export, Response
from clients import actions as care
from clients.models import Client, Session
from practice import audit
from practice.forgetting import hanging_on
from practice.ids import uuid7
from practice.models import User
from tests.assessments.exports.helpers import SECRET, make, take
from tests.conftest import NOW, as_user, freshly, give, join, make_client
from tests.whole import sealed_fields, whole_client


@pytest.fixture
def whole(clinician):
    return whole_client(clinician)


@pytest.fixture
def files(whole, clinician):
    data = take(clinician, whole, kind="archive", with_words=True)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def records(files, model):
    name = {Client: "client", User: "account"}.get(model, model._meta.label.lower())
    return json.loads(files[f"records/{name}.json"])


def test_every_field_of_every_model_is_in_it_or_left_out_with_a_reason(files):
    models = [Client, User, *(each.model for each in hanging_on(Client))]
    missing = {
        f"{model._meta.label}.{field.name}"
        for model in models
        for field in model._meta.concrete_fields
        if not any(field.attname in row for row in records(files, model))
    }
    assert missing == set(LEFT_OUT)
    assert all(LEFT_OUT.values())


def test_what_stands_sealed_in_the_database_can_be_read_in_it(files):
    for model in [Client, *(each.model for each in hanging_on(Client))]:
        for field in sealed_fields(model):
            if f"{model._meta.label}.{field.name}" not in LEFT_OUT:
                values = [row.get(field.attname) for row in records(files, model)]
                assert any(isinstance(each, str | dict | list) for each in values), field
    everything = b"".join(files.values()).decode(errors="replace")
    for words in ("Ottilie Unmistakable", "Unmistakable praise", "Unmistakable point", SECRET):
        assert words in everything
    assert "Unmistakable court" not in everything  # why it is held: for owners


def test_there_are_words_to_read_a_report_and_a_bundle_beside_the_rows(files):
    assert SECRET in files["answers.csv"].decode()
    assert files["report.pdf"].startswith(b"%PDF")
    with zipfile.ZipFile(io.BytesIO(files["fhir.zip"])) as inner:
        assert json.loads(inner.read("bundle.json"))["resourceType"] == "Bundle"
    readme = files["README.txt"].decode()
    assert "Ottilie Unmistakable" in readme
    assert all(name in readme for name in LEFT_OUT)


def test_what_a_client_keeps_to_themselves_is_not_in_it(clinician):
    client = whole_client(clinician)
    occurrence = give(client, "my-goals", by=clinician).occurrences.get()
    version = actions.current_version(occurrence)
    Response.objects.create(
        practice=client.practice,
        client=client,
        episode=client.episodes.get(),
        occurrence=occurrence,
        version=version,
        number=None,
        answers={"goal": "Nobody else reads this"},
        started_at=NOW,
        saved_at=NOW,
        kept_to_self_at=NOW,
        finished_at=NOW,
    )
    care.keep_plan(client, by=client.user)
    own = Export.objects.create(
        practice=client.practice,
        client=client,
        kind="own_read",
        with_words=True,
        asked_at=NOW,
        done_at=NOW,
        file=b"theirs",
        created_by=client.user,
    )
    data = take(clinician, client, kind="archive", with_words=True)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        everything = b"".join(archive.read(name) for name in archive.namelist()).decode(
            errors="replace"
        )
    assert "Nobody else reads this" not in everything
    assert "Unmistakable plan" not in everything
    assert str(own.pk) not in everything
    assert {Response, Export} < NOT_THEIRS_ALONE.keys()


def test_the_trail_in_it_names_no_other_client(whole, clinician):
    other = join(make_client(clinician, "Other"), by=clinician)
    audit.record("access.denied", whole, by=other.user)
    data = take(clinician, whole, kind="archive", with_words=True)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        trail = json.loads(archive.read("trail.json"))
        everything = b"".join(map(archive.read, archive.namelist()))
    assert other.email.encode() not in everything
    assert "somebody else" in {each["who"] for each in trail if each["action"] == "access.denied"}
    assert {"Clara", "Trellis"} < {each["who"] for each in trail}


def test_a_private_note_leaves_with_nobody(whole, clinician, colleague):
    """As the page says where it is written: it is in no export."""
    session = whole.sessions.get()
    words = {"note": "Mine alone", "points": ""}
    care.write_on_session(session, page=uuid7(), opened_at=NOW, by=clinician, now=NOW, **words)
    care.join_team(whole, member=colleague, by=clinician, now=NOW)
    for by in (clinician, colleague):
        data = take(by, whole, kind="archive", with_words=True)
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            everything = b"".join(map(archive.read, archive.namelist()))
        assert b"Mine alone" not in everything
    assert Session.objects.count() == 1


def test_only_who_looks_after_them_asks_for_it(whole, clinician, supervisor, stranger):
    page = reverse("assessments:archive", args=[whole.pk])
    assert freshly(supervisor).get(page).status_code == 404
    assert freshly(stranger).get(page).status_code == 404
    assert as_user(clinician).get(page).status_code == 302  # asked who it is
    browser = freshly(clinician)
    assert b"safety checks" in browser.get(page).content
    made = browser.post(page, {"once": str(uuid7())})
    export = Export.objects.get(kind="archive")
    assert made.url == export.get_absolute_url()
    # One who asks for it in another way, and does not look after them.
    care.give_reason(whole, why="session", words="", by=supervisor, now=NOW)
    export.delete()
    assert make(supervisor, whole, kind="archive").why == Export.Why.LEFT


def test_it_is_made_of_somebody_who_has_sent_nothing(clinician):
    assert take(clinician, make_client(clinician), kind="archive")
