"""When a client next hears from us, about what, and if never: why not."""

import threading
from datetime import UTC, date, datetime, time, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo, available_timezones

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st

from assessments import actions, schedule
from assessments.models import Delivery, Reminder
from assessments.reminders import Why, claiming, plan, settling, standings
from assessments.reminders.standing import Standing
from clients import actions as care
from clients.models import Client, Episode, ReminderPolicy, SafeContact
from tests.conftest import NOW, WHOLE_DAY, as_user, clear, give, join, make_client

from .helpers import (
    DAY,
    HOUR,
    in_threads,
    items_of,
    only_occurrence,
    outcomes,
    planned,
    settled,
    signs_in,
    sweep_at,
)

pytestmark = pytest.mark.django_db

CHECK = "strengths-check"
READING = "limits-and-closeness"
OFFICE_HOURS = {"hours_from": time(9), "hours_until": time(20)}
EVENING = NOW.replace(hour=21)
NEXT_MORNING = (NOW + DAY).replace(hour=9)


def client_with(clinician, **contact) -> Client:
    """In care, invited and joined, with an account that was never used since."""
    return join(make_client(clinician, contact=contact), by=clinician)


def at_home(client):
    """The client has seen what there is: nothing is news to them."""
    signs_in(client, NOW + HOUR)
    plan([client.pk], now=NOW + HOUR)


# -- news ---------------------------------------------------------------------------------------


def test_something_new_is_told_at_once(joined, clinician):
    given_now = give(joined, CHECK, by=clinician)
    assert (planned(joined).kind, planned(joined).planned_for) == ("news", NOW)
    sweep_at(NOW)
    [sent] = settled(joined)
    assert items_of(sent) == {only_occurrence(given_now).pk}


def test_something_new_waits_for_an_allowed_hour(clinician):
    client = client_with(clinician, **OFFICE_HOURS)
    give(client, CHECK, by=clinician, now=EVENING)
    assert planned(client).planned_for == NEXT_MORNING


def test_what_the_client_has_seen_is_no_news(joined, clinician):
    occurrence = only_occurrence(give(joined, CHECK, by=clinician))
    at_home(joined)
    assert (planned(joined).kind, planned(joined).planned_for) == ("nudge", occurrence.due_at)


def test_news_that_they_saw_before_the_sweep_came_is_not_sent(clinician, mailoutbox):
    client = client_with(clinician, **OFFICE_HOURS)
    occurrence = only_occurrence(give(client, CHECK, by=clinician, now=EVENING, due_in_days=3))
    signs_in(client, EVENING + HOUR)
    sweep_at(NEXT_MORNING)
    assert mailoutbox == []
    assert planned(client).planned_for >= occurrence.due_at


def test_news_is_told_once(joined, clinician, mailoutbox):
    give(joined, CHECK, by=clinician, due_in_days=9)
    for hours in range(0, 72, 6):
        sweep_at(NOW + hours * HOUR)
    assert len(mailoutbox) == 1


# -- the invitation -----------------------------------------------------------------------------


def test_an_invitation_leaves_at_once_within_allowed_hours(clinician):
    client = make_client(clinician, contact=OFFICE_HOURS)
    care.invite(client, by=clinician, now=NOW)
    assert (planned(client).kind, planned(client).planned_for) == ("invitation", NOW)


def test_an_invitation_in_the_evening_leaves_in_the_morning(clinician):
    client = make_client(clinician, contact=OFFICE_HOURS)
    care.invite(client, by=clinician, now=EVENING)
    assert planned(client).planned_for == NEXT_MORNING


def test_an_invitation_is_sent_once_and_again_when_asked_again(clinician, mailoutbox):
    client = make_client(clinician)
    care.invite(client, by=clinician, now=NOW)
    for hours in range(4):
        sweep_at(NOW + hours * HOUR)
    assert len(mailoutbox) == 1
    assert planned(client) is None
    care.invite(client, by=clinician, now=NOW + 5 * HOUR)
    sweep_at(NOW + 5 * HOUR)
    assert len(mailoutbox) == 2


