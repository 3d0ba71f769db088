"""An alert has a clock: who is told of it, when, once, and nobody after it was seen."""

from datetime import datetime, time, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.core import mail

from assessments import actions
from assessments.calls import make_calls, making
from assessments.models import AlertCall, AlertPolicy
from assessments.reminders.channels import Result
from assessments.schedule.quiet import Quiet
from practice.models import Membership
from tests.conftest import NOW, clear, give, join, make_client, make_staff

from . import made
from .made import ask

pytestmark = pytest.mark.django_db
BERLIN = ZoneInfo("Europe/Berlin")
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


def ring(at):
    return make_calls(lambda: at)


def told():
    return [letter.to[0].split("@")[0] for letter in mail.outbox]


@pytest.fixture
def back_up(clinician, colleague):
    actions.set_back_up(clinician, colleague, by=clinician, now=NOW)
    return colleague


@pytest.fixture
def critical(joined, clinician, back_up, owner):
    walk = ask(joined, made.walk(), by=clinician)
    actions.keep(walk, {"dark": "yes"}, by=joined.user, now=NOW)
    return joined.alerts.get()


def raise_another(client, clinician, at):
    """One that can wait until the morning."""
    log = give(client, "limit-log", by=clinician, times=2).occurrences.get(number=1)
    return actions.ask_to_talk(log, by=client.user, now=at)


class TestTheChain:
    def test_the_clinician_hears_at_once_then_the_back_up_then_the_owner_each_once(self, critical):
        for minutes, people in [
            (0, ["clara"]),
            (14, ["clara"]),
            (15, ["clara", "carl"]),
            (29, ["clara", "carl"]),
            (30, ["clara", "carl", "owner"]),
            (9_000, ["clara", "carl", "owner"]),
        ]:
            ring(NOW + minutes * MINUTE)
            assert told() == people
        assert len({letter.extra_headers["Message-ID"] for letter in mail.outbox}) == 3

    @pytest.mark.parametrize("verb", ["see", "act", "close"])
    def test_nobody_is_told_after_somebody_has_seen_it(self, critical, colleague, verb):
        ring(NOW)
        {
            "see": lambda: actions.see_alert(critical, by=colleague, now=NOW),
            "act": lambda: actions.act_on_alert(critical, by=colleague, acted="phoned", now=NOW),
            "close": lambda: actions.close_alert(critical, by=colleague, note="Fine", now=NOW),
        }[verb]()
        ring(NOW + HOUR)
        assert told() == ["clara"]
        assert set(critical.calls.values_list("outcome", flat=True)) == {"sent", "suppressed"}

    def test_seen_between_the_claim_and_the_mail_is_soon_enough(self, critical, clinician):
        times = iter([NOW, NOW])

        def clock():
            """The third look at it is just before the mail leaves."""
            at = next(times, None)
            if at is None:
                actions.see_alert(critical, by=clinician, now=NOW)
            return NOW

        make_calls(clock)
        assert told() == []

    def test_where_nobody_stands_in_the_owner_moves_up(self, joined, clinician, owner):
        walk = ask(joined, made.walk(), by=clinician)
        actions.keep(walk, {"dark": "yes"}, by=joined.user, now=NOW)
        ring(NOW + 15 * MINUTE)
        assert told() == ["clara", "owner"]

    def test_a_back_up_who_is_named_while_it_is_open_hears_of_it(
        self, joined, clinician, colleague
    ):
        walk = ask(joined, made.walk(), by=clinician)
        actions.keep(walk, {"dark": "yes"}, by=joined.user, now=NOW)
        actions.set_back_up(clinician, colleague, by=clinician, now=NOW)
        ring(NOW + 15 * MINUTE)
        assert told() == ["clara", "carl"]

    def test_whoever_left_is_not_told_and_the_next_one_is(self, critical, colleague):
        Membership.objects.filter(user=colleague).update(ended_at=NOW)
        ring(NOW + 30 * MINUTE)
        assert told() == ["clara", "owner"]

    def test_a_change_of_the_policy_counts_for_what_is_open(self, critical, practice, owner):
        change = {"urgent_back_up": 5, "urgent_owner": 90}
        actions.change_alert_policy(practice, by=owner, silence=False, now=NOW, **change)
        ring(NOW + 6 * MINUTE)
        assert told() == ["clara", "carl"]
        ring(NOW + 60 * MINUTE)
        assert told() == ["clara", "carl"]

    def test_the_letter_says_initials_and_a_link_and_nothing_of_what_it_is(self, critical):
        ring(NOW + 15 * MINUTE)
        to_clara, to_carl = mail.outbox
        assert to_clara.subject == to_carl.subject == "Trellis: please look now"
        assert f"/alerts/{critical.pk}/" in to_clara.body
        assert to_clara.body.startswith("S. O.: ")
        assert "since Wed 18 Nov, 11:00" in to_carl.body  # on Carl's clock
        for letter in mail.outbox:
            text = f"{letter.subject} {letter.body}".casefold()
            for word in ("sam", "ortega", "safety", "critical", "answer", "walk", "mill"):
                assert word not in text
            assert "List-Unsubscribe" not in letter.extra_headers


