"""A real browser against a real server, and a mail server that keeps what it is given."""

import os
import re
import shutil

import pytest
from django.core.management import call_command
from playwright.sync_api import expect, sync_playwright

from practice import keys
from tests.smtp import Sink

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
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 800}

# Playwright keeps an event loop in this thread; the ORM is still used by this thread alone.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
expect.set_options(timeout=10_000)


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


@pytest.fixture(scope="session", autouse=True)
def _collected_static(request, tmp_path_factory):
    """Pages are served with the very files that production serves: hashed and compressed."""
    from django.conf import settings

    call_command("collectstatic", interactive=False, verbosity=0)
    yield settings.STATIC_ROOT


@pytest.fixture
def open_page(chromium, live_server, settings):
    """Opens a fresh browser of a given size; anything that a page complains about fails the test."""
    settings.SITE_URL = live_server.url
    contexts, complaints = [], []

    def opened(viewport, **options):
        context = chromium.new_context(viewport=viewport, base_url=live_server.url, **options)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on(
            "console",
            lambda message: complaints.append(message.text)
            if message.type == "error" and "Failed to load resource" not in message.text
            else None,
        )
        return page

    yield opened
    for context in contexts:
        context.close()
    assert complaints == []


@pytest.fixture
def mail(settings):
    """Where the mail of this story arrives."""
    with Sink() as sink:
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", sink.port
        yield sink


def link_in(text: str, path: str) -> str:
    """The first address below ``path`` in a mail."""
    return re.search(rf"https?://\S+{path}\S+", text)[0]


@pytest.fixture(autouse=True)
def _forget_keys_after():
    yield
    keys.forget()
