"""Whoever asks for a letter: the page does the same for everybody, and a worker finds out."""

import re
from datetime import timedelta
from smtplib import SMTPRecipientsRefused

import pytest
from django.core import mail
from django.core.mail.backends.base import BaseEmailBackend
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clients import actions
from practice import audit, bell, hooks, knocks
from practice.actions import begin_sign_in
from practice.adapters import AccountAdapter
from practice.models import Knock
from tests.conftest import NOW, PASSWORD, clear, join, make_client

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

CODE, RESET, SIGN_IN = "account_request_login_code", "account_reset_password", "account_login"
# The moment, how long what was typed is, and a number of its own.
OF_EVERY_PAGE = ("Expires", "Content-Length", "X-Request-ID")
UNKNOWN = "nobody@client.example"


@pytest.fixture
def people(clinician, joined):
    """An address of each kind that somebody might ask about."""
    quiet, closed = (join(make_client(clinician, name), by=clinician) for name in ("Qi", "Cleo"))
    actions.stop_messages(quiet, by=None, now=NOW)
    closed.user.is_active = False
    closed.user.save(update_fields=["is_active"])
    return {
        "unknown": UNKNOWN,
        "client": joined.user.email,
        "not to be mailed": quiet.user.email,
        "closed": closed.user.email,
        "staff": clinician.email,
    }


def sent_in(browser, name, form, monkeypatch, commit):
    """All that a request does, with nothing in it of whom it was about."""
    rung = []
    monkeypatch.setattr(bell, "_ring", rung.append)
    before = Knock.objects.count()
    with CaptureQueriesContext(connection) as asked, commit(execute=True):
        answer = browser.post(reverse(name), form)
    return {
        "statements": [_shape(each["sql"]) for each in asked],
        "rows": Knock.objects.count() - before,
        "rung": rung,
        "status": answer.status_code,
        "headers": {name: told for name, told in answer.items() if name not in OF_EVERY_PAGE},
        "cookies": sorted(answer.cookies),
        "page": _plain(answer.content.decode(), form),
    }


def _shape(statement):
    return re.sub(r"'[^']*'|\d+", "?", statement)


def _plain(page, form):
    for value in form.values():
        page = page.replace(value, "…")
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", page)


@pytest.mark.parametrize(
    ("name", "field", "more"),
    [
        (CODE, "email", {}),
        (RESET, "email", {}),
        (SIGN_IN, "login", {"password": "a wrong password"}),
    ],
)
def test_a_page_does_the_same_whoever_is_asked_about(
    people, monkeypatch, django_capture_on_commit_callbacks, name, field, more
):
    done = {}
    for who, email in people.items():
        browser = Browser(REMOTE_ADDR=f"192.0.2.{len(done) + 1}")
        form = {field: email} | more
        done[who] = sent_in(browser, name, form, monkeypatch, django_capture_on_commit_callbacks)
    for part, expected in done["unknown"].items():
        assert {who: each[part] for who, each in done.items()} == dict.fromkeys(people, expected)
    assert done["unknown"]["rows"] == 1
    assert mail.outbox == []


@pytest.mark.parametrize(("kind", "gets"), [("code", {"client"}), ("password", {"staff"})])
def test_only_the_worker_knows_who_is_written_to(people, kind, gets):
    for email in people.values():
        knocks.ask(kind, email, now=NOW, code="12345678")
    assert knocks.answer_all(lambda: NOW) == len(people)
    assert [letter.to for letter in mail.outbox] == [[people[who]] for who in gets]


def on_hold(client, by):
    clear(client, by=by, outcome="hold")


def not_in_care(client, by):
    client.episodes.update(closed_at=NOW)


@pytest.mark.parametrize("change", [on_hold, not_in_care])
def test_a_client_who_may_not_be_written_to_gets_no_code(joined, clinician, change):
    change(joined, clinician)
    knocks.ask("code", joined.user.email, now=NOW, code="12345678")
    knocks.answer_all(lambda: NOW)
    assert mail.outbox == []


def test_what_was_asked_is_sealed_and_gone_once_it_is_answered(joined):
    knock = knocks.ask("code", joined.user.email, now=NOW, code="12345678")
    assert joined.user.email.encode() not in bytes(knock.sealed) + bytes(knock.mark)
    knocks.answer_all(lambda: NOW)
    knock.refresh_from_db()
    assert (bytes(knock.sealed), knock.sent_at) == (b"", NOW)
    knocks.answer_all(lambda: NOW + timedelta(days=2))
    assert not Knock.objects.exists()


