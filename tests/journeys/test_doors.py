"""Who gets in, and who does not: a link in the wrong hands, a mail scanner, and passkeys."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.conftest import PASSWORD
from tests.workers import until

from .conftest import DESK, PHONE, link_in
from .test_portal import CODE, sam

__all__ = ["sam"]
pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


def newest_link(mail, after=0):
    until(lambda: len(mail.letters) > after, "the message arrives")
    return link_in(mail.letters[-1].text, "/l/")


def expect_nothing_told(page):
    expect(page).to_have_title("Trellis")
    for told in ("Sam", "Ortega", "Clara", "Mill"):
        expect(page.get_by_text(told)).to_have_count(0)


def expect_home(page):
    expect(page.get_by_role("heading", name=re.compile("Good"))).to_be_visible()


def test_a_link_that_somebody_else_opens(open_page, mail, sam):
    """Given the link of a message in somebody else's hands, when they guess, then they see
    nothing of whose it is, and after five guesses it is dead. Sam taps it later, asks for a new one
    with one tap, and is in."""
    url = newest_link(mail)
    other = open_page(DESK)
    other.goto(url)
    for guess in ("0000", "1379", "2468", "1212"):
        other.get_by_label("Your code").fill(guess)
        other.get_by_role("button", name="Open").click()
        expect(other.get_by_text("That is not the code").first).to_be_visible()
        expect_nothing_told(other)
    other.get_by_label("Your code").fill("9753")
    other.get_by_role("button", name="Open").click()
    expect(other.get_by_role("heading", name="This link has run out")).to_be_visible()
    expect_nothing_told(other)
    other.goto("/me/")
    expect(other.get_by_role("heading", name="Sign in")).to_be_visible()

    page, before = open_page(PHONE, java_script_enabled=False), len(mail.letters)
    page.goto(url)
    page.get_by_role("button", name="Send a new link").click()
    expect(page.get_by_role("heading", name="Look where the link came from")).to_be_visible()
    page.goto(newest_link(mail, before))
    page.get_by_label("Your code").fill(CODE)
    page.get_by_role("button", name="Open").click()
    expect_home(page)


def test_a_link_that_a_mail_scanner_opens(open_page, site, mail, sam):
    """Given a scanner that looks, follows every link on the page and sends off every form without
    a code, when Sam opens the link after it, then it works."""
    url = newest_link(mail)
    scanner = open_page(DESK)
    scanner.request.head(url)
    scanner.goto(url)
    here = scanner.eval_on_selector_all("a[href]", "links => links.map(link => link.href)")
    for address in [
        url,
        *(each for each in here if each.startswith(site.url) and "/leave/" not in each),
    ]:
        scanner.goto(address)
        for n in range(scanner.locator("form").count()):
            with scanner.expect_navigation():
                scanner.locator("form").nth(n).evaluate(
                    "form => HTMLFormElement.prototype.submit.call(form)"
                )
            scanner.goto(address)
    page = open_page(PHONE)
    page.goto(url)
    page.get_by_label("Your code").fill(CODE)
    page.get_by_role("button", name="Open").click()
    expect_home(page)
    assert sam.safe_contacts.current().get().channel == "email"


def with_keys(page):
    """A device that keeps passkeys and knows its owner's finger."""
    line = page.context.new_cdp_session(page)
    line.send("WebAuthn.enable")
    line.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )


def named(url):
    """The same site by its name: passkeys belong to one."""
    return url.replace("127.0.0.1", "localhost")


def test_sam_signs_in_with_this_phone(open_page, site, mail, sam):
    """Given Sam in the portal, when they add this phone after their own code, then the phone alone
    lets them in; removed, it does not."""
    page = open_page(PHONE)
    with_keys(page)
    page.goto(named(newest_link(mail)))
    page.get_by_label("Your code").fill(CODE)
    page.get_by_role("button", name="Open").click()
    expect_home(page)
    page.get_by_role("link", name="My things").click()
    page.get_by_role("link", name="Sign in with this phone").click()
    expect(page.get_by_text("Whoever can unlock this phone")).to_be_visible()
    page.get_by_label("Your code").fill(CODE)
    page.get_by_role("button", name="Go on").click()
    assert Axe().run(page).response["violations"] == []
    page.get_by_role("button", name="Add this phone").click()
    expect(page.get_by_text("Next time you can sign in with this phone")).to_be_visible()

    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("button", name="Sign out")).to_have_count(0)
    page.goto(named(f"{site.url}/accounts/login/"))
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect_home(page)

    page.goto(named(f"{site.url}/me/device/"))
    page.get_by_label("Your code").fill(CODE)
    page.get_by_role("button", name="Go on").click()
    page.get_by_role("button", name=re.compile("Remove")).click()
    expect(page.get_by_text("It opens nothing any more")).to_be_visible()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("button", name="Sign out")).to_have_count(0)
    page.goto(named(f"{site.url}/accounts/login/"))
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_text("That did not work").first).to_be_visible()


def test_clara_adds_a_passkey_and_needs_nothing_else(open_page, site, sam):
    """Given Clara with a password alone, when she adds a passkey in the place of an app, then it
    is her second step after the password, and lets her in by itself."""
    clara = sam.care_team.get().clinician
    page = open_page(DESK)
    with_keys(page)

    def sign_in():
        page.goto(named(f"{site.url}/accounts/login/"))
        page.get_by_label("E-mail").fill(clara.email)
        page.get_by_label("Password", exact=True).fill(PASSWORD)
        page.get_by_role("button", name="Sign in", exact=True).click()

    sign_in()
    expect(page.get_by_role("heading", name="Set up an app for codes")).to_be_visible()
    page.get_by_role("link", name="Add a passkey instead").click()
    assert Axe().run(page).response["violations"] == []
    page.get_by_role("button", name="Add it").click()
    expect(page.get_by_text("Your passkey is kept").first).to_be_visible()
    expect(page.get_by_role("heading", name=re.compile("spare codes", re.I)).first).to_be_visible()
    page.get_by_role("button", name="I have put them away").click()
    expect(page.get_by_role("heading", name=re.compile("Today"))).to_be_visible()

    page.context.clear_cookies()
    sign_in()
    page.get_by_role("button", name="Use my passkey").click()
    expect(page.get_by_role("heading", name=re.compile("Today"))).to_be_visible()

    page.context.clear_cookies()
    page.goto(named(f"{site.url}/accounts/login/"))
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_role("heading", name=re.compile("Today"))).to_be_visible()
