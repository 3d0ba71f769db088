"""The same journeys for somebody without a mouse who sees little: ``HARD=1 pytest -m journey``.

Whatever a story clicks or taps is then given the focus and a key, as Tab and Enter would; what
can't have the focus fails, and so does a page that loses it: after something was done on a page,
some part of it must have the focus. Windows are half as wide and high, as at 200 %; a phone is no
narrower than 320 pixels (WCAG 1.4.10). That Tab leads to everything is for test_keyboard.py.
"""

from playwright.sync_api import Browser, Error, Locator

from practice.processes import wait_until
from tests.workers import until

NARROWEST = 320
LONGEST = 5  # seconds; a file that is taken, or a server that is away, leads to no other page
# Gives the focus to what a click on ``each`` would act on; null while it can't be used.
TAKE = """each => {
  const can = "a[href], button, summary, input, select, textarea, [tabindex='0']";
  const near = each.closest(`label, ${can}`) || each.querySelector(can);
  const found = near?.control || near;
  if (!found || found.disabled) return null;
  const isLost = window.wasActedOn && [null, document.body].includes(document.activeElement);
  found.focus();
  addEventListener("beforeunload", () => { window.isLeft = true; }, { once: true });
  window.wasActedOn = true;
  return {
    isLost,
    hasFocus: document.activeElement === found,
    isReached: found.tabIndex >= 0,
    tag: found.localName,
    type: found.type || "",
    what: found.outerHTML.slice(0, 120),
  };
}"""


def act(locator: Locator, **_options) -> None:
    """Instead of a click."""
    locator.wait_for(state="visible")
    found = None

    def can_be_used() -> bool:
        nonlocal found
        try:
            found = locator.evaluate(TAKE)
        except Error as error:  # the page was just going to the next one
            if "context was destroyed" not in str(error):
                raise
        return found is not None

    until(can_be_used, f"{locator} can be used")
    assert not found["isLost"], f"the focus was lost before {found['what']}"
    assert found["isReached"], f"Tab passes by {found['what']}"
    assert found["hasFocus"], f"no key leads to {found['what']}"
    if found["type"] in ("checkbox", "radio"):
        locator.page.keyboard.press("Space")
    elif found["tag"] in ("a", "button", "summary") or found["type"] in ("submit", "button"):
        locator.page.keyboard.press("Enter")
        wait_until(lambda: is_there(locator.page), LONGEST)


def is_there(page) -> bool:
    """A click waits for the page that it leads to; a key does not."""
    try:
        return bool(page.evaluate("() => !window.isLeft && document.readyState === 'complete'"))
    except Error:
        return False  # between two pages


def check(locator: Locator, **_options) -> None:
    if not locator.is_checked():
        act(locator)


def uncheck(locator: Locator, **_options) -> None:
    if locator.is_checked():
        act(locator)


def half(size: dict) -> dict:
    return {"width": max(NARROWEST, size["width"] // 2), "height": size["height"] // 2}


def make_it_hard(patch) -> None:
    """``patch`` is pytest's monkeypatch."""
    for name in ("click", "tap"):
        patch.setattr(Locator, name, act)
    patch.setattr(Locator, "check", check)
    patch.setattr(Locator, "uncheck", uncheck)
    opens = Browser.new_context

    def new_context(browser, **options):
        if options.get("viewport"):
            options["viewport"] = half(options["viewport"])
        return opens(browser, **options)

    patch.setattr(Browser, "new_context", new_context)
