"""Keys under keys, and keys that take the place of others."""

import base64
from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from assessments.exports.records import Names
from assessments.models import Response
from clients.models import Client
from practice import keys, knocks, turning
from practice.adapters import SecondFactorAdapter
from practice.encryption import CannotOpen, DataKey, key_id_of, master_of, unwrap
from practice.fields import Sealed, sealed_columns
from practice.models import AuditEvent, DataKeyRow, KeyWork, Knock
from practice.turning import values
from practice.wrapping import MASTER, PRACTICE
from tests.conftest import give, make_client, make_practice, send

from .turning import a_day_later, column, entry, finish, nested, put_into_column

pytestmark = pytest.mark.django_db
LATER = values.QUIET + timedelta(minutes=1)
NO_BACKUP_LEFT = timedelta(days=400)


def name_of(client):
    return Client.objects.get(pk=client.pk).preferred_name


def key_row(subject):
    return DataKeyRow.objects.get(subject=subject, retired_at=None)


def told(capsys, *args):
    call_command("keys", *args)
    return capsys.readouterr().out


# -- a client's key under the practice's -----------------------------------------------------------


def test_at_first_a_version_that_knows_no_boxes_can_read_every_key(client_in_care):
    finish()  # nothing is due
    row = key_row(client_in_care.pk)
    assert DataKey(row.id, unwrap(row.wrapped, about=row.id.bytes)) == client_in_care.data_key()


def test_a_day_later_clients_keys_lie_in_the_practices_box_and_open_as_before(clinician):
    one, other = make_client(clinician, "One"), make_client(clinician, "Other")
    nested()
    above = key_row(clinician.practice_id)
    assert bytes(above.wrapped[:2]) == MASTER
    for client in (one, other):
        row = key_row(client.pk)
        assert (row.wrapped_by, bytes(row.wrapped[:2])) == (above, PRACTICE)
    assert [name_of(one), name_of(other)] == ["One", "Other"]


def test_who_comes_after_that_has_a_key_in_the_box_at_once(clinician):
    make_client(clinician, "First")
    nested()
    later = make_client(clinician, "Later")
    keys.forget()
    assert key_row(later.pk).wrapped_by == key_row(clinician.practice_id)
    assert name_of(later) == "Later"


@pytest.mark.parametrize("clients", [1, 3])
def test_a_list_costs_one_statement_for_keys_in_boxes_too(
    clinician, clients, django_assert_num_queries
):
    for n in range(clients):
        make_client(clinician, f"Client {n}")
    nested()
    with django_assert_num_queries(2):
        assert len([client.preferred_name for client in Client.objects.all()]) == clients
    keys.forget()
    found = list(Client.objects.all())
    with django_assert_num_queries(1):
        keys.load(clinician.practice_id, [client.pk for client in found])
        assert all(client.preferred_name for client in found)


def test_with_very_many_keys_the_box_is_fetched_when_it_is_needed(clinician, monkeypatch):
    clients = [make_client(clinician, f"Client {n}") for n in range(3)]
    nested()
    monkeypatch.setattr(keys, "MOST_AT_ONCE", 1)
    assert [name_of(each) for each in clients] == ["Client 0", "Client 1", "Client 2"]


@pytest.mark.parametrize("whose", ["the client's", "the practice's"])
def test_a_key_moved_to_another_practice_does_not_open(client_in_care, stranger, whose):
    """Somebody who writes in the database moves a client's key, or a practice's own. Those who are
    there are read as before."""
    theirs = make_client(stranger, "Theirs")
    keys.of_subject(client_in_care.practice_id, client_in_care.practice_id)
    nested()
    row = key_row(client_in_care.pk)
    if whose == "the practice's":
        row = key_row(client_in_care.practice_id)
        row.subject = stranger.pk
    row.practice = stranger.practice
    row.save()
    keys.forget()
    with pytest.raises(CannotOpen, match=r"changed|gone"):
        keys.of_sealed(stranger.practice_id, b"\x01" + row.pk.bytes + bytes(29))
    with pytest.raises(CannotOpen, match=r"changed|gone"):
        keys.of_subject(stranger.practice_id, row.subject)
    assert name_of(theirs) == "Theirs"