def test_work_given_before_the_invitation_does_not_reach_them_before_it(clinician, mailoutbox):
    client = make_client(clinician)
    occurrence = only_occurrence(give(client, CHECK, by=clinician))
    assert planned(client) is None
    sweep_at(occurrence.due_at + DAY)
    assert mailoutbox == []
    care.invite(client, by=clinician, now=occurrence.due_at + DAY)
    sweep_at(occurrence.due_at + DAY)
    [sent] = settled(client)
    assert (sent.kind, items_of(sent)) == ("invitation", {occurrence.pk})


# -- nudges -------------------------------------------------------------------------------------


def hourly(start, days):
    """Sweep every hour."""
    for hours in range(days * 24):
        sweep_at(start + hours * HOUR)


def test_a_nudge_comes_only_after_due_with_spacing_and_an_end(clinician, mailoutbox):
    client = client_with(clinician, most_reminders=3, spacing_days=2, **OFFICE_HOURS)
    occurrence = only_occurrence(give(client, CHECK, by=clinician, due_in_days=1))
    at_home(client)
    hourly(NOW, days=12)
    first = (NOW + 2 * DAY).replace(hour=9)  # due at 21:00, after hours
    assert first > occurrence.due_at
    times = [reminder.settled_at for reminder in settled(client)]
    assert times == [first, first + 2 * DAY, first + 4 * DAY]
    assert len(mailoutbox) == 3
    assert planned(client) is None


def test_no_reminders_allowed_means_none(clinician, mailoutbox):
    client = client_with(clinician, most_reminders=0)
    give(client, CHECK, by=clinician, due_in_days=1)
    at_home(client)
    hourly(NOW, days=4)
    assert mailoutbox == []


def test_one_message_a_day_speaks_of_everything_open(clinician, mailoutbox):
    client = client_with(clinician, spacing_days=1)
    one = only_occurrence(give(client, CHECK, by=clinician, due_in_days=1))
    two = only_occurrence(give(client, READING, by=clinician, due_in_days=1))
    at_home(client)
    hourly(NOW, days=2)
    assert len(mailoutbox) == 1
    [sent] = settled(client)
    assert items_of(sent) == {one.pk, two.pk}


def test_what_comes_up_later_on_the_day_of_a_message_waits_for_tomorrow(joined, clinician):
    give(joined, CHECK, by=clinician)
    sweep_at(NOW)
    give(joined, READING, by=clinician, now=NOW + HOUR)
    assert planned(joined).planned_for == datetime(2026, 11, 19, tzinfo=UTC)


def test_an_item_that_expired_is_not_reminded_of(clinician):
    client = client_with(clinician, most_reminders=5, spacing_days=1)
    clear(client, by=clinician)
    occurrence = only_occurrence(give(client, "limit-log", by=clinician, times=1))
    at_home(client)
    hourly(occurrence.due_at, days=8)
    times = [reminder.settled_at for reminder in settled(client)]
    assert times
    assert occurrence.due_at <= min(times)
    assert max(times) < occurrence.expires_at < occurrence.due_at + 8 * DAY
    assert planned(client) is None


