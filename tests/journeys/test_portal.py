"""The portal on a phone: left at once, and without scripts. What it weighs: test_weight.py."""

import re

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from tests.conftest import clear, give, join, make_client, make_practice, make_staff
from tests.workers import until

from .conftest import PHONE, link_in

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

CODE = "2580"


@pytest.fixture
def sam():
    """In care, in the portal, with something to do."""
    now = timezone.now()
    clara = make_staff(make_practice(also_clinician=False), "Clara", "clinician")
    client = make_client(clara, now=now)
    clear(client, by=clara, now=now)
    join(client, by=clara, now=now, code=CODE)
    client.leave_page_shown_at = now
    client.save(update_fields=["leave_page_shown_at"])
    give(client, "patterns-check", by=clara, now=now)
    return client


def enter(page, mail):
    """By the link in the message that came by itself."""
    until(lambda: mail.letters, "the message arrives")
    page.goto(link_in(mail.letters[-1].text, "/l/"))
    page.get_by_label("Your code").fill(CODE)
    page.get_by_role("button", name="Open").click()
    expect(page.get_by_role("heading", name=re.compile("Good"))).to_be_visible()


def test_leaving_shows_nothing_afterwards(open_page, site, mail, sam):
    """Given an open question, when Shift is pressed three times, then a neutral page stands there,
    the session has ended, and going back shows nothing of it."""
    page = open_page(PHONE)
    sam.practice.leave_url = f"{site.url}/healthz/live"  # no test reaches beyond this machine
    sam.practice.save(update_fields=["leave_url"])
    enter(page, mail)
    page.get_by_role("link", name="Start").click()
    expect(page.get_by_role("heading", name="How it has been with others")).to_be_visible()
    for _ in range(3):
        page.keyboard.press("Shift")
    page.wait_for_url("**/healthz/live")
    page.go_back()
    expect(page.get_by_text("How it has been with others")).to_have_count(0)
    expect(page.get_by_text("Sam Ortega")).to_have_count(0)
    page.goto(f"{site.url}/me/")
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


def test_everything_works_without_javascript(open_page, mail, sam):
    page = open_page(PHONE, java_script_enabled=False)
    enter(page, mail)
    page.get_by_role("link", name="Start").click()
    page.get_by_role("link", name="Start").click()
    for _ in range(8):
        page.get_by_text("Sometimes", exact=True).click()
        page.get_by_role("button", name="Next").click()
    page.get_by_role("button", name="Send to Clara").click()
    expect(page.get_by_role("heading", name="Sent to Clara")).to_be_visible()


def test_all_on_one_page_is_sent_from_there(open_page, mail, sam):
    """Given all questions on one page, when one is left out, then nothing is sent and the list of
    answers says which; when each has its answer, one touch sends them."""
    page = open_page(PHONE)
    enter(page, mail)
    page.get_by_role("link", name="Start").click()
    page.get_by_role("link", name="Start").click()
    page.get_by_text("How you like to answer").click()
    page.get_by_role("button", name="Show all questions on one page").click()
    questions = page.locator("fieldset:has(.choice-rows)")
    expect(questions).to_have_count(8)
    here = page.url
    for number in range(7):
        questions.nth(number).get_by_text("Sometimes", exact=True).click()
    page.get_by_role("button", name="Send to Clara").click()
    expect(page.get_by_role("heading", name="Your answers")).to_be_visible()
    expect(page.get_by_text("Not sent yet. Some questions have no answer")).to_be_visible()
    page.goto(here)
    questions.nth(7).get_by_text("Never", exact=True).click()
    expect(page.locator("[data-kept]")).to_have_text("Kept")
    page.get_by_role("button", name="Send to Clara").click()
    expect(page.get_by_role("heading", name="Sent to Clara")).to_be_visible()
