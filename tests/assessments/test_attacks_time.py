"""What an attack on schedules and reminders came to, each from the outside and as it was found."""

import mailbox
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from assessments import actions, schedule
from assessments.models import Alert, Occurrence, Reminder
from assessments.reminders import claiming, discretion, returns, sending, standings, sweep
from assessments.reminders.mailbox import read_mailbox
from clients import actions as care
from clients.models.portal import stop_token
from practice import keys
from practice.models import DataKeyRow
from tests.assessments.reminders.conftest import post, sink  # noqa: F401
from tests.assessments.reminders.helpers import (
    DAY,
    HOUR,
    Clock,
    in_threads,
    outcomes,
    planned,
    sweep_at,
)
from tests.assessments.reminders.test_returns import NUMBER, texted  # noqa: F401
from tests.assessments.test_actions_asking import asked, assign, berlin  # noqa: F401
from tests.conftest import NOW, as_user, clear, give, make_client

pytestmark = pytest.mark.django_db
on_many_connections = pytest.mark.django_db(transaction=True)
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)


def page(name, *args):
    return reverse(name, args=args)


def invited(by, count):
    crowd = [make_client(by, f"Person{n} X") for n in range(count)]
    for n, client in enumerate(crowd):
        care.invite(client, by=by, now=NOW)
        Reminder.objects.filter(client=client).update(planned_for=NOW - (9 - n) * MINUTE)
    return crowd


# -- what was stopped stays stopped --------------------------------------------------------------
def test_a_contact_page_from_before_the_stop_does_not_undo_it(joined, clinician, clock):
    browser, url = as_user(clinician), page("clients:contact_change", joined.pk)
    data = posted(browser, url) | {"hours_from": "09:00", "hours_until": "17:00"}
    Browser().post(page("clients:stop", stop_token(joined.pk)), {"stop": "yes"})
    browser.post(url, data)
    assert joined.safe_contacts.current().get().channel == "none"


def posted(browser, url) -> dict:
    """What a browser would send: also what is hidden on the page."""
    response = browser.get(url)
    form = response.context["form"]
    assert f'name="seen" value="{form["seen"].value()}"' in response.content.decode()
    return {n: v for n in form.fields if (v := form[n].value()) not in (None, False)}


@pytest.mark.parametrize("who", ["the clinician", "the client"])
def test_who_is_too_late_hears_so_and_who_clicks_twice_does_not(joined, clinician, clock, who):
    is_staff = who == "the clinician"
    browser = as_user(clinician if is_staff else joined.user)
    name, *ids = ("contact_change", joined.pk) if is_staff else ("contact_own",)
    url = page(f"clients:{name}", *ids)
    data = posted(browser, url) | {"hours_from": "09:00", "hours_until": "17:00"}
    assert [browser.post(url, data).status_code for _ in range(2)] == [302, 302]
    Browser().post(page("clients:stop", stop_token(joined.pk)), {"stop": "yes"})
    late = browser.post(url, data)
    assert late.context["form"].errors["__all__"] == [
        "This was changed meanwhile. Open this page again to see how it stands now."
    ]
    again = posted(browser, url) | {"channel": "email"} | ({} if is_staff else {"code": "2580"})
    assert browser.post(url, again).status_code == 302


# -- a batch that is under way -------------------------------------------------------------------
@on_many_connections
@pytest.mark.parametrize("what", ["stop", "hold", "close"])
def test_a_stop_is_heeded_by_a_batch_that_is_under_way(clinician, post, what):  # noqa: F811
    one, two = invited(clinician, 2)

    def stops(number):
        if number == 1:
            if what == "stop":
                Browser().post(page("clients:stop", stop_token(two.pk)), {"stop": "yes"})
            elif what == "hold":
                clear(two, by=clinician, outcome="hold")
            else:
                care.close_episode(two, by=clinician, reason="x", now=NOW)
            connection.close()

    post.on_letter = stops
    sweep(Clock(NOW))
    assert post.counts() == {one.email: 1}


@on_many_connections
@pytest.mark.parametrize("what", ["stop", "hold", "alert"])
def test_and_by_one_that_is_just_writing_down_its_intents(
    clinician,
    post,  # noqa: F811
    monkeypatch,
    what,
):
    """What has not been committed can't be called back: so it is looked at when it is."""
    one, two = invited(clinician, 2)
    really = claiming.issue_links

    def speak_up():
        if what == "stop":
            Browser().post(page("clients:stop", stop_token(two.pk)), {"stop": "yes"})
        elif what == "hold":
            clear(two, by=clinician, outcome="hold")
        else:
            now = NOW + SECOND
            Alert.objects.create(
                practice_id=two.practice_id, client=two, kind="critical", raised_at=now
            )

    def issue_links(clients, *, now):
        in_threads(speak_up)
        return really(clients, now=now)

    monkeypatch.setattr(claiming, "issue_links", issue_links)
    sweep(Clock(NOW))
    assert post.counts() == {one.email: 1}
    assert planned(two) is None


