"""A client is forgotten: all of it at once, nothing under a hold, and a certificate is left."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from assessments.models import Export, Response
from assessments.reminders.asked import address_changed
from clients import actions
from clients.keeping import certificate_of, kept_of
from clients.models import Client, EmergencyOpening, LegalHold, SupervisionReason
from practice import audit, forgetting, keys, knocks
from practice.encryption import CannotOpen
from practice.forgetting import NotDecided, counts_of, hanging_on
from practice.limits import mark_of
from practice.models import AuditEvent, DataKeyRow, Erased, Knock, User
from tests.conftest import NOW, WHOLE_DAY, make_client, make_practice, make_staff, without_trigger
from tests.whole import close, rows_left_of, whole_client

LONG_AFTER = NOW + timedelta(days=11 * 366)


@pytest.fixture
def whole(clinician):
    return close(whole_client(clinician), by=clinician)


def erase(client, owner, *, now=NOW, early="They insist; nothing is open."):
    return actions.erase_client(client, early=early, by=owner, now=now)


def kinds_without_a_row(client):
    return {each.label for each in hanging_on(Client)} - counts_of(client).keys()


def test_of_every_kind_that_hangs_on_a_client_there_is_something_to_delete(whole):
    """What the tests below say about all models is worth as much as this."""
    assert kinds_without_a_row(whole) == set()


def test_every_row_of_every_kind_goes_and_nobody_elses(whole, owner, clinician):
    other = whole_client(clinician, name="Petra Other")
    before = counts_of(other)
    counts = counts_of(whole)
    erased = erase(whole, owner)
    assert rows_left_of(whole) == {}
    assert not Client.objects.filter(pk=whole.pk).exists()
    assert erased.counts == counts
    assert counts_of(other) == before
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # nothing points at what is gone


def test_no_column_of_the_whole_database_holds_their_name_address_or_id(whole, owner):
    """But the trail, the list of the erased, and the shell of their account, by its own id."""
    traces = {whole.email, str(whole.pk), "Unmistakable"}
    erase(whole, owner)
    left = set()
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT count(*), string_agg(t::text, chr(10)) FROM "{table}" t')
            text = cursor.fetchone()[1] or ""
            left |= {table for trace in traces if trace in text}
    assert left == {"practice_auditevent", "practice_erased"}


def test_their_key_is_destroyed_and_what_a_backup_holds_does_not_open(whole, owner):
    response = whole.responses.submitted().first()
    sealed = Response.objects.values_list("answers", flat=True).get(pk=response.pk)
    assert keys.of_sealed(whole.practice_id, bytes(sealed))
    erase(whole, owner)
    assert not DataKeyRow.objects.filter(subject=whole.pk).exists()
    keys.forget()  # another process, or this one later
    with pytest.raises(CannotOpen):
        keys.of_sealed(whole.practice_id, bytes(sealed))


def test_their_key_is_held_before_their_rows_as_by_whoever_turns_keys(whole, owner):
    """Else each of the two could hold what the other waits for."""
    with CaptureQueriesContext(connection) as sent:
        erase(whole, owner)
    held = [each["sql"] for each in sent if " FOR UPDATE" in each["sql"]]
    assert '"practice_datakey"' in held[0]
    assert '"clients_client"' in held[1]


def test_their_account_is_an_empty_shell_that_opens_nothing(whole, owner):
    user_id, address = whole.user_id, whole.user.email
    erase(whole, owner)
    shell = User.objects.get(pk=user_id)
    assert not shell.is_active
    assert shell.email == f"{user_id}@erased.invalid"
    assert not shell.has_usable_password()
    assert not shell.sign_ins.exists()
    assert not User.objects.filter(email=address).exists()


def test_what_was_tried_with_their_address_says_nothing_and_goes(whole, owner):
    for name in (whole.user.email, owner.email):
        knocks.note_failed("password", name, now=NOW)
    token = audit.address.set("203.0.113.9")
    try:
        knocks.answer_all(lambda: NOW)
    finally:
        audit.address.reset(token)
    event = AuditEvent.objects.get(action="sign_in.failed", record_id=whole.user_id)
    assert event.address is None
    assert event.detail.keys() == {"how", "at"}
    knocks.note_failed("code", whole.user.email, now=NOW)  # not answered yet
    theirs = Knock.objects.filter(mark=mark_of(whole.user.email))
    assert theirs.filter(kind="failed").count() == 2
    erase(whole, owner)
    assert not theirs.exists()
    assert Knock.objects.filter(mark=mark_of(owner.email)).exists()


def test_letters_to_them_that_wait_go_too_whatever_address_they_are_for(whole, owner):
    address_changed(client=whole, old="left@client.example", may_note=True, now=NOW)
    waiting = Knock.objects.filter(kind__in=[Knock.Kind.NOTE, Knock.Kind.LINK])
    assert sorted(waiting.values_list("kind", flat=True)) == ["link", "note", "note"]
    erase(whole, owner)
    assert not waiting.exists()


def test_what_is_left_says_when_by_whom_and_how_many_and_names_nobody(whole, owner, practice):
    erased = erase(whole, owner)
    proof = certificate_of(Erased.objects.of(owner).get())
    event = AuditEvent.objects.get(action="client.erased")
    assert (proof.event, proof.total) == (event, sum(erased.counts.values()))
    facts = proof.as_json()
    assert facts["record"] == str(whole.pk)
    assert (facts["why"], facts["by"]) == ("wish", str(owner.pk))
    assert facts["trail"]["sha256"] == bytes(event.hash).hex()
    assert facts["rows"]["assessments.Response"] == erased.counts["assessments.Response"]
    assert "Unmistakable" not in str(facts)
    assert (event.client_id, event.detail) == (whole.pk, {"why": "wish"})


def test_under_a_legal_hold_nobody_erases_and_neither_does_the_database(whole, owner):
    actions.hold(whole, reason="A court", by=owner, now=NOW)
    with pytest.raises(actions.UnderHold):
        erase(whole, owner)
    for trick in (
        lambda: Erased.objects.create(
            pk=whole.pk, practice=whole.practice, why="wish", erased_at=NOW, counts={}
        ),
        lambda: LegalHold.objects.standing().filter(client=whole).delete(),
        lambda: SupervisionReason.objects.filter(client=whole).delete(),
        lambda: EmergencyOpening.objects.filter(client=whole).delete(),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            trick()
    assert kinds_without_a_row(whole) == set()
    actions.lift_hold(whole, by=owner, now=NOW)
    assert erase(whole, owner)


def test_a_hold_that_was_lifted_stays_as_it_was_said(whole, owner):
    lifted = whole.legal_holds.get()
    for facts in ({"lifted_at": None, "lifted_by": None}, {"since": NOW - timedelta(days=9)}):
        with pytest.raises(IntegrityError), transaction.atomic():
            LegalHold.objects.filter(pk=lifted.pk).update(**facts)
    with pytest.raises(IntegrityError), transaction.atomic():
        lifted.delete()


def test_there_is_one_hold_at_a_time(client_in_care, owner):
    actions.hold(client_in_care, reason="A court", by=owner, now=NOW)
    with pytest.raises(actions.IsHeld):
        actions.hold(client_in_care, reason="Another", by=owner, now=NOW)


def test_nobody_is_erased_who_is_in_care_or_of_whom_nobody_asked_it(clinician, owner):
    client = make_client(clinician)
    actions.ask_for_erasure(client, why="wish", words="", by=clinician, now=NOW)
    with pytest.raises(actions.StillInCare):
        erase(client, owner)
    close(client, by=clinician)
    actions.take_back_erasure(client, by=clinician, now=NOW)
    with pytest.raises(actions.NoReason):
        erase(client, owner)
    assert Client.objects.filter(pk=client.pk).exists()


def test_before_the_time_is_over_somebody_says_why_and_after_it_nobody_has_to(whole, owner):
    with pytest.raises(actions.TooEarly):
        erase(whole, owner, early=" ")
    actions.take_back_erasure(whole, by=owner, now=NOW)
    assert not kept_of(whole, now=NOW).is_over
    erased = erase(whole, owner, now=LONG_AFTER, early="")
    assert (erased.why, erased.early, erased.asked_at) == ("over", "", None)


def test_where_two_are_needed_whoever_asked_is_not_who_does_it(clinician, owner, practice):
    actions.change_retention(practice, by=owner, now=NOW, by_itself=False, second_person=True)
    client = close(make_client(clinician), by=clinician)
    actions.ask_for_erasure(client, why="wish", words="", by=owner, now=NOW)
    with pytest.raises(actions.NeedsAnother):
        erase(client, owner)
    other = make_staff(practice, "Otto", "owner")
    assert erase(client, other)


def test_a_file_of_the_whole_caseload_with_them_inside_is_emptied(whole, clinician, owner):
    export = Export.objects.create(
        practice=whole.practice,
        kind="tables",
        with_words=True,
        asked_at=NOW,
        done_at=NOW,
        created_by=clinician,
        clients=[whole.pk],
        file=b"their answers",
    )
    erase(whole, owner)
    export.refresh_from_db()
    assert (export.file, export.emptied_at) == (None, NOW)


def test_it_is_all_or_nothing(whole, owner, monkeypatch):
    before = counts_of(whole)

    def broken(*args, **kwargs):
        raise RuntimeError

    monkeypatch.setattr(keys, "destroy", broken)
    with pytest.raises(RuntimeError):
        erase(whole, owner)
    assert counts_of(whole) == before
    assert not Erased.objects.exists()


def test_who_was_erased_does_not_change(whole, owner):
    erase(whole, owner)
    for trick in (lambda: Erased.objects.update(why="over"), lambda: Erased.objects.all().delete()):
        with pytest.raises(IntegrityError), transaction.atomic():
            trick()


def test_after_a_restore_whoever_was_erased_is_erased_again(clinician, owner):
    """The backup is older than the erasure, and a hold stood when it was made."""
    client = whole_client(clinician)
    elsewhere = make_client(make_practice("Elsewhere", "other@elsewhere.example").users.get())
    savepoint = transaction.savepoint()
    close(client, by=clinician)
    erased = erase(client, owner)
    transaction.savepoint_rollback(savepoint)  # the restore
    keys.forget()
    actions.hold(client, reason="A court", by=owner, now=NOW)
    without_trigger("practice_erased", "erased_not_under_hold")  # as a restore loads tables
    erased.save(force_insert=True)

    assert actions.forget_again(client.practice_id, now=NOW) == 1
    assert actions.forget_again(client.practice_id, now=NOW) == 0
    assert rows_left_of(client) == {}
    assert not DataKeyRow.objects.filter(subject=client.pk).exists()
    assert Client.objects.filter(pk=elsewhere.pk).exists()


def test_a_model_that_may_or_may_not_be_of_a_client_has_to_say_so(monkeypatch):
    class Field:
        remote_field, null, name, related_model = True, True, "response", Response

    monkeypatch.setattr(forgetting, "_links", lambda model: [Field] if model is User else [])
    with pytest.raises(NotDecided):
        forgetting._through(User, {Response: ("client",)})


def test_a_form_that_is_older_than_the_erasure_brings_nobody_back(whole, owner, clinician):
    """After a restore, whoever had the name would be erased though they are in care."""
    erase(whole, owner)
    person = {"preferred_name": "Sam", "pronouns": "", "email": "", "language": "en"}
    with pytest.raises(actions.AlreadyAdded):
        actions.add_client(
            pk=whole.pk, by=clinician, now=NOW, contact=WHOLE_DAY, time_zone="UTC", **person
        )
    assert not Client.objects.exists()
    assert not DataKeyRow.objects.filter(subject=whole.pk).exists()
