"""Without a mouse, and with everything twice as large: a window of half the size."""

import re
import time

import pytest
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
)
from django.urls import reverse
from playwright.sync_api import expect

from tests.conftest import PASSWORD
from tests.pages import CLIENT, CLINICIAN, NOBODY

from . import looking
from .conftest import DESK, Keys

pytestmark = pytest.mark.journey
TWICE_AS_LARGE = {"width": DESK["width"] // 2, "height": DESK["height"] // 2}
WALKED = {
    "assessments:today": CLINICIAN,
    "assessments:timeline": CLINICIAN,
    "assessments:work": CLINICIAN,
    "clients:contact_change": CLINICIAN,
    "assessments:portal": CLIENT,
    "assessments:step": CLIENT,
    "assessments:entry": CLIENT,
}
# What Tab leads to, in the order of the page; of radio buttons of one name only one.
IN_ORDER = """() => {
  const groups = new Set();
  const kinds = "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex]";
  return [...document.querySelectorAll(kinds)]
    .filter((each) => each.tabIndex >= 0 && !each.disabled)
    .filter((each) => each.checkVisibility({ visibilityProperty: true }))
    .filter((each) => {
      if (each.type !== "radio") return true;
      const known = groups.has(each.name);
      groups.add(each.name);
      return !known;
    }).length;
}"""
WHERE = """() => {
  const here = document.activeElement;
  if (!here || here === document.body || here === document.documentElement) return null;
  window.walked ||= new Map();
  if (!window.walked.has(here)) window.walked.set(here, window.walked.size);
  const box = here.getBoundingClientRect();
  const seen = box.bottom > 0 && box.top < innerHeight;
  return [window.walked.get(here), seen, here.outerHTML.slice(0, 100)];
}"""


@pytest.fixture
def secret(rooms):
    found = generate_totp_secret()
    TOTP.activate(rooms.clinician, found)
    return found


def test_tab_leads_to_everything_once_and_out_again(come_in, rooms):
    tabs, wrong = {}, []
    for name, who in WALKED.items():
        page = tabs.get(who) or tabs.setdefault(who, come_in(who, TWICE_AS_LARGE))
        page.goto(rooms.url(name))
        expected, walked = page.evaluate(IN_ORDER), []
        for _ in range(4 * expected):  # within a time, Tab goes from the hour to the minute
            page.keyboard.press("Tab")
            here = page.evaluate(WHERE)
            if walked and here == walked[-1]:
                continue
            if here is None or here in walked:
                break
            walked.append(here)
        wrong += [f"{name}: out of sight: {each[2]}" for each in walked if not each[1]]
        if len(walked) < expected:
            wrong.append(f"{name}: {len(walked)} of {expected}, then {here}")
    assert wrong == []


def test_a_clinician_signs_in_finds_a_client_and_assigns(come_in, rooms, secret):
    page = come_in(NOBODY, TWICE_AS_LARGE)
    keys = Keys(page)
    page.goto("/")
    keys.type(page.get_by_label(re.compile("^E-?mail", re.I)), rooms.clinician.email)
    keys.type(page.get_by_label("Password"), PASSWORD)
    page.keyboard.press("Enter")
    code = format_hotp_value(hotp_value(secret, int(time.time()) // 30))
    keys.type(page.get_by_label(re.compile("code", re.I)), code)
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", name=re.compile("Today"))).to_be_visible()
    page.wait_for_load_state()  # the keys are a script's, which comes after the words
    page.keyboard.press("/")
    page.keyboard.type("Sam")
    page.keyboard.press("Enter")  # to the first row that is left
    page.keyboard.press("Enter")
    keys.press(page.get_by_role("link", name="Assign", exact=True).first, "Enter")
    card = page.locator("li.activity-card", has_text="Limits and closeness")
    first = card.get_by_role("link").first
    first.focus()  # past sixty others; that Tab leads to all is told above
    page.keyboard.press("Enter")
    keys.press(page.get_by_label("Once, from now"), "Space")
    keys.press(page.get_by_role("button", name="Assign", exact=True), "Enter")
    expect(page.get_by_text("Assigned.")).to_be_visible()
    assert looking.too_wide(page) == []


def test_a_client_opens_the_link_answers_sends_and_leaves(come_in, rooms, server):
    rooms.practice.leave_url = f"{server}/healthz/live"  # no test reaches beyond this machine
    rooms.practice.save(update_fields=["leave_url"])
    check = rooms.screener  # answered but for being sent
    page = come_in(NOBODY, TWICE_AS_LARGE)
    keys = Keys(page)
    page.goto(reverse("clients:link", args=[rooms.token]))
    keys.type(page.get_by_label("Your code"), "2580")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name=re.compile("Good"))).to_be_visible()

    page.goto(reverse("assessments:step", args=[check.occurrences.get().pk, 8]))
    radio = page.get_by_role("radio", checked=True)
    keys.press(radio, "ArrowDown")
    keys.press(page.get_by_role("button", name="Next"), "Enter")
    expect(page.get_by_role("heading", name="Your answers")).to_be_visible()
    keys.press(page.get_by_role("button", name="Send to Clara"), "Enter")
    expect(page.get_by_role("heading", name="Sent to Clara")).to_be_visible()
    assert looking.too_wide(page) == []
    for _ in range(3):
        page.keyboard.press("Shift")
    page.wait_for_url("**/healthz/live")


def test_the_focus_is_where_the_work_is(come_in, rooms):
    """After what takes something away or says no, a key still leads on from there."""
    page = come_in(CLINICIAN, DESK)
    keys = Keys(page)
    page.goto(reverse("clients:client_add"))
    page.get_by_role("button", name="Add", exact=True).press("Enter")
    expect(page.locator("[data-error-summary]")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")  # from the summary to the field
    expect(page.get_by_label("Preferred name")).to_be_focused()

    page.goto(reverse("assessments:today"))
    keys.press(page.locator(".menu summary"), "Enter", "Tab", "Escape")
    expect(page.locator(".menu summary")).to_be_focused()
    page.keyboard.press("/")
    page.keyboard.type("zzz")
    page.keyboard.press("Escape")
    expect(page.get_by_role("searchbox")).to_be_focused()
