"""What raises an alert by itself, who may open one, two at once, and what the owner may know."""

from datetime import timedelta

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from assessments import actions
from assessments.alerting import course_of, figures_of
from assessments.calls import make_calls
from assessments.models import Alert, AlertPolicy, BackUp, Reminder, ReviewNote
from assessments.today import today_of
from practice.models import AuditEvent, Membership
from tests.conftest import NOW, as_user, give, join, make_client, make_staff, measure

from . import made
from .made import ask

pytestmark = pytest.mark.django_db
DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
DONE = {"acted": "phoned", "note": "We spoke"}


def page(name, *args):
    return reverse(f"assessments:{name}", args=args)


def text_of(response):
    return " ".join(response.content.decode().split())


def wants(practice, owner, **fields):
    silence = fields.pop("silence", False)
    return actions.change_alert_policy(practice, by=owner, silence=silence, now=NOW, **fields)


@pytest.fixture
def critical(joined, clinician):
    walk = ask(joined, made.walk(), by=clinician)
    actions.keep(walk, {"dark": "yes"}, by=joined.user, now=NOW)
    return joined.alerts.get()


class TestWordsOfTheList:
    @pytest.fixture
    def log(self, joined, clinician):
        return give(joined, "limit-log", by=clinician, times=2).occurrences.get(number=1)

    def send(self, log, words):
        entry = {"limit": words, "said": "yes", "kept": "partly"}
        return actions.add_entry(log, entry, number=1, by=log.client.user, now=NOW)

    def test_they_raise_an_alert_and_nobody_is_nagged(self, practice, owner, log):
        wants(practice, owner, phrases="can\u2019t go on")
        sent = self.send(log, "I CAN'T go on")
        assert sent.asks_for_help
        assert Alert.objects.get().kind == "phrase"
        assert not Reminder.objects.planned().exists()

    def test_without_a_list_nobodys_words_are_looked_at(self, log):
        assert not self.send(log, "I can't go on").asks_for_help
        assert not Alert.objects.exists()

    def test_the_list_is_sealed(self, practice, owner):
        wants(practice, owner, phrases="can't go on")
        with connection.cursor() as cursor:
            cursor.execute("SELECT phrases FROM assessments_alertpolicy")
            [(stored,)] = cursor.fetchall()
        assert b"go on" not in bytes(stored)
        assert AlertPolicy.of_practice(practice.pk).phrases == "can't go on"

    @pytest.mark.usefixtures("clock")
    def test_the_client_sees_the_help_text_at_that_moment(self, practice, owner, log, joined):
        wants(practice, owner, phrases="can't go on")
        actions.say_safe_time(log, by=joined.user, now=NOW)
        browser = as_user(joined.user)
        entry = {"limit": "I can't go on", "said": "yes", "kept": "partly", "number": "1"}
        response = browser.post(page("entry", log.pk), entry)
        assert response.url == page("critical", log.pk)
        text = text_of(browser.get(response.url))
        assert "Nobody is reading this right now" in text
        assert "112" in text
        assert "can't go on" not in text


class TestReliablyWorse:
    def worse(self, client, clinician):
        measure(client, 9, by=clinician, days_ago=9)
        measure(client, 19, by=clinician, days_ago=2)

    def test_it_is_off_until_the_owner_switches_it_on(self, joined, clinician):
        self.worse(joined, clinician)
        assert not Alert.objects.exists()

    def test_it_stands_on_today_once_and_closing_it_notes_it(
        self, practice, owner, joined, clinician
    ):
        wants(practice, owner, worse=True)
        self.worse(joined, clinician)
        [reason] = today_of(clinician, now=NOW).reasons
        assert (reason.kind, "PHQ-9" in reason.sentence) == ("alert", True)
        actions.close_alert(Alert.objects.get(), by=clinician, note="Looked", now=NOW)
        assert ReviewNote.objects.get().rule == "R1"
        assert today_of(clinician, now=NOW).reasons == []

    def test_the_same_verdict_once_more_is_no_news(self, practice, owner, joined, clinician):
        wants(practice, owner, worse=True)
        self.worse(joined, clinician)
        actions.close_alert(Alert.objects.get(), by=clinician, note="Looked", now=NOW)
        measure(joined, 20, by=clinician, days_ago=1)
        assert not Alert.objects.open().exists()
        # But Today has it: a newer score is a row again.
        assert [each.kind for each in today_of(clinician, now=NOW).reasons] == ["worse"]

    def test_reminders_go_on(self, practice, owner, joined, clinician):
        wants(practice, owner, worse=True)
        give(joined, "strengths-check", by=clinician)
        self.worse(joined, clinician)
        assert Alert.objects.open().count() == 1
        assert Reminder.objects.planned().exists()