def test_a_key_given_to_another_client_does_not_open(clinician):
    one, other = make_client(clinician, "One"), make_client(clinician, "Other")
    nested()
    DataKeyRow.objects.filter(subject=other.pk).delete()
    DataKeyRow.objects.filter(subject=one.pk).update(subject=other.pk)
    keys.forget()
    with pytest.raises(CannotOpen, match="changed"):
        name_of(one)


# -- another master key ----------------------------------------------------------------------------


def second_factors(user):
    secret = generate_totp_secret()
    TOTP.activate(user, secret)
    RecoveryCodes.activate(user)
    codes = Authenticator.objects.get(user=user, type="recovery_codes").wrap().get_unused_codes()
    return secret, codes


@pytest.fixture
def two_masters(settings):
    old, new = settings.FIELD_KEYS[0], entry("new", b"n")
    settings.FIELD_KEYS = [new, old]
    return old, new


def test_after_the_rotation_the_old_master_key_may_be_taken_away(clinician, settings, capsys, now):
    client = make_client(clinician, "One")
    nested()
    secret, codes = second_factors(clinician)
    letter = knocks.write("link", "one@client.example", now=now)
    old, new = settings.FIELD_KEYS[0], entry("new", b"n")
    settings.FIELD_KEYS = [new, old]
    assert "test: 1 keys, 1 open letters, 2 second factors under it (still needed)" in told(
        capsys, "status"
    )
    said = told(capsys, "rotate", "--now")
    assert "To new: 4 moved, done" in said
    assert "test: nothing under it (still needed)" in said  # a code may be under way
    KeyWork.objects.filter(name="master").update(ended_at=timezone.now() - timedelta(hours=1))
    assert "test: nothing under it (may be taken away)" in told(capsys, "status")
    settings.FIELD_KEYS = [new]
    keys.forget()
    assert name_of(client) == "One"
    assert Knock.objects.get(pk=letter.pk).asked["to"] == "one@client.example"
    totp, spare = (
        Authenticator.objects.get(user=clinician, type=t) for t in ("totp", "recovery_codes")
    )
    assert SecondFactorAdapter().decrypt(totp.data["secret"]) == secret
    assert spare.wrap().get_unused_codes() == codes


def test_keys_that_are_not_in_boxes_yet_are_rotated_as_they_are(
    client_in_care, two_masters, settings
):
    _old, new = two_masters
    turning.ask_for_first_master(now=timezone.now())
    finish()
    settings.FIELD_KEYS = [new]
    row = key_row(client_in_care.pk)
    assert master_of(bytes(row.wrapped)) == "new"  # as a version reads it that knows no boxes
    assert name_of(client_in_care) == "Sam Ortega"


def test_a_worker_that_was_not_restarted_undoes_nothing(client_in_care, two_masters, settings):
    old, new = two_masters
    work = turning.ask_for_first_master(now=timezone.now())
    settings.FIELD_KEYS = [old, new]
    finish()
    work.refresh_from_db()
    assert (work.done, work.ended_at) == (0, None)


def test_what_does_not_open_holds_nobody_else_up(clinician, stranger, settings, capsys, caplog):
    """One client's key and one second factor that were tampered with, and a practice's own."""
    one, other = make_client(clinician, "One"), make_client(clinician, "Other")
    theirs, third = make_client(stranger, "Theirs"), make_practice("Third", "t@third.example")
    keys.of_subject(third.pk, third.pk)
    for user in (clinician, stranger):
        TOTP.activate(user, generate_totp_secret())
    for row in (key_row(one.pk), key_row(third.pk)):
        DataKeyRow.objects.filter(pk=row.pk).update(wrapped=bytes(row.wrapped)[:-1])
    broken = Authenticator.objects.get(user=clinician)
    broken.data["secret"] = base64.b64encode(b"\x04test" + bytes(40)).decode()
    broken.save()
    settings.FIELD_KEYS = [entry("new", b"n"), *settings.FIELD_KEYS]
    said = told(capsys, "rotate", "--now")
    assert "test: 2 keys, 1 second factors under it (still needed)" in said
    nested()
    assert key_row(other.pk).wrapped_by == key_row(clinician.practice_id)
    assert key_row(theirs.pk).wrapped_by == key_row(stranger.practice_id)
    assert f"those of practice {third.pk} do not open" in caplog.text
    assert [name_of(other), name_of(theirs)] == ["Other", "Theirs"]


