"""Two windows, one person.

Given Sam with a question open in two tabs, and an entry open on a phone and at a desk,
when Sam answers in one and then in the other,
then nothing is overwritten: the later one says so, shows both, and one click chooses; and what
Sam would rather keep to themselves no clinician finds.
"""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone
from playwright.sync_api import expect

from assessments import actions
from assessments.models import Response
from tests.conftest import give

from .conftest import DESK, PATIENCE, PHONE
from .test_own import clara, enter, sam  # noqa: F401

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
TOLD = re.compile("You answered this in another window too")


def is_accessible(page):
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]


@pytest.fixture
def browser_of(chromium, site):
    """A browser that may say in its console that an answer was refused (409): that is the point."""
    contexts = []

    def opened(user, viewport, **options):
        context = chromium.new_context(viewport=viewport, base_url=site.url, **options)
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        page = context.new_page()
        enter(page, user, site.url)
        return page

    yield opened
    for context in contexts:
        context.close()


def test_two_tabs_of_one_question(browser_of, clara, sam):  # noqa: F811
    asked = give(sam, "patterns-check", by=clara[0], now=timezone.now()).occurrences.get()
    item = actions.current_version(asked).definition.asked()[0].id
    first = browser_of(sam.user, PHONE, is_mobile=True, has_touch=True)
    later = first.context.new_page()
    for page in (first, later):
        page.goto(f"/me/{asked.pk}/1/")
    kept = first.locator("[data-kept]")
    first.locator(".choice-row").nth(0).tap()
    expect(kept).to_have_text("Kept")
    first.locator(".choice-row").nth(1).tap()
    expect(kept).to_have_text("Kept")  # a change of one's own is no other window
    stands = Response.objects.get().answers[item]

    later.locator(".choice-row").nth(3).tap()
    expect(later.locator("[data-kept]")).to_contain_text("another window")
    assert Response.objects.get().answers == {item: stands}
    later.get_by_role("button", name="Look at both").tap()
    expect(later.get_by_role("heading", name=TOLD)).to_be_focused()
    is_accessible(later)
    later.get_by_role("button", name=re.compile("^Keep this one")).tap()
    later.wait_for_url("**/2/")
    assert Response.objects.get().answers[item] != stands


def test_phone_and_desk_on_one_entry(browser_of, clara, sam):  # noqa: F811
    now = timezone.now()
    log = give(sam, "limit-log", by=clara[0], times=2, now=now).occurrences.get(number=1)
    actions.say_safe_time(log, by=sam.user, now=now)
    actions.keep(log, {"limit": "No calls"}, by=sam.user, now=now)
    phone = browser_of(sam.user, PHONE, is_mobile=True, has_touch=True)
    desk = browser_of(sam.user, DESK, java_script_enabled=False)
    for page in (phone, desk):
        page.goto(f"/me/{log.pk}/new/")
    phone.get_by_label("What was the limit?").fill("No calls at night")
    expect(phone.locator("[data-kept]")).to_have_text("Kept")

    desk.get_by_label("What was the limit?").fill("No calls after nine")
    desk.get_by_role("group", name="Did I say it?").get_by_text("Yes", exact=True).click()
    desk.get_by_role("group", name="Was the limit kept?").get_by_text("Kept", exact=True).click()
    desk.get_by_role("button", name="Add this").click()
    expect(desk.get_by_role("heading", name=TOLD)).to_be_visible()
    expect(desk.get_by_text("No calls at night").first).to_be_visible()
    desk.get_by_role("button", name=re.compile("^Keep that one")).click()
    expect(desk.get_by_label("What was the limit?")).to_have_value("No calls at night")
    desk.get_by_text("Keep it to myself").click()
    desk.get_by_role("button", name="Add this").click()
    expect(desk.get_by_text("Only you can read this.")).to_be_visible()
    entry = Response.objects.get()
    assert entry.is_private
    assert (entry.answers["limit"], entry.answers["kept"]) == ("No calls at night", "kept")

    office = browser_of(clara[0], DESK)
    office.goto(f"/clients/{sam.pk}/work/")
    expect(office.get_by_text("Done, and kept to themselves")).to_be_visible()
    office.goto(f"/responses/{entry.pk}/")
    expect(office.get_by_text("No calls at night")).to_have_count(0)
    phone.goto(f"/me/own/{entry.pk}/")
    is_accessible(phone)
    phone.get_by_role("button", name="Send it to Clara").tap()
    expect(phone.get_by_text("Sent. Nobody has read it yet.")).to_be_visible()
    office.goto(f"/responses/{entry.pk}/")
    expect(office.get_by_text("No calls at night")).to_be_visible()
