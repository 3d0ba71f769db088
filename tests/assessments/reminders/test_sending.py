"""Each due reminder is handed over once, whatever the mail server and the clock do meanwhile."""

import json
import re
import threading
from datetime import timedelta
from uuid import UUID

import pytest
from django.core.mail.message import sanitize_address
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st

from assessments import actions
from assessments.models import Delivery, Reminder
from assessments.reminders import claiming, plan, posting, sending, sweep
from assessments.reminders.channels import BACKOFF, Result
from assessments.reminders.channels.email import Smtp
from assessments.reminders.channels.letter import PLAIN_ADDRESS, letter_of
from assessments.reminders.messages import Wordings, compose, message_id
from clients import actions as care
from clients.models import ChannelStop, Client, PortalLink, SafeContact
from practice import keys
from practice.models import AuditEvent, DataKeyRow, Practice
from tests.conftest import NOW, WHOLE_DAY, as_user, clear, give, join, make_client

from .helpers import (
    DAY,
    HOUR,
    Clock,
    in_threads,
    live_links,
    outcomes,
    planned,
    settled,
    sweep_at,
)

pytestmark = pytest.mark.django_db
on_many_connections = pytest.mark.django_db(transaction=True)

CHECK = "strengths-check"
EMAIL_BACKOFF = BACKOFF["email"]
MINUTE = timedelta(minutes=1)
SECOND = timedelta(seconds=1)
LEASE = timedelta(seconds=121)


def invited(clinician, count) -> list[Client]:
    """``count`` clients whose invitation is due."""
    crowd = [make_client(clinician, f"Person{n:03} X") for n in range(count)]
    for client in crowd:
        care.invite(client, by=clinician, now=NOW)
    return crowd


@pytest.fixture
def due(clinician) -> Client:
    """One client whose message is due."""
    return invited(clinician, 1)[0]


def contact_page(client, by) -> str:
    answer = as_user(by).get(f"/clients/{client.pk}/contact/", secure=True)
    assert answer.status_code == 200
    return answer.content.decode()


# -- what it says -------------------------------------------------------------------------------


def unsaved(name, practice_name, **contact):
    client = Client(
        practice=Practice(name=practice_name),
        preferred_name=name,
        email="someone@client.example",
        language="en",
        time_zone="UTC",
    )
    return client, SafeContact(client=client, **(WHOLE_DAY | contact))


def mail_for(client, contact, kind, token="TOKEN"):
    reminder = Reminder(practice_id=client.practice_id, client=client, kind=kind)
    delivery = Delivery(
        reminder=reminder,
        channel="email",
        address=client.email,
        message_id=message_id(reminder, 1),
        attempt=1,
    )
    outgoing = compose(reminder, delivery, client, contact, token, Wordings({}))
    sender, _to, content = letter_of(outgoing)
    whole = content.decode()
    for changing in (str(reminder.pk), outgoing.stop_url, client.email):
        whole = whole.replace(changing, "")
    return sender, re.sub(r"Date:.*", "", whole)


names = st.text(
    st.characters(categories=["L", "N", "P", "S", "Zs"]), min_size=1, max_size=40
).filter(str.strip)


@given(name=names, practice_name=names, kind=st.sampled_from(Reminder.Kind.values))
@settings(max_examples=150, deadline=None, database=None)
def test_a_discreet_message_does_not_depend_on_who_it_is_for(name, practice_name, kind):
    """The whole mail, headers included, is the same for everybody but for its links and ids."""
    somebody = mail_for(*unsaved(name, practice_name), kind)[1]
    anybody = mail_for(*unsaved("Anybody Else", "Any Practice"), kind)[1]
    assert somebody == anybody


PIECE = st.text("abzABZ0189_", min_size=1, max_size=6)
PIECES = st.lists(PIECE, min_size=1, max_size=4)


