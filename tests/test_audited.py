"""Every address of ours says what it leaves in the audit trail. One that says nothing fails.

Each page about a client is opened, and each button pressed, by somebody who may: what is written
then must be what stands here. ``verb``: the form of that page wants more than a knock; that its
verb writes this action is held by the tests of the verb, and here that some code writes it at all.
"""

import ast
from copy import copy

import pytest

from practice.auditing.words import OF_KIND, WORDS
from practice.models import AuditEvent
from tests.access.public import PUBLIC, SHUT
from tests.access.sending import CHOSEN
from tests.conftest import freshly
from tests.one_of_everything import CLINICIAN, Practice, undone
from tests.security.addresses import APPS, every_address
from tests.test_architecture import SOURCES, chain

OWNER, SUPERVISOR, CLIENT = "owner", "supervisor", "the client"


def seen(action, who=CLINICIAN):
    return ("seen", action, who)


def verb(action):
    return ("verb", action, None)


def nothing(why):
    return ("nothing", why, None)


OWN = nothing("a client reads what is theirs; that they signed in is there")
LIST = nothing("names and no record: whose page is opened from it is there")
PART = nothing("a step of something that is written down when it is done")
ASKS = nothing("the name, and what would be done; that it was done is there")
LIBRARY = nothing("the library, and about nobody")
GONE = nothing("of somebody who was erased, and names nobody")
LOOK = nothing("a page of settings, and about nobody")
LEADS = nothing("leads to another page, which is there")
OWN_WAY = nothing("how pages look to them, or what they have seen of our words")

