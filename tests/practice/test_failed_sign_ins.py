"""What failed at the door stands in the trail of whose account it was, and nobody's in the log."""

import logging
import re

import pytest
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
)
from django.test import Client as Browser
from django.urls import reverse

from practice import knocks
from practice.models import AuditEvent, Knock
from tests.conftest import NOW, PASSWORD, freshly

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
NEW = "another long password"


def tries(email, password="a wrong password", network="192.0.2.7"):
    browser = Browser(REMOTE_ADDR=network)
    browser.post(reverse("account_login"), {"login": email, "password": password})
    return browser


def trail(action):
    return AuditEvent.objects.filter(action=action)


def test_a_wrong_password_stands_in_the_trail_of_the_account_and_nobody_is_said_to_have_done_it(
    clinician, joined
):
    for person in (clinician, joined.user):
        tries(person.email.upper())
    assert not trail("sign_in.failed").exists()  # the page looks nobody up
    knocks.answer_all()
    hers, theirs = trail("sign_in.failed").order_by("number")
    assert (hers.actor, hers.record_id, hers.address) == (None, clinician.pk, "192.0.2.7")
    assert hers.detail["how"] == "password"
    # From where a client tried would say where they live.
    assert (theirs.actor, theirs.record_id, theirs.address) == (None, joined.user.pk, None)
    assert not Knock.objects.exclude(sealed=b"").exists()


def test_an_address_that_is_nobodys_is_a_mark_in_the_log(db, caplog):
    caplog.set_level(logging.INFO, "practice.knocks")
    for _ in range(2):
        tries("nobody@client.example")
    knocks.answer_all()
    assert not trail("sign_in.failed").exists()
    marks = re.findall(r"nobody's address: ([0-9a-f]{16})", caplog.text)
    assert len(marks) == 2
    assert len(set(marks)) == 1
    assert "client.example" not in caplog.text


def test_many_are_told_of_in_one_line(clinician):
    for _ in range(knocks.MOST_FAILED + 5):
        knocks.note_failed("password", clinician.email, now=NOW)
    knocks.answer_all()
    assert trail("sign_in.failed").count() == knocks.MOST_FAILED
    assert trail("sign_in.failed_often").count() == 1


def test_a_wrong_second_factor_a_wrong_password_once_more_and_a_wrong_code(clinician, joined):
    TOTP.activate(clinician, generate_totp_secret())
    browser = tries(clinician.email, PASSWORD)
    browser.post(reverse("mfa_authenticate"), {"code": "000000"})
    assert trail("second_factor.wrong").get().actor == clinician
    freshly(clinician).post(reverse("account_reauthenticate"), {"password": "a wrong password"})
    assert trail("password.wrong").get().actor == clinician
    client = Browser()
    client.post(reverse("account_request_login_code"), {"email": joined.user.email})
    client.post(reverse("account_confirm_login_code"), {"code": "00000000"})
    knocks.answer_all()
    assert trail("sign_in.failed").get().detail["how"] == "code"


def test_what_changes_how_somebody_signs_in_is_written_down(
    clinician, django_capture_on_commit_callbacks
):
    browser = freshly(clinician)
    form = {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW}
    browser.post(reverse("account_change_password"), form)
    assert trail("password.changed").get().actor == clinician
    clinician.refresh_from_db()
    browser = freshly(clinician)
    browser.get(reverse("mfa_activate_totp"))
    secret = browser.session["mfa.totp.secret"]
    code = format_hotp_value(hotp_value(secret, int(NOW.timestamp()) // 30))
    with django_capture_on_commit_callbacks(execute=True):
        browser.post(reverse("mfa_activate_totp"), {"code": code})
    assert trail("second_factor.added").get().actor == clinician