@given(PIECES, PIECES, st.sampled_from(".+-"), st.sampled_from(".-"))
@settings(max_examples=200, deadline=None, database=None)
def test_of_a_plain_address_there_is_nothing_to_be_mended(mailbox, domain, joint, dot):
    """So that it is not looked at. What is not plain is, as ever."""
    address = f"{joint.join(mailbox)}@{dot.join(domain).replace('_', 'x')}"
    assert PLAIN_ADDRESS.fullmatch(address)
    assert sanitize_address(address, "utf-8") == address


@pytest.mark.parametrize(
    "address",
    [
        "Sam <sam@x.example>",
        "sam@x.example\n",
        "s\u00e4m@x.example",
        "a..b@x",
        "a@b@c",
        "",
        "a@-b",
        "a@\u017f.example",
        "a@" + 60 * "b",
    ],
)
def test_any_other_is_not_plain(address):
    assert not PLAIN_ADDRESS.fullmatch(address)


@pytest.mark.parametrize("kind", Reminder.Kind.values)
def test_a_discreet_message_names_nothing_clinical(joined, clinician, kind):
    contact = joined.safe_contacts.current().get()
    _, whole = mail_for(joined, contact, kind)
    whole = whole.replace(joined.email, "")
    told = [joined.preferred_name, *joined.preferred_name.split(), joined.practice.name]
    told += [clinician.name, "clinic", "therap", "session", "practice", "score", "reminder"]
    told += ["question", "exercise", "activity", "health", "boundar", "limit", "check", "pattern"]
    head, _, body = whole.partition("\n\n")
    for word in told:
        # In the headers, the protocol's own words are not ours.
        assert word.lower() not in body.lower()
        assert word.lower() not in head.lower().replace("auto-submitted", "")


def test_the_sender_is_neutral(settings):
    sender, _ = mail_for(*unsaved("Sam", "At the Mill"), "news")
    assert sender == settings.DEFAULT_FROM_EMAIL
    assert "Mill" not in sender


def test_the_message_has_one_link_how_to_stop_and_an_id_of_its_own(due, post):
    sweep_at(NOW)
    [letter] = post.letters
    [reminder] = settled(due)
    assert letter.to == due.email
    assert letter.message_id == f"<{reminder.pk}.1@localhost>"
    links = re.findall(r"http\S+", letter.text)
    assert [link.split("/")[3] for link in links] == ["l", "s"]
    assert f"<{links[1]}>" == letter.mail["List-Unsubscribe"].replace("\n", "").replace(" ", "")
    assert letter.mail.get_content_type() == "text/plain"  # no pixel, nothing to load
    assert letter.mail["Auto-Submitted"] == "auto-generated"
    assert letter.mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def path_of(text, kind) -> str:
    return re.search(rf"http://testserver(/{kind}/\S+)", text)[1]


def test_the_link_of_an_invitation_works_once(due, post):
    sweep(Clock(NOW))
    PortalLink.objects.update(expires_at="2126-01-01T00:00Z")  # the page reads the real clock
    path = path_of(post.letters[0].text, "l")
    first, second = Browser(), Browser()
    assert first.get(path, secure=True).status_code == 200
    code = {"code": "2580", "again": "2580"}
    assert first.post(path, code, secure=True).status_code == 302
    assert second.get(path, secure=True).status_code == 410
    assert second.post(path, code, secure=True).status_code == 410


def test_the_link_of_a_reminder_asks_for_the_code_and_works_once(joined, clinician, post):
    give(joined, CHECK, by=clinician)
    sweep_at(NOW)
    PortalLink.objects.update(expires_at="2126-01-01T00:00Z")
    path = path_of(post.letters[0].text, "l")
    browser = Browser()
    page = browser.get(path, secure=True).content.decode()
    assert joined.preferred_name not in page
    assert browser.post(path, {"code": "1111"}, secure=True).status_code == 200
    assert browser.post(path, {"code": "2580"}, secure=True).status_code == 302
    assert Browser().get(path, secure=True).status_code == 410


