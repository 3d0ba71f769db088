"""A client asks to be forgotten; a court forbids it for a while; then it is done, and proved.

Given Olga who owns the practice, and Clara whose client Sam has finished and wants nothing left,
when Clara writes that down, and Olga sets a hold because a court has asked,
then there is no way to erase Sam until the hold is lifted: what goes is said before, the wrong name
is refused, and afterwards there is a certificate and nobody of that name.
"""

import re

import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.utils import timezone
from playwright.sync_api import expect

from clients import actions as care
from clients.models import Client, LegalHold
from practice.models import Erased
from tests.conftest import freshly, make_client, make_practice, make_staff

from .conftest import DESK
from .test_own import enter

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def there(db):
    practice = make_practice(also_clinician=False)
    owner, clara = practice.users.get(), make_staff(practice, "Clara", "clinician")
    TOTP.activate(owner, generate_totp_secret())
    sam = make_client(clara, "Sam Ortega", now=timezone.now())
    care.close_episode(sam, by=clara, reason="Finished", now=timezone.now())
    return {"owner": owner, "clara": clara, "sam": sam}


def test_asked_held_and_erased(open_page, site, there):
    sam = there["sam"]
    hers = open_page(DESK)
    enter(hers, there["clara"], site.url)
    hers.goto(f"/clients/{sam.pk}/record/")
    hers.get_by_role("link", name="They asked to be forgotten").click()
    hers.get_by_label("They asked to be forgotten").check()
    hers.get_by_role("button", name="Write it down").click()
    expect(hers.get_by_text("To be forgotten, written down on")).to_be_visible()

    owners = open_page(DESK)
    cookie = freshly(there["owner"]).cookies["s"].value
    owners.context.add_cookies([{"name": "s", "value": cookie, "url": site.url}])
    owners.goto("/practice/")
    owners.get_by_role("link", name="Keeping and forgetting").click()
    owners.get_by_role("link", name=re.compile("Look at it.*Sam Ortega")).click()
    owners.get_by_text("Set a hold", exact=True).click()
    owners.get_by_label("Why must nothing be deleted?").fill("The court of Lübeck, 3 C 12")
    owners.get_by_role("button", name="Set the hold").click()
    expect(owners.get_by_text("Not while a hold stands.")).to_be_visible()
    expect(owners.get_by_role("link", name="Look at the erasure")).to_have_count(0)
    assert LegalHold.objects.standing().exists()

    owners.get_by_role("button", name="Lift the hold").click()
    owners.get_by_role("link", name="Look at the erasure").click()
    expect(owners.get_by_role("heading", name="What stays")).to_be_visible()
    owners.get_by_label("Why may it be before the time is over?").fill("They insist")
    owners.get_by_label("Type their name").fill("Sam Other")
    owners.get_by_role("button", name="Erase for good").click()
    expect(owners.get_by_text("That is not their name").first).to_be_visible()
    assert Client.objects.filter(pk=sam.pk).exists()
    owners.get_by_label("Type their name").fill("Sam Ortega")
    owners.get_by_role("button", name="Erase for good").click()

    expect(owners.get_by_role("heading", name="Certificate of erasure")).to_be_visible()
    with owners.expect_download() as paper:
        owners.get_by_role("link", name="To print (PDF)").click()
    assert paper.value.suggested_filename == f"certificate-{sam.pk}.pdf"
    assert "Ortega" not in owners.content()
    assert Erased.objects.get().pk == sam.pk
    hers.goto("/caseload/")
    expect(hers.get_by_text("Sam Ortega")).to_have_count(0)
