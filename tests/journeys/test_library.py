"""Every activity of the library, from its first page until it is sent, in a real browser.

Given a client to whom everything has been assigned, when they answer each activity with nothing
but a keyboard, or by touch on a phone, then each arrives whole. With ``WHOLE`` each in both ways.
"""

import os
from datetime import timedelta

import pytest
from django.conf import settings
from django.utils import timezone

from assessments.actions.library import shipped
from assessments.definitions import is_empty, unfit
from assessments.models import Occurrence, Response
from tests.conftest import as_user, clear, give, join, make_client, make_practice, make_staff
from tests.journeys.conftest import PHONE, a_site

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.journey]

MOST_PAGES, MOST_TABS = 90, 400
SLUGS = [each.slug for each in shipped().activities if each.has_text]
HALVES = {"first half": SLUGS[::2], "second half": SLUGS[1::2]}
WHOLE = bool(os.environ.get("WHOLE"))  # `make test-full`: each activity in both ways
LINE = "A short line"
MAIN_BUTTON = "main .btn-primary:visible, main [name=answer][value=yes]:visible"

# What has the focus, or null: enough to know which key comes next.
FOCUSED = """() => {
  const it = document.activeElement;
  if (!it || it === document.body || !it.closest("main")) return null;
  const group = it.name && it.form ? [...it.form.elements].filter((e) => e.name === it.name) : [];
  const slide = it.closest("[data-slide]")?.querySelector("input[type=range]");
  const split = it.closest("[data-split]");
  const numbers = split ? [...split.querySelectorAll("input[inputmode=numeric]")] : [];
  return {
    tag: it.tagName, type: it.inputMode === "numeric" ? "number" : it.type || "",
    value: it.value || "", most: slide ? slide.max : "",
    answered: group.some((e) => e.checked),
    isAWayOut: Boolean(it.closest("[data-skip]")),
    isPrimary: it.matches(".btn-primary, [name=answer][value=yes]"),
    isClosed: it.tagName === "SUMMARY" && !it.parentElement.open && Boolean(it.closest("form")),
    partOfASplit: numbers.indexOf(it),
    isWithin: Boolean(it.closest("form")),
  };
}"""
# Names of groups of fields that can be seen and have no answer yet, with what a finger touches.
UNANSWERED = """() => {
  const seen = (e) => e.offsetParent !== null || e.getClientRects().length > 0;
  const found = [];
  const names = new Set();
  for (const e of document.querySelectorAll("main form input, main form textarea")) {
    if (["hidden", "range", "submit"].includes(e.type) || !e.name || names.has(e.name)) continue;
    if (e.closest("[data-skip]") || e.closest("template") || e.disabled) continue;
    const group = [...e.form.elements].filter((other) => other.name === e.name);
    const isChoice = ["radio", "checkbox"].includes(e.type);
    const touched = isChoice && e.id ? document.querySelector(`label[for="${e.id}"]`) : e;
    if (!touched || !seen(touched)) continue;
    names.add(e.name);
    if (isChoice ? group.some((other) => other.checked) : e.value) continue;
    const split = e.closest("[data-split]");
    const numbers = split ? [...split.querySelectorAll("input[inputmode=numeric]")] : [];
    const type = e.inputMode === "numeric" ? "number" : e.type;
    const slide = e.closest("[data-slide]")?.querySelector("input[type=range]");
    found.push({ id: e.id, type, isChoice, most: slide ? slide.max : "",
      partOfASplit: numbers.indexOf(e) });
  }
  return found;
}"""
TOO_WIDE = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture
def site(static_files, transactional_db):
    """Nothing of all this is a worker's."""
    with a_site(works=False) as found:
        yield found


@pytest.fixture
def asked(site):
    """A client to whom every activity that has its words was assigned: slug to occurrence."""
    clinician = make_staff(make_practice(also_clinician=False), "Clara", "clinician")
    client = make_client(clinician)
    clear(client, by=clinician)
    join(client, by=clinician)
    now = timezone.now()
    client.leave_page_shown_at = now
    client.save(update_fields=["leave_page_shown_at"])
    for slug in SLUGS:
        give(client, slug, by=clinician, now=now)
    occurrences = Occurrence.objects.filter(client=client).select_related("assignment__activity")
    return client, {each.assignment.activity.slug: each for each in occurrences}


