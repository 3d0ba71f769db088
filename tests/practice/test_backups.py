"""Backups: whole, closed to everybody else, and never the cause of a second message."""

import fcntl
import io
import os
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from django.core import mail
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from assessments import actions, calls, reminders
from assessments.models import Export, Reminder, Response
from assessments.models.reminders import Outcome
from clients import actions as care
from clients.keeping import certificate_of
from clients.models import Client, PortalLink
from practice import audit, keys, knocks, turning
from practice.backups import databases, drill, erased, pruning, restoring, sealing, taking
from practice.backups.sealing import Opener, Refused, Sealer
from practice.encryption import CannotOpen
from practice.management.commands import backup
from practice.models import (
    AuditEvent,
    DataKeyRow,
    Erased,
    Heartbeat,
    Knock,
    Practice,
    SignIn,
    User,
)
from tests.conftest import (
    NOW,
    answer_all,
    as_user,
    clear,
    give,
    join,
    make_client,
    make_practice,
    make_staff,
)
from tests.practice.turning import finish, nested
from tests.whole import close, rows_left_of, whole_client

QUIET = [].append  # said to nobody
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


# -- the file ----------------------------------------------------------------------------------
CONTENT = b"What nobody else may read. " * 200_000  # some pieces


def sealed(content):
    file = io.BytesIO()
    sealer = Sealer(file, {"kind": "backup", "at": "now"})
    for start in range(0, len(content), 70_000):
        sealer.write(content[start : start + 70_000])
    sealer.end()
    return file.getvalue()


@pytest.fixture
def small_pieces(monkeypatch):
    monkeypatch.setattr(sealing, "PIECE", 1000)


def frames(data):
    """Where each of the length-prefixed parts begins and ends."""
    at, found = len(sealing.MAGIC), []
    while at < len(data):
        end = at + 4 + int.from_bytes(data[at : at + 4], "big")
        found.append((at, end))
        at = end
    return found


def read(data, count):
    opener = Opener(io.BytesIO(data))
    content = opener.read(count)
    opener.ended()
    return content


def test_a_file_opens_and_says_nothing_to_others(small_pieces):
    data = sealed(CONTENT)
    assert read(data, len(CONTENT)) == CONTENT
    assert b"nobody" not in data
    assert len(frames(data)) > 5


def changed_bit(data, parts):
    return data[:-30] + bytes([data[-30] ^ 1]) + data[-29:]


def cut_at_a_piece(data, parts):
    return data[: parts[-1][0]]


def cut_inside(data, parts):
    return data[:-7]


def swapped(data, parts):
    (a, b), (c, d) = parts[3], parts[4]
    return data[:a] + data[c:d] + data[a:b] + data[d:]


def doubled(data, parts):
    a, b = parts[3]
    return data[:b] + data[a:b] + data[b:]


def missing(data, parts):
    a, b = parts[3]
    return data[:a] + data[b:]


def of_another(data, parts):
    other = sealed(CONTENT)
    (a, b), (c, d) = parts[3], frames(other)[3]
    return data[:a] + other[c:d] + data[b:]


def went_on(data, parts):
    return data + b"\0\0\0\0"


def other_facts(data, parts):
    return data.replace(b'"backup"', b'"bockup"')


FORGERIES = [
    *(changed_bit, cut_at_a_piece, cut_inside, swapped, doubled, missing),
    *(of_another, went_on, other_facts),
]


@pytest.mark.parametrize("forge", FORGERIES)
def test_a_file_that_is_not_as_it_was_written_is_refused(small_pieces, forge):
    data = sealed(CONTENT)
    with pytest.raises(Refused):
        read(forge(data, frames(data)), len(CONTENT))


def test_without_the_key_there_is_nothing(settings):
    data = sealed(CONTENT)
    settings.FIELD_KEYS = ["test:" + "A" * 43 + "="]
    with pytest.raises(Refused, match="do not open"):
        Opener(io.BytesIO(data))


