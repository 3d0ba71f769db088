"""The audit trail: append-only, and a chain that anybody can check with sha256."""

import hashlib
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from threading import Barrier

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import F
from django.utils import timezone

from practice import audit
from practice.models import AuditEvent, Practice, User
from tests.conftest import make_client, make_practice, make_staff, without_trigger

# The rows as text, in the database's own spelling of JSON: that text is what was hashed.
ROWS = """
SELECT number, previous, hash, jsonb_build_array(
    id, practice_id, number, to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'),
    actor_id, action, record_type, record_id, client_id, host(address), detail)::text
FROM practice_auditevent WHERE practice_id = %s ORDER BY number
"""


def check_chain(practice):
    """Walk the whole chain in Python; returns its length."""
    with connection.cursor() as cursor:
        cursor.execute(ROWS, [practice.pk])
        rows = cursor.fetchall()
    last = b""
    for expected, (number, previous, found, text) in enumerate(rows, start=1):
        assert number == expected
        assert bytes(previous) == last
        last = hashlib.sha256(last + text.encode()).digest()
        assert bytes(found) == last
    return len(rows)


@pytest.mark.django_db
def test_the_chain_can_be_checked_in_python(practice, clinician):
    before = check_chain(practice)
    audit.record("test.one", practice, by=clinician, detail={"ü": [1, None, "“"]})
    audit.record("test.two", practice, by=None)
    assert check_chain(practice) == before + 2


@pytest.mark.django_db
def test_looking_is_written_once_a_day_of_the_practice_for_each_row(
    practice, clinician, monkeypatch
):
    """Whoever reads in Los Angeles what is kept in Berlin has looked on a day of Berlin's."""
    practice.time_zone = "Europe/Berlin"
    practice.save()
    clinician = User.objects.get(pk=clinician.pk)
    one, other = make_client(clinician, "One"), make_client(clinician, "Other")

    def looks(client, at):
        moment = datetime.fromisoformat(f"2026-11-18T{at}+00:00")
        monkeypatch.setattr(audit.timezone, "now", lambda: moment)
        audit.looked("record.read", client, by=clinician)
        return AuditEvent.objects.filter(action="record.read").count()

    with timezone.override("America/Los_Angeles"):
        assert looks(one, "22:00") == 1
        assert looks(one, "22:59") == 1
        assert looks(other, "22:59") == 2
        assert looks(one, "23:01") == 3


@pytest.mark.django_db
def test_each_practice_has_a_chain_of_its_own(practice, stranger):
    lengths = check_chain(practice), check_chain(stranger.practice)
    audit.record("test.one", practice, by=None)
    assert (check_chain(practice), check_chain(stranger.practice)) == (lengths[0] + 1, lengths[1])


@pytest.mark.django_db
def test_number_and_hashes_cannot_be_given_from_outside(practice):
    before = check_chain(practice)
    event = audit.record("test.one", practice, by=None)
    AuditEvent.objects.create(
        practice=practice,
        at=event.at,
        action="test.forged",
        record_type="x",
        number=77,
        previous=b"forged",
        hash=b"forged",
    )
    assert check_chain(practice) == before + 2


@pytest.mark.django_db
@pytest.mark.parametrize(
    "change",
    [
        lambda rows: rows.update(action="something.else"),
        lambda rows: rows.update(number=F("number")),
        lambda rows: rows.delete(),
        lambda rows: rows[0].delete(),
    ],
    ids=["update", "update that changes nothing", "delete", "delete one"],
)
def test_what_is_written_is_never_changed(practice, change):
    rows = AuditEvent.objects.filter(practice=practice)
    assert rows.exists()
    with pytest.raises(IntegrityError, match="these rows do not change"), transaction.atomic():
        change(rows)


@pytest.mark.django_db
def test_a_changed_row_would_be_noticed(practice):
    """The wall is the trigger; behind it the chain tells."""
    without_trigger("practice_auditevent", "audit_append_only")
    AuditEvent.objects.filter(practice=practice, number=1).update(action="something.else")
    with pytest.raises(AssertionError):
        check_chain(practice)


@pytest.mark.django_db
def test_the_address_of_the_request_is_noted(practice, clinician):
    token = audit.address.set("203.0.113.9")
    try:
        assert audit.record("test.one", practice, by=clinician).address == "203.0.113.9"
    finally:
        audit.address.reset(token)
    assert audit.record("test.two", practice, by=clinician).address is None
    assert check_chain(practice)


@pytest.mark.django_db(transaction=True)
def test_two_connections_at_once_make_one_chain_without_branches():
    practice = make_practice(also_clinician=False)
    before = check_chain(practice)
    together = Barrier(2)

    def write(name):
        try:
            mine = Practice.objects.get(pk=practice.pk)
            together.wait(10)
            for _ in range(10):
                with transaction.atomic():
                    audit.record(f"test.{name}", mine, by=None)
                    audit.record(f"test.{name}", mine, by=None)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(write, "left"), pool.submit(write, "right")]:
            done.result(30)
    assert check_chain(practice) == before + 40


@pytest.mark.django_db
def test_nothing_that_people_are_called_is_in_the_trail(practice):
    make_staff(practice, "Unmistakable", "clinician")
    details = list(AuditEvent.objects.filter(practice=practice).values_list("detail", "action"))
    assert details
    assert "Unmistakable" not in str(details)