class TestSilence:
    @pytest.fixture
    def silent(self, joined, clinician):
        contact = joined.safe_contacts.get()
        contact.most_reminders = 0
        contact.save(update_fields=["most_reminders"])
        give(joined, "strengths-check", by=clinician, due_in_days=1)
        return joined

    def test_one_alert_and_one_row(self, practice, owner, silent, clinician):
        wants(practice, owner, silence=True)
        later = NOW + 5 * DAY
        assert [each.kind for each in today_of(clinician, now=later).reasons] == ["silent"]
        actions.notice_silence(now=later)
        actions.notice_silence(now=later)
        [reason] = today_of(clinician, now=later).reasons
        assert reason.kind == "alert"
        assert "Has not answered what was due" in reason.sentence
        actions.close_alert(Alert.objects.get(), by=clinician, note="Called", now=later)
        actions.notice_silence(now=later)
        assert today_of(clinician, now=later).reasons == []
        assert Alert.objects.count() == 1

    def test_who_was_silent_before_it_was_switched_on_sends_no_mail(
        self, practice, owner, silent, clinician
    ):
        later = NOW + 5 * DAY
        actions.change_alert_policy(practice, by=owner, silence=True, now=later)
        actions.notice_silence(now=later)
        assert not Alert.objects.exists()
        assert [each.kind for each in today_of(clinician, now=later).reasons] == ["silent"]

    def test_nobody_hears_of_it_where_it_is_off(self, silent):
        actions.notice_silence(now=NOW + 5 * DAY)
        assert not Alert.objects.exists()


@pytest.mark.usefixtures("clock")
class TestWhoIsCalled:
    @pytest.fixture
    def back_up(self, clinician, colleague):
        actions.set_back_up(clinician, colleague, by=clinician, now=NOW)
        return colleague

    def opens(self, user, alert):
        return as_user(user).get(page("alert", alert.pk)).status_code

    def test_it_opens_for_them_when_they_are_called_and_for_nobody_else(
        self, critical, back_up, owner, supervisor, stranger, practice
    ):
        other = make_staff(practice, "Dora", "clinician")
        assert [self.opens(who, critical) for who in (back_up, owner)] == [404, 404]
        make_calls(lambda: NOW + 20 * MINUTE)
        assert self.opens(owner, critical) == 404  # not called yet
        response = as_user(back_up).get(page("alert", critical.pk))
        text = text_of(response)
        assert "Sam Ortega" in text
        assert "E-mail only" in text
        assert "tel:112" in text
        assert made.walk().title not in text
        critical.refresh_from_db()
        assert critical.seen_by == back_up
        assert [self.opens(who, critical) for who in (other, stranger)] == [404, 404]
        record = AuditEvent.objects.get(action="alert.opened_by_called")
        assert (record.actor, record.client_id) == (back_up, critical.client_id)

    def test_nothing_else_of_the_client_opens(self, critical, back_up):
        make_calls(lambda: NOW + 20 * MINUTE)
        browser = as_user(back_up)
        names = ("timeline", "work", "contact", "calendar", "read_next")
        statuses = {browser.get(page(name, critical.client_id)).status_code for name in names}
        record = browser.get(reverse("clients:record", args=[critical.client_id]))
        assert statuses | {record.status_code} == {404}
        assert today_of(back_up, now=NOW).reasons == []
        assert "S. O." in text_of(browser.get(page("alerts")))

    def test_once_it_is_closed_they_see_no_more_of_the_client(self, critical, back_up, clinician):
        make_calls(lambda: NOW + 20 * MINUTE)
        actions.close_alert(critical, by=clinician, note="A private word", now=NOW)
        text = text_of(as_user(back_up).get(page("alert", critical.pk)))
        for word in ("Ortega", "sam-", "A private word", "E-mail only"):
            assert word not in text

    def test_an_owner_who_is_called_acts_and_closes(self, critical, owner):
        make_calls(lambda: NOW + 60 * MINUTE)
        browser = as_user(owner)
        assert browser.get(page("alert", critical.pk)).status_code == 200
        response = browser.post(page("alert", critical.pk), DONE)
        assert response.url == reverse("practice")
        critical.refresh_from_db()
        assert (critical.closed_by, critical.acted, critical.note) == (owner, "phoned", "We spoke")

    def test_whoever_left_the_care_team_does_not_open_what_the_team_was_told(
        self, critical, clinician, colleague
    ):
        make_calls(lambda: NOW)
        assert critical.calls.get(person=clinician).outcome == "sent"
        critical.client.care_team.update(until=NOW)
        critical.client.care_team.create(
            practice=colleague.practice, clinician=colleague, since=NOW
        )
        assert [self.opens(who, critical) for who in (clinician, colleague)] == [404, 200]

    def test_whoever_left_the_practice_opens_nothing(self, critical, back_up):
        make_calls(lambda: NOW + 20 * MINUTE)
        Membership.objects.filter(user=back_up).update(ended_at=NOW)
        assert self.opens(back_up, critical) == 404


