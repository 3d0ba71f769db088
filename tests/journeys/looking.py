"""What is looked for on every page, in a real browser. Each function gives complaints in words."""

from pathlib import Path

from axe_playwright_python.sync_playwright import Axe

AXE = Axe().axe_script
OURS = Path(__file__).with_name("looking.js").read_text(encoding="utf-8")
OPTIONS = {
    "resultTypes": ["violations"],
    "rules": {"target-size": {"enabled": True}},
    "preload": False,  # style sheets are asked for once more for one rule, which is off
}
# What depends on the theme; all else depends on the page and its size alone.
COLOURS = OPTIONS | {
    "runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}
}
RING = 3  # pixels around what has the focus
THUMB = 44  # pixels, on a phone; everywhere else axe asks for 24 or room around it


def asked(page, what, *given):
    return page.evaluate(f"(given) => ({OURS.strip()}).{what}(...given)", list(given))


def structure(page):
    return asked(page, "structure")


def too_wide(page):
    return asked(page, "tooWide")


def lost_focus(page):
    page.keyboard.press("Tab")  # so that the browser knows that somebody uses keys
    return asked(page, "focus", RING)


def small_targets(page):
    return asked(page, "small", THUMB) if page.locator("body.portal").count() else []


def violations(page, options=OPTIONS):
    """What axe finds with its rules, and with the one about targets, which it leaves out."""
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(AXE)
    found = page.evaluate("(options) => axe.run(document, options)", options)["violations"]
    return [
        f"axe {each['id']}: {node['html'][:160]} {why(node)}"
        for each in found
        for node in each["nodes"]
    ]


def why(node):
    return " ".join(each["message"] for each in (*node["any"], *node["all"], *node["none"]))[:200]
