"""Every address, tried in every way, by everybody, at what is theirs and at what is not."""

import pytest

from .reading import routes
from .walking import cells, walk

pytestmark = pytest.mark.django_db
SECTIONS = list(dict.fromkeys(route.section for route in routes().values()))


@pytest.mark.parametrize("section", SECTIONS)
def test_everybody_gets_what_the_table_says_and_nothing_else(world, section):
    of_it = list(cells([each for each in routes().values() if each.section == section]))
    found = walk(world, of_it)
    assert found.asked == len(of_it) > 0
    assert [str(fault) for fault in found.faults] == []
