"""With every filter of the application gone, what is left is the second wall (decision 035)."""

import pytest

from .reading import routes
from .walking import TRIED_AT, cells, walk
from .world import ELSEWHERE, MILL

pytestmark = pytest.mark.django_db
SECTIONS = list(dict.fromkeys(route.section for route in routes().values()))
OF_ANOTHER_PRACTICE = [name for name in TRIED_AT if name.startswith("elsewhere-")]
OF_THIS_PRACTICE = ["colleague", "client"]


def leaks(world, section, personas):
    """Of whoever comes in at the door: it is the filters that are gone, and not the doors."""
    of_it = [each for each in routes().values() if each.section == section]
    tried = [
        cell
        for cell in cells(of_it, personas, ("GET", "POST"))
        if cell.route.door & world.personas[cell.persona].at_the_door
    ]
    return walk(world, tried, mutated=True).leaks


@pytest.mark.parametrize("section", SECTIONS)
def test_nothing_of_a_practice_is_seen_or_written_from_another_one(world, section):
    """At every address, named in it and not."""
    found = leaks(world, section, OF_ANOTHER_PRACTICE)
    assert [str(leak) for leak in found if MILL in leak.houses] == []


def test_of_ones_own_practice_everything_is(world):
    """So the filters are really gone; what holds above is not they."""
    found = [leak for each in SECTIONS[:4] for leak in leaks(world, each, OF_THIS_PRACTICE)]
    assert len({leak.cell.route.name for leak in found if MILL in leak.houses}) > 40
    assert [str(leak) for leak in found if ELSEWHERE in leak.houses] == []
