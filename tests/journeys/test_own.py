"""An own exercise, from the library's to the client's phone.

Given a clinician who would ask her client one thing more,
when she duplicates the limit plan, mends a word, adds a question that is shown only after a
certain answer, moves it up, and publishes it,
then her client gets just that: the word, and the question when the answer is given.
"""

import re

import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.conf import settings
from django.utils import timezone
from playwright.sync_api import expect

from assessments.models import Activity, ActivityDraft, Response
from tests.conftest import as_user, clear, give, join, make_client, make_practice, make_staff

from .conftest import DESK, PATIENCE, PHONE
from .test_main_job import sign_in, where_it_is_day

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

MINE = "Plan a limit with a friend"
WORD = "What happens that is too much for me?"
ASKED = "Does this friend know what I need?"


@pytest.fixture
def clara(db):
    user = make_staff(make_practice(also_clinician=False), "Clara", "clinician")
    secret = generate_totp_secret()
    TOTP.activate(user, secret)
    return user, secret


@pytest.fixture
def sam(clara):
    client = make_client(clara[0], now=timezone.now(), zone=where_it_is_day())
    client = join(client, by=clara[0], now=timezone.now())
    clear(client, by=clara[0], now=timezone.now())
    client.leave_page_shown_at = timezone.now()
    client.save(update_fields=["leave_page_shown_at"])
    return client


def enter(page, user, url):
    """As somebody who has signed in before."""
    name = settings.SESSION_COOKIE_NAME
    value = as_user(user).cookies[name].value
    page.context.add_cookies([{"name": name, "value": value, "url": url}])


def type_into(page, label, words):
    """Typed, and kept without a button."""
    page.get_by_label(label, exact=True).fill(words)
    expect(page.get_by_text("Kept", exact=True)).to_be_visible()


def all_parts(page):
    """The list. In a small window, or at 200 %, it is one step back from the part that is open."""
    back = page.get_by_role("link", name="All parts")
    if back.is_visible():
        with page.expect_navigation():
            back.click()


def open_part(page, name):
    all_parts(page)
    with page.expect_navigation():
        page.locator(".own-outline").get_by_role("link", name=name).click()


def questions(page):
    return page.locator(".own-moving .own-words > span:first-child").all_inner_texts()


def write(desk):
    """Clara changes the copy. Nothing of it needs a button to be kept."""
    desk.get_by_role("link", name="Library").first.click()
    desk.get_by_role("link", name=re.compile("Plan a limit")).first.click()
    desk.get_by_role("button", name="Duplicate and adapt").click()
    expect(desk.get_by_text("Adapted from Plan a limit version 1")).to_be_visible()
    open_part(desk, re.compile("Title and what it is"))
    type_into(desk, "Title", MINE)

    open_part(desk, re.compile("What happens that feels"))
    type_into(desk, "The question", WORD)
    phone = desk.frame_locator("iframe[data-preview]")
    expect(phone.get_by_text(WORD)).to_be_visible()

    # A question more, at the end, with two answers: while there are none it says so.
    all_parts(desk)
    desk.get_by_role("link", name="Add a question").click()
    desk.get_by_role("button", name=re.compile("One answer of a few")).click()
    type_into(desk, "The question", ASKED)
    missing = desk.locator("#own").get_by_text("Write at least two answers, one on each line.")
    expect(missing).to_be_visible()
    type_into(desk, "Answers, one on each line", "Yes\nNot yet")
    expect(desk.get_by_text("It can be published.")).to_be_visible()

    # Only after "A friend": chosen from lists.
    desk.get_by_text("Show it only sometimes").click()
    desk.get_by_label("Only after a certain answer to").select_option(label="2. Who is it with?")
    shown = desk.get_by_role("group", name="It is shown when the answer is one of these")
    shown.get_by_text("A friend").click()
    expect(desk.get_by_text("It can be published.")).to_be_visible()

    # Up to where it belongs, by keyboard: the button keeps the focus.
    all_parts(desk)
    up = desk.get_by_role("button", name=f"Up: {ASKED}")
    for place in range(9, 2, -1):
        expect(desk.locator(".own-moving > li").nth(place)).to_contain_text(ASKED)
        up.focus() if place == 9 else expect(up).to_be_focused()
        desk.keyboard.press("Enter")
    expect(desk.locator(".own-moving > li").nth(2)).to_contain_text(ASKED)
    assert questions(desk)[:4] == [WORD, "Who is it with?", ASKED, "What do I need?"]


