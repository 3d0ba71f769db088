"""Who makes a file, when, and what comes of it when something goes wrong."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext

from assessments import actions, exports
from assessments.exports import formats, making, work
from assessments.models import Export
from clients import actions as care
from practice import keys
from practice.encryption import key_id_of
from practice.models import AuditEvent, DataKeyRow
from tests.conftest import NOW, join, make_client, make_staff, measure, reads
from tests.whole import close

from .helpers import ask, make, take

pytestmark = pytest.mark.django_db
DAY, LEASE = timedelta(days=1), timedelta(seconds=121)


@pytest.fixture
def measured(joined, clinician):
    measure(joined, 9, by=clinician, days_ago=3)
    return joined


def made_at(now):
    return exports.make_next(clock=lambda: now)


def events(export):
    return list(
        AuditEvent.objects.filter(record_id=export.pk)
        .order_by("number")
        .values_list("action", flat=True)
    )


def test_asked_made_taken_and_gone_after_a_day(measured, clinician):
    export = make(clinician, measured)
    assert (export.state, export.done, export.total) == ("ready", 2, 2)
    assert actions.take_export(export, by=clinician, now=NOW)[:2] == b"PK"
    later = NOW + DAY
    with pytest.raises(actions.NotThere):  # although nobody has come to empty it
        actions.take_export(export, by=clinician, now=later)
    assert actions.empty_exports(now=later - timedelta(seconds=1)) == 0
    assert actions.empty_exports(now=later) == 1
    export.refresh_from_db()
    assert (export.state, export.file) == ("emptied", None)
    assert events(export) == ["export.asked", "export.made", "export.taken", "export.emptied"]


def test_the_audit_says_what_left_and_whose_it_was(measured, clinician):
    take(clinician, with_words=True)
    taken = AuditEvent.objects.get(action="export.taken")
    assert taken.actor == clinician
    assert taken.detail == {
        "kind": "tables",
        "of": "caseload",
        "with_words": True,
        "from": None,
        "until": None,
        "clients": [str(measured.pk)],
    }


def test_a_second_click_asks_for_nothing_more_and_nobody_elses_name_is_taken(
    measured, clinician, colleague
):
    once = uuid4()
    facts = {"kind": "tables", "with_words": False, "once": once, "now": NOW}
    for _ in range(2):
        actions.ask_for_export(measured, by=clinician, **facts)
    assert Export.objects.count() == 1
    with pytest.raises(IntegrityError):
        actions.ask_for_export(None, by=colleague, **facts)


def test_what_another_holds_is_left_alone_until_the_lease_runs_out(measured, clinician):
    export = ask(clinician, measured)
    dead = making._claim(NOW)  # a worker that is killed now
    assert not made_at(NOW + timedelta(seconds=60))
    assert made_at(NOW + LEASE)
    export.refresh_from_db()
    assert (export.state, export.begun) == ("ready", 2)
    # The dead one wakes up: it may neither say how far it is, nor put its file there.
    with pytest.raises(work.Lost):
        work.Work(dead, None, None, lambda: NOW).begin(9)
    assert not actions.exports.put_export(dead, b"old", clients=[], responses=0, now=NOW)
    actions.exports.refuse_export(dead, "broke", now=NOW)
    export.refresh_from_db()
    assert (export.state, export.total) == ("ready", 2)


def test_the_lease_goes_on_while_it_is_made(measured, clinician, monkeypatch):
    export, seen = ask(clinician, measured), []

    def slow(work, out):
        work.begin(3)
        for minutes in range(1, 4):
            work.clock = lambda minutes=minutes: NOW + timedelta(minutes=minutes)
            out.write(b"x")
            work.step(1)
            seen.append(Export.objects.get(pk=export.pk))
            assert not exports.make_next(clock=work.clock)  # another worker looks

    monkeypatch.setitem(formats.FORMATS, "tables", formats.Format(slow, "zip", "application/zip"))
    assert made_at(NOW)
    assert [(row.state, row.done, row.total) for row in seen] == [
        ("making", n, 3) for n in (1, 2, 3)
    ]
    export.refresh_from_db()
    assert (export.state, export.begun) == ("ready", 1)


def test_what_breaks_is_tried_again_and_given_up_the_third_time(measured, clinician, monkeypatch):
    def broken(work, out):
        raise RuntimeError("no")

    monkeypatch.setitem(formats.FORMATS, "tables", formats.Format(broken, "zip", "application/zip"))
    export = ask(clinician, measured)
    states = []
    for _ in range(3):
        assert not made_at(NOW)  # the next ring tries again
        export.refresh_from_db()
        states.append(export.state)
    assert states == ["waiting", "waiting", "failed"]
    assert export.why == Export.Why.BROKE
    assert not made_at(NOW)
    assert events(export) == ["export.asked", "export.failed"]


def test_what_kills_its_workers_is_given_up(measured, clinician):
    export = ask(clinician, measured)
    for n in range(3):
        making._claim(NOW + n * LEASE)
    assert made_at(NOW + 3 * LEASE)
    export.refresh_from_db()
    assert export.why == Export.Why.BROKE


def test_a_file_that_would_be_too_large_is_not_made(measured, clinician, monkeypatch):
    monkeypatch.setattr(work, "LARGEST", 100)
    assert make(clinician, measured).why == Export.Why.TOO_MUCH


def test_nothing_is_made_of_nothing(joined, clinician):
    say_so = {Export.Kind.REPORT, Export.Kind.ARCHIVE}  # on a page, and by what is in it
    for kind in formats.FORMATS.keys() - say_so:
        assert make(clinician, joined, kind=kind).why == Export.Why.NOTHING


def leave(client, clinician):
    other = make_staff(client.practice, "Zoe", "clinician")
    care.hand_over(client, to=other, stays=False, by=clinician, now=NOW)


def erase(client):
    DataKeyRow.objects.filter(subject=client.pk).delete()
    keys.forget()


def test_of_a_client_who_left_the_caseload_meanwhile_nothing_is_made(measured, clinician):
    export = ask(clinician, measured)
    leave(measured, clinician)
    assert made_at(NOW)
    export.refresh_from_db()
    assert export.why == Export.Why.LEFT


def test_who_leaves_while_it_is_made_is_noticed_at_the_end(measured, clinician, monkeypatch):
    write = formats.FORMATS["tables"].write

    def leaving(work, out):
        write(work, out)
        leave(measured, clinician)

    monkeypatch.setitem(
        formats.FORMATS, "tables", formats.Format(leaving, "zip", "application/zip")
    )
    assert make(clinician).why == Export.Why.SOME_LEFT


def test_a_file_is_not_taken_once_somebody_in_it_has_left_or_was_erased(measured, clinician):
    other = join(make_client(clinician, "Other X"), by=clinician)
    measure(other, 9, by=clinician, days_ago=3)
    export = make(clinician)
    assert actions.take_export(export, by=clinician, now=NOW)
    leave(other, clinician)
    with pytest.raises(actions.NotThere):
        actions.take_export(export, by=clinician, now=NOW)
    export = make(clinician)
    erase(measured)
    with pytest.raises(actions.NotThere):
        actions.take_export(export, by=clinician, now=NOW)


def test_an_erased_client_is_in_no_file_and_keeps_nobody_elses_back(measured, clinician):
    other = join(make_client(clinician, "Other X"), by=clinician)
    measure(other, 9, by=clinician, days_ago=3)
    erase(measured)
    assert make(clinician, measured).why == Export.Why.ERASED
    assert make(clinician).clients == [other.pk]


def test_who_is_in_it_is_held_until_it_is_there_so_that_an_erasure_finds_the_file(
    measured, clinician
):
    with CaptureQueriesContext(connection) as sent:
        export = make(clinician)
    said = [each["sql"] for each in sent]
    holds = [n for n, sql in enumerate(said) if 'FOR NO KEY UPDATE OF "clients_client"' in sql]
    kept = [n for n, sql in enumerate(said) if '"file" =' in sql]
    assert export.clients == [measured.pk]
    assert holds
    assert kept
    assert holds[-1] < kept[-1]
    close(measured, by=clinician)
    care.ask_for_erasure(measured, why="wish", words="", by=clinician, now=NOW)
    owner = make_staff(measured.practice, "Ole", "owner")
    care.erase_client(measured, early="They insist", by=owner, now=NOW)
    export.refresh_from_db()
    assert (export.state, export.file) == ("emptied", None)


def test_deleted_before_it_is_made_it_is_never_made(measured, clinician):
    export = ask(clinician, measured)
    actions.delete_export(export, by=clinician, now=NOW)
    assert not made_at(NOW)
    export.refresh_from_db()
    assert export.state == "emptied"
    assert events(export) == ["export.asked", "export.deleted"]


def test_few_are_made_at_once_so_that_reminders_find_a_worker(measured, clinician, settings):
    first, second = ask(clinician, measured), ask(clinician)
    making._claim(NOW)
    assert making._claim(NOW) is None
    settings.EXPORTS_AT_ONCE = 2
    assert making._claim(NOW).pk == second.pk
    assert first.pk != second.pk


def test_a_supervisor_takes_what_they_may_read(measured, supervisor, clinician):
    make_client(make_staff(measured.practice, "Cleo", "clinician"), "Third X")
    reads(supervisor, measured)
    assert make(supervisor).clients == [measured.pk]


def test_the_file_is_sealed_for_its_client_or_for_the_practice(measured, clinician):
    for client, subject in ((measured, measured.pk), (None, measured.practice_id)):
        export = make(clinician, client)
        with connection.cursor() as cursor:
            cursor.execute("SELECT file FROM assessments_export WHERE id = %s", [export.pk])
            column = bytes(cursor.fetchone()[0])
        assert b"PK" not in column[:64]
        assert DataKeyRow.objects.get(pk=key_id_of(column)).subject == subject
        assert Export.objects.get(pk=export.pk).file[:2] == b"PK"


def test_later_answers_are_not_in_a_file_that_was_asked_for_before(measured, clinician):
    export = ask(clinician, measured, now=NOW - timedelta(hours=1))
    assert made_at(NOW)
    export.refresh_from_db()
    assert export.why == Export.Why.NOTHING
