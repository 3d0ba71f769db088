"""The audit trail is as it was written, or somebody hears what is not: 10,000 ways to tamper."""

import json
import random
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from io import StringIO
from pathlib import Path
from uuid import UUID

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction

from practice import audit, walls
from practice.auditing import anchors, chain, checking, stored
from practice.auditing.anchors import Anchor
from practice.auditing.chain import Fault, Kind, Row, hash_of, walk
from practice.ids import uuid7
from practice.models import AuditCheck, Practice
from tests.conftest import NOW, make_practice

COLUMNS = 11


@pytest.fixture(autouse=True)
def _own_folder(settings, tmp_path):
    settings.AUDIT_ANCHORS = tmp_path / "anchors"


# -- a chain in memory, spelled as the database does ----------------------------------------------


def a_row(number, previous, practice, *, action="record.read", detail=None):
    who, client = str(uuid7()), str(uuid7())
    said = [
        *(str(uuid7()), practice, number, "2026-11-18T10:00:00.000000", who, action),
        *("clients.client", client, client, "203.0.113.9", detail or {}),
    ]
    text = json.dumps(said, ensure_ascii=False)
    return Row(number, previous, hash_of(previous, text), text)


def a_chain(length, practice="0199a222-da52-775e-88bd-000000000001"):
    rows, last = [], chain.FIRST
    for number in range(1, length + 1):
        rows.append(a_row(number, last, practice, detail={"n": number}))
        last = rows[-1].hash
    return rows


def at(number, row):
    """The same row under another number, its hashes as they were."""
    return replace(row, number=number, text=row.text_at(number))


def numbered(rows):
    return [at(n, row) for n, row in enumerate(rows, start=1)]


def hashed_anew(rows, since):
    """As the trigger would have, from number ``since`` on."""
    made, last = rows[: since - 1], rows[since - 2].hash if since > 1 else chain.FIRST
    for row in rows[since - 1 :]:
        made.append(replace(row, previous=last, hash=hash_of(last, row.text)))
        last = made[-1].hash
    return made


def other_words(chance, row):
    said = json.loads(row.text)
    column = chance.choice([n for n in range(COLUMNS) if n != 2])  # the number has its own ways
    if isinstance(said[column], dict):
        said[column] = said[column] | {"more": chance.random()}
    else:
        said[column] = f"{said[column][:-1]}{'x' if said[column][-1] != 'x' else 'y'}"
    return replace(row, text=json.dumps(said, ensure_ascii=False))


def alter(chance, rows, k):
    what = chance.choice(["words", "previous", "hash", "hashed anew"])
    if what == "words":
        new = other_words(chance, rows[k])
    elif what == "hashed anew" and k < len(rows) - 1:
        new = other_words(chance, rows[k])
        new = replace(new, hash=hash_of(new.previous, new.text))
    else:
        new = replace(rows[k], **{"hash" if what == "hash" else "previous": chance.randbytes(32)})
    return [*rows[:k], new, *rows[k + 1 :]], Fault(k + 1, Kind.ALTERED)


def remove(chance, rows, k):
    k = min(k, len(rows) - 2)  # the last one is cut off
    some = min(chance.randint(1, 3), len(rows) - 1 - k)
    left = rows[:k] + rows[k + some :]
    closed = chance.random() < 0.5
    return numbered(left) if closed else left, Fault(k + 1, Kind.REMOVED)


def swap(chance, rows, k):
    j = chance.choice([n for n in range(len(rows)) if n != k])
    i, j = sorted((k, j))
    left, right = rows[i], rows[j]
    made = list(rows)
    if chance.random() < 0.5:  # with their hashes, or each between the other's
        made[i], made[j] = at(i + 1, right), at(j + 1, left)
    else:
        made[i] = replace(left, text=right.text_at(i + 1))
        made[j] = replace(right, text=left.text_at(j + 1))
    return made, Fault(i + 1, Kind.REORDERED)


def insert(chance, rows, k):
    new = a_row(k + 1, rows[k].previous, rows[0].text[42:78], action="forged")  # hashed right
    if chance.random() < 0.5:  # or with the hashes of another
        other = chance.choice(rows)
        new = replace(new, previous=other.previous, hash=other.hash)
    if chance.random() < 0.5:  # the same number twice: in whatever order they come
        pair = [new, rows[k]] if chance.random() < 0.5 else [rows[k], new]
        return rows[:k] + pair + rows[k + 1 :], Fault(k + 1, Kind.INSERTED)
    return numbered([*rows[:k], new, *rows[k:]]), Fault(k + 1, Kind.INSERTED)


