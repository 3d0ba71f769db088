"""Every page, looked at in a real browser: on a phone and at a desk, in the light and in the dark.

The list is tests/pages.py; what is looked for is tests/journeys/looking.py.
"""

import os
from urllib.parse import urlsplit

import pytest

from tests.access.public import SHUT
from tests.access.reading import patterns
from tests.pages import EVERY_PAGE, NO_PAGE, ONLY_SENT

from . import looking
from .conftest import DESK, PHONE

pytestmark = pytest.mark.journey
# `make test-full`: also the dark on a phone, and the light at a desk.
THOROUGH = bool(os.environ.get("HARD"))
TWICE_AS_LARGE = {"width": DESK["width"] // 2, "height": DESK["height"] // 2}
NARROW = {"width": 320, "height": 640}  # WCAG 1.4.10: a desk at 400 %, and the smallest phones


def test_no_address_is_forgotten():
    listed = {page.name for pages in EVERY_PAGE.values() for page in pages} - {"nowhere"}
    there = {name for name, _pattern in patterns()} - SHUT - ONLY_SENT
    assert there == listed | NO_PAGE.keys()


@pytest.fixture
def looked_at(come_in, server, rooms):
    """A browser for each person, and what their browsers complained about."""
    people, complaints, missed = {}, [], set()

    def opened(page):
        if page.who not in people:
            tab = people[page.who] = come_in(page.who, PHONE)
            tab.on("request", lambda request: complaints.extend(elsewhere(request, server)))
            tab.on("console", lambda message: complaints.extend(said(message, missed)))
            tab.on("pageerror", lambda error: complaints.append(str(error)))
        tab = people[page.who]
        tab.set_viewport_size(PHONE)
        tab.emulate_media(color_scheme="light")
        if page.state.startswith("not "):
            missed.add(rooms.address(page))
        tab.goto(rooms.address(page))
        if page.press:
            with tab.expect_navigation():
                tab.locator("main").get_by_role("button", name=page.press, exact=True).click()
        return tab

    return opened, complaints


def elsewhere(request, server):
    theirs = urlsplit(request.url)
    ours = theirs.scheme in ("data", "blob") or theirs.netloc == urlsplit(server).netloc
    return [] if ours else [f"asks {theirs.netloc}"]


def said(message, missed):
    """What the browser complains about; not that a page is missing which was meant to be."""
    url = urlsplit(message.location.get("url", "")).path
    is_loud = message.type in ("error", "warning") and url not in missed
    return [f"{message.text} {url}"] if is_loud else []


@pytest.mark.parametrize("side", EVERY_PAGE)
def test_every_page_can_be_used_by_everybody(side, looked_at):
    opened, complaints = looked_at
    wrong = {}
    for page in EVERY_PAGE[side]:
        tab = opened(page)
        found = look(tab, page)
        found += complaints
        complaints.clear()
        if found:
            wrong[str(page)] = found
    assert not wrong, "\n".join(f"{page}\n  " + "\n  ".join(each) for page, each in wrong.items())


MIRRORED = {
    "assessments:today",
    "assessments:timeline",
    "clients:contact_change",
    "clients:record",
} | {f"assessments:{name}" for name in ("portal", "step", "entry", "how")}


def test_pages_can_be_written_from_the_right(looked_at, settings):
    settings.LANGUAGES_BIDI = ["en"]  # the words stay: it is the page that is looked at
    opened, complaints = looked_at
    wrong = {}
    for page in (page for pages in EVERY_PAGE.values() for page in pages):
        if page.name not in MIRRORED or page.state:
            continue
        tab = opened(page)
        assert tab.locator("html").get_attribute("dir") == "rtl"
        wrong[page.name] = looking.too_wide(tab)
        tab.set_viewport_size(DESK)
        wrong[page.name] += looking.too_wide(tab)
    assert not any(wrong.values()), wrong
    assert complaints == []


def look(tab, page):
    found = looking.violations(tab)
    if page.name != "gallery":  # it shows parts of all pages on one
        found += looking.structure(tab) + looking.small_targets(tab)
    tab.emulate_media(color_scheme="dark")
    if THOROUGH:
        found += [f"dark: {each}" for each in looking.violations(tab, looking.COLOURS)]
    tab.set_viewport_size(DESK)
    found += [f"dark, at a desk: {each}" for each in looking.violations(tab)]
    tab.emulate_media(color_scheme="light")
    if THOROUGH:
        found += [f"at a desk: {each}" for each in looking.violations(tab, looking.COLOURS)]
    for size in (TWICE_AS_LARGE, NARROW):
        tab.set_viewport_size(size)
        found += looking.too_wide(tab)
    found += looking.lost_focus(tab)
    return found
