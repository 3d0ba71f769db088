"""Coming in with a code from a mail: for clients, and never past a second factor."""

import re
from datetime import timedelta

import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.core import mail
from django.test import Client as Browser
from django.urls import reverse

from practice import codes, knocks
from practice.models import Knock
from tests.conftest import NOW, as_user

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

ASK, GIVE = reverse("account_request_login_code"), reverse("account_confirm_login_code")


def ask(email):
    browser = Browser()
    assert browser.post(ASK, {"email": email}).url == GIVE
    return browser


def code_in_the_mail():
    knocks.answer_all()
    return re.search(r"\d{4} \d{4}", mail.outbox[-1].body)[0]


def is_in(browser):
    return "_auth_user_id" in browser.session


def test_a_client_comes_in_and_is_asked_for_their_own_code(joined):
    browser = ask(f" {joined.user.email.upper()} ")
    response = browser.post(GIVE, {"code": code_in_the_mail()}, follow=True)
    assert response.redirect_chain[-1][0] == reverse("clients:own_code")
    assert "one-time-code" in ask(joined.user.email).get(GIVE).content.decode()


def test_after_five_wrong_ones_it_is_asked_for_anew(joined):
    browser = ask(joined.user.email)
    right = code_in_the_mail()
    answers = [browser.post(GIVE, {"code": "0000 0000"}) for _ in range(5)]
    assert [each.status_code for each in answers] == [200, 200, 200, 200, 302]
    assert browser.post(GIVE, {"code": right}).url == ASK
    assert not is_in(browser)


def test_tries_are_counted_whatever_a_session_remembers(joined):
    """Many at once all read the session as it was before the first."""
    browser = ask(joined.user.email)
    right, now = code_in_the_mail(), NOW
    copies = [dict(browser.session) for _ in range(6)]
    for copy in copies[:5]:
        assert not codes.try_code(copy, codes.Asked.of(copy, now), "0000 0000")
    assert not codes.try_code(copies[5], codes.Asked.of(copies[5], now), right)
    assert [codes.ASKED in copy for copy in copies] == [True] * 4 + [False] * 2


def test_one_code_opens_once_also_from_two_copies_of_a_session(joined):
    browser = ask(joined.user.email)
    right = code_in_the_mail()
    first, second = (dict(browser.session) for _ in range(2))
    assert codes.try_code(first, codes.Asked.of(first, NOW), right)
    assert not codes.try_code(second, codes.Asked.of(second, NOW), right)


def test_a_network_that_tries_on_and_on_waits(joined):
    said = []
    for n in range(3):
        browser = ask(joined.user.email)
        for _ in range(5 if n < 2 else 1):
            last = browser.post(GIVE, {"code": "0000 0000"})
        said.append(last.status_code)
    assert said == [302, 302, 200]
    assert "Please wait a little" in last.content.decode()


@pytest.mark.parametrize(("minutes", "let_in"), [(9, True), (10, False)])
def test_it_works_for_ten_minutes(joined, clock, minutes, let_in):
    browser = ask(joined.user.email)
    right = code_in_the_mail()
    clock.shift(timedelta(minutes=minutes))
    browser.post(GIVE, {"code": right})
    assert is_in(browser) is let_in


def test_a_new_one_takes_the_place_of_the_old(joined):
    browser = ask(joined.user.email)
    old = code_in_the_mail()
    assert browser.post(GIVE, {"action": "resend"}).url == GIVE
    browser.post(GIVE, {"code": old})
    assert not is_in(browser)
    browser.post(GIVE, {"code": code_in_the_mail()})
    assert is_in(browser)


def test_the_session_holds_neither_the_address_nor_the_code(joined):
    browser = ask(joined.user.email)
    right = code_in_the_mail().replace(" ", "")
    kept = str(dict(browser.session))
    assert joined.user.email not in kept
    assert right not in kept


def test_who_works_here_has_no_such_door(clinician):
    """Even with the right code in hand."""
    browser = ask(clinician.email)
    knocks.answer_all()
    assert mail.outbox == []
    Knock.objects.update(code_mark=codes._mark("12345678"))
    assert browser.post(GIVE, {"code": "12345678"}).url == ASK
    assert not is_in(browser)


def test_it_leads_back_to_where_one_came_from_and_nowhere_else(joined):
    for wanted, then in (("/me/words/", "/me/words/"), ("https://evil.example/", "/")):
        browser = Browser()
        address = browser.post(ASK, {"email": joined.user.email, "next": wanted}).url
        answer = browser.post(address, {"code": code_in_the_mail(), "next": wanted})
        assert answer.url == then


def test_a_new_password_signs_nobody_in_and_passes_no_second_factor(clinician):
    TOTP.activate(clinician, generate_totp_secret())
    browser, before = Browser(), as_user(clinician)
    browser.post(reverse("account_reset_password"), {"email": clinician.email})
    knocks.answer_all()
    link = re.search(r"https?://[^/]+(\S+)", mail.outbox[0].body)[1]
    page = browser.get(link, follow=True).redirect_chain[-1][0]
    words = {"password1": "another horse entirely", "password2": "another horse entirely"}
    browser.post(page, words)
    assert not is_in(browser)
    assert before.get(reverse("assessments:today")).status_code == 302  # ended
    login = {"login": clinician.email, "password": words["password1"]}
    assert browser.post(reverse("account_login"), login).url == reverse("mfa_authenticate")
    assert not is_in(browser)

    assert "no longer works" in Browser().get(link, follow=True).content.decode()


def test_a_link_for_a_new_password_works_for_an_hour(clinician, clock):
    Browser().post(reverse("account_reset_password"), {"email": clinician.email})
    knocks.answer_all()
    link = re.search(r"https?://[^/]+(\S+)", mail.outbox[0].body)[1]
    clock.shift(timedelta(minutes=61))
    assert "no longer works" in Browser().get(link, follow=True).content.decode()