def cut_off(chance, rows, k):
    k = max(k, 1)
    return rows[:k], Fault(k + 1, Kind.CUT_OFF)


def rewrite(chance, rows, k):
    made = [*rows[:k], other_words(chance, rows[k]), *rows[k + 1 :]]
    return hashed_anew(made, k + 1), Fault(k + 1, Kind.REWRITTEN)


WAYS = (alter, remove, swap, insert, cut_off, rewrite)


def test_ten_thousand_random_tamperings_are_all_found_and_rightly_named(monkeypatch):
    monkeypatch.setattr(chain, "FARTHEST", 5)  # at most three are removed here
    chance, whole = random.Random(20261118), a_chain(24)
    each = {row.number: row.hash for row in whole}
    end = {whole[-1].number: whole[-1].hash}
    assert walk(lambda: whole, anchors=each).fault is None
    wrong, tried = [], Counter()
    for n in range(10_000):
        way = chance.choice(WAYS)
        made, expected = way(chance, whole, chance.randrange(len(whole)))
        anchored = each if way is rewrite else end  # that far back only the last one that holds
        # Cutting and rewriting are found by the anchor, everything else by the chain alone.
        found = walk(lambda made=made: made, anchors=anchored if way in (cut_off, rewrite) else {})
        tried[way.__name__] += 1
        if found.fault != expected:
            wrong.append((n, way.__name__, expected, found))
    assert not wrong, f"{len(wrong)}: {wrong[:5]}"
    assert min(tried.values()) > 1_500


def test_what_was_written_anew_is_told_from_the_last_anchor_that_holds():
    whole = a_chain(30)
    made, _ = rewrite(random.Random(1), whole, 17)
    kept = {number: whole[number - 1].hash for number in (10, 20, 30)}
    assert walk(lambda: made, anchors=kept).fault == Fault(11, Kind.REWRITTEN)
    assert walk(lambda: made, anchors={10: kept[10]}).fault is None  # none after it was anchored


# -- in the database ------------------------------------------------------------------------------


