"""What comes back by webhook or by mail has its effect once, and only when it is genuine."""

import base64
import hashlib
import hmac
import json
import mailbox
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.test import Client as Browser
from django.urls import reverse

from assessments.models import Delivery, Reminder
from assessments.reminders import returns, sweep
from assessments.reminders.mailbox import read_mailbox
from clients import actions as care
from clients.models import ChannelStop
from practice.models import AuditEvent
from tests.conftest import NOW, give, join, make_client

from .helpers import DAY, HOUR, outcomes, planned, settled, sweep_at

pytestmark = pytest.mark.django_db

CHECK = "strengths-check"
NUMBER = "+491511234567"


@pytest.fixture
def sent(clinician, mailoutbox) -> Delivery:
    """One mail that was sent."""
    client = make_client(clinician, contact={"then_channels": ["sms"]})
    care.invite(client, by=clinician, now=NOW)
    sweep_at(NOW)
    return Delivery.objects.get(client=client)


@pytest.fixture
def unknown(sent) -> Delivery:
    Delivery.objects.filter(pk=sent.pk).update(outcome="unknown")
    Reminder.objects.filter(pk=sent.reminder_id).update(outcome="unknown")
    return sent


@pytest.fixture
def texted(clinician, settings, tmp_path) -> Delivery:
    """One text message that was sent."""
    settings.SMS_DIR = str(tmp_path)
    client = make_client(clinician, "Tex X", contact={"channel": "sms"})
    client.phone = NUMBER
    client.save(update_fields=["phone"])
    care.invite(client, by=clinician, now=NOW)
    sweep_at(NOW)
    return Delivery.objects.get(client=client)


def stops():
    return list(ChannelStop.objects.values_list("client", "channel", "why"))


def facts():
    """All that a return may change."""
    return [
        list(Delivery.objects.order_by("pk").values_list("outcome", "bounced_at", "ended_at")),
        list(Reminder.objects.order_by("pk").values_list("outcome", "planned_for", "settled_at")),
        stops(),
        AuditEvent.objects.count(),
    ]


# -- what each means ----------------------------------------------------------------------------


def test_a_bounce_stops_the_channel_and_what_was_planned_over_it(clinician, mailoutbox):
    client = join(make_client(clinician), by=clinician)
    give(client, CHECK, by=clinician, due_in_days=1)
    sweep_at(NOW)
    assert planned(client) is not None
    delivery = Delivery.objects.get(client=client)
    for _ in range(2):
        returns.came_back(delivery, is_dead=True, now=NOW + HOUR)
    delivery.refresh_from_db()
    assert (delivery.outcome, delivery.bounced_at) == ("sent", NOW + HOUR)
    assert stops() == [(client.pk, "email", "bounced")]
    assert planned(client) is None
    [event] = AuditEvent.objects.filter(action="channel.stopped")
    assert (event.client_id, event.detail) == (client.pk, {"channel": "email"})


def test_a_bounce_that_does_not_speak_of_the_address_stops_nothing(sent):
    returns.came_back(sent, is_dead=False, now=NOW + HOUR)
    sent.refresh_from_db()
    assert sent.bounced_at == NOW + HOUR
    assert stops() == []


def test_a_bounce_of_an_address_that_is_no_longer_theirs_stops_nothing(sent):
    sent.client.email = "new@client.example"
    sent.client.save(update_fields=["email"])
    returns.came_back(sent, is_dead=True, now=NOW + HOUR)
    assert stops() == []


def test_what_was_unknown_is_known(unknown):
    returns.arrived(unknown, now=NOW + HOUR)
    assert outcomes(unknown.client) == ["sent"]
    assert Delivery.objects.get(pk=unknown.pk).outcome == "sent"
    returns.came_back(unknown, is_dead=True, now=NOW + DAY)  # what is known stays, but it came back
    assert outcomes(unknown.client) == ["sent"]
    assert stops() == [(unknown.client.pk, "email", "bounced")]


def test_a_bounce_makes_the_unknown_failed(unknown):
    returns.came_back(unknown, is_dead=True, now=NOW + HOUR)
    [reminder] = settled(unknown.client)
    assert (reminder.outcome, reminder.settled_at) == ("failed", NOW)
    assert Delivery.objects.get(pk=unknown.pk).outcome == "failed"


def test_what_comes_before_the_worker_has_written_it_down_is_said_again_later(sent):
    Delivery.objects.filter(pk=sent.pk).update(outcome="", ended_at=None)
    before = facts()
    with pytest.raises(returns.NotYet):
        returns.arrived(sent, now=NOW)
    with pytest.raises(returns.NotYet):
        returns.came_back(sent, is_dead=True, now=NOW)
    assert facts() == before


