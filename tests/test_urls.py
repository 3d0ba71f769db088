"""Who may open which address.

The tables are the rule: an address of ours that stands in none of them fails the first test, and
every row is tried by every kind of person. A stranger gets 404: not 403, and never 500.
"""

from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.db import transaction
from django.test import Client as Browser
from django.urls import NoReverseMatch, URLPattern, get_resolver, reverse

from assessments import actions, exports, interop
from assessments.actions import own
from assessments.actions.imports import draft_import
from assessments.models import ActivityDraft, ProgramVersion
from clients import actions as care
from practice.actions import invite_staff
from practice.ids import uuid7
from tests.conftest import (
    NOW,
    PASSWORD,
    answer_all,
    as_user,
    clear,
    freshly,
    give,
    join,
    make_client,
    make_practice,
    make_staff,
    measure,
    send,
)

CLINICIAN, SUPERVISOR, OWNER = "clinician", "supervisor", "owner"
READ, WRITE = {CLINICIAN, SUPERVISOR}, {CLINICIAN}
STAFF = {OWNER, CLINICIAN, SUPERVISOR, "assistant"}
# How pages look is each person's own: of staff of any kind, and of clients.
EVERYBODY = {
    *(CLINICIAN, SUPERVISOR, OWNER),
    *("assistant", "nobody any more", "the client", "another client"),
}

