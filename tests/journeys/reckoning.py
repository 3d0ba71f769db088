"""How long somebody takes, by a rule, for a test has no fingers and does not read.

The keystroke-level model (Card, Moran and Newell 1980, Communications of the ACM 23(7), 396-410)
adds up what a practised person does. Its operators, in seconds, as used here:

- a tap: 0.57 (Asakawa, Dennerlein and Jindrich 2017, Applied Ergonomics 58: tapping a touch screen;
  with a mouse, P and the press are 1.2).
- a swipe to what is not on the screen yet: 1.2, one for each screenful.
- a key: 60 / (36.2 * 5), the mean of 37,370 people on phones (Palin et al. 2019, MobileHCI).
- M, making up one's mind, 1.35: before each answer, before typing, and before each page's first
  tap. None before the button that closes a page on which one has just answered: it is anticipated.
- R, the response: measured, from the tap until the next page stands there; half a second at most,
  for a machine that runs other tests beside this one is slow, not wrong.

The model is silent about reading. Words are read at 238 a minute (Brysbaert 2019, Journal of Memory
and Language 109; most adults: 175 to 300). What one cannot go on without is read: headings, labels,
questions with their hints and answers, what one agrees to, and buttons; not again what was on an
earlier page word for word. Paragraphs that explain can be skipped: they are counted apart, in
``explained``. Somebody who returns has read it all before. What comes after the last tap is not
counted.
"""

import time
from collections import Counter
from dataclasses import dataclass, field

from playwright.sync_api import Locator, Page

TAP = 0.57
SWIPE = 1.2
KEY = 60 / (36.2 * 5)
MIND = 1.35
WORD = 60 / 238
LONGEST = 0.5

# Each line of text, and whether one cannot go on without it.
LINES = """() => {
  const page = document.querySelector("main").cloneNode(true);
  const aside = ".quiet, .visually-hidden, .kept, details, [hidden]";
  page.querySelectorAll(aside).forEach(each => each.remove());
  const needs = "h1, h2, h3, legend, label, button, .btn, .form-text, .field, .task";
  const lines = [];
  for (const each of page.querySelectorAll("*")) {
    const own = [...each.childNodes].filter(n => n.nodeType === 3).map(n => n.data).join(" ");
    const line = own.replace(/\\s+/g, " ").trim();
    const needed = each.closest(needs);
    if (line) lines.push([line, Boolean(needed)]);
  }
  return lines;
}"""
SCREENS = """e => { const r = e.getBoundingClientRect();
  return Math.ceil(Math.max(0, -r.top, r.bottom - innerHeight) / innerHeight); }"""


@dataclass
class Reckoning:
    """What was done on the page, and how long it takes."""

    page: Page
    reads: bool = True
    seconds: Counter = field(default_factory=Counter)
    steps: Counter = field(default_factory=Counter)
    seen: set = field(default_factory=set)
    explained: int = 0
    fresh: bool = True  # nothing was done on this page yet

    @property
    def total(self) -> float:
        return sum(self.seconds.values())

    def opens(self, go, *, is_last=False) -> None:
        """``go`` leads to another page."""
        began = time.monotonic()
        with self.page.expect_navigation(wait_until="load"):
            go()
        self._add("response", min(time.monotonic() - began, LONGEST))
        self.fresh = True
        lines = dict(self.page.evaluate(LINES))
        for line in lines.keys() - self.seen if self.reads and not is_last else ():
            words = len(line.split())
            if lines[line]:
                self._add("word", WORD * words, words)
            else:
                self.explained += words
        self.seen |= lines.keys()

    def chooses(self, target: Locator) -> None:
        """An answer."""
        self._makes_up_their_mind()
        self._taps(target)
        target.tap()

    def types(self, target: Locator, words: str, *, again: bool = False) -> None:
        """``again``: the same once more needs no thought."""
        if not again:
            self._makes_up_their_mind()
        if not target.evaluate("e => e === document.activeElement"):
            self._taps(target)
        target.fill(words)
        self._add("key", KEY * len(words), len(words))

    def goes_on(self, target: Locator, *, is_last=False) -> None:
        """By a button or a link."""
        if self.fresh:
            self._makes_up_their_mind()
        self._taps(target)
        self.opens(target.tap, is_last=is_last)

    def _makes_up_their_mind(self) -> None:
        self.fresh = False
        self._add("decision", MIND)

    def _taps(self, target: Locator) -> None:
        screens = target.evaluate(SCREENS)
        if screens:
            self._add("swipe", SWIPE * screens, screens)
            target.scroll_into_view_if_needed()
        self._add("tap", TAP)

    def _add(self, name: str, seconds: float, count: int = 1) -> None:
        self.seconds[name] += seconds
        self.steps[name] += count

    def __str__(self) -> str:
        parts = [f"{self.steps[n]} {n}s {s:.1f} s" for n, s in self.seconds.items()]
        skipped = f"{self.explained} words of explanation would take {self.explained * WORD:.0f} s"
        return f"{self.total:.1f} s: {', '.join(parts)}. {skipped}"
