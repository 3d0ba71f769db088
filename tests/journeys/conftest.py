"""A real browser against a real server, and a mail server that keeps what it is given."""

import os
import re
import shutil
import sys
from contextlib import contextmanager
from dataclasses import dataclass

import pytest
from django.conf import settings
from django.core.management import call_command
from django.test.testcases import LiveServerThread
from playwright.sync_api import expect, sync_playwright

from practice.launch.place import free_port
from practice.launch.start import WEB, answers
from tests.conftest import freshly
from tests.pages import Rooms
from tests.smtp import Sink
from tests.workers import ROOT, crew, until

from .hard import make_it_hard

CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@dataclass(frozen=True)
class Site:
    url: str
    sink: Sink


PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 800}

# Playwright keeps an event loop in this thread; the ORM is still used by this thread alone.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
PATIENCE = 30_000  # milliseconds: a busy machine is slow, not wrong
expect.set_options(timeout=PATIENCE)


@pytest.fixture(autouse=True)
def _hard(monkeypatch):
    if os.environ.get("HARD"):
        make_it_hard(monkeypatch)


@pytest.fixture(scope="session")
def chromium():
    path = next((found for name in CHROMIUM if (found := shutil.which(name))), None)
    if path is None:
        if os.environ.get("CI") == "true":
            pytest.fail("No Chromium is installed, and CI must run the browser journeys.")
        pytest.skip("No Chromium is installed: the browser journeys were not run.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def static_files():
    """The very files that production serves: hashed and compressed."""
    call_command("collectstatic", interactive=False, verbosity=0)


@contextmanager
def a_site(*, works=True):
    """A real web server on the test's database, with mail; ``works``: with worker and beat too."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    with Sink() as sink, crew(sink.url, SITE_URL=url, DEVELOPMENT="1") as people:
        web = people.group.spawn(
            "web",
            [sys.executable, "-m", *WEB.split(), "--port", str(port), "practice.wsgi:application"],
            log=people.folder / "log" / "web.log",
            env=people.env,
            cwd=ROOT,
        )
        if works:
            people.ready(people.worker(), people.beat())
        until(lambda: answers(port), f"the web server answers\n{web.last_lines()}")
        yield Site(url, sink)


@pytest.fixture
def site(request, static_files, transactional_db):
    """Worker and beat are slow to start: they are there where ``mail`` or ``works`` is named."""
    with a_site(works=bool({"mail", "works"} & set(request.fixturenames))) as found:
        yield found


@pytest.fixture
def works():
    """Named by a journey that waits for what a worker does."""


@pytest.fixture
def mail(site):
    return site.sink


@pytest.fixture
def open_page(chromium, site):
    """Opens a fresh browser of a given size; what a page complains about fails the test."""
    contexts, complaints = [], []

    def opened(viewport, **options):
        context = chromium.new_context(viewport=viewport, base_url=site.url, **options)
        context.set_default_timeout(PATIENCE)
        context.on("weberror", lambda error: complaints.append(str(error.error)))
        context.on("console", lambda message: complaints.extend(_complaint(message)))
        contexts.append(context)
        return context.new_page()

    yield opened
    for context in contexts:
        context.close()
    assert complaints == []


@pytest.fixture
def rooms(static_files, transactional_db, clock, settings):
    """A practice in which each page has something to show (tests/pages.py)."""
    settings.DEVELOPMENT = True  # for the gallery
    return Rooms()


@pytest.fixture
def server(rooms):
    """In this process, so that its clock is the test's; files come as in production, compressed."""
    thread = LiveServerThread("127.0.0.1", static_handler=lambda application: application)
    thread.daemon = True
    thread.start()
    thread.is_ready.wait()
    assert thread.error is None, thread.error
    yield f"http://127.0.0.1:{thread.port}"
    thread.terminate()


@pytest.fixture
def come_in(chromium, server, rooms):
    """Opens a browser in which one of ``rooms.people`` is signed in, or nobody."""
    contexts = []

    def opened(who, viewport, **options):
        context = chromium.new_context(
            base_url=server, viewport=viewport, reduced_motion="reduce", **options
        )
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        if who is not None:
            name = settings.SESSION_COOKIE_NAME
            value = freshly(rooms.people[who]).cookies[name].value
            context.add_cookies([{"name": name, "value": value, "url": server}])
        return context.new_page()

    yield opened
    for context in contexts:
        context.close()


class Keys:
    """Somebody without a mouse: Tab until it has the focus, then keys."""

    def __init__(self, page):
        self.page = page

    def go_to(self, thing):
        for _ in range(60):
            if thing.evaluate("element => element === document.activeElement"):
                return
            self.page.keyboard.press("Tab")
        pytest.fail(f"Tab does not lead to {thing}")

    def press(self, thing, *keys):
        self.go_to(thing)
        for key in keys:
            self.page.keyboard.press(key)

    def type(self, thing, words):
        self.go_to(thing)
        self.page.keyboard.type(words)


def _complaint(message):
    # A page that is plain text makes the browser ask for an icon that nobody has; and it takes a
    # link that has run out, which answers with a page and 410, for something that went wrong.
    url = message.location.get("url", "")
    is_icon = url.endswith("/favicon.ico")
    is_over = "/l/" in url and "status of 410" in message.text
    is_told = message.type == "error" and not is_icon and not is_over
    return [f"{message.text} {url}"] if is_told else []


def link_in(text: str, path: str) -> str:
    """The first address below ``path`` in a mail."""
    return re.search(rf"https?://\S+{path}\S+", text)[0]
