"""A colleague's client is in danger, and their clinician does not answer.

Given Sam, who is in Clara's care, and Carl, who has never seen the record,
when the ward calls and Carl opens it in an emergency, saying why,
then he reads it with the hour in view; the owner and Clara have a mail at once, without a name;
Clara reads who saw the record, line by line; and the owner reads what happened here, and why.
"""

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from tests.conftest import freshly, make_client, make_practice, make_staff
from tests.workers import until

from .conftest import DESK, PHONE

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
WHY = "The ward calls and Clara does not answer"


@pytest.fixture
def there(db):
    practice = make_practice(also_clinician=False)
    clara, carl = (make_staff(practice, name, "clinician") for name in ("Clara", "Carl"))
    owner = practice.users.get(name="Olga Owner")
    sam = make_client(clara, "Sam Ortega", now=timezone.now())
    return {"owner": owner, "clara": clara, "carl": carl, "sam": sam}


def page_of(open_page, site, person, size=DESK):
    page = open_page(size)
    cookie = freshly(person).cookies["s"].value
    page.context.add_cookies([{"name": "s", "value": cookie, "url": site.url}])
    return page


def test_it_opens_for_an_hour_and_everybody_concerned_hears(open_page, site, mail, there):
    # Carl, on his phone.
    his = page_of(open_page, site, there["carl"], PHONE)
    his.goto("/caseload/")
    his.get_by_role("link", name="Open a record in an emergency").click()
    his.get_by_label("Whose record?").fill("Sam")
    his.get_by_label("What has happened").fill(WHY)
    his.get_by_role("button", name="Open for an hour").click()
    expect(his.get_by_text("Nobody here has exactly this name").first).to_be_visible()
    his.get_by_label("Whose record?").fill("sam ortega")
    his.get_by_role("button", name="Open for an hour").click()
    expect(his.get_by_role("heading", name="Sam Ortega")).to_be_visible()
    expect(his.get_by_text("Opened in an emergency, until")).to_be_visible()

    # The mails.
    until(lambda: len(mail.letters) == 2, "two mails arrive")
    assert {letter.to for letter in mail.letters} == {there["owner"].email, there["clara"].email}
    assert all("S. O." in each.text and "Sam" not in each.text for each in mail.letters)

    # Clara reads who saw the record.
    hers = page_of(open_page, site, there["clara"])
    hers.goto(f"/clients/{there['sam'].pk}/record/")
    expect(hers.get_by_text(WHY)).to_be_visible()
    hers.get_by_role("link", name="Who saw this record").click()
    expect(hers.get_by_role("row", name="opened the record in an emergency")).to_contain_text(
        "Carl"
    )
    hers.get_by_role("combobox", name="What", exact=True).select_option(label="Records read")
    hers.get_by_role("button", name="Show", exact=True).click()
    expect(hers.get_by_role("row", name="read the timeline")).to_contain_text("Carl")
    expect(hers.get_by_role("row", name="opened the record in an emergency")).to_have_count(0)

    # The owner reads what happened here.
    owners = page_of(open_page, site, there["owner"])
    owners.goto("/practice/")
    owners.get_by_role("link", name="What happened here").click()
    expect(owners.get_by_text(WHY)).to_be_visible()
    owners.get_by_role("combobox", name="Who", exact=True).select_option(label="Carl")
    owners.get_by_role("button", name="Show", exact=True).click()
    expect(owners.get_by_role("row", name="opened the record in an emergency")).to_be_visible()
    assert "Ortega" not in owners.content()
