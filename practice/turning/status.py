"""What is done and what is left, counted from the rows as they are."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings

from practice import walls
from practice.encryption import master_names
from practice.models import DataKeyRow, KeyWork, Practice

from . import masters, values

# Signing in with a code keeps the address under a master key in the session, for ten minutes.
CODES = timedelta(minutes=10)


@dataclass(frozen=True)
class Master:
    name: str
    is_first: bool
    is_here: bool  # in FIELD_KEYS
    under: Counter  # kind: how many


@dataclass(frozen=True)
class Turned:
    """A key that another has taken the place of."""

    row: DataKeyRow
    left: int  # values that still name it
    goes_at: datetime  # at the earliest, when nothing names it until then: no backup needs it

    @property
    def is_of_practice(self) -> bool:
        return self.row.subject == self.row.practice_id


@dataclass(frozen=True)
class Status:
    masters: list[Master]
    work: dict[str, KeyWork]
    not_nested: int
    turned: list[Turned]

    def may_go(self, master: Master, now: datetime) -> bool:
        """Nothing lies under it, and nothing can that this process does not see."""
        work = self.work.get(KeyWork.Name.MASTER)
        is_over = work and work.ended_at and now - work.ended_at > CODES
        return bool(not master.is_first and not master.under and is_over)


def status() -> Status:
    found = masters.under_masters()
    names = master_names()
    not_nested, turned = 0, []
    for practice in Practice.objects.everywhere():
        with walls.inside(practice.pk):
            not_nested += masters.to_nest().filter(practice=practice).count()
            retired = values.retired().filter(practice=practice).order_by("pk")
            left = values.left_by_key(practice.pk, retired) + masters.in_boxes(practice.pk)
            turned += [Turned(row, left[row.pk], _goes_at(row)) for row in retired]
    return Status(
        masters=[Master(name, name == names[0], name in names, found[name]) for name in found],
        work=KeyWork.objects.in_bulk(),
        not_nested=not_nested,
        turned=turned,
    )


def _goes_at(row: DataKeyRow) -> datetime:
    empty_at = row.emptied_at or row.named_at + values.QUIET
    return empty_at + settings.KEYS_OUTLIVE_BACKUPS
