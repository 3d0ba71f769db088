"""A sign-in is a new session each time, and one that is over opens nothing for whoever kept it."""

import pytest
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal import auth as totp
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.conf import settings
from django.contrib.sessions.models import Session
from django.test import Client as Browser
from django.urls import reverse

from tests.conftest import PASSWORD, as_user
from tests.practice.test_codes import ASK, GIVE, code_in_the_mail, is_in

pytestmark = pytest.mark.django_db
TODAY, SIGN_IN = "/today/", reverse("account_login")
COOKIE = settings.SESSION_COOKIE_NAME


def opens(cookie) -> bool:
    """Somebody else with that cookie."""
    thief = Browser()
    thief.cookies[COOKIE] = cookie
    return thief.get(TODAY).status_code == 200


def test_a_session_that_somebody_planted_is_not_the_one_they_are_signed_in_with(clinician):
    browser = Browser()
    browser.get(SIGN_IN)
    session = browser.session
    session["planted"] = True
    session.save()
    planted = session.session_key
    browser.cookies[COOKIE] = planted
    browser.post(SIGN_IN, {"login": clinician.email, "password": PASSWORD})
    assert browser.cookies[COOKIE].value != planted
    assert not Session.objects.filter(session_key=planted).exists()


def test_nor_the_one_they_had_before_they_said_again_who_they_are(clinician):
    browser = as_user(clinician)
    before = browser.cookies[COOKIE].value
    browser.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    assert browser.cookies[COOKIE].value != before
    assert (opens(before), browser.get(TODAY).status_code) == (False, 200)


def test_nor_with_the_six_digits(clinician):
    secret = generate_totp_secret()
    TOTP.activate(clinician, secret)
    browser = as_user(clinician)
    before = browser.cookies[COOKIE].value
    browser.post(reverse("mfa_reauthenticate"), {"code": code_of(secret)})
    assert browser.cookies[COOKIE].value != before
    assert (opens(before), browser.get(TODAY).status_code) == (False, 200)


def code_of(secret):
    step = next(totp.yield_hotp_counters_from_time())
    return totp.format_hotp_value(totp.hotp_value(secret, step))


@pytest.mark.parametrize(
    "page",
    [
        *("mfa_activate_totp", "mfa_deactivate_totp", "mfa_add_webauthn"),
        *("mfa_generate_recovery_codes", "mfa_remove_webauthn"),
    ],
)
def test_factors_are_changed_only_by_who_has_just_said_who_they_are(clinician, page):
    if page != "mfa_activate_totp":
        TOTP.activate(clinician, generate_totp_secret())
    url = reverse(page, args=[1] if page == "mfa_remove_webauthn" else [])
    browser = as_user(clinician)
    before = list(clinician.authenticator_set.values_list("pk", flat=True))
    for answer in (browser.get(url), browser.post(url, {"code": "000000"})):
        assert "reauthenticate" in answer["Location"]
    assert list(clinician.authenticator_set.values_list("pk", flat=True)) == before


@pytest.mark.parametrize("out", ["account_logout", "clients:leave"])
def test_a_cookie_that_somebody_kept_opens_nothing_after_signing_out(clinician, out):
    browser = as_user(clinician)
    kept = browser.cookies[COOKIE].value
    assert opens(kept)
    browser.post(reverse(out)) if out == "account_logout" else browser.get(reverse(out))
    assert not opens(kept)
    assert not Session.objects.filter(session_key=kept).exists()


def test_keys_of_sessions_are_long_and_of_chance(clinician):
    keys = {as_user(clinician).cookies[COOKIE].value for _ in range(20)}
    assert len(keys) == 20
    assert {len(key) for key in keys} == {32}  # of 36 signs: 165 bits
    assert len(set("".join(keys))) == 36


def test_a_mailed_code_opens_only_where_it_was_asked_for(clock, joined):
    asked = Browser()
    asked.post(ASK, {"email": joined.user.email})
    code = code_in_the_mail()
    elsewhere = Browser()
    elsewhere.post(ASK, {"email": "nobody@client.example"})
    elsewhere.post(GIVE, {"code": code})
    assert not is_in(elsewhere)
    asked.post(GIVE, {"code": code})
    assert is_in(asked)


def test_a_spare_code_opens_once(clinician):
    TOTP.activate(clinician, generate_totp_secret())
    RecoveryCodes.activate(clinician)
    code = clinician.authenticator_set.get(type="recovery_codes").wrap().get_unused_codes()[0]
    assert len(code) >= 8
    assert [comes_in(clinician, code) for _ in range(2)] == [True, False]


def comes_in(user, code) -> bool:
    browser = Browser()
    browser.post(SIGN_IN, {"login": user.email, "password": PASSWORD})
    browser.post(reverse("mfa_authenticate"), {"code": code})
    return is_in(browser)