def test_only_the_newest_link_is_alive(due, clinician, post):
    sweep_at(NOW)
    care.invite(due, by=clinician, now=NOW + HOUR)
    sweep_at(NOW + HOUR)
    assert len(post.letters) == 2
    assert live_links(due) == 1
    old, new = (path_of(letter.text, "l") for letter in post.letters)
    PortalLink.objects.update(expires_at="2126-01-01T00:00Z")
    assert Browser().get(old, secure=True).status_code == 410
    assert Browser().get(new, secure=True).status_code == 200


def test_the_stop_link_stops_without_signing_in_and_only_on_a_click(due, post):
    sweep_at(NOW)
    path = path_of(post.letters[0].text, "s")
    Browser().get(path, secure=True)  # a mail scanner
    assert due.safe_contacts.current().get().channel == "email"
    assert Browser().post(path, secure=True).status_code == 200  # one that sends off forms
    assert due.safe_contacts.current().get().channel == "email"
    assert Browser().post(path, {"stop": "yes"}, secure=True).status_code == 200
    assert due.safe_contacts.current().get().channel == "none"


# -- what the mail server does ------------------------------------------------------------------

REFUSALS = {
    "recipient 4xx": ("refuse_recipient", "450 Try later", "address refused: 450"),
    # It speaks of us, not of the address: the server does not know us any more.
    "recipient 5xx, us": ("refuse_recipient", "554 5.7.1 Relay denied", "address refused: 554"),
    "letter 4xx": ("refuse_letter", "451 Try later", "refused: 451"),
    "letter 5xx": ("refuse_letter", "554 No", "refused: 554"),
}


@pytest.fixture(params=[*REFUSALS, "no connection"])
def refusal(request, post, settings):
    """Makes the server refuse; yields what is written down about it."""
    if request.param == "no connection":
        settings.EMAIL_PORT = 9  # nobody listens there
        return "no connection: ConnectionRefusedError"
    how, answer, words = REFUSALS[request.param]
    setattr(post, how, answer)
    return words


def test_a_refused_message_is_tried_again_later_and_at_last_given_up(due, clinician, post, refusal):
    moment = NOW
    for attempt, pause in enumerate(EMAIL_BACKOFF, start=1):
        sweep_at(moment)
        reminder = planned(due)
        assert (reminder.attempts, reminder.planned_for) == (attempt, moment + pause)
        assert (reminder.claim, reminder.lease_until) == (None, None)
        sweep_at(moment + pause - SECOND)
        assert planned(due).attempts == attempt  # not before its time
        moment += pause
    sweep_at(moment)
    assert outcomes(due) == ["failed"]
    deliveries = Delivery.objects.order_by("attempt")
    assert [row.outcome for row in deliveries] == ["failed"] * (len(EMAIL_BACKOFF) + 1)
    assert {row.error for row in deliveries} == {refusal}
    assert len({row.message_id for row in deliveries}) == len(deliveries)
    # Permanent is permanent: nobody writes to a dead address for ever.
    sweep_at(moment + HOUR)
    sweep_at(moment + 5 * DAY)
    assert outcomes(due) == ["failed"]
    assert planned(due) is None
    assert post.letters == []
    assert "Could not be delivered" in contact_page(due, clinician)


def test_a_nudge_that_cannot_be_delivered_ends_up_with_the_clinician(joined, clinician, post):
    give(joined, CHECK, by=clinician, due_in_days=1)
    post.refuse_recipient = "450 Try later"
    for hours in range(0, 24 * 16, 3):
        sweep_at(NOW + hours * HOUR)
    assert set(outcomes(joined)) == {"failed"}
    assert len(outcomes(joined)) == 3  # the news and the two reminders that are allowed
    assert planned(joined) is None
    page = as_user(clinician).get("/today/", secure=True).content.decode()
    assert "no reminder sent" in page