def publish(desk):
    desk.get_by_text("Publish", exact=True).click()
    desk.get_by_role("button", name="Publish it").click()
    expect(desk.get_by_text("Published. It can be assigned now.")).to_be_visible()


def test_from_the_library_to_the_clients_phone(open_page, site, clara, sam):
    desk = open_page(DESK)
    sign_in(desk, *clara)
    write(desk)
    publish(desk)
    activity = Activity.objects.own().get()
    assert activity.slug == "own-plan-a-limit-with-a-friend-1"
    definition = activity.versions.get().definition
    assert [item.id for item in definition.items][2] == "does_this_friend_know_what_i"
    assert definition.gated
    assert not ActivityDraft.objects.exists()

    # Sam does it on a phone.
    given = give(sam, activity.slug, by=clara[0], now=timezone.now())
    phone = open_page(PHONE, is_mobile=True, has_touch=True)
    enter(phone, sam.user, site.url)
    phone.goto("/me/")
    phone.locator("li", has_text=MINE).get_by_role("link", name="Start").click()
    phone.get_by_role("button", name="Yes").click()
    phone.get_by_role("link", name="Start").click()
    expect(phone.get_by_text(WORD)).to_be_visible()
    phone.get_by_role("button", name="Next").click()
    phone.get_by_text("A friend", exact=True).click()
    expect(phone.get_by_text("Kept", exact=True)).to_be_visible()
    phone.get_by_role("button", name="Next").click()
    expect(phone.get_by_text(ASKED)).to_be_visible()
    phone.get_by_text("Not yet", exact=True).click()
    expect(phone.get_by_text("Kept", exact=True)).to_be_visible()
    draft = Response.objects.get(occurrence__assignment=given)
    assert draft.answers["person"] == "friend"
    assert draft.answers["does_this_friend_know_what_i"] == "not_yet"


@pytest.fixture
def open_deaf(chromium, site):
    """As ``open_page``, and deaf to what the browser says of the net: that is the story."""
    context = chromium.new_context(viewport=DESK, base_url=site.url)
    context.set_default_timeout(PATIENCE)
    errors = []
    context.on("weberror", lambda error: errors.append(str(error.error)))
    yield context.new_page
    context.close()
    assert errors == []


def test_two_tabs_and_a_server_that_is_away(open_deaf, site, clara):
    desk = open_deaf()
    enter(desk, clara[0], site.url)
    desk.goto("/library/limit-plan/")
    desk.get_by_role("button", name="Duplicate and adapt").click()
    other = open_deaf()
    expect(desk).to_have_url(re.compile("/library/own/"))
    other.goto(desk.url)

    # The other tab is told, and what was typed there can be kept as well.
    for tab in (desk, other):
        open_part(tab, re.compile("Title and what it is"))
    type_into(desk, "Title", "From one tab")
    other.get_by_label("What it is, in a sentence or two").fill("From the other tab.")
    note = other.locator("[data-elsewhere]")
    expect(note).to_be_visible()
    assert ActivityDraft.objects.get().content["title"] == "From one tab"
    note.get_by_role("button", name="Keep this part as it stands here").click()
    expect(other.get_by_text("Kept", exact=True)).to_be_visible()
    expect(note).to_be_hidden()
    assert ActivityDraft.objects.get().content["summary"] == "From the other tab."

    # Away from the net, nothing says that it is kept; back again, it is.
    other.context.set_offline(True)
    other.get_by_label("Title", exact=True).fill("Typed on a train")
    expect(other.get_by_text("Not kept yet. We try again.")).to_be_visible()
    other.context.set_offline(False)
    expect(other.get_by_text("Kept", exact=True)).to_be_visible()
    assert ActivityDraft.objects.get().content["title"] == "Typed on a train"
