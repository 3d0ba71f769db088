"""What a client may know, on a phone and at a desk.

Given Sam in a program, of whom Clara has read something,
when Sam opens the portal for the first time, they are asked to agree before anything else;
then their path, readings and plan are one or two taps away; the plan is kept while they type and
Clara sees it once Sam shares it; the list of who looked names Clara; and a file comes after the
code. Nothing of it complains to axe, and one tap takes an agreement back.
"""

import re

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from assessments import actions
from assessments.models import ProgramVersion
from clients.models import Consent, OwnPlan
from practice import audit

from .conftest import DESK, PHONE
from .test_between import is_accessible
from .test_own import clara, enter, sam  # noqa: F401

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
PAGES = ("things", "path", "readings", "sent", "opened", "own_file")


@pytest.fixture
def lived(clara, sam):  # noqa: F811
    clinician, now = clara[0], timezone.now()
    versions = ProgramVersion.objects.assignable().filter(practice=sam.practice_id)
    limits_first = versions.get(program__slug="limits-first")
    actions.assign_program(sam, limits_first, by=clinician, now=now, acknowledged=True)
    reading = sam.occurrences.filter(assignment__step=0).get()
    actions.keep(reading, {}, by=sam.user, now=now)
    actions.submit(reading, by=sam.user, now=now)
    audit.looked("record.read", sam, by=clinician)
    Consent.objects.all().delete()
    return sam


def test_what_a_client_may_know(open_page, site, works, clara, lived):  # noqa: F811
    phone = open_page(PHONE, is_mobile=True, has_touch=True)
    enter(phone, lived.user, site.url)
    phone.goto("/me/")
    expect(phone.get_by_role("heading", name="Before you begin")).to_be_visible()
    is_accessible(phone)
    phone.get_by_role("button", name="I agree that my care team reads").tap()
    expect(phone.get_by_role("heading", name=re.compile("^Good"))).to_be_visible()
    expect(phone.get_by_text("1 step done")).to_be_visible()
    is_accessible(phone)

    for name in PAGES:
        phone.goto(reverse(f"assessments:{name}"))
        is_accessible(phone)
    phone.goto("/me/opened/")
    expect(phone.get_by_text("Clara")).to_be_visible()

    phone.goto("/me/plan/")
    phone.get_by_label("What helps me for a while").fill("Tea at the window")
    expect(phone.locator("[data-kept]")).to_have_text("Kept")
    assert OwnPlan.objects.get().helps == "Tea at the window"
    phone.reload()
    is_accessible(phone)
    phone.get_by_role("button", name="Share it with my care team").tap()
    expect(phone.get_by_text("You and your care team")).to_be_visible()

    desk = open_page(DESK)
    enter(desk, clara[0], site.url)
    desk.goto(f"/clients/{lived.pk}/record/")
    plan = desk.get_by_role("region", name="Their own plan for hard times")
    expect(plan).to_contain_text("Tea at the window")
    is_accessible(desk)

    phone.goto("/me/file/")
    phone.get_by_label("A table for a computer (CSV)").check()
    phone.get_by_label("Your code").fill("2580")
    phone.get_by_role("button", name="Make the file").tap()
    expect(phone.get_by_role("heading", name="Your file")).to_be_visible()
    download = phone.get_by_role("button", name="Download")
    for _ in range(60):  # the worker makes it
        if download.is_visible():
            break
        phone.wait_for_timeout(500)
        phone.reload()
    expect(download).to_be_visible()
    is_accessible(phone)
    with phone.expect_download() as coming:
        download.tap()
    assert re.fullmatch(r"file-\d{8}-\d{4}\.csv", coming.value.suggested_filename)

    phone.goto("/me/uses/")
    is_accessible(phone)
    phone.get_by_role("button", name=re.compile("^Take it back ?: My care team")).tap()
    expect(phone.get_by_text("Taken back on")).to_be_visible()
    phone.goto("/me/")
    expect(phone.get_by_role("heading", name="Before you begin")).to_be_visible()