# -- the client's clock -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("assigned", "first_allowed"),
    [
        # Clocks go back on Sunday the 25th: nine in the morning is an hour later in UTC.
        (datetime(2026, 10, 23, 12, tzinfo=UTC), datetime(2026, 10, 25, 8, tzinfo=UTC)),
        # Clocks go forward on Sunday the 28th.
        (datetime(2027, 3, 26, 12, tzinfo=UTC), datetime(2027, 3, 28, 7, tzinfo=UTC)),
        # No change.
        (datetime(2026, 7, 3, 12, tzinfo=UTC), datetime(2026, 7, 5, 7, tzinfo=UTC)),
    ],
)
def test_nine_in_the_morning_stays_nine_when_the_clocks_change(
    clinician, assigned, first_allowed, mailoutbox
):
    client = make_client(clinician, zone="Europe/Berlin", now=assigned, contact=OFFICE_HOURS)
    join(client, by=clinician, now=assigned)
    give(client, CHECK, by=clinician, now=assigned, due_in_days=1)
    signs_in(client, assigned + HOUR)
    plan([client.pk], now=assigned + HOUR)
    assert planned(client).planned_for == first_allowed
    sweep_at(first_allowed - timedelta(minutes=1))
    assert mailoutbox == []
    sweep_at(first_allowed)
    assert len(mailoutbox) == 1


def test_an_hour_that_the_clocks_skip_is_waited_for(clinician):
    assigned = datetime(2027, 3, 27, 22, tzinfo=UTC)  # the night in which 2:00 to 3:00 is missing
    hours = {"hours_from": time(2), "hours_until": time(3)}
    client = make_client(clinician, zone="Europe/Berlin", now=assigned, contact=hours)
    care.invite(client, by=clinician, now=assigned)
    assert planned(client).planned_for == datetime(2027, 3, 29, 0, tzinfo=UTC)  # Monday, 2:00


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Pacific/Pago_Pago", "Asia/Kathmandu"])
def test_the_day_and_hours_are_those_of_their_zone(clinician, zone):
    client = make_client(clinician, zone=zone, contact=OFFICE_HOURS | {"weekdays": [4]})
    care.invite(client, by=clinician, now=NOW)
    wall = planned(client).planned_for.astimezone(ZoneInfo(zone))
    assert (wall.isoweekday(), wall.time()) == (4, time(9))


@given(
    zone=st.sampled_from(sorted(available_timezones())),
    now=st.datetimes(datetime(2025, 1, 1), datetime(2028, 1, 1), timezones=st.just(UTC)),
    hours=st.lists(st.times(), min_size=2, max_size=2, unique=True).map(sorted),
    weekdays=st.sets(st.integers(1, 7), min_size=1),
    last=st.none() | st.timedeltas(timedelta(), timedelta(days=3)),
    pause=st.none() | st.integers(-2, 20),
    due=st.timedeltas(timedelta(days=-20), timedelta(days=20)),
    nudges=st.integers(0, 3),
)
@settings(max_examples=300, deadline=None, database=None)
def test_whatever_is_planned_is_at_an_allowed_hour_of_the_client(
    zone, now, hours, weekdays, last, pause, due, nudges
):
    """The judge reads the wall clock by itself and shares no code with the planner."""
    starts, ends = hours
    here = now.astimezone(ZoneInfo(zone))
    contact = SafeContact(
        channel="email",
        weekdays=sorted(weekdays),
        hours_from=starts,
        hours_until=ends,
        most_reminders=3,
        spacing_days=2,
        paused_until=here.date() + timedelta(days=pause) if pause is not None else None,
    )
    last_contact_at = now - last if last is not None else None
    item = schedule.OpenItem(
        key="item",
        opens_at=now - timedelta(days=21),
        due_at=now + due,
        expires_at=None,
        announce=False,
        nudges=nudges,
        last_nudge_at=last_contact_at if nudges else None,
    )
    standing = Standing(
        client=Client(time_zone=zone),
        last_login=None,
        contact=contact,
        policy=ReminderPolicy(),
        channels=("email",),
        items=(item,),
        invitation_is_due=False,
        last_contact_at=last_contact_at,
        is_silent=False,
        block="",
    )
    found = standing.next_contact(now)
    if nudges == 3:
        assert found is None
        return
    if found is None:
        return  # some zones skip, every year, the only minutes that this client allows
    wall = found.at.astimezone(ZoneInfo(zone))
    assert found.at >= max(now, item.due_at)
    assert wall.isoweekday() in weekdays
    assert starts <= wall.time()
    assert wall.time() < ends or ends >= time(23, 59, 59)
    if contact.paused_until:
        assert wall.date() > contact.paused_until
    if last_contact_at:
        assert wall.date() > last_contact_at.astimezone(ZoneInfo(zone)).date()