def without_triggers():
    """What only the owner of the tables can do; and the numbers may be given twice."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE practice_auditevent DISABLE TRIGGER USER")
        cursor.execute("ALTER TABLE practice_auditevent DROP CONSTRAINT audit_number_once")


@pytest.fixture
def trail(practice, clinician):
    token = audit.address.set("203.0.113.9")
    try:
        while (stored.end_of(practice.pk) or (0,))[0] < 12:
            audit.record("test.one", practice, by=clinician, detail={"ü": [1, None, "“"], "a": 0.5})
    finally:
        audit.address.reset(token)
    return practice


def run(statement, *values):
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


ROW = "WHERE practice_id = %s AND number = %s"
NEW_VALUES = [
    ("id", "gen_random_uuid()"),
    ("at", "at + interval '1 microsecond'"),
    ("at", "(to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US') || 'Z BC')::timestamptz"),
    ("at", "'infinity'"),
    ("actor_id", "NULL"),
    ("action", "action || '.'"),
    ("record_type", "record_type || '.'"),
    ("record_id", "gen_random_uuid()"),
    ("client_id", "gen_random_uuid()"),
    ("address", "set_masklen(address, 24)"),
    ("detail", """detail || '{"more": 1}'"""),
    ("previous", "sha256('x')"),
    ("hash", "sha256('x')"),
]


def altered(trail, number, chance):
    column, value = chance.choice(NEW_VALUES)
    run(f"UPDATE practice_auditevent SET {column} = {value} {ROW}", trail.pk, number)
    return Kind.ALTERED


def removed(trail, number, chance):
    run(f"DELETE FROM practice_auditevent {ROW}", trail.pk, number)
    if chance.random() < 0.5:
        closing = "UPDATE practice_auditevent SET number = number - 1"
        run(f"{closing} WHERE practice_id = %s AND number > %s", trail.pk, number)
    return Kind.REMOVED


def reordered(trail, number, chance):
    other = chance.randint(number + 1, 12)
    run(
        "UPDATE practice_auditevent SET number = %s - number "
        "WHERE practice_id = %s AND number IN (%s, %s)",
        *(number + other, trail.pk, number, other),
    )
    return Kind.REORDERED


def inserted(trail, number, chance):
    if chance.random() < 0.5:
        pushing = "UPDATE practice_auditevent SET number = number + 1"
        run(f"{pushing} WHERE practice_id = %s AND number >= %s", trail.pk, number)
    columns = "practice_id, at, actor_id, record_type, record_id, client_id, address, detail"
    run(
        f"INSERT INTO practice_auditevent (id, number, action, previous, hash, {columns}) "
        f"SELECT gen_random_uuid(), %s, 'forged', previous, hash, {columns} "
        "FROM practice_auditevent WHERE practice_id = %s AND action = 'test.one' LIMIT 1",
        *(number, trail.pk),
    )
    return Kind.INSERTED


def cut(trail, number, chance):
    run("DELETE FROM practice_auditevent WHERE practice_id = %s AND number >= %s", trail.pk, number)
    return Kind.CUT_OFF


@pytest.mark.django_db
def test_hundreds_of_tamperings_in_the_database_are_found_by_the_same_walk(trail):
    chance = random.Random(7)
    checking.anchor_all(now=NOW)
    kept = anchors.kept_of(trail.pk)
    assert checking.check(trail.pk, kept).fault is None
    without_triggers()
    wrong = []
    for n in range(300):
        number = chance.randint(6, 11)  # rows that have an address, too
        with transaction.atomic():
            kind = chance.choice([altered, removed, reordered, inserted, cut])(
                trail, number, chance
            )
            found = checking.check(trail.pk, kept).fault
            transaction.set_rollback(True)
        if found != Fault(number, kind):
            wrong.append((n, number, kind, found))
    assert wrong == []


@pytest.mark.django_db
@pytest.mark.parametrize(("column", "value"), NEW_VALUES)
def test_each_column_that_is_altered_is_found(trail, column, value):
    without_triggers()
    run(f"UPDATE practice_auditevent SET {column} = {value} {ROW}", trail.pk, 8)
    assert checking.check(trail.pk, anchors.Found()).fault == Fault(8, Kind.ALTERED)


@pytest.mark.django_db
def test_the_trail_is_not_emptied_at_one_stroke_either(trail):
    run("SET CONSTRAINTS ALL IMMEDIATE")
    run("ALTER TABLE practice_auditevent ENABLE TRIGGER audit_not_emptied")  # off for other tests
    with pytest.raises(IntegrityError, match="these rows do not change"), transaction.atomic():
        run("TRUNCATE practice_auditevent CASCADE")


# -- anchors --------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_an_anchor_is_added_only_when_the_chain_has_grown(trail):
    for _ in range(2):
        checking.anchor_all(now=NOW)
    audit.record("test.two", trail, by=None)
    checking.anchor_all(now=NOW + timedelta(hours=1))
    kept = anchors.kept_of(trail.pk)
    assert [each.number for each in kept.anchors] == [12, 13]
    assert kept.anchors[-1].hash == stored.end_of(trail.pk)[1]
    assert anchors.file_of(trail.pk).stat().st_mode & 0o077 == 0


@pytest.mark.django_db
def test_a_line_that_was_torn_by_a_crash_does_not_swallow_the_next(trail):
    checking.anchor_all(now=NOW)
    path = anchors.file_of(trail.pk)
    path.write_text(path.read_text()[:-9])
    audit.record("test.two", trail, by=None)
    checking.anchor_all(now=NOW)
    kept = anchors.kept_of(trail.pk)
    assert [each.number for each in kept.anchors] == [13]
    assert (kept.forged, kept.torn) == (0, 1)
    assert "1 lines of anchors were begun and never ended." in verify("--practice", trail.pk)


@pytest.mark.django_db
def test_an_end_is_signed_anew_when_another_master_key_is_the_first(trail, settings):
    """An idle practice's anchors would prove nothing once the old one is taken away."""
    old, new = settings.FIELD_KEYS[0], "new:" + "A" * 43 + "="
    checking.anchor_all(now=NOW)
    settings.FIELD_KEYS = [new, old]
    for _ in range(2):
        checking.anchor_all(now=NOW + timedelta(hours=1))
    settings.FIELD_KEYS = [new]
    kept = anchors.kept_of(trail.pk)
    assert ([each.number for each in kept.anchors], kept.unknown) == ([12], 1)
    without_triggers()
    run(f"UPDATE practice_auditevent SET hash = sha256('x') {ROW}", trail.pk, 12)
    settings.FIELD_KEYS = [old, new]
    checking.anchor_all(now=NOW + timedelta(hours=2))  # another end is never signed as the same
    assert len(anchors.kept_of(trail.pk).anchors) == 2


