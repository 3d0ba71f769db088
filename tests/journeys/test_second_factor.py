"""The phone is lost.

Given a clinician whose second factor is gone but who has her spare codes,
when she signs in with one of them, then she is in and is told how many are left.
Given that none is left, when an owner lets her set up a new one after showing who she is,
then both have a mail, the clinician is signed out where she was, and her password leads to a new
second factor and to nothing else; her new codes are put away before she goes on.
"""

from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from practice.actions import keep_codes
from practice.views.devmail import counter_now
from tests.conftest import PASSWORD, make_practice, make_staff

from .conftest import DESK, PHONE
from .test_own import enter

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def house(db):
    """An owner and a clinician, both with a second factor and spare codes put away."""
    owner = make_practice(also_clinician=False).users.get()
    clara = make_staff(owner.practice, "Clara", "clinician")
    for person in (owner, clara):
        TOTP.activate(person, generate_totp_secret())
        RecoveryCodes.activate(person)
        keep_codes(person, now=timezone.now())
    return owner, clara


def nothing_to_mend(page):
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


def sign_in(page, person):
    page.goto("/accounts/login/")
    page.get_by_label("E-mail").fill(person.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()


def use_spare_code(page, person):
    codes = Authenticator.objects.get(user=person, type=Authenticator.Type.RECOVERY_CODES)
    page.get_by_label("Code").fill(codes.wrap().get_unused_codes()[0])
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_text("You used a spare code. 9 are left.")).to_be_visible()


def test_a_lost_second_factor(open_page, house, site, mail):
    owner, clara = house
    phone = open_page(PHONE)
    sign_in(phone, clara)
    nothing_to_mend(phone)
    use_spare_code(phone, clara)

    # None is left: the owner helps, who has just shown who she is.
    desk = open_page(DESK)
    sign_in(desk, owner)  # by the door: it hashes the password anew, as the server does
    use_spare_code(desk, owner)
    desk.goto("/practice/people/")
    nothing_to_mend(desk)
    desk.get_by_role("link", name="Clara").click()
    nothing_to_mend(desk)
    desk.get_by_role("link", name="Let them set up a new one").click()
    nothing_to_mend(desk)
    desk.get_by_role("button", name="Let them").click()
    expect(desk.get_by_text("Clara signs in with the password")).to_be_visible()
    assert [len(mail.to(person.email)) for person in (clara, owner)] == [1, 1]

    # Signed out where she was; the password leads to a new one and nowhere else.
    phone.goto("/today/")
    expect(phone.get_by_role("heading", name="Sign in")).to_be_visible()
    sign_in(phone, clara)
    expect(phone.get_by_role("heading", name="Set up an app for codes")).to_be_visible()
    phone.goto("/caseload/")
    expect(phone.get_by_role("heading", name="Set up an app for codes")).to_be_visible()
    nothing_to_mend(phone)
    secret = phone.locator("code.secret").inner_text().strip()
    phone.get_by_label("Authenticator code").fill(
        format_hotp_value(hotp_value(secret, counter_now()))
    )
    phone.get_by_role("button", name="Set up").click()
    expect(phone.get_by_role("heading", name="Your spare codes")).to_be_visible()
    nothing_to_mend(phone)
    phone.goto("/today/")
    expect(phone).to_have_url(site.url + reverse("mfa_view_recovery_codes"))
    phone.get_by_role("button", name="I have put them away").click()
    expect(phone).to_have_url(site.url + "/today/")


def test_a_page_that_is_left_is_blanked_in_all_tabs(open_page, house, site):
    """Given two tabs of one sign-in, when nobody is there any more, then a question comes, and then
    both show the sign-in page and nothing else; who says that they stay, stays."""
    _owner, clara = house
    desk = open_page(DESK)
    desk.clock.install()
    enter(desk, clara, site.url)
    desk.goto("/today/")
    other = desk.context.new_page()
    other.goto("/caseload/")
    age(clara, minutes=14, seconds=10)
    desk.clock.fast_forward("14:05")
    question = desk.get_by_role("dialog", name="Still there?")
    expect(question.get_by_role("button", name="Stay")).to_be_focused()
    nothing_to_mend(desk)
    question.get_by_role("button", name="Stay").click()
    expect(question).to_be_hidden()
    desk.goto("/today/")
    age(clara, minutes=15)
    desk.clock.fast_forward("15:00")
    for page in (desk, other):
        expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    assert "next=%2Ftoday%2F" in desk.url


def age(person, **time):
    """Their last act was that long ago."""
    past = timezone.now() - timedelta(**time)
    person.sign_ins.update(created_at=past, acted_at=past)