# fmt: off
EVENTS = {
    # Of one client: read
    ("assessments:timeline", "get"): seen("timeline.read"),
    ("assessments:timeline_taken", "get"): seen("timeline.taken"),
    ("assessments:work", "get"): seen("work.read"),
    ("assessments:contact", "get"): seen("contact.read"),
    ("assessments:calendar", "get"): seen("contact.read"),
    ("assessments:read_next", "get"): LEADS,
    ("assessments:response", "get"): seen("response.read"),
    ("assessments:alert", "get"): seen("alert.read"),
    ("assessments:assign", "get"): seen("work.read"),
    ("assessments:assignment_create", "get"): seen("work.read"),
    ("assessments:dry_run", "get"): seen("work.read"),
    ("assessments:assignment_schedule", "get"): seen("work.read"),
    ("assessments:assignment_dry_run", "get"): seen("work.read"),
    ("assessments:program_assign", "get"): seen("work.read"),
    ("assessments:program_step", "get"): seen("work.read"),
    ("assessments:paper", "get"): seen("work.read"),
    ("assessments:sheet", "get"): seen("sheet.read"),
    ("assessments:sheet_next", "get"): LEADS,
    ("assessments:export_client", "get"): seen("record.read"),
    ("assessments:share", "get"): seen("progress.previewed"),
    ("clients:record", "get"): seen("record.read"),
    ("clients:sessions", "get"): seen("sessions.read"),
    ("clients:session_move", "get"): seen("sessions.read"),
    ("clients:episode_close", "get"): seen("record.read"),
    ("clients:client_change", "get"): seen("record.read"),
    ("clients:contact_change", "get"): seen("contact.read"),
    ("clients:hand_over", "get"): seen("record.read"),
    ("clients:team_join", "get"): seen("record.read"),
    ("clients:address_change", "get"): seen("record.read"),
    ("clients:safety_check", "get"): seen("safety.read"),
    ("clients:who_saw", "get"): seen("log.read"),
    ("clients:who_saw_taken", "get"): seen("log.taken"),
    ("clients:keeping_of", "get"): seen("keeping.read", OWNER),
    ("clients:erasure_ask", "get"): seen("keeping.read"),
    ("clients:erase", "get"): seen("keeping.read", OWNER),
    ("clients:reason", "get"): nothing("only the name, as in every list"),
    ("clients:staff_leave", "get"): seen("caseload.shown_to_owner", OWNER),
    # Of one client: written
    ("assessments:alert", "post"): seen("alert.closed"),
    ("assessments:assignment_create", "post"): seen("assignment.made"),
    ("assessments:assignment_end", "post"): seen("assignment.ended"),
    ("assessments:assignment_schedule", "post"): verb("assignment.rescheduled"),
    ("assessments:assignment_pause", "post"): seen("assignment.paused"),
    ("assessments:assignment_resume", "post"): verb("assignment.resumed"),
    ("assessments:program_assign", "post"): seen("program.assigned"),
    ("assessments:program_step", "post"): seen("program.step_given"),
    ("assessments:program_end", "post"): seen("program.ended"),
    ("assessments:paper", "post"): seen("response.entered"),
    ("assessments:missed_note", "post"): seen("missed.noted"),
    ("assessments:review_note", "post"): seen("review.noted"),
    ("assessments:feedback", "post"): seen("feedback.sent"),
    ("assessments:discussed", "post"): seen("response.discussed"),
    ("assessments:sheet", "post"): verb("session.written"),
    ("assessments:sheet_point", "post"): verb("session.written"),
    ("assessments:sheet_discussed", "post"): seen("response.discussed"),
    ("assessments:export_client", "post"): verb("export.asked"),
    ("assessments:share", "post"): seen("progress.shared"),
    ("assessments:remind_now", "post"): verb("reminder.asked"),
    ("assessments:remind_many", "post"): verb("reminder.asked"),
    ("clients:consent_note", "post"): seen("consent.agreed"),
    ("clients:sessions", "post"): seen("session.booked"),
    ("clients:session_settle", "post"): seen("session.attended"),
    ("clients:session_move", "post"): seen("session.moved"),
    ("clients:episode_close", "post"): seen("episode.closed"),
    ("clients:client_add", "post"): verb("client.added"),
    ("clients:client_invite", "post"): seen("client.invited"),
    ("clients:client_change", "post"): verb("client.changed"),
    ("clients:client_new_code", "post"): seen("client.code_forgotten"),
    ("clients:contact_change", "post"): verb("contact.confirmed"),
    ("clients:hand_over", "post"): verb("care_team.handed_over"),
    ("clients:team_join", "post"): verb("care_team.joined"),
    ("clients:team_leave", "post"): seen("care_team.left"),
    ("clients:reason", "post"): verb("supervision.reason_given"),
    ("clients:emergency", "post"): verb("emergency.opened"),
    ("clients:address_change", "post"): verb("address.confirmed"),
    ("clients:safety_check", "post"): seen("safety_check.recorded"),
    ("clients:staff_leave", "post"): verb("staff.left"),
    ("clients:erasure_ask", "post"): seen("erasure.asked"),
    ("clients:erasure_take_back", "post"): verb("erasure.taken_back"),
    ("clients:keeping_of", "post"): verb("legal_hold.set"),
    ("clients:hold_lift", "post"): verb("legal_hold.lifted"),
    ("clients:erase", "post"): verb("client.erased"),
    # Files
    ("assessments:archive", "get"): ASKS,
    ("assessments:archive", "post"): verb("export.asked"),
    ("assessments:export", "get"): PART,
    ("assessments:export_progress", "get"): PART,
    ("assessments:export_take", "post"): seen("export.taken"),
    ("assessments:export_delete", "post"): seen("export.deleted"),
    ("assessments:export_caseload", "get"): LIST,
    ("assessments:export_caseload", "post"): verb("export.asked"),
    # Lists
    ("assessments:today", "get"): LIST,
    ("assessments:alerts", "get"): LIST,
    ("clients:caseload", "get"): LIST,
    ("clients:client_add", "get"): LIST,
    ("clients:handed_over", "get"): LIST,
    ("clients:handed_over", "post"): OWN_WAY,
    ("clients:absences", "get"): LIST,
    ("clients:absence_add", "get"): LIST,
    ("clients:absence_add", "post"): verb("absence.taken"),
    ("clients:absence_change", "get"): LIST,
    ("clients:absence_change", "post"): verb("absence.taken"),
    ("clients:absence_end", "post"): seen("absence.ended"),
    ("clients:emergency", "get"): nothing("an empty form"),
    ("assessments:practice_picture", "get"): nothing("numbers of many, and about nobody"),
    ("assessments:practice_picture", "post"): seen("picture.asked", OWNER),
    ("clients:keeping", "get"): seen("records.shown_to_owner", OWNER),
    ("clients:erased", "get"): GONE,
    ("clients:erased_facts", "get"): GONE,
    ("assessments:certificate", "get"): GONE,
    # Settings and people
    ("clients:retention", "get"): LOOK,
    ("clients:retention", "post"): verb("retention_policy.changed"),
    ("clients:log", "get"): seen("log.read", OWNER),
    ("clients:policy", "get"): LOOK,
    ("clients:policy", "post"): verb("reminder_policy.changed"),
    ("clients:agreements", "get"): LOOK,
    ("clients:agreements", "post"): verb("consent_wording.published"),
    ("clients:safety_policy", "get"): LOOK,
    ("clients:safety_policy", "post"): verb("safety_policy.changed"),
    ("assessments:back_up", "get"): LOOK,
    ("assessments:back_up", "post"): verb("back_up.changed"),
    ("assessments:alert_policy", "get"): LOOK,
    ("assessments:alert_policy", "post"): verb("alert_policy.changed"),
    ("assessments:back_ups", "get"): LOOK,
    ("assessments:back_ups", "post"): verb("back_up.changed"),
    ("assessments:review_rules", "get"): LOOK,
    ("assessments:review_rules", "post"): verb("review_rules.changed"),
    ("assessments:wordings", "get"): LOOK,
    ("assessments:wordings", "post"): verb("practice.changed"),
    ("assessments:wording", "get"): LOOK,
    ("assessments:wording", "post"): verb("message_wording.changed"),
    ("practice", "get"): LOOK,
    ("practice", "post"): verb("practice.changed"),
    ("people", "get"): LOOK,
    ("person", "get"): LOOK,
    ("person", "post"): verb("membership.began"),
    ("second_factor_reset", "get"): LOOK,
    ("second_factor_reset", "post"): verb("second_factor.reset"),
    ("staff_invite", "get"): LOOK,
    ("staff_invite", "post"): seen("staff_invitation.sent", OWNER),
    ("staff_invitation_again", "post"): seen("staff_invitation.sent", OWNER),
    ("staff_invitation_withdraw", "post"): seen("staff_invitation.withdrawn", OWNER),
    ("sign_ins", "get"): OWN_WAY,
    ("sign_ins", "post"): seen("sign_in.others_ended"),
    ("codes_kept", "post"): OWN_WAY,
    ("theme", "post"): OWN_WAY,
    # The library
    **{(f"assessments:{name}", "get"): LIBRARY for name in (
        "library", "activity", "preview", "program", "library_coverage", "library_import",
        "own_new", "own_edit", "own_preview", "import_preview", "import_phone",
    )},
    **{(f"assessments:{name}", "post"): PART for name in (
        "library_import", "own_new", "own_adapt", "own_edit", "own_discard", "import_discard",
    )},
    ("assessments:import_preview", "post"): verb("text.imported"),
    ("assessments:own_publish", "post"): verb("version.published"),
    ("assessments:own_retire", "post"): seen("activity.retired"),
    # The portal
    **{(f"assessments:{name}", "get"): OWN for name in (
        "portal", "help", "how", "things", "path", "readings", "reading", "sent", "opened",
        "own_file", "own_file_made", "brought", "begin", "step", "review", "done", "entry",
        "entries", "whole", "mine",
    )},
    **{(f"clients:{name}", "get"): OWN for name in (
        "own_code", "welcome", "leave_rehearsal", "signed_in", "address_own", "devices",
        "contact_own", "agree", "uses", "plan", "who_sees",
    )},
    ("assessments:words", "get"): verb("feedback.seen"),
    ("assessments:critical", "get"): verb("help.shown"),
    ("assessments:critical", "post"): LEADS,
    ("assessments:step", "post"): PART,
    ("assessments:whole", "post"): PART,
    ("assessments:begin", "post"): verb("occurrence.safe_time"),
    ("assessments:review", "post"): seen("response.submitted", CLIENT),
    ("assessments:entry", "post"): seen("response.submitted", CLIENT),
    ("assessments:mine", "post"): verb("response.taken_back"),
    ("assessments:bring", "post"): seen("response.brought", CLIENT),
    ("assessments:take_out", "post"): seen("occurrence.taken_out", CLIENT),
    ("assessments:remind_later", "post"): verb("reminder.asked"),
    ("assessments:own_file", "post"): verb("export.asked"),
    ("assessments:own_file_take", "post"): verb("export.taken"),
    ("assessments:own_file_delete", "post"): seen("export.deleted", CLIENT),
    ("clients:own_code", "post"): verb("code.wrong"),
    ("clients:welcome_done", "post"): OWN_WAY,
    ("clients:signed_in", "post"): seen("sign_in.others_ended", CLIENT),
    ("clients:address_own", "post"): verb("address.asked"),
    ("clients:devices", "post"): verb("passkey.added"),
    ("clients:contact_own", "post"): verb("contact.confirmed"),
    ("clients:agree", "post"): verb("consent.agreed"),
    ("clients:uses", "post"): seen("consent.agreed", CLIENT),
    ("clients:plan", "post"): verb("plan.written"),
    ("clients:plan_share", "post"): verb("plan.shared"),
    ("clients:contact_still", "post"): verb("contact.confirmed"),
    ("clients:who_sees", "post"): verb("who_sees.said"),
}
# fmt: on