def test_a_line_is_ours_or_does_not_count(settings):
    line = Anchor(uuid7(), 7, b"\x01" * 32, NOW).line()
    assert len(anchors.read([line]).anchors) == 1
    other = line.replace('"number": 7', '"number": 8')
    assert (anchors.read([other, "{}", "[]"]).anchors, anchors.read([other]).forged) == ([], 1)
    said = json.loads(line)
    for other in ({"number": float("inf")}, {"mark": "é"}, {"mark": "\ud800"}, {"mark": 7}):
        assert anchors.read([json.dumps(said | other)]).forged == 1
    settings.FIELD_KEYS = ["new:" + "A" * 43 + "="]
    assert anchors.read([line]).unknown == 1


@pytest.mark.django_db
def test_a_chain_that_became_shorter_is_not_anchored_anew(trail, caplog):
    checking.anchor_all(now=NOW)
    without_triggers()
    cut(trail, 9, None)
    checking.anchor_all(now=NOW)
    assert [each.number for each in anchors.kept_of(trail.pk).anchors] == [12]
    assert "ends at 8, and was at 12 before" in caplog.text


@pytest.mark.django_db
def test_anchors_are_mailed_once_a_day_when_wanted_and_a_saved_mail_is_as_good(
    trail, settings, tmp_path
):
    settings.AUDIT_ANCHORS_MAIL, settings.ADMINS = True, [("", "admin@example.org")]
    checking.anchor_all(now=NOW)
    audit.record("test.two", trail, by=None)
    checking.anchor_all(now=NOW + timedelta(hours=1))
    [letter] = mail.outbox
    assert letter.to == ["admin@example.org"]
    saved = tmp_path / "saved.txt"
    saved.write_text(letter.body)
    without_triggers()
    cut(trail, 9, None)
    with pytest.raises(CommandError):
        verify("--from-anchor", saved)


def put_back(trail, *, at, end, monkeypatch):
    """As a restore leaves it: the end is gone, the trail says so, and goes on from there."""
    without_triggers()
    cut(trail, end, None)
    run("ALTER TABLE practice_auditevent ENABLE TRIGGER USER")
    monkeypatch.setattr(audit.timezone, "now", lambda: at)
    since = (at - timedelta(days=1)).isoformat()
    audit.record("practice.restored", trail, by=None, detail={"since": since})


@pytest.mark.django_db
@pytest.mark.parametrize(("more", "kind"), [(0, "cut off"), (9, "rewritten")])
def test_that_it_was_put_back_is_said_beside_the_fault_that_it_makes(
    trail, monkeypatch, more, kind
):
    checking.anchor_all(now=NOW)
    put_back(trail, at=NOW + timedelta(hours=1), end=8, monkeypatch=monkeypatch)
    for _ in range(more):
        audit.record("test.two", trail, by=None)
    out = StringIO()
    with pytest.raises(CommandError):
        call_command("audit", "verify", practice=trail.pk, stdout=out)
    assert f"({kind})" in out.getvalue()
    assert "Number 8 says that on 2026-11-18 11:00 UTC everything was put back" in out.getvalue()
    assert "at 2026-11-17 11:00 UTC" in out.getvalue()


@pytest.mark.django_db
def test_a_restore_from_before_the_anchor_explains_nothing(trail, monkeypatch):
    put_back(trail, at=NOW - timedelta(hours=1), end=8, monkeypatch=monkeypatch)
    audit.record("test.two", trail, by=None)
    checking.anchor_all(now=NOW)
    run("ALTER TABLE practice_auditevent DISABLE TRIGGER USER")
    cut(trail, 9, None)
    out = StringIO()
    with pytest.raises(CommandError):
        call_command("audit", "verify", practice=trail.pk, stdout=out)
    assert "(cut off)" in out.getvalue()
    assert "put back" not in out.getvalue()


# -- what is said of it ---------------------------------------------------------------------------


def verify(*args):
    out = StringIO()
    call_command("audit", "verify", *map(str, args), stdout=out)
    return out.getvalue()


@pytest.mark.django_db
def test_the_command_says_how_far_it_is_in_order_and_what_no_anchor_covers(trail):
    said = verify("--practice", trail.pk)
    assert f"{trail.pk}: 12 rows, all as written." in said
    assert "nobody could tell if the end had been cut off" in said
    checking.anchor_all(now=NOW)
    audit.record("test.two", trail, by=None)
    said = verify("--practice", trail.pk)
    assert "The last anchor is at number 12, of 2026-11-18 10:00 UTC; 1 rows since." in said