# -- which are kept ----------------------------------------------------------------------------
def test_the_newest_of_each_day_week_and_month_stays():
    start = datetime(2026, 1, 1, 6, tzinfo=UTC)
    six_hourly = [start + timedelta(hours=6 * n) for n in range(4 * 364)]
    kept = sorted(set(six_hourly) - pruning.to_remove(six_hourly, pruning.read_rule("7d,4w,12m")))
    days = [each for each in kept if each > six_hourly[-1] - 7 * DAY]
    assert len(days) == 7
    assert kept[-1] == six_hourly[-1]
    assert [each.month for each in kept if each < datetime(2026, 12, 1, tzinfo=UTC)] == [
        *range(1, 12)
    ]
    assert len(kept) <= 7 + 4 + 12
    assert pruning.to_remove(kept[-1:], pruning.read_rule("0d")) == set()


def test_what_is_no_backup_of_ours_is_left_alone(tmp_path):
    old = tmp_path / pruning.name_at(NOW - DAY)
    for name in ("notes.backup", "trellis.keys", pruning.name_at(NOW), old.name):
        (tmp_path / name).write_bytes(b"x")
    assert pruning.prune(tmp_path, pruning.read_rule("1d")) == [old]
    assert len(list(tmp_path.iterdir())) == 3


def test_one_is_due_each_day_whatever_a_clock_that_went_ahead_left(tmp_path):
    assert pruning.is_due(tmp_path, NOW)
    (tmp_path / pruning.name_at(NOW + 300 * DAY)).write_bytes(b"x")
    assert pruning.is_due(tmp_path, NOW)
    (tmp_path / pruning.name_at(NOW)).write_bytes(b"x")
    assert not pruning.is_due(tmp_path, NOW + HOUR)
    assert pruning.is_due(tmp_path, NOW + DAY)


def test_what_somebody_was_killed_over_does_not_stay(tmp_path):
    young, old = (tmp_path / f"trellis-{n}.backup.unfinished" for n in (1, 2))
    for path in (young, old):
        path.write_bytes(b"x")
    long_ago = old.stat().st_mtime - 2 * DAY.total_seconds()
    os.utime(old, (long_ago, long_ago))
    pruning.remove_left_over(tmp_path)
    assert [*tmp_path.iterdir()] == [young]


@pytest.mark.parametrize("rule", ["", "7", "7y", "d", "7d;4w"])
def test_a_rule_that_cannot_be_read_is_said(rule):
    with pytest.raises(ValueError, match="7d,4w,12m"):
        pruning.read_rule(rule)


# -- there and back ----------------------------------------------------------------------------
@pytest.fixture
def house(db_is_committed):
    practice = make_practice()
    return practice, practice.users.get()


@pytest.fixture
def db_is_committed(transactional_db):
    keys.forget()
    yield
    keys.forget()


@pytest.fixture
def scratch(db_is_committed):
    """A database beside the one of the tests, which has no rows yet."""
    name = f"{databases.name()}_other"
    databases.drop(name)
    copy_tables(name, databases.name())
    yield name
    connection.close()
    databases.drop(name)


def copy_tables(name, source):
    """As the database of the tests, instead of migrating for half a minute."""
    connection.close()
    with databases.connect(databases.MAINTENANCE) as line:
        line.execute(f'CREATE DATABASE "{name}" TEMPLATE "{source}"')


@pytest.fixture
def quickly(monkeypatch):
    source = databases.name()
    monkeypatch.setattr(databases, "make", lambda name: copy_tables(name, source))


def everything():
    """How many rows there are of all that is kept."""
    with databases.connect() as line:
        return {
            table: line.execute(f'SELECT count(*) FROM "{table}"').fetchone()[0]
            for table in taking.tables(line)
        }