# -- never --------------------------------------------------------------------------------------


def no_messages(client, by):
    care.stop_messages(client, by=by, now=NOW)


def hold(client, by):
    clear(client, by=by, outcome="hold")


def alert(client, by):
    clear(client, by=by)
    plan_a_limit = give(client, "limit-plan", by=by)
    actions.ask_to_talk(only_occurrence(plan_a_limit), by=client.user, now=NOW)


def no_consent(client, by):
    care.answer_consent(client, "care", number=1, agrees=False, by=client.user, now=NOW)


def left_care(client, by):
    Episode.objects.filter(client=client).update(closed_at=NOW)  # there is no verb for it yet


def stale(client, by):
    SafeContact.objects.filter(client=client).update(confirmed_at=NOW - 181 * DAY)


def no_day(client, by):
    care.confirm_contact(client, by=by, now=NOW, **(WHOLE_DAY | {"weekdays": []}))


BLOCKS = [
    (no_messages, Why.NO_MESSAGES),
    (hold, Why.HOLD),
    (alert, Why.ALERT_OPEN),
    (no_consent, Why.NO_CONSENT),
    (left_care, Why.NOT_IN_CARE),
    (stale, Why.STALE),
    (no_day, Why.NO_HOURS),
]


@pytest.mark.parametrize(("happens", "why"), BLOCKS)
def test_nothing_is_planned_when_they_must_not_be_reached(joined, clinician, happens, why):
    give(joined, CHECK, by=clinician)
    happens(joined, clinician)
    plan([joined.pk], now=NOW)
    assert planned(joined) is None
    standing = standings([joined.pk], now=NOW)[joined.pk]
    assert (standing.block, standing.next_contact(NOW)) == (why, None)


@pytest.mark.parametrize(("happens", "why"), BLOCKS)
def test_what_was_planned_is_not_sent_when_they_must_not_be_reached_any_more(
    joined, clinician, happens, why, mailoutbox
):
    """Even when nobody has planned again: it is decided once more at the moment of claiming."""
    give(joined, CHECK, by=clinician)
    before = planned(joined)
    happens(joined, clinician)
    if planned(joined) is None:  # the verb has planned again; put back what a lost race leaves
        before.pk, before._state.adding = None, True
        before.id = Reminder._meta.pk.get_default()
        before.save(force_insert=True)
    sweep_at(NOW)
    assert mailoutbox == []
    [refused] = settled(joined)
    assert (refused.outcome, refused.why, refused.claim) == ("suppressed", why, None)
    assert planned(joined) is None
    page = as_user(clinician).get(f"/clients/{joined.pk}/contact/", secure=True)
    if why != Why.NOT_IN_CARE:
        assert str(Why(why).label) in page.content.decode()


@pytest.mark.parametrize(
    ("contact", "email", "invited", "why"),
    [
        ({}, "", True, Why.NO_ADDRESS),
        ({}, None, False, Why.NOT_INVITED),
        ({"channel": "none"}, None, True, Why.NO_MESSAGES),
    ],
)
def test_nobody_is_reached_who_can_not_or_must_not_be_yet(
    clinician, contact, email, invited, why, mailoutbox
):
    client = make_client(clinician, contact=contact, email=email)
    give(client, CHECK, by=clinician)
    if invited:
        care.invite(client, by=clinician, now=NOW)
    assert planned(client) is None
    assert standings([client.pk], now=NOW)[client.pk].block == why
    sweep_at(NOW + 10 * DAY)
    assert mailoutbox == []


