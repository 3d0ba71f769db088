"""Staff without a second factor see nobody's records."""

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.test import Client as Browser
from django.urls import reverse

from practice.models import AuditEvent
from tests.conftest import PASSWORD, as_user, make_client, make_staff

pytestmark = pytest.mark.django_db


def signed_in_only(user):
    """With the password alone."""
    browser = Browser()
    browser.force_login(user)
    return browser


@pytest.mark.parametrize("role", ["owner", "clinician", "supervisor", "assistant"])
def test_staff_are_sent_to_set_one_up(practice, role):
    response = signed_in_only(make_staff(practice, "Ada", role)).get(reverse("practice"))
    assert (response.status_code, response.url) == (302, reverse("mfa_activate_totp"))


@pytest.mark.parametrize("method", ["get", "post"])
def test_no_page_of_a_client_is_reached_without_it(client_in_care, clinician, method):
    browser, pk = signed_in_only(clinician), client_in_care.pk
    for name in (
        "assessments:timeline",
        "assessments:work",
        "assessments:contact",
        "assessments:assign",
        "clients:record",
        "clients:sessions",
        "clients:client_invite",
    ):
        response = getattr(browser, method)(reverse(name, args=[pk]))
        assert response.url == reverse("mfa_activate_totp")
    client_in_care.refresh_from_db()
    assert client_in_care.invited_at is None


def test_the_pages_to_set_one_up_and_to_leave_are_reached(clinician):
    browser = signed_in_only(clinician)
    for name in ("mfa_activate_totp", "account_logout"):
        assert browser.get(reverse(name), follow=True).status_code == 200


def test_one_with_a_second_factor_goes_on(clinician):
    TOTP.activate(clinician, generate_totp_secret())
    assert signed_in_only(clinician).get(reverse("assessments:today")).status_code == 200


def test_it_is_looked_up_once_a_session(clinician, django_assert_num_queries):
    TOTP.activate(clinician, generate_totp_secret())
    browser = signed_in_only(clinician)
    browser.get(reverse("assessments:today"))
    Authenticator.objects.all().delete()
    assert browser.get(reverse("assessments:today")).status_code == 200


def test_recovery_codes_alone_are_no_second_factor(clinician):
    Authenticator.objects.create(
        user=clinician, type=Authenticator.Type.RECOVERY_CODES, data={"seed": "x"}
    )
    response = signed_in_only(clinician).get(reverse("assessments:today"))
    assert response.url == reverse("mfa_activate_totp")


def test_a_client_needs_none_of_it(joined):
    browser = signed_in_only(joined.user)
    assert browser.get(reverse("assessments:help")).status_code == 200


def test_the_password_alone_signs_nobody_in_who_has_a_second_factor(clinician):
    TOTP.activate(clinician, generate_totp_secret())
    browser = Browser()
    response = browser.post(
        reverse("account_login"), {"login": clinician.email, "password": PASSWORD}
    )
    assert response.url == reverse("mfa_authenticate")
    assert browser.get(reverse("assessments:today")).url.startswith(reverse("account_login"))


def test_the_secret_is_not_in_the_database_as_it_is(clinician):
    secret = generate_totp_secret()
    TOTP.activate(clinician, secret)
    row = Authenticator.objects.get(user=clinician)
    assert secret not in str(row.data)
    assert row.wrap().validate_code("not a code") is False


def test_the_address_of_a_request_is_in_the_audit_trail(clinician):
    client = make_client(clinician)
    as_user(clinician).get(reverse("assessments:timeline", args=[client.pk]), REMOTE_ADDR="::9")
    event = AuditEvent.objects.get(action="timeline.read")
    assert (event.address, event.actor, event.client_id) == ("::9", clinician, client.pk)