# Of one client: name, method, and who of the practice may.
# Nobody else of the practice is let in, nor anybody of another, nor a client, nor a stranger.
ABOUT_A_CLIENT = [
    ("assessments:timeline", "get", READ),
    ("assessments:timeline_taken", "get", READ),
    ("assessments:work", "get", READ),
    ("assessments:contact", "get", READ),
    ("assessments:calendar", "get", READ),
    ("assessments:remind_now", "post", WRITE),
    ("assessments:read_next", "get", READ),
    ("assessments:response", "get", READ),
    ("assessments:alert", "get", READ),
    ("assessments:alert", "post", WRITE),
    ("assessments:assign", "get", WRITE),
    ("assessments:assignment_create", "get", WRITE),
    ("assessments:assignment_create", "post", WRITE),
    ("assessments:assignment_end", "post", WRITE),
    ("assessments:dry_run", "get", WRITE),
    ("assessments:assignment_schedule", "get", WRITE),
    ("assessments:assignment_schedule", "post", WRITE),
    ("assessments:assignment_dry_run", "get", WRITE),
    ("assessments:assignment_pause", "post", WRITE),
    ("assessments:assignment_resume", "post", WRITE),
    ("assessments:program_assign", "get", WRITE),
    ("assessments:program_assign", "post", WRITE),
    ("assessments:program_step", "get", WRITE),
    ("assessments:program_step", "post", WRITE),
    ("assessments:program_end", "post", WRITE),
    ("assessments:paper", "get", WRITE),
    ("assessments:paper", "post", WRITE),
    ("assessments:missed_note", "post", WRITE),
    ("assessments:review_note", "post", WRITE),
    ("assessments:feedback", "post", WRITE),
    ("assessments:discussed", "post", WRITE),
    ("assessments:sheet", "get", READ),
    ("assessments:sheet", "post", WRITE),
    ("assessments:sheet_point", "post", WRITE),
    ("assessments:sheet_next", "get", WRITE),
    ("assessments:export_client", "get", READ),
    ("assessments:export_client", "post", READ),
    ("assessments:sheet_discussed", "post", WRITE),
    ("assessments:share", "get", READ),
    ("assessments:share", "post", WRITE),
    ("clients:record", "get", READ),
    ("clients:consent_note", "post", WRITE),
    ("clients:sessions", "get", READ),
    ("clients:sessions", "post", WRITE),
    ("clients:session_settle", "post", WRITE),
    ("clients:session_move", "get", WRITE),
    ("clients:session_move", "post", WRITE),
    ("clients:episode_close", "get", WRITE),
    ("clients:episode_close", "post", WRITE),
    ("clients:client_invite", "post", WRITE),
    ("clients:client_change", "get", WRITE),
    ("clients:client_change", "post", WRITE),
    ("clients:client_new_code", "post", WRITE),
    ("clients:contact_change", "get", WRITE),
    ("clients:contact_change", "post", WRITE),
    ("clients:hand_over", "get", WRITE),
    ("clients:hand_over", "post", WRITE),
    ("clients:team_join", "get", WRITE),
    ("clients:team_join", "post", WRITE),
    ("clients:team_leave", "post", WRITE),
    ("clients:who_saw", "get", READ | {OWNER}),
    ("clients:who_saw_taken", "get", READ | {OWNER}),
    ("clients:reason", "get", {SUPERVISOR}),
    ("clients:reason", "post", {SUPERVISOR}),
    ("clients:address_change", "get", WRITE),
    ("clients:address_change", "post", WRITE),
    ("clients:safety_check", "get", WRITE),
    ("clients:safety_check", "post", WRITE),
    ("assessments:archive", "get", WRITE),
    ("assessments:archive", "post", WRITE),
    ("clients:erasure_ask", "get", {CLINICIAN, OWNER}),
    ("clients:erasure_ask", "post", {CLINICIAN, OWNER}),
    ("clients:erasure_take_back", "post", {CLINICIAN, OWNER}),
    ("clients:keeping_of", "get", {OWNER}),
    ("clients:keeping_of", "post", {OWNER}),
    ("clients:hold_lift", "post", {OWNER}),
    ("clients:erase", "get", {OWNER}),
    ("clients:erase", "post", {OWNER}),
    ("clients:erased", "get", {OWNER}),
    ("clients:erased_facts", "get", {OWNER}),
    ("assessments:certificate", "get", {OWNER}),
]
# Of nobody in particular: each person sees what is theirs there.
OF_THE_PRACTICE = [
    ("assessments:today", "get", READ),
    ("assessments:library", "get", READ),
    ("assessments:activity", "get", READ),
    ("assessments:preview", "get", READ),
    ("assessments:program", "get", READ),
    ("assessments:library_coverage", "get", READ),
    ("assessments:library_import", "get", {OWNER, CLINICIAN}),
    ("assessments:library_import", "post", {OWNER, CLINICIAN}),
    ("assessments:own_new", "get", WRITE),
    ("assessments:own_new", "post", WRITE),
    ("assessments:own_adapt", "post", WRITE),
    ("clients:caseload", "get", READ),
    ("assessments:remind_many", "post", WRITE),
    ("assessments:export_caseload", "get", READ),
    ("assessments:export_caseload", "post", READ),
    ("clients:client_add", "get", WRITE),
    ("clients:client_add", "post", WRITE),
    ("clients:handed_over", "get", WRITE),
    ("clients:handed_over", "post", WRITE),
    ("clients:absences", "get", {OWNER, CLINICIAN}),
    ("clients:log", "get", {OWNER}),
    ("clients:emergency", "get", WRITE),
    ("clients:emergency", "post", WRITE),
    ("clients:policy", "get", {OWNER}),
    ("clients:policy", "post", {OWNER}),
    ("clients:agreements", "get", {OWNER}),
    ("clients:agreements", "post", {OWNER}),
    ("clients:safety_policy", "get", {OWNER}),
    ("clients:safety_policy", "post", {OWNER}),
    ("clients:keeping", "get", {OWNER}),
    ("clients:retention", "get", {OWNER}),
    ("clients:retention", "post", {OWNER}),
    ("assessments:alerts", "get", READ | {OWNER}),
    ("assessments:back_up", "get", WRITE),
    ("assessments:back_up", "post", WRITE),
    ("assessments:alert_policy", "get", {OWNER}),
    ("assessments:alert_policy", "post", {OWNER}),
    ("assessments:back_ups", "get", {OWNER}),
    ("assessments:back_ups", "post", {OWNER}),
    ("assessments:practice_picture", "get", {OWNER}),
    ("assessments:practice_picture", "post", {OWNER}),
    ("assessments:review_rules", "get", {OWNER}),
    ("assessments:review_rules", "post", {OWNER}),
    ("assessments:wordings", "get", {OWNER}),
    ("assessments:wordings", "post", {OWNER}),
    ("assessments:wording", "get", {OWNER}),
    ("assessments:wording", "post", {OWNER}),
    ("people", "get", {OWNER}),
    ("staff_invite", "get", {OWNER}),
    ("staff_invite", "post", {OWNER}),
    ("sign_ins", "get", STAFF),
    ("sign_ins", "post", STAFF),
    ("codes_kept", "post", STAFF),
    ("practice", "get", {OWNER}),
    ("practice", "post", {OWNER}),
    ("theme", "post", EVERYBODY),
]
# Of one of the staff, or of somebody who is to be: for the owners of that practice.
OF_A_COLLEAGUE = [
    ("person", "get", {OWNER}),
    ("person", "post", {OWNER}),
    ("second_factor_reset", "get", {OWNER}),
    ("second_factor_reset", "post", {OWNER}),
    ("staff_invitation_again", "post", {OWNER}),
    ("staff_invitation_withdraw", "post", {OWNER}),
]
# Of what one of the staff has begun: for nobody but them.
OF_ONE_PERSON = [
    ("clients:absence_add", "get", {OWNER, CLINICIAN}),
    ("clients:absence_add", "post", {OWNER, CLINICIAN}),
    ("clients:absence_change", "get", {OWNER, CLINICIAN}),
    ("clients:absence_change", "post", {OWNER, CLINICIAN}),
    ("clients:absence_end", "post", {OWNER, CLINICIAN}),
    ("clients:staff_leave", "get", {OWNER}),
    ("clients:staff_leave", "post", {OWNER}),
    ("assessments:import_preview", "get", WRITE),
    ("assessments:import_preview", "post", WRITE),
    ("assessments:import_phone", "get", WRITE),
    ("assessments:import_discard", "post", WRITE),
    ("assessments:own_edit", "get", WRITE),
    ("assessments:own_edit", "post", WRITE),
    ("assessments:own_preview", "get", WRITE),
    ("assessments:own_publish", "post", WRITE),
    ("assessments:own_discard", "post", WRITE),
    ("assessments:export", "get", WRITE),
    ("assessments:export_progress", "get", WRITE),
    ("assessments:export_take", "post", WRITE),
    ("assessments:export_delete", "post", WRITE),
    # What was published is no longer theirs alone.
    ("assessments:own_retire", "post", {CLINICIAN, "colleague"}),
]
OF_AN_EXPORT = {
    f"assessments:{name}" for name in ("export", "export_progress", "export_take", "export_delete")
}
# Of the client who is signed in; with an occurrence, of the client whose it is.
PORTAL = [
    ("assessments:portal", "get"),
    ("assessments:help", "get"),
    ("assessments:words", "get"),
    ("assessments:how", "get"),
    ("assessments:things", "get"),
    ("assessments:path", "get"),
    ("assessments:readings", "get"),
    ("assessments:reading", "get"),
    ("assessments:sent", "get"),
    ("assessments:opened", "get"),
    ("assessments:own_file", "get"),
    ("assessments:own_file", "post"),
    ("assessments:own_file_made", "get"),
    ("assessments:own_file_take", "post"),
    ("assessments:own_file_delete", "post"),
    ("assessments:brought", "get"),
    ("assessments:bring", "post"),
    ("assessments:begin", "get"),
    ("assessments:begin", "post"),
    ("assessments:step", "get"),
    ("assessments:step", "post"),
    ("assessments:review", "get"),
    ("assessments:review", "post"),
    ("assessments:done", "get"),
    ("assessments:entry", "get"),
    ("assessments:entry", "post"),
    ("assessments:entries", "get"),
    ("assessments:whole", "get"),
    ("assessments:whole", "post"),
    ("assessments:mine", "get"),
    ("assessments:mine", "post"),
    ("assessments:take_out", "post"),
    ("assessments:remind_later", "post"),
    ("assessments:critical", "get"),
    ("assessments:critical", "post"),
    ("clients:own_code", "get"),
    ("clients:own_code", "post"),
    ("clients:welcome", "get"),
    ("clients:leave_rehearsal", "get"),
    ("clients:welcome_done", "post"),
    ("clients:signed_in", "get"),
    ("clients:signed_in", "post"),
    ("clients:address_own", "get"),
    ("clients:address_own", "post"),
    ("clients:devices", "get"),
    ("clients:devices", "post"),
    ("clients:contact_own", "get"),
    ("clients:contact_own", "post"),
    ("clients:agree", "get"),
    ("clients:agree", "post"),
    ("clients:uses", "get"),
    ("clients:uses", "post"),
    ("clients:plan", "get"),
    ("clients:plan", "post"),
    ("clients:plan_share", "post"),
    ("clients:contact_still", "post"),
    ("clients:who_sees", "get"),
    ("clients:who_sees", "post"),
]
OWN_FILE_ACTS = ("made", "take", "delete")
# For everybody, without signing in.
PUBLIC = {
    "home",
    "setup",
    "outbox",
    "gallery",
    "healthz_live",
    "healthz_ready",
    "metrics",
    "staff_join",
    "still",
    "still_left",
    "account_request_login_code",
    "account_confirm_login_code",
    "clients:link",
    "clients:link_new",
    "clients:stop",
    "clients:leave",
    "clients:help",
    "assessments:returns_mail",
    "assessments:returns_sms",
}
# allauth's pages around signing in, and those that we keep shut.
PUBLIC_OF_ALLAUTH = {
    "account_login",
    "account_logout",
    "account_inactive",
    "account_reset_password",
    "account_reset_password_done",
    "account_reset_password_from_key",
    "account_reset_password_from_key_done",
    "mfa_authenticate",
    "mfa_login_webauthn",
}
# Doors of allauth that lead nowhere here, whoever knocks.
SHUT = {
    "account_signup",
    "account_email",
    "account_set_password",
    "account_email_verification_sent",
    "account_confirm_email",
}


