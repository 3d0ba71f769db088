"""The connection is lost, or the sign-in ends, while somebody writes.

The page says so, keeps what is on the screen, tries again, and says "Kept" only when the server has
it. Nothing that was written is put anywhere else in the browser, or into somebody else's records.
"""

import re

import pytest
from django.contrib.sessions.models import Session as SignedIn
from django.utils import timezone
from playwright.sync_api import expect

from assessments.models import Feedback, Response
from clients import actions as care
from tests.conftest import give, join, make_client, make_practice, make_staff, send

from .alone import web_server
from .conftest import DESK, PATIENCE, PHONE
from .test_how_long import answer
from .test_own import enter

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

NO_CONNECTION = "Not kept yet: there is no connection. What you wrote is still on this page."
THEN_ON = "Then it goes on by itself."
WORDS = "Somebody said yes for me"
CODE = "2580"


@pytest.fixture(scope="module")
def site(static_files, django_db_setup):
    with web_server() as url:
        yield url


@pytest.fixture
def phone(chromium, site):
    """Deaf to what the browser says of the net: that is the story."""
    context = chromium.new_context(viewport=PHONE, base_url=site)
    context.set_default_timeout(PATIENCE)
    errors = []
    context.on("weberror", lambda error: errors.append(str(error.error)))
    yield context.new_page()
    context.close()
    assert errors == []


@pytest.fixture
def clara():
    return make_staff(make_practice(also_clinician=False), "Clara", "clinician")


def a_client(clara, name):
    client = join(make_client(clara, name, now=timezone.now()), by=clara, now=timezone.now())
    client.leave_page_shown_at = timezone.now()
    client.save(update_fields=["leave_page_shown_at"])
    return client


@pytest.fixture
def sam(clara):
    return a_client(clara, "Sam Ortega")


def asked(client, slug, clara):
    return give(client, slug, by=clara, now=timezone.now()).occurrences.get()


def status(page):
    return page.locator("[data-kept]")


def answers_of(occurrence):
    return occurrence.responses.get().answers


def sign_in(page, client):
    """By a link from a message, in a tab of its own: the real way in."""
    token = care.issue_links([client], now=timezone.now())[client.pk]
    tab = page.context.new_page()
    tab.goto(f"/l/{token}/")
    tab.get_by_label("Your code").fill(CODE)
    tab.get_by_role("button", name="Open").click()
    expect(tab.get_by_role("heading", name=re.compile("Good"))).to_be_visible()
    tab.close()


def come_back_to(page):
    page.bring_to_front()
    page.evaluate("window.dispatchEvent(new Event('focus'))")  # headless: nobody looks


def holds_nothing(page):
    """Nothing that was written stands anywhere but on the page."""
    stored = "[...Object.values(localStorage), ...Object.values(sessionStorage), document.cookie]"
    assert WORDS not in str(page.evaluate(stored))


def kept_as(word):
    return lambda request: request.headers.get("x-keep") == word


class TestLostConnection:
    def test_what_a_question_sends_again_by_itself_keeps_no_sign_in_alive(
        self, phone, site, sam, clara
    ):
        occurrence = asked(sam, "thought-record", clara)
        enter(phone, sam.user, site)
        phone.goto(f"/me/{occurrence.pk}/1/")
        phone.context.set_offline(True)
        happened = phone.get_by_label("What happened?")
        with phone.expect_request(kept_as("1")):
            happened.fill(WORDS)
        with phone.expect_request(kept_as("idle")):
            pass  # nobody is there
        with phone.expect_request(kept_as("1")):
            happened.fill(WORDS + " again")

    def test_a_question(self, phone, site, sam, clara):
        occurrence = asked(sam, "thought-record", clara)
        enter(phone, sam.user, site)
        phone.goto(f"/me/{occurrence.pk}/1/")
        phone.context.set_offline(True)
        phone.get_by_label("What happened?").fill(WORDS)
        expect(status(phone)).to_contain_text(NO_CONNECTION)
        phone.get_by_role("button", name="Next").click()
        expect(status(phone)).to_contain_text(THEN_ON)
        expect(phone.get_by_label("What happened?")).to_have_value(WORDS)
        assert not Response.objects.exists()
        # Whoever writes on is not taken away in the middle of it.
        phone.get_by_label("What happened?").press_sequentially("!")
        expect(status(phone)).to_contain_text(NO_CONNECTION)
        phone.context.set_offline(False)
        expect(status(phone)).to_have_text("Kept")
        assert answers_of(occurrence) == {"situation": f"{WORDS}!"}

        # All is kept, and Next or Back would still land on the browser's own error page.
        phone.context.set_offline(True)
        phone.get_by_role("link", name="Back").click()
        expect(status(phone)).to_contain_text(THEN_ON)
        phone.get_by_role("button", name="Next").click()
        expect(status(phone)).to_contain_text(THEN_ON)
        expect(phone.get_by_label("What happened?")).to_have_value(f"{WORDS}!")
        phone.context.set_offline(False)
        expect(phone.get_by_label("The thought, in one sentence")).to_be_visible()
        holds_nothing(phone)

    def test_an_entry_is_sent_once_when_there_is_a_connection_again(self, phone, site, sam, clara):
        occurrence = asked(sam, "my-own-time", clara)
        enter(phone, sam.user, site)
        phone.goto(f"/me/{occurrence.pk}/new/")
        line = phone.locator("form[data-keep] input[type=text]").first
        line.fill(WORDS)
        line.blur()
        expect(status(phone)).to_have_text("Kept")
        phone.get_by_label("About how many minutes?").fill("30")
        answer(phone, 7).click()
        phone.context.set_offline(True)
        phone.get_by_role("button", name="Add this").click()
        phone.get_by_role("button", name="Add this").click()
        expect(status(phone)).to_contain_text(THEN_ON)
        assert not Response.objects.submitted().exists()
        phone.context.set_offline(False)
        expect(phone.get_by_text(WORDS)).to_be_visible()
        phone.wait_for_url("**/list/")
        assert WORDS in Response.objects.submitted().get().answers.values()

    def test_what_stands_between_us_and_the_page_keeps_nothing(self, phone, site, sam, clara):
        """A proxy that is out of order, one that answers for us, and a server that hangs."""
        occurrence = asked(sam, "strengths-check", clara)
        enter(phone, sam.user, site)
        phone.clock.install()
        phone.goto(f"/me/{occurrence.pk}/1/")
        ways = {
            "bad gateway": lambda route: route.fulfill(status=502, body="<h1>502</h1>"),
            "a hotel's own page": lambda route: route.fulfill(status=200, body="Welcome"),
            "a proxy that says no content": lambda route: route.fulfill(status=204),
            "a hanging server": lambda route: None,
        }
        said = []
        phone.expose_function("heard", lambda words: said.append(words))
        status(phone).evaluate(
            "e => new MutationObserver(() => heard(e.textContent)).observe(e, {childList: true})"
        )
        for number, way in enumerate(ways.values()):
            phone.unroute_all(behavior="ignoreErrors")
            phone.route("**/1/", way)
            answer(phone, number).click()
            phone.clock.run_for(5000)
            expect(status(phone)).to_contain_text("Not kept yet.")
        assert said
        assert "Kept" not in said
        assert not Response.objects.exists()
        phone.unroute_all(behavior="ignoreErrors")
        phone.clock.run_for(60_000)
        expect(status(phone)).to_have_text("Kept")
        assert Response.objects.exists()


