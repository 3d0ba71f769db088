"""What the product makes of a case, beside what the oracle does, and how the two differ."""

from collections import Counter
from collections.abc import Sequence
from itertools import islice

from assessments import schedule as product
from tests.full import oracle
from tests.full.chances import Case
from tests.full.clocks import HOUR, Clocks, micros, moment
from tests.full.oracle import Expected

COUNTS = (
    "missed",
    "doubled",
    "unasked",
    "wrong_opens",
    "wrong_due",
    "wrong_expires",
    "misnumbered",
    "failed",
)


def asked(case: Case, clocks: Clocks, before: int) -> list[Expected]:
    if case.sessions is None:
        return list(oracle.expected(case.schedule, case.assigned_at, clocks, before=before))
    return list(oracle.around(case.schedule, case.sessions, case.assigned_at, clocks))


def given(case: Case, clocks: Clocks, before: int, most: int) -> list[Expected]:
    """What the product says opens before that instant; so many at most, for it may go on."""
    schedule = product.parse(case.schedule)
    assigned_at = moment(case.assigned_at)
    if case.sessions is None:
        made = product.windows(schedule, assigned_at=assigned_at, zone=clocks.zone)
        found = [seen(window.number, window) for window in islice(made, most)]
        return [each for each in found if each.opens < before or case.schedule["every"] == "once"]
    sessions = [
        product.SessionTime(each.key, moment(each.starts), moment(each.ends))
        for each in case.sessions
    ]
    made = product.session_windows(schedule, sessions, assigned_at=assigned_at, zone=clocks.zone)
    return [seen(window.key, window) for window in made]


def seen(which, window) -> Expected:
    due, expires = window.due_at, window.expires_at
    return Expected(
        which,
        micros(window.opens_at),
        None if due is None else micros(due),
        None if expires is None else micros(expires),
    )


def differences(expected: Sequence[Expected], got: Sequence[Expected]) -> Counter:
    """How often each of COUNTS is the case; empty when nothing differs."""
    if expected == got:
        return Counter()
    wanted = {name(each): each for each in expected}
    made = {name(each): each for each in got}
    counts = Counter(doubled=len(got) - len(made))
    spare = [made[key] for key in made if key not in wanted]
    for key, each in wanted.items():
        if key in made:
            counts["wrong_opens"] += each.opens != made[key].opens
            counts["wrong_due"] += each.due != made[key].due
            counts["wrong_expires"] += each.expires != made[key].expires
            counts["misnumbered"] += each.which != made[key].which
            continue
        # Less than half a day off is a wrong minute, more is another occurrence.
        near = next((one for one in spare if abs(one.opens - each.opens) < 12 * HOUR), None)
        counts["missed" if near is None else "wrong_opens"] += 1
        if near is not None:
            spare.remove(near)
    counts["unasked"] = len(spare)
    if not counts.total():
        # The same occurrences, told in another order.
        counts["misnumbered"] = 1
    return counts


def name(each: Expected) -> int | str:
    """What tells one occurrence from the others: its session, or when it opens."""
    return each.which if isinstance(each.which, str) else each.opens
