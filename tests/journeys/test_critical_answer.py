"""An answer that asks for somebody today, on a phone.

Given a check-in that asks whether one felt safe,
when Sam says that they did not, the people who answer at any hour stand there at once, with and
without JavaScript; nothing is lost, an answer can be corrected, and Clara has an alert although
nothing was sent.
"""

import re

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from assessments.models import Alert, Response
from tests.conftest import clear, give, join, make_client, make_practice, make_staff

from .conftest import PHONE
from .test_portal import CODE, enter

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def sam():
    now = timezone.now()
    clara = make_staff(make_practice(also_clinician=False), "Clara", "clinician")
    client = make_client(clara, now=now)
    clear(client, by=clara, now=now)
    join(client, by=clara, now=now, code=CODE)
    client.leave_page_shown_at = now
    client.save(update_fields=["leave_page_shown_at"])
    give(client, "wellbeing-and-safety", by=clara, now=now)
    return client


def go_to(page, question):
    for _page in ("what it is", "the first question"):
        with page.expect_navigation():
            page.get_by_role("link", name="Start").click()
    while not page.get_by_text(question).is_visible():
        with page.expect_navigation():  # else the next look would be at the page before
            page.get_by_role("button", name="Next").click()


def expect_people(page):
    expect(page.get_by_role("heading", name="What you said matters")).to_be_visible()
    expect(page.get_by_role("link", name="112")).to_have_attribute("href", "tel:112")


def test_a_touch_is_enough(open_page, mail, sam):
    page = open_page(PHONE, is_mobile=True, has_touch=True)
    enter(page, mail)
    go_to(page, "feel unsafe around someone")
    page.get_by_text("Yes, at times", exact=True).tap()
    expect_people(page)
    assert Alert.objects.get().kind == "critical"
    assert not Response.objects.submitted().exists()

    # Going back does not lead past it; from there the answer can be corrected.
    page.go_back()
    expect_people(page)
    page.get_by_role("button", name="Look at my answer again").click()
    page.get_by_text("No", exact=True).tap()
    expect(page.get_by_text("Kept", exact=True)).to_be_visible()
    page.get_by_role("button", name="Next").click()
    expect(page.get_by_text("not want to live")).to_be_visible()
    assert Response.objects.get().answers["unsafe"] == "no"
    assert Alert.objects.open().count() == 1


def test_passing_by_with_the_keyboard_is_no_answer(open_page, mail, sam):
    page = open_page(PHONE)
    enter(page, mail)
    go_to(page, "feel unsafe around someone")
    page.get_by_role("radio", name="No", exact=True).focus()
    page.keyboard.press("Space")
    for _option in range(4):  # not sure, at times, often, does not apply
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    expect(page.get_by_text("Kept", exact=True)).to_be_visible()
    assert not Alert.objects.exists()
    assert Response.objects.get().answers["unsafe"] == "_na"
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Tab")
    expect_people(page)


def test_without_javascript(open_page, mail, sam):
    page = open_page(PHONE, java_script_enabled=False)
    enter(page, mail)
    go_to(page, "feel unsafe around someone")
    page.get_by_text("I am not sure", exact=True).click()
    page.get_by_role("button", name="Next").click()
    expect_people(page)
    page.get_by_role("button", name="Stop for now").click()
    expect(page.get_by_role("heading", name=re.compile("Good"))).to_be_visible()
    page.get_by_role("link", name="Go on").click()
    page.get_by_role("link", name="Go on").click()
    expect(page.get_by_text("not want to live")).to_be_visible()
