"""One of everything about one client, each with words in it that only some people may meet.

Such a word says whose it is and who may read it: ``canary-sam-desk`` is of Sam's record and for
the practice alone. Wherever it turns up in an answer, it is known what went where.
"""

from dataclasses import dataclass
from datetime import timedelta
from types import SimpleNamespace

from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.internal.auth import WebAuthn

from assessments import actions, interop
from assessments.actions import own
from assessments.actions.imports import draft_import
from assessments.models import ActivityVersion, ProgramVersion
from clients import actions as care
from practice.actions import invite_staff
from practice.ids import uuid7
from tests.conftest import (
    NOW,
    answer_all,
    clear,
    give,
    join,
    make_client,
    make_staff,
    measure,
    send,
)
from tests.keys import key_of_a_device

# Of a record: the name; what client and care team share; what the practice keeps to itself; the
# private note of who wrote it; what the client keeps to themselves.
NAME, SHARED, DESK, NOTE, OWN = "name", "shared", "desk", "note", "own"
# Of a practice: what its people and its clients see; and what one clinician has only begun.
HOUSE, DRAFT = "house", "draft"


def canary(whose: str, kind: str) -> str:
    return f"canary-{whose}-{kind}"


@dataclass
class Record:
    """The rows of one client, by the words that stand in the table for them."""

    whose: str
    practice: object
    rows: SimpleNamespace
    named: set  # every id that is of this record, as text

    def part(self, word: str):
        """What stands in an address for a word of the table."""
        return getattr(self.rows, word)


def make_record(whose: str, clinician, owner, begun: dict) -> Record:
    """A client of ``clinician`` of whom there is everything that an address could name."""
    word = lambda kind: canary(whose, kind)  # noqa: E731
    client = make_client(
        clinician, f"{whose.title()} {word(NAME)}", email=f"{word(NAME)}@client.example"
    )
    care.record_safety_check(client, by=clinician, outcome="caution", note=word(DESK), now=NOW)
    clear(client, by=clinician)
    join(client, by=clinician)
    client.leave_page_shown_at = NOW
    client.save(update_fields=["leave_page_shown_at"])
    rows = SimpleNamespace(client=client, user=client.user, clinician=clinician, **begun)
    _what_is_asked(rows, word)
    _what_was_answered(rows, word)
    _what_the_client_says(rows, word)
    _what_the_desk_says(rows, word)
    _what_is_begun(rows, whose, owner)
    _what_is_kept(rows, word, owner)
    _files(rows)
    of_many = {clinician, rows.activity, *begun.values()}
    own_rows = {row for row in vars(rows).values() if row not in of_many}
    return Record(whose, clinician.practice, rows, {str(row.pk) for row in own_rows})


def _what_is_asked(rows, word):
    client, clinician = rows.client, rows.clinician
    rows.assignment = give(client, "patterns-check", by=clinician)
    rows.occurrence = rows.assignment.occurrences.get()
    rows.log = give(client, "limit-log", by=clinician, times=3)
    rows.entry = rows.log.occurrences.get(number=1)
    rows.put_away = rows.log.occurrences.get(number=2)
    limits_first = ProgramVersion.objects.assignable().get(
        practice=client.practice_id, program__slug="limits-first"
    )
    rows.program = actions.assign_program(client, limits_first, by=clinician, now=NOW)
    rows.session = care.book_session(
        client, by=clinician, starts_at=NOW + timedelta(days=1), now=NOW
    )


def _what_was_answered(rows, word):
    client, clinician, user = rows.client, rows.clinician, rows.user
    rows.sent_assignment = give(client, "strengths-check", by=clinician)
    rows.done = rows.sent_assignment.occurrences.get()
    rows.response = send(rows.done, by=user)
    actions.keep(
        rows.occurrence, answer_all(actions.current_version(rows.occurrence)), by=user, now=NOW
    )
    actions.say_safe_time(rows.entry, by=user, now=NOW)
    entry = {"said": "not_yet", "kept": "not_yet"}
    rows.written = actions.add_entry(
        rows.entry, {"limit": word(SHARED)} | entry, once=uuid7(), by=user, now=NOW
    )
    rows.private = actions.add_entry(
        rows.entry,
        {"limit": word(OWN)} | entry,
        once=uuid7(),
        sharing="myself",
        by=user,
        now=NOW,
    )
    measure(client, 9, by=clinician, days_ago=9)
    rows.measured = measure(client, 16, by=clinician, days_ago=2)
    rows.activity = rows.measured.version.activity
    rows.feedback = actions.give_feedback(
        rows.response, word(SHARED), once=uuid7(), by=clinician, now=NOW
    )
    rows.alert = actions.ask_to_talk(rows.put_away, by=user, now=NOW)