def test_a_pause_is_kept_to_its_last_minute(clinician, mailoutbox):
    client = make_client(clinician, zone="Europe/Berlin")
    care.confirm_contact(
        client, by=clinician, now=NOW, **(WHOLE_DAY | {"paused_until": date(2026, 11, 20)})
    )
    care.invite(client, by=clinician, now=NOW)
    midnight = datetime(2026, 11, 20, 23, tzinfo=UTC)
    assert planned(client).planned_for == midnight
    Reminder.objects.update(planned_for=NOW)  # it was planned before the pause was said
    sweep_at(midnight - timedelta(seconds=1))
    assert mailoutbox == []
    sweep_at(midnight)
    assert len(mailoutbox) == 1


def test_not_a_minute_before_the_allowed_hours(clinician, mailoutbox):
    """A sweep that is late by a night finds it due half a minute before nine."""
    client = make_client(clinician, contact=OFFICE_HOURS)
    care.invite(client, by=clinician, now=NOW)
    sweep_at(NEXT_MORNING - timedelta(seconds=30))
    assert mailoutbox == []
    assert planned(client).planned_for == NEXT_MORNING


def test_not_a_minute_before_the_next_day(joined, clinician, mailoutbox):
    give(joined, CHECK, by=clinician)
    sweep_at(NOW)
    give(joined, READING, by=clinician, now=NOW + HOUR)
    Reminder.objects.planned().update(planned_for=NOW)
    sweep_at(datetime(2026, 11, 18, 23, 59, 30, tzinfo=UTC))
    assert len(mailoutbox) == 1


def test_what_was_answered_before_the_sweep_is_not_sent(joined, clinician, mailoutbox):
    occurrence = only_occurrence(give(joined, READING, by=clinician))
    assert planned(joined) is not None
    actions.keep(occurrence, {}, by=joined.user, now=NOW)
    actions.submit(occurrence, by=joined.user, now=NOW)
    sweep_at(NOW)
    assert mailoutbox == []
    assert (planned(joined), settled(joined)) == (None, [])  # needless is no history


def test_only_what_is_still_open_is_spoken_of(joined, clinician):
    done = only_occurrence(give(joined, READING, by=clinician))
    left = only_occurrence(give(joined, CHECK, by=clinician))
    actions.keep(done, {}, by=joined.user, now=NOW)
    actions.submit(done, by=joined.user, now=NOW)
    sweep_at(NOW)
    [sent] = settled(joined)
    assert items_of(sent) == {left.pk}


# -- every verb plans again ---------------------------------------------------------------------


def test_a_change_of_hours_moves_the_plan(joined, clinician):
    give(joined, CHECK, by=clinician)
    care.confirm_contact(
        joined, by=clinician, now=NOW, **(WHOLE_DAY | {"hours_from": time(15, 30)})
    )
    assert planned(joined).planned_for == NOW.replace(hour=15, minute=30)


def test_a_hold_takes_the_plan_away_and_clear_brings_it_back(joined, clinician):
    give(joined, CHECK, by=clinician)
    clear(joined, by=clinician, outcome="hold", now=NOW + HOUR)
    assert planned(joined) is None
    clear(joined, by=clinician, now=NOW + 2 * HOUR)
    assert planned(joined).planned_for == NOW + 2 * HOUR


def test_stop_takes_the_plan_away_and_a_new_word_brings_it_back(joined, clinician):
    give(joined, CHECK, by=clinician)
    care.stop_messages(joined, by=None, now=NOW)
    assert planned(joined) is None
    care.confirm_contact(joined, by=clinician, now=NOW + HOUR, **WHOLE_DAY)
    assert planned(joined).planned_for == NOW + HOUR


def test_a_stale_contact_that_is_confirmed_is_reached_again(joined, clinician):
    give(joined, CHECK, by=clinician)
    stale(joined, clinician)
    sweep_at(NOW)
    assert outcomes(joined) == ["suppressed"]
    care.confirm_contact(joined, by=clinician, now=NOW + HOUR, **WHOLE_DAY)
    assert planned(joined).planned_for == NOW + HOUR


