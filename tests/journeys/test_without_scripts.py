"""Scripts switched off: everything that has to work does, as plain pages and forms."""

import re

import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.urls import reverse
from playwright.sync_api import expect

from practice import knocks
from tests.pages import CLIENT, CLINICIAN, NOBODY

from .conftest import DESK, PHONE
from .test_main_job import sign_in

pytestmark = pytest.mark.journey


def test_staff_sign_in_search_filter_and_choose_colours(come_in, rooms):
    secret = generate_totp_secret()
    TOTP.activate(rooms.clinician, secret)
    page = come_in(NOBODY, DESK, java_script_enabled=False)
    sign_in(page, rooms.clinician, secret)
    rows = page.locator("[data-row]:visible")
    expect(rows.first).to_be_visible()
    page.get_by_role("searchbox").fill("zzz")
    page.get_by_role("searchbox").press("Enter")
    expect(page.get_by_text("Nothing on Today has these words.")).to_be_visible()
    page.get_by_role("searchbox").fill("Sam")
    page.get_by_role("searchbox").press("Enter")
    expect(rows.first).to_contain_text("Sam Ortega")
    page.locator(".counts a", has_text="alert").first.click()
    expect(rows).to_have_count(1)

    page.goto(reverse("clients:caseload"))
    page.get_by_role("searchbox").fill("Other")
    page.get_by_role("searchbox").press("Enter")
    expect(rows).to_have_count(1)

    page.locator(".menu summary").click()
    page.get_by_role("button", name="Dark").click()
    expect(page).to_have_url(re.compile(r"/caseload/\?q=Other"))
    paper = page.locator("body")
    expect(paper).to_have_css("background-color", "rgb(22, 25, 27)")


def test_a_client_gets_a_code_writes_an_entry_and_leaves(come_in, rooms, server, mailoutbox):
    rooms.practice.leave_url = f"{server}/healthz/live"  # no test reaches beyond this machine
    rooms.practice.save(update_fields=["leave_url"])
    page = come_in(NOBODY, PHONE, java_script_enabled=False)
    page.goto(reverse("account_request_login_code"))
    page.get_by_role("textbox").fill(rooms.client.user.email)
    page.get_by_role("button", name="Send the code").click()
    expect(page.get_by_role("heading", name="Type the code")).to_be_visible()
    knocks.answer_all()  # the worker does
    code = re.search(r"\b\d{4} \d{4}\b", mailoutbox[-1].body)[0]
    page.get_by_role("textbox").fill(code)
    page.get_by_role("main").get_by_role("button").first.click()
    expect(page.get_by_role("link", name=re.compile("Leave this page"))).to_be_visible()

    page = come_in(CLIENT, PHONE, java_script_enabled=False)
    page.goto(rooms.url("assessments:entry"))
    page.get_by_label("What was the limit?").fill("No calls after nine")
    page.get_by_role("group", name="Did I say it?").get_by_text("Yes", exact=True).click()
    page.get_by_role("group", name="Was the limit kept?").get_by_text("Kept", exact=True).click()
    page.get_by_role("button", name="Add this").click()
    expect(page.get_by_text("No calls after nine").first).to_be_visible()

    page.goto(reverse("clients:contact_own"))
    page.get_by_role("main").get_by_role("button").last.click()
    expect(page.get_by_role("status").first).to_be_visible()

    page.get_by_role("link", name=re.compile("Leave this page")).click()
    expect(page).to_have_url(re.compile("/healthz/live"))
    page.goto("/me/")
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


def test_a_clinician_assigns(come_in, rooms):
    page = come_in(CLINICIAN, DESK, java_script_enabled=False)
    page.goto(reverse("assessments:assign", args=[rooms.client.pk]))
    card = page.locator("li.activity-card", has_text="Limits and closeness")
    card.get_by_role("link").first.click()
    page.get_by_label("Once, from now").check()
    page.get_by_role("button", name="Assign", exact=True).click()
    expect(page.get_by_text("Assigned.")).to_be_visible()
