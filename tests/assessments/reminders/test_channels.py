"""What each channel hands over, and what it makes of every answer, and of none."""

import email
import email.policy
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import BaseRequestHandler, ThreadingTCPServer
from urllib.parse import parse_qs

import pytest

from assessments.models import Delivery, Reminder
from assessments.reminders.channels import BACKOFF, CARRIERS, carrier_of
from assessments.reminders.channels.letter import letter_of, mail_of
from assessments.reminders.channels.refusals import is_dead_address
from assessments.reminders.messages import Outgoing
from clients.models import WAYS, Client
from practice.models import Practice
from tests.smtp import mail_goes_to

GATEWAYS = [(502, "unknown"), (504, "unknown")]
ADDRESS = "x@client.example"
INACTIVE = f"Found inactive addresses: {ADDRESS}. Inactive recipients are ones that bounced."


class Provider:
    """A provider on the web: keeps what it was given and answers as it is told to."""

    def __init__(self):
        self.asked = []  # (headers, body)
        self.status, self.answer = 200, {"id": "p-1"}
        self.silent = 0  # so many requests are taken, and the line goes dead
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                provider.asked.append((dict(self.headers), body.decode()))
                if provider.silent:
                    provider.silent -= 1
                    self.close_connection = True
                    return
                content = json.dumps(provider.answer).encode()
                self.send_response(provider.status)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *args):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/send"


@pytest.fixture
def provider():
    provider = Provider()
    thread = threading.Thread(target=provider.server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield provider
    provider.server.shutdown()
    provider.server.server_close()
    thread.join(5)


@pytest.fixture
def sms(provider, settings):
    settings.SMS_URL, settings.SMS_DIR = provider.url, ""
    return provider


@pytest.fixture
def anymail(provider, settings):
    settings.EMAIL_BACKEND = "anymail.backends.postmark.EmailBackend"
    settings.ANYMAIL = {
        **settings.ANYMAIL,
        "POSTMARK_SERVER_TOKEN": "t",
        "POSTMARK_API_URL": provider.url,
    }
    provider.answer = {
        "ErrorCode": 0,
        "Message": "OK",
        "MessageID": "p-1",
        "To": "x@client.example",
    }
    return provider


def message(channel="email", **changed) -> Outgoing:
    """Of nobody: no row is needed to hand something over."""
    client = Client(practice=Practice(name="At the Mill"), email=ADDRESS)
    address = client.email if channel == "email" else "+491511234567"
    reminder = Reminder(practice_id=client.practice_id, client=client, kind="news")
    delivery = Delivery(
        practice_id=client.practice_id,
        client=client,
        reminder=reminder,
        channel=channel,
        attempt=1,
        message_id=f"<{reminder.pk}.1@localhost>",
        address=changed.pop("address", address),
    )
    words = {"subject": "Trellis: something", "body": "Something is waiting.\n"} | changed
    return Outgoing(reminder, delivery, stop_url="https://t.example/s/x/", **words)


def hand_over(outgoing):
    carrier = carrier_of(outgoing.delivery.channel)
    carrier.open()
    try:
        return carrier.hand_over(outgoing)
    finally:
        carrier.close()


def told(result):
    return result.outcome, result.error, result.is_final


def test_every_way_has_a_carrier_and_says_when_it_tries_again():
    assert set(CARRIERS) == set(BACKOFF) == set(WAYS)
    assert all(BACKOFF.values())


# -- over SMTP ----------------------------------------------------------------------------------


class Scripted:
    """A mail server that answers each word of the protocol as it is told to; None: the line goes
    dead. ``packets`` is what it was told at a time."""

    def __init__(self, offers, **answers):
        self.offers, self.packets, self.letters, self.lines = offers, [], [], 0
        self.answers = {
            "MAIL": "250 OK",
            "RCPT": "250 OK",
            "DATA": "354 Go",
            "letter": "250 Kept",
        } | answers
        script = self

        class Handler(BaseRequestHandler):
            def handle(self):
                script.lines += 1
                script.converse(self.request)

        self.server = ThreadingTCPServer(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]

    def converse(self, line):
        line.sendall(b"220 here\r\n")
        heard, is_letter = b"", False
        while data := line.recv(65_536):
            self.packets.append(data)
            heard += data
            said = []
            while (end := b"\r\n.\r\n" if is_letter else b"\r\n") in heard:
                words, _, heard = heard.partition(end)
                if is_letter:
                    self.letters.append(words)
                answer = self.answer("letter" if is_letter else words[:4].decode().upper())
                if answer is None:
                    line.sendall(b"".join(said))
                    return
                is_letter = answer.startswith("354")
                said.append(answer.encode() + b"\r\n")
                if answer.startswith("421"):
                    line.sendall(b"".join(said))
                    return
            line.sendall(b"".join(said))

    def answer(self, word):
        if word == "EHLO":
            return "".join(f"250-{offer}\r\n" for offer in ["here", *self.offers]) + "250 HELP"
        return self.answers.get(word, "250 OK")


@pytest.fixture(params=[["PIPELINING", "SIZE 10000"], ["SIZE 10000"]], ids=["at once", "in turn"])
def scripted(request, settings):
    script = Scripted(request.param)
    thread = threading.Thread(target=script.server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    with mail_goes_to(settings, script.port):
        yield script
    script.server.shutdown()
    script.server.server_close()
    thread.join(5)


FINE = ("sent", "", False)
DEAD = ("failed", "address refused: 550", True)


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ({}, FINE),
        ({"RCPT": "251 Moved"}, FINE),
        ({"MAIL": "451 Later"}, ("failed", "refused: 451", False)),
        ({"MAIL": "550 5.7.1 Not you"}, ("failed", "refused: 550", False)),
        ({"MAIL": "421 Enough"}, ("failed", "refused: 421", False)),
        ({"MAIL": None}, ("failed", "line broken: SMTPServerDisconnected", False)),
        ({"RCPT": "450 Later"}, ("failed", "address refused: 450", False)),
        ({"RCPT": "550 5.1.1 Nobody"}, DEAD),
        ({"RCPT": "421 Enough"}, ("failed", "address refused: 421", False)),
        ({"RCPT": None}, ("failed", "line broken: SMTPServerDisconnected", False)),
        ({"RCPT": "550 5.1.1 Nobody", "DATA": "503 For whom?"}, DEAD),
        ({"DATA": "451 Later"}, ("failed", "refused: 451", False)),
        ({"DATA": "421 Enough"}, ("failed", "refused: 421", False)),
        ({"DATA": None}, ("failed", "line broken: SMTPServerDisconnected", False)),
        ({"letter": "451 Later"}, ("failed", "refused: 451", False)),
        ({"letter": "554 5.7.1 Spam"}, ("failed", "refused: 554", False)),
        ({"letter": "299 Hm"}, ("unknown", "refused: 299", False)),
        ({"letter": None}, ("unknown", "SMTPServerDisconnected", False)),
    ],
)
def test_what_each_answer_of_a_mail_server_means(scripted, answers, expected):
    """The same, whether it is asked at once or in turn."""
    scripted.answers |= answers
    assert told(hand_over(message())) == expected
    assert scripted.lines == 1
    assert len(scripted.letters) == ("letter" in answers or expected == FINE)


