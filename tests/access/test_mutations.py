"""Would the matrix notice? Filters and doors are taken away, one at a time, and each time it has to
find something. All filters at once: test_second_wall.py."""

from importlib import import_module
from unittest.mock import patch

import pytest

from .reading import patterns, routes
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
    ("assessments.views.doors", "Occurrence", "assessments:take_out"),
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
    with patch.object(where, model, Open(getattr(where, model))):
        assert walk(world, of_it).leaks


DOORS = ("staff.", "any_client.", "client_only.")  # of practice.access and clients.access
SOMEBODY = ("team", "client", "elsewhere-team", "elsewhere-client")


def under(view):
    """The view without what asks who comes in; None when nothing does."""
    layers = [view]
    while hasattr(layers[-1], "__wrapped__"):
        layers.append(layers[-1].__wrapped__)
    doors = [n for n, layer in enumerate(layers) if _name_of(layer).startswith(DOORS)]
    return layers[doors[-1] + 1] if doors else None


def _name_of(layer) -> str:
    return getattr(getattr(layer, "__code__", None), "co_qualname", "")


def test_an_address_without_its_door_is_found_whichever_it_is(world):
    unnoticed, opened = [], 0
    for name, pattern in patterns():
        if (bare := under(pattern.callback)) is None:
            continue
        opened += 1
        of_it = [
            cell
            for cell in cells([routes()[name]], ("assistant", "client"), ("GET", "PUT"))
            if set(cell.whose) <= {SAM}
        ]
        with patch.object(pattern, "callback", bare):
            if not walk(world, of_it).faults:
                unnoticed.append(name)
    assert unnoticed == []
    assert opened > 100