def test_a_rotation_ends_though_something_lies_under_a_key_that_is_gone(
    clinician, settings, capsys
):
    make_client(clinician, "One")
    settings.FIELD_KEYS = [entry("new", b"n")]
    said = told(capsys, "rotate", "--now")
    assert "NOT in FIELD_KEYS" in said
    assert "To new: 0 moved, done" in said


def test_it_is_said_when_a_master_key_is_missing(client_in_care, settings, capsys):
    settings.FIELD_KEYS = [entry("new", b"n")]
    said = told(capsys, "status")
    assert "test: 1 keys under it (NOT in FIELD_KEYS: what is under it cannot be read)" in said


# -- another key under values ----------------------------------------------------------------------


@pytest.fixture
def turned(joined, clinician):
    """Everything that one client has, under a key that was replaced."""
    give(joined, "patterns-check", by=clinician)
    occurrence = joined.occurrences.select_related("assignment").get()
    send(occurrence, by=joined.user, value=3)
    nested()
    before = key_row(joined.pk)
    turning.turn(joined.practice_id, joined.pk, by=None, now=timezone.now())
    before.refresh_from_db()
    return before


def named_by(row):
    return {
        field.name
        for model, field in sealed_columns()
        if values.naming(model, field, [row.pk]).exists()
    }


def test_every_value_is_sealed_anew_and_reads_as_before(turned, joined):
    """Also what never changes: answers that were sent, and how they were counted."""
    assert named_by(turned) >= {"preferred_name", "email", "answers", "trace", "note"}
    before = Response.objects.get()
    answers, trace = before.answers, before.scores.first().trace
    finish()
    assert named_by(turned) == set()
    after = Response.objects.get()
    assert key_id_of(column(after, "answers")) == key_row(joined.pk).pk
    assert (after.answers, after.scores.first().trace) == (answers, trace)
    assert name_of(joined) == "Sam Ortega"
    turned.refresh_from_db()
    assert turned.moved >= 5


def test_the_old_key_is_empty_after_an_hour_in_which_nothing_named_it(turned, joined, monkeypatch):
    finish()
    assert DataKeyRow.objects.filter(pk=turned.pk).exists()
    # Somebody still had the old bytes, and saves them.
    with transaction.atomic():
        found = Client.objects.get(pk=joined.pk)
        key = keys.of_sealed(joined.practice_id, b"\x01" + turned.pk.bytes + bytes(29))
        field = Client._meta.get_field("preferred_name")
        old = key.seal(b"Sam, from a tab", about=field.about(found))
        found.preferred_name = Sealed(old)
        found.save()
    later = timezone.now() + LATER
    turning.step(lambda: later)  # moved once more, and so it stays another hour
    turned.refresh_from_db()
    assert turned.emptied_at is None
    keys.forget()
    assert name_of(joined) == "Sam, from a tab"
    empty_at = later + LATER
    turning.step(lambda: empty_at)
    turned.refresh_from_db()
    assert turned.emptied_at == empty_at
    turning.step(lambda: empty_at + NO_BACKUP_LEFT - timedelta(minutes=1))
    assert DataKeyRow.objects.filter(pk=turned.pk).exists()  # a backup may need it yet
    turning.step(lambda: empty_at + NO_BACKUP_LEFT)
    assert not DataKeyRow.objects.filter(pk=turned.pk).exists()
    keys.forget()
    assert name_of(joined) == "Sam, from a tab"
    assert AuditEvent.objects.filter(action="key.destroyed", record_id=turned.pk).count() == 1