def test_a_refused_letter_leaves_the_line_good_for_the_next(scripted):
    carrier = carrier_of("email")
    carrier.open()
    was = scripted.answers
    for refused in (
        {"MAIL": "451 Later", "RCPT": "503 From whom?", "DATA": "503 From whom?"},
        {"RCPT": "550 Nobody", "DATA": "503 For whom?"},
        {"letter": "451 Later"},
    ):
        scripted.answers = was | refused
        assert carrier.hand_over(message()).outcome == "failed"
        scripted.answers = was
        assert carrier.hand_over(message()).outcome == "sent"
    carrier.close()
    assert scripted.lines == 1
    assert len(scripted.letters) == 4


def test_a_server_that_waits_for_a_letter_to_nobody_gets_none(scripted):
    """It should not, but then what is said next would be taken for the letter."""
    carrier, was = carrier_of("email"), scripted.answers
    carrier.open()
    scripted.answers = was | {"RCPT": "550 Nobody"}
    assert carrier.hand_over(message()).outcome == "failed"
    scripted.answers = was
    assert carrier.hand_over(message()).outcome == "sent"
    carrier.close()
    assert len(scripted.letters) == 1


def test_a_letter_with_lines_that_begin_with_a_dot_arrives_whole(scripted):
    assert hand_over(message(body=".\n..two\nend.\n.\n")).outcome == "sent"
    [letter] = scripted.letters
    assert letter.endswith(b"\r\n\r\n..\r\n...two\r\nend.\r\n..")