class TestSignedOut:
    @pytest.mark.parametrize("how", ["elsewhere", "the cookie is gone"])
    def test_while_typing(self, phone, site, sam, clara, how):
        occurrence = asked(sam, "thought-record", clara)
        enter(phone, sam.user, site)
        phone.goto(f"/me/{occurrence.pk}/1/")
        if how == "elsewhere":
            SignedIn.objects.all().delete()
        else:
            phone.context.clear_cookies()
        phone.get_by_label("What happened?").fill(WORDS)
        expect(status(phone)).to_have_text(
            re.compile(
                r"You were signed out\. What you wrote is still on this page, "
                r"but not kept since \d\d?:\d\d"
            )
        )
        phone.get_by_role("button", name="Next").click()
        expect(phone.get_by_label("What happened?")).to_have_value(WORDS)
        with phone.context.expect_page() as opened:
            phone.get_by_role("link", name="Sign in, in a new tab").click()
        expect(opened.value.get_by_role("heading", name="Sign in")).to_be_visible()
        opened.value.close()
        assert not Response.objects.exists()

        sign_in(phone, sam)
        come_back_to(phone)
        expect(phone.get_by_label("The thought, in one sentence")).to_be_visible()
        assert answers_of(occurrence) == {"situation": WORDS}
        holds_nothing(phone)

    def test_whoever_signs_in_instead_gets_and_sees_nothing_of_it(self, phone, site, sam, clara):
        toni = a_client(clara, "Toni Weiss")
        occurrence = asked(sam, "thought-record", clara)
        asked(toni, "thought-record", clara)
        enter(phone, sam.user, site)
        phone.goto(f"/me/{occurrence.pk}/1/")
        SignedIn.objects.all().delete()
        phone.get_by_label("What happened?").fill(WORDS)
        expect(status(phone)).to_contain_text("You were signed out.")
        sign_in(phone, toni)
        come_back_to(phone)
        expect(phone.get_by_text("Somebody else is signed in on this device now.")).to_be_visible()
        expect(phone.get_by_text("What happened?")).to_be_hidden()
        expect(phone.get_by_label("What happened?")).to_be_hidden()
        assert not Response.objects.exists()
        # The first one comes back: nothing of theirs was lost either.
        sign_in(phone, sam)
        come_back_to(phone)
        expect(status(phone)).to_have_text("Kept")
        expect(phone.get_by_label("What happened?")).to_have_value(WORDS)
        assert answers_of(occurrence) == {"situation": WORDS}

    def test_words_of_a_clinician_are_sent_after_signing_in_again(self, phone, site, sam, clara):
        occurrence = asked(sam, "strengths-check", clara)
        send(occurrence, by=sam.user, now=timezone.now())
        phone.set_viewport_size(DESK)
        enter(phone, clara, site)
        phone.goto(f"/responses/{Response.objects.get().pk}/")
        SignedIn.objects.all().delete()
        words = phone.locator("form[data-hold] textarea")
        words.fill(WORDS)
        phone.locator("form[data-hold]").get_by_role("button", name="Send").click()
        expect(status(phone)).to_contain_text("still on this page, but not sent")
        expect(words).to_have_value(WORDS)
        enter(phone, clara, site)
        come_back_to(phone)
        expect(phone.get_by_text("not opened yet")).to_be_visible()
        assert Feedback.objects.get().words == WORDS
