"""A practice with one of everything, for tests that look at every page: tests/pages.py,
tests/test_neutral.py. Who may open which address says tests/access/table.txt.
"""

from contextlib import contextmanager
from datetime import timedelta

from django.db import transaction
from django.urls import NoReverseMatch, reverse

from assessments import actions, exports, interop
from assessments.actions import own
from assessments.actions.imports import draft_import
from assessments.models import ProgramVersion
from clients import actions as care
from practice.actions import invite_staff
from practice.ids import uuid7
from tests.access.reading import routes
from tests.conftest import (
    NOW,
    answer_all,
    clear,
    give,
    join,
    make_client,
    make_practice,
    make_staff,
    measure,
    send,
)

CLINICIAN, SUPERVISOR, OWNER = "clinician", "supervisor", "owner"
OF_AN_EXPORT = {
    f"assessments:{name}" for name in ("export", "export_progress", "export_take", "export_delete")
}
OWN_FILE_ACTS = ("made", "take", "delete")
PORTAL = {name for name, route in routes().items() if route.section.startswith("The portal")}


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
            if about_an_occurrence and name not in PORTAL:
                continue
            try:
                return reverse(name, args=guess)
            except NoReverseMatch:
                continue
        raise AssertionError(f"No address for {name}")


@contextmanager
def undone():
    """What a knock changes is gone before the next one."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