def every_address(resolver=None, namespace=""):
    """(name with its namespace, view) of every address in the URL conf."""
    for entry in (resolver or get_resolver()).url_patterns:
        if isinstance(entry, URLPattern):
            yield f"{namespace}{entry.name}", entry.callback
        else:
            inner = f"{namespace}{entry.namespace}:" if entry.namespace else namespace
            yield from every_address(entry, inner)


def ours(name, view):
    return view.__module__.split(".")[0] in ("practice", "clients", "assessments")


def test_every_address_of_ours_stands_in_one_of_the_tables():
    listed = {
        name
        for name, *_ in (
            *(*ABOUT_A_CLIENT, *OF_THE_PRACTICE, *OF_A_COLLEAGUE),
            *(*OF_ONE_PERSON, *PORTAL),
        )
    } | PUBLIC
    there = {name for name, view in every_address() if ours(name, view)}
    assert there == listed | SHUT


def test_what_can_be_opened_without_signing_in_is_this_and_nothing_else():
    public = {
        name for name, view in every_address() if getattr(view, "login_required", True) is False
    }
    assert public == PUBLIC | PUBLIC_OF_ALLAUTH | SHUT


FORMS = {
    "assessments:alert": {"note": "We talked", "acted": "phoned"},
    "assessments:assignment_create": {"when": "once"},
    "assessments:feedback": {"words": "Well seen", "once": "01a222da-527d-75e3-88bd-000000000001"},
    "assessments:paper": {"filled_on": "2026-11-02", "item-phq2_1": "1", "item-phq2_2": "0"},
    "clients:sessions": {"day": "2026-12-01", "at": "10:00", "minutes": "50"},
    "clients:session_settle": {"outcome": "attended"},
    "clients:session_move": {"day": "2026-12-02", "at": "11:00", "minutes": "50"},
    "clients:episode_close": {"reason": "We are done"},
    "clients:safety_check": {"outcome": "clear"},
    "clients:uses": {"kind": "picture", "number": "1", "said": "yes"},
    "clients:erasure_ask": {"why": "wish"},
    "clients:consent_note": {"kind": "picture", "number": "1", "said": "yes"},
    "theme": {"theme": "dark"},
    "assessments:begin": {"answer": "yes"},
    "assessments:entry": {"limit": "No", "said": "yes", "kept": "kept", "number": "1"},
    "assessments:step": {"giving_1": "1"},
    "staff_invite": {"email": "another@practice.example", "roles": ["clinician"]},
    "assessments:own_new": {"kind": "exercise"},
    "assessments:own_edit": {"saves": "0", "title": "Ours", "way": "steps"},
    "assessments:own_publish": {"saves": "0", "title": "Ours", "way": "steps"},
    "assessments:mine": {"act": "share"},
}