class TestTheNight:
    """Europe/Berlin is an hour ahead of UTC in winter: 20 o'clock there is 19 UTC."""

    def at(self, day, hour, minute=0):
        return datetime(2026, 11, day, hour, minute, tzinfo=BERLIN)

    def test_what_is_urgent_rings_at_night(self, joined, clinician, back_up):
        walk = ask(joined, made.walk(), by=clinician)
        night = self.at(18, 23)
        actions.keep(walk, {"dark": "yes"}, by=joined.user, now=night)
        ring(night + 30 * MINUTE)
        assert told() == ["clara", "carl", "owner"]

    def test_the_clock_of_the_rest_stands_still_until_the_morning(self, joined, clinician, back_up):
        raise_another(joined, clinician, self.at(18, 19))  # an hour is left of the day
        ring(self.at(18, 19))
        assert told() == ["clara"]
        ring(self.at(19, 9, 59))
        assert told() == ["clara"]
        ring(self.at(19, 10))
        assert told() == ["clara", "carl"]
        assert mail.outbox[0].subject == "Trellis: please look today"

    def test_one_of_the_night_waits_for_the_morning_and_all_do_not_hear_at_once(
        self, joined, clinician, back_up
    ):
        raise_another(joined, clinician, self.at(18, 23))
        ring(self.at(19, 6, 59))
        assert told() == []
        ring(self.at(19, 7))
        assert told() == ["clara"]

    def test_after_an_outage_nothing_leaves_in_the_night(self, joined, clinician, back_up):
        raise_another(joined, clinician, self.at(18, 13))
        assert ring(self.at(18, 23)).put_off == 2  # nobody had rung since one
        assert told() == []
        ring(self.at(19, 7))
        assert told() == ["clara", "carl"]


QUIET = Quiet(time(20), time(7), BERLIN)


@pytest.mark.parametrize(
    ("start", "hours", "then"),
    [
        ("2026-03-28 19:00", 2, "2026-03-29 08:00"),  # the clocks go forward in that night
        ("2026-10-24 19:00", 2, "2026-10-25 08:00"),  # and back
        ("2026-03-28 23:00", 0, "2026-03-29 07:00"),
        ("2026-11-18 19:00", 1, "2026-11-19 07:00"),  # the very first quiet minute is quiet
        ("2026-11-18 07:00", 12, "2026-11-18 19:00"),
        ("2026-11-18 12:00", 22, "2026-11-20 08:00"),
    ],
)
def test_waking_hours_are_counted_on_the_wall_clock(start, hours, then):
    at = datetime.fromisoformat(start).replace(tzinfo=BERLIN)
    found = QUIET.after(at, hours * HOUR)
    assert found == datetime.fromisoformat(then).replace(tzinfo=BERLIN)
    assert QUIET.wakes(found) == found


@pytest.mark.parametrize(
    ("starts", "ends", "hour", "wakes"),
    [
        (time(12), time(14), 13, 14),  # by day
        (time(7), time(7), 7, 7),  # no quiet hours
    ],
)
def test_quiet_hours_by_day_and_none(starts, ends, hour, wakes):
    at = datetime(2026, 11, 18, hour, tzinfo=BERLIN)
    assert Quiet(starts, ends, BERLIN).wakes(at) == at.replace(hour=wakes)