def test_ending_the_assignment_takes_the_plan_away(joined, clinician):
    assignment = give(joined, CHECK, by=clinician)
    actions.end_assignment(assignment, by=clinician, now=NOW)
    assert planned(joined) is None


def test_closing_the_alert_brings_the_plan_back(joined, clinician):
    give(joined, CHECK, by=clinician)
    alert(joined, clinician)
    plan([joined.pk], now=NOW)
    assert planned(joined) is None
    actions.close_alert(joined.alerts.get(), by=clinician, note="Talked.", now=NOW + HOUR)
    assert planned(joined).planned_for == NOW + HOUR


def test_what_is_given_to_whom_took_their_consent_back_waits_for_a_new_one(joined, clinician):
    no_consent(joined, clinician)
    actions.close_alert(joined.alerts.get(), by=clinician, note="Talked.", now=NOW)
    give(joined, CHECK, by=clinician)
    assert planned(joined) is None
    later = NOW + HOUR
    care.answer_consent(joined, "care", number=1, agrees=True, by=joined.user, now=later)
    assert planned(joined).planned_for == later


def test_a_second_assignment_does_not_make_a_second_plan(joined, clinician):
    give(joined, CHECK, by=clinician)
    give(joined, READING, by=clinician, now=NOW + HOUR)
    assert Reminder.objects.planned().filter(client=joined).count() == 1


def test_what_was_put_away_is_left_alone_and_taken_out_is_reminded_of_again(
    joined, clinician, mailoutbox
):
    occurrence = only_occurrence(give(joined, CHECK, by=clinician, due_in_days=1))
    actions.put_away(occurrence, by=joined.user, now=NOW)
    signs_in(joined, NOW + HOUR)
    hourly(NOW, days=1)
    assert mailoutbox == []
    actions.take_out(occurrence, by=joined.user, now=NOW + HOUR)
    hourly(occurrence.due_at, days=1)
    assert len(mailoutbox) == 1


# -- plan() itself ------------------------------------------------------------------------------


def rows():
    return list(Reminder.objects.order_by("pk").values())


def test_planning_again_changes_nothing(joined, clinician):
    give(joined, CHECK, by=clinician)
    before = rows()
    for _ in range(3):
        plan([joined.pk, joined.pk], now=NOW)
    assert rows() == before


def test_a_plan_in_somebody_s_hands_is_left_alone(joined, clinician):
    give(joined, CHECK, by=clinician)
    Reminder.objects.update(
        claim="0198e0a4-0000-7000-8000-000000000000", lease_until=NOW + HOUR, planned_for=NOW
    )
    before = rows()
    plan([joined.pk], now=NOW + timedelta(minutes=5))
    assert rows() == before


def test_a_dropped_plan_that_was_tried_is_kept_with_its_true_reason(joined, clinician):
    give(joined, CHECK, by=clinician)
    Reminder.objects.update(attempts=1)
    clear(joined, by=clinician, outcome="hold")
    [dropped] = settled(joined)
    assert (dropped.outcome, dropped.why) == ("suppressed", Why.HOLD)


@pytest.mark.django_db(transaction=True)
def test_two_planners_at_once_make_one_plan(clinician):
    client = client_with(clinician)
    give(client, CHECK, by=clinician)
    for _ in range(5):
        Reminder.objects.all().delete()
        in_threads(*[lambda: plan([client.pk], now=NOW)] * 4)
        assert Reminder.objects.planned().count() == 1


@pytest.mark.django_db(transaction=True)
def test_planners_of_overlapping_crowds_do_not_deadlock(clinician):
    crowd = [make_client(clinician, f"Person{n} X") for n in range(6)]
    for client in crowd:
        care.invite(client, by=clinician, now=NOW)
    ids = [client.pk for client in crowd]
    in_threads(
        *(lambda ids=ids: [plan(ids, now=NOW) for _ in range(5)] for ids in (ids, ids[::-1])),
        lambda: [sweep_at(NOW) for _ in range(3)],
    )
    sweep_at(NOW)  # a sweep passes over what a planner has in its hands; the next one finds it
    assert [outcomes(client) for client in crowd] == [["sent"]] * 6


