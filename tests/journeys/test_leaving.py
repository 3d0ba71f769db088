"""After leaving, and after signing out: back, forward, and tabs that are opened again."""

import re

import pytest
from playwright.sync_api import expect

from tests.conftest import as_user
from tests.workers import until

from .conftest import DESK, PHONE, link_in
from .test_portal import CODE, sam  # noqa: F401 - a fixture

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

THEIRS = re.compile("Sam Ortega|How it has been with others|Most of the giving|Resubmission")
NEUTRAL = "/healthz/live"  # no test reaches beyond this machine


def shows_nothing(page):
    expect(page.get_by_text(THEIRS)).to_have_count(0)
    assert not THEIRS.search(page.title())
    assert "ERR_CACHE_MISS" not in page.content()


def walk_through_the_history(page, steps=5):
    for _ in range(steps):
        page.go_back()
        shows_nothing(page)
    for _ in range(steps):
        page.go_forward()
        shows_nothing(page)


def leave_by_keys(page):
    for _ in range(3):
        page.keyboard.press("Shift")


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_the_back_button_after_leaving(open_page, site, mail, sam, size):  # noqa: F811
    """Given a code that was mistyped once, an open question and another tab, when the client leaves
    while the server hangs, then both tabs are elsewhere at once, no way back shows anything, and
    whoever opens the portal again is asked to sign in."""
    sam.practice.leave_url = f"{site.url}{NEUTRAL}"
    sam.practice.save(update_fields=["leave_url"])
    page = open_page(size)
    until(lambda: mail.letters, "the message arrives")
    page.goto(link_in(mail.letters[-1].text, "/l/"))
    page.get_by_label("Your code").fill("9753")
    page.get_by_role("button", name="Open").click()
    expect(page.get_by_text("That is not the code.").first).to_be_visible()
    page.get_by_label("Your code").fill(CODE)
    page.get_by_role("button", name="Open").click()
    page.get_by_role("link", name="Start").click()
    page.get_by_role("link", name="Start").click()
    expect(page.get_by_text("Most of the giving")).to_be_visible()
    button = page.get_by_role("link", name="Leave this page")
    page.evaluate("window.scrollTo(0, document.body.scrollHeight)")
    expect(button).to_be_in_viewport(ratio=1)
    other = page.context.new_page()
    other.goto("/me/")
    expect(other.get_by_role("heading", name=re.compile("Good"))).to_be_visible()
    hanging = []
    page.context.route("**/leave/", lambda route: hanging.append(route))
    page.bring_to_front()
    leave_by_keys(page)
    page.wait_for_url(f"**{NEUTRAL}")
    other.wait_for_url(f"**{NEUTRAL}")
    assert hanging
    walk_through_the_history(page)
    walk_through_the_history(other, steps=1)
    again = page.context.new_page()
    again.goto("/me/")
    expect(again.get_by_role("heading", name="Sign in")).to_be_visible()
    again.go_back()
    shows_nothing(again)
    page.context.unroute("**/leave/")


def test_the_back_button_after_signing_out(open_page, site, sam):  # noqa: F811
    """Given a record that is open in two tabs of a shared desk, when the clinician signs out in
    one, then neither shows anything any more, whichever way one goes."""
    browser = as_user(sam.created_by)
    page = open_page(DESK)
    page.context.add_cookies([{"name": "s", "value": browser.cookies["s"].value, "url": site.url}])
    record = f"/clients/{sam.pk}/record/"
    page.goto(record)
    expect(page.get_by_role("heading", name="Sam Ortega")).to_be_visible()
    page.goto(f"/clients/{sam.pk}/work/")
    other = page.context.new_page()
    other.goto(record)
    page.bring_to_front()
    page.get_by_text("Account", exact=True).click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    expect(other.get_by_role("heading", name="Sign in")).to_be_visible()
    walk_through_the_history(page, steps=2)
    again = page.context.new_page()
    again.goto(record)
    expect(again.get_by_role("heading", name="Sign in")).to_be_visible()
