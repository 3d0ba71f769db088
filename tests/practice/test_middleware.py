"""Staff without a second factor see nobody's records."""

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.test import Client as Browser
from django.urls import get_resolver, reverse

from practice.middleware import CHUNK, MOST_DISCARDED, TooLargeMiddleware, largest_body
from practice.models import AuditEvent
from tests.conftest import PASSWORD, as_user, freshly, make_client, make_staff

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


def test_whoever_removes_it_sets_up_another_at_once_wherever_they_are(clinician):
    TOTP.activate(clinician, generate_totp_secret())
    here, there = freshly(clinician), as_user(clinician)
    assert here.post(reverse("mfa_deactivate_totp")).status_code == 302
    assert not Authenticator.objects.filter(user=clinician).exists()
    assert here.get(reverse("assessments:today")).url == reverse("mfa_activate_totp")
    assert there.get(reverse("assessments:today")).url.startswith(reverse("account_login"))


def test_recovery_codes_alone_are_no_second_factor(clinician):
    Authenticator.objects.create(
        user=clinician, type=Authenticator.Type.RECOVERY_CODES, data={"seed": "x"}
    )
    response = signed_in_only(clinician).get(reverse("assessments:today"))
    assert response.url == reverse("mfa_activate_totp")


def test_a_client_needs_none_of_it(joined):
    browser = signed_in_only(joined.user)
    assert browser.get(reverse("clients:own_code")).status_code == 200


SETTINGS_OF_STAFF = [
    ("mfa_index", []),
    ("mfa_activate_totp", []),
    ("mfa_deactivate_totp", []),
    ("mfa_reauthenticate", []),
    ("mfa_authenticate", []),
    ("mfa_view_recovery_codes", []),
    ("mfa_generate_recovery_codes", []),
    ("mfa_download_recovery_codes", []),
    ("mfa_list_webauthn", []),
    ("mfa_add_webauthn", []),
    ("mfa_edit_webauthn", [1]),
    ("mfa_remove_webauthn", [1]),
    ("mfa_login_webauthn", []),
    ("mfa_reauthenticate_webauthn", []),
    ("account_change_password", []),
    ("account_set_password", []),
    ("account_reauthenticate", []),
    ("account_reset_password", []),
    ("account_reset_password_done", []),
    ("account_reset_password_from_key", ["1", "key"]),
    ("account_reset_password_from_key_done", []),
]


@pytest.mark.parametrize("second_factor", [True, False])
def test_a_client_reaches_no_password_and_no_second_factor(joined, second_factor):
    browser = as_user(joined.user) if second_factor else signed_in_only(joined.user)
    reached = []
    for name, args in SETTINGS_OF_STAFF:
        url = reverse(name, args=args)
        for response in (browser.get(url), browser.post(url, {"email": joined.user.email})):
            if response.status_code != 404:
                reached.append((name, response.status_code))
    assert reached == []


def test_that_list_has_every_page_of_a_second_factor():
    there = {name for name in get_resolver().reverse_dict if isinstance(name, str)}
    named = {name for name in there if name.startswith(("mfa_", "account_reset_password"))}
    assert named <= {name for name, _ in SETTINGS_OF_STAFF}
    assert len(named) > 8


@pytest.mark.parametrize("page", ["assessments:remind_many", "clients:welcome_done"])
def test_what_only_takes_a_form_says_so_when_it_is_opened(clinician, joined, page):
    """A blank page would leave one wondering whether something was done."""
    is_portal = page == "clients:welcome_done"
    response = as_user(joined.user if is_portal else clinician).get(reverse(page))
    assert (response.status_code, response["Allow"]) == (405, "POST")
    assert "Nothing was changed. Please go back" in response.content.decode()
    assert response["Cache-Control"].startswith("no-store")


def test_staff_reach_them(clinician):
    TOTP.activate(clinician, generate_totp_secret())
    browser = as_user(clinician)
    for name in ("mfa_index", "account_change_password", "account_reset_password"):
        assert browser.get(reverse(name)).status_code in (200, 302)


def test_signed_out_a_new_password_can_be_asked_for(practice):
    browser = Browser()
    assert browser.get(reverse("account_reset_password")).status_code == 200


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


@pytest.mark.parametrize(
    ("proxies", "forwarded", "address"),
    [
        (0, "6.6.6.6", "::9"),
        (1, "6.6.6.6, 203.0.113.7", "203.0.113.7"),
        (2, "6.6.6.6, 203.0.113.7, 10.0.0.1", "203.0.113.7"),
        (2, "203.0.113.7", "::9"),
        (1, "nonsense", "::9"),
        (1, "", "::9"),
    ],
)
def test_the_address_is_the_one_the_proxies_saw(clinician, settings, proxies, forwarded, address):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = proxies
    client = make_client(clinician)
    page = reverse("assessments:timeline", args=[client.pk])
    headers = {"x-forwarded-for": forwarded} if forwarded else {}
    as_user(clinician).get(page, headers=headers, REMOTE_ADDR="::9")
    assert AuditEvent.objects.get(action="timeline.read").address == address


class TestTooLarge:
    def test_far_over_the_limit_there_is_a_sentence(self, practice):
        response = Browser().post(
            reverse("account_login"),
            "login=" + "a" * 5_000_000,
            "application/x-www-form-urlencoded",
        )
        assert response.status_code == 413
        assert response["Cache-Control"] == "no-store"
        assert response["X-Frame-Options"] == "DENY"
        assert "Content-Security-Policy" in response
        assert b"This is too much for one go" in response.content

    def test_the_body_is_read_to_its_end_but_not_for_ever(self, rf):
        class Body:
            taken = 0

            def read(self, size=-1):
                assert 0 < size <= CHUNK
                self.taken += size
                return b"a" * size

        for length, taken in ((5_000_000, 5_000_000), (10**9, MOST_DISCARDED)):
            body = Body()
            request = rf.generic("POST", "/", CONTENT_LENGTH=str(length))
            request._stream = body
            assert TooLargeMiddleware(None)(request).status_code == 413
            assert body.taken == taken

    def test_who_goes_away_meanwhile_is_no_error(self, rf):
        class Gone:
            def read(self, size=-1):
                raise OSError("connection lost")

        request = rf.generic("POST", "/", CONTENT_LENGTH="5000000")
        request._stream = Gone()
        assert TooLargeMiddleware(None)(request).status_code == 413

    @pytest.mark.parametrize("length", ["", "x", "524288"])
    def test_what_fits_goes_on(self, rf, length):
        request = rf.generic("POST", "/", CONTENT_LENGTH=length)
        assert TooLargeMiddleware(lambda request: "goes on")(request) == "goes on"


def test_only_a_view_that_takes_files_takes_more_than_the_others(settings, rf):
    usual = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    assert largest_body(rf.post(reverse("assessments:today"))) == usual
    assert largest_body(rf.post("/no/such/place/")) == usual
    assert largest_body(rf.post(reverse("assessments:library_import"))) > 10 * 1024 * 1024