def _what_the_client_says(rows, word):
    client, user = rows.client, rows.user
    parts = {"signs": word(OWN), "helps": word(OWN), "people": "", "place": ""}
    care.write_plan(client, page=uuid7(), opened_at=NOW, by=user, now=NOW, **parts)
    rows.change = care.ask_for_address(
        client, email=f"{word(SHARED)}@new.example", note_to_old=False, by=user, now=NOW
    )
    rows.contact = client.safe_contacts.current().get()
    rows.passkey = WebAuthn.add(user, "Phone", key_of_a_device(client.pk.hex.encode())).instance
    care.say_who_sees(client, said={"phone": "somebody", "words": word(DESK)}, by=user, now=NOW)


def _what_the_desk_says(rows, word):
    clinician = rows.clinician
    care.write_on_session(
        rows.session,
        page=uuid7(),
        opened_at=NOW,
        by=clinician,
        now=NOW,
        points=word(DESK),
        note=word(NOTE),
    )
    actions.act_on_alert(rows.alert, by=clinician, acted="phoned", words=word(DESK), now=NOW)
    second = make_staff(clinician.practice, f"Mia{rows.client.pk.hex[-6:]}", "clinician")
    rows.member = care.join_team(rows.client, member=second, by=clinician, now=NOW)
    rows.second = second
    Authenticator.objects.create(user=second, type=Authenticator.Type.TOTP, data={})


def _what_is_begun(rows, whose, owner):
    """What the owner has begun with people. What a clinician has, all their records share."""
    rows.invitation, _token = invite_staff(
        owner.practice, email=f"{whose}@new.example", roles=["clinician"], by=owner, now=NOW
    )


def _what_is_kept(rows, word, owner):
    """They want to be forgotten: their owner reads so. Somebody else of the practice has been."""
    clinician = rows.clinician
    care.ask_for_erasure(rows.client, why="wish", words=word(NAME), by=clinician, now=NOW)
    gone = make_client(clinician, "Gone")
    care.close_episode(gone, by=clinician, reason="Over", now=NOW)
    care.ask_for_erasure(gone, why="mistake", words="", by=clinician, now=NOW)
    rows.erased = care.erase_client(gone, early="Nobody", by=owner, now=NOW)


def make_begun(whose: str, clinician) -> dict:
    """What ``clinician`` has begun, about nobody in care."""
    words = interop.read_paste(f"{canary(whose, DRAFT)}.", answers="0 No | 1 Yes")
    versions = ActivityVersion.objects.filter(practice=clinician.practice)
    draft, _is_new = own.adapt(versions.get(activity__slug="limit-log"), by=clinician, now=NOW)
    draft.content["title"] = canary(whose, DRAFT)
    draft.save(update_fields=["content"])
    absence = care.take_absence(
        clinician,
        first_day=NOW.date() + timedelta(days=9),
        last_day=NOW.date() + timedelta(days=12),
        covers={},
        tells_clients=True,
        by=clinician,
        now=NOW,
    )
    brought = draft_import(words, by=clinician, now=NOW)
    return {"draft": draft, "brought": brought, "absence": absence}


def _files(rows):
    shared = {"with_words": True, "now": NOW}
    rows.export = actions.ask_for_export(
        rows.client, kind="tables", once=uuid7(), by=rows.clinician, **shared
    )
    rows.own_file = actions.ask_for_export(
        rows.client, kind="own_table", once=uuid7(), by=rows.user, **shared
    )
