"""After leaving or signing out nothing opens, and nothing of it stays in the browser."""

import pytest
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.urls import reverse

from tests.conftest import as_user

pytestmark = pytest.mark.django_db
PORTAL = reverse("assessments:portal")
CLEARED = '"cache", "storage"'


def test_whoever_left_while_the_server_hung_is_signed_out_by_the_next_request(joined):
    browser = as_user(joined.user)
    browser.cookies["l"] = "1"
    response = browser.get(PORTAL)
    assert response.url.startswith(reverse("account_login"))
    assert response["Clear-Site-Data"] == CLEARED
    assert response.cookies["l"]["max-age"] == 0
    assert not Session.objects.exists()


@pytest.mark.parametrize("way", ["left", "signed out"])
def test_what_was_said_to_one_person_is_not_said_to_the_next(joined, way):
    browser = as_user(joined.user)
    plan = {"warning_signs": "Words of mine"}
    browser.post(reverse("clients:plan"), plan, headers={"x-keep": "1"})
    shared = browser.post(reverse("clients:plan_share"))
    assert shared.status_code == 302
    assert "messages" not in browser.cookies
    if way == "left":
        browser.cookies["l"] = "1"
    else:
        browser.post(reverse("account_logout"))
    assert "Shared." not in browser.get(reverse("account_login")).content.decode()


def test_the_mark_alone_shuts_nobody_out(client, practice):
    client.cookies["l"] = "1"
    response = client.get(reverse("account_login"))
    assert response.status_code == 200
    assert response.cookies["l"]["max-age"] == 0
    assert "Clear-Site-Data" not in response


@pytest.mark.parametrize("who", ["clinician", "joined"])
def test_signing_out_clears_what_the_browser_kept_on_both_sides(who, request):
    person = request.getfixturevalue(who)
    browser = as_user(getattr(person, "user", person))
    response = browser.post(reverse("account_logout"))
    assert response["Clear-Site-Data"] == CLEARED
    assert not any(SESSION_KEY in session.get_decoded() for session in Session.objects.all())
    page = browser.get(response.url).content.decode()
    assert f'href="{reverse("clients:leave")}"' in page
    assert f'href="{reverse("clients:help")}"' in page


def test_an_ordinary_page_clears_nothing(clinician):
    assert "Clear-Site-Data" not in as_user(clinician).get(reverse("clients:caseload"))


@pytest.mark.parametrize("url", ["/nothing/here/", "/accounts/signup/", "/l/never-was/"])
def test_a_page_that_is_not_there_can_be_left_too(client, practice, url):
    page = client.get(url).content.decode()
    assert f'href="{reverse("clients:leave")}"' in page
    assert 'data-leave="https://www.bbc.com/weather"' in page
