"""What is so only for a while: a sign-in that is fresh, a code that was just typed, a cover, a
reason, an opening in an emergency, a link."""

from copy import copy
from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine
from django.conf import settings
from django.urls import reverse

from clients import actions as care
from clients.access import CODE_AGAIN
from practice.models import User
from tests.conftest import NOW, as_user
from tests.one_of_everything import undone

from .expecting import SIGN_IN, expected
from .reading import layers, patterns, routes
from .records import DESK, HOUSE, NAME, SHARED, canary
from .test_errors import as_persona
from .touching import forget, touched
from .walking import CANARY, SIGNED_IN, TRAIL, Cell, Walker, cells, walk
from .world import EVE, MILL, SAM, cookie_of

pytestmark = pytest.mark.django_db
ONCE_MORE = "/accounts/reauthenticate/"


def in_again(persona, **session):
    """The same person in another browser, signed in a while ago."""
    browser = as_user(persona.user)
    kept = browser.session
    kept.update(session)
    kept.save()
    return replace(persona, session=browser.cookies[settings.SESSION_COOKIE_NAME].value)


def written():
    """What else than that they are there, and what was refused them."""
    return [row for row in touched() if row.table not in (SIGNED_IN, TRAIL)]


def whoever_may(world, route, method):
    """At what is theirs."""
    whose = (SAM,) * len(route.rows)
    for name in ("owner", "team"):
        if expected(route, method, world.personas[name], whose).is_allowed:
            return Cell(route, method, name, whose)
    raise AssertionError(f"{method} {route.name}: neither the owner nor the team may.")


def test_whoever_has_not_just_shown_who_they_are_is_asked_first(world):
    walker, wrong, asked = Walker(world), [], 0
    for route in routes().values():
        for method in route.again:
            cell = whoever_may(world, route, method)
            if method == "POST":
                walker.body_of(cell)  # as the page says it to whoever may open it
            with undone():
                persona = in_again(world.personas[cell.persona])
                before = len(written())
                response, broke = walker.knock(cell, persona)
                asked += 1
                if broke or not response.get("Location", "").startswith(ONCE_MORE):
                    wrong.append(f"{cell} gave {response.status_code}")
                if len(written()) > before:
                    wrong.append(f"{cell} wrote")
    assert wrong == []
    assert asked > 20


def test_where_that_is_asked_stands_in_the_table():
    asking = {
        name
        for name, pattern in patterns()
        for layer, _view in layers(pattern.callback)
        if layer.startswith(("fresh.", "fresh_to_act."))
    } | {"assessments:export_take"}  # which asks within its view
    assert {name for name, route in routes().items() if route.again} == asking


@pytest.mark.parametrize("name", ["assessments:own_file", "assessments:own_file_take"])
def test_a_client_types_their_code_once_more_for_what_goes_far(world, name):
    walker = Walker(world, lambda cell, body: ({}, {"code": ""}))
    route = routes()[name]
    cell = Cell(route, "POST", "client", (SAM,) * len(route.rows))
    with undone():
        client = in_again(world.personas["client"])
        before = len(written())
        response, _broke = walker.knock(cell, client)
        assert (response.status_code, len(written())) == (200, before)
        assert "Content-Disposition" not in response
    with undone():  # and whoever has, does not
        client = in_again(world.personas["client"], **{CODE_AGAIN: NOW.isoformat()})
        before = len(written())
        response, _broke = walker.knock(cell, client)
        assert len(written()) > before or "Content-Disposition" in response


LATER = NOW + timedelta(days=2)
WAS = {"cover": set(), "emergency": set(), "supervisor": {"asks"}}


def test_a_cover_an_emergency_and_a_reason_are_over_when_they_are_over(world):
    """Each of these is then what they were before: a colleague, or a supervisor who is asked."""
    with time_machine.travel(LATER, tick=False), undone():
        later, names = copy(world), {canary(each, NAME) for each in (SAM, EVE)}
        later.personas, later._foreign = dict(world.personas), {}
        for name, words in WAS.items():
            persona = world.personas[name]
            sees = persona.sees - {canary(SAM, kind) for kind in (NAME, SHARED, DESK)}
            later.personas[name] = replace(
                persona,
                session=cookie_of(persona),
                is_to=persona.is_to | {SAM: words},
                sees=sees | names if words else sees,
            )
        of_the_record = [
            each
            for each in routes().values()
            if each.rows and {*WAS} & each.answers.get("GET", {}).keys()
        ]
        tried = [
            cell for cell in cells(of_the_record, [*WAS], ("GET",)) if set(cell.whose) == {SAM}
        ]
        forget()  # that they have signed in
        found = walk(later, tried)
    assert [str(fault) for fault in found.faults] == []
    assert found.asked > 60


def test_a_closed_account_is_out_though_its_cookie_lives(world):
    walker = Walker(world)
    with undone():
        for name, page in (("team", "assessments:today"), ("client", "assessments:portal")):
            User.objects.filter(pk=world.personas[name].user.pk).update(is_active=False)
            response, _broke = walker.knock(Cell(routes()[page], "GET", name), world.personas[name])
            assert response["Location"].startswith(SIGN_IN)


@pytest.mark.parametrize("name", ["anonymous", "team", "client", "closed", "elsewhere-client"])
def test_a_live_link_that_somebody_else_finds_says_nothing_of_whose_it_is(world, name):
    """Looking uses nothing up either: programs that read mails look."""
    with undone():
        client = world.records[SAM].rows.client
        token = care.issue_links([client], now=NOW)[client.pk]
        for page in ("clients:link", "clients:stop"):
            before = len(written())
            answer = as_persona(world.personas[name]).get(reverse(page, args=[token]))
            said = set(CANARY.findall(answer.content.decode()))
            assert said <= {canary(MILL, HOUSE)}
            assert (answer.status_code, len(written())) == (200, before)
