"""A clinician leaves the practice, while her page lies open with a note half typed.

Given Clara with two clients, one of whom has a session tomorrow,
when the owner lets her go and Carl takes over,
then her next click leads to the sign-in and shows nothing, Carl finds both on Today and the session
in his calendar, and the record says from whom and since when.
"""

import re
from datetime import timedelta

import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.utils import timezone
from playwright.sync_api import expect

from clients import actions as care
from clients.models import SafetyCheck
from tests.conftest import freshly, make_client, make_practice, make_staff

from .conftest import DESK
from .test_main_job import sign_in
from .test_own import enter

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

HALF_TYPED = "She told me that at home"


@pytest.fixture
def there(db):
    practice, now = make_practice(also_clinician=False), timezone.now()
    owner, secret = practice.users.get(), generate_totp_secret()
    TOTP.activate(owner, secret)
    clara, carl = (make_staff(practice, name, "clinician") for name in ("Clara", "Carl"))
    sam, _ada = (make_client(clara, name, now=now) for name in ("Sam Ortega", "Ada Lind"))
    care.book_session(sam, by=clara, starts_at=now + timedelta(hours=20), now=now)
    return {"owner": (owner, secret), "clara": clara, "carl": carl, "sam": sam}


def test_nobody_is_left_alone_and_nothing_opens_any_more(open_page, site, there):
    hers = open_page(DESK)
    # She has just shown once more who she is, as the page of a safety check asks.
    cookie = freshly(there["clara"]).cookies["s"].value
    hers.context.add_cookies([{"name": "s", "value": cookie, "url": site.url}])
    hers.goto(f"/clients/{there['sam'].pk}/safety/")
    hers.get_by_label("Note").fill(HALF_TYPED)

    # The owner lets her go.
    owners = open_page(DESK)
    sign_in(owners, *there["owner"])
    owners.get_by_role("link", name="Who works here").click()
    owners.get_by_role("link", name="Clara").click()
    owners.get_by_role("link", name=re.compile("Leaves the practice.*Clara")).click()
    expect(owners.get_by_text("2 clients on their caseload")).to_be_visible()
    expect(owners.get_by_text("1 session to come")).to_be_visible()
    owners.get_by_role("button", name="Hand over and end their access").click()
    expect(owners.get_by_text("somebody has to be there for them").first).to_be_visible()
    owners.get_by_label("Who takes over").select_option(label="Carl")
    owners.get_by_role("button", name="Hand over and end their access").click()
    expect(owners.get_by_text("Clara has left. 2 clients are handed over")).to_be_visible()
    expect(owners.get_by_role("link", name="Clara")).to_have_count(0)

    # What she had half typed is not written, and her page shows nothing more.
    hers.get_by_label("Hold").check()
    hers.get_by_role("button", name="Keep").click()
    expect(hers.get_by_label("Password")).to_be_visible()
    assert not SafetyCheck.objects.exists()
    hers.goto("/today/")
    expect(hers.get_by_label("Password")).to_be_visible()
    assert "Ortega" not in hers.content()

    # Carl has both, with the session, and the record says since when.
    his = open_page(DESK)
    enter(his, there["carl"], site.url)
    his.goto("/today/")
    expect(his.get_by_text("Handed over from Clara: 2 clients.")).to_be_visible()
    expect(his.get_by_text("Session of 50 minutes").first).to_be_visible()
    his.get_by_role("link", name="See who").click()
    expect(his.get_by_role("row", name="Ada Lind")).to_be_visible()
    his.get_by_role("button", name="I have seen it").click()
    expect(his.get_by_text("Handed over from Clara")).to_have_count(0)
    his.goto(f"/clients/{there['sam'].pk}/record/")
    expect(his.get_by_text("handed over from Clara")).to_be_visible()