@pytest.mark.usefixtures("clock")
class TestWhatWasDone:
    def test_it_stays_open_and_the_course_says_all_of_it(self, critical, clinician):
        make_calls(lambda: NOW)
        browser = as_user(clinician)
        form = {"acted": "wrote", "note": "A line", "leave_open": "1"}
        assert browser.post(page("alert", critical.pk), form).url == page("alert", critical.pk)
        browser.post(page("alert", critical.pk), {"note": "They are safe"})
        critical.refresh_from_db()
        said = [step.sentence for step in course_of(critical)]
        assert said == [
            "Raised.",
            "A mail went to Clara, of the care team.",
            "Seen by Clara.",
            "Wrote to them: Clara.",
            "Closed by Clara.",
        ]

    def test_of_two_at_once_the_first_stands_and_the_other_is_told(self, critical, clinician):
        browser = as_user(clinician)
        browser.get(page("alert", critical.pk))
        actions.act_on_alert(critical, by=clinician, acted="met", words="Here", now=NOW)
        critical.refresh_from_db()
        with pytest.raises(actions.AlreadyActed):
            actions.act_on_alert(critical, by=clinician, acted="wrote", now=NOW)
        response = browser.post(page("alert", critical.pk), {"note": "Mine", "leave_open": "1"})
        assert "Somebody has said meanwhile what was done" in text_of(response)
        assert "Mine" in text_of(response)
        assert Alert.objects.get().acted == "met"

    def test_closing_without_saying_what_was_done_is_asked_once_more(self, critical, clinician):
        response = as_user(clinician).post(page("alert", critical.pk), {"note": "We spoke"})
        assert list(response.context["form"].errors) == ["acted"]
        assert Alert.objects.open().exists()


@pytest.mark.usefixtures("clock")
class TestTheList:
    @pytest.mark.parametrize("rows", [1, 3])
    def test_it_asks_the_same_however_long_it_is(self, clinician, rows):
        for n in range(rows):
            client = join(make_client(clinician, f"Name{n} X"), by=clinician)
            walk = ask(client, made.walk(slug=f"walk-{n}"), by=clinician)
            actions.keep(walk, {"dark": "yes"}, by=client.user, now=NOW)
            actions.act_on_alert(client.alerts.get(), by=clinician, acted="met", now=NOW)
        browser = as_user(clinician)
        with CaptureQueriesContext(connection) as sent:
            response = browser.get(page("alerts"))
        assert len(response.context["page"]) == rows
        assert len(sent) == ALERTS

    def test_it_is_of_the_readers_own_clients(self, critical, clinician, colleague, supervisor):
        def listed(who, query=""):
            return list(as_user(who).get(page("alerts") + query).context["page"])

        assert listed(clinician) == listed(supervisor) == [critical]
        assert listed(colleague) == []
        assert listed(clinician, "?state=closed") == listed(clinician, "?q=nobody") == []
        assert listed(clinician, "?q=ORTEGA") == [critical]
        assert listed(clinician, f"?state=all&client={critical.client_id}") == [critical]
        strange = as_user(colleague).get(page("alerts") + f"?client={critical.client_id}")
        assert strange.status_code == 404


ALERTS = 5