def test_an_address_that_does_not_exist_is_not_tried_again(due, clinician, post):
    post.refuse_recipient = "550 5.1.1 No such person"
    sweep_at(NOW)
    [reminder] = settled(due)
    assert (reminder.outcome, reminder.attempts, reminder.settled_at) == ("failed", 1, NOW)
    [delivery] = Delivery.objects.filter(client=due)
    assert (delivery.error, delivery.is_final) == ("address refused: 550", True)
    [stop] = ChannelStop.objects.all()
    assert (stop.client, stop.channel, stop.why) == (due, "email", "bounced")
    assert planned(due) is None
    event = AuditEvent.objects.get(action="channel.stopped")
    assert (event.client_id, event.actor, event.detail) == (due.pk, None, {"channel": "email"})


@pytest.fixture
def texts(settings, tmp_path):
    """Text messages of this process, by number."""
    settings.SMS_DIR = str(tmp_path)

    def read() -> list[dict]:
        return [json.loads(file.read_text()) for file in sorted(tmp_path.glob("*.json"))]

    return read


@pytest.fixture
def either_way(clinician, texts) -> Client:
    """Invited by mail, or else by text message."""
    contact = {"then_channels": ["sms"]}
    client = make_client(clinician, contact=contact)
    client.phone = "+491511234567"
    client.save(update_fields=["phone"])
    care.invite(client, by=clinician, now=NOW)
    return client


def test_when_the_address_is_dead_the_next_channel_has_its_turn_at_once(either_way, post, texts):
    post.refuse_recipient = "550 5.1.1 No such person"
    sweep_at(NOW)
    [reminder] = settled(either_way)
    assert (reminder.outcome, reminder.attempts) == ("sent", 2)
    [text] = texts()
    assert text["to"] == either_way.phone
    assert [
        (row.channel, row.attempt, row.outcome)
        for row in Delivery.objects.order_by("began_at", "pk")
    ] == [("email", 1, "failed"), ("sms", 1, "sent")]


def test_after_the_last_attempt_the_next_channel_has_its_turn(either_way, post, texts):
    post.refuse_recipient = "450 Try later"
    moment = NOW
    for pause in EMAIL_BACKOFF:
        sweep_at(moment)
        moment += pause
    assert texts() == []
    sweep_at(moment)
    assert len(texts()) == 1
    assert outcomes(either_way) == ["sent"]


def test_what_may_have_arrived_does_not_go_over_the_next_channel(either_way, post, texts):
    post.drop_after = 1
    for hours in (0, 1, 5, 30):
        sweep_at(NOW + hours * HOUR)
    assert outcomes(either_way) == ["unknown"]
    assert texts() == []


def test_when_no_channel_is_left_it_has_failed(either_way, post, settings):
    post.refuse_recipient = "550 5.1.1 No such person"
    settings.SMS_DIR, settings.SMS_URL = "", "http://127.0.0.1:9/"
    moment = NOW
    for pause in (*BACKOFF["sms"], HOUR):
        sweep_at(moment)
        moment += pause
    [reminder] = settled(either_way)
    assert (reminder.outcome, reminder.attempts) == ("failed", 2 + len(BACKOFF["sms"]))


def test_after_a_failure_the_next_attempt_is_sent_once(due, post):
    post.refuse_letter = "451 Try later"
    sweep_at(NOW)
    post.refuse_letter = ""
    sweep_at(NOW + EMAIL_BACKOFF[0])
    sweep_at(NOW + DAY)
    [reminder] = settled(due)
    assert (reminder.outcome, reminder.attempts) == ("sent", 2)
    assert [letter.message_id for letter in post.letters] == [f"<{reminder.pk}.2@localhost>"]


