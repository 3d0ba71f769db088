"""The main job, as a clinician and a client live it.

Given a clinician with an empty caseload,
when she takes Sam into care, invites them, and assigns a check and a limit log,
then Sam gets one discreet message, answers on a phone, stops half way and goes on where they were,
and what Sam sent stands on the timeline with its label, beside the sessions.
"""

import re
import time
from zoneinfo import ZoneInfo

import pytest
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
)
from django.utils import timezone
from playwright.sync_api import expect

from assessments.models import Response, Score
from clients.models import Client
from tests.conftest import PASSWORD, make_practice, make_staff
from tests.workers import until

from .conftest import DESK, PHONE, link_in

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


def sign_in(page, user, secret):
    page.goto("/")
    page.get_by_label(re.compile("^E-?mail", re.I)).fill(user.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    asked = page.get_by_label(re.compile("code", re.I))
    expect(asked).to_be_visible()  # she looks at her authenticator when she is asked
    asked.fill(format_hotp_value(hotp_value(secret, int(time.time()) // 30)))
    page.get_by_role("button", name="Sign in").click()


def where_it_is_day() -> str:
    """What is asked every week opens in the morning: at night it would not be there yet."""
    zones = ("Europe/Berlin", "America/Los_Angeles", "Asia/Tokyo")
    return next(
        zone for zone in zones if 7 <= timezone.localtime(timezone=ZoneInfo(zone)).hour < 20
    )


def add_sam(page):
    page.get_by_role("link", name="Caseload").click()
    page.get_by_role("link", name="Add a client").first.click()
    page.get_by_label("Preferred name").fill("Sam Ortega")
    page.get_by_label("Pronouns").fill("they/them")
    page.get_by_label("E-mail", exact=False).first.fill("sam@client.example")
    page.get_by_label("Time zone").select_option(where_it_is_day())
    page.get_by_label("E-mail", exact=True).last.check()
    for day in ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"):
        page.get_by_label(day, exact=True).check()
    page.get_by_label("From", exact=True).fill("00:00")
    page.get_by_label("Until", exact=True).fill("23:59")
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.get_by_role("heading", name="Sam Ortega")).to_be_visible()


def check_safety(page):
    page.get_by_role("link", name="Do it").click()
    page.get_by_label("Clear", exact=True).check()
    page.get_by_role("button", name="Keep").click()


def assign(page, title, weeks=None):
    page.get_by_role("link", name="Assign", exact=True).first.click()
    card = page.locator("li.activity-card", has_text=title)
    card.get_by_role("link").first.click()
    if weeks:
        page.get_by_label("Every week").check()
        page.get_by_label("How many times").fill(str(weeks))
    else:
        page.get_by_label("Once, from now").check()
    page.get_by_role("button", name="Assign", exact=True).click()
    expect(page.get_by_text("Assigned.")).to_be_visible()


def join(page, link):
    page.goto(link)
    expect(page).to_have_title("Trellis")
    page.get_by_label("Choose a code", exact=False).fill("7302")
    page.get_by_label("The same code again").fill("7302")
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_role("heading", name="A quick way out")).to_be_visible()
    page.get_by_role("button", name="Go on").click()
    page.get_by_role("button", name="I agree that my care team reads").click()
    expect(page.get_by_role("heading", name=re.compile("Good .*, Sam Ortega"))).to_be_visible()


def answer(page, words):
    page.get_by_text(words, exact=True).click()
    expect(page.get_by_text("Kept", exact=True)).to_be_visible()
    with page.expect_navigation():
        page.get_by_role("button", name="Next").click()


@pytest.fixture
def clara():
    user = make_staff(make_practice(also_clinician=False), "Clara", "clinician")
    secret = generate_totp_secret()
    TOTP.activate(user, secret)
    return user, secret


def test_from_assigning_to_the_timeline(open_page, mail, clara):
    desk = open_page(DESK)
    sign_in(desk, *clara)
    expect(desk.get_by_role("heading", name=re.compile("Today"))).to_be_visible()

    # She takes Sam into care, checks that it is safe, assigns, and invites.
    add_sam(desk)
    check_safety(desk)
    assign(desk, "How it has been with others")
    assign(desk, "Limit log", weeks=4)
    desk.get_by_role("button", name="Invite").click()
    expect(desk.get_by_text("Invited.")).to_be_visible()

    # One discreet message leaves by itself.
    until(lambda: mail.letters, "the invitation arrives")
    [letter] = mail.letters
    assert letter.to == "sam@client.example"
    for word in ("Clara", "Sam", "Mill", "limit", "check", "therap"):
        assert word.lower() not in (letter.subject + letter.text).lower()

    # Sam opens it on a phone, begins, and stops half way.
    phone = open_page(PHONE, is_mobile=True, has_touch=True)
    join(phone, link_in(letter.text, "/l/"))
    task = phone.locator("li", has_text="How it has been with others")
    task.get_by_role("link", name="Start").click()
    phone.get_by_role("link", name="Start").click()
    for words in ("Often", "Sometimes", "Rarely"):
        answer(phone, words)
    phone.get_by_text("Does not apply to me", exact=True).click()
    expect(phone.get_by_text("Kept", exact=True)).to_be_visible()
    phone.get_by_role("button", name="Stop for now").click()

    # They come back to where they were.
    task.get_by_role("link", name="Go on").click()
    phone.get_by_role("link", name="Go on").click()
    expect(phone).to_have_url(re.compile(r"/5/$"))
    for words in ("Never", "Almost always", "Sometimes", "Often"):
        answer(phone, words)
    expect(phone.get_by_role("heading", name="Your answers")).to_be_visible()
    assert Response.objects.submitted().count() == 0
    phone.get_by_role("button", name="Send to Clara").dblclick()
    expect(phone.get_by_role("heading", name="Sent to Clara")).to_be_visible()
    expect(phone.get_by_role("heading", name="What happens next")).to_be_visible()
    assert Response.objects.submitted().count() == 1
    sam = Client.objects.get()
    scores = {score.scale: score.value for score in Score.objects.filter(client=sam)}
    assert len(scores) == 8
    assert scores["check_giving"] == 3
    assert scores["check_losing"] is None

    # Then an entry in the limit log.
    phone.get_by_role("link", name="Back to the first page").click()
    phone.get_by_role("link", name="Add what happened").click()
    phone.get_by_role("button", name="Yes").click()
    phone.get_by_label("What was the limit?").fill("No calls after nine")
    phone.get_by_role("group", name="Did I say it?").get_by_text("Yes", exact=True).click()
    phone.get_by_role("group", name="Was the limit kept?").get_by_text("Kept", exact=True).click()
    phone.get_by_role("button", name="Add this").click()
    expect(phone.get_by_text("No calls after nine")).to_be_visible()

    # Clara sees that something came, reads it, and finds it on the timeline.
    desk.get_by_role("link", name="Today").click()
    row = desk.locator("[data-row]", has_text="Sam Ortega").first
    expect(row).to_contain_text("How it has been with others")
    expect(row).to_contain_text("Limit log")
    row.get_by_role("link", name="Read").click()
    expect(desk.get_by_text("Reflection tool")).to_be_visible()
    desk.get_by_role("link", name="Timeline").first.click()
    expect(desk.get_by_text("Reflection tool").first).to_be_visible()
    drawing = desk.locator(".tl")
    expect(drawing).to_contain_text("Balance of giving")
    expect(drawing).to_contain_text("Limit log")
    expect(desk.locator(".tl table").first).to_be_attached()
    practised = desk.get_by_role("region", name="What was practised")
    expect(practised).to_contain_text("Yes 1 · Partly 0 · Not yet 0 (of 1)")