def test_every_address_says_what_it_leaves_in_the_trail():
    said = {name for name, _method in EVENTS}
    there = {name for name, view in every_address() if view.__module__.split(".")[0] in APPS}
    assert said == there - PUBLIC - SHUT


def knock(there, browser, name, method):
    said = CHOSEN.get(name, {"sent": "1"}) if method == "post" else {}
    body = said(None, None) if callable(said) else said
    body = {field: each for field, each in body.items() if each is not None}
    return getattr(browser, method)(there.url(name), body)


@pytest.mark.django_db
def test_what_is_opened_or_pressed_stands_in_the_trail(clock):
    there, missing = Practice(), []
    browsers = {who: freshly(there.people[who]) for who in (CLINICIAN, OWNER, SUPERVISOR, CLIENT)}
    trail = AuditEvent.objects.filter(practice=there.practice)
    for (name, method), (how, action, who) in EVENTS.items():
        if how != "seen":
            continue
        browser = copy(browsers[who])  # signed out by a knock, but only for this one
        browser.cookies = copy(browser.cookies)
        with undone():
            last = trail.order_by("-number").first().number
            knock(there, browser, name, method)
            new = set(trail.filter(number__gt=last).values_list("action", "actor"))
        if (action, there.people[who].pk) not in new:
            missing.append((name, method, action, new))
    assert missing == []


