"""Whatever dies while a client answers, nothing is lost of which the page had said "Kept".

A ledger outside the application takes down each answer at the moment when the page shows "Kept",
as it then stands on the screen: a MutationObserver in the page tells the test. After every single
kill the database itself is read: each answer of the ledger is there, or a later one.

``KILLS`` says how many (`make test-full`: 200), ``KILLS_SEED`` in which order, and
``KILLS_MINUTES`` after how long it is given up.
"""

import logging
import os
import random
import signal
import time
from collections import Counter, defaultdict

import pytest
from django.utils import timezone
from playwright.sync_api import Error

from assessments.models import Response
from tests.conftest import give, join, make_client, make_practice, make_staff

from .killing import house

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

log = logging.getLogger(__name__)
KILLS = int(os.environ.get("KILLS") or 4)
SEED = int(os.environ.get("KILLS_SEED") or 6)
PATIENCE = 60 * float(os.environ.get("KILLS_MINUTES") or 60)
# One question at a time (taps, then words), and an entry of a log on one page.
ASKED = {
    "strengths-check": ["1/", "2/", "3/", "4/", "5/"],
    "thought-record": ["1/", "2/", "4/", "5/"],
    "my-own-time": ["new/"],
}
BACK = 120  # seconds until a page that tries again has kept what stands on it

WATCH = """
addEventListener("DOMContentLoaded", () => {
  const status = document.querySelector("[data-kept]");
  if (!status) return;
  const look = () => {
    if (!status.checkVisibility() || status.textContent.trim() !== "Kept") return;
    const fields = [...new FormData(status.closest("form"))].filter(([, each]) => each.trim);
    noted(location.pathname, fields);
  };
  new MutationObserver(look).observe(status, {
    childList: true, characterData: true, subtree: true, attributes: true,
  });
});
"""
FIELDS = """form => [...form.elements]
  .filter(e => e.name && e.name !== "for_session")
  .filter(e => e.matches("input[type=radio], input[type=text]:not([inputmode]), textarea")
    && !e.name.endsWith("-skip") && !e.hidden && e.closest(".field")?.checkVisibility())
  .map(e => [e.name, e.type, e.value, e.checked])"""


class Ledger:
    """By question: all that was answered, in order, and up to where the page said "Kept"."""

    def __init__(self):
        self.given = defaultdict(list)
        self.noted = {}
        self.shown = 0

    def write(self, occurrence, name, value):
        self.given[occurrence, name].append(value)

    def note(self, path, fields):
        """``fields`` as they stood on the page that said "Kept"."""
        occurrence = path.split("/")[2]
        for name, value in fields:
            answers = self.given.get((occurrence, name), [])
            if value in answers:
                last = len(answers) - 1 - answers[::-1].index(value)
                self.noted[occurrence, name] = max(last, self.noted.get((occurrence, name), 0))
                self.shown += 1

    def lost(self):
        """What is neither there nor followed by something later; read from the database."""
        stored = {str(row.occurrence_id): row.answers for row in Response.objects.all()}
        found = []
        for (occurrence, name), last in self.noted.items():
            value = str(stored.get(occurrence, {}).get(name))
            if value not in self.given[occurrence, name][last:]:
                found.append((occurrence, name, self.given[occurrence, name][last], value))
        return found


