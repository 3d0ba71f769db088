"""`python -m tests.full.sweep`: the product's schedules beside the oracle's, over all zones.

Says on one line of JSON how many occurrences were simulated and how many differ, and ends with 1
unless none does. The first differences are written out, so that they can be tried again.
"""

import argparse
import json
import multiprocessing
import sys
import time
from collections import Counter
from datetime import date
from random import Random, SystemRandom
from typing import NamedTuple
from zoneinfo import ZoneInfo, available_timezones

from tests.full import compare
from tests.full.chances import Case, cases
from tests.full.clocks import DAY, EPOCH_DAY, Clocks, moment
from tests.full.oracle import Expected

SHOWN = 5


class Share(NamedTuple):
    """What one process does at a time: so many occurrences in one zone."""

    zone: str
    occurrences: int
    seed: int
    first_year: int
    last_year: int


class Found(NamedTuple):
    zone: str
    counts: Counter
    shown: list[str]


def swept(share: Share) -> Found:
    """One zone, until its share is done."""
    first, last = date(share.first_year, 1, 1), date(share.last_year, 1, 1)
    # Work that opens on the last day may end a year and a month later; sessions reach further.
    span = first.replace(year=first.year - 1), last.replace(year=last.year + 4)
    clocks = Clocks(ZoneInfo(share.zone), *span)
    begins, ends = ((day.toordinal() - EPOCH_DAY) * DAY for day in (first, last))
    counts, shown = Counter(), []
    for case in cases(Random(f"{share.seed} {share.zone}"), clocks, begins, ends):
        if counts["occurrences"] >= share.occurrences:
            return Found(share.zone, counts, shown)
        expected = compare.asked(case, clocks, ends)
        got = tried(case, clocks, ends, len(expected))
        wrong = Counter(failed=1) if isinstance(got, str) else compare.differences(expected, got)
        counts.update(wrong, schedules=1, occurrences=len(expected))
        if wrong and len(shown) < SHOWN:
            shown.append(told(share.zone, case, expected, got, wrong))
    raise AssertionError("there is always another case")


def tried(case: Case, clocks: Clocks, before: int, expected: int) -> list[Expected] | str:
    """What the product says, or how it failed: one failure must not hide the others."""
    try:
        return compare.given(case, clocks, before, expected + 2)
    except Exception as failure:  # noqa: BLE001
        return repr(failure)


def told(zone: str, case: Case, expected: list, got: list | str, wrong: Counter) -> str:
    lines = [
        f"{zone}  {json.dumps(case.schedule)}  assigned_at {moment(case.assigned_at).isoformat()}",
        f"  {dict(+wrong)}",
    ]
    if case.sessions is not None:
        lines.append(f"  sessions {[(s.key, when(s.starts), when(s.ends)) for s in case.sessions]}")
    if isinstance(got, str):
        return "\n".join([*lines, f"  failed   {got}"])
    for side, here, there in (("expected", expected, got), ("got", got, expected)):
        alone = [each for each in here if each not in there][:3]
        lines += [f"  {side:8} {each.which} {[when(at) for at in each[1:]]}" for each in alone]
    return "\n".join(lines)


def when(instant: int | None) -> str | None:
    return None if instant is None else moment(instant).isoformat()


def main() -> int:
    options = read_options()
    first_year, last_year = (int(year) for year in options.years.split("-"))
    zones = sorted(available_timezones())
    each = -(-options.occurrences // len(zones))
    shares = [Share(zone, each, options.seed, first_year, last_year) for zone in zones]
    began, totals = time.monotonic(), Counter()
    with multiprocessing.Pool(options.processes) as pool:
        told_of = 0
        for done, found in enumerate(pool.imap_unordered(swept, shares), start=1):
            totals += found.counts
            for text in found.shown[: max(0, SHOWN - told_of)]:
                sys.stderr.write(f"{text}\n")
                told_of += 1
            if done % 25 == 0 or done == len(zones):
                so_far = f"{done} of {len(zones)} zones, {totals['occurrences']:,} occurrences"
                sys.stderr.write(f"{so_far}, {wrong_in(totals)} wrong\n")
    report = {count: totals[count] for count in compare.COUNTS}
    report |= {"zones": len(zones), "schedules": totals["schedules"]}
    report |= {"occurrences": totals["occurrences"], "years": options.years}
    report |= {"seconds": round(time.monotonic() - began), "seed": options.seed}
    sys.stdout.write(json.dumps(report) + "\n")
    return 1 if wrong_in(totals) or totals["occurrences"] < options.occurrences else 0


def wrong_in(counts: Counter) -> int:
    return sum(counts[count] for count in compare.COUNTS)


def read_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.full.sweep", description=__doc__)
    parser.add_argument("--occurrences", type=int, default=10_000_000, help="at least so many")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--seed", type=int, default=SystemRandom().randrange(1_000_000))
    parser.add_argument(
        "--years", default="2024-2029", help="from 1 January of one to 1 January of the other"
    )
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
