"""Care has ended: some days in which a client may look at what is theirs, told beforehand."""

from datetime import timedelta

import pytest
from django.urls import reverse

from assessments.actions import close_alert
from assessments.actions.alerts import raise_alert
from assessments.models import Alert
from clients import actions
from practice import knocks
from practice.models import Knock
from tests.conftest import NOW, as_user, clear, give, join, make_client
from tests.whole import close

DAY = timedelta(days=1)


@pytest.fixture
def discharged(joined, clinician):
    return close(joined, by=clinician)


def portal(client):
    return as_user(client.user).get(reverse("assessments:portal"))


def letters(mailoutbox, client):
    knocks.answer_all(clock=lambda: NOW)
    return [mail for mail in mailoutbox if mail.to == [client.email]]


def test_the_closing_page_says_until_when_before_it_is_closed(joined, clinician, clock):
    page = as_user(clinician).get(reverse("clients:episode_close", args=[joined.pk]))
    assert "until the end of 18 December 2026" in " ".join(page.content.decode().split())
    joined.refresh_from_db()
    assert joined.portal_closes_at is None


def test_for_so_many_days_they_come_in_and_take_what_is_theirs(discharged, clock):
    discharged.leave_page_shown_at = NOW
    discharged.save(update_fields=["leave_page_shown_at"])
    clock.move_to(NOW + 30 * DAY)
    said = portal(discharged)
    assert said.status_code == 200
    assert "until the end of 18 December" in " ".join(said.content.decode().split())
    browser = as_user(discharged.user)
    assert browser.get(reverse("assessments:own_file")).status_code == 200
    assert browser.get(reverse("assessments:sent")).status_code == 200


def test_then_every_page_says_kindly_where_to_turn_and_help_stays_open(discharged, clock):
    clock.move_to(NOW + 31 * DAY)
    browser = as_user(discharged.user)
    for name in ("portal", "own_file", "things", "sent"):
        page = browser.get(reverse(f"assessments:{name}"))
        assert page.status_code == 403
        assert b"get in touch with the people you know" in page.content
    assert browser.get(reverse("assessments:help")).status_code == 200


def test_one_mail_says_it_at_a_safe_hour_without_saying_what_it_is(discharged, mailoutbox, clock):
    [mail] = letters(mailoutbox, discharged)
    assert "18 December 2026" in mail.body
    for word in ("Clara", "Mill", "therap", "care"):
        assert word not in mail.subject + mail.body
    assert len(letters(mailoutbox, discharged)) == 1


def stops_messages(client, clinician):
    actions.stop_messages(client, by=client.user, now=NOW)


def on_hold(client, clinician):
    clear(client, by=clinician, outcome="hold", now=NOW + timedelta(minutes=1))


def long_unconfirmed(client, clinician):
    client.safe_contacts.update(confirmed_at=NOW - 181 * DAY)


def takes_consent_back(client, clinician):
    actions.withdraw_consent(client, "care", by=client.user, now=NOW)
    for alert in client.alerts.all():  # it keeps mails back as well, while it is open
        close_alert(alert, note="Spoken", acted="met", by=clinician, now=NOW)


def in_alarm(client, clinician):
    asked = give(client, "limit-log", by=clinician, times=1).occurrences.get()
    raise_alert(asked, Alert.Kind.CRITICAL, by=client.user, now=NOW)


@pytest.mark.parametrize(
    "what", [stops_messages, on_hold, long_unconfirmed, takes_consent_back, in_alarm]
)
def test_nobody_is_written_to_who_is_not_safe_to_write_to(
    joined, clinician, mailoutbox, clock, what
):
    what(joined, clinician)
    close(joined, by=clinician)
    assert letters(mailoutbox, joined) == []


def test_a_code_by_mail_opens_until_that_day_and_not_after(discharged, mailoutbox, clock):
    knocks.answer_all(clock=lambda: NOW)
    for at, comes in ((NOW + 29 * DAY, True), (NOW + 40 * DAY, False)):
        clock.move_to(at)
        mailoutbox.clear()
        knocks.ask(Knock.Kind.CODE, discharged.email, now=at, code="ABCD1234")
        knocks.answer_all(clock=lambda at=at: at)
        assert bool(mailoutbox) is comes


def test_a_practice_says_how_many_days_and_none_is_at_once(clinician, owner, practice, clock):
    actions.change_retention(practice, by=owner, now=NOW, by_itself=False, grace_days=0)
    client = join(make_client(clinician), by=clinician)
    close(client, by=clinician)
    assert portal(client).status_code == 403
    assert not Knock.objects.filter(kind="note").exists()


def test_whoever_was_discharged_before_anybody_could_tell_them_is_not_shut_out(discharged, clock):
    discharged.portal_closes_at = None
    discharged.leave_page_shown_at = NOW
    discharged.save()
    clock.move_to(NOW + 400 * DAY)
    assert portal(discharged).status_code == 200
