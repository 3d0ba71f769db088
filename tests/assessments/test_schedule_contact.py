"""The next contact with a client: by example, by property, and hour by hour."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assessments.schedule import (
    Contact,
    ContactRules,
    OpenItem,
    first_reminder_at,
    given_up,
    next_allowed,
    next_contact,
)

BERLIN = ZoneInfo("Europe/Berlin")
EVERY_DAY = frozenset(range(1, 8))
WORKDAYS = frozenset(range(1, 6))
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def local(zone: ZoneInfo, *parts: int, fold: int = 0) -> datetime:
    return datetime(*parts, tzinfo=zone, fold=fold).astimezone(UTC)


def rules(**changes) -> ContactRules:
    usual = ContactRules(
        zone=BERLIN,
        weekdays=WORKDAYS,
        starts=time(9),
        ends=time(17),
        most=2,
        spacing_days=2,
        paused_until=None,
    )
    return replace(usual, **changes)


def item(key="weekly check", **changes) -> OpenItem:
    usual = OpenItem(
        key=key,
        opens_at=local(BERLIN, 2026, 6, 1, 6),
        due_at=local(BERLIN, 2026, 6, 7, 21),
        expires_at=None,
        announce=False,
        nudges=0,
        last_nudge_at=None,
    )
    return replace(usual, **changes)


def contact(*items: OpenItem, now: datetime, last=None, is_silent=False, **changes):
    return next_contact(items, rules(**changes), now=now, last_contact_at=last, is_silent=is_silent)


# --- the next contact ---------------------------------------------------------------------------


def test_nothing_open_nothing_to_say():
    assert contact(now=local(BERLIN, 2026, 6, 3, 12)) is None


def test_new_work_is_announced_in_the_next_allowed_hour():
    new = item(announce=True, opens_at=local(BERLIN, 2026, 6, 5, 18))
    assert contact(new, now=local(BERLIN, 2026, 6, 3, 12)) == Contact(
        at=local(BERLIN, 2026, 6, 8, 9),
        announces=("weekly check",),
        nudges=(),
        mentions=("weekly check",),
    )


def test_the_first_reminder_comes_after_due_not_before():
    reminder = contact(item(), now=local(BERLIN, 2026, 6, 3, 12))
    assert reminder.at == local(BERLIN, 2026, 6, 8, 9)  # due on Sunday at 21:00
    assert reminder.nudges == ("weekly check",)


def test_the_second_reminder_keeps_its_distance():
    reminded = item(nudges=1, last_nudge_at=local(BERLIN, 2026, 6, 8, 9))
    assert contact(reminded, now=local(BERLIN, 2026, 6, 8, 10)).at == local(BERLIN, 2026, 6, 10, 9)


def test_the_second_reminder_comes_at_the_time_of_day_of_the_first():
    """The clocks go back between them."""
    reminded = item(nudges=1, last_nudge_at=local(BERLIN, 2026, 10, 23, 14, 30))
    planned = contact(reminded, now=local(BERLIN, 2026, 10, 23, 15), weekdays=EVERY_DAY)
    assert planned.at == local(BERLIN, 2026, 10, 25, 14, 30)


def test_a_pause_outlasts_the_day_of_the_last_contact():
    planned = contact(
        item(announce=True),
        now=local(BERLIN, 2026, 6, 3, 12),
        last=local(BERLIN, 2026, 6, 3, 9),
        paused_until=date(2026, 6, 10),
    )
    assert planned.at == local(BERLIN, 2026, 6, 11, 9)


def test_after_the_last_reminder_the_clinician_looks_and_the_client_has_peace():
    reminded = item(nudges=2, last_nudge_at=local(BERLIN, 2026, 6, 10, 9))
    assert contact(reminded, now=local(BERLIN, 2026, 6, 10, 10)) is None
    assert not given_up(reminded, rules(), now=local(BERLIN, 2026, 6, 12, 8, 59))
    assert given_up(reminded, rules(), now=local(BERLIN, 2026, 6, 12, 9))


@pytest.mark.parametrize(
    ("changes", "most", "expected"),
    [
        ({}, 2, False),  # not reminded yet
        ({}, 0, True),  # no reminders wanted: due is enough
        ({"due_at": None}, 0, False),
        ({"due_at": local(BERLIN, 2026, 7, 1, 21)}, 0, False),
        ({"nudges": 3, "last_nudge_at": local(BERLIN, 2026, 6, 8, 9)}, 2, True),
    ],
)
def test_given_up(changes, most, expected):
    now = local(BERLIN, 2026, 6, 12, 9)
    assert given_up(item(**changes), rules(most=most), now=now) is expected


def test_work_without_a_due_day_is_announced_and_never_chased():
    reading = item(due_at=None)
    assert contact(reading, now=local(BERLIN, 2026, 9, 1, 12)) is None
    told = contact(replace(reading, announce=True), now=local(BERLIN, 2026, 9, 1, 12))
    assert told.announces == ("weekly check",)


def test_what_was_never_announced_is_announced_first_even_if_it_is_late():
    late = contact(item(announce=True), now=local(BERLIN, 2026, 6, 16, 12))
    assert (late.announces, late.nudges) == (("weekly check",), ())


def test_one_message_a_day_for_everything():
    """Announced at nine; at ten more is assigned: it waits for tomorrow, and joins a reminder."""
    due = item("limit log", due_at=local(BERLIN, 2026, 6, 2, 21))
    new = item("reading", announce=True, opens_at=local(BERLIN, 2026, 6, 2, 10), due_at=None)
    quiet = item("check", due_at=local(BERLIN, 2026, 6, 30, 21))
    later = item("next week", announce=True, opens_at=local(BERLIN, 2026, 6, 8, 6))
    assert contact(
        due,
        new,
        quiet,
        later,
        now=local(BERLIN, 2026, 6, 2, 10),
        last=local(BERLIN, 2026, 6, 2, 9),
    ) == Contact(
        at=local(BERLIN, 2026, 6, 3, 9),
        announces=("reading",),
        nudges=("limit log",),
        mentions=("limit log", "reading", "check"),
    )


def test_a_clock_set_back_does_not_bring_a_second_message():
    new = item(announce=True)
    sent = local(BERLIN, 2026, 6, 4, 9)
    planned = contact(new, now=local(BERLIN, 2026, 6, 3, 12), last=sent)
    assert planned.at == local(BERLIN, 2026, 6, 5, 9)


def test_the_evening_that_comes_twice_is_one_evening():
    """At 00:01 on 7 November 2010 it was 23:01 on the 6th again in Newfoundland."""
    zone = ZoneInfo("America/St_Johns")
    late = {"zone": zone, "weekdays": EVERY_DAY, "starts": time(23, 10), "ends": time(23, 50)}
    sent = local(zone, 2010, 11, 6, 23, 10)
    midnight = local(zone, 2010, 11, 7, 0, 0)
    new = item(announce=True, opens_at=sent, due_at=None)
    assert contact(new, now=midnight, **late).at == local(zone, 2010, 11, 6, 23, 10, fold=1)
    assert contact(new, now=midnight, last=sent, **late).at == local(zone, 2010, 11, 7, 23, 10)


def test_what_expires_before_the_contact_is_not_spoken_of():
    friday_evening = local(BERLIN, 2026, 6, 5, 18)
    gone = item("gone", announce=True, expires_at=local(BERLIN, 2026, 6, 8, 6))
    kept = item("kept", announce=True, expires_at=local(BERLIN, 2026, 6, 15, 6))
    assert contact(gone, now=friday_evening) is None
    assert contact(gone, kept, now=friday_evening) == Contact(
        at=local(BERLIN, 2026, 6, 8, 9), announces=("kept",), nudges=(), mentions=("kept",)
    )


@pytest.mark.parametrize(("minutes", "spoken_of"), [(0, False), (1, True)])
def test_expired_is_from_the_minute_of_expiry(minutes, spoken_of):
    monday = local(BERLIN, 2026, 6, 8, 9)
    new = item(announce=True, expires_at=monday + minutes * MINUTE)
    assert (contact(new, now=local(BERLIN, 2026, 6, 5, 18)) is not None) is spoken_of


def test_a_wish_that_expires_does_not_pull_the_others_forward():
    friday_evening = local(BERLIN, 2026, 6, 5, 18)
    gone = item("gone", announce=True, expires_at=local(BERLIN, 2026, 6, 8, 6))
    later = item("later", announce=True, opens_at=local(BERLIN, 2026, 6, 10, 6))
    assert contact(gone, later, now=friday_evening).at == local(BERLIN, 2026, 6, 10, 9)


def test_times_of_one_zone_compare_as_instants_not_as_clocks_show_them():
    """02:30 comes twice on this night; the item expires at the second."""
    second = datetime(2026, 10, 25, 2, 30, tzinfo=BERLIN, fold=1)
    now = datetime(2026, 10, 25, 2, 40, tzinfo=BERLIN)
    new = item(announce=True, due_at=None, expires_at=second)
    always = {"weekdays": EVERY_DAY, "starts": time(0), "ends": time.max}
    assert contact(new, now=now, **always).at == now.astimezone(UTC)


@pytest.mark.parametrize(
    ("first_days", "expected"),
    [
        (0, (2026, 6, 7, 21)),
        (1, (2026, 6, 8, 21)),
        (7, (2026, 6, 14, 21)),
        (-1, (2026, 6, 6, 9)),
        (-6, (2026, 6, 1, 9)),
        (-7, (2026, 6, 1, 6)),  # not before it opens
    ],
)
def test_the_first_reminder_may_come_some_days_before_or_after(first_days, expected):
    assert first_reminder_at(item(), rules(first_days=first_days)) == local(BERLIN, *expected)


def test_days_after_due_are_counted_on_the_wall_clock():
    """The clocks go back between them."""
    late = item(due_at=local(BERLIN, 2026, 10, 24, 21))
    assert first_reminder_at(late, rules(first_days=1)) == local(BERLIN, 2026, 10, 25, 21)
    assert first_reminder_at(item(due_at=None), rules(first_days=-1)) is None


def test_reminders_before_due_are_spaced_and_counted_too():
    early = {"first_days": -3, "weekdays": EVERY_DAY}
    now = local(BERLIN, 2026, 6, 1, 12)
    assert contact(item(), now=now, **early).at == local(BERLIN, 2026, 6, 4, 9)
    reminded = item(nudges=1, last_nudge_at=local(BERLIN, 2026, 6, 4, 9))
    assert contact(reminded, now=now, **early).at == local(BERLIN, 2026, 6, 6, 9)
    assert contact(replace(reminded, nudges=2), now=now, **early) is None


# --- asked for ----------------------------------------------------------------------------------

TONIGHT = local(BERLIN, 2026, 6, 3, 16)
THIS_MORNING = local(BERLIN, 2026, 6, 3, 9)


def test_remind_me_tonight_comes_tonight_even_after_a_message_today():
    asked = item(asked_for_at=TONIGHT, asked_by_client=True)
    planned = contact(asked, now=local(BERLIN, 2026, 6, 3, 10), last=THIS_MORNING)
    assert (planned.at, planned.nudges) == (TONIGHT, ("weekly check",))


def test_what_the_clinician_asked_for_waits_for_another_day():
    asked = item(asked_for_at=TONIGHT)
    assert contact(asked, now=TONIGHT).at == TONIGHT
    assert contact(asked, now=TONIGHT, last=THIS_MORNING).at == local(BERLIN, 2026, 6, 4, 9)


@pytest.mark.parametrize("by_client", [True, False])
@pytest.mark.parametrize(
    "changes",
    [
        {
            "nudges": 2,
            "last_nudge_at": local(BERLIN, 2026, 6, 2, 9),
        },  # enough, and lately
        {"due_at": None},
        {"due_at": local(BERLIN, 2026, 7, 1, 21)},
    ],
)
def test_what_is_asked_for_needs_no_due_day_and_comes_however_often_they_were_reminded(
    by_client, changes
):
    asked = item(asked_for_at=TONIGHT, asked_by_client=by_client, **changes)
    now = local(BERLIN, 2026, 6, 3, 10)
    for is_silent in (False, True):
        planned = contact(asked, now=now, is_silent=is_silent)
        assert (planned.at, planned.nudges) == (TONIGHT, ("weekly check",))


def test_what_is_asked_for_waits_for_allowed_hours_and_pauses():
    asked = item(asked_for_at=local(BERLIN, 2026, 6, 5, 19), asked_by_client=True)
    now = local(BERLIN, 2026, 6, 3, 10)
    assert contact(asked, now=now).at == local(BERLIN, 2026, 6, 8, 9)
    away = {"paused_from": date(2026, 6, 4), "paused_until": date(2026, 6, 9)}
    assert contact(asked, now=now, **away).at == local(BERLIN, 2026, 6, 10, 9)


def test_what_has_expired_by_then_is_asked_for_in_vain():
    asked = item(asked_for_at=TONIGHT, asked_by_client=True, expires_at=TONIGHT)
    assert contact(asked, now=local(BERLIN, 2026, 6, 3, 10)) is None


def test_an_early_message_takes_along_what_would_have_waited_for_tomorrow():
    asked = item("asked", asked_for_at=TONIGHT, asked_by_client=True)
    new = item("new", announce=True, opens_at=local(BERLIN, 2026, 6, 3, 10), due_at=None)
    late = item("late", due_at=local(BERLIN, 2026, 6, 2, 21))
    later = item("later", asked_for_at=TONIGHT + HOUR, asked_by_client=True)
    now = local(BERLIN, 2026, 6, 3, 10)
    assert contact(asked, new, late, later, now=now, last=THIS_MORNING) == Contact(
        at=TONIGHT,
        announces=("new",),
        nudges=("asked", "late"),
        mentions=("asked", "new", "late", "later"),
    )
    assert contact(new, late, later, now=now, last=THIS_MORNING).at == local(BERLIN, 2026, 6, 4, 9)


def test_work_that_opens_later_is_not_reminded_of_before():
    asked = item(asked_for_at=TONIGHT, opens_at=local(BERLIN, 2026, 6, 4, 12))
    assert contact(asked, now=THIS_MORNING).at == local(BERLIN, 2026, 6, 4, 12)


# --- silence ------------------------------------------------------------------------------------


def test_silence_is_about_what_is_due_and_not_about_what_is_new():
    late = item("late", due_at=local(BERLIN, 2026, 6, 2, 21))
    new = item("new", announce=True, opens_at=TONIGHT, due_at=None)
    assert contact(late, now=THIS_MORNING, is_silent=True) is None
    assert contact(late, new, now=THIS_MORNING, is_silent=True) == Contact(
        at=TONIGHT, announces=("new",), nudges=(), mentions=("late", "new")
    )


# --- properties ---------------------------------------------------------------------------------

ZONES = st.sampled_from(
    [
        "Europe/Berlin",
        "America/New_York",
        "America/Sao_Paulo",
        "America/St_Johns",
        "Australia/Lord_Howe",
        "Pacific/Apia",
        "Pacific/Kiritimati",
        "Asia/Kathmandu",
        "Asia/Gaza",
        "Africa/Casablanca",
        "Antarctica/Troll",
    ]
).map(ZoneInfo)
MOMENTS = st.datetimes(datetime(2009, 1, 1), datetime(2031, 1, 1), timezones=st.just(UTC))
CLOCK = st.integers(0, 24 * 60 - 1).map(lambda n: time(n // 60, n % 60))


@st.composite
def contact_rules(draw):
    starts, ends = sorted(draw(st.lists(CLOCK, min_size=2, max_size=2, unique=True)))
    pause = draw(st.none() | st.lists(MOMENTS.map(datetime.date), min_size=2, max_size=2))
    paused_from, paused_until = sorted(pause) if pause else (None, None)
    return ContactRules(
        zone=draw(ZONES),
        weekdays=draw(st.frozensets(st.integers(1, 7), min_size=1)),
        starts=starts,
        ends=draw(st.sampled_from([ends, time.max])),
        most=draw(st.integers(0, 4)),
        spacing_days=draw(st.integers(0, 10)),
        paused_until=paused_until,
        paused_from=draw(st.sampled_from([None, paused_from])),
        first_days=draw(st.integers(-7, 7)),
    )


@st.composite
def open_items(draw, near):
    opens_at = near + draw(st.integers(-60 * 24, 60 * 24)) * HOUR
    due_at = draw(st.none() | st.integers(1, 400).map(lambda n: opens_at + n * HOUR))
    last_due = due_at or opens_at
    nudges = draw(st.integers(0, 4))
    return OpenItem(
        key=draw(st.uuids()),
        opens_at=opens_at,
        due_at=due_at,
        expires_at=draw(st.none() | st.integers(1, 200).map(lambda n: last_due + n * HOUR)),
        announce=draw(st.booleans()),
        nudges=nudges,
        last_nudge_at=near - draw(st.integers(-24, 400)) * HOUR if nudges else None,
        asked_for_at=draw(st.none() | st.integers(-24, 400).map(lambda n: near + n * HOUR)),
        asked_by_client=draw(st.booleans()),
    )


@given(rules=contact_rules(), moment=MOMENTS)
def test_next_allowed_is_allowed_and_stays_put(rules, moment):
    at = next_allowed(rules, moment)
    assert at is not None
    assert at >= moment
    assert rules.allow(at.astimezone(rules.zone))
    assert next_allowed(rules, at) == at


@given(rules=contact_rules(), moment=MOMENTS, earlier=st.integers(0, 14 * 24 * 60))
def test_next_allowed_never_goes_back(rules, moment, earlier):
    assert next_allowed(rules, moment - earlier * MINUTE) <= next_allowed(rules, moment)


@given(data=st.data(), rules=contact_rules(), now=MOMENTS)
def test_a_contact_keeps_every_rule(data, rules, now):
    items = data.draw(st.lists(open_items(now), max_size=6))
    last = data.draw(st.none() | st.integers(0, 100).map(lambda n: now - n * HOUR))
    planned = next_contact(items, rules, now=now, last_contact_at=last)
    assert planned == next_contact(items, rules, now=now, last_contact_at=last)
    if planned is None:
        return
    shown = planned.at.astimezone(rules.zone)
    assert planned.at >= now
    assert rules.allow(shown)
    by_key = {item.key: item for item in items}
    spoken_of = [by_key[key] for key in planned.announces + planned.nudges]
    asked_for = {
        item.key for item in items if item.asked_for_at and item.asked_for_at <= planned.at
    }
    if last is not None and shown.date() <= last.astimezone(rules.zone).date():
        assert any(item.key in asked_for and item.asked_by_client for item in spoken_of)
    assert planned.announces + planned.nudges
    assert {*planned.announces, *planned.nudges} <= {*planned.mentions}
    assert all(by_key[key].announce for key in planned.announces)
    by_itself = [by_key[key] for key in planned.nudges if key not in asked_for]
    assert all(item.nudges < rules.most for item in by_itself)
    assert all(first_reminder_at(item, rules) <= planned.at for item in by_itself)


def wished_for(item, rules, moment, *, is_silent):
    """The oracle: is there a reason, at this hour, to write, and one that may come today again?"""
    if item.opens_at > moment or item.is_over(moment):
        return False, False
    if item.asked_for_at is not None:
        asked = item.asked_for_at <= moment
        return asked, asked and item.asked_by_client
    due = item.due_at is not None and item.nudges < rules.most and not is_silent
    if due:
        shown, due_at = moment.astimezone(rules.zone), item.due_at.astimezone(rules.zone)
        first = due_at.replace(tzinfo=None) + rules.first_days * DAY
        if rules.first_days < 0:
            first = datetime.combine(first.date(), rules.starts)
        due = shown.replace(tzinfo=None) >= first
        if item.last_nudge_at is not None:
            nudged = item.last_nudge_at.astimezone(rules.zone).replace(tzinfo=None)
            due = due and shown.replace(tzinfo=None) >= nudged + rules.spacing_days * DAY
    return item.announce or due, False


@given(data=st.data(), kept=contact_rules(), is_silent=st.booleans())
def test_the_next_contact_is_at_the_first_hour_that_has_a_reason(data, kept, is_silent):
    """In a zone that never changes its clocks, with all that happens at full hours."""
    zone = ZoneInfo("Asia/Tokyo")
    now = datetime(2026, 6, 3, tzinfo=UTC) + data.draw(st.integers(0, 48)) * HOUR
    first, second = sorted(data.draw(st.tuples(CLOCK, CLOCK)))
    kept = replace(kept, zone=zone, starts=time(first.hour), ends=time(second.hour, 59, 59))
    kept = replace(kept, paused_from=None, paused_until=None)
    if pause := data.draw(st.none() | st.tuples(st.integers(-3, 9), st.integers(0, 9))):
        start = now.date() + pause[0] * DAY
        kept = replace(kept, paused_from=start, paused_until=start + pause[1] * DAY)
    items = data.draw(st.lists(open_items(now), max_size=4))
    last = data.draw(st.none() | st.integers(0, 30).map(lambda n: now - n * HOUR))
    planned = next_contact(items, kept, now=now, last_contact_at=last, is_silent=is_silent)
    for at in (now + n * HOUR for n in range(24 * 60)):
        shown = at.astimezone(zone)
        reasons = [wished_for(item, kept, at, is_silent=is_silent) for item in items]
        fresh = last is None or shown.date() > last.astimezone(zone).date()
        if kept.allow(shown) and any(wished and (fresh or may) for wished, may in reasons):
            spoken_of = [
                item for item, (is_wished, _) in zip(items, reasons, strict=True) if is_wished
            ]
            assert planned == Contact(
                at=at,
                announces=tuple(item.key for item in spoken_of if item.announce),
                nudges=tuple(item.key for item in spoken_of if not item.announce),
                mentions=tuple(item.key for item in items if item.is_open(at)),
            )
            return
    assert planned is None or planned.at >= now + 24 * 60 * HOUR


def live_through(items, rules, *, now, until):
    """A year in which nobody answers and every message is sent when it was planned."""
    sent, last = [], None
    while (
        planned := next_contact(items, rules, now=now, last_contact_at=last)
    ) and planned.at < until:
        sent.append(planned)
        now = last = planned.at
        items = [
            replace(
                item,
                announce=item.announce and item.key not in planned.announces,
                nudges=item.nudges + (item.key in planned.nudges),
                last_nudge_at=now if item.key in planned.nudges else item.last_nudge_at,
            )
            for item in items
        ]
    return sent, items


@settings(max_examples=200, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(data=st.data(), rules=contact_rules(), now=MOMENTS)
def test_a_year_without_an_answer(data, rules, now):
    rules = replace(rules, paused_from=None, paused_until=None)
    items = data.draw(st.lists(open_items(now), max_size=5, unique_by=lambda item: item.key))
    items = [replace(item, nudges=0, last_nudge_at=None, asked_for_at=None) for item in items]
    until = now + 365 * DAY
    sent, left = live_through(items, rules, now=now, until=until)

    days = [planned.at.astimezone(rules.zone).date() for planned in sent]
    assert days == sorted(set(days))
    for item, after in zip(items, left, strict=True):
        nudged = [planned.at for planned in sent if item.key in planned.nudges]
        told = [planned.at for planned in sent if item.key in planned.announces]
        assert len(nudged) == after.nudges <= rules.most
        assert len(told) == (item.announce and not after.announce)
        assert told == sorted(told + nudged)[: len(told)]
        gaps = [
            b.astimezone(rules.zone).date() - a.astimezone(rules.zone).date()
            for a, b in pairwise(nudged)
        ]
        assert all(gap >= rules.spacing_days * DAY for gap in gaps)
        if item.expires_at is None:
            assert not after.announce
            if item.due_at is not None:
                assert given_up(after, rules, now=until)


@given(
    rules=contact_rules(),
    moment=st.datetimes(datetime(1, 6, 1), datetime(9998, 6, 1), timezones=st.just(UTC)),
    due_in=st.integers(-100, 100),
)
def test_any_century_will_do(rules, moment, due_in):
    new = item(opens_at=moment, due_at=moment + due_in * DAY, announce=True)
    rules = replace(rules, paused_from=None, paused_until=None)
    planned = next_contact([new], rules, now=moment, last_contact_at=moment)
    assert planned.at.astimezone(rules.zone).date() > moment.astimezone(rules.zone).date()


def test_at_the_end_of_the_calendar_there_is_nothing_more_to_say():
    moment = datetime.max.replace(tzinfo=UTC)
    assert next_allowed(rules(zone=ZoneInfo("UTC"), ends=time(9, 1)), moment) is None