def test_another_attempt_keeps_to_the_allowed_hours(clinician, post):
    client = make_client(clinician, contact={"hours_from": "09:00", "hours_until": "10:02"})
    client.safe_contacts.get().refresh_from_db()
    care.invite(client, by=clinician, now=NOW)
    post.refuse_letter = "451 Try later"
    sweep_at(NOW)
    sweep_at(NOW + EMAIL_BACKOFF[0])
    post.refuse_letter = ""
    sweep_at(NOW + EMAIL_BACKOFF[0] + EMAIL_BACKOFF[1])
    assert post.letters == []
    morning = (NOW + DAY).replace(hour=9)
    assert planned(client).planned_for == morning
    sweep_at(morning)
    assert len(post.letters) == 1


def test_what_was_answered_between_two_attempts_is_not_tried_again(joined, clinician, post):
    assignment = give(joined, CHECK, by=clinician)
    post.refuse_letter = "451 Try later"
    sweep_at(NOW)
    assignment.occurrences.update(answered_at=NOW)
    post.refuse_letter = ""
    sweep_at(NOW + HOUR)
    [reminder] = settled(joined)
    assert (reminder.outcome, reminder.why) == ("suppressed", "nothing_open")
    assert post.letters == []


def test_a_line_that_breaks_after_the_letter_is_unknown_and_not_repeated(due, clinician, post):
    post.drop_after = 1
    sweep_at(NOW)
    post.drop_after = 0
    for hours in (1, 5, 30, 100):
        sweep_at(NOW + hours * HOUR)
    assert outcomes(due) == ["unknown"]
    assert post.counts() == {due.email: 1}
    page = contact_page(due, clinician)
    assert "Not known whether it arrived" in page
    assert "not sent again by itself" in page


def test_a_line_that_breaks_before_the_letter_costs_an_attempt_and_no_doubt(due, post):
    """Nothing was handed over, and that is certain: so it is tried again."""
    post.drop_at_recipient = 1
    sweep_at(NOW)
    assert planned(due).attempts == 1
    assert Delivery.objects.get(client=due).error == "line broken: SMTPServerDisconnected"
    sweep_at(NOW + EMAIL_BACKOFF[0])
    assert outcomes(due) == ["sent"]
    assert post.counts() == {due.email: 1}


@pytest.mark.parametrize("how", ["drop_at_recipient", "goodbye_at_sender"])
def test_a_line_that_was_let_go_is_made_anew_at_once(clinician, post, how):
    """The second letter of three meets a server that has had enough of this line."""
    crowd = invited(clinician, 3)
    post.on_letter = lambda number: setattr(post, how, 1 if number == 1 else 0)
    sweep_at(NOW)
    assert [outcomes(client) for client in crowd] == [["sent"]] * 3
    assert post.counts() == {client.email: 1 for client in crowd}
    assert set(Delivery.objects.values_list("attempt", flat=True)) == {1}


def test_a_broken_line_costs_the_others_nothing(clinician, post):
    crowd = invited(clinician, 5)
    post.drop_after = 3
    sweep_at(NOW)
    assert sorted(*zip(*map(outcomes, crowd), strict=True)) == ["sent"] * 4 + ["unknown"]
    assert set(post.counts().values()) == {1}
    assert len(post.counts()) == 5


def test_what_nobody_foresaw_is_unknown_and_costs_the_others_nothing(clinician, post, monkeypatch):
    crowd = invited(clinician, 3)
    hand_over, said = Smtp.hand_over, []

    def strange(self, outgoing):
        said.append(outgoing)
        if len(said) == 2:
            raise AttributeError
        return hand_over(self, outgoing)

    monkeypatch.setattr(Smtp, "hand_over", strange)
    sweep_at(NOW)
    assert sorted(*zip(*map(outcomes, crowd), strict=True)) == ["sent"] * 2 + ["unknown"]
    assert len(post.letters) == 2


def test_an_address_that_cannot_be_written_fails_and_costs_the_others_nothing(clinician, post):
    bad = make_client(clinician, email="two\nlines@client.example")
    care.invite(bad, by=clinician, now=NOW - HOUR)
    good = invited(clinician, 2)
    sweep_at(NOW)
    assert planned(bad).attempts == 1
    assert Delivery.objects.get(client=bad).outcome == "failed"
    assert [outcomes(client) for client in good] == [["sent"]] * 2


