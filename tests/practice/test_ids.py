import uuid
from datetime import UTC, datetime

import time_machine

from practice.ids import uuid7


def test_it_is_a_version_7_uuid():
    for made in [uuid7() for _ in range(200)]:
        assert (made.version, made.variant) == (7, uuid.RFC_4122)


def test_no_two_are_the_same():
    assert len({uuid7() for _ in range(5_000)}) == 5_000


def test_what_was_made_later_sorts_later():
    with time_machine.travel(1_800_000_000, tick=False) as clock:
        made = [uuid7()]
        for _ in range(50):
            clock.shift(0.001)
            made.append(uuid7())
    assert made == sorted(made)
    assert sorted(map(str, made)) == list(map(str, made))


def test_it_carries_the_millisecond():
    with time_machine.travel(datetime(2027, 1, 15, 8, 0, 0, 123_000, UTC), tick=False):
        assert uuid7().int >> 80 == 1_800_000_000_123