def test_what_was_not_sent_within_its_life_is_not_sent_later(joined):
    knock = knocks.ask("code", joined.user.email, now=NOW, code="12345678")
    knocks.answer_all(lambda: NOW + timedelta(minutes=10))
    knock.refresh_from_db()
    assert (mail.outbox, bytes(knock.sealed)) == ([], b"")


def test_without_a_line_it_is_tried_again(joined, monkeypatch):
    class Away:
        def open(self):
            raise ConnectionRefusedError

    knocks.ask("code", joined.user.email, now=NOW, code="12345678")
    with monkeypatch.context() as patched:
        patched.setattr(knocks, "get_connection", Away)
        knocks.answer_all(lambda: NOW)
    knocks.answer_all(lambda: NOW + timedelta(seconds=9))
    assert mail.outbox == []
    knocks.answer_all(lambda: NOW + timedelta(seconds=10))
    assert len(mail.outbox) == 1


class Refuses(BaseEmailBackend):
    def send_messages(self, letters):
        raise SMTPRecipientsRefused({letters[0].to[0]: (550, b"no such person")})


def test_a_refused_letter_leaves_no_address_in_the_log(joined, settings, caplog):
    settings.EMAIL_BACKEND = "tests.practice.test_knocks.Refuses"
    knock = knocks.ask("code", joined.user.email, now=NOW, code="12345678")
    knocks.answer_all(lambda: NOW)
    assert f"knock {knock.pk}: answering went wrong: SMTPRecipientsRefused" in caplog.text
    assert joined.user.email not in caplog.text


def test_one_that_broke_off_is_not_sent_twice(joined):
    knock = knocks.ask("code", joined.user.email, now=NOW, code="12345678")
    Knock.objects.filter(pk=knock.pk).update(began_at=NOW)  # a worker died just then
    assert knocks.answer_all(lambda: NOW) == 0


def ask_often(email, network, times):
    for n in range(times):
        moment = NOW + n * timedelta(seconds=30)
        token = audit.address.set(network)
        knocks.ask("code", email, now=moment, code="12345678")
        audit.address.reset(token)
        knocks.answer_all(lambda moment=moment: moment)


def test_strangers_who_use_up_the_letters_leave_the_owner_theirs(joined):
    """Given somebody who asks for an address from elsewhere until no letter leaves any more, when
    its owner asks from where they have been before, then theirs comes."""
    token = audit.address.set("198.51.100.7")
    begin_sign_in(joined.user, agent="", now=NOW)
    audit.address.reset(token)
    ask_often(joined.user.email, "203.0.113.9", times=12)
    assert len(mail.outbox) == knocks.MOST_AN_HOUR
    ask_often(joined.user.email, "198.51.100.7", times=1)
    assert len(mail.outbox) == knocks.MOST_AN_HOUR + 1


@pytest.mark.parametrize("who", ["staff", "unknown"])
def test_wrong_passwords_lock_a_network_out_and_nobody_else(people, who):
    email = people[who]
    here, elsewhere = Browser(REMOTE_ADDR="203.0.113.9"), Browser(REMOTE_ADDR="198.51.100.7")
    said = []
    for _ in range(6):
        wrong = {"login": email, "password": "a wrong password"}
        said.append(str(here.post(reverse(SIGN_IN), wrong).context["form"].errors))
    assert len(set(said[:5])) == 1
    assert "Too many" in said[5]
    answer = elsewhere.post(reverse(SIGN_IN), {"login": email, "password": PASSWORD})
    assert (answer.status_code == 302) is (who == "staff")


def test_the_table_of_the_cache_holds_no_addresses(people):
    for email in people.values():
        Browser(REMOTE_ADDR="203.0.113.9").post(reverse(CODE), {"email": email})
    with connection.cursor() as cursor:
        cursor.execute("SELECT cache_key, value FROM cache")
        kept = str(cursor.fetchall())
    assert kept != "[]"
    for told in (*people.values(), "203.0.113.9"):
        assert told not in kept


def no(**facts):
    return False


def yes(**facts):
    return True


def test_a_mail_that_says_whose_it_is_is_asked_about_too(joined, rf, settings):
    settings.HOOKS = {"may_mail_client": ["tests.practice.test_knocks.no"]}
    context = {"user": joined.user, "request": rf.get("/")}
    AccountAdapter().send_mail("account/email/password_changed", "other@mailbox.example", context)
    assert mail.outbox == []


@pytest.mark.parametrize(
    ("listeners", "answer"), [(["yes"], True), (["yes", "no"], False), (["yes", "yes"], True)]
)
def test_all_who_are_asked_must_say_yes(settings, listeners, answer):
    settings.HOOKS = {"may": [f"tests.practice.test_knocks.{name}" for name in listeners]}
    assert hooks.ask("may", user=None) is answer
