"""How pages look: light, dark or as the device; and the style sheets that they are sent."""

import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.db import IntegrityError, transaction
from django.test import Client as Browser
from django.urls import reverse

from practice.models import User
from practice.staticfiles import class_names, own_styles
from practice.stylesheets import CLASS, rules, trimmed, words_of_template
from tests.conftest import as_user

HOME = {"clinician": "assessments:today", "joined": "assessments:help"}


def source(name):
    return Path(finders.find(name)).read_text(encoding="utf-8")


def colours(name):
    return dict(re.findall(r"(--trellis-[\w-]+): (.+);", source(name)))


def styles(response):
    """What a browser is told about light and dark."""
    html = response.content.decode()
    return (
        re.search(r'name="color-scheme" content="([^"]+)"', html)[1],
        re.findall(r'trellis/dark[\w.]*css" media="([^"]+)"', html),
    )


@pytest.mark.parametrize("who", HOME)
def test_each_person_chooses_light_dark_or_the_device(who, request, clock):
    user = getattr(request.getfixturevalue(who), "user", None) or request.getfixturevalue(who)
    browser, page = as_user(user), reverse(HOME[who])
    assert styles(browser.get(page)) == ("light dark", ["screen and (prefers-color-scheme: dark)"])
    for theme, expected in (("dark", ("dark", ["screen"])), ("light", ("light", []))):
        answer = browser.post(reverse("theme"), {"theme": theme, "next": page})
        assert (answer.status_code, answer["Location"]) == (302, page)
        assert styles(browser.get(page)) == expected


def test_a_stranger_sees_what_the_device_says(practice):
    page = Browser().get(reverse("account_login"))
    assert styles(page) == ("light dark", ["screen and (prefers-color-scheme: dark)"])


def test_a_choice_of_colours_leads_nowhere_else(clinician):
    browser = as_user(clinician)
    for elsewhere in ("https://elsewhere.example/", "nonsense", ""):
        answer = browser.post(reverse("theme"), {"theme": "dark", "next": elsewhere})
        assert answer["Location"] == "/"
    assert browser.post(reverse("theme"), {"theme": "neon"}).status_code == 404


def test_the_database_knows_three_themes(clinician):
    with pytest.raises(IntegrityError, match="user_theme_known"), transaction.atomic():
        User.objects.filter(pk=clinician.pk).update(theme="neon")


def test_each_colour_has_a_value_for_the_dark_and_the_browsers_frame_is_paper():
    light, dark = colours("trellis/tokens.css"), colours("trellis/dark.css")
    hues = {
        name for name, value in light.items() if value.startswith(("#", "0 1px")) or "-rgb" in name
    }
    assert set(dark) == hues
    page = Browser().get("/nowhere/").content.decode()
    for paper in (light["--trellis-paper"], dark["--trellis-paper"]):
        assert f'name="theme-color" content="{paper}"' in page


def test_the_gallery_shows_every_component_and_every_drawing(db, settings):
    settings.DEVELOPMENT = True
    page = Browser().get(reverse("gallery"))
    used = {template.name for template in page.templates if template.name}
    folder = settings.BASE_DIR / "templates"
    parts = {str(path.relative_to(folder)) for path in folder.glob("_components/*.html")}
    assert parts - used == set()
    for name in re.findall(r'<symbol id="(\w+)"', source("trellis/drawings.svg")):
        assert f"drawings.svg#{name}" in page.content.decode()


# -- the style sheet of Bootstrap is sent without what no page can meet ---------------------------

SHEET = """@charset "UTF-8";/*! the licence */:root,[data-bs-theme=light]{--bs-blue:#00f;
--bs-ink:#111;--bs-icon:url("data:a;b}")}.card{color:var(--bs-ink)}.card.show,.modal{left:0}a:not(.modal){top:0}
@media (min-width:9px){.modal{right:0}.card:is(h1,.row){x:y}}@media print{.toast{a:b}}
"""


def test_a_sheet_keeps_what_is_met_and_nothing_else():
    kept = trimmed(SHEET, {"card", "row"})
    assert "".join(kept.split("\n")) == (
        '@charset "UTF-8";:root{--bs-ink:#111;}.card{color:var(--bs-ink)}a:not(.modal){top:0}'
        "@media (min-width:9px){.card:is(h1,.row){x:y}}/*! the licence */"
    )


def test_a_class_is_found_between_tags_of_a_template():
    words = words_of_template(
        '<p class="a {% if b == "c" %}d{% endif %} {{ e|default:"f" }}">g</p>'
    )
    assert {"a", "d", "f"} <= words
    assert "g" not in words


def test_bootstrap_keeps_each_class_that_a_page_has():
    whole, words = source("css/bootstrap.min.css"), class_names()
    kept = trimmed(whole, words, own_styles())
    assert set(CLASS.findall(heads(kept))) == set(CLASS.findall(heads(whole))) & words
    assert len(kept) < len(whole) / 4


def heads(css):
    return " ".join(
        heads(body) if head.startswith("@media") else re.sub(r":not\([^()]*\)", "", head)
        for head, body in rules(re.sub(r"/\*.*?\*/", "", css, flags=re.S))
        if body
    )
