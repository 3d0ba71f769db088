"""Reminders that somebody asks for: a clinician for one or for many, a client for later."""

from datetime import UTC, datetime, time, timedelta

import pytest
from django.urls import reverse

from assessments import actions
from assessments.models import Occurrence, Reminder
from assessments.reminders import plan, sweep
from clients import actions as care
from clients.models import CareTeam
from practice.models import AuditEvent
from tests.assessments.reminders.helpers import in_threads
from tests.conftest import (
    NOW,
    WHOLE_DAY,
    as_user,
    clear,
    give,
    join,
    make_client,
    make_practice,
    make_staff,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
DAY = timedelta(days=1)
MANY = reverse("assessments:remind_many")
HOME = reverse("assessments:portal")
OFFICE = {"hours_from": time(9), "hours_until": time(17)}


def page(name, *args):
    return reverse(f"assessments:{name}", args=args)


def planned(client):
    return Reminder.objects.planned().filter(client=client).first()


def words_of(response):
    return [str(message) for message in response.context["messages"]]


def told(at=NOW):
    """What is due has left."""
    sweep(clock=lambda: at)


def signed_in(client):
    """In the portal, past the welcome; what there is is no news to them."""
    client.leave_page_shown_at = NOW
    client.save(update_fields=["leave_page_shown_at"])
    return as_user(client.user)


# -- one client -----------------------------------------------------------------------------------


class TestRemindingOne:
    def remind(self, client, by):
        return as_user(by).post(page("remind_now", client.pk), follow=True)

    def test_it_leaves_at_once_where_it_may(self, joined, clinician, clock):
        occurrence = give(joined, "strengths-check", by=clinician, due_in_days=9).occurrences.get()
        Occurrence.objects.filter(pk=occurrence.pk).update(opens_at=NOW - DAY)
        clock.move_to(NOW + timedelta(minutes=1))
        assert words_of(self.remind(joined, clinician)) == ["The message leaves now."]
        occurrence.refresh_from_db()
        assert occurrence.remind_by == clinician

    def test_it_waits_for_an_allowed_hour_and_the_answer_says_when(self, clinician):
        contact = {"hours_from": time(14), "hours_until": time(15)}
        client = join(make_client(clinician, contact=contact), by=clinician)
        give(client, "strengths-check", by=clinician)
        assert words_of(self.remind(client, clinician)) == [
            "The message leaves Wednesday 18 November, 14:00, on their clock."
        ]
        assert planned(client).planned_for == NOW.replace(hour=14)

    def test_what_ends_before_a_safe_hour_is_not_promised(self, clinician):
        """Also not when something of next week would be spoken of then."""
        tomorrow = (NOW + DAY).isoweekday()
        contact = {"weekdays": [tomorrow], "hours_from": time(9), "hours_until": time(20)}
        client = join(make_client(clinician, contact=contact), by=clinician)
        clear(client, by=clinician)
        log = give(client, "limit-log", by=clinician, times=3, now=NOW - 7 * DAY)
        opened = log.occurrences.open(NOW).earliest("opens_at")
        Occurrence.objects.filter(pk=opened.pk).update(
            due_at=NOW - timedelta(hours=2), expires_at=NOW + timedelta(hours=2)
        )
        assert words_of(self.remind(client, clinician)) == [
            "No message leaves: It ends before an hour comes that is safe for them."
        ]
        opened.refresh_from_db()
        assert opened.remind_at is None
        contact = as_user(clinician).get(page("contact", client.pk))
        assert contact.context["contact"].can_remind is False

    def test_where_nothing_may_go_the_answer_says_why(self, joined, clinician):
        give(joined, "strengths-check", by=clinician)
        clear(joined, by=clinician, outcome="hold", now=NOW + timedelta(seconds=1))
        assert words_of(self.remind(joined, clinician)) == [
            "No message leaves: The safety check says hold."
        ]
        assert planned(joined) is None

    def test_with_nothing_open_there_is_nothing_to_remind_of(self, joined, clinician):
        assert words_of(self.remind(joined, clinician)) == [
            "Nothing is open for them, so there is nothing to remind of."
        ]

    def test_it_is_not_for_a_colleague_a_supervisor_or_a_stranger(
        self, joined, colleague, supervisor, stranger, clinician
    ):
        give(joined, "strengths-check", by=clinician)
        for person in (colleague, supervisor, stranger, joined.user):
            assert as_user(person).post(page("remind_now", joined.pk)).status_code == 404
        assert not Occurrence.objects.filter(remind_at__isnull=False).exists()


# -- many -----------------------------------------------------------------------------------------


class TestRemindingMany:
    @pytest.fixture
    def three(self, clinician):
        """One with something open, one with nothing, one on hold."""
        people = [join(make_client(clinician, name), by=clinician) for name in ("Ada", "Bo", "Cy")]
        give(people[0], "strengths-check", by=clinician)
        give(people[2], "strengths-check", by=clinician)
        clear(people[2], by=clinician, outcome="hold")
        return people

    def test_it_asks_once_and_says_what_will_happen(self, three, clinician):
        response = as_user(clinician).post(MANY, {"client": [str(each.pk) for each in three]})
        heard = response.context["heard"]
        assert [(each.client.preferred_name, bool(each.at), each.why_not) for each in heard] == [
            ("Ada", True, ""),
            ("Bo", False, "Nothing is waiting for them."),
            ("Cy", False, "The safety check says hold."),
        ]
        assert heard[0].at.startswith("Wed 18 Nov")
        assert "2 of 3 clients have something open." in response.content.decode()
        assert not Occurrence.objects.filter(remind_at__isnull=False).exists()

    def test_then_it_is_done(self, three, clinician):
        form = {"client": [str(each.pk) for each in three], "sure": "1"}
        response = as_user(clinician).post(MANY, form, follow=True)
        assert words_of(response) == [
            "A reminder for 1 client was asked for. It leaves when it is safe for them."
        ]
        asked = Occurrence.objects.filter(remind_by=clinician)
        assert [row.client for row in asked] == [three[0]]  # and for the one on hold, nothing waits
        events = AuditEvent.objects.filter(action="reminder.asked")
        assert events.count() == 1

    def test_what_a_client_asked_for_themselves_is_said_and_stays(self, three, clinician):
        occurrence = three[0].occurrences.get()
        actions.remind_later(occurrence, at=NOW + DAY, by=three[0].user, now=NOW)
        told()
        (heard,) = as_user(clinician).post(MANY, {"client": [str(three[0].pk)]}).context["heard"]
        assert heard.at == "Thu 19 Nov, 10:00"
        as_user(clinician).post(MANY, {"client": [str(three[0].pk)], "sure": "1"})
        occurrence.refresh_from_db()
        assert (occurrence.remind_at, occurrence.remind_by) == (NOW + DAY, three[0].user)

    def test_everybody_whom_the_caseload_lists(self, three, clinician, colleague):
        make_client(colleague, "Not mine")
        browser = as_user(clinician)
        found = browser.post(MANY, {"everybody": "1"}).context["chosen"]
        assert [each.preferred_name for each in found] == ["Ada", "Bo", "Cy"]
        found = browser.post(MANY, {"everybody": "1", "q": "bo"}).context["chosen"]
        assert [each.preferred_name for each in found] == ["Bo"]

    def test_only_whom_they_look_after(self, three, clinician, colleague):
        other = join(make_client(colleague, "Not mine"), by=colleague)
        give(other, "strengths-check", by=colleague)
        form = {"client": [str(other.pk), "nonsense"], "sure": "1"}
        response = as_user(clinician).post(MANY, form, follow=True)
        assert words_of(response) == ["Choose somebody first."]
        assert not other.occurrences.filter(remind_at__isnull=False).exists()

    def test_a_supervisor_reminds_nobody(self, three, supervisor):
        assert as_user(supervisor).post(MANY, {"everybody": "1"}).status_code == 404

    def test_the_caseload_has_boxes_for_those_they_look_after(self, three, clinician, supervisor):
        url = reverse("clients:caseload")
        text = as_user(clinician).get(url).content.decode()
        assert text.count('type="checkbox"') == 3
        assert " checked" not in text
        text = as_user(clinician).get(url, {"chosen": "all"}).content.decode()
        assert text.count(" checked") == 3
        assert 'type="checkbox"' not in as_user(supervisor).get(url).content.decode()

    def test_one_who_supervises_too_chooses_only_their_own(self, three, practice, clinician):
        both = make_staff(practice, "Bea", "clinician", "supervisor")
        make_client(both, "Own")
        text = as_user(both).get(reverse("clients:caseload")).content.decode()
        assert text.count('type="checkbox"') == 1


@pytest.mark.django_db(transaction=True)
def test_two_people_who_press_at_once_cause_one_message_each(mailoutbox):
    """At the same time, on connections of their own, while sweeps go round."""
    practice = make_practice(also_clinician=False)
    first, second = (make_staff(practice, name, "clinician") for name in ("Clara", "Carl"))
    crowd = [join(make_client(first, f"Person{n} X"), by=first) for n in range(6)]
    for client in crowd:
        CareTeam.objects.create(
            practice=practice, client=client, clinician=second, is_primary=False, since=NOW
        )
        give(client, "strengths-check", by=first, due_in_days=9)
        signed_in(client)  # it is no news to them, so nothing would leave by itself
        plan([client.pk], now=NOW)
    told()
    assert mailoutbox == []

    def press(person, people):
        form = {"client": [str(client.pk) for client in people], "sure": "1"}
        assert as_user(person).post(MANY, form).status_code == 302

    in_threads(
        lambda: press(first, crowd),
        lambda: press(second, crowd[::-1]),
        lambda: [told() for _ in range(5)],
    )
    told(NOW + timedelta(minutes=2))
    assert sorted(mail.to[0] for mail in mailoutbox) == sorted(each.email for each in crowd)


def test_two_presses_are_one(joined, clinician, mailoutbox):
    give(joined, "strengths-check", by=clinician)
    for _ in range(2):
        as_user(clinician).post(page("remind_now", joined.pk))
        told(NOW + timedelta(minutes=2))
    assert len(mailoutbox) == 1


# -- the client -----------------------------------------------------------------------------------


class TestSnooze:
    @pytest.fixture
    def occurrence(self, joined, clinician):
        return give(joined, "strengths-check", by=clinician, due_in_days=5).occurrences.get()

    def ask(self, occurrence, when, client):
        return signed_in(client).post(
            page("remind_later", occurrence.pk), {"when": when}, follow=True
        )

    @pytest.mark.parametrize(
        ("when", "at", "words"),
        [
            ("tonight", NOW.replace(hour=19), "We remind you today at about 19:00."),
            ("later", (NOW + DAY).replace(hour=9), "We remind you tomorrow at about 9:00."),
        ],
    )
    def test_it_is_kept_said_and_sent(self, occurrence, joined, when, at, words, mailoutbox):
        text = self.ask(occurrence, when, joined).content.decode()
        assert words in text
        assert "Remind me" not in text
        occurrence.refresh_from_db()
        assert (occurrence.remind_at, occurrence.remind_by) == (at, joined.user)
        assert planned(joined).planned_for <= at
        told(at)
        assert mailoutbox[-1].to == [joined.email]

    def test_never_mind(self, occurrence, joined):
        self.ask(occurrence, "later", joined)
        text = self.ask(occurrence, "never", joined).content.decode()
        assert "We remind you" not in text
        assert "Remind me tomorrow" in text
        occurrence.refresh_from_db()
        assert (occurrence.remind_at, occurrence.remind_by) == (None, None)

    def test_never_mind_takes_nothing_back_that_a_clinician_asked_for(
        self, occurrence, joined, clinician
    ):
        actions.remind_now([joined], by=clinician, now=NOW)
        self.ask(occurrence, "never", joined)
        occurrence.refresh_from_db()
        assert occurrence.remind_by == clinician

    @pytest.mark.parametrize(("hour", "is_offered"), [(16, True), (17, False), (22, False)])
    def test_tonight_is_offered_before_five(self, occurrence, joined, clock, hour, is_offered):
        clock.move_to(NOW.replace(hour=hour, minute=59 if hour == 16 else 0))
        text = signed_in(joined).get(HOME).content.decode()
        assert ("Remind me tonight" in text) is is_offered
        assert "Remind me tomorrow" in text

    @pytest.mark.parametrize(
        ("contact", "offered"),
        [
            ({}, ["Remind me tonight", "Remind me tomorrow"]),
            (OFFICE, ["Remind me tomorrow"]),
            ({"weekdays": [3, 5]}, ["Remind me tonight", "Remind me on Friday"]),
            ({"weekdays": [3]}, ["Remind me tonight"]),
            ({"paused_until": (NOW + 30 * DAY).date()}, []),
            ({"weekdays": []}, []),
            ({"channel": "none"}, []),
        ],
    )
    def test_only_what_they_named_as_safe_is_offered(
        self, occurrence, joined, clinician, contact, offered
    ):
        care.confirm_contact(joined, by=clinician, now=NOW, **WHOLE_DAY | contact)
        text = signed_in(joined).get(HOME).content.decode()
        words = [f"Remind me {day}" for day in ("tonight", "tomorrow", "on Friday")]
        assert [each for each in words if each in text] == offered

    def test_nothing_is_offered_while_nothing_may_be_sent(self, occurrence, joined, clinician):
        clear(joined, by=clinician, outcome="hold", now=NOW + timedelta(seconds=1))
        assert "Remind me" not in signed_in(joined).get(HOME).content.decode()
        self.ask(occurrence, "later", joined)
        occurrence.refresh_from_db()
        assert occurrence.remind_at is None

    def test_not_after_it_has_ended(self, joined, clinician):
        log = give(joined, "limit-log", by=clinician, times=1).occurrences.get()
        Occurrence.objects.filter(pk=log.pk).update(
            due_at=NOW + timedelta(hours=2), expires_at=NOW.replace(hour=20)
        )
        text = signed_in(joined).get(HOME).content.decode()
        assert "Remind me tonight" in text
        assert "Remind me tomorrow" not in text

    @pytest.mark.parametrize("when", ["", "sometime", "9999-12-31"])
    def test_anything_else_changes_nothing(self, occurrence, joined, when):
        response = self.ask(occurrence, when, joined)
        assert words_of(response) == ["We can't remind you of this just now. It is still here."]
        occurrence.refresh_from_db()
        assert occurrence.remind_at is None

    def test_on_the_clock_of_the_client(self, clinician, clock):
        client = join(make_client(clinician, zone="America/New_York"), by=clinician)
        occurrence = give(client, "strengths-check", by=clinician).occurrences.get()
        clock.move_to(datetime(2026, 11, 18, 20, tzinfo=UTC))  # 15:00 there
        self.ask(occurrence, "tonight", client)
        occurrence.refresh_from_db()
        assert occurrence.remind_at == datetime(2026, 11, 19, 0, tzinfo=UTC)

    def test_it_is_not_another_clients(self, occurrence, clinician, stranger):
        other = join(make_client(clinician, "Other"), by=clinician)
        for user in (other.user, clinician, stranger):
            response = as_user(user).post(page("remind_later", occurrence.pk), {"when": "later"})
            assert response.status_code == 404
        occurrence.refresh_from_db()
        assert occurrence.remind_at is None


def test_taking_back_twice_is_once(joined, clinician):
    occurrence = give(joined, "strengths-check", by=clinician).occurrences.get()
    actions.remind_later(occurrence, at=NOW + DAY, by=joined.user, now=NOW)
    for _ in range(2):
        actions.dont_remind(occurrence, by=joined.user, now=NOW)
    assert AuditEvent.objects.filter(action="reminder.taken_back").count() == 1