def test_everything_comes_back_and_the_chain_goes_on(house, scratch, tmp_path):
    _practice, owner = house
    client = join(clear_client(owner), by=owner)
    occurrence = give(client, "strengths-check", by=owner).occurrences.get()
    answers = answer_all(actions.current_version(occurrence))
    actions.keep(occurrence, answers, by=client.user, now=NOW)
    actions.submit(occurrence, by=client.user, now=NOW)
    as_user(owner)
    before, said = everything(), []
    trail = list(AuditEvent.objects.order_by("number").values_list("number", "hash"))

    taken = taking.take(tmp_path, now=NOW, say=said.append)
    assert taken.path.name == "trellis-2026-11-18T100000Z.backup"
    assert {path.stat().st_mode & 0o777 for path in tmp_path.iterdir()} == {0o600}
    assert any("practice_auditevent" in line for line in said)
    for path in tmp_path.iterdir():
        for word in (b"At the Mill", b"owner@practice.example", b"practice_user"):
            assert word not in path.read_bytes()

    assert restoring.fill(scratch, taken.path, taken.keys, say=said.append) == NOW
    with databases.working_in(scratch):
        assert everything() == before
        found = list(AuditEvent.objects.order_by("number").values_list("number", "hash"))
        assert [(n, bytes(h)) for n, h in found] == [(n, bytes(h)) for n, h in trail]
        assert Client.objects.get().preferred_name == "Sam Ortega"
        assert Response.objects.get().answers == answers
        assert not SignIn.objects.exists()
        # Triggers are on again: the chain goes on, and nothing in it can be changed.
        give(Client.objects.get(), "thought-record", by=User.objects.get(pk=owner.pk))
        last = AuditEvent.objects.order_by("-number").first()
        assert last.number == trail[-1][0] + 1
        assert bytes(last.previous) == bytes(trail[-1][1])
        with pytest.raises(Exception, match="not allowed"):
            AuditEvent.objects.update(action="other")


def clear_client(owner, name="Sam Ortega"):
    client = make_client(owner, name)
    clear(client, by=owner)
    return client


def test_somebody_erased_is_unreadable_in_older_backups(house, scratch, tmp_path):
    _practice, owner = house
    sam, ana = make_client(owner), make_client(owner, "Ana Ruiz")
    old = taking.take(tmp_path, now=NOW, say=QUIET)
    DataKeyRow.objects.filter(subject=sam.pk).delete()
    taking.take_keys(tmp_path, now=NOW + HOUR)

    restoring.fill(scratch, old.path, old.keys, say=QUIET)
    with databases.working_in(scratch):
        drill.holding.look(QUIET)
        assert Client.objects.get(pk=ana.pk).preferred_name == "Ana Ruiz"
        with pytest.raises(Exception, match="The key of this value is gone"):
            _ = Client.objects.get(pk=sam.pk).preferred_name


def test_a_restore_of_an_older_backup_brings_nobody_back_who_was_erased(
    house, scratch, monkeypatch, tmp_path
):
    """The old backup with the newest keys; whoever erased them is newer than the backup."""
    practice, owner = house
    whole = whole_client(owner)
    ana = make_client(owner, "Ana Ruiz")
    sealed = bytes(Client.objects.values_list("preferred_name", flat=True).get(pk=whole.pk))
    old = taking.take(tmp_path, now=NOW, say=QUIET)
    copied = shutil.copy(old.keys, tmp_path / "copied.keys")
    nora = make_staff(practice, "Nora", "owner")
    close(whole, by=owner)
    care.erase_client(whole, early="They insist", by=nora, now=NOW + HOUR)
    taking.take_keys(tmp_path, now=NOW + 2 * HOUR)

    monkeypatch.setattr(databases, "is_empty", lambda name: name == scratch)
    drill.restore(old.path, old.keys, now=NOW + 3 * HOUR, say=QUIET, into=scratch)
    with databases.working_in(scratch):
        assert not Client.objects.filter(pk=whole.pk).exists()
        assert rows_left_of(whole) == {}
        assert User.objects.get(pk=whole.user_id).email == f"{whole.user_id}@erased.invalid"
        with pytest.raises(CannotOpen):
            keys.of_sealed(practice.pk, sealed)
        assert Client.objects.get(pk=ana.pk).preferred_name == "Ana Ruiz"
        proof = certificate_of(Erased.objects.get(pk=whole.pk))
        assert (proof.erased.early, proof.erased.asked_by) == ("They insist", owner)
        assert proof.event.action == "client.erased_again"
        assert "Not known any more" in proof.who
        call_command("audit", "verify", from_anchor=Path(os.devnull), stdout=io.StringIO())
    # What docs/operations.md warns of: a copy of the keys that was not written over.
    restoring.fill(scratch, old.path, Path(copied), say=QUIET)
    with databases.working_in(scratch):
        assert Client.objects.get(pk=whole.pk).preferred_name == "Ottilie Unmistakable"