class TestWhatGoesWrong:
    @pytest.fixture
    def line(self, monkeypatch):
        """A way whose results a test lays out."""

        class Line:
            results, letters = [], []

            def open(self):
                pass

            def hand_over(self, letter):
                self.letters.append(letter)
                return self.results.pop(0) if self.results else Result("sent")

            def close(self):
                pass

        line = Line()
        line.results, line.letters = [], []
        monkeypatch.setattr("assessments.calls.making.carrier_of", lambda channel: line)
        return line

    def test_one_that_reached_nobody_is_made_again_under_another_id(self, critical, line):
        line.results = [Result("failed", "no connection")]
        ring(NOW)
        ring(NOW + 9 * timedelta(seconds=1))
        assert len(line.letters) == 1
        ring(NOW + 10 * timedelta(seconds=1))
        call = critical.calls.get(called_as="team")
        assert (call.outcome, call.attempts) == ("sent", 1)
        assert len(line.letters) == 2

    def test_one_that_is_not_known_is_never_made_again_and_the_clock_goes_on(self, critical, line):
        line.results = [Result("unknown", "line broken")]
        for minutes in (0, 5, 15, 60):
            ring(NOW + minutes * MINUTE)
        outcomes = dict(critical.calls.values_list("called_as", "outcome"))
        assert outcomes == {"team": "unknown", "back_up": "sent", "owner": "sent"}
        assert len(line.letters) == 3

    def test_what_a_dead_worker_began_is_unknown_once_its_lease_is_over(self, critical, line):
        lease = NOW + 2 * MINUTE
        critical.calls.filter(called_as="team").update(
            claim=uuid4(), lease_until=lease, began_at=NOW
        )
        ring(NOW + MINUTE)
        assert critical.calls.get(called_as="team").outcome == ""
        ring(NOW + 3 * MINUTE)
        assert critical.calls.get(called_as="team").outcome == "unknown"
        assert line.letters == []

    def test_what_a_dead_worker_had_not_begun_is_made(self, critical, line):
        critical.calls.filter(called_as="team").update(claim=uuid4(), lease_until=NOW)
        ring(NOW)
        assert critical.calls.get(called_as="team").outcome == "sent"

    def test_a_back_up_who_was_replaced_is_not_tried_again(self, critical, line, clinician):
        line.results = [Result("sent"), Result("failed", "no connection")]
        ring(NOW + 15 * MINUTE)
        assert critical.calls.get(called_as="back_up").attempts == 1
        actions.set_back_up(clinician, None, by=clinician, now=NOW + 15 * MINUTE)
        ring(NOW + HOUR)
        assert [letter.delivery.called_as for letter in line.letters] == [
            "team",
            "back_up",
            "owner",
        ]

    def test_one_that_can_not_be_written_does_not_keep_back_the_others(
        self, critical, line, monkeypatch, joined, clinician
    ):
        def broken(call):
            raise ValueError

        with monkeypatch.context() as patch:
            patch.setattr("assessments.calls.making.letter_of", broken)
            ring(NOW)
        assert AlertCall.objects.get(called_as="team").attempts == 1
        ring(NOW + MINUTE)
        assert critical.calls.get(called_as="team").outcome == "sent"


def test_without_a_row_the_defaults_hold(practice):
    policy = AlertPolicy.of_practice(practice.pk)
    assert (policy.worse, policy.silence_since, policy.phrases) == (False, None, "")


def test_the_whole_team_hears_at_once_and_the_owner_who_is_on_it_once(joined, clinician, owner):
    Membership.objects.create(practice=owner.practice, user=owner, role="clinician")
    joined.care_team.create(practice=owner.practice, clinician=owner, is_primary=False, since=NOW)
    walk = ask(joined, made.walk(), by=clinician)
    actions.keep(walk, {"dark": "yes"}, by=joined.user, now=NOW)
    ring(NOW + 60 * MINUTE)
    assert sorted(told()) == ["clara", "owner"]


@pytest.mark.parametrize(("hour", "hears"), [(7, ["carl"]), (11, ["carl", "owner"])])
def test_whoever_takes_over_at_night_hears_in_the_morning_and_an_owner_who_left_in_their_turn(
    joined, colleague, owner, hour, hears
):
    """Nobody else was to be told: the owner looked after them alone."""
    Membership.objects.create(practice=owner.practice, user=owner, role="clinician")
    joined.care_team.update(clinician=owner)
    night = datetime(2026, 11, 18, 23, tzinfo=BERLIN)
    raise_another(joined, owner, night)
    ring(night)
    joined.care_team.update(until=night)
    joined.care_team.create(practice=owner.practice, clinician=colleague, since=night)
    ring(night + HOUR)
    ring(night.replace(day=19, hour=hour))
    assert told() == hears


def test_what_old_code_raises_beside_the_new_is_told_and_what_is_older_is_not(
    joined, clinician, critical
):
    raise_another(joined, clinician, NOW - 2 * timedelta(days=1))
    AlertCall.objects.all().delete()
    ring(NOW + MINUTE)
    assert [f"/alerts/{critical.pk}/" in letter.body for letter in mail.outbox] == [True]


def test_another_practice_hears_nothing(critical, stranger):
    make_staff(stranger.practice, "Eve", "owner")
    ring(NOW + 60 * MINUTE)
    assert len(told()) == 3


def test_no_practice_waits_for_all_calls_of_another(critical, joined, clinician, stranger):
    theirs = make_client(stranger)
    clear(theirs, by=stranger)
    raise_another(join(theirs, by=stranger), stranger, NOW)
    raise_another(joined, clinician, NOW)
    ring(NOW)
    assert sorted(told()) == ["clara", "clara", "other"]
    assert told() != ["clara", "clara", "other"]


def test_what_goes_wrong_in_one_practice_keeps_no_other_waiting(critical, stranger, monkeypatch):
    theirs = make_client(stranger)
    clear(theirs, by=stranger)
    raise_another(join(theirs, by=stranger), stranger, NOW)

    def broken(alert, now, right=making._wakes):
        if alert.practice_id == critical.practice_id:
            raise LookupError
        return right(alert, now)

    monkeypatch.setattr(making, "_wakes", broken)
    with pytest.RaisesGroup(LookupError) as caught:
        ring(NOW)
    assert told() == ["other"]
    (fault,) = caught.value.exceptions
    assert fault.__notes__ == [f"in practice {critical.practice_id}"]