def test_a_server_that_takes_all_questions_at_once_is_asked_once(scripted):
    hand_over(message())
    asked = [packet for packet in scripted.packets if packet.upper().startswith(b"MAIL")]
    at_once = "PIPELINING" in scripted.offers
    assert [packet.count(b"\r\n") for packet in asked] == [3 if at_once else 1]


# -- text messages ------------------------------------------------------------------------------


def test_a_text_message_is_posted_with_its_key_and_under_the_providers_names(sms, settings):
    settings.SMS_TOKEN, settings.SMS_FROM = "secret", "Trellis"
    settings.SMS_FIELDS = {"to": "To", "from": "From", "text": "Body", "reference": ""}
    settings.SMS_ID_FIELD, sms.answer = "messages.0.id", {"messages": [{"id": 17}]}
    outgoing = message("sms", body="Something is waiting: …")
    result = hand_over(outgoing)
    assert (result.outcome, result.provider_id) == ("sent", "17")
    [(headers, body)] = sms.asked
    assert headers["Authorization"] == "Bearer secret"
    assert headers["Idempotency-Key"] == f"{outgoing.reminder.pk}.1@localhost"
    assert json.loads(body) == {
        "To": "+491511234567",
        "From": "Trellis",
        "Body": "Something is waiting: …",
    }


def test_a_text_message_as_a_form_with_a_user_and_a_password(sms, settings):
    settings.SMS_FORMAT, settings.SMS_USER, settings.SMS_PASSWORD = "form", "u", "p"
    hand_over(message("sms"))
    [(headers, body)] = sms.asked
    assert headers["Authorization"].startswith("Basic ")
    assert parse_qs(body)["text"] == ["Something is waiting.\n"]


def test_a_provider_that_gives_no_id_has_sent_all_the_same(sms):
    sms.answer = []
    assert told(hand_over(message("sms"))) == ("sent", "", False)


@pytest.mark.parametrize(
    ("status", "outcome"),
    [*((status, "failed") for status in (400, 401, 404, 429, 500, 503)), *GATEWAYS],
)
def test_what_the_answer_says(sms, status, outcome):
    """A gateway that lost its line does not know whether the message was taken; nor do we."""
    sms.status = status
    result = hand_over(message("sms"))
    assert (result.outcome, result.is_final) == (outcome, False)


def test_only_the_providers_own_code_says_that_the_number_is_dead(sms, settings):
    settings.SMS_DEAD_CODES = ["21211", "21610"]
    sms.status, sms.answer = 400, {"code": 21211}
    assert told(hand_over(message("sms"))) == ("failed", "refused: 400", True)
    sms.answer = {"code": 212110}
    assert told(hand_over(message("sms"))) == ("failed", "refused: 400", False)


def test_nobody_there_is_a_failure_and_silence_is_not(sms, settings):
    sms.silent = 1
    assert told(hand_over(message("sms"))) == ("unknown", "no answer: ConnectionError", False)
    settings.SMS_URL = "http://127.0.0.1:9/"
    assert told(hand_over(message("sms"))) == ("failed", "no connection: ConnectionError", False)


def test_who_knows_the_key_is_asked_again_at_once_and_once(sms, settings):
    settings.SMS_IDEMPOTENT = True
    sms.silent = 1
    assert hand_over(message("sms")).outcome == "sent"
    first, second = sms.asked
    assert first == second
    sms.silent = 2
    assert hand_over(message("sms")).outcome == "unknown"
    assert len(sms.asked) == 4


def test_a_redirect_is_not_followed(sms):
    sms.status = 307
    assert hand_over(message("sms")).outcome == "failed"
    assert len(sms.asked) == 1


def test_the_same_message_twice_is_one_file(settings, tmp_path):
    settings.SMS_DIR = str(tmp_path / "texts")
    outgoing = message("sms")
    results = [hand_over(outgoing) for _ in range(2)]
    [file] = (tmp_path / "texts").iterdir()
    assert {result.provider_id for result in results} == {file.stem}
    assert json.loads(file.read_text()) == {
        "id": f"{outgoing.reminder.pk}.1@localhost",
        "to": "+491511234567",
        "text": "Something is waiting.\n",
    }


# -- mail through a provider --------------------------------------------------------------------


