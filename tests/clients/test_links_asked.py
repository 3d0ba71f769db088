"""A link that has run out is no dead end, and whoever opens one learns nothing."""

import re
from datetime import time, timedelta

import pytest
from django.core import mail
from django.test import Client as Browser
from django.urls import reverse

from assessments.models import Reminder
from assessments.models.reminders import Outcome
from assessments.reminders.channels.carrier import Result
from clients import actions
from clients.models import PortalLink
from practice import knocks
from practice.models import Knock
from tests.conftest import NOW, as_user, clear, make_client

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


def dead_link(client):
    token = actions.issue_links([client], now=NOW - 48 * HOUR)[client.pk]
    return reverse("clients:link_new", args=[token])


def asks(url, **form):
    return Browser().post(url, form or {"send": "yes"})


def test_one_tap_brings_a_new_one(joined):
    assert reverse("clients:link_new", args=["x"]) in Browser().get("/l/x/").content.decode()
    asks(dead_link(joined))
    knocks.answer_all()
    assert [letter.to for letter in mail.outbox] == [[joined.email]]
    assert "Sam" not in mail.outbox[0].body
    log = Reminder.objects.get(client=joined, settled_at__isnull=False)
    assert (log.outcome, log.deliveries.get().outcome) == ("sent", "sent")
    path = "/l/" + mail.outbox[0].body.split("/l/")[1].split("/")[0] + "/"
    assert Browser().post(path, {"code": "2580"}).url == reverse("assessments:portal")


def test_the_page_says_and_does_the_same_for_one_that_never_was(joined):
    pages = set()
    for n, url in enumerate((dead_link(joined), reverse("clients:link_new", args=["never-was"]))):
        browser = Browser(REMOTE_ADDR=f"192.0.2.{n}")
        pages.add(browser.post(url, {"send": "yes"}).content)
    assert len(pages) == 1
    assert Knock.objects.count() == 2


def on_hold(client, by):
    clear(client, by=by, outcome="hold", now=NOW)


def wants_none(client, by):
    actions.stop_messages(client, by=None, now=NOW)


def not_in_care(client, by):
    actions.close_episode(client, by=by, reason="", now=NOW)
    knocks.answer_all()
    mail.outbox.clear()  # of until when they can come in


@pytest.mark.parametrize("change", [on_hold, wants_none, not_in_care])
def test_it_goes_only_to_who_may_be_written_to(joined, clinician, change):
    url = dead_link(joined)
    change(joined, clinician)
    asks(url)
    knocks.answer_all()
    assert mail.outbox == []


def test_nobody_is_flooded(joined):
    url = dead_link(joined)
    for n in range(5):
        Browser(REMOTE_ADDR=f"192.0.2.{n}").post(url, {"send": "yes"})
    knocks.answer_all()
    assert len(mail.outbox) == 3


def carries(monkeypatch, *results):
    """A mail server that answers so, one after the other."""

    class Carrier:
        left = list(results)

        def open(self):
            pass

        def hand_over(self, outgoing):
            return self.left.pop(0)

        def close(self):
            pass

    monkeypatch.setattr("assessments.reminders.asked.carrier_of", lambda channel: Carrier())


def test_a_mail_server_that_is_away_is_tried_again_until_it_is_there(joined, clock, monkeypatch):
    away = [Result(Outcome.FAILED, "no connection")] * 4
    carries(monkeypatch, *away, Result(Outcome.SENT))
    asks(dead_link(joined))
    waited = []
    while (knock := Knock.objects.get()).ended_at is None:
        clock.move_to(knock.due_at)
        waited.append((knock.due_at - knock.asked_at) // MINUTE)
        assert knock.sent_at is None
        knocks.answer_all()
    assert waited == [0, 1, 2, 4, 8]
    assert knock.sent_at - knock.asked_at >= 8 * MINUTE
    outcomes = Reminder.objects.filter(settled_at__isnull=False).order_by("settled_at")
    assert [each.outcome for each in outcomes] == ["failed"] * 4 + ["sent"]


def test_what_an_address_refuses_is_over_and_was_not_sent(joined, monkeypatch):
    carries(monkeypatch, Result(Outcome.FAILED, "address refused", is_final=True))
    asks(dead_link(joined))
    knocks.answer_all()
    knock = Knock.objects.get()
    assert (knock.ended_at is None, knock.sent_at) == (False, None)


def test_a_mail_may_come_outside_their_hours_and_a_text_message_waits(
    clinician, settings, tmp_path
):
    settings.SMS_DIR = str(tmp_path)
    night = {"hours_from": time(18), "hours_until": time(20)}
    by_mail = make_client(clinician, "Mia", contact=night)
    by_text = make_client(clinician, "Tex", contact=night | {"channel": "sms"})
    for client in (by_mail, by_text):
        client.invited_at, client.phone = NOW, "+4915112345678"
        client.save(update_fields=["invited_at", "phone"])
        asks(dead_link(client))
    knocks.answer_all()
    assert [letter.to for letter in mail.outbox] == [[by_mail.email]]
    assert list(tmp_path.iterdir()) == []
    assert Knock.objects.get(ended_at__isnull=True).due_at == NOW + 8 * HOUR  # and by then too late


def test_a_scanner_uses_nothing_up(joined):
    """It opens the link, looks at its head, follows what stands on the page and sends off every
    form that it finds, without pressing a button."""
    token = actions.issue_links([joined], now=NOW)[joined.pk]
    url, scanner = reverse("clients:link", args=[token]), Browser()
    for _ in range(6):
        assert scanner.head(url).status_code == scanner.get(url).status_code == 200
        scanner.post(url, {})
        scanner.post(reverse("clients:stop", args=[token]), {})
        scanner.post(reverse("clients:link_new", args=[token]), {})
    link = PortalLink.objects.by_token(token).get()
    assert (link.is_live(NOW), link.wrong_codes) == (True, 0)
    assert joined.safe_contacts.current().get().channel == "email"
    assert not Knock.objects.exists()
    assert Browser().post(url, {"code": "2580"}).url == reverse("assessments:portal")


def test_where_somebody_else_is_signed_in_nothing_of_either_is_shown(joined, clinician):
    browser = as_user(clinician)
    browser.post(reverse("clients:contact_change", args=[joined.pk]), {})
    token = actions.issue_links([joined], now=NOW)[joined.pk]
    for url in (f"/l/{token}/", "/l/never-was/"):
        page = browser.get(url)
        text = page.content.decode()
        for told in ("Sam", "Clara", "Mill", joined.email, clinician.email, "Sign out"):
            assert not re.search(rf"\b{re.escape(told)}\b", text)  # a token may hold any letters
        assert page["Referrer-Policy"] == "same-origin"
        assert "<title>Trellis</title>" in text