def test_a_backup_from_before_keys_were_replaced_opens(house, scratch, monkeypatch, tmp_path):
    """With the newest keys, which are the only ones; and what it brings back is moved once more."""
    practice, owner = house
    sam = make_client(owner)
    keys.of_subject(practice.pk, practice.pk)
    nested()
    old = taking.take(tmp_path, now=NOW, say=QUIET)
    for subject in (practice.pk, sam.pk):
        turning.turn(practice.pk, subject, by=None, now=timezone.now())
    finish()
    later = timezone.now() + 2 * HOUR
    turning.step(lambda: later)
    assert DataKeyRow.objects.filter(emptied_at=later).count() == 2
    taking.take(tmp_path, now=NOW + DAY, say=QUIET)

    monkeypatch.setattr(databases, "is_empty", lambda name: name == scratch)
    drill.restore(old.path, old.keys, now=NOW + 2 * DAY, say=QUIET, into=scratch)
    with databases.working_in(scratch):
        assert Client.objects.get().preferred_name == "Sam Ortega"
        assert not DataKeyRow.objects.exclude(emptied_at=None).exists()
        assert turning.step() is False
        assert Client.objects.get().preferred_name == "Sam Ortega"


def test_in_each_practice_every_column_is_tried(house, scratch, tmp_path):
    sam = make_client(house[1])
    elsewhere = make_client(make_practice("Elsewhere", "eve@elsewhere.example").users.get())
    taken = taking.take(tmp_path, now=NOW, say=QUIET)
    restoring.fill(scratch, taken.path, taken.keys, say=QUIET)
    with databases.working_in(scratch):
        drill.holding.look(QUIET, is_of_one_moment=True)
        DataKeyRow.objects.filter(subject=elsewhere.pk).delete()
        keys.forget()
        drill.holding.look(QUIET)  # the keys may be newer than the rows
        with pytest.raises(Refused, match=r"do not open .* clients_client"):
            drill.holding.look(QUIET, is_of_one_moment=True)
        # Unless a restore of older rows brought what nobody can read any more.
        audit.record("practice.restored", elsewhere.practice, by=None)
        drill.holding.look(QUIET, is_of_one_moment=True)
        DataKeyRow.objects.filter(subject=sam.pk).update(wrapped=b"k1:")
        keys.forget()
        with pytest.raises(Refused, match="do not open"):
            drill.holding.look(QUIET, is_of_one_moment=True)


@pytest.fixture
def erased_in_between(house, tmp_path):
    """A backup, and somebody who was erased after its keys were written for the last time."""
    _practice, owner = house
    sam = close(clear_client(owner), by=owner)
    care.ask_for_erasure(sam, why="wish", words="", by=owner, now=NOW)
    taken = taking.take(tmp_path, now=NOW, say=QUIET)
    care.erase_client(sam, early="They insist", by=owner, now=NOW + HOUR)
    return sam, taken


