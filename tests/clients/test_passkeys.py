"""What a client's passkey stands for, and what of second factors stays shut to them. (The keys
themselves are made in a browser: tests/journeys/test_doors.py.)"""

import pytest
from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.models import Authenticator
from django.test import Client as Browser
from django.test import RequestFactory
from django.urls import reverse

from clients.access import CODE_GIVEN
from practice import passkeys
from practice.adapters import AccountAdapter, SecondFactorAdapter
from tests.conftest import as_user

pytestmark = pytest.mark.django_db
DEVICES = reverse("clients:devices")


def key_of(user):
    return Authenticator.objects.create(
        user=user, type="webauthn", data={"name": "Phone", "credential": {}}
    )


def signed_in(user, **how):
    request = RequestFactory().get("/")
    request.session = Browser().session
    record_authentication(request, user, "mfa", type="webauthn", **how)
    AccountAdapter().login(request, user)
    return request


@pytest.mark.parametrize(("how", "opens"), [({"passwordless": True}, True), ({}, False)])
def test_a_passkey_with_a_finger_stands_for_the_personal_code(joined, how, opens):
    assert signed_in(joined.user, **how).session.get(CODE_GIVEN, False) is opens


def test_of_staff_it_says_nothing_of_a_personal_code(clinician):
    assert CODE_GIVEN not in signed_in(clinician, passwordless=True).session


def test_to_add_one_takes_the_personal_code_once_more(joined):
    browser = as_user(joined.user)
    text = browser.get(DEVICES, headers={"host": "localhost"}).content.decode()
    assert "Whoever can unlock this phone" in text
    assert "data-passkey=" not in text
    browser.post(DEVICES, {"credential": "{}"})
    browser.post(DEVICES, {"code": "0000"})
    assert (
        "data-passkey=" not in browser.get(DEVICES, headers={"host": "localhost"}).content.decode()
    )
    browser.post(DEVICES, {"code": "2580"})
    text = browser.get(DEVICES, headers={"host": "localhost"}).content.decode()
    assert 'data-passkey="create"' in text
    assert joined.email not in text
    browser.post(DEVICES, {"credential": '{"id": "made up"}'})
    assert not Authenticator.objects.exists()


def test_it_is_removed_by_whose_it_is(joined, clinician):
    mine, other = key_of(joined.user), key_of(clinician)
    browser = as_user(joined.user)
    browser.post(DEVICES, {"remove": mine.pk})
    assert Authenticator.objects.count() == 2  # it takes the personal code, as adding one does
    browser.post(DEVICES, {"code": "2580"})
    for key_id in (other.pk, mine.pk, "x", ""):
        browser.post(DEVICES, {"remove": key_id})
    assert list(Authenticator.objects.all()) == [other]


def test_whoever_came_in_by_a_phone_that_is_removed_is_out(joined):
    key, here, there = key_of(joined.user), as_user(joined.user), as_user(joined.user)
    here.post(DEVICES, {"code": "2580"})
    here.post(DEVICES, {"remove": "999999"})
    assert there.get(DEVICES).status_code == 200
    answer = here.post(DEVICES, {"remove": key.pk}, follow=True)
    assert "signed out everywhere else" in answer.content.decode()
    assert there.get(DEVICES).url.startswith(reverse("account_login"))


def test_second_factors_of_staff_stay_shut_to_a_client_who_has_one(joined):
    key = key_of(joined.user)
    browser = as_user(joined.user)
    names = ("mfa_index", "mfa_list_webauthn", "mfa_add_webauthn", "mfa_activate_totp")
    urls = [reverse(name) for name in names] + [reverse("mfa_remove_webauthn", args=[key.pk])]
    assert {browser.get(url).status_code for url in urls} == {404}
    assert {browser.post(url).status_code for url in urls} == {404}


def test_a_passkey_fulfils_the_duty_of_staff(clinician):
    browser = Browser()
    browser.force_login(clinician)
    today = reverse("assessments:today")
    assert browser.get(today).url == reverse("mfa_activate_totp")
    key_of(clinician)
    assert browser.get(today).status_code == 200


@pytest.mark.parametrize(
    ("host", "is_possible"),
    [("localhost:8000", True), ("127.0.0.1:8000", False), ("[::1]:8000", False)],
)
def test_they_belong_to_a_name(rf, settings, host, is_possible):
    settings.ALLOWED_HOSTS = ["*"]
    assert passkeys.are_possible(rf.get("/", headers={"host": host})) is is_possible
    assert passkeys.are_possible(rf.get("/", headers={"host": "trellis.example"})) is False
    assert passkeys.are_possible(rf.get("/", headers={"host": "trellis.example"}, secure=True))


def test_what_a_phone_lists_names_no_client(joined, clinician):
    for user, told in ((joined.user, "Trellis"), (clinician, clinician.email)):
        assert SecondFactorAdapter().get_public_key_credential_user_entity(user)["name"] == told


@pytest.mark.parametrize(
    "sent",
    [
        *('{"id": "made up"}', "[]", "{}", "null", '{"response": {"userHandle": "QQ"}}'),
        *("9" * 5_000, "[" * 100_000),
    ],
    ids=lambda sent: sent[:30],
)
def test_nonsense_signs_nobody_in_and_is_no_error(joined, sent):
    browser = Browser()
    browser.get(reverse("mfa_login_webauthn"), headers={"accept": "application/json"})
    answer = browser.post(reverse("mfa_login_webauthn"), {"credential": sent})
    assert answer.url == reverse("account_login")
    assert "_auth_user_id" not in browser.session
