"""Mail goes only to clients who agreed to it; the page tells nobody who did."""

import pytest
from django.contrib.messages import get_messages
from django.core import mail
from django.test import Client as Browser
from django.urls import reverse

from practice import hooks
from practice.adapters import AccountAdapter
from tests.conftest import NOW, clear

pytestmark = pytest.mark.django_db


def no_messages(client, by):
    client.safe_contacts.current().update(channel="none")


def on_hold(client, by):
    clear(client, by=by, outcome="hold")


def not_in_care(client, by):
    client.episodes.update(closed_at=NOW)


def ask_for_a_code(email):
    response = Browser().post(reverse("account_request_login_code"), {"email": email})
    said = [str(message) for message in get_messages(response.wsgi_request)]
    return response.status_code, response.url, [line.replace(email, "…") for line in said]


def test_a_client_who_agreed_gets_a_code(joined):
    ask_for_a_code(joined.user.email)
    assert [letter.to for letter in mail.outbox] == [[joined.user.email]]


@pytest.mark.parametrize("change", [no_messages, on_hold, not_in_care])
def test_one_who_did_not_gets_nothing_and_the_page_says_the_same(joined, clinician, change):
    answer = ask_for_a_code(joined.user.email)
    mail.outbox.clear()
    change(joined, clinician)
    assert ask_for_a_code(joined.user.email) == answer
    assert ask_for_a_code(joined.user.email.upper()) == answer
    assert mail.outbox == []


def test_staff_are_not_asked_about(clinician, settings):
    settings.HOOKS = {"may_mail_client": ["tests.practice.test_adapters.no"]}
    ask_for_a_code(clinician.email)
    assert [letter.to for letter in mail.outbox] == [[clinician.email]]


def test_a_mail_that_says_whose_it_is_is_asked_about_too(joined, rf, monkeypatch, settings):
    settings.HOOKS = {"may_mail_client": ["tests.practice.test_adapters.no"]}
    context = {"user": joined.user, "request": rf.get("/"), "code": "1"}
    AccountAdapter().send_mail("account/email/login_code", "other@mailbox.example", context)
    assert mail.outbox == []


def yes(**facts):
    return True


def no(**facts):
    return False


@pytest.mark.parametrize(
    ("listeners", "answer"), [(["yes"], True), (["yes", "no"], False), (["yes", "yes"], True)]
)
def test_all_who_are_asked_must_say_yes(settings, listeners, answer):
    settings.HOOKS = {"may": [f"tests.practice.test_adapters.{name}" for name in listeners]}
    assert hooks.ask("may", user=None) is answer