class TestFigures:
    def raised(self, client, minutes, n):
        for _each in range(n):
            Alert.objects.create(
                practice=client.practice,
                client=client,
                kind="critical",
                raised_at=NOW - DAY,
                seen_at=NOW - DAY + minutes * MINUTE if minutes is not None else None,
                seen_by=client.user if minutes is not None else None,
                closed_at=NOW,
                closed_by=client.user,
            )

    def test_the_middle_of_at_least_five_and_the_unseen_apart(self, joined, practice):
        for minutes in (1, 2, 30, 600):
            self.raised(joined, minutes, 1)
        assert figures_of(practice, now=NOW).to_seen is None
        self.raised(joined, 31, 1)
        Alert.objects.create(
            practice=practice, client=joined, kind="critical", raised_at=NOW - 2 * DAY
        )
        figures = figures_of(practice, now=NOW)
        assert (figures.to_seen, figures.n_seen, figures.unseen) == (30 * MINUTE, 5, 1)
        assert (figures.to_closed, figures.n_closed, figures.raised) == (DAY, 5, 6)

    def test_older_ones_and_those_of_others_do_not_count(self, joined, practice, stranger):
        self.raised(joined, 5, 5)
        assert figures_of(practice, now=NOW + 90 * DAY).raised == 0
        assert figures_of(stranger.practice, now=NOW).raised == 0


@pytest.mark.usefixtures("clock")
class TestTheOwnersPage:
    FORM = {
        "urgent_back_up": "10",
        "urgent_owner": "20",
        "back_up": "2.5",
        "owner": "6",
        "quiet_from": "21:00",
        "quiet_until": "06:00",
        "worse": "on",
        "silence": "on",
        "phrases": " can't go on \n\n🔪 ",
    }

    def test_it_is_kept(self, owner, practice):
        response = as_user(owner).post(page("alert_policy"), self.FORM)
        assert response.url == page("alert_policy")
        policy = AlertPolicy.of_practice(practice.pk)
        assert (policy.urgent_back_up, policy.back_up, policy.owner) == (10, 150, 360)
        assert (policy.worse, policy.silence_since >= NOW) == (True, True)
        assert policy.phrases == "can't go on\n🔪"
        since = policy.silence_since
        as_user(owner).post(page("alert_policy"), self.FORM)
        assert AlertPolicy.of_practice(practice.pk).silence_since == since

    @pytest.mark.parametrize(
        ("wrong", "field"),
        [
            ({"urgent_owner": "5"}, "urgent_owner"),
            ({"owner": "1"}, "owner"),
            ({"quiet_from": "07:00"}, "quiet_until"),
            ({"phrases": "fine\n...\n"}, "phrases"),
            ({"phrases": "a word\n" * 201}, "phrases"),
        ],
    )
    def test_what_makes_no_sense_is_said_at_the_field(self, owner, wrong, field):
        response = as_user(owner).post(page("alert_policy"), self.FORM | wrong)
        assert list(response.context["form"].errors) == [field]

    def test_who_stands_in_for_whom(self, owner, clinician, colleague):
        key, shown = str(clinician.pk), f"shown-{clinician.pk}"
        as_user(owner).post(page("back_ups"), {key: str(colleague.pk), shown: ""})
        assert BackUp.objects.get().back_up == colleague
        as_user(owner).post(page("back_ups"), {key: "", shown: ""})  # a page from before that
        assert BackUp.objects.current().exists()
        as_user(owner).post(page("back_ups"), {key: "", shown: str(colleague.pk)})
        assert not BackUp.objects.current().exists()

    def test_a_clinician_chooses_a_colleague_and_never_themselves(
        self, clinician, colleague, supervisor
    ):
        browser = as_user(clinician)
        for nobody in (clinician, supervisor):
            response = browser.post(page("back_up"), {"back_up": str(nobody.pk)})
            assert list(response.context["form"].errors) == ["back_up"]
        browser.post(page("back_up"), {"back_up": str(colleague.pk)})
        assert BackUp.objects.get().back_up == colleague


def test_the_mail_is_neutral_when_the_practices_words_raised_it(practice, owner, joined, clinician):
    wants(practice, owner, phrases="can't go on")
    log = give(joined, "limit-log", by=clinician, times=2).occurrences.get(number=1)
    entry = {"limit": "I can't go on", "said": "yes", "kept": "partly"}
    actions.add_entry(log, entry, number=1, by=joined.user, now=NOW)
    make_calls(lambda: NOW)
    [letter] = mail.outbox
    assert "go on" not in letter.body + letter.subject