@on_many_connections
def test_a_batch_goes_stale_when_the_clock_is_set_back(clinician, post):  # noqa: F811
    crowd, clock = invited(clinician, 4), Clock(NOW)

    def letter(number):
        if number == 1:
            clock.turn(-HOUR)
            clear(crowd[3], by=clinician, outcome="hold")
            connection.close()
        clock.turn(sending.FRESH)

    post.on_letter = letter
    sweep(clock)
    assert crowd[3].email not in post.counts()


# -- a clock that is set back --------------------------------------------------------------------
def set_back(monkeypatch, clock, to):
    really = sending.prepare_what_can_be

    def prepare(reminders, now):
        found = really(reminders, now)
        clock.at = to
        return found

    monkeypatch.setattr(sending, "prepare_what_can_be", prepare)
    sweep(clock)
    monkeypatch.undo()


def test_clock_set_back_in_a_second_attempt(joined, clinician, post, monkeypatch):  # noqa: F811
    give(joined, "strengths-check", by=clinician, due_in_days=9)
    post.refuse_letters, clock = 1, Clock(NOW)
    sweep(clock)
    clock.at = planned(joined).planned_for
    set_back(monkeypatch, clock, NOW - 30 * SECOND)
    for minutes in range(60):
        sweep_at(NOW + minutes * MINUTE)
    assert len(post.letters) == 1, outcomes(joined)


def test_clock_set_back_in_an_invitation(clinician, post, monkeypatch):  # noqa: F811
    one = make_client(clinician)
    care.invite(one, by=clinician, now=NOW)
    set_back(monkeypatch, Clock(NOW), NOW - SECOND)
    for minutes in range(60):
        sweep_at(NOW + minutes * MINUTE)
    assert len(post.letters) == 1, outcomes(one)


# -- two clicks ----------------------------------------------------------------------------------
def test_a_double_click_on_invite_is_one_message(clinician, clock, mailoutbox):
    client = make_client(clinician)
    for _ in range(2):
        as_user(clinician).post(page("clients:client_invite", client.pk))
        sweep_at(timezone.now())
    assert len(mailoutbox) == 1


def test_remind_now_again_a_second_after_it_left(joined, clinician, mailoutbox):
    give(joined, "strengths-check", by=clinician, due_in_days=9)
    for at in (NOW, NOW + 2 * SECOND):
        actions.remind_now([joined], by=clinician, now=at)
        sweep_at(at + SECOND)
    sweep_at(NOW + DAY)
    assert len(mailoutbox) == 1


# -- what is paused or held ----------------------------------------------------------------------
def test_what_is_paused_promises_no_reminder(joined, clinician, clock, mailoutbox):
    assignment = give(joined, "strengths-check", by=clinician, due_in_days=9)
    actions.pause_assignment(assignment, by=clinician, now=NOW)
    joined.leave_page_shown_at = NOW
    joined.save()
    url = page("assessments:remind_later", assignment.occurrences.get().pk)
    answer = as_user(joined.user).post(url, {"when": "later"}, follow=True)
    for hours in range(72):
        sweep_at(NOW + hours * HOUR)
    assert not mailoutbox
    assert "We remind you tomorrow" not in answer.content.decode()


@pytest.mark.parametrize("why", ["paused", "hold"])
def test_remind_now_does_not_lie_in_wait_for_weeks(joined, clinician, clock, mailoutbox, why):
    assignment = give(joined, "strengths-check", by=clinician, due_in_days=90)
    joined.user.last_login = NOW + SECOND
    joined.user.save()
    later = NOW + 21 * DAY
    if why == "paused":
        actions.pause_assignment(assignment, by=clinician, now=NOW)
    else:
        clear(joined, by=clinician, outcome="hold", now=NOW + SECOND)
    form = {"client": [str(joined.pk)], "sure": "1"}
    as_user(clinician).post(page("assessments:remind_many"), form)
    if why == "paused":
        actions.resume_assignment(assignment, by=clinician, now=later)
    else:
        clear(joined, by=clinician, now=later)
    sweep_at(later)
    assert not mailoutbox


# -- work around sessions ------------------------------------------------------------------------
def test_missed_by_mistake_then_attended(berlin, clinician):  # noqa: F811
    session = care.book_session(berlin, by=clinician, starts_at=NOW + DAY, now=NOW)
    assignment = assign(berlin, schedule.AroundSessions(side="after"), by=clinician)
    for n, outcome in enumerate(("missed", "attended")):
        at = NOW + DAY + 2 * HOUR + n * SECOND
        care.settle_session(session, outcome=outcome, by=clinician, now=at)
    assert [row.session_id for row in asked(assignment)] == [session.pk]


def test_a_session_moved_there_and_back(berlin, clinician):  # noqa: F811
    one, _two = (
        care.book_session(berlin, by=clinician, starts_at=NOW + n * DAY, now=NOW) for n in (1, 8)
    )
    assignment = assign(berlin, schedule.AroundSessions(side="before", times=1), by=clinician)
    for n, days in enumerate((9, 1)):
        at = NOW + (n + 1) * SECOND
        care.move_session(one, by=clinician, starts_at=NOW + days * DAY, minutes=50, now=at)
    assert [row.session_id for row in asked(assignment)] == [one.pk]