@pytest.mark.django_db(transaction=True)
def test_a_verb_does_not_wait_for_a_claim_and_the_sweep_sees_what_it_did(clinician, mailoutbox):
    """The message is being claimed at this very moment, and the client says stop."""
    client = make_client(clinician)
    care.invite(client, by=clinician, now=NOW)
    tally = claiming.Tally()
    claim = uuid4()
    with transaction.atomic():
        reminders, _ = claiming.claim_due(claim, 10, NOW, tally)
        in_threads(lambda: care.stop_messages(client, by=None, now=NOW))
    decided = claiming.prepare(reminders, NOW)
    assert decided.outgoing == []
    settling.settle_what_can_be(decided.looked_at, claim, decided, NOW, tally)
    assert mailoutbox == []
    assert [(row.outcome, row.why) for row in settled(client)] == [("suppressed", "no_messages")]


@pytest.mark.django_db(transaction=True)
def test_stopping_while_the_sweep_claims_neither_fails_nor_waits(clinician, mailoutbox):
    """A verb that takes a plan away meets a sweep that claims it: one of them wins, no error."""
    for n in range(8):
        client = make_client(clinician, f"Person{n} X")
        care.invite(client, by=clinician, now=NOW)
        in_threads(
            lambda: sweep_at(NOW),
            lambda client=client: care.stop_messages(client, by=None, now=NOW),
        )
        assert planned(client) is None or planned(client).claim is None
        assert len([mail for mail in mailoutbox if mail.to == [client.email]]) <= 1
    sent_before = len(mailoutbox)
    sweep_at(NOW + DAY)
    assert len(mailoutbox) == sent_before


@pytest.mark.django_db(transaction=True)
def test_stopping_while_a_message_begins_waits_for_nobody(clinician):
    """A sweep has the reminder in hand and then takes its delivery; whoever stops the messages at
    that very moment has come too late for this one, and must not stand in its way."""
    client = make_client(clinician)
    care.invite(client, by=clinician, now=NOW)
    reminders, _ended = claiming.claim_due(uuid4(), 10, NOW, claiming.Tally())
    claiming.prepare(reminders, NOW)
    has_it, is_stopped = threading.Event(), threading.Event()

    def begin():
        with transaction.atomic():
            Reminder.objects.select_for_update(no_key=True).get(pk=reminders[0].pk)
            has_it.set()
            assert is_stopped.wait(20)
            return Delivery.objects.filter(began_at__isnull=True).update(began_at=NOW)

    def stop():
        has_it.wait(10)
        care.stop_messages(client, by=None, now=NOW)
        is_stopped.set()

    assert in_threads(begin, stop) == [1, None]


def statements(function) -> int:
    with CaptureQueriesContext(
        connection,
    ) as captured:
        function()
    return len(captured)


def test_the_number_of_statements_does_not_grow_with_the_clients(clinician):
    crowd = [join(make_client(clinician, f"Person{n} X"), by=clinician) for n in range(3)]
    for client in crowd:
        give(client, CHECK, by=clinician)
        give(client, READING, by=clinician)
    ids = [client.pk for client in crowd]
    standings(ids, now=NOW)  # the keys of all are known from here on
    assert statements(lambda: standings(ids[:1], now=NOW)) == statements(
        lambda: standings(ids, now=NOW)
    )
    for forget in (lambda: None, lambda: Reminder.objects.all().delete()):
        forget()
        one = statements(lambda: plan(ids[:1], now=NOW))
        forget()
        three = statements(lambda: plan(ids, now=NOW))
        assert one == three
        assert three <= 20