def test_a_number_that_opts_out_stops_for_everybody_who_has_it(clinician, texted):
    other = make_client(clinician, "Other X", contact={"channel": "sms"})
    other.phone = NUMBER
    other.save(update_fields=["phone"])
    care.invite(other, by=clinician, now=NOW)
    sweep(lambda: NOW)
    assert returns.number_opted_out("+49000", now=NOW) == 0
    assert returns.number_opted_out(NUMBER.removeprefix("+"), now=NOW) == 2
    assert set(stops()) == {(client.pk, "sms", "opted_out") for client in (texted.client, other)}


# -- mail's webhook -----------------------------------------------------------------------------

SECRET = "trellis:a long secret"
BASIC = "Basic " + base64.b64encode(SECRET.encode()).decode()


@pytest.fixture
def postmark(settings):
    settings.EMAIL_BACKEND = "anymail.backends.postmark.EmailBackend"
    settings.RETURNS_MAIL_SECRET = SECRET
    settings.ANYMAIL = settings.ANYMAIL | {"WEBHOOK_SECRET": SECRET}


def postmark_says(event, secret=BASIC):
    return Browser(enforce_csrf_checks=True, raise_request_exception=False).post(
        reverse("assessments:returns_mail"),
        json.dumps(event),
        content_type="application/json",
        headers={"authorization": secret},
        secure=True,
    )


def event_of(delivery, kind, **more):
    return {"RecordType": kind, "Metadata": {"delivery": str(delivery.pk)}, "ID": 1} | more


HARD = {"Type": "HardBounce", "Details": "smtp;550 5.1.1 The email account does not exist"}


@pytest.mark.parametrize(
    ("kind", "more", "stopped"),
    [
        ("Bounce", HARD, "bounced"),
        ("Bounce", {"Type": "HardBounce"}, "bounced"),
        ("Bounce", {"Type": "SoftBounce"}, None),
        ("Bounce", {"Type": "HardBounce", "Details": "smtp;554 5.7.1 Blocked"}, None),
        ("SpamComplaint", {"Type": "SpamComplaint"}, "complained"),
        (
            "SubscriptionChange",
            {"SuppressSending": True, "SuppressionReason": "ManualSuppression"},
            "opted_out",
        ),
        ("Delivery", {}, None),
        ("Open", {}, None),
    ],
)
def test_what_a_provider_of_mail_says(sent, postmark, kind, more, stopped):
    for _ in range(2):  # a provider says it again when it is not sure that it was heard
        assert postmark_says(event_of(sent, kind, **more)).status_code == 200
    assert [why for _client, _channel, why in stops()] == ([stopped] if stopped else [])
    assert (Delivery.objects.get(pk=sent.pk).bounced_at is not None) == (kind == "Bounce")


def test_the_providers_own_id_finds_it_too(sent, postmark):
    Delivery.objects.filter(pk=sent.pk).update(provider_id="p-1")
    event = {"RecordType": "Bounce", "MessageID": "p-1", "ID": 1} | HARD
    assert postmark_says(event).status_code == 200
    assert len(stops()) == 1


def test_what_is_not_ours_is_heard_and_changes_nothing(sent, postmark):
    before = facts()
    for key in ("0198e0a4-0000-7000-8000-00000000dead", "nonsense", sent.reminder_id):
        event = event_of(sent, "Bounce", **HARD) | {"Metadata": {"delivery": str(key)}}
        assert postmark_says(event).status_code == 200
    assert facts() == before


@pytest.mark.parametrize("secret", ["", "Basic " + base64.b64encode(b"trellis:no").decode()])
def test_without_the_secret_nothing_is_heard(sent, postmark, secret):
    before = facts()
    assert postmark_says(event_of(sent, "Bounce", **HARD), secret).status_code == 403
    assert facts() == before


def test_what_comes_too_early_is_asked_for_again(sent, postmark):
    Delivery.objects.filter(pk=sent.pk).update(outcome="", ended_at=None)
    assert postmark_says(event_of(sent, "Bounce", **HARD)).status_code == 503
    assert stops() == []


@pytest.mark.parametrize("backend", ["django.core.mail.backends.smtp.EmailBackend", "anymail.x.Y"])
def test_without_a_provider_the_door_is_shut(sent, postmark, settings, backend):
    settings.EMAIL_BACKEND = backend
    assert postmark_says(event_of(sent, "Bounce", **HARD)).status_code == 404


