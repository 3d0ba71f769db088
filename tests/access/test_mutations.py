"""Would the matrix notice? Filters and doors are taken away, one at a time, and each time it has to
find something. All filters at once: test_second_wall.py."""

from importlib import import_module
from unittest.mock import patch

import pytest

from .mutating import nothing_prepared
from .reading import layers, patterns, routes
from .walking import cells, walk
from .world import SAM

pytestmark = pytest.mark.django_db

# Where one look-up of one view loses its filter: the module, the model there, and an address.
LOOK_UPS = [
    ("assessments.views.timeline", "Client", "assessments:timeline"),
    ("assessments.views.clinician", "Response", "assessments:response"),
    ("assessments.views.alerts", "Alert", "assessments:alert"),
    ("assessments.views.sheet", "Session", "assessments:sheet"),
    ("assessments.views.exports", "Export", "assessments:export_delete"),
    ("assessments.views.editor", "ActivityDraft", "assessments:own_edit"),
    ("assessments.actions.begun", "Occurrence", "assessments:take_out"),
    ("assessments.views.mine", "Response", "assessments:mine"),
    ("clients.views.sessions", "Client", "clients:session_settle"),
    ("clients.views.absences", "Absence", "clients:absence_end"),
]


class Open:
    """A model, of which whoever asks gets everything."""

    def __init__(self, model):
        self._model = model
        self.objects = self

    def __getattr__(self, name):
        if name in ("of", "mine", "cared_for_by", "listed_for", "open_to"):
            return lambda _user: self._model._default_manager.all()
        return getattr(self._model._default_manager, name, None) or getattr(self._model, name)


@pytest.mark.parametrize(("module", "model", "name"), LOOK_UPS)
def test_a_look_up_without_its_filter_is_found(world, module, model, name):
    where = import_module(module)
    of_it = cells([routes()[name]], SOMEBODY, ("GET", "POST"))
    with patch.object(where, model, Open(getattr(where, model))), nothing_prepared():
        assert walk(world, of_it).leaks


class Unheld(Open):
    """Rows of whichever client, though those of one are asked for."""

    def filter(self, **_whose):
        return self._model._default_manager.all()


def test_a_row_that_is_not_held_to_the_client_of_its_address_is_found(world):
    """By the cells of `make test`: one's own client, and a session of somebody else."""
    where = import_module("clients.views.sessions")
    of_it = cells([routes()["clients:session_settle"]], whole=False)
    with patch.object(where, "Session", Unheld(where.Session)):
        assert walk(world, of_it).leaks


DOORS = ("staff.", "any_client.", "client_only.")  # of practice.access and clients.access
SOMEBODY = ("team", "client", "elsewhere-team", "elsewhere-client")


def under(view):
    """The view without what asks who comes in; None when nothing does."""
    found = layers(view)
    doors = [n for n, (name, _layer) in enumerate(found) if name.startswith(DOORS)]
    return found[doors[-1] + 1][1] if doors else None


def test_an_address_without_its_door_is_found_whichever_it_is(world):
    unnoticed, opened = [], 0
    for name, pattern in patterns():
        if (bare := under(pattern.callback)) is None:
            continue
        opened += 1
        of_it = [
            cell
            for cell in cells([routes()[name]], ("assistant", "client"), ("PUT", "GET"))
            if set(cell.whose) <= {SAM}
        ]
        with patch.object(pattern, "callback", bare):
            if not any(walk(world, [cell]).faults for cell in of_it):  # until one is found
                unnoticed.append(name)
    assert unnoticed == []
    assert opened > 100
