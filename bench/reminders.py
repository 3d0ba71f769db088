"""How fast reminders leave, beside others who do less; whether all that exists slows down what is
due; and whether many at once need more memory than few."""

import argparse
import statistics
from collections.abc import Callable
from functools import partial

from practice.celery import app as practice_app

from . import empty, peers, people, protections, rounds
from .figures import spread, target
from .ground import WORKERS, Ground, say
from .rounds import PeerSettings, Round

CEILING_LETTERS = 10_000
OURS, PEER, EMPTY = "reminders", "post_office", "an empty Celery task"
SINK = "the sink alone"
ASKED_OF_OTHERS = 10  # open occurrences of a client to whom nothing is due
# As it comes (100, 5), and what its documentation offers to go faster: larger batches, other
# threads, no log of what was sent. The best of them is what we are measured against.
PEER_SETTINGS = (
    PeerSettings(batch=100, threads=5, log_level=2),
    PeerSettings(batch=1_000, threads=5, log_level=2),
    PeerSettings(batch=1_000, threads=1, log_level=2),
    PeerSettings(batch=1_000, threads=1, log_level=1),
)


def arguments(words: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench reminders", description=__doc__)
    parser.add_argument("--count", type=int, default=2_000, help="letters a round")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--skip-peer", action="store_true", help="where no package index is")
    parser.add_argument("--due", type=int, default=10_000, help="letters a round of --scale")
    parser.add_argument(
        "--scale",
        default="10000,100000,1000000",
        help="open occurrences among which they are due; empty: left out",
    )
    parser.add_argument(
        "--memory",
        default="1000,100000",
        help="letters of one round each, to compare a worker's memory; empty: left out",
    )
    return parser.parse_args(words)


def measure(here: Ground, words: list[str]) -> dict[str, object]:
    asked = arguments(words)
    sizes, crowds = _numbers(asked.scale), _numbers(asked.memory)
    operations = ceilings(here)
    say(f"Making {asked.count:,} people to whom something is due")
    people.open_the_practice()
    people.add_people(asked.count, is_due=True)
    people.tidy()
    on, found = beside(here, asked)
    operations |= found
    of_all = ratios(operations)
    if sizes:
        operations |= among(here, asked, sizes)
        of_all |= ratios_among(operations, sizes, max(asked.due, asked.count))
    if crowds:
        operations |= memory(here, crowds)
    return {
        "rounds": asked.rounds,
        "counts": {"letters": asked.count, "workers": WORKERS, "memory": crowds},
        "protections": on,
        "operations": operations,
        "ratios": of_all | ratios_of_memory(operations, crowds),
        "targets": targets(of_all, operations, crowds),
    }


def _numbers(words: str) -> list[int]:
    return sorted(int(part) for part in words.split(",") if part)


def ceilings(here: Ground) -> dict[str, dict]:
    """What the sink takes from somebody who does nothing else."""
    return {
        label: {"per_second": spread([here.judge.ceiling(CEILING_LETTERS, pipelined=pipelined)])}
        for label, pipelined in ((SINK, False), (f"{SINK}, pipelined", True))
    }


# -- beside others ---------------------------------------------------------------------------------
def beside(here: Ground, asked: argparse.Namespace) -> tuple[dict, dict[str, dict]]:
    """Each contender once a round, in turn: the protections, and what each came to."""
    peer = None if asked.skip_peer else peers.environment("post_office")
    if peer:
        with here.as_superuser() as link:
            link.execute("CREATE DATABASE post_office OWNER trellis")
    done: dict[str, list[Round]] = {}
    with (
        here.worker("practice", "--include", "bench.empty") as worker,
        here.worker("bench.empty") as plain,
    ):
        tell("to warm up", rounds.reminders(here, worker, asked.count))
        on = protections.on(worker)
        contenders: dict[str, Callable[[], Round]] = {
            OURS: partial(rounds.reminders, here, worker, asked.count),
            f"{EMPTY}, as ours": partial(rounds.nothing, worker, practice_app, asked.count),
            f"{EMPTY}, as it comes": partial(rounds.nothing, plain, empty.app, asked.count),
        }
        for how in PEER_SETTINGS if peer else ():
            sends = partial(rounds.post_office, here, peer, asked.count, how)
            contenders[f"{PEER}, {how.name}"] = sends
        for _ in range(asked.rounds):
            for name, send in contenders.items():
                done.setdefault(name, []).append(tell(name, send()))
    return on, {name: figures(each) for name, each in done.items()}


def ratios(operations: dict[str, dict]) -> dict[str, float]:
    """More is better for us. Our rate by the best that each of the others came to; and, for a
    machine that is busy with other things too, the least of their time on the processor by ours."""
    ours = operations[OURS]
    rate, cpu = ours["per_second"]["median"], ours["cpu_ms"]["median"]
    found = {f"rate against {SINK}": rate / operations[SINK]["per_second"]["median"]}
    for name in (PEER, EMPTY):
        others = [each for label, each in operations.items() if label.startswith(name)]
        if others:
            best = max(each["per_second"]["median"] for each in others)
            least = min(each["cpu_ms"]["median"] for each in others)
            found |= {f"rate against {name}": rate / best, f"processor against {name}": least / cpu}
    as_it_comes = operations.get(f"{PEER}, {PEER_SETTINGS[0].name}")
    if as_it_comes:
        found[f"rate against {PEER} as it comes"] = rate / as_it_comes["per_second"]["median"]
    return {name: round(ratio, 3) for name, ratio in found.items()}


# -- among many ------------------------------------------------------------------------------------
def among(here: Ground, asked: argparse.Namespace, sizes: list[int]) -> dict[str, dict]:
    """The same number due, among ever more that is open. Each round has a worker of its own that
    remembers nothing: what it must look up first is part of the time, and of the memory."""
    due = max(asked.due, asked.count)
    people.add_people(due - asked.count, is_due=True)
    found = {}
    for size in sizes:
        missing = size - people.open_occurrences()
        if missing >= ASKED_OF_OTHERS:
            say(f"Making people until {size:,} occurrences are open")
            people.add_people(missing // ASKED_OF_OTHERS, is_due=False, asked=ASKED_OF_OTHERS)
        people.tidy()
        label = _among(due, size)
        done = [tell(label, each) for each in (_fresh(here, due) for _ in range(asked.rounds))]
        found[label] = figures(done) | {"seconds": spread(each.seconds for each in done)}
    return found


def _among(due: int, size: int) -> str:
    return f"{due:,} due, among {size:,} open"


def _fresh(here: Ground, due: int) -> Round:
    with here.worker() as worker:
        return rounds.reminders(here, worker, due)


def ratios_among(operations: dict[str, dict], sizes: list[int], due: int) -> dict[str, float]:
    first = operations[_among(due, sizes[0])]
    return {
        f"{what}, among {size:,} against {sizes[0]:,}": round(
            operations[_among(due, size)][key]["median"] / first[key]["median"], 3
        )
        for size in sizes[1:]
        for what, key in (("seconds", "seconds"), ("processor time", "cpu_ms"))
    }


# -- memory ----------------------------------------------------------------------------------------
def memory(here: Ground, crowds: list[int]) -> dict[str, dict]:
    """One round of each, in one database: only how many are due differs. Each has a worker of its
    own, because a peak is never forgotten."""
    say(f"Making {crowds[-1]:,} people to whom something is due at one moment")
    first = people.add_people(crowds[-1], is_due=True)
    people.tidy()
    found = {}
    for count in crowds:
        people.due_are(first, count)
        found[_at_once(count)] = figures([tell(_at_once(count), _fresh(here, count))])
    return found


def _at_once(count: int) -> str:
    return f"at one moment, {count:,} due"


def ratios_of_memory(operations: dict[str, dict], crowds: list[int]) -> dict[str, float]:
    """Of the largest process that sends: its parent is large from the start, and never grows."""
    largest = [operations[_at_once(count)]["sender_mb"] for count in crowds]
    return {
        f"peak memory, {count:,} against {crowds[0]:,}": round(peak / largest[0], 3)
        for count, peak in zip(crowds[1:], largest[1:], strict=True)
    }


# -- figures ---------------------------------------------------------------------------------------
def targets(of_all: dict, operations: dict[str, dict], crowds: list[int]) -> list[dict]:
    found = []
    if (rate := of_all.get(f"rate against {PEER}")) is not None:
        found.append(target("Reminders, against django-post_office at its best", rate, 1.2, 2.5))
    return found + [
        target(f"Reminders, {name}", ratio, 1.2, 1.05, less_is_better=True)
        for name, ratio in ratios_of_memory(operations, crowds).items()
    ]


def figures(done: list[Round]) -> dict[str, object]:
    found = {
        "per_second": spread(each.rate for each in done),
        "cpu_ms": spread(sum(each.cpu_ms.values()) for each in done),
        "cpu_parts": {
            who: round(statistics.median(each.cpu_ms[who] for each in done), 3)
            for who in done[0].cpu_ms
        },
        "peak_mb": max(each.peak_mb["together"] for each in done),
        "sender_mb": max(each.peak_mb["below"] for each in done),
    }
    if done[0].octets:
        found |= {
            "octets": done[0].octets,
            "commits": round(statistics.median(each.commits for each in done), 2),
            "wal_octets": round(statistics.median(each.wal for each in done)),
        }
    if done[0].queued_in:
        found["queued_per_second"] = spread(each.count / each.queued_in for each in done)
    return found


def tell(what: str, done: Round) -> Round:
    say(
        f"  {what}: {done.rate:,.0f} a second, {sum(done.cpu_ms.values()):.2f} ms of processor each"
    )
    return done