class Client:
    """Answers at random, on whatever device there is."""

    def __init__(self, house, user, occurrences, chance):
        self.house, self.user, self.chance = house, user, chance
        self.occurrences = occurrences
        self.ledger = Ledger()
        self.count = 0
        self.device = None

    def sits_down(self):
        if self.device is None:
            self.device = self.house.device(self.user, self.watch)

    def watch(self, page):
        page.expose_function("noted", self.ledger.note)
        page.add_init_script(WATCH)
        page.on("dialog", lambda dialog: dialog.accept())

    @property
    def page(self):
        return self.device.page

    def opens(self):
        """As often as it takes: a server that has just come back may refuse once more."""
        occurrence, slug = self.chance.choice(self.occurrences)
        self.occurrence = str(occurrence)
        address = f"/me/{occurrence}/{self.chance.choice(ASKED[slug])}"
        until = time.monotonic() + BACK
        while not self._shows(address):
            assert time.monotonic() < until, f"{address} does not open"
            self.page.wait_for_timeout(200)

    def _shows(self, address):
        try:
            self.page.goto(address)
        except Error:
            return False
        return self.page.locator("form[data-keep]").count() == 1

    def answers(self):
        """One answer, other than the one that stands there."""
        fields = self.page.locator("form[data-keep]").evaluate(FIELDS)
        name = self.chance.choice(sorted({field[0] for field in fields}))
        choices = [f for f in fields if f[0] == name]
        if choices[0][1] == "radio":
            value = self.chance.choice([f[2] for f in choices if not f[3] and f[2]])
            target = self.page.locator(f'input[name="{name}"][value="{value}"]')
            self.ledger.write(self.occurrence, name, value)
            self.page.locator(f'label[for="{target.get_attribute("id")}"]').first.click()
            return
        self.count += 1
        value = f"What came up, {self.count}"
        self.ledger.write(self.occurrence, name, value)
        self.page.locator(f'[name="{name}"]').fill(value)
        if self.chance.random() < 0.5:
            self.page.locator(f'[name="{name}"]').blur()

    def waits(self, most):
        self.page.wait_for_timeout(self.chance.uniform(0, most))

    def sees_kept(self):
        status = self.page.locator("[data-kept]")
        until = time.monotonic() + BACK
        while status.get_attribute("data-state") != "kept":
            assert time.monotonic() < until, f"{self.page.url}: {status.text_content()}"
            self.page.wait_for_timeout(50)

    def loses_the_device(self):
        self.house.drop(self.device)
        self.device = None


def kill(client, house, what):
    """It dies, and comes back. Whatever the page does meanwhile, it does by itself."""
    if what == "browser":
        client.loses_the_device()
    elif what == "web":
        house.kill_web()
    else:
        house.kill_database(client.chance.choice([signal.SIGKILL, signal.SIGQUIT]))
    if client.device and client.chance.random() < 0.5:
        client.answers()  # while nobody is there to keep it
        client.waits(1200)
    if what == "web":
        house.start_web()
    elif what == "database":
        house.database.start()


def test_nothing_is_lost_that_was_shown_as_kept(static_files, chromium, monkeypatch):
    began, chance = time.monotonic(), random.Random(SEED)
    killed = Counter()
    with house(chromium, monkeypatch) as built:
        now = timezone.now()
        clara = make_staff(make_practice(also_clinician=False), "Clara", "clinician")
        sam = join(make_client(clara, now=now), by=clara, now=now)
        sam.leave_page_shown_at = now
        sam.save(update_fields=["leave_page_shown_at"])
        given = [(give(sam, slug, by=clara, now=now), slug) for slug in ASKED]
        occurrences = [(each.occurrences.get().pk, slug) for each, slug in given]
        client = Client(built, sam.user, occurrences, chance)
        while killed.total() < KILLS and time.monotonic() < began + PATIENCE:
            client.sits_down()
            client.opens()
            for _ in range(chance.randint(1, 3)):
                client.answers()
                client.waits(700)
            what = chance.choice(["browser", "web", "database"])
            kill(client, built, what)
            killed[what] += 1
            log.info("kill %d: %s after %.0f s", killed.total(), what, time.monotonic() - began)
            assert client.ledger.lost() == [], f"after kill {killed.total()}: {what}"
            built.web_is_up()
            if client.device:
                client.sees_kept()  # it is kept after all, without anybody's help
                client.waits(50)
            assert client.ledger.lost() == [], f"back after kill {killed.total()}: {what}"
        if client.device:
            client.loses_the_device()
    shown, took = client.ledger.shown, time.monotonic() - began
    log.warning(
        "%d kills (%s) in %.0f s: %d times shown as kept, 0 lost",
        killed.total(),
        ", ".join(f"{name} {count}" for name, count in sorted(killed.items())),
        took,
        shown,
    )
    assert killed.total() == KILLS, f"only {killed.total()} in {PATIENCE:.0f} s"
    assert shown >= KILLS / 2
