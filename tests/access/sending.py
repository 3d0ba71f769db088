"""What is sent to each address, so that whoever may write does write.

It is what the page of that address holds for somebody who may open it, with what a person would
choose or type. Everybody sends it, also those who are to be refused: they would have it from
whoever they look over the shoulder of.
"""

from practice.ids import uuid7

CODE = {"code": "2580"}


def chosen(name: str, record, world) -> dict:
    """What somebody would choose and type at the address ``name``; None: not sent."""
    said = CHOSEN.get(name, {"sent": "1"})
    return said(record.rows, world) if callable(said) else said


CHOSEN = {
    "assessments:alert": {"note": "We talked", "acted": "phoned"},
    "assessments:assignment_create": {"when": "once"},
    "assessments:assignment_schedule": {"when": "once", "due_on": "2026-12-12"},
    "assessments:back_up": lambda rows, world: {"back_up": ""},
    "assessments:begin": {"answer": "yes"},
    "assessments:entry": {"limit": "No", "said": "not_yet", "kept": "not_yet"},
    "assessments:export_caseload": {"kind": "workbook"},
    "assessments:export_client": {"kind": "workbook"},
    "assessments:feedback": lambda rows, world: {"words": "Well seen", "once": str(uuid7())},
    "assessments:library_import": {"how": "paste", "text": "I sang.", "answers": "0 No | 1 Yes"},
    "assessments:mine": {"act": "share"},
    "assessments:own_edit": {"title": "Ours", "way": "steps"},
    "assessments:own_file": CODE,
    "assessments:own_file_take": CODE,
    "assessments:own_new": {"kind": "exercise"},
    "assessments:own_publish": {"saves": "0", "title": "Ours", "way": "steps"},
    "assessments:paper": {"filled_on": "2026-11-02", "item-phq2_1": "1", "item-phq2_2": "0"},
    "assessments:remind_later": {"when": "never"},
    "assessments:sheet_point": {"point": "Ask about the weekend"},
    "assessments:step": {"giving_1": "1"},
    "clients:absence_add": {"first_day": "2026-12-20", "last_day": "2026-12-22"},
    "clients:address_change": lambda rows, world: {"answer": "no", "change": str(rows.change.pk)},
    "clients:address_own": {"email": "new@client.example", "code": "2580"},
    "clients:client_add": {"preferred_name": "Nia", "channel": "none"},
    "clients:consent_note": {"kind": "picture", "number": "1", "said": "yes"},
    "clients:contact_own": CODE,
    "clients:devices": CODE,
    "clients:emergency": lambda rows, world: {
        "name": rows.client.preferred_name,
        "words": "A call from the ward",
    },
    "clients:episode_close": {"reason": "We are done"},
    "clients:erase": {"name": "Somebody else", "early": "They wish it"},
    "clients:erasure_ask": {"why": "wish"},
    "clients:hand_over": lambda rows, world: {"to": str(rows.member.clinician_id)},
    "clients:keeping_of": {"reason": "A claim"},
    "clients:own_code": CODE,
    "clients:reason": {"why": "session"},
    "clients:retention": {"law": "de", "years": "12", "grace_days": "30"},
    "clients:safety_check": {"outcome": "clear"},
    "clients:session_move": {"day": "2026-12-02", "at": "11:00", "minutes": "50"},
    "clients:session_settle": {"outcome": "attended"},
    "clients:sessions": {"day": "2026-12-01", "at": "10:00", "minutes": "50"},
    "clients:signed_in": {"which": None},
    "clients:staff_leave": lambda rows, world: {"heir": str(rows.second.pk)},
    "clients:team_join": lambda rows, world: {"member": world.somebody_else(rows)},
    "clients:uses": {"kind": "picture", "number": "1", "said": "yes"},
    "clients:who_sees": {"phone": "nobody"},
    "sign_ins": {"which": None},
    "staff_invite": {"email": "another@practice.example", "roles": ["clinician"]},
    "theme": {"theme": "dark"},
}