@pytest.mark.django_db
def test_the_command_names_the_first_bad_number_and_fails(trail):
    other = make_practice("Elsewhere", "other@elsewhere.example")
    without_triggers()
    run(f"UPDATE practice_auditevent SET action = 'x' {ROW}", trail.pk, 5)
    out = StringIO()
    with pytest.raises(CommandError):
        call_command("audit", "verify", stdout=out)
    assert f"{trail.pk}: number 5 is wrong (altered)" in out.getvalue()
    assert f"{other.pk}: " in out.getvalue()
    assert verify("--practice", other.pk)
    with pytest.raises(CommandError, match="no such practice"):
        verify("--practice", uuid7())


@pytest.mark.django_db
def test_a_practice_of_which_only_the_anchors_are_left_is_told_of(trail, practice):
    gone = Anchor(uuid7(), 7, b"\x01" * 32, NOW)
    anchors.keep(gone)
    out = StringIO()
    with pytest.raises(CommandError):
        call_command("audit", "verify", stdout=out)
    assert f"{gone.practice_id}: number 1 is wrong (cut off)" in out.getvalue()


@pytest.mark.django_db
def test_a_worker_checks_each_practice_once_a_night(trail):
    with walls.nowhere():  # where each task begins
        checking.anchor_all(now=NOW)
        assert checking.check_next(now=NOW)
        assert not checking.check_next(now=NOW + timedelta(hours=1))
    kept = AuditCheck.objects.get()
    assert (kept.last, kept.bad_number, kept.fault, kept.anchored_number) == (12, None, "", 12)
    without_triggers()
    run(f"UPDATE practice_auditevent SET action = 'x' {ROW}", trail.pk, 5)
    assert checking.check_next(now=NOW + timedelta(days=1))
    kept = AuditCheck.objects.get()
    assert (kept.last, kept.bad_number, kept.fault) == (4, 5, "altered")


def altered_line(path):
    path.write_text(path.read_text().replace('"number": 12', '"number": 11'))


def of_another_key(path):
    path.write_text(path.read_text().replace('"key": "test"', '"key": "else"'))


def begun_anew(path):
    """Somebody deleted it, and a worker kept the next end within the hour."""
    path.unlink()
    [practice_id] = [UUID(path.stem)]
    audit.record("test.two", Practice.objects.get(pk=practice_id), by=None)
    checking.anchor_all(now=NOW)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("tamper", "forged", "lost"),
    [(altered_line, 1, 12), (of_another_key, 0, 12), (Path.unlink, 0, 12), (begun_anew, 0, 12)],
)
def test_a_worker_tells_of_anchors_that_were_altered_or_are_gone(
    trail, caplog, tamper, forged, lost
):
    checking.anchor_all(now=NOW)
    assert checking.check_next(now=NOW)
    tamper(anchors.file_of(trail.pk))
    with pytest.raises(CommandError):
        verify("--practice", trail.pk)
    assert checking.check_next(now=NOW + timedelta(days=1))
    kept = AuditCheck.objects.get()
    assert (kept.fault, kept.lines_forged, kept.lost_number) == ("", forged, lost)
    assert f"{forged} lines altered, lost number: {lost}" in caplog.text


@pytest.mark.django_db
def test_a_file_that_was_renamed_after_a_restore_is_neither_read_nor_missed(trail, caplog):
    checking.anchor_all(now=NOW)
    checking.check_next(now=NOW)
    path = anchors.file_of(trail.pk)
    path.rename(path.with_name(f"{trail.pk}.before-2026-11.jsonl"))
    assert anchors.practices_kept() == set()
    assert "There is no anchor" in verify("--practice", trail.pk)
    assert checking.check_next(now=NOW + timedelta(days=1))
    assert AuditCheck.objects.get().lost_number is None


@pytest.mark.django_db
def test_a_worker_says_that_a_practice_is_gone_of_which_anchors_are_left(trail, caplog):
    gone = Anchor(uuid7(), 7, b"\x01" * 32, NOW)
    anchors.keep(gone)
    checking.anchor_all(now=NOW)
    assert f"practice {gone.practice_id} has anchors and is not there any more" in caplog.text
    assert str(trail.pk) not in caplog.text


@pytest.mark.django_db
def test_rows_are_read_a_few_at_a_time(trail):
    rows = stored.rows_of(trail.pk)
    assert next(rows).number == 1
    rows.close()
    assert [row.number for row in stored.rows_of(trail.pk)] == list(range(1, 13))
    for row in stored.rows_of(trail.pk):  # the chain in memory is spelled as this one
        assert json.dumps(json.loads(row.text), ensure_ascii=False) == row.text