class Practice:
    """A practice with one client of whom there is one of everything, and all who might knock."""

    def __init__(self):
        self.practice = make_practice(also_clinician=False)
        self.clinician = make_staff(self.practice, "Clara", "clinician")
        self.client = make_client(self.clinician)
        clear(self.client, by=self.clinician)
        join(self.client, by=self.clinician)
        self.screener = give(self.client, "patterns-check", by=self.clinician)
        self.log = give(self.client, "limit-log", by=self.clinician, times=2)
        self.sent = give(self.client, "strengths-check", by=self.clinician)
        self.response = send(self.sent.occurrences.get(), by=self.client.user)
        occurrence = self.log.occurrences.get(number=1)
        actions.say_safe_time(occurrence, by=self.client.user, now=NOW)
        actions.keep(
            self.screener.occurrences.get(),
            answer_all(actions.current_version(self.screener.occurrences.get())),
            by=self.client.user,
            now=NOW,
        )
        self.alert = actions.ask_to_talk(
            self.log.occurrences.get(number=2), by=self.client.user, now=NOW
        )
        self.session = care.book_session(
            self.client, by=self.clinician, starts_at=NOW + timedelta(days=1), now=NOW
        )
        words = interop.read_paste("I sang.", answers="0 No | 1 Yes")
        self.brought = draft_import(words, by=self.clinician, now=NOW)
        limit_log = self.log.activity.versions.get()
        self.written, _is_new = own.adapt(limit_log, by=self.clinician, now=NOW)
        self.ours = own.publish_draft(
            own.adapt(self.sent.activity.versions.get(), by=self.clinician, now=NOW)[0],
            saves=0,
            by=self.clinician,
            now=NOW,
        )
        limits_first = ProgramVersion.objects.assignable().get(
            practice=self.practice, program__slug="limits-first"
        )
        self.program = actions.assign_program(self.client, limits_first, by=self.clinician, now=NOW)
        measure(self.client, 9, by=self.clinician, days_ago=9)
        self.measured = measure(self.client, 16, by=self.clinician, days_ago=2)
        self.export = actions.ask_for_export(
            self.client,
            kind="tables",
            with_words=False,
            once=uuid7(),
            by=self.clinician,
            now=NOW,
        )
        self.own_file = actions.ask_for_export(
            self.client,
            kind="own_table",
            with_words=True,
            once=uuid7(),
            by=self.client.user,
            now=NOW,
        )
        exports.make_next(clock=lambda: NOW)
        exports.make_next(clock=lambda: NOW)
        self.people = {
            CLINICIAN: self.clinician,
            SUPERVISOR: make_staff(self.practice, "Sue", "supervisor"),
            OWNER: self.practice.users.get(email="owner@practice.example"),
            "colleague": make_staff(self.practice, "Carl", "clinician"),
            "assistant": make_staff(self.practice, "Ada", "assistant"),
            "nobody any more": make_staff(self.practice, "Gone", "clinician"),
            "stranger": make_practice("Elsewhere", "b@elsewhere.example").users.get(),
            "the client": self.client.user,
            "another client": join(make_client(self.clinician, "Other"), by=self.clinician).user,
        }
        self.invitation, _token = invite_staff(
            self.practice,
            email="new@practice.example",
            roles=[CLINICIAN],
            by=self.people[OWNER],
            now=NOW,
        )
        self.people["nobody any more"].memberships.update(ended_at=NOW)
        self.absence = care.take_absence(
            self.clinician,
            first_day=NOW.date() + timedelta(days=9),
            last_day=NOW.date() + timedelta(days=12),
            covers={},
            tells_clients=True,
            by=self.clinician,
            now=NOW,
        )
        self.member = care.join_team(
            self.client,
            member=make_staff(self.practice, "Mia", "clinician"),
            by=self.clinician,
            now=NOW,
        )
        care.give_reason(self.client, why="session", words="", by=self.people[SUPERVISOR], now=NOW)
        gone = make_client(self.clinician, "Gone")
        care.close_episode(gone, by=self.clinician, reason="Over", now=NOW)
        care.ask_for_erasure(gone, why="mistake", words="", by=self.clinician, now=NOW)
        self.erased = care.erase_client(gone, early="Nobody", by=self.people[OWNER], now=NOW)

    def url(self, name):
        log, screener = self.log.occurrences.get(number=1), self.screener.occurrences.get()
        of_the_log = {"assessments:entry", "assessments:entries", "assessments:take_out"}
        args = {
            "assessments:timeline_taken": [self.client.pk, "sessions"],
            "assessments:response": [self.response.pk],
            "assessments:alert": [self.alert.pk],
            "assessments:assignment_create": [self.client.pk, "strengths-check"],
            "assessments:assignment_end": [self.client.pk, self.screener.pk],
            "assessments:dry_run": [self.client.pk, "strengths-check"],
            "assessments:assignment_schedule": [self.screener.pk],
            "assessments:assignment_dry_run": [self.screener.pk],
            "assessments:assignment_pause": [self.screener.pk],
            "assessments:assignment_resume": [self.screener.pk],
            "assessments:paper": [self.client.pk, "phq-2"],
            "assessments:program_assign": [self.client.pk, "limits-first"],
            "assessments:program_step": [self.client.pk, self.program.pk, 3],
            "assessments:program_end": [self.client.pk, self.program.pk],
            "assessments:activity": ["limit-log"],
            "assessments:preview": ["limit-log"],
            "assessments:program": ["limits-first"],
            "assessments:own_new": [],
            "assessments:own_adapt": ["limit-log"],
            "assessments:own_retire": [self.ours.activity.slug],
            "assessments:reading": ["close-not-alone"],
            "assessments:own_file": [],
            **{f"assessments:own_file_{act}": [self.own_file.pk] for act in OWN_FILE_ACTS},
            "assessments:step": [screener.pk, 1],
            "assessments:done": [self.response.occurrence_id],
            "clients:absence_add": [self.clinician.pk],
            "clients:absence_change": [self.absence.pk],
            "clients:absence_end": [self.absence.pk],
            "clients:staff_leave": [self.clinician.pk],
            "clients:team_leave": [self.client.pk, self.member.pk],
            "clients:session_settle": [self.client.pk, self.session.pk],
            "clients:session_move": [self.client.pk, self.session.pk],
            "assessments:feedback": [self.response.pk],
            "assessments:discussed": [self.response.pk],
            "assessments:sheet": [self.session.pk],
            "assessments:sheet_point": [self.session.pk],
            "assessments:sheet_next": [self.session.pk],
            "assessments:sheet_discussed": [self.session.pk, self.response.pk],
            "assessments:share": [self.client.pk, self.measured.version.activity_id],
            "assessments:bring": [self.response.pk],
            "assessments:mine": [self.response.pk],
            "assessments:wording": ["en", "email", "discreet", "news"],
            "clients:erased": [self.erased.pk],
            "clients:erased_facts": [self.erased.pk],
            "assessments:certificate": [self.erased.pk],
            "person": [self.people["colleague"].pk],
            "second_factor_reset": [self.people["colleague"].pk],
            "staff_invitation_again": [self.invitation.pk],
            "staff_invitation_withdraw": [self.invitation.pk],
            "assessments:review_note": [
                *(self.client.pk, "R1", self.measured.version.activity_id, "phq9_total")
            ],
        }
        if name in args:
            return reverse(name, args=args[name])
        if name in OF_AN_EXPORT:
            return reverse(name, args=[self.export.pk])
        if name.startswith("assessments:import_"):
            return reverse(name, args=[self.brought.pk])
        if name.startswith("assessments:own_"):
            return reverse(name, args=[self.written.pk])
        for guess in ([], [log.pk if name in of_the_log else screener.pk], [self.client.pk]):
            about_an_occurrence = guess and guess[0] != self.client.pk
            if about_an_occurrence and (name, "get") not in PORTAL and (name, "post") not in PORTAL:
                continue
            try:
                return reverse(name, args=guess)
            except NoReverseMatch:
                continue
        raise AssertionError(f"No address for {name}")

    def knock(self, person, name, method):
        browser = Browser() if person == "anonymous" else freshly(self.people[person])
        return getattr(browser, method)(self.url(name), FORMS.get(name, {"x": "1"}))


