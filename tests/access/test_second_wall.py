"""With every filter of the application gone, what is left is the second wall (decision 035)."""

import pytest

from .reading import routes
from .walking import TRIED_AT, WHOLE, cells, walk
from .world import ELSEWHERE, MILL

pytestmark = pytest.mark.django_db
SECTIONS = list(dict.fromkeys(route.section for route in routes().values()))
OF_ANOTHER_PRACTICE = (
    [name for name in TRIED_AT if name.startswith("elsewhere-")]
    if WHOLE
    else ["elsewhere-team", "elsewhere-client"]
)
OF_THIS_PRACTICE = ["team", "client"]
# Read and written, named in the address and not: where everything leaks without filters.
WITHOUT_FILTERS = [
    *("clients:record", "clients:session_settle", "clients:caseload", "clients:absence_end"),
    *("assessments:timeline", "assessments:response", "assessments:alert", "assessments:sheet"),
    *("assessments:feedback", "assessments:export_delete", "assessments:own_edit"),
    *("assessments:mine", "assessments:entries", "assessments:words", "assessments:today"),
]


@pytest.mark.parametrize("section", SECTIONS)
def test_nothing_of_a_practice_is_seen_or_written_from_another_one(world, section):
    """At every address, named in it and not, by whoever comes in at its door."""
    of_it = [each for each in routes().values() if each.section == section]
    tried = [
        cell
        for cell in cells(of_it, OF_ANOTHER_PRACTICE, ("GET", "POST"))
        if cell.route.door & world.personas[cell.persona].at_the_door
    ]
    found = walk(world, tried, mutated=True)
    assert [str(leak) for leak in found.leaks if MILL in leak.houses] == []


def test_of_ones_own_practice_all_of_these_are(world):
    """So the filters are really gone; what holds above is something else."""
    of_them = cells([routes()[name] for name in WITHOUT_FILTERS], OF_THIS_PRACTICE, ("GET", "POST"))
    found = walk(world, of_them, mutated=True).leaks
    assert {leak.cell.route.name for leak in found if MILL in leak.houses} == set(WITHOUT_FILTERS)
    assert [str(leak) for leak in found if ELSEWHERE in leak.houses] == []