@pytest.fixture
def signed_in(open_page, site):
    """A page of a browser in which a user is signed in."""

    def opened(user, **options):
        cookie = as_user(user).cookies[settings.SESSION_COOKIE_NAME].value
        page = open_page(PHONE, **options)
        page.context.add_cookies(
            [{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": site.url}]
        )
        return page

    return opened


def number_for(field) -> str:
    if field["partOfASplit"] >= 0:
        return "100" if field["partOfASplit"] == 0 else "0"
    return "50" if field["most"] == "100" else "2"


def yesterday(form: str) -> str:
    return (timezone.localdate() - timedelta(days=1)).strftime(form)


def by_keyboard(page) -> None:
    """Tab from field to field, answer what is empty, and press the one main button."""
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        field = page.evaluate(FOCUSED)
        if field is None:
            continue
        if field["isPrimary"]:
            with page.expect_navigation():
                page.keyboard.press("Enter")
            return
        _press(page.keyboard, field)
    raise AssertionError(f"No main button could be reached on {page.url}")


def _press(keyboard, field) -> None:
    if field["isClosed"]:
        keyboard.press("Enter")
    elif field["isAWayOut"] or not field["isWithin"]:
        return
    elif field["type"] in ("radio", "checkbox"):
        if not field["answered"]:
            keyboard.press("Space")
    elif field["type"] == "date":
        if not field["value"]:
            keyboard.type(yesterday("%m%d%Y"))
    elif field["type"] == "time":
        if not field["value"]:
            keyboard.type("0630PM")
    elif field["value"]:
        return
    elif field["type"] == "number":
        keyboard.type(number_for(field))
    elif field["tag"] == "TEXTAREA" or field["type"] == "text":
        keyboard.type(LINE)


def by_touch(page) -> None:
    """Touch every row that can be touched and write where there is nothing, then the button."""
    for closed in page.locator("main form details:not([open]) > summary").all():
        closed.tap()
    for _ in range(MOST_TABS):
        unanswered = page.evaluate(UNANSWERED)
        if not unanswered:
            break
        _touch(page, unanswered[0])
    assert page.evaluate(TOO_WIDE) <= 0, page.url
    with page.expect_navigation():
        page.locator(MAIN_BUTTON).first.tap()


def _touch(page, field) -> None:
    if field["isChoice"]:
        page.locator(f'label[for="{field["id"]}"]').tap()
        return
    box = page.locator(f'[id="{field["id"]}"]')
    box.tap()
    box.fill(
        {
            "number": lambda: number_for(field),
            "date": lambda: yesterday("%Y-%m-%d"),
            "time": lambda: "18:30",
        }.get(field["type"], lambda: LINE)()
    )


def finish(page, occurrence, answer) -> None:
    """From the first page of an activity to the one that says thank you."""
    page.goto(f"/me/{occurrence.pk}/")
    for _ in range(MOST_PAGES):
        if page.url.endswith(("/done/", "/list/")):
            return
        answer(page)
        refused = page.locator("[data-error-summary]").all_inner_texts()
        assert refused == [], (occurrence.assignment.activity.slug, page.url)
    raise AssertionError(f"{occurrence.assignment.activity.slug} has no end: {page.url}")


WAYS = {
    "by keyboard": (by_keyboard, {}),
    "by touch on a phone": (by_touch, {"has_touch": True, "is_mobile": True}),
}


@pytest.mark.parametrize(
    ("half", "way"),
    [(half, way) for half in HALVES for way in WAYS]
    if WHOLE
    else list(zip(HALVES, WAYS, strict=True)),
)
def test_every_activity_can_be_opened_filled_in_and_sent(asked, signed_in, half, way):
    (client, occurrences), (answer, options) = asked, WAYS[way]
    page = signed_in(client.user, **options)
    for slug in HALVES[half]:
        finish(page, occurrences[slug], answer)
        response = Response.objects.submitted().get(occurrence=occurrences[slug])
        definition = response.version.definition
        assert unfit(definition, response.answers) == {}, slug
        shown = definition.shown(response.answers)
        left_out = [item.id for item in shown if is_empty(response.answers.get(item.id))]
        assert left_out == [], slug
