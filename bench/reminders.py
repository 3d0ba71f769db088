"""How fast reminders leave, beside others who do less; and whether all that exists slows down what
is due."""

import argparse
import statistics

from practice.celery import app as practice_app

from . import empty, peers, people, protections, rounds
from .figures import spread
from .ground import WORKERS, Ground, say
from .rounds import PeerSettings, Round

CEILING_LETTERS = 10_000
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
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--skip-peer", action="store_true", help="where no package index is")
    parser.add_argument("--due", type=int, default=10_000, help="letters a round of --scale")
    parser.add_argument(
        "--scale",
        default="10000,100000,1000000",
        help="open occurrences among which they are due; empty: left out",
    )
    return parser.parse_args(words)


def measure(here: Ground, words: list[str]) -> dict[str, object]:
    asked = arguments(words)
    sizes = sorted(int(part) for part in asked.scale.split(",") if part)
    ceiling = {
        name: round(here.judge.ceiling(CEILING_LETTERS, pipelined=name == "pipelined"))
        for name in ("in_turn", "pipelined")
    }
    say(f"Making {asked.count:,} people to whom something is due")
    people.open_the_practice()
    people.add_people(asked.count, is_due=True)
    people.tidy()
    report = {"count": asked.count, "rounds": asked.rounds, "workers": WORKERS}
    report |= beside(here, asked) | {"sink_ceiling": ceiling}
    report["ratios"] = ratios(report)
    if sizes:
        report["sweep"] = among(here, asked, sizes)
    return report


# -- beside others ---------------------------------------------------------------------------------
def beside(here: Ground, asked: argparse.Namespace) -> dict[str, object]:
    """Each contender once a round, in turn."""
    peer = None if asked.skip_peer else peers.environment("post_office")
    if peer:
        with here.as_superuser() as link:
            link.execute("CREATE DATABASE post_office OWNER trellis")
    ours: list[Round] = []
    idle: dict[str, list[Round]] = {"as_ours": [], "as_it_comes": []}
    theirs: dict[PeerSettings, list[Round]] = {how: [] for how in PEER_SETTINGS}
    with (
        here.worker("practice", "--include", "bench.empty") as worker,
        here.worker("bench.empty") as plain,
    ):
        tell("to warm up", rounds.reminders(here, worker, asked.count))
        on = protections.on(worker)
        for _ in range(asked.rounds):
            ours.append(tell("reminders", rounds.reminders(here, worker, asked.count)))
            for name, child, app in (
                ("as_ours", worker, practice_app),
                ("as_it_comes", plain, empty.app),
            ):
                done = rounds.nothing(child, app, asked.count)
                idle[name].append(tell(f"empty task, {name}", done))
            for how, done in theirs.items() if peer else ():
                sent = rounds.post_office(here, peer, asked.count, how)
                done.append(tell(f"post_office, {how.name}", sent))
    report = {
        "protections": on,
        "reminders": figures(ours),
        "celery_empty": {name: figures(done) for name, done in idle.items()},
    }
    if peer:
        report["post_office"] = {how.name: figures(done) for how, done in theirs.items()}
    return report


def ratios(report: dict) -> dict[str, float]:
    """Our rate by the best that each of the others came to; and, for a machine that is busy with
    other things too, our time on the processor by the least of theirs."""
    ours = report["reminders"]
    found = {"to_sink_ceiling": ours["per_second"]["median"] / report["sink_ceiling"]["in_turn"]}
    for name in ("post_office", "celery_empty"):
        if others := report.get(name, {}).values():
            best = max(each["per_second"]["median"] for each in others)
            least = min(each["cpu_ms_all"]["median"] for each in others)
            found[f"to_{name}"] = ours["per_second"]["median"] / best
            found[f"cpu_to_{name}"] = ours["cpu_ms_all"]["median"] / least
    if "post_office" in report:
        as_it_comes = report["post_office"][PEER_SETTINGS[0].name]["per_second"]["median"]
        found["to_post_office_as_it_comes"] = ours["per_second"]["median"] / as_it_comes
    return {name: round(ratio, 3) for name, ratio in found.items()}


# -- among many ------------------------------------------------------------------------------------
def among(here: Ground, asked: argparse.Namespace, sizes: list[int]) -> dict[str, object]:
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
        done = []
        for _ in range(asked.rounds):
            with here.worker() as worker:
                sent = rounds.reminders(here, worker, due)
            done.append(tell(f"{due:,} due among {size:,}", sent))
        found[size] = figures(done) | {
            "seconds": spread(each.seconds for each in done),
            "open_occurrences": people.open_occurrences(),
        }
    first = found[sizes[0]]
    return {
        "due": due,
        "among": found,
        "ratios": {
            size: {
                name: round(each[name]["median"] / first[name]["median"], 3)
                for name in ("seconds", "cpu_ms_all")
            }
            for size, each in found.items()
        },
    }


# -- figures ---------------------------------------------------------------------------------------
def figures(done: list[Round]) -> dict[str, object]:
    found = {
        "per_second": spread(each.rate for each in done),
        "cpu_ms_all": spread(sum(each.cpu_ms.values()) for each in done),
        "cpu_ms": {
            who: round(statistics.median(each.cpu_ms[who] for each in done), 3)
            for who in done[0].cpu_ms
        },
        "peak_mb": {
            name: max(each.peak_mb[name] for each in done) for name in ("largest", "together")
        },
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