def test_a_provider_of_mail_is_given_the_delivery_and_no_leave_to_track(anymail):
    outgoing = message()
    result = hand_over(outgoing)
    assert (result.outcome, result.provider_id) == ("sent", "p-1")
    [(headers, body)] = anymail.asked
    said = json.loads(body)
    assert headers["Idempotency-Key"] == f"{outgoing.reminder.pk}.1@localhost"
    assert said["Metadata"] == {"delivery": str(outgoing.delivery.pk)}
    assert (said["TrackOpens"], said["TrackLinks"]) == (False, "None")
    names = {header["Name"]: header["Value"] for header in said["Headers"]}
    assert names["Message-ID"] == outgoing.delivery.message_id
    assert names["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


@pytest.mark.parametrize(
    ("status", "answer", "expected"),
    [
        (422, {"ErrorCode": 406, "Message": INACTIVE}, ("failed", "address refused", True)),
        (401, {}, ("failed", "refused: 401", False)),
        (429, {}, ("failed", "refused: 429", False)),
        (500, {}, ("failed", "refused: 500", False)),
        (504, {}, ("unknown", "answered: 504", False)),
        (200, {"ErrorCode": 0}, ("unknown", "answered: 200", False)),
    ],
)
def test_what_a_provider_of_mail_answers(anymail, status, answer, expected):
    anymail.status, anymail.answer = status, answer
    assert told(hand_over(message())) == expected


def test_a_provider_of_mail_that_is_away_or_silent(anymail, settings):
    anymail.silent = 1
    assert told(hand_over(message())) == ("unknown", "no answer: ConnectionError", False)
    settings.ANYMAIL = settings.ANYMAIL | {"POSTMARK_API_URL": "http://127.0.0.1:9/"}
    assert told(hand_over(message())) == ("failed", "no connection: ConnectionError", False)


# -- mail over SMTP -----------------------------------------------------------------------------


def test_a_letter_is_what_was_written(sink, settings):
    settings.DEFAULT_FROM_EMAIL = "Zoë <post@localhost>"
    body = "Für dich: " + "lang " * 300 + "\n.\nEnde\n"
    with mail_goes_to(settings, sink.port):
        assert hand_over(message(subject="Für dich: etwas " * 8, body=body)).outcome == "sent"
    [letter] = sink.letters
    assert letter.subject.split() == ("Für dich: etwas " * 8).split()
    assert letter.text.replace("\r\n", "\n") == body
    assert letter.mail["From"] == "Zoë <post@localhost>"


def test_a_letter_is_plain_ascii_and_no_line_is_too_long():
    content = letter_of(message(subject="Für dich " * 20, body="ü" * 5000))[2]
    assert content.isascii()
    assert max(len(line) for line in content.split(b"\r\n")) < 998
    assert b"\n" not in content.replace(b"\r\n", b"")


def test_a_letter_says_what_djangos_own_would(settings):
    """Ours is written by hand for speed; nothing a reader sees may differ by that."""
    outgoing = message()
    ours = email.message_from_bytes(letter_of(outgoing)[2], policy=email.policy.default)
    theirs = email.message_from_bytes(
        mail_of(outgoing).message().as_bytes(), policy=email.policy.default
    )
    for name in {*ours.keys(), *theirs.keys()} - {"Date"}:
        assert ours[name] == theirs[name], name
    assert ours.get_content().replace("\r\n", "\n") == theirs.get_content()


def test_what_is_no_address_is_not_said(sink, settings):
    with mail_goes_to(settings, sink.port):
        result = hand_over(message(address="two\nlines@client.example"))
    assert (result.outcome, result.is_final) == ("failed", False)
    assert sink.letters == []


# -- whom a refusal speaks of -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (550, "No such person"),
        (550, "5.1.1 <x@client.example>: Recipient address rejected: User unknown"),
        (554, "5.1.2 Bad destination host"),
        (550, "5.4.1 Recipient address rejected"),
        (553, "sorry, no mailbox here by that name"),
        (550, "5.2.1 The account is disabled"),
        (550, "5.0.0 smtp; 550 unknown"),
    ],
)
def test_it_speaks_of_the_address(code, words):
    assert is_dead_address(code, words)


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (450, "4.1.1 try later"),
        (450, "No such person, for now"),
        (554, "5.7.1 Relay access denied"),
        (550, "relay not permitted"),
        (550, "5.7.1 Your server stands on a list"),
        (530, "5.7.0 Must issue a STARTTLS command first"),
        (552, "5.2.2 Mailbox full"),
        (554, "Transaction failed"),
        (550, "5.3.4 Message too big"),
        (0, ""),
    ],
)
def test_it_speaks_of_us_or_of_today(code, words):
    assert not is_dead_address(code, words)
