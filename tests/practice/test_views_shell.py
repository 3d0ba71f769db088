"""Home, the first visit, and whether we are alive."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection
from django.test import Client as Browser
from django.urls import reverse

from assessments.models import ActivityVersion
from clients.actions import book_session
from practice.actions import AlreadyOpen, open_first_practice
from practice.models import Practice, User
from tests.conftest import NOW, PASSWORD, as_user, make_practice, make_staff

FIRST_VISIT = {
    "practice_name": "At the Mill",
    "time_zone": "Europe/Berlin",
    "language": "en",
    "help_text": "Call 112.",
    "owner_name": "Olga Owner",
    "owner_email": "Olga@Practice.example",
    "password": PASSWORD,
    "also_clinician": "on",
    "setup_code": "green-door",
}


@pytest.fixture(autouse=True)
def _setup_code(settings):
    settings.SETUP_CODE = "green-door"


@pytest.mark.django_db
class TestHome:
    def test_the_very_first_visitor_is_sent_to_the_setup(self, client):
        assert client.get("/").url == reverse("setup")

    def test_a_stranger_is_sent_to_the_sign_in(self, client, practice):
        assert client.get("/").url == reverse("account_login")

    @pytest.mark.parametrize(
        ("roles", "begins_at"),
        [
            (["clinician"], "assessments:today"),
            (["supervisor"], "assessments:today"),
            (["owner", "clinician"], "assessments:today"),
            (["owner"], "practice"),
        ],
    )
    def test_each_role_begins_where_its_work_is(self, practice, roles, begins_at):
        browser = as_user(make_staff(practice, "Ada", *roles))
        response = browser.get("/")
        assert response.url == reverse(begins_at)
        assert browser.get(response.url).status_code == 200

    def test_a_role_without_work_here_is_told_so(self, practice):
        response = as_user(make_staff(practice, "Ada", "assistant")).get("/")
        assert response.status_code == 200
        assert "There is nothing for your role here yet" in response.content.decode()
        assert "Ask the owner." in response.content.decode()
        assert reverse("account_logout") in response.content.decode()

    @pytest.mark.parametrize(
        ("roles", "links"),
        [
            (["assistant"], set()),
            (["owner"], {"practice"}),
            (["clinician"], {"assessments:today", "clients:caseload", "assessments:library"}),
            (["supervisor"], {"assessments:today", "clients:caseload", "assessments:library"}),
            (
                ["owner", "clinician"],
                {"practice", "assessments:today", "clients:caseload", "assessments:library"},
            ),
        ],
    )
    def test_the_frame_links_only_where_a_role_may_go(self, practice, roles, links):
        page = as_user(make_staff(practice, "Ada", *roles)).get("/", follow=True).content.decode()
        frame = page[: page.index("<main")]
        every = {"practice", "assessments:today", "clients:caseload", "assessments:library"}
        assert {name for name in every if f'href="{reverse(name)}"' in frame} == links
        assert ('type="search"' in frame) is ("assessments:today" in links)

    def test_a_client_begins_in_the_portal(self, joined):
        assert as_user(joined.user).get("/").url == reverse("assessments:portal")


@pytest.mark.django_db
class TestFirstVisit:
    def test_it_makes_the_practice_with_its_owner_and_its_library(self, client):
        response = client.post("/setup/", FIRST_VISIT)
        assert response.url == "/"
        practice, owner = Practice.objects.get(), User.objects.get()
        assert (practice.name, practice.time_zone) == ("At the Mill", "Europe/Berlin")
        assert practice.help_text == "Call 112."
        assert (owner.email, owner.roles) == ("olga@practice.example", {"owner", "clinician"})
        assert owner.check_password(PASSWORD)
        assert ActivityVersion.objects.filter(practice=practice).exists()

    def test_the_owner_is_signed_in_and_sets_up_a_second_factor_next(self, client):
        response = client.post("/setup/", FIRST_VISIT, follow=True)
        assert (reverse("mfa_activate_totp"), 302) in response.redirect_chain
        assert response.context["user"] == User.objects.get()

    def test_an_owner_need_not_see_clients(self, client):
        client.post("/setup/", FIRST_VISIT | {"also_clinician": ""})
        assert User.objects.get().roles == {"owner"}

    @pytest.mark.parametrize("method", ["get", "post"])
    def test_after_that_the_page_is_not_there(self, client, practice, method):
        assert getattr(client, method)("/setup/", FIRST_VISIT).status_code == 404
        assert Practice.objects.count() == 1

    @pytest.mark.parametrize(
        ("wrong", "field", "sentence"),
        [
            ({"practice_name": ""}, "practice_name", "This field is required."),
            ({"practice_name": "x" * 121}, "practice_name", "at most 120 characters"),
            ({"time_zone": "Middle/Earth"}, "time_zone", "Choose a time zone from the list."),
            ({"language": "tlh"}, "language", "Select a valid choice"),
            ({"help_text": " "}, "help_text", "This field is required."),
            ({"owner_name": ""}, "owner_name", "This field is required."),
            ({"owner_email": "olga"}, "owner_email", "Enter a valid email address."),
            ({"password": "short"}, "password", "at least 12 characters"),
            ({"password": "olga@practice.example"}, "password", "too similar"),
            ({"password": "password1234"}, "password", "too common"),
        ],
        ids=str,
    )
    def test_a_wrong_input_has_its_sentence_and_makes_nothing(self, client, wrong, field, sentence):
        response = client.post("/setup/", FIRST_VISIT | wrong)
        assert response.status_code == 200
        assert list(response.context["form"].errors) == [field]
        assert sentence in response.context["form"].errors[field][0]
        assert not Practice.objects.exists()
        assert not User.objects.exists()

    def test_without_a_setup_code_only_developers_set_up(self, client, settings, caplog):
        settings.SETUP_CODE = ""
        for response in (client.get("/setup/"), client.post("/setup/", FIRST_VISIT)):
            assert response.status_code == 404
        assert "set SETUP_CODE in the environment" in caplog.text
        assert not Practice.objects.exists()
        settings.DEVELOPMENT = True
        assert "setup_code" not in client.get("/setup/").context["form"].fields
        assert client.post("/setup/", FIRST_VISIT).url == "/"

    @pytest.mark.parametrize("code", ["", "red-door", "grün"])
    def test_a_wrong_setup_code_makes_nothing(self, client, code):
        response = client.post("/setup/", FIRST_VISIT | {"setup_code": code})
        assert response.context["form"].errors == {"setup_code": ["This is not the set-up code."]}
        assert not Practice.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_of_two_first_visits_at_once_one_opens_the_practice():
    together = Barrier(2)

    def visit(email):
        try:
            together.wait(10)
            response = Browser().post("/setup/", FIRST_VISIT | {"owner_email": email})
            return response.status_code, response.get("Location")
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        visits = [pool.submit(visit, f"{name}@practice.example") for name in ("one", "other")]
        seen = sorted((visit.result(30) for visit in visits), key=str)
    # The slower one is sent to the sign-in, or finds the page gone, as it was overtaken.
    assert (302, "/") in seen
    assert seen[0] != seen[1]
    assert {status for status, _ in seen} <= {302, 404}
    assert Practice.objects.count() == User.objects.count() == 1


@pytest.mark.django_db
def test_the_verb_itself_opens_only_the_first(practice):
    not_facts = {"practice_name", "setup_code"}
    facts = {name: value for name, value in FIRST_VISIT.items() if name not in not_facts}
    with pytest.raises(AlreadyOpen):
        open_first_practice(name="Another", **facts)
    assert Practice.objects.count() == 1


@pytest.mark.django_db
class TestHealth:
    def test_alive_asks_nobody(self, client, django_assert_num_queries):
        with django_assert_num_queries(0):
            response = client.get("/healthz/live")
        assert (response.status_code, response.content) == (200, b"ok\n")

    def test_ready_when_the_database_answers(self, client, django_assert_num_queries):
        with django_assert_num_queries(1):
            response = client.get("/healthz/ready")
        assert response.status_code == 200
        assert response.json()["database"] == "ok"

    @pytest.mark.parametrize("page", ["live", "ready"])
    def test_it_is_only_read(self, client, page):
        assert client.post(f"/healthz/{page}").status_code == 405


@pytest.mark.django_db
class TestErrorPages:
    def test_what_is_not_there_says_so_in_a_page(self, client):
        response = client.get("/nothing/here/")
        assert response.status_code == 404
        assert b"<h1" in response.content

    def test_a_form_that_was_open_for_long_is_explained(self, practice):
        browser = Browser(enforce_csrf_checks=True)
        response = browser.post(reverse("account_login"), {"login": "a@b.example"})
        assert response.status_code == 403
        assert b"<h1" in response.content

    @pytest.mark.parametrize("checks_csrf", [True, False])
    def test_a_form_over_its_size_is_explained(self, practice, settings, checks_csrf):
        settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000
        browser = Browser(enforce_csrf_checks=checks_csrf)
        browser.get(reverse("account_login"))
        response = browser.post(reverse("account_login"), {"login": "a" * 2_000})
        assert response.status_code == 413
        assert b"This is too much for one go" in response.content

    def test_a_form_with_too_many_fields_is_explained(self, practice, settings):
        settings.DATA_UPLOAD_MAX_NUMBER_FIELDS = 3
        response = Browser().post(reverse("account_login"), dict.fromkeys("abcdef", "1"))
        assert response.status_code == 400
        assert b"This is too much for one go" in response.content

    def test_an_error_of_ours_apologises_and_tells_nothing(self, joined, monkeypatch):
        def fail(*args, **kwargs):
            raise RuntimeError("Unmistakable detail")

        monkeypatch.setattr("assessments.views.portal.home_of", fail)
        joined.leave_page_shown_at = joined.created_at
        joined.save(update_fields=["leave_page_shown_at"])
        browser = as_user(joined.user)
        browser.raise_request_exception = False
        response = browser.get(reverse("assessments:portal"))
        assert response.status_code == 500
        assert b"<h1" in response.content
        assert b"Unmistakable" not in response.content

    def test_a_wrong_sign_in_has_one_sentence_whoever_it_is(self, practice):
        seen = set()
        for login in ("owner@practice.example", "nobody@practice.example"):
            response = Browser().post(
                reverse("account_login"), {"login": login, "password": "a wrong password"}
            )
            assert response.status_code == 200
            seen.add(str(response.context["form"].errors))
        assert len(seen) == 1
        assert "not correct" in seen.pop()


@pytest.mark.django_db
class TestSignUpAndHeaders:
    def test_nobody_signs_up_by_themselves(self, client, practice):
        form = {"email": "new@person.example", "password1": PASSWORD}
        assert client.post("/accounts/signup/", form).status_code == 404
        assert not User.objects.filter(email="new@person.example").exists()

    @pytest.mark.parametrize("page", ["/", "/today/", "/accounts/login/", "/l/x/", "/nothing/"])
    def test_no_page_stays_in_a_cache(self, clinician, page):
        for browser in (Browser(), as_user(clinician)):
            assert "no-store" in browser.get(page)["Cache-Control"]

    def test_a_page_runs_only_what_is_ours(self, client, practice):
        policy = client.get("/accounts/login/")["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe-inline" not in policy
        assert "http" not in policy


@pytest.mark.django_db
def test_the_gallery_and_the_outbox_are_only_for_developers(client, settings, practice):
    assert settings.DEVELOPMENT is False
    assert [client.get(page).status_code for page in ("/gallery/", "/dev/")] == [404, 404]


@pytest.mark.django_db
def test_a_page_shows_the_clock_of_the_person(client_in_care, clinician):
    book_session(client_in_care, by=clinician, starts_at=NOW, now=NOW)
    page = reverse("clients:sessions", args=[client_in_care.pk])
    seen = {}
    for zone in ("UTC", "Asia/Tokyo"):
        clinician.time_zone = zone
        clinician.save(update_fields=["time_zone"])
        seen[zone] = as_user(clinician).get(page).content.decode()
    assert ("10:00" in seen["UTC"], "19:00" in seen["UTC"]) == (True, False)
    assert ("10:00" in seen["Asia/Tokyo"], "19:00" in seen["Asia/Tokyo"]) == (False, True)


@pytest.mark.django_db
def test_practices_do_not_share_people():
    one = make_practice("One", "a@one.example")
    other = make_practice("Other", "b@other.example")
    assert [user.email for user in one.users.all()] == ["a@one.example"]
    assert [user.email for user in other.users.all()] == ["b@other.example"]