def test_the_database_that_is_replaced_says_who_was_erased(erased_in_between, scratch, monkeypatch):
    sam, taken = erased_in_between
    monkeypatch.setattr(databases, "is_empty", lambda name: name == scratch)
    drill.restore(taken.path, taken.keys, now=NOW + 2 * HOUR, say=QUIET, into=scratch)
    with databases.working_in(scratch):
        assert not Client.objects.filter(pk=sam.pk).exists()
        assert not DataKeyRow.objects.filter(subject=sam.pk).exists()
        # The key of the practice was made after those of the backup.
        assert Erased.objects.get().early == ""


def test_one_that_cannot_be_read_holds_nothing_up(erased_in_between, scratch):
    _sam, taken = erased_in_between
    said = []
    erased.add(scratch, replaced="is_not_there", keys=[taken.path], say=said.append)
    assert len(said) == 2
    assert "is_not_there" in said[0]


def test_at_a_chosen_moment_the_file_of_the_keys_says_who_was_erased(
    erased_in_between, scratch, tmp_path
):
    sam, taken = erased_in_between
    restoring.fill(scratch, taken.path, taken.keys, say=QUIET)
    keys_file = taking.take_keys(tmp_path / "newest", now=NOW + 2 * HOUR)
    since = ["--settle-since", NOW.isoformat(), "--keys", str(keys_file)]
    with databases.working_in(scratch):
        assert Client.objects.get().pk == sam.pk
        with databases.connect(scratch), pytest.raises(CommandError, match="1 still work"):
            call_command("restore", *since)
        call_command("restore", *since, stdout=io.StringIO())
        assert not Client.objects.exists()
        assert not DataKeyRow.objects.filter(subject=sam.pk).exists()


def test_with_the_only_client_erased_an_older_backup_is_still_restored(house, scratch, tmp_path):
    _practice, owner = house
    sam = close(make_client(owner), by=owner)
    care.ask_for_erasure(sam, why="wish", words="", by=owner, now=NOW)
    old = taking.take(tmp_path, now=NOW, say=QUIET)
    care.erase_client(sam, early="They insist", by=owner, now=NOW + HOUR)
    taking.take_keys(tmp_path, now=NOW + 2 * HOUR)
    restoring.fill(scratch, old.path, old.keys, say=QUIET)
    with databases.working_in(scratch):
        drill.holding.look(QUIET)


def test_the_daily_backup_writes_the_keys_anew_once_somebody_was_erased(house, tmp_path):
    _practice, owner = house
    sam = close(make_client(owner), by=owner)
    care.ask_for_erasure(sam, why="wish", words="", by=owner, now=NOW)
    daily, file = backup.Command(), tmp_path / pruning.KEYS
    known = daily.keys_anew(tmp_path, None)  # as after a start
    written = file.read_bytes()
    assert daily.keys_anew(tmp_path, known) == known
    assert file.read_bytes() == written
    care.erase_client(sam, early="They insist", by=owner, now=NOW)
    assert daily.keys_anew(tmp_path, known) == known + 1
    assert file.read_bytes() != written


def test_keys_that_cannot_be_written_are_tried_again(house, monkeypatch, tmp_path):
    def full(*args, **kwargs):
        raise OSError

    monkeypatch.setattr(taking, "take_keys", full)
    assert backup.Command().keys_anew(tmp_path, None) is None


def test_keys_older_than_the_backup_are_refused(house, scratch, tmp_path):
    old = taking.take_keys(tmp_path, now=NOW - DAY)
    shutil.copy(old, tmp_path / "old.keys")
    taken = taking.take(tmp_path, now=NOW, say=QUIET)
    with pytest.raises(Refused, match="older"):
        restoring.fill(scratch, taken.path, tmp_path / "old.keys", say=QUIET)


def test_the_keys_are_read_and_written_by_one_at_a_time(house, monkeypatch, tmp_path):
    """Or somebody slower would bring back what was destroyed meanwhile."""
    held = []

    def looks(do):
        def look(*args, **kwargs):
            handle = os.open(tmp_path, os.O_RDONLY)
            with pytest.raises(BlockingIOError):
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            os.close(handle)
            held.append(do)
            return do(*args, **kwargs)

        return look

    for name in ("_refuse_if_blind", "_give_its_name"):
        monkeypatch.setattr(taking, name, looks(getattr(taking, name)))
    taking.take_keys(tmp_path, now=NOW)
    assert len(held) == 2