def test_a_client_whose_key_is_gone_does_not_keep_back_the_others(clinician, post):
    """The key of one client is destroyed: what is theirs can't be read, nor written to."""
    gone, *others = invited(clinician, 3)
    Reminder.objects.filter(client=gone).update(planned_for=NOW - HOUR)
    DataKeyRow.objects.filter(subject=gone.pk).delete()
    keys.forget()
    for minutes in (0, 1, 5):
        sweep_at(NOW + minutes * MINUTE)
    assert [outcomes(client) for client in others] == [["sent"]] * 2
    assert len(post.letters) == 2


# -- once ---------------------------------------------------------------------------------------


@on_many_connections
def test_sweeps_at_the_same_time_send_each_of_200_once(clinician, post, monkeypatch):
    monkeypatch.setattr(sending, "FIRST", 10)  # or the first would have them all
    monkeypatch.setattr(sending, "MOST", 20)
    crowd = invited(clinician, 200)
    in_threads(*[lambda: sweep_at(NOW)] * 4)
    assert post.counts() == {client.email: 1 for client in crowd}
    assert set(Reminder.objects.values_list("outcome", flat=True)) == {"sent"}
    assert Delivery.objects.count() == 200
    assert len({letter.message_id for letter in post.letters}) == 200


def statements_for(count, clinician) -> int:
    invited(clinician, count)
    with CaptureQueriesContext(connection) as captured:
        sweep_at(NOW)
    Reminder.objects.filter(settled_at__isnull=True).update(settled_at=NOW, outcome="suppressed")
    return len(captured)


def test_statements_per_message_are_few(clinician, post):
    """One batch shares everything but the intent and the result, which are committed one by one."""
    few, many = statements_for(2, clinician), statements_for(22, clinician)
    assert len(post.letters) == 24
    each = (many - few) / 20
    assert each == 1, f"{each} statements a message: the one that commits it, and no other"
    assert few <= 60


def in_the_hands_of_a_dead_worker(client, *, begun: bool) -> Reminder:
    """What a worker that was killed leaves: its claim and its intent, begun or not."""
    claim, tally = UUID("0198e0a4-0000-7000-8000-00000000dead"), claiming.Tally()
    reminders, _ = claiming.claim_due(claim, 10, NOW, tally)
    outgoing = claiming.prepare(reminders, NOW).outgoing
    if begun:
        assert posting.Post(Clock(NOW), tally)._turn(claim, None, outgoing[0])
    reminder = planned(client)
    assert reminder.claim is not None
    return reminder


def test_an_intent_that_was_not_begun_is_carried_out_by_the_next_sweep(due, post):
    in_the_hands_of_a_dead_worker(due, begun=False)
    sweep_at(NOW + MINUTE)
    assert post.letters == []  # somebody may still be at it
    sweep_at(NOW + LEASE)
    assert outcomes(due) == ["sent"]
    assert post.counts() == {due.email: 1}
    assert Delivery.objects.filter(client=due).count() == 1


def test_an_intent_that_was_begun_is_unknown(due, clinician, post):
    in_the_hands_of_a_dead_worker(due, begun=True)
    sweep_at(NOW + LEASE)
    sweep_at(NOW + DAY)
    assert outcomes(due) == ["unknown"]
    assert Delivery.objects.get(client=due).outcome == "unknown"
    assert post.letters == []
    assert "Not known whether it arrived" in contact_page(due, clinician)


def test_after_an_unknown_one_the_next_reminder_is_planned(joined, clinician, post):
    occurrence = give(joined, CHECK, by=clinician, due_in_days=1).occurrences.get()
    in_the_hands_of_a_dead_worker(joined, begun=True)
    sweep_at(NOW + LEASE)
    assert (planned(joined).kind, planned(joined).planned_for) == ("nudge", occurrence.due_at)


