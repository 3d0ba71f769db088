"""A request to one's own page that names somebody else's row: beside the address, in the query, in
the body, in hidden fields and in lists of them. It finds nothing there, and changes nothing."""

import pytest
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.test import Client as Browser
from django.urls import reverse

from .expecting import expected
from .naming import NAMES_A_ROW, NAMES_NO_ROW, read_somewhere
from .reading import routes
from .touching import AN_ID
from .walking import TRIED_AT, WHOLE, Cell, Walker, walk
from .world import NOBODYS

pytestmark = pytest.mark.django_db
PARTS = 4  # so that several workers share them


def allowed(world):
    """For each address that is opened or sent: everybody who is let in, at what is theirs."""
    for route in routes().values():
        for method in ("GET", "POST"):
            for name, tried in TRIED_AT.items():
                cell = Cell(route, method, name, (tried[0],) * len(route.rows))
                if expected(route, method, world.personas[name], cell.whose).is_allowed:
                    yield cell


def foreign(world, whose, body):
    """By the name of a field: ids of the record ``whose``. Where a field of the form could name
    several kinds of rows, one set after the other."""
    most = max((len(NAMES_A_ROW.get(name, ())) for name in body), default=1)
    for n in range(max(most, 1)):
        yield {
            name: world.address_of(whose, parts[min(n, len(parts) - 1)])
            for name, parts in NAMES_A_ROW.items()
        }


def naming(ids):
    """All of ``ids`` in the query; and in the body, beside what was there and in its place."""

    def named(cell, body):
        more = {name: [*_listed(body.get(name)), each] for name, each in ids.items()}
        colleague = ids.get("to")
        for name in body:
            if colleague and AN_ID.search(name):  # a field for each client, or each colleague
                more[name] = [colleague]
        if colleague:
            more[ids["client"]] = [colleague]
        return ids, more

    return named


def _listed(value) -> list:
    return [] if value is None else [value] if isinstance(value, str) else list(value)


def whom_else(cell):
    """Whose rows are named: of the next one of the practice, for whom no second wall stands; and
    where something is sent, of another practice too."""
    others = [whose for whose in TRIED_AT[cell.persona][1:] if whose != NOBODYS]
    return others if WHOLE or cell.method == "POST" else others[:1]


def once_each(cells):
    """What holds for somebody there holds for the next."""
    seen = set()
    for cell in cells:
        key = cell.route.name, cell.method
        if key not in seen:
            seen.add(key)
            yield cell


@pytest.mark.parametrize("part", range(PARTS))
def test_a_row_that_is_named_besides_is_not_reached(world, part):
    asked, faults = 0, []
    for cell in list(once_each(allowed(world)))[part::PARTS]:
        body = Walker(world).body_of(cell) if cell.method == "POST" else {}
        for whose in whom_else(cell):
            for ids in foreign(world, whose, body):
                found = walk(world, [cell], named=naming(ids))
                faults += [str(each) for each in found.faults if each.kind != "answered"]
                asked += found.asked
    assert faults == []
    assert asked


def test_every_name_that_a_page_reads_is_in_one_of_the_lists():
    assert read_somewhere() == {*NAMES_A_ROW, *NAMES_NO_ROW}


def test_a_passkey_of_somebody_else_is_neither_named_anew_nor_removed(world):
    """Their ids are numbers, so anybody could count."""
    others = world.personas if WHOLE else ("team", "client", "elsewhere-client")
    keys = [record.rows.passkey for record in world.records.values()]
    for name in ("mfa_remove_webauthn", "mfa_edit_webauthn"):
        for key in keys:
            for persona in map(world.personas.get, others):
                browser = Browser()
                browser.cookies[settings.SESSION_COOKIE_NAME] = persona.session
                response = browser.post(reverse(name, args=[key.pk]), {"name": "Mine"})
                assert response.status_code in (302, 404)
    left = Authenticator.objects.filter(pk__in=[key.pk for key in keys])
    assert [key.data["name"] for key in left] == ["Phone"] * len(keys)
