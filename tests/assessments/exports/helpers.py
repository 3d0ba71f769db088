"""Exports for the tests, asked for and made through the verbs, and opened as others open them."""

import csv
import io
import json
import zipfile

from assessments import actions, exports
from assessments.models import Export
from practice.ids import uuid7
from tests.conftest import NOW, give


def ask(by, client=None, *, kind="tables", with_words=False, now=NOW, **days) -> Export:
    return actions.ask_for_export(
        client, kind=kind, with_words=with_words, once=uuid7(), by=by, now=now, **days
    )


def make(by, client=None, *, now=NOW, **options) -> Export:
    """Asked for, and made."""
    export = ask(by, client, now=now, **options)
    assert exports.make_next(clock=lambda: now)
    return Export.objects.get(pk=export.pk)


def take(by, client=None, *, now=NOW, **options) -> bytes:
    export = make(by, client, now=now, **options)
    assert export.done_at, export.why
    return actions.take_export(export, by=by, now=now)


def unpacked(data: bytes) -> dict[str, str]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


def rows_of(text: str) -> list[dict]:
    return list(csv.DictReader(io.StringIO(text)))


def tables(by, client=None, **options) -> dict[str, list[dict]]:
    files = unpacked(take(by, client, **options))
    return {name: rows_of(text) for name, text in files.items() if name.endswith(".csv")}


def bundle(by, client=None, **options) -> dict:
    return json.loads(unpacked(take(by, client, kind="fhir", **options))["bundle.json"])


SECRET = "Unmistakable words about Ottilie"


def answers(client, slug, given, *, by, now=NOW):
    """``slug`` given by ``by`` and sent with these answers."""
    occurrence = give(client, slug, by=by, now=now).occurrences.get()
    actions.keep(occurrence, given, by=client.user, now=now)
    return actions.submit(occurrence, by=client.user, now=now)


def some_left_out(client, *, by):
    """A short screener: one answer, one that does not apply, one that is nobody's business."""
    given = {"whom": "friend", "cheering_1": 3, "cheering_2": "_na", "cheering_3": "_declined"}
    return answers(client, "cheering-module", given, by=by)


def an_entry(client, *, by, **more):
    """In the log of limits, with words that can be found again."""
    log = give(client, "limit-log", by=by, times=1).occurrences.get()
    given = {"limit": SECRET, "said": "yes", "kept": "partly"} | more
    actions.say_safe_time(log, by=client.user, now=NOW)
    return actions.add_entry(log, given, number=1, by=client.user, now=NOW)