def test_a_worker_that_dies_after_sending_does_not_lose_the_next_reminder(
    joined, clinician, post, monkeypatch
):
    """Sent and written down, and then killed before the batch was planned again."""
    occurrence = give(joined, CHECK, by=clinician, due_in_days=1).occurrences.get()

    def killed(*args, **kwargs):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(sending, "settle_what_can_be", killed)
        with pytest.raises(KeyboardInterrupt):
            sweep_at(NOW)
    assert Delivery.objects.get(client=joined).outcome == "sent"
    sweep_at(NOW + LEASE)
    [reminder] = settled(joined)
    assert (reminder.outcome, reminder.settled_at) == ("sent", NOW)  # when it was, not when seen
    assert (planned(joined).kind, planned(joined).planned_for) == ("nudge", occurrence.due_at)
    assert len(post.letters) == 1


@on_many_connections
def test_a_slow_worker_that_comes_back_makes_the_unknown_sent(due, clinician, post):
    hold = post.hold(1)
    slow = threading.Thread(target=lambda: (sweep_at(NOW), connection.close()), daemon=True)
    slow.start()
    assert hold.reached.wait(10)
    sweep_at(NOW + LEASE)
    assert outcomes(due) == ["unknown"]
    hold.released.set()
    slow.join(20)
    assert outcomes(due) == ["sent"]
    sweep_at(NOW + DAY)
    assert outcomes(due) == ["sent"]
    assert post.counts() == {due.email: 1}
    assert Delivery.objects.get(client=due).outcome == "sent"


@on_many_connections
def test_a_slow_worker_that_comes_back_with_a_refusal_upsets_nothing(clinician, post):
    """Meanwhile the client's next reminder was planned; there is room for one."""
    client = join(make_client(clinician), by=clinician)
    give(client, CHECK, by=clinician, due_in_days=1)
    hold = post.hold(1)
    clock = Clock(NOW)
    carry_on, began = threading.Event(), threading.Event()

    def refuse_late(self, item):
        began.set()
        carry_on.wait(20)
        return Result("failed", "refused: 451")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(posting.Post, "_hand_over", refuse_late)
        errors = []

        def run():
            try:
                sweep(clock)
            except Exception as error:  # noqa: BLE001
                errors.append(error)
            finally:
                connection.close()

        slow = threading.Thread(target=run, daemon=True)
        slow.start()
        assert began.wait(10)
        sweep_at(NOW + LEASE)
        assert outcomes(client) == ["unknown"]
        carry_on.set()
        slow.join(20)
    hold.released.set()
    assert errors == []
    assert outcomes(client) == ["failed"]
    assert planned(client) is not None


@on_many_connections
def test_a_worker_whose_claim_ran_out_does_not_begin(clinician, post):
    """Two are claimed; the first takes longer than the lease, and the second goes another way."""
    one, two = invited(clinician, 2)
    Reminder.objects.filter(client=one).update(planned_for=NOW - MINUTE)
    hold = post.hold(1)
    slow = threading.Thread(target=lambda: (sweep_at(NOW), connection.close()), daemon=True)
    slow.start()
    assert hold.reached.wait(10)
    sweep_at(NOW + LEASE)
    hold.released.set()
    slow.join(20)
    assert post.counts() == {one.email: 1, two.email: 1}
    assert outcomes(one) == outcomes(two) == ["sent"]


@on_many_connections
def test_a_hold_that_is_said_while_the_queue_is_slow_is_heeded(clinician, post):
    """What was looked at too long ago is looked at again before it goes out."""
    one, two = invited(clinician, 2)
    Reminder.objects.filter(client=one).update(planned_for=NOW - MINUTE)
    clock = Clock(NOW)

    def slowly(number):
        clock.turn(sending.FRESH)
        clear(two, by=clinician, outcome="hold", now=NOW)
        connection.close()

    post.on_letter = slowly
    sweep(clock)
    post.on_letter = None
    sweep(clock)
    assert post.counts() == {one.email: 1}
    assert (outcomes(one), outcomes(two)) == (["sent"], ["suppressed"])