def test_keys_of_somebody_who_had_to_wait_fit_the_backup_that_they_waited_for(
    house, scratch, tmp_path
):
    taken = taking.take(tmp_path, now=NOW, say=QUIET)
    taking.take_keys(tmp_path, now=NOW - HOUR)
    restoring.fill(scratch, taken.path, taken.keys, say=QUIET)


def test_a_backup_of_a_newer_version_is_refused(house, scratch, tmp_path):
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO django_migrations (app, name, applied) VALUES ('clients', '9999_x', now())"
        )
    try:
        taken = taking.take(tmp_path, now=NOW, say=QUIET)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM django_migrations WHERE name = '9999_x'")
    with pytest.raises(Refused, match="newer version: it knows clients 9999_x"):
        restoring.fill(scratch, taken.path, taken.keys, say=QUIET)


def test_the_command_verifies_prunes_and_leaves_nothing_behind(house, quickly, settings, tmp_path):
    settings.DEVELOPMENT = True  # whether all is configured is another test's
    make_client(house[1])
    (tmp_path / pruning.name_at(NOW)).write_bytes(b"an old one")
    out = io.StringIO()
    call_command("backup", to=tmp_path, verify=True, keep="1d", stdout=out)
    assert "It holds." in out.getvalue()
    assert f"Removed {pruning.name_at(NOW)}" in out.getvalue()
    with databases.connect() as line:
        found = line.execute("SELECT count(*) FROM pg_database WHERE datname LIKE '%scratch%'")
        assert found.fetchone() == (0,)
    assert Heartbeat.objects.get(name="backup").rung_at is not None


def test_one_that_does_not_hold_counts_as_none(house, settings, monkeypatch, tmp_path):
    settings.DEVELOPMENT = True
    older = tmp_path / pruning.name_at(NOW)
    older.write_bytes(b"an old one that holds")

    def refuses(*args, **kwargs):
        raise Refused("It does not hold.")

    monkeypatch.setattr(drill, "verify", refuses)
    for _twice in range(2):
        with pytest.raises(CommandError, match="It does not hold"):
            call_command("backup", to=tmp_path, verify=True, keep="1d", stdout=io.StringIO())
    assert [*pruning.in_folder(tmp_path)] == [older]
    assert pruning.is_due(tmp_path, NOW + 2 * DAY)
    assert len([*tmp_path.glob("*.doubtful")]) == 1
    assert not [*tmp_path.glob("*.unfinished")]
    assert Heartbeat.objects.get(name="backup").rung_at is None  # it is awaited


def test_the_restored_one_takes_the_place_and_the_other_is_kept(house, scratch, quickly, tmp_path):
    taken = taking.take(tmp_path, now=NOW, say=QUIET)
    restoring.fill(scratch, taken.path, taken.keys, say=QUIET)
    with databases.working_in(scratch):
        Practice.objects.update(name="Another")
        refusal = pytest.raises(CommandError, match="1 still work")
        with databases.connect(scratch), refusal:
            call_command("restore", taken.path, stdout=io.StringIO())
        out = io.StringIO()
        call_command("restore", taken.path, stdout=out)
        assert Practice.objects.get().name == "At the Mill"
        assert AuditEvent.objects.order_by("-number").first().action == "practice.restored"
        [kept] = databases.those_beside(databases.BEFORE)
        assert f"kept as {kept}, with all its keys" in out.getvalue()
        call_command("restore", drop_before=True, stdout=out)
        assert out.getvalue().endswith(f"Dropped {kept}.\n")
        assert not databases.exists(kept)


