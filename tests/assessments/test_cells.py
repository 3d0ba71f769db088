"""Small cells: whatever is shown, nobody finds a hidden number in it."""

from collections import defaultdict
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.cells import LEAST, Hidden, Table, shown, table

FEW, HIDDEN = Hidden.FEW, Hidden.WITHHELD


@pytest.mark.parametrize(
    ("counts", "total", "parts"),
    [
        ((0, 0), 0, (0, 0)),
        ((12, 0), 12, (12, 0)),
        ((12, 7), 19, (12, 7)),
        ((12, 3), 15, (HIDDEN, HIDDEN)),
        ((30, 12, 3), 45, (30, HIDDEN, HIDDEN)),
        ((30, 0, 2, 3), 35, (30, 0, HIDDEN, HIDDEN)),  # five in two: not even that they are ones
        ((30, 12, 1, 1), 44, (30, HIDDEN, HIDDEN, HIDDEN)),  # two in two would tell
        ((1, 1, 1, 1, 1, 40), 45, (HIDDEN,) * 6),  # five in five would tell too
        ((6, 3), 9, (HIDDEN, HIDDEN)),
        ((2, 1), FEW, (HIDDEN, HIDDEN)),
        ((3, 0), FEW, (HIDDEN, HIDDEN)),
    ],
)
def test_what_is_shown(counts, total, parts):
    assert table(counts) == Table(total, parts)


def test_what_few_people_did_often_is_hidden_too():
    assert shown(40, people=3) == FEW
    assert shown(40, people=5) == 40
    # 40 answers of 20 people, and 2 of one of them: the total less the rest would tell.
    assert table([40, 2], [20, 1], of=20) == Table(42, (HIDDEN, HIDDEN))
    assert table([40, 9, 2], [20, 8, 1], of=20) == Table(51, (40, HIDDEN, HIDDEN))
    # Nobody knows whether four and four are eight people or four.
    assert table([40, 8, 8], [20, 4, 4], of=20) == Table(56, (HIDDEN, HIDDEN, HIDDEN))


@pytest.mark.parametrize(("parts", "most"), [(2, 30), (3, 18), (4, 10)])
def test_who_knows_the_rule_and_sees_the_table_cannot_tell_a_hidden_number(parts, most):
    """Every table of that many people is made. Of each that is seen, all that look the same are
    thought of, and no hidden part or total is the same in all of them."""
    alike = defaultdict(list)
    for counts in product(range(most + 1), repeat=parts):
        if sum(counts) <= most:  # so that whatever looks the same is among them
            alike[table(counts)].append(counts)
    for seen, could_be in alike.items():
        for place, part in enumerate(seen.parts):
            if isinstance(part, Hidden):
                assert len({counts[place] for counts in could_be}) > 1, (seen, could_be)
        if isinstance(seen.total, Hidden):
            assert len({sum(counts) for counts in could_be}) > 1


@given(st.lists(st.integers(0, 60), min_size=2, max_size=8))
def test_nothing_is_left_by_subtraction(counts):
    seen = table(counts)
    hidden = [n for n, part in zip(counts, seen.parts, strict=True) if isinstance(part, Hidden)]
    assert all(n == 0 or n >= LEAST for n in seen.parts if not isinstance(n, Hidden))
    assert seen.total in (FEW, sum(counts))
    assert (seen.total == FEW) == (0 < sum(counts) < LEAST)
    if hidden and not isinstance(seen.total, Hidden):
        # At least two are unknown, and together they are no small number either.
        assert len(hidden) >= 2
        assert sum(hidden) >= LEAST


@given(st.lists(st.tuples(st.integers(1, 30), st.integers(1, 5)), min_size=2, max_size=6))
def test_of_what_people_did_none_is_left_by_subtraction_either(cells):
    people = [behind for behind, _times in cells]
    counts = [behind * times for behind, times in cells]
    seen = table(counts, people, of=max(people))
    for part, behind in zip(seen.parts, people, strict=True):
        assert isinstance(part, Hidden) or behind >= LEAST
    assert sum(isinstance(part, Hidden) for part in seen.parts) != 1