def test_what_names_old_keys_is_asked_once_a_column_however_many_there_are(clinician):
    clients = [make_client(clinician, f"Client {n}") for n in range(3)]
    nested()
    for client in clients:
        turning.turn(clinician.practice_id, client.pk, by=None, now=timezone.now())
    finish()
    assert [each.left for each in turning.status().turned] == [0, 0, 0]
    later = timezone.now() + LATER
    assert values.note_empty(clinician.practice_id, now=later, more=lambda: False) == 0
    with CaptureQueriesContext(connection) as asked:
        assert values.note_empty(clinician.practice_id, now=later, more=lambda: True) == 3
    looked = [each for each in asked if "substr" in each["sql"].lower()]
    assert len(looked) == len([*sealed_columns()])


def test_what_is_written_meanwhile_is_never_overwritten(turned, joined, monkeypatch):
    swap = values._swap

    def somebody_is_quicker(model, field, pk, was, becomes):
        if model is Client and field.name == "preferred_name":
            monkeypatch.setattr(values, "_swap", swap)
            found = Client.objects.get(pk=pk)
            found.preferred_name = "Written meanwhile"
            found.save(update_fields=["preferred_name"])
        return swap(model, field, pk, was, becomes)

    monkeypatch.setattr(values, "_swap", somebody_is_quicker)
    finish()
    assert name_of(joined) == "Written meanwhile"


def test_nobody_is_brought_back_who_was_erased_meanwhile(turned, joined):
    keys.destroy(joined.practice_id, joined.pk)
    finish()
    assert not DataKeyRow.objects.filter(subject=joined.pk).exists()
    with pytest.raises(CannotOpen, match="gone"):
        name_of(joined)


def test_a_value_that_was_tampered_with_keeps_its_key_and_is_counted(turned, joined, capsys):
    finish()
    field = Client._meta.get_field("pronouns")
    about = field.about(joined)
    key = keys.of_sealed(joined.practice_id, b"\x01" + turned.pk.bytes + bytes(29))
    put_into_column(joined, "pronouns", key.seal(b"they", about=about + b"x"))
    for hours in (2, 4):
        turning.step(lambda hours=hours: timezone.now() + hours * LATER)
    assert DataKeyRow.objects.filter(pk=turned.pk).exists()
    assert f"Old key of client {joined.pk}" in told(capsys, "status")
    assert "1 left" in told(capsys, "status")


def test_a_practices_own_key_is_replaced_with_what_lies_in_its_box(turned, joined, clinician):
    practice_id = joined.practice_id
    keys.of_subject(practice_id, practice_id)
    before = key_row(practice_id)
    called = Names(keys.of_subject(practice_id, practice_id)).short("P", joined.pk)
    turning.turn(practice_id, practice_id, by=None, now=timezone.now())
    finish()
    assert key_row(joined.pk).wrapped_by == key_row(practice_id) != before
    later = timezone.now() + LATER
    turning.step(lambda: later)
    turning.step(lambda: later + NO_BACKUP_LEFT)
    assert not DataKeyRow.objects.filter(retired_at__isnull=False).exists()
    keys.forget()
    assert name_of(joined) == "Sam Ortega"
    # In an export of later, people have the names that they had.
    assert Names(keys.of_subject(practice_id, practice_id)).short("P", joined.pk) == called


def test_the_order_is_given_by_command_and_progress_is_shown(joined, capsys):
    nested()
    old = key_row(joined.pk)
    said = told(capsys, "rotate-data", "--client", str(joined.pk))
    assert "1 new. Values follow in the background." in said
    assert f"Old key of client {joined.pk}: 0 values moved, " in said
    assert " 0 left" not in said
    said = told(capsys, "rotate-data", "--everybody-of", str(joined.practice_id), "--now")
    assert "2 new." in said
    assert said.count(" 0 left; destroyed after ") == 3
    assert AuditEvent.objects.filter(action="key.turned").count() == 3
    assert not named_by(old)