def test_pause_and_resume_lose_no_session(berlin, clinician):  # noqa: F811
    booked = [
        care.book_session(berlin, by=clinician, starts_at=NOW + (1 + 7 * n) * DAY, now=NOW)
        for n in range(3)
    ]
    when = schedule.AroundSessions(side="before", times=2)
    assignment = assign(berlin, when, by=clinician)
    actions.pause_assignment(assignment, by=clinician, now=NOW + HOUR)
    actions.resume_assignment(assignment, by=clinician, now=NOW + 2 * HOUR)
    assert [row.session_id for row in asked(assignment)] == [each.pk for each in booked[:2]]


@pytest.mark.parametrize("is_answered", [False, True])
def test_from_before_to_after_sessions(berlin, clinician, is_answered):  # noqa: F811
    care.book_session(berlin, by=clinician, starts_at=NOW + 5 * DAY, now=NOW)
    assignment = assign(berlin, schedule.AroundSessions(side="before"), by=clinician)
    before, at = asked(assignment)[0], NOW + 5 * DAY - HOUR
    if is_answered:
        Occurrence.objects.filter(pk=before.pk).update(answered_at=at)
    when = schedule.AroundSessions(side="after")
    actions.change_schedule(assignment, when=when, by=clinician, now=at)
    again = Occurrence.objects.get(pk=before.pk)
    assert (again.due_at, again.expires_at) == (before.due_at, before.expires_at)
    assert len(asked(assignment)) == 2


# -- nothing is overdue when it is made ----------------------------------------------------------
def test_a_session_moved_to_the_past_is_not_missed_work(berlin, clinician):  # noqa: F811
    session = care.book_session(berlin, by=clinician, starts_at=NOW + 10 * DAY, now=NOW)
    assign(berlin, schedule.AroundSessions(side="before"), by=clinician)
    at = NOW + 4 * DAY
    care.move_session(session, by=clinician, starts_at=at - HOUR, minutes=50, now=at)
    assert not Occurrence.objects.missed(at).exists()


def test_sessions_booked_for_the_same_day_silence_nobody(berlin, clinician):  # noqa: F811
    assign(berlin, schedule.AroundSessions(side="before"), by=clinician)
    for n in range(3):
        at = NOW + (4 + n) * DAY
        care.book_session(berlin, by=clinician, starts_at=at + 4 * HOUR, now=at)
    assert not standings([berlin.pk], now=at)[berlin.pk].is_silent


# -- what comes back -----------------------------------------------------------------------------
def test_stop_is_heard_though_another_clients_key_is_gone(clinician, texted):  # noqa: F811
    other = make_client(clinician, "Other X", contact={"channel": "sms"})
    other.phone = "+49111111111"
    other.save(update_fields=["phone"])
    care.invite(other, by=clinician, now=NOW)
    sweep_at(NOW)
    DataKeyRow.objects.filter(subject=other.pk).delete()
    keys.forget()
    assert returns.number_opted_out(NUMBER, now=NOW) == 1


FINE = b"From: a@b\nSubject: x\n\nx\n"
DEEP = b"Content-Type: message/rfc822\n\n" * 3000 + b"x\n"
ODD = (  # read, but not written again by Python's email (mbox)
    b"Content-Type: multipart/report; boundary=b\nContent-Transfer-Encoding: base64\n\n\xc3\xa9\n"
)


@pytest.mark.parametrize(("kind", "bad"), [("maildir", DEEP), ("mbox", DEEP), ("mbox", ODD)])
def test_one_mail_does_not_shut_the_mailbox(db, tmp_path, kind, bad):
    path = tmp_path / "box"
    if kind == "maildir":
        mailbox.Maildir(path)
        for name, content in (("1", bad), ("2", FINE)):
            (path / "new" / name).write_bytes(content)
    else:
        line = b"From a Thu Jan  1 00:00:00 2026\n"
        path.write_bytes(line + bad + b"\n" + line + FINE)
    assert read_mailbox(path, now=NOW) >= 1


# -- discretion ----------------------------------------------------------------------------------
@pytest.mark.parametrize("unseen", ["\u200b", "\u00ad", "\u2060", "\ufeff"])
def test_a_word_with_something_unseen_in_it_tells_too(practice, unseen):
    names = discretion.names_of(practice)
    assert discretion.tells(f"your ther{unseen}apy", language="en", names=names)


# -- a door that anybody may knock at ------------------------------------------------------------
@pytest.mark.parametrize("at", ["9" * 400, "9" * 5000])
def test_anybody_can_make_the_door_for_texts_fail(db, client, settings, at):
    settings.RETURNS_SMS_SECRET = "whsec_c2VjcmV0"
    client.raise_request_exception = False
    url, head = page("assessments:returns_sms"), {"webhook-timestamp": at}
    assert client.post(url, "{}", content_type="application/json", headers=head).status_code == 403