def test_what_a_killed_restore_left_goes_and_what_somebody_works_in_stays(house, quickly):
    then = NOW - 2 * HOUR
    old, young, used = (
        databases.beside(kind, at)
        for kind, at in (
            (databases.SCRATCH, then),
            (databases.SCRATCH, NOW),
            (databases.RESTORED, then),
        )
    )
    for name in (old, young, used):
        databases.make(name)
    try:
        with databases.connect(used):
            assert databases.drop_left_over(NOW) == [old]
        with databases.connect(used):  # whoever is in it still does not keep it
            databases.drop(used)
            assert not databases.exists(used)
    finally:
        for name in (young, used):
            databases.drop(name)


def test_what_somebody_came_to_work_with_meanwhile_is_not_replaced(
    house, scratch, quickly, monkeypatch, tmp_path
):
    taken = taking.take(tmp_path, now=NOW, say=QUIET)
    restoring.fill(scratch, taken.path, taken.keys, say=QUIET)

    def refuses(*args, **kwargs):
        raise Refused("1 still work")

    monkeypatch.setattr(databases, "swap", refuses)
    with databases.working_in(scratch):
        with pytest.raises(CommandError, match="1 still work"):
            call_command("restore", taken.path, stdout=io.StringIO())
        assert not databases.those_beside(databases.RESTORED)


def test_a_database_put_back_by_other_means_is_settled_too(house):
    as_user(house[1])
    ahead = (NOW + 400 * DAY).isoformat()
    for given in ([], ["a", "--settle-since", NOW.isoformat()], ["--settle-since", ahead]):
        with pytest.raises(CommandError):
            call_command("restore", *given)
    call_command("restore", "--settle-since", NOW.isoformat(), stdout=io.StringIO())
    assert not SignIn.objects.exists()
    last = AuditEvent.objects.order_by("-number").first()
    assert (last.action, last.detail) == ("practice.restored", {"since": NOW.isoformat()})


# -- nothing is sent twice ---------------------------------------------------------------------
def test_a_restore_sends_nothing_again(house, scratch, monkeypatch, tmp_path):
    """Backup, a week in which everything goes out, a restore: none of it leaves once more."""
    _practice, owner = house
    sam = join(clear_client(owner), by=owner)
    ana = clear_client(owner, "Ana Ruiz")
    care.invite(ana, by=owner, now=NOW)
    give(sam, "strengths-check", by=owner, due_in_days=1)
    reminders.plan([sam.pk, ana.pk], now=NOW)
    as_user(sam.user)
    knocks.write(Knock.Kind.CODE, "sam@client.example", now=NOW, code="12345678")
    actions.ask_for_export(sam, kind="tables", with_words=False, once=sam.pk, by=owner, now=NOW)
    taken = taking.take(tmp_path, now=NOW, say=QUIET)

    sent = sweep_through(NOW, days=6)
    assert len(sent) == 3, "there is something that could be sent twice"

    restored_at = NOW + 6 * DAY
    monkeypatch.setattr(databases, "is_empty", lambda name: name == scratch)
    with time_machine.travel(restored_at):
        drill.restore(taken.path, taken.keys, now=restored_at, say=QUIET, into=scratch)
    with databases.working_in(scratch):
        assert not Knock.objects.exists()
        assert not SignIn.objects.exists()
        assert not PortalLink.objects.live().exists()
        assert Export.objects.get().state == "failed"
        assert {*Reminder.objects.filter(settled_at__gte=NOW).values_list("outcome", "why")} == {
            (Outcome.UNKNOWN, "restored")
        }
        again = sweep_through(restored_at, days=10)
        assert again == []


def sweep_through(start, *, days):
    """Letters that leave when it is swept twice a day."""
    mail.outbox.clear()
    for half_days in range(2 * days):
        with time_machine.travel(start + half_days * DAY / 2, tick=False):
            reminders.sweep()
            calls.make_calls()
            knocks.answer_all()
    return [(letter.to, letter.subject) for letter in mail.outbox]
