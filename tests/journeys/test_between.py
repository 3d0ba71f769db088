"""What goes back and forth between a client and their clinician.

Given Sam with a limit log, a session soon, and two scores of a screener,
when Sam writes an entry on a phone and turns on the switch,
then Clara opens the sheet and reads Sam's words first; she says that they talked about it, and
Sam sees that; she looks at a course as Sam would see it and shows it, and Sam sees the picture.
"""

import re
from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone
from playwright.sync_api import expect

from assessments.models import Response
from clients import actions as care
from tests.conftest import give, measure

from .conftest import DESK, PHONE
from .test_own import clara, enter, sam  # noqa: F401

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
WORDS = "No calls after nine 🌙"


def is_accessible(page):
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]


@pytest.fixture
def session(clara, sam):  # noqa: F811
    now, clinician = timezone.now(), clara[0]
    give(sam, "limit-log", by=clinician, times=4, now=now - timedelta(days=7))
    for total, days_ago in ((16, 30), (11, 2)):
        measure(sam, total, by=clinician, days_ago=days_ago, now=now)
    return care.book_session(sam, by=clinician, starts_at=now + timedelta(hours=3), now=now)


def test_there_and_back(open_page, site, clara, sam, session):  # noqa: F811
    phone = open_page(PHONE, is_mobile=True, has_touch=True)
    enter(phone, sam.user, site.url)
    phone.goto("/me/")
    phone.get_by_role("link", name="Add what happened").first.tap()
    phone.get_by_role("button", name="Yes").tap()
    phone.get_by_label("What was the limit?").fill(WORDS)
    phone.get_by_role("group", name="Did I say it?").get_by_text("Yes", exact=True).tap()
    phone.get_by_role("group", name="Was the limit kept?").get_by_text("Kept", exact=True).tap()
    switch = phone.get_by_label("Bring this to my session")
    expect(switch).not_to_be_checked()
    switch.check()
    expect(phone.get_by_text("Kept", exact=True).last).to_be_visible()
    is_accessible(phone)
    phone.get_by_role("button", name="Add this").tap()
    expect(phone.get_by_text("Marked for your next session.")).to_be_visible()
    assert Response.objects.brought().count() == 1

    # Clara has a minute before the session: Sam's words stand first.
    desk = open_page(DESK)
    enter(desk, clara[0], site.url)
    desk.goto(f"/sessions/{session.pk}/sheet/")
    first = desk.locator(".sheet-came section").first
    expect(first).to_contain_text(WORDS)
    is_accessible(desk)
    first.get_by_role("button", name=re.compile("^Raise")).click()
    expect(desk.get_by_label("To raise")).to_have_value(re.compile(WORDS))
    desk.get_by_role("button", name=re.compile("^We talked about it")).click()
    expect(desk.get_by_text("In their own words, for this session")).to_have_count(0)

    phone.goto("/me/")
    phone.get_by_role("link", name="1 thing talked about").tap()
    expect(phone.get_by_text("You talked about it today")).to_be_visible()
    is_accessible(phone)

    # She looks at the course as Sam would see it, and shows it.
    desk.goto(f"/clients/{sam.pk}/")
    shown = desk.get_by_role("region", name="What Sam Ortega sees of it")
    shown.get_by_role("link", name=re.compile("As they see it.*PHQ-9")).click()
    expect(desk.get_by_text(re.compile("the number was 16, on .* 11: lower"))).to_be_visible()
    is_accessible(desk)
    desk.get_by_role("button", name=re.compile("^Show this course to Sam Ortega")).click()
    expect(desk.get_by_text("Shared since today")).to_be_visible()

    phone.goto("/me/")
    phone.get_by_role("link", name="In words and a small picture").tap()
    expect(phone.get_by_role("img", name=re.compile("the number was 16"))).to_be_visible()
    expect(
        phone.get_by_text("Once in the last four weeks you wrote something down.")
    ).to_be_visible()
    expect(phone.get_by_text("Talk about it with Clara.")).to_be_visible()
    is_accessible(phone)
