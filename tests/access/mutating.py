"""Takes the filters of the application away, to see who would notice."""

import inspect
from contextlib import ExitStack, contextmanager
from unittest.mock import patch

from django.apps import apps

from practice.database.prepared import Prepared

# A queryset's methods that ask whose rows these are ...
FILTERS = {
    *("of", "mine", "cared_for_by", "listed_for", "staff_of", "open_to", "handed_to"),
    *("answered_for", "myself", "own_of", "taken_out_by", "logged_for", "kept_by"),
}
# ... and those that only say more about the rows, or count what somebody has done.
NO_FILTERS = {"as_far_as", "with_their_way_to", "often_by"}
WHOSE = {"user", "client"}  # how such a method calls whom it asks for


def filters() -> list[tuple[type, str]]:
    """(queryset, method) of every filter of every manager."""
    return [(kind, name) for kind, name in _of_somebody() if name in FILTERS]


def unknown_filters() -> set[str]:
    """Methods that take a user, of which nobody has said yet whether they are filters."""
    return {
        f"{kind.__name__}.{name}"
        for kind, name in _of_somebody()
        if name not in FILTERS | NO_FILTERS
    }


def _of_somebody():
    kinds = {type(model._default_manager.all()) for model in apps.get_models()}
    for kind in sorted(kinds, key=lambda kind: f"{kind.__module__}.{kind.__name__}"):
        for name, method in vars(kind).items():
            if inspect.isfunction(method) and not name.startswith("_"):
                _self, *others = inspect.signature(method).parameters
                if (others[:1] and others[0] == "user") or name in FILTERS:
                    yield kind, name


@contextmanager
def without_filters():
    """Every one of them lets everything through."""
    with ExitStack() as stack:
        for kind, name in filters():
            stack.enter_context(patch.object(kind, name, lambda self, *_whose: self.all()))
        stack.enter_context(nothing_prepared())
        yield


def nothing_prepared():
    """What was put together before has its filter in it: each question is asked as a queryset."""
    return patch.object(Prepared, "all", lambda self, **values: list(self.build(**values)))
