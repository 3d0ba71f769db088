"""The table is whole: an address that has no line in it fails here."""

from django.apps import apps

from .mutating import FILTERS, filters, unknown_filters
from .public import PUBLIC, PUBLIC_OF_ALLAUTH, SHUT
from .reading import patterns, routes
from .walking import cells


def test_every_address_has_its_lines_and_no_line_is_of_an_address_that_is_gone():
    assert {name for name, _pattern in patterns()} == set(routes())


def test_what_can_be_opened_without_signing_in_is_this_and_nothing_else():
    public = {
        name
        for name, pattern in patterns()
        if getattr(pattern.callback, "login_required", True) is False
    }
    assert public == PUBLIC | PUBLIC_OF_ALLAUTH | SHUT
    named = {route.name for route in routes().values() if "anonymous" in route.door}
    assert named == public


def test_the_whole_walk_has_more_than_ten_thousand_cells():
    assert len(set(cells(whole=True))) > 10_000


def test_there_is_no_admin():
    assert not apps.is_installed("django.contrib.admin")
    of_django = [
        name for name, pattern in patterns() if pattern.callback.__module__.startswith("django.")
    ]
    assert of_django == []


def test_every_filter_of_a_manager_is_known_by_name():
    """So that none stays behind where all are taken away."""
    assert unknown_filters() == set()
    assert {name for _kind, name in filters()} == FILTERS