def test_an_old_key_is_destroyed_before_its_time_only_when_somebody_says_so(turned, joined, capsys):
    finish()
    later = timezone.now() + LATER
    turning.step(lambda: later)
    with pytest.raises(CommandError, match=r"1 old keys would go\..* backups"):
        call_command("keys", "destroy-retired")
    assert DataKeyRow.objects.filter(pk=turned.pk).exists()
    assert "1 old keys destroyed." in told(capsys, "destroy-retired", "--yes")
    assert not DataKeyRow.objects.filter(pk=turned.pk).exists()
    assert name_of(joined) == "Sam Ortega"


def test_a_key_that_something_names_after_all_is_not_destroyed(turned, capsys):
    """It says that it is empty, and a restore has brought back what it sealed."""
    DataKeyRow.objects.filter(pk=turned.pk).update(emptied_at=timezone.now())
    assert "0 old keys destroyed." in told(capsys, "destroy-retired", "--yes")
    turned.refresh_from_db()
    assert turned.emptied_at is None  # and what it sealed is moved


def test_no_key_is_turned_while_an_older_version_may_serve(joined):
    with pytest.raises(turning.NotYet):
        turning.turn(joined.practice_id, joined.pk, by=None, now=timezone.now())
    a_day_later()


# -- what never changes may be sealed anew, and nothing else ---------------------------------------


@pytest.mark.parametrize(
    "change",
    ["nothing said", "another column", "plain text", "a shorter one", "another column said"],
)
def test_that_door_lets_nothing_else_through(turned, change):
    score = Response.objects.get().scores.first()
    sealed = column(score, "trace")
    other = sealed[:1] + bytes(16) + sealed[17:]
    said = {"nothing said": "", "another column said": "engine"}.get(change, "trace")
    wanted = {
        "another column": {"trace": Sealed(other), "engine": "x"},
        "plain text": {"trace": Sealed(b"x" * len(sealed))},
        "a shorter one": {"trace": Sealed(other[:-1])},
    }.get(change, {"trace": Sealed(other)})
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('trellis.resealing', %s, true)", [said])
    with pytest.raises(IntegrityError), transaction.atomic():
        type(score).objects.filter(pk=score.pk).update(**wanted)


# -- a process forgets -----------------------------------------------------------------------------


def test_a_destroyed_key_is_forgotten_within_a_minute_by_every_process(
    client_in_care, monkeypatch, django_assert_num_queries
):
    now = 1000.0
    monkeypatch.setattr(keys.time, "monotonic", lambda: now)
    keys.forget()
    found = Client.objects.get(pk=client_in_care.pk)
    sealed = column(found, "preferred_name")
    assert found.preferred_name == "Sam Ortega"
    DataKeyRow.objects.filter(subject=client_in_care.pk).delete()  # by another process
    with django_assert_num_queries(0):
        keys.of_sealed(found.practice_id, sealed)
    now += keys.REMEMBERED + 1
    with pytest.raises(CannotOpen, match="gone"):
        keys.of_sealed(found.practice_id, sealed)


def test_keys_of_a_practice_that_nobody_asks_for_go_with_the_next_that_is_begun(
    clinician, stranger, monkeypatch
):
    now = 1000.0
    monkeypatch.setattr(keys.time, "monotonic", lambda: now)
    keys.forget()
    keys.of_subject(clinician.practice_id, clinician.practice_id)
    now += keys.REMEMBERED + 1
    keys.of_subject(stranger.practice_id, stranger.practice_id)
    assert set(keys._rings) == {stranger.practice_id}


def test_a_key_made_in_a_transaction_is_not_remembered_when_others_are_fetched(clinician):
    """It may be undone, and then nothing may be sealed with it."""
    practice_id = clinician.practice_id
    make_client(clinician, "Elsewhere")
    keys.forget()
    with transaction.atomic():
        undone = keys.of_subject(practice_id, practice_id)
        assert [client.preferred_name for client in Client.objects.all()] == ["Elsewhere"]
        transaction.set_rollback(True)
    assert keys.of_subject(practice_id, practice_id) != undone
