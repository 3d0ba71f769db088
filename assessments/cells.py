"""Small cells: what may be said of few people, so that nobody is found in a table.

A count of 1 to 4 people is hidden, and so is whatever would let a reader work it out: the usual
rule of official statistics (a threshold, then complementary suppression; Hundepool et al. 2012,
Statistical Disclosure Control, chapter 4). The threshold of 5 is ours. 0 is shown: it is about
nobody. Whoever sees two pictures of two days can still compare them; what is made once a day and
rounded makes that harder and not impossible (docs/practice-picture.md).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

LEAST = 5


class Hidden(StrEnum):
    """What stands in the place of a count."""

    FEW = "few"  # fewer than five people
    WITHHELD = "withheld"  # so few, or it would give such a number away


Shown = int | Hidden


@dataclass(frozen=True)
class Table:
    """A total and the parts that make it, as they may be shown."""

    total: Shown
    parts: tuple[Shown, ...]

    @property
    def is_whole(self) -> bool:
        """Nothing in it is hidden."""
        return not any(isinstance(each, Hidden) for each in (self.total, *self.parts))


def is_small(people: int) -> bool:
    return 0 < people < LEAST


def shown(count: int, people: int | None = None) -> Shown:
    """A count that stands alone: of people, or of something that ``people`` did."""
    return Hidden.FEW if is_small(count if people is None else people) else count


def table(
    counts: Sequence[int], people: Sequence[int] | None = None, of: int | None = None
) -> Table:
    """A total with its parts.

    Without ``people`` the counts are people, each in one part. Otherwise ``people`` are those
    behind each count, who may stand behind several, and ``of`` is how many there are in all.

    Small parts are hidden, and with them the next smallest, until at least two are hidden, with at
    least five people behind them, and what is left of the total can be shared out among them in
    more than one way: else the total less the rest would tell. Of fewer than ten people a total
    stands without its parts if one is small; of fewer than five, nothing stands.
    """
    behind = tuple(counts if people is None else people)
    everybody = sum(behind) if of is None else of
    total = sum(counts)
    if everybody == 0 or not (is_small(everybody) or any(map(is_small, behind))):
        return Table(total, tuple(counts))
    if everybody < 2 * LEAST:
        return Table(shown(total, everybody), (Hidden.WITHHELD,) * len(counts))
    hidden: set[int] = set()
    for number in sorted(set(behind) - {0}):
        if not is_small(number) and _is_safe(hidden, behind, people is None):
            break
        # All that are as many: else which of them is hidden would tell where the small one is.
        hidden |= {place for place, each in enumerate(behind) if each == number}
    if not _is_safe(hidden, behind, people is None):
        hidden = set(range(len(counts)))
    parts = (Hidden.WITHHELD if at in hidden else count for at, count in enumerate(counts))
    return Table(total, tuple(parts))


def _is_safe(hidden: set[int], behind: Sequence[int], is_disjoint: bool) -> bool:
    if len(hidden) < 2:
        return False
    numbers = [behind[place] for place in hidden]
    people = sum(numbers) if is_disjoint else max(numbers)
    if max(numbers) >= LEAST or not is_disjoint:
        return people >= LEAST
    # All of them are small: neither all ones nor all fours.
    return people >= LEAST and len(hidden) < people < len(hidden) * (LEAST - 1)
