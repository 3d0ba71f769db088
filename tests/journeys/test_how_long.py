"""A new client is through their first short screener in two minutes, from the invitation on; one
who returns adds an entry to a log in twenty seconds, from the home screen on. By the rule of
``reckoning``, which counts what is really done and shown on a phone.
"""

import logging
import os
import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from assessments.models import Response
from clients import actions as care
from tests.conftest import clear, give, join, make_client, make_practice, make_staff

from .alone import web_server
from .conftest import PHONE
from .reckoning import Reckoning
from .test_own import enter

pytestmark = [
    pytest.mark.journey,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif("HARD" in os.environ, reason="the rule is about a thumb on a phone"),
]
log = logging.getLogger(__name__)
CODE = "7302"


@pytest.fixture(scope="module")
def site(static_files, django_db_setup):
    with web_server() as url:
        yield url


@pytest.fixture
def phone(chromium, site):
    context = chromium.new_context(viewport=PHONE, base_url=site, is_mobile=True, has_touch=True)
    yield context.new_page()
    context.close()


@pytest.fixture
def clara():
    return make_staff(make_practice(also_clinician=False), "Clara", "clinician")


@pytest.fixture
def sam(clara):
    client = make_client(clara, now=timezone.now())
    clear(client, by=clara, now=timezone.now())
    return client


def button(page, name):
    return page.get_by_role("button", name=name, exact=True)


def answer(page, number, within="form[data-keep]"):
    """What one touches to choose it."""
    radio = page.locator(f"{within} input[type=radio]").nth(number)
    return page.locator(f'label[for="{radio.get_attribute("id")}"]').first


def link(page, name):
    return page.get_by_role("link", name=re.compile(f"^{name}")).first


def test_from_the_invitation_through_the_first_short_screener(phone, clara, sam):
    now = timezone.now()
    occurrence = give(sam, "patterns-check", by=clara, now=now).occurrences.get()
    care.invite(sam, by=clara, now=now)
    token = care.issue_links([sam], now=now)[sam.pk]
    new = Reckoning(phone)
    new.opens(lambda: phone.goto(f"/l/{token}/"))
    new.types(phone.get_by_label("Choose a code", exact=False), CODE)
    new.types(phone.get_by_label("The same code again"), CODE, again=True)
    new.goes_on(button(phone, "Go on"))
    new.goes_on(button(phone, "Go on"))
    new.goes_on(button(phone, "I agree that my care team reads"))
    new.goes_on(link(phone, "Start"))
    new.goes_on(link(phone, "Start"))
    while phone.locator("form[data-keep]").count():
        new.chooses(answer(phone, 1))
        new.goes_on(button(phone, "Next"))
    new.goes_on(phone.get_by_role("button", name=re.compile("^Send to")), is_last=True)
    log.warning("a new client: %s", new)
    assert Response.objects.submitted().filter(occurrence=occurrence).exists()
    assert new.total < 120


def test_an_entry_from_the_home_screen(phone, site, clara, sam):
    now = timezone.now()
    sam = join(sam, by=clara, now=now)
    sam.leave_page_shown_at = now
    sam.save(update_fields=["leave_page_shown_at"])
    give(sam, "limit-log", by=clara, now=now - timedelta(days=3), times=4)  # open, also at night
    enter(phone, sam.user, site)
    phone.goto("/me/")
    back = Reckoning(phone, reads=False)
    back.goes_on(link(phone, "Add what happened"))
    back.goes_on(phone.get_by_role("button", name="Yes"))  # it is a safe time
    back.types(phone.get_by_label("What was the limit?"), "Not this Saturday.")
    said = phone.get_by_role("group", name="Did I say it?")
    back.chooses(said.get_by_text("Not yet", exact=True))
    held = phone.get_by_role("group", name="Was the limit kept?")
    back.chooses(held.get_by_text("Kept", exact=True))
    back.goes_on(button(phone, "Add this"), is_last=True)
    log.warning("an entry: %s", back)
    expect(phone.get_by_role("heading").first).to_be_visible()
    assert Response.objects.submitted().exists()
    assert back.total < 20