def test_without_a_secret_of_its_own_the_door_is_shut(sent, postmark, settings):
    settings.RETURNS_MAIL_SECRET = ""
    assert postmark_says(event_of(sent, "Bounce", **HARD)).status_code == 404


def test_a_body_is_bounded(postmark, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    assert postmark_says({"x": "x" * 2000}).status_code == 413


# -- the webhook of text messages ---------------------------------------------------------------

KEY = base64.b64encode(b"only for tests, only for tests..").decode()


@pytest.fixture
def door(settings):
    settings.RETURNS_SMS_SECRET = f"whsec_{KEY}"
    with time_machine.travel(NOW, tick=False):
        yield


def say(said, *, at=NOW, key=KEY, body=None, seal=None):
    body = json.dumps(said) if body is None else body
    moment = str(int(at.timestamp()))
    signed = hmac.new(base64.b64decode(key), f"m-1.{moment}.{body}".encode(), hashlib.sha256)
    ours = "v1," + base64.b64encode(signed.digest()).decode()
    return Browser(enforce_csrf_checks=True).post(
        reverse("assessments:returns_sms"),
        body,
        content_type="application/json",
        headers={
            "webhook-id": "m-1",
            "webhook-timestamp": moment,
            "webhook-signature": ours if seal is None else seal,
        },
        secure=True,
    )


@pytest.mark.parametrize(
    ("status", "came_back", "stopped"),
    [
        ("delivered", False, False),
        ("failed", True, False),
        ("undelivered", True, False),
        ("invalid", True, True),
        ("queued", False, False),
    ],
)
def test_what_a_provider_of_text_messages_says(texted, door, status, came_back, stopped):
    said = {"id": texted.provider_id, "status": status}
    assert [say(said).status_code for _ in range(2)] == [200, 200]
    texted.refresh_from_db()
    assert (texted.bounced_at is not None) == came_back
    assert bool(stops()) == stopped


@pytest.mark.parametrize(
    "body",
    ["[" * 200_000, '{"id": "a\\u0000b"}', '{"reference": "\\ud800"}', '"text"', "{", ""],
)
def test_what_is_no_message_is_refused(texted, door, body):
    assert say(None, body=body).status_code == 400


def test_our_own_reference_finds_it_too(texted, door):
    said = {"reference": texted.message_id.strip("<>"), "status": "invalid"}
    assert say(said).status_code == 200
    assert len(stops()) == 1


@pytest.mark.parametrize("text", ["STOP", " stop. ", "Stop!", "Unsubscribe"])
def test_stop_stops(texted, door, text):
    assert [say({"from": NUMBER, "text": text}).status_code for _ in range(2)] == [200, 200]
    assert stops() == [(texted.client_id, "sms", "opted_out")]


@pytest.mark.parametrize("said", [{"from": NUMBER, "text": "Please don't stop"}, {"id": "x"}, {}])
def test_anything_else_is_heard_and_changes_nothing(texted, door, said):
    before = facts()
    assert say(said).status_code == 200
    assert facts() == before


def test_only_who_has_the_secret_is_heard_and_only_now(texted, door):
    said, before = {"from": NUMBER, "text": "STOP"}, facts()
    late, early = NOW - timedelta(seconds=301), NOW + timedelta(seconds=301)
    other = base64.b64encode(b"another").decode()
    answers = [
        say(said, at=late),
        say(said, at=early),
        say(said, key=other),
        say(said, seal=""),
        say(said, seal="v1,AAAA v2,x"),
    ]
    assert [answer.status_code for answer in answers] == [403] * 5
    assert facts() == before


@pytest.mark.parametrize("body", ["", "no JSON", "[]", '"text"', "\x00"])
def test_what_makes_no_sense_is_refused(door, body):
    assert say(None, body=body).status_code == 400


def test_without_a_secret_there_is_no_door(texted, settings):
    assert say({"from": NUMBER, "text": "STOP"}).status_code == 404


# -- by mail ------------------------------------------------------------------------------------

REPORT = """\
From: MAILER-DAEMON@mail.example
To: post@localhost
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type={kind}; boundary="b"

--b
Content-Type: text/plain

I'm sorry to have to inform you.

--b
Content-Type: message/{part}

{blocks}
--b
Content-Type: {head}

Message-ID: {message_id}
Subject: Trellis: something is waiting for you

--b--
"""
FAILED = """Reporting-MTA: dns; mail.example

Final-Recipient: rfc822; x@client.example
Action: {action}
Status: {status}
Diagnostic-Code: smtp; {said}
"""


def report(delivery, action="failed", status="5.1.1", said="550 5.1.1 User unknown", **changed):
    return REPORT.format(
        **{
            "kind": "delivery-status",
            "part": "delivery-status",
            "blocks": FAILED.format(action=action, status=status, said=said),
            "head": "text/rfc822-headers",
            "message_id": delivery.message_id,
        }
        | changed
    )


COMPLAINT = {
    "kind": "feedback-report",
    "part": "feedback-report",
    "blocks": "Feedback-Type: abuse\nUser-Agent: x/1\n",
}


@pytest.fixture(params=["maildir", "mbox"])
def box(request, tmp_path):
    path = tmp_path / "box"
    made = mailbox.Maildir(path) if request.param == "maildir" else mailbox.mbox(path)

    def put(*mails) -> Path:
        for mail in mails:
            made.add(mail)
        made.flush()
        return path

    yield put
    made.close()


@pytest.mark.parametrize(
    ("how", "came_back", "stopped"),
    [
        ({}, True, ["bounced"]),
        ({"head": "message/rfc822"}, True, ["bounced"]),
        ({"status": "5.0.0", "said": "550 unknown user"}, True, ["bounced"]),
        ({"status": "5.2.2", "said": "552 5.2.2 Mailbox full"}, True, []),
        ({"status": "5.7.1", "said": "554 5.7.1 Listed"}, True, []),
        ({"status": "4.4.7", "said": "expired"}, True, []),
        ({"action": "delayed", "status": "4.4.1"}, False, []),
        ({"action": "delivered", "status": "2.0.0"}, False, []),
        (COMPLAINT, False, ["complained"]),
    ],
)
def test_what_a_report_says(sent, box, how, came_back, stopped):
    path = box(report(sent, **how))
    assert read_mailbox(path, now=NOW + HOUR) == 1
    sent.refresh_from_db()
    assert (sent.bounced_at is not None) == came_back
    assert [why for _client, _channel, why in stops()] == stopped
    before = facts()
    assert read_mailbox(path, now=NOW + DAY) == 0  # it was read
    assert facts() == before


def test_other_mail_is_left_in_peace(sent, box):
    before = facts()
    path = box(
        "From: a@b.example\nSubject: Hello\n\nHello\n",
        report(sent, message_id="<somebody-elses@there>"),
        report(sent, message_id=""),
        report(sent, blocks="no blocks at all"),
        "Content-Type: multipart/report; report-type=delivery-status\n\nno parts\n",
        "",
    )
    read_mailbox(path, now=NOW)
    assert facts() == before


def test_what_comes_too_early_is_read_again(sent, box):
    path = box(report(sent))
    Delivery.objects.filter(pk=sent.pk).update(outcome="", ended_at=None)
    assert read_mailbox(path, now=NOW) == 0
    Delivery.objects.filter(pk=sent.pk).update(outcome="sent", ended_at=NOW)
    assert read_mailbox(path, now=NOW) == 1
    assert len(stops()) == 1


def test_one_that_goes_wrong_does_not_keep_back_the_others(sent, texted, box, monkeypatch):
    came_back, asked = returns.came_back, []

    def sometimes(delivery, **facts):
        asked.append(delivery)
        if len(asked) == 1:
            raise RuntimeError
        came_back(delivery, **facts)

    path = box(report(sent), report(sent))
    monkeypatch.setattr("assessments.reminders.mailbox.came_back", sometimes)
    assert read_mailbox(path, now=NOW) == 1
    assert read_mailbox(path, now=NOW) == 1
    assert len(stops()) == 1


def test_a_mailbox_that_is_not_there_has_nothing_in_it(tmp_path):
    assert read_mailbox(tmp_path / "nowhere", now=NOW) == 0


def test_the_command_reads_it(sent, box, capsys):
    call_command("read_returns", str(box(report(sent))))
    assert capsys.readouterr().out == "1 read.\n"
    assert len(stops()) == 1
    with pytest.raises(CommandError):
        call_command("read_returns")


# -- one click in the mail program --------------------------------------------------------------


def test_one_click_in_the_mail_program_stops(clinician, mailoutbox):
    """RFC 8058: the program posts to the address in the head of the mail, without any cookie."""
    client = make_client(clinician)
    care.invite(client, by=clinician, now=NOW)
    sweep_at(NOW)
    head = mailoutbox[0].extra_headers
    assert head["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    path = head["List-Unsubscribe"].strip("<>").removeprefix("http://testserver")
    answer = Browser(enforce_csrf_checks=True).post(
        path, {"List-Unsubscribe": "One-Click"}, secure=True
    )
    assert answer.status_code == 200
    assert client.safe_contacts.current().get().channel == "none"