def test_a_sweep_lets_go_in_time_and_the_next_one_goes_on(clinician, post):
    crowd = invited(clinician, 6)
    clock = Clock(NOW)
    post.on_letter = lambda number: clock.turn(sending.LONGEST / 3)
    sweep(clock)
    sent = len(post.letters)
    assert 0 < sent < 6
    assert not Reminder.objects.filter(claim__isnull=False).exists()
    post.on_letter = None
    sweep(clock)
    assert post.counts() == {client.email: 1 for client in crowd}


def batches(monkeypatch) -> list[int]:
    """How many each batch asks for, as they are claimed."""
    sizes, really = [], sending.claim_due

    def claim_due(claim, most, now, tally):
        sizes.append(most)
        return really(claim, most, now, tally)

    monkeypatch.setattr(sending, "claim_due", claim_due)
    return sizes


def test_a_batch_grows_with_a_quick_mail_server(clinician, post, monkeypatch):
    monkeypatch.setattr(sending, "FIRST", 2)
    monkeypatch.setattr(sending, "FEWEST", 1)
    monkeypatch.setattr(sending, "MOST", 6)
    sizes = batches(monkeypatch)
    invited(clinician, 15)
    sweep_at(NOW)
    assert sizes == [2, 4, 6, 6, 6]
    assert len(post.letters) == 15


def test_and_shrinks_with_a_slow_one(clinician, post, monkeypatch):
    """What is prepared and does not leave while it is fresh was prepared, and linked, in vain."""
    monkeypatch.setattr(sending, "FIRST", 12)
    monkeypatch.setattr(sending, "FEWEST", 4)
    sizes, clock = batches(monkeypatch), Clock(NOW)
    crowd = invited(clinician, 12)
    post.on_letter = lambda number: clock.turn(sending.FRESH / 3)
    sweep(clock)
    assert sizes == [12, 6, 6, 6, 12]
    assert post.counts() == {client.email: 1 for client in crowd}
    assert PortalLink.objects.count() == 12 + 6 + 6 + 3


def test_a_backlog_after_an_outage_still_keeps_quiet_hours(clinician, post):
    quiet = make_client(
        clinician, contact={"hours_from": "09:00", "hours_until": "12:00"}, zone="UTC"
    )
    always = make_client(clinician, "Alex X")
    for client in (quiet, always):
        care.invite(client, by=clinician, now=NOW)
    sweep_at(NOW + 6 * HOUR)  # nobody worked from ten to four
    assert post.counts() == {always.email: 1}
    assert planned(quiet).planned_for == (NOW + DAY).replace(hour=9)
    plan([quiet.pk], now=NOW + 6 * HOUR)
    sweep_at((NOW + DAY).replace(hour=9))
    assert post.counts() == {always.email: 1, quiet.email: 1}


def test_a_worker_that_dies_before_planning_anew_loses_nobody(joined, clinician, monkeypatch):
    """A plan that has become needless keeps its place until somebody has looked again."""
    occurrence = give(joined, "patterns-check", by=clinician).occurrences.get()
    actions.keep(occurrence, {"giving_1": 2}, by=joined.user, now=NOW)
    actions.submit(occurrence, by=joined.user, now=NOW)
    clock = Clock(NOW + timedelta(hours=1))

    def die(*args, **kwargs):
        raise RuntimeError

    with monkeypatch.context() as patch:
        patch.setattr(sending, "settle_what_can_be", die)
        with pytest.RaisesGroup(RuntimeError):
            sweep(clock)
    assert Reminder.objects.planned().filter(client=joined).count() == 1
    clock.turn(timedelta(hours=1))
    sweep(clock)
    assert not Reminder.objects.filter(client=joined).exists()
