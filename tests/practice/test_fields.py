"""Sealed fields through the ORM: the column holds only sealed bytes, the code sees plain values."""

import re
from contextlib import suppress

import pytest
from django.core.exceptions import FieldError
from django.db import connection, transaction

from assessments.models import Response
from clients.models import Client, SafetyCheck
from practice import keys
from practice.encryption import CannotOpen
from practice.fields import Sealed, SealedField, sealed_columns
from practice.ids import uuid7
from practice.models import DataKeyRow
from practice.models.tenant import TenantModel
from tests.conftest import give, make_client, send

pytestmark = pytest.mark.django_db


def column(row, name):
    """What really stands in the database."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {name} FROM {row._meta.db_table} WHERE id = %s", [row.pk])
        value = cursor.fetchone()[0]
    return None if value is None else bytes(value)


def put_into_column(row, name, value):
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {row._meta.db_table} SET {name} = %s WHERE id = %s", [value, row.pk]
        )


def test_no_plain_text_is_in_the_database(clinician):
    client = make_client(clinician, "Unmistakable Name", email="unmistakable@mail.example")
    for name in ("preferred_name", "email", "pronouns"):
        assert b"nmistakable" not in column(client, name)
        assert b"they/them" not in column(client, name)
    found = Client.objects.get(pk=client.pk)
    assert found.preferred_name == "Unmistakable Name"
    assert found.email == "unmistakable@mail.example"


def test_answers_are_sealed_too(joined, clinician):
    give(joined, "patterns-check", by=clinician)
    occurrence = joined.occurrences.select_related("assignment").get()
    response = send(occurrence, by=joined.user, value=3)
    assert b"giving_1" not in column(response, "answers")
    assert b"giving_1" not in column(response.scores.first(), "trace")
    assert Response.objects.get().answers["giving_1"] == 3


@pytest.mark.parametrize(
    "text",
    ["🙂👩‍👩‍👧", "שלום ומרחבא ‏مرحبا", "a\nb\tc\u2028d", " ", "0", "x" * 5_000_000],
    ids=["emoji", "right to left", "line ends", "a space", "zero", "5 MB"],
)
def test_any_text_comes_back_as_it_was(client_in_care, clinician, text):
    check = SafetyCheck.objects.create(
        practice_id=client_in_care.practice_id,
        client=client_in_care,
        outcome="hold",
        checked_at=client_in_care.created_at,
        note=text,
    )
    assert SafetyCheck.objects.get(pk=check.pk).note == text


def test_empty_is_empty_and_needs_no_key(client_in_care):
    client_in_care.pronouns = ""
    client_in_care.save(update_fields=["pronouns"])
    assert column(client_in_care, "pronouns") == b""
    assert Client.objects.get().pronouns == ""


def test_what_was_not_given_is_empty_before_and_after_saving(client_in_care):
    episode = client_in_care.episodes.get()
    assert (Client().pronouns, Response().answers) == ("", {})
    assert column(episode, "close_reason") == b""
    assert episode.close_reason == ""


def test_that_nothing_is_there_may_be_asked(client_in_care):
    assert Client.objects.filter(preferred_name__isnull=False).count() == 1


def test_an_object_is_saved_without_ever_being_opened(client_in_care):
    before = column(client_in_care, "preferred_name")
    found = Client.objects.get()
    assert isinstance(found.__dict__["preferred_name"], Sealed)
    found.save()
    assert column(found, "preferred_name") == before


def test_saving_another_field_leaves_the_sealed_ones_alone(client_in_care):
    before = column(client_in_care, "preferred_name")
    client_in_care.language = "en"
    client_in_care.save(update_fields=["language"])
    assert column(client_in_care, "preferred_name") == before


def test_a_change_is_sealed_anew(client_in_care):
    client_in_care.preferred_name = "Another Name"
    client_in_care.save(update_fields=["preferred_name"])
    assert b"Another" not in column(client_in_care, "preferred_name")
    assert Client.objects.get().preferred_name == "Another Name"


def test_a_deferred_one_is_fetched_when_it_is_read(client_in_care, django_assert_num_queries):
    found = Client.objects.defer("preferred_name").get()
    assert "preferred_name" in found.get_deferred_fields()
    with django_assert_num_queries(2):  # itself, and whose key seals it
        assert found.preferred_name == "Sam Ortega"
    with django_assert_num_queries(0):
        assert found.preferred_name == "Sam Ortega"


def test_only_some_fields(client_in_care):
    assert Client.objects.only("preferred_name", "practice").get().preferred_name == "Sam Ortega"


def test_refresh_from_db_shows_what_somebody_else_wrote(client_in_care):
    same = Client.objects.get()
    assert same.preferred_name == "Sam Ortega"
    client_in_care.preferred_name = "Samira"
    client_in_care.save()
    same.refresh_from_db()
    assert same.preferred_name == "Samira"
    client_in_care.preferred_name = "Sami"
    client_in_care.save()
    same.refresh_from_db(fields=["preferred_name"])
    assert same.preferred_name == "Sami"


def test_many_rows_are_sealed_in_one_statement(client_in_care, django_assert_num_queries):
    rows = [
        SafetyCheck(
            practice_id=client_in_care.practice_id,
            client=client_in_care,
            outcome="hold",
            checked_at=client_in_care.created_at,
            note=f"unmistakable {n}",
        )
        for n in range(3)
    ]
    with django_assert_num_queries(1):
        SafetyCheck.objects.bulk_create(rows)
    assert all(b"unmistakable" not in column(row, "note") for row in rows)
    found = SafetyCheck.objects.filter(outcome="hold").order_by("id")
    assert {row.note for row in found} == {"unmistakable 0", "unmistakable 1", "unmistakable 2"}


@pytest.mark.parametrize(
    "look_up",
    [
        lambda rows: list(rows.filter(preferred_name="Sam Ortega")),
        lambda rows: list(rows.exclude(preferred_name="Sam Ortega")),
        lambda rows: list(rows.filter(preferred_name__in=["Sam Ortega"])),
        lambda rows: list(rows.filter(preferred_name__contains="Sam")),
        lambda rows: list(rows.filter(preferred_name__istartswith="sam")),
        lambda rows: list(rows.filter(preferred_name="")),
        lambda rows: rows.get(preferred_name="Sam Ortega"),
        lambda rows: rows.update(preferred_name="Samira"),
        lambda rows: rows.bulk_update([rows.get()], ["preferred_name"]),
    ],
    ids=[
        "filter",
        "exclude",
        "in",
        "contains",
        "starts with",
        "empty",
        "get",
        "update",
        "bulk update",
    ],
)
def test_it_cannot_be_looked_for_or_written_past_the_object(client_in_care, look_up):
    rows = Client.objects.all()
    refused = pytest.raises(FieldError, match="preferred_name is sealed: save the object")
    with refused, transaction.atomic():
        look_up(rows)
    assert Client.objects.get().preferred_name == "Sam Ortega"


def test_a_value_moved_to_another_row_does_not_open(clinician):
    one, other = make_client(clinician, "One Person"), make_client(clinician, "Other Person")
    put_into_column(other, "preferred_name", column(one, "preferred_name"))
    with pytest.raises(CannotOpen):
        _ = Client.objects.get(pk=other.pk).preferred_name


def test_a_value_moved_to_another_column_does_not_open(client_in_care):
    put_into_column(client_in_care, "email", column(client_in_care, "preferred_name"))
    with pytest.raises(CannotOpen):
        _ = Client.objects.get().email


def test_a_value_with_one_byte_changed_does_not_open(client_in_care):
    sealed = bytearray(column(client_in_care, "preferred_name"))
    sealed[-1] ^= 1
    put_into_column(client_in_care, "preferred_name", bytes(sealed))
    with pytest.raises(CannotOpen):
        _ = Client.objects.get().preferred_name


def test_a_client_whose_key_is_destroyed_cannot_be_read_any_more(client_in_care):
    DataKeyRow.objects.filter(subject=client_in_care.pk).delete()
    keys.forget()
    with pytest.raises(CannotOpen, match="gone"):
        _ = Client.objects.get().preferred_name


def test_a_plain_value_list_gives_sealed_bytes_and_never_text(client_in_care):
    value = Client.objects.values_list("preferred_name", flat=True).get()
    assert isinstance(value, Sealed)
    assert not re.search(rb"Sam|Ortega", value)


def test_json_keeps_its_shape(client_in_care):
    field = Response._meta.get_field("answers")
    value = {"a": [1, None, "ü", {"b": 2.5}], "c": ""}
    assert field.from_plain(field.to_plain(value)) == value
    assert field.from_plain(b"") == {}


def test_the_class_itself_gives_the_field_and_not_a_value():
    assert isinstance(Client.preferred_name.field, SealedField)


# -- every sealed column there is, and will be -----------------------------------------------------


def every_place(practice_id, client_id):
    """Two rows of each model that keeps something sealed, and each of its columns."""
    for model, field in sealed_columns():
        own = model._meta.get_fields()
        about = {"client_id": client_id} if any(f.name == "client" for f in own) else {}
        for pk in (client_id, uuid7()) if model is Client else (uuid7(), uuid7()):
            yield field, model(pk=pk, practice_id=practice_id, **about)


def test_no_sealed_value_opens_in_any_other_row_column_or_table(client_in_care):
    practice_id, client_id = client_in_care.practice_id, client_in_care.pk
    key = keys.of_subject(practice_id, client_id)
    places = list(every_place(practice_id, client_id))
    assert len(places) >= 2 * 26
    opened = []
    for home, (field, row) in enumerate(places):
        sealed = Sealed(key.seal(b'"x"', about=field.about(row)))
        for there, (other, elsewhere) in enumerate(places):
            elsewhere.__dict__[other.attname] = sealed
            with suppress(CannotOpen):
                getattr(elsewhere, other.attname)
                opened.append((home, there))
    assert opened == [(place, place) for place in range(len(places))]


def test_nothing_sealed_stands_in_a_model_that_has_no_key(db):
    assert all(issubclass(model, TenantModel) for model, _field in sealed_columns())
