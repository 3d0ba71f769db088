"""Who guesses is slowed down before they get anywhere, and nobody else is."""

import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.test import Client as Browser
from django.urls import reverse

from practice.models import Practice
from tests.conftest import PASSWORD, as_user
from tests.practice.test_views_shell import FIRST_VISIT

pytestmark = pytest.mark.django_db


def test_the_six_digits_are_not_guessed(clock, clinician):
    """A password that somebody knows gives them a few tries, and then not even the right code."""
    TOTP.activate(clinician, generate_totp_secret())
    browser = Browser(REMOTE_ADDR="203.0.113.9")
    browser.post(reverse("account_login"), {"login": clinician.email, "password": PASSWORD})
    page = reverse("mfa_authenticate")
    said = [str(browser.post(page, {"code": f"{n:06}"}).context["form"].errors) for n in range(12)]
    assert "Too many" in said[-1]
    assert said.index(next(text for text in said if "Too many" in text)) <= 10


def test_a_password_is_not_guessed_at_a_page_that_was_left_open(clock, clinician):
    browser = as_user(clinician)
    page = reverse("account_reauthenticate")
    answers = [browser.post(page, {"password": f"guess number {n}"}) for n in range(12)]
    assert answers[-1].status_code == 429 or "Too many" in answers[-1].content.decode()
    assert browser.post(page, {"password": PASSWORD}).status_code != 302


def test_the_set_up_code_is_not_guessed(clock, settings):
    settings.SETUP_CODE = "green-door"
    guesser, owner = (Browser(REMOTE_ADDR=f"203.0.113.{n}") for n in (9, 10))
    for n in range(10):
        guesser.post("/setup/", FIRST_VISIT | {"setup_code": f"guess {n}"})
    page = guesser.post("/setup/", FIRST_VISIT | {"setup_code": "green-door"})
    assert "Please wait a little" in page.content.decode()
    assert not Practice.objects.exists()
    assert owner.post("/setup/", FIRST_VISIT).status_code == 302