# What is shown again with what was typed, and was not there to be opened first.
OPENED = {
    "assessments:feedback": "response.read",
    **{
        name: how[1]
        for (name, method), how in EVENTS.items()
        if method == "get" and how[0] == "seen"
    },
}


@pytest.mark.django_db
def test_a_form_with_a_slip_opens_nothing_without_a_trace(clock):
    """What it was sent to is shown around it."""
    there, shown, missing = Practice(), set(), []
    trail = AuditEvent.objects.filter(practice=there.practice)
    for name, action in OPENED.items():
        who = EVENTS.get((name, "get"), (None, None, CLINICIAN))[2]
        with undone():
            last = trail.order_by("-number").first().number
            page = freshly(there.people[who]).post(there.url(name), {"slip": "1"})
            new = set(trail.filter(number__gt=last).values_list("action", "actor"))
        if page.status_code == 200:
            shown.add(name)
            if (action, there.people[who].pk) not in new:
                missing.append((name, action, new))
    assert missing == []
    assert shown >= {"assessments:feedback", "assessments:sheet", "clients:erase"}


def written_actions():
    """Each word that stands in the code somewhere else than among the words of the trail."""
    for path in SOURCES:
        if path.parts[-2:] == ("auditing", "words.py"):
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield node.value


def test_every_action_of_the_table_is_written_somewhere_and_has_words():
    written = set(written_actions()) | {"session.attended"}  # put together from two halves
    written |= {f"membership.{what}" for what in ("began", "ended")}
    wanted = {action for how, action, _who in EVENTS.values() if how != "nothing"}
    assert wanted - written == set()
    assert wanted - WORDS.keys() == set()


def test_whatever_is_written_has_words():
    found = {
        node.args[0].value
        for path in SOURCES
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and chain(node)[-2:] in (["audit", "record"], ["audit", "looked"])
        and isinstance(node.args[0], ast.Constant)
    }
    assert len(found) > 90
    assert found - WORDS.keys() == set()
    assert sum(map(len, OF_KIND.values())) == len(WORDS)  # each under one kind
