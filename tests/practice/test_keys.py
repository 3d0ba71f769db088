"""Data keys: one for each client, fetched for a whole practice at once."""

from copy import deepcopy

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from clients.models import Client
from practice import keys
from practice.encryption import CannotOpen, DataKey
from practice.ids import uuid7
from practice.models import DataKeyRow
from tests.conftest import make_client

pytestmark = pytest.mark.django_db


def statements_to_read_all_names(clients=None):
    with CaptureQueriesContext(
        connection,
    ) as asked:
        names = [client.preferred_name for client in clients or Client.objects.order_by("id")]
    return len(asked), names


def test_each_client_has_a_key_of_their_own(clinician):
    one, other = make_client(clinician, "One"), make_client(clinician, "Other")
    assert one.data_key().id != other.data_key().id
    assert set(DataKeyRow.objects.values_list("subject", flat=True)) == {one.pk, other.pk}


def test_rows_about_a_client_are_sealed_with_the_clients_key(client_in_care):
    contact = client_in_care.safe_contacts.get()
    assert contact.data_key() == client_in_care.data_key()


def test_what_is_nobodys_is_sealed_with_the_key_of_the_practice(practice):
    key = keys.of_subject(practice.pk, practice.pk)
    assert DataKeyRow.objects.get(id=key.id).subject == practice.pk


def test_a_key_is_made_once_and_found_again(practice):
    made = keys.of_subject(practice.pk, practice.pk)
    assert keys.of_subject(practice.pk, practice.pk) is made
    keys.forget()
    assert keys.of_subject(practice.pk, practice.pk) == made


def test_no_secret_stands_in_the_database_as_it_is(practice):
    made = keys.of_subject(practice.pk, practice.pk)
    assert made.secret not in bytes(DataKeyRow.objects.get().wrapped)


@pytest.mark.parametrize("clients", [1, 3])
def test_a_list_of_clients_costs_one_statement_for_their_keys(clinician, clients):
    for n in range(clients):
        make_client(clinician, f"Client {n}")
    keys.forget()
    assert statements_to_read_all_names() == (2, [f"Client {n}" for n in range(clients)])
    assert statements_to_read_all_names()[0] == 1


@pytest.mark.parametrize("clients", [1, 3])
def test_a_second_practice_in_the_same_process_costs_one_statement_too(
    clinician, stranger, clients
):
    theirs = [make_client(stranger, f"Client {n}") for n in range(clients)]
    mine = make_client(clinician, "Mine")
    keys.forget()
    assert Client.objects.get(pk=mine.pk).preferred_name == "Mine"
    found = list(Client.objects.filter(pk__in=[client.pk for client in theirs]))
    assert statements_to_read_all_names(found)[0] == 1


@pytest.mark.parametrize("clients", [1, 3])
def test_clients_added_by_another_process_cost_one_statement_too(clinician, clients):
    known = make_client(clinician, "Known")
    keys.forget()
    assert Client.objects.get(pk=known.pk).preferred_name == "Known"
    before = deepcopy(keys._rings)
    added = [make_client(clinician, f"Added {n}") for n in range(clients)]
    keys.forget()
    keys._rings.update(before)
    found = list(Client.objects.filter(pk__in=[client.pk for client in added]))
    with CaptureQueriesContext(connection) as asked:
        assert [client.preferred_name for client in found]
    assert len(asked) == 1
    assert '"practice_datakey"."id" > ' in asked[0]["sql"]  # not all there are


def test_a_key_older_than_those_remembered_is_asked_for_by_itself(clinician, monkeypatch):
    """However many there are: nothing but the one row is looked for."""
    monkeypatch.setattr(keys, "MOST_AT_ONCE", 1)
    old, new = make_client(clinician, "Old"), make_client(clinician, "New")
    keys.forget()
    assert Client.objects.get(pk=new.pk).preferred_name == "New"
    for read in (lambda row: row.preferred_name, lambda row: row.data_key()):
        row = Client.objects.get(pk=old.pk)
        ring = keys._rings[old.practice_id]
        ring.by_id.pop(old.data_key().id)
        ring.by_subject.pop(old.pk)
        with CaptureQueriesContext(connection) as asked:
            assert read(row)
        assert len(asked) == 1
        assert " > " not in asked[0]["sql"]


def test_the_keys_of_many_are_loaded_with_one_statement(clinician):
    clients = [make_client(clinician, f"Client {n}") for n in range(3)]
    keys.forget()
    with CaptureQueriesContext(connection) as asked:
        keys.load(clinician.practice_id, [client.pk for client in clients])
        keys.load(clinician.practice_id, [client.pk for client in clients])
        assert [client.data_key() for client in clients]
    assert len(asked) == 1


def test_loading_skips_a_key_that_is_gone_and_those_of_other_practices(clinician, stranger):
    theirs = make_client(stranger, "Theirs")
    keys.forget()
    keys.load(clinician.practice_id, [uuid7(), theirs.pk])
    assert [ring.by_subject for ring in keys._rings.values()] == [{}]


def test_no_process_remembers_keys_without_end(clinician, monkeypatch):
    monkeypatch.setattr(keys, "MOST_REMEMBERED", 2)
    for n in range(3):
        make_client(clinician, f"Client {n}")
    keys.forget()
    for client in Client.objects.order_by("id"):
        keys.load(clinician.practice_id, [client.pk])
        assert sum(len(ring.by_id) for ring in keys._rings.values()) <= 2
    assert statements_to_read_all_names() == (2, ["Client 0", "Client 1", "Client 2"])


def test_the_key_of_another_practice_is_not_handed_out(client_in_care, stranger):
    sealed = client_in_care.data_key().seal(b"x", about=b"y")
    keys.forget()
    with pytest.raises(CannotOpen, match="gone"):
        keys.of_sealed(stranger.practice_id, sealed)


def test_a_key_that_nobody_knows_opens_nothing(practice):
    sealed = DataKey(uuid7(), b"k" * 32).seal(b"x", about=b"y")
    with pytest.raises(CannotOpen, match="gone"):
        keys.of_sealed(practice.pk, sealed)


def test_a_key_that_was_rolled_back_seals_nothing_any_more(practice):
    with transaction.atomic():
        undone = keys.of_subject(practice.pk, practice.pk)
        assert keys.of_subject(practice.pk, practice.pk) == undone
        transaction.set_rollback(True)
    made = keys.of_subject(practice.pk, practice.pk)
    assert made != undone
    assert DataKeyRow.objects.get(subject=practice.pk).id == made.id
