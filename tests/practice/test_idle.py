"""A sign-in ends by itself, and nothing but a person keeps it."""

import re
from datetime import timedelta

import pytest
from django.db.models import F
from django.urls import reverse

from practice.idle import is_act
from practice.models import SignIn
from tests.access.reading import patterns
from tests.conftest import as_user

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)
PAGE = {"sec-fetch-mode": "navigate", "sec-fetch-dest": "document", "accept": "text/html"}
FETCH = {"sec-fetch-mode": "cors", "sec-fetch-dest": "empty", "accept": "*/*"}
FRAME = {"sec-fetch-mode": "navigate", "sec-fetch-dest": "iframe", "accept": "text/html"}
AHEAD = PAGE | {"sec-purpose": "prefetch;prerender"}
TODAY = "/today/"


@pytest.mark.parametrize(
    ("method", "headers", "is_one"),
    [
        ("get", PAGE, True),
        ("get", {"accept": "text/html,*/*;q=0.8"}, True),  # a browser that says no more
        ("get", FETCH, False),
        ("get", FETCH | {"x-keep": "1"}, False),
        ("get", FRAME, False),
        ("get", AHEAD, False),
        ("get", {"purpose": "prefetch", "accept": "text/html"}, False),
        ("get", {}, False),
        ("post", PAGE, True),
        ("post", {}, True),
        ("post", FETCH, False),
        ("post", FETCH | {"x-keep": "1"}, True),
        ("post", FETCH | {"x-keep": "idle"}, False),
        ("post", {"x-keep": "idle"}, False),
    ],
    ids=str,
)
def test_what_a_person_does(rf, method, headers, is_one):
    assert is_act(rf.generic(method, "/today/?act=1&keep=1", headers=headers)) is is_one


@pytest.fixture
def desk(clock, clinician):
    browser = as_user(clinician)
    clinician.sign_ins.update(created_at=F("acted_at"))  # only just
    return browser


def test_a_quarter_of_an_hour_without_anybody_ends_it(clock, desk, clinician):
    clock.shift(14 * MINUTE)
    assert desk.get(TODAY, headers=PAGE).status_code == 200
    clock.shift(14 * MINUTE)
    assert desk.get(TODAY, headers=PAGE).status_code == 200
    clock.shift(15 * MINUTE)
    response = desk.get(TODAY + "?x=1", headers=PAGE)
    assert response.url == f"{reverse('account_login')}?next=/today/%3Fx%3D1"
    assert not SignIn.objects.of(clinician).exists()
    assert "You were signed out after a while" in desk.get(response.url).content.decode()


def test_twelve_hours_are_the_most_however_busy_somebody_is(clock, desk):
    for _tenth in range(71):
        clock.shift(10 * MINUTE)
        assert desk.get(TODAY, headers=PAGE).status_code == 200
    clock.shift(10 * MINUTE)
    assert desk.get(TODAY, headers=PAGE).status_code == 302


def test_what_a_page_does_by_itself_keeps_nothing_alive(clock, desk):
    for _minute in range(14):
        clock.shift(MINUTE)
        desk.get(reverse("still_left"), {"stay": "1"}, headers=FETCH)
        desk.get(reverse("still_left"), headers=PAGE)
        desk.get(reverse("still"), {"next": TODAY}, headers=PAGE)
        desk.get(TODAY, headers=FETCH)
        desk.get(TODAY, headers=AHEAD)
    assert 0 < desk.get(reverse("still_left"), headers=FETCH).json()["left"] <= 60
    clock.shift(MINUTE)
    assert desk.get(reverse("still_left"), headers=FETCH).json()["left"] == 0
    assert desk.get(TODAY, headers=PAGE).status_code == 302


def test_what_pages_ask_for_by_themselves_is_marked():
    marked = {name for name, pattern in patterns() if getattr(pattern.callback, "is_polled", False)}
    assert marked == {"still", "still_left", "assessments:export", "assessments:export_progress"}


def test_somebody_who_stays_goes_on(clock, desk):
    clock.shift(14 * MINUTE)
    there = desk.post(reverse("still"), {"next": "/caseload/"}, headers=PAGE)
    assert there.url == "/caseload/"
    clock.shift(14 * MINUTE)
    assert desk.get(TODAY, headers=PAGE).status_code == 200
    elsewhere = desk.post(reverse("still"), {"next": "https://elsewhere.example/"})
    assert elsewhere.url == reverse("home")


def test_who_sent_a_form_too_late_comes_back_to_its_page(clock, desk):
    clock.shift(16 * MINUTE)
    page = "http://testserver/caseload/?page=2#x"
    late = desk.post(reverse("assessments:remind_many"), {}, headers=PAGE | {"referer": page})
    assert late.url == f"{reverse('account_login')}?next=/caseload/%3Fpage%3D2"


@pytest.mark.parametrize("page", ["https://elsewhere.example/caseload/", "//elsewhere/", ""])
def test_and_never_to_a_page_of_somebody_else(clock, desk, page):
    clock.shift(16 * MINUTE)
    late = desk.post(reverse("assessments:remind_many"), {}, headers={"referer": page})
    assert late.url == reverse("account_login")


def test_without_scripts_one_is_led_to_the_sign_in_and_then_back(clock, joined):
    phone = as_user(joined.user)
    clock.shift(16 * MINUTE)
    page = phone.get(reverse("still"), {"next": reverse("assessments:portal")}, headers=PAGE)
    assert page.url == f"{reverse('account_login')}?next=/me/"


def test_both_frames_ask_and_leave_by_themselves_without_scripts(clock, desk, joined):
    for browser, page in ((desk, TODAY), (as_user(joined.user), reverse("clients:welcome"))):
        text = browser.get(page).content.decode()
        left = int(re.search(r'data-left="(\d+)"', text)[1])
        assert 895 <= left <= 900
        refresh = f'<meta http-equiv="refresh" content="{left + 2}; url={reverse("still")}?next='
        assert refresh in text


def test_asking_costs_no_statement_more_and_going_on_one(clock, desk, django_assert_num_queries):
    with django_assert_num_queries(2):  # the session, and who they are
        desk.get(reverse("still_left"), headers=FETCH)
    clock.shift(MINUTE)
    with django_assert_num_queries(3):
        desk.post(reverse("still"), headers=PAGE)
