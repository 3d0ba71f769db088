"""The six digits of an authenticator: in time, a little late, and never twice."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from allauth.mfa.totp.internal.auth import (
    SECRET_SESSION_KEY,
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
)
from django.http import HttpRequest
from django.test import Client as Browser
from django.urls import reverse

from practice import idle
from tests.conftest import PASSWORD, as_user

pytestmark = pytest.mark.django_db

STEP = timedelta(seconds=30)
MOMENT = timedelta(seconds=1)
BEGAN = datetime(2026, 11, 18, 10, 0, tzinfo=UTC)  # a step begins


@pytest.fixture
def secret(clinician):
    secret = generate_totp_secret()
    TOTP.activate(clinician, secret)
    return secret


def shown(secret, at) -> str:
    """What the authenticator shows at a time."""
    return format_hotp_value(hotp_value(secret, int(at.timestamp()) // 30))


def comes_in(clinician, code, *, at) -> bool:
    browser = Browser()
    with time_machine.travel(at, tick=False):
        browser.post(reverse("account_login"), {"login": clinician.email, "password": PASSWORD})
        browser.post(reverse("mfa_authenticate"), {"code": code})
        return browser.get(reverse("assessments:today")).status_code == 200


@pytest.mark.parametrize(
    ("read", "typed", "is_taken"),
    [
        (BEGAN, BEGAN, True),
        (BEGAN - MOMENT, BEGAN + MOMENT, True),  # read in its last second
        (BEGAN + STEP, BEGAN, True),  # a phone that is ahead
        (BEGAN - MOMENT - STEP, BEGAN, False),
        (BEGAN + 2 * STEP, BEGAN, False),
    ],
)
def test_a_code_of_the_step_before_or_after_is_taken(clinician, secret, read, typed, is_taken):
    assert comes_in(clinician, shown(secret, read), at=typed) is is_taken


def test_a_code_opens_once_for_as_long_as_it_is_good(clinician, secret):
    code = shown(secret, BEGAN + STEP)
    assert comes_in(clinician, code, at=BEGAN)
    for later in (MOMENT, STEP + MOMENT, 2 * STEP + MOMENT):
        assert not comes_in(clinician, code, at=BEGAN + later)


def signed_in(clinician) -> Browser:
    browser = Browser()
    browser.post(reverse("account_login"), {"login": clinician.email, "password": PASSWORD})
    return browser


def test_whoever_waits_with_the_password_alone_is_not_let_in_by_the_first_factor(
    clinician, django_capture_on_commit_callbacks
):
    mine, other = signed_in(clinician), signed_in(clinician)
    setup = reverse("mfa_activate_totp")
    for browser in (mine, other):
        assert browser.get(reverse("assessments:today")).url == setup
        assert browser.get(setup).status_code == 200
    with django_capture_on_commit_callbacks(execute=True):
        code = shown(mine.session[SECRET_SESSION_KEY], datetime.now(UTC))
        assert mine.post(setup, {"code": code}).status_code == 302
    codes = reverse("mfa_view_recovery_codes")
    for page in (codes, reverse("assessments:today")):
        assert other.get(page).url.startswith(reverse("account_login"))
    assert mine.get(codes).status_code == 200


def test_a_later_factor_signs_nobody_out(clinician, secret):
    here, there = as_user(clinician), as_user(clinician)
    request = HttpRequest()
    request.session = here.session
    idle.factor_added(None, request, clinician)
    assert there.get(reverse("assessments:today")).status_code == 200


def test_a_code_with_a_space_is_the_same_code(clinician, secret):
    code = shown(secret, BEGAN)
    assert comes_in(clinician, f"{code[:3]} {code[3:]}", at=BEGAN)
    assert not comes_in(clinician, code, at=BEGAN + STEP + MOMENT)
