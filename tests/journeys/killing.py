"""What can be killed while somebody answers: their browser, the web process and the database.

Each is a process of this test's own, and is ended by its number.
"""

import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings
from playwright.sync_api import Browser, Error, Page

from practice.launch.place import free_port
from practice.launch.start import WEB, answers
from practice.processes import Child, Group
from tests.assessments.reminders.faults.database import Database, own_database
from tests.conftest import as_user
from tests.workers import ROOT, as_the_app, until

from .conftest import CHROMIUM, PHONE


@dataclass
class Device:
    """A browser in a process of its own, in which somebody is signed in."""

    browser: Browser
    child: Child
    page: Page

    def kill(self) -> None:
        self.child.end()
        with suppress(Error):
            self.browser.close()


@dataclass
class House:
    """Chromium's driver, a web server and a database."""

    chromium: Browser
    group: Group
    folder: Path
    database: Database
    port: int = field(default_factory=free_port)
    web: Child = field(init=False)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start_web(self) -> None:
        self.web = self.group.spawn(
            "web",
            [
                sys.executable,
                "-m",
                *WEB.replace("--workers 2", "--workers 1").split(),
                "--port",
                str(self.port),
                "practice.wsgi:application",
            ],
            log=self.folder / "web.log",
            env=os.environ | {"SITE_URL": self.url, "DEVELOPMENT": "1"} | as_the_app(),
            cwd=ROOT,
        )

    def web_is_up(self) -> None:
        until(lambda: answers(self.port), f"the web server answers\n{self.web.last_lines()}")

    def kill_web(self) -> None:
        self._drop(self.web)

    def kill_database(self, how: signal.Signals) -> None:
        """SIGKILL, or SIGQUIT: at once, and nothing is written down."""
        server = self.database.server
        server.child.signal(how)
        server.child.process.wait(30)
        self.database.kill()

    def device(self, user, watch) -> Device:
        """A new one: nothing is left on it of any before. ``watch`` is given its page."""
        profile = Path(tempfile.mkdtemp(prefix="device-", dir=self.folder))
        child = self.group.spawn(
            "browser",
            [
                _program(),
                "--headless=new",
                "--no-sandbox",
                "--disable-gpu",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--remote-debugging-port=0",
                f"--user-data-dir={profile}",
                "about:blank",
            ],
            log=profile.with_suffix(".log"),
        )
        note = profile / "DevToolsActivePort"
        until(lambda: note.exists() and "\n" in note.read_text(), "the browser listens")
        driver = self.chromium.browser_type
        browser = driver.connect_over_cdp(f"http://127.0.0.1:{note.read_text().split()[0]}")
        context = browser.new_context(viewport=PHONE, base_url=self.url)
        name = settings.SESSION_COOKIE_NAME
        value = as_user(user).cookies[name].value
        context.add_cookies([{"name": name, "value": value, "url": self.url}])
        page = context.new_page()
        watch(page)
        return Device(browser, child, page)

    def drop(self, device: Device) -> None:
        device.kill()
        self.group.children.remove(device.child)

    def _drop(self, child: Child) -> None:
        child.end()
        self.group.children.remove(child)


def _program() -> str:
    return next(found for name in CHROMIUM if (found := shutil.which(name)))


@contextmanager
def house(chromium, monkeypatch) -> Iterator[House]:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="trellis-kills-")))
        database = stack.enter_context(own_database(monkeypatch))
        group = stack.enter_context(Group(grace=2))
        built = House(chromium, group, folder, database)
        built.start_web()
        built.web_is_up()
        yield built