@pytest.fixture
def there(db, clock):
    return Practice()


@contextmanager
def undone():
    """What a knock changes is gone before the next one."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def knocks(there, table, may, *, people=None):
    """Every row tried by every person: what was not as ``may`` says, in words."""
    wrong = []
    for name, method, *_ in table:
        for person in people or there.people:
            with undone():
                response = there.knock(person, name, method)
            expected = {200, 302} if may(person, name, method) else {404}
            sent_away = "/accounts/" in response.get("Location", "")
            if response.status_code not in expected or sent_away:
                wrong.append(f"{person}: {method} {name} gave {response.status_code}")
    return wrong


def test_a_page_about_a_client_is_for_the_care_team(there):
    allowed = {row[:2]: row[2] for row in ABOUT_A_CLIENT}
    may = lambda person, name, method: person in allowed[name, method]  # noqa: E731
    assert knocks(there, ABOUT_A_CLIENT, may) == []


def test_what_one_person_has_begun_is_for_nobody_else(there):
    allowed = {row[:2]: row[2] for row in OF_ONE_PERSON}
    may = lambda person, name, method: person in allowed[name, method]  # noqa: E731
    assert knocks(there, OF_ONE_PERSON, may) == []


def test_a_page_of_the_practice_is_for_its_roles(there):
    allowed = {row[:2]: row[2] for row in OF_THE_PRACTICE}
    roles = {person: {person} for person in there.people}
    roles |= {"colleague": {CLINICIAN}, "stranger": {CLINICIAN, OWNER}}  # of their own practice
    may = lambda person, name, method: roles[person] & allowed[name, method]  # noqa: E731
    assert knocks(there, OF_THE_PRACTICE, may) == []


def test_a_page_about_a_colleague_is_for_the_owner(there):
    allowed = {row[:2]: row[2] for row in OF_A_COLLEAGUE}
    may = lambda person, name, method: person in allowed[name, method]  # noqa: E731
    assert knocks(there, OF_A_COLLEAGUE, may) == []


def test_a_page_of_the_portal_is_for_the_client_alone(there):
    def may(person, name, method):
        of_somebody = any(character.isdigit() for character in there.url(name))
        return person == "the client" or (person == "another client" and not of_somebody)

    assert knocks(there, PORTAL, may) == []


def test_without_signing_in_there_is_only_the_sign_in(there):
    led_to = set()
    for name, method, *_ in (
        *(*ABOUT_A_CLIENT, *OF_THE_PRACTICE, *OF_A_COLLEAGUE),
        *(*OF_ONE_PERSON, *PORTAL),
    ):
        response = there.knock("anonymous", name, method)
        led_to.add((response.status_code, response.get("Location", name).split("?")[0]))
    assert led_to == {(302, reverse("account_login"))}


def test_nothing_is_written_by_looking(there):
    """A GET of what is only posted is refused; a GET of a form changes none of the facts."""
    before, changed = facts(there), []
    for name in sorted(
        {row[0] for row in (*ABOUT_A_CLIENT, *OF_ONE_PERSON, *PORTAL) if row[1] == "post"}
    ):
        for person in (CLINICIAN, SUPERVISOR, "the client"):
            with undone():
                there.knock(person, name, "get")
                if facts(there) != before:
                    changed.append((person, name))
    assert changed == []


def facts(there):
    there.client.refresh_from_db()
    return {
        "invited": there.client.invited_at,
        "welcomed": there.client.leave_page_shown_at,
        "contacts": there.client.safe_contacts.count(),
        "checks": there.client.safety_checks.count(),
        "sessions": list(there.client.sessions.values_list("attended_at", flat=True)),
        "assignments": list(
            there.client.assignments.order_by("id").values_list(
                "ended_at", "paused_at", "scheduled_at"
            )
        ),
        "programs": list(there.client.programs.values_list("ended_at", flat=True)),
        "responses": there.client.responses.filter(submitted_at__isnull=False).count(),
        "marked": list(there.client.responses.order_by("id").values_list("brought_at")),
        "agreed": list(there.client.consents.order_by("id").values_list("withdrawn_at")),
        "file": there.client.exports.filter(emptied_at__isnull=True).count(),
        "shown": list(there.client.shared_progress.values_list("taken_back_at")),
        "alerts": list(there.client.alerts.values_list("closed_at", flat=True)),
        "brought": ActivityDraft.objects.filter(pk=there.brought.pk).count(),
        "occurrences": list(
            there.client.occurrences.order_by("id").values_list(
                "safe_time_at", "put_away_at", "noted_at", "answered_at"
            )
        ),
    }


def test_what_does_not_exist_is_not_found(there):
    """With the right person and an id that nobody has."""
    found = []
    known = {
        there.client.pk,
        there.brought.pk,
        there.written.pk,
        there.export.pk,
        there.own_file.pk,
        there.response.pk,
        there.alert.pk,
        there.erased.pk,
        there.absence.pk,
        there.clinician.pk,
        there.screener.pk,
        there.screener.occurrences.get().pk,
        there.log.occurrences.get(number=1).pk,
    }
    for name in sorted({row[0] for row in (*ABOUT_A_CLIENT, *OF_ONE_PERSON, *PORTAL)}):
        url = there.url(name)
        for old in known:
            url = url.replace(str(old), str(uuid7()))
        if url == there.url(name):
            continue
        browser = freshly(there.people["the client" if url.startswith("/me/") else CLINICIAN])
        statuses = {browser.get(url).status_code, browser.post(url).status_code}
        if not statuses <= {404, 405}:
            found.append((name, statuses))
    assert found == []


def test_a_row_of_another_client_is_not_reached_through_ones_own(there):
    other = make_client(there.clinician, "Third")
    browser = as_user(there.clinician)
    end = reverse("assessments:assignment_end", args=[other.pk, there.screener.pk])
    settle = reverse("clients:session_settle", args=[other.pk, there.session.pk])
    move = reverse("clients:session_move", args=[other.pk, there.session.pk])
    assert browser.post(end).status_code == 404
    assert browser.post(settle, {"outcome": "missed"}).status_code == 404
    assert browser.post(move, {"day": "2026-12-02"}).status_code == 404


def test_doors_that_are_shut_lead_nowhere(there):
    statuses = set()
    form = {"email": "x@y.example", "password1": PASSWORD}
    for name in sorted(SHUT):
        url = reverse(name, args=["key"] if name == "account_confirm_email" else [])
        for browser in (Browser(), as_user(there.clinician), as_user(there.client.user)):
            statuses |= {browser.get(url).status_code, browser.post(url, form).status_code}
    assert statuses == {404}
    assert not there.practice.users.filter(email="x@y.example").exists()
