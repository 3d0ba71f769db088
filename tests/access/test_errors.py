"""What stands on the pages that say that something went wrong: nothing about anybody."""

import pytest
from django.conf import settings
from django.test import Client as Browser

from .records import HOUSE, canary
from .walking import CANARY, TRIED_AT

pytestmark = pytest.mark.django_db


def as_persona(persona, **how):
    browser = Browser(raise_request_exception=False, **how)
    if persona.session:
        browser.cookies[settings.SESSION_COOKIE_NAME] = persona.session
    return browser


@pytest.mark.parametrize("name", TRIED_AT)
def test_a_page_that_says_what_went_wrong_says_nothing_else(world, name):
    persona = world.personas[name]
    browser, strict = as_persona(persona), as_persona(persona, enforce_csrf_checks=True)
    record = world.records[TRIED_AT[name][0]]
    answers = [
        (404, browser.get("/no-such-page/")),
        (404, browser.get("/admin/")),
        (404, browser.get(f"/clients/{record.rows.client.pk}/no-such-page/")),
        (403, strict.post("/accounts/login/", {"login": "x"})),
        (413, browser.post("/accounts/login/", {"login": "x" * 600_000})),
    ]
    assert [answer.status_code for _status, answer in answers] == [s for s, _answer in answers]
    for _status, answer in answers:
        found = set(CANARY.findall(answer.content.decode()))
        assert found <= {canary(persona.house, HOUSE)} if persona.house else found == set()
