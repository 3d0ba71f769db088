"""A client of whom there is one of everything, with words in sealed fields that can be found."""

from datetime import timedelta

from assessments import actions
from assessments.models import (
    Alert,
    AlertCall,
    Delivery,
    Export,
    ProgramVersion,
    Reminder,
    ReminderItem,
    ReviewNote,
)
from clients import actions as care
from clients.models import ChannelStop, RetentionNotice
from practice.fields import sealed_columns
from practice.forgetting import hanging_on
from practice.ids import uuid7
from tests.assessments.exports.helpers import an_entry
from tests.conftest import NOW, clear, give, join, make_client, make_staff, measure, reads

LATER = NOW + timedelta(days=1)


def whole_client(clinician, *, name="Ottilie Unmistakable"):
    """In care, with one row or more of every model that hangs on a client."""
    client = make_client(clinician, name)
    clear(client, by=clinician, outcome="clear")
    join(client, by=clinician)
    colleague = make_staff(client.practice, f"Zoe-{uuid7().hex[-6:]}", "clinician", "supervisor")
    response = an_entry(client, by=clinician)
    measure(client, 9, by=clinician, days_ago=2)
    shared = {"practice_id": client.practice_id, "client": client}
    occurrence = give(client, "patterns-check", by=clinician).occurrences.get()
    actions.give_feedback(response, "Unmistakable praise", once=uuid7(), by=clinician, now=NOW)
    actions.share_progress(client, occurrence.assignment.activity, by=clinician, now=NOW)
    actions.assign_program(client, _program(client), by=clinician, now=NOW)
    ReviewNote.objects.create(
        **shared,
        activity=occurrence.assignment.activity,
        scale="giving",
        rule="R1",
        up_to=NOW,
        noted_at=NOW,
    )
    alert = actions.ask_to_talk(
        give(client, "limit-log", by=clinician, times=1).occurrences.get(), by=client.user, now=NOW
    )
    alert = alert or Alert.objects.filter(client=client).first()
    AlertCall.objects.get_or_create(
        **shared, alert=alert, person=colleague, called_as="team", due_at=NOW, next_at=NOW
    )
    actions.close_alert(alert, note="Unmistakable talk", acted="met", by=clinician, now=NOW)
    _messages(client, occurrence, shared)
    care.issue_links([client], now=NOW)
    session = care.book_session(client, by=clinician, starts_at=LATER, now=NOW)
    care.add_point(session, "Unmistakable point", by=clinician, now=NOW)
    care.say_who_sees(client, said={"words": "Unmistakable partner"}, by=client.user, now=NOW)
    words = dict.fromkeys(("signs", "helps", "people", "place"), "Unmistakable plan")
    care.write_plan(client, page=uuid7(), opened_at=NOW, by=client.user, now=NOW, **words)
    care.share_plan(client, by=client.user, now=NOW)
    care.ask_for_address(
        client, email="unmistakable@new.example", note_to_old=False, by=client.user, now=NOW
    )
    care.join_team(client, member=colleague, by=clinician, now=NOW)
    reads(colleague, client, now=NOW)
    care.take_absence(
        colleague,
        first_day=NOW.date() + timedelta(days=30),
        last_day=NOW.date() + timedelta(days=31),
        covers={client.pk: clinician},
        tells_clients=False,
        by=clinician,
        now=NOW,
    )
    care.open_in_emergency(client, words="Unmistakable fall", by=colleague, now=NOW)
    care.hold(client, reason="Unmistakable court", by=clinician, now=NOW)
    care.lift_hold(client, by=clinician, now=NOW)
    care.ask_for_erasure(client, why="wish", words="Unmistakable wish", by=clinician, now=NOW)
    RetentionNotice.objects.create(**shared, stage="week", due_on=NOW.date(), told_at=NOW)
    Export.objects.create(
        **shared,
        kind="tables",
        with_words=False,
        asked_at=NOW,
        failed_at=NOW,
        why="nothing",
        file=None,
        created_by=clinician,
    )
    return client


def _program(client):
    assignable = ProgramVersion.objects.assignable().filter(practice=client.practice_id)
    return assignable.get(program__slug="limits-first")


def _messages(client, occurrence, shared):
    ChannelStop.objects.create(**shared, channel="sms", why="bounced", stopped_at=NOW)
    Reminder.objects.filter(client=client).delete()
    reminder = Reminder.objects.create(
        **shared, kind="nudge", planned_for=NOW, settled_at=NOW, outcome="sent"
    )
    ReminderItem.objects.create(
        practice_id=client.practice_id, reminder=reminder, occurrence=occurrence, is_nudge=True
    )
    Delivery.objects.create(
        **shared,
        reminder=reminder,
        channel="email",
        attempt=1,
        message_id=f"<{uuid7()}@example>",
        address="unmistakable@old.example",
        began_at=NOW,
        ended_at=NOW,
        outcome="sent",
    )


def close(client, *, by, now=NOW):
    care.close_episode(client, by=by, reason="Unmistakable end", now=now)
    return client


def rows_left_of(client) -> dict[str, int]:
    """By kind, what hangs on them still."""
    kinds = hanging_on(type(client))
    return {each.label: n for each in kinds if (n := each.rows(client.pk).count())}


def sealed_fields(model):
    return [field for of, field in sealed_columns() if of is model]
