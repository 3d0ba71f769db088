"""One, two and four processes that each have the same share of a processor: does twice as many do
twice as much, and what do all of them ask of the one database behind them?

Each process has as much to do as when it is alone, so a round of four does four times what a round
of one does. Between the rounds of one number are those of the others, so that a busy minute of the
machine meets all.
"""

import argparse
import itertools
import statistics
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit
from uuid import UUID

from django.urls import reverse

from assessments.models import Occurrence
from clients.models import Client
from practice.celery import app
from practice.processes import Child

from . import database_limits, people, pooler, protections, rounds, screener, submit, tenancy
from .figures import how_long, spread
from .ground import Ground, say
from .scaling import PROCESSES, arithmetic, reminders_by, submissions_by
from .shares import Shares, shares
from .submit import Contender
from .web import Cost, web

PRACTICES = 4
AT_ONCE = 2  # visitors of each web process
POOLED = 2  # web processes that ask through PgBouncer
ONE_PROCESS = ("--workers", "1")
TOLD = 1.1  # seconds until the backends have told their commits
LIMIT_ROUNDS = 3


@dataclass
class Round:
    """``cpu_ms``, ``changes``, ``wal`` (``ground.Written``) are of one submission or reminder."""

    count: int
    seconds: float
    cpu_ms: dict[str, float]
    peak_mb: float
    changes: float
    wal: float
    each: list[float] = field(default_factory=list)

    @property
    def rate(self) -> float:
        return self.count / self.seconds

    @property
    def cpu_ms_all(self) -> float:
        return sum(self.cpu_ms.values())


def arguments(words: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench scale-out", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--submissions", type=int, default=30, help="of each web process, a round")
    parser.add_argument("--reminders", type=int, default=1_000, help="of each worker, a round")
    parser.add_argument("--share", type=float, default=0.2, help="of a processor, for each process")
    return parser.parse_args(words)


def measure(here: Ground, words: list[str]) -> dict[str, object]:
    asked = arguments(words)
    a_round, warming = sum(PROCESSES) + POOLED, max(PROCESSES) + POOLED
    screeners = asked.submissions * (asked.rounds * a_round + warming)
    say(f"Making {PRACTICES} practices of people who are asked a screener")
    for number in range(1, PRACTICES + 1):
        people.open_the_practice(screener.definition(), number=number)
    people.add_people(max(screeners, asked.reminders * max(PROCESSES)), is_due=True)
    people.tidy()
    with shares(max(PROCESSES), asked.share) as held:
        reminded, on_worker = reminders(here, held, asked)
        sent, on_web, lines = submissions(here, held, asked)
    done = sent | reminded
    operations = {label: figures(each) for label, each in done.items()}
    whose = list(Client.objects.values_list("practice_id", flat=True).distinct())
    limits = database_limits.measure(here, whose, LIMIT_ROUNDS)
    with here.as_superuser() as link:
        ready = tenancy.readiness(link)
    return {
        "rounds": asked.rounds,
        "shares": {"how": held.how, "of_a_processor": asked.share},
        "each_process": {"submissions": asked.submissions, "reminders": asked.reminders},
        "practices": PRACTICES,
        "protections": {"web": on_web, "worker": on_worker},
        "operations": operations,
        "ratios": ratios(done, held),
        "lines_to_the_database": lines,
        "commits_a_second": limits,
        "by_practice": ready,
        "arithmetic": arithmetic(operations, limits),
    }


# -- reminders -------------------------------------------------------------------------------------
def reminders(
    here: Ground, held: Shares, asked: argparse.Namespace
) -> tuple[dict[str, list[Round]], dict[str, object]]:
    done: dict[str, list[Round]] = {}
    with ExitStack() as stack:
        workers = [
            stack.enter_context(here.worker("practice", "--concurrency", "1", number=number + 1))
            for number in range(max(PROCESSES))
        ]
        _reminders_of(here, workers, asked.reminders)  # to warm up, before they are held back
        on = protections.on(workers[0])
        for number, worker in enumerate(workers):
            held.give(number, worker.process.pid)
        for _ in range(asked.rounds):
            for processes in PROCESSES:
                _only_these_listen(workers, processes)
                found = _reminders_of(here, workers[:processes], asked.reminders)
                done.setdefault(reminders_by(processes), []).append(tell("reminders", found))
    people.plan_anew(0)
    return done, on


def _reminders_of(here: Ground, workers: list[Child], count: int) -> Round:
    count *= len(workers)
    found = rounds.reminders(here, workers[0], count, *workers[1:], most=count)
    cpu_ms = {"worker" if who == "sender" else who: ms for who, ms in found.cpu_ms.items()}
    del cpu_ms["sink"]  # it stands for a mail server elsewhere
    peak = found.peak_mb["together"]
    return Round(count, found.seconds, cpu_ms, peak, found.changes, found.wal)


def _only_these_listen(workers: list[Child], count: int) -> None:
    queue = app.conf.task_default_queue
    for number, worker in enumerate(workers):
        tell_it = app.control.add_consumer if number < count else app.control.cancel_consumer
        tell_it(queue, destination=[worker.name], reply=True, timeout=5)


# -- submissions -----------------------------------------------------------------------------------
def submissions(
    here: Ground, held: Shares, asked: argparse.Namespace
) -> tuple[dict[str, list[Round]], dict[str, object], dict[str, int]]:
    """And how many lines to the database they held."""
    done: dict[str, list[Round]] = {}
    turns, lines, count = _turns(), {}, asked.submissions
    with ExitStack() as stack:
        servers = [stack.enter_context(_server(here, turns, n)) for n in range(max(PROCESSES))]
        kinds = {submissions_by(n): (servers[:n], {}) for n in PROCESSES}
        _submissions_of(here, servers, count)  # to warm up, before they are held back
        lines[submissions_by(max(PROCESSES))] = _lines(here)
        if binary := pooler.program():
            lender = stack.enter_context(pooler.pgbouncer(here, binary))
            pooled = [
                stack.enter_context(_server(here, turns, n, "pooled", lender.env))
                for n in range(POOLED)
            ]
            label = submissions_by(POOLED, pooled=True)
            kinds[label] = (pooled, {"pgbouncer": lender.pid})
            _submissions_of(here, pooled, count)
            lines[label] = _lines(here) - lines[submissions_by(max(PROCESSES))]
        for who, _between in kinds.values():
            for number, server in enumerate(who):
                held.give(number, server.served.pid)
        for _ in range(asked.rounds):
            for label, (who, between) in kinds.items():
                found = _submissions_of(here, who, count, between)
                done.setdefault(label, []).append(tell(label, found))
        on = protections.on_web(servers[0].served.child)
    warm = count * sum(len(who) for label, (who, _) in kinds.items() if label in lines)
    submit.must_all_be_there(warm + sum(each.count for these in done.values() for each in these))
    return done, on, lines


@contextmanager
def _server(here: Ground, turns: Iterator, number: int, kind: str = "web", env=None):
    with web(here, name=f"{kind}-{number}", env=env, options=ONE_PROCESS) as served:
        yield Contender(served, submit.answer, turns)


def _turns() -> Iterator[tuple[dict[str, str], str]]:
    """People of each practice in turn."""
    rows = Occurrence.objects.select_related("client__user").order_by("pk")
    by_practice: dict[UUID, list[Occurrence]] = {}
    for row in rows:
        by_practice.setdefault(row.practice_id, []).append(row)
    for of_each in zip(*by_practice.values(), strict=False):
        for row in of_each:
            page = reverse("assessments:whole", args=[row.pk])
            yield people.signed_in(row.client.user), page


def _submissions_of(
    here: Ground, servers: list[Contender], count: int, between: dict[str, int] | None = None
) -> Round:
    turns = [(server, list(itertools.islice(server.turns, count))) for server in servers]
    crowds = [(who, found[first::AT_ONCE]) for who, found in turns for first in range(AT_ONCE)]
    here.settle_down()
    before, count = here.written(), sum(len(found) for _who, found in turns)
    with (
        ThreadPoolExecutor(len(crowds)) as crowd,
        Cost(*(who.served for who in servers), between=between) as cost,
    ):
        each = [one for found in crowd.map(lambda of: submit.visits(*of), crowds) for one in found]
    time.sleep(TOLD)
    now = here.written()
    changes, wal = (now.changes - before.changes) / count, (now.wal - before.wal) / count
    cpu_ms = cost.ms(count)
    del cpu_ms["all"]
    took, peak = [seconds for seconds, _octets in each], cost.peaks.together / 1024
    return Round(count, cost.seconds, cpu_ms, peak, changes, wal, took)


def _lines(here: Ground) -> int:
    with here.as_superuser() as link:
        return link.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE usename = %s",
            [urlsplit(here.database_url).username],
        ).fetchone()[0]


# -- figures ---------------------------------------------------------------------------------------
def figures(done: list[Round]) -> dict[str, object]:
    took = [seconds for each in done for seconds in each.each]
    return {
        "per_second": spread(each.rate for each in done),
        "cpu_ms": spread(each.cpu_ms_all for each in done),
        "cpu_ms_by": {
            who: round(statistics.median(each.cpu_ms[who] for each in done), 3)
            for who in done[0].cpu_ms
        },
        "changes": round(statistics.median(each.changes for each in done), 2),
        "wal_octets": round(statistics.median(each.wal for each in done)),
        "peak_mb": round(max(each.peak_mb for each in done), 1),
        # A reminder leaves when its turn comes in a batch; nobody waits for it in front of a page.
    } | (how_long(took) if took else {"p50_ms": None, "p99_ms": None})


def ratios(done: dict[str, list[Round]], held: Shares) -> dict[str, float]:
    """``efficiency``: what each share does beside the others, by what it does alone. ``of the
    share``: how much of it was used; where that is well below 1, the machine was busy with other
    things, or those who ask were too slow. ``CPU``: processor time of one, by that of one alone."""
    found: dict[str, float] = {}
    for label_of, name in ((submissions_by, "web"), (reminders_by, "worker")):
        alone = done[label_of(1)]
        for count in PROCESSES:
            label, these = label_of(count), done[label_of(count)]
            room, room_alone = count * held.of_one(count), held.of_one(1)
            found[f"of the share, {label}"] = statistics.median(
                each.cpu_ms[name] * each.rate / 1000 / room for each in these
            )
            if count > 1:
                found[f"efficiency, {label}"] = statistics.median(
                    (each.rate / room) / (one.rate / room_alone)
                    for each, one in zip(these, alone, strict=True)
                )
                found[f"CPU, {label}"] = _cpu(these, alone)
    if pooled := done.get(submissions_by(POOLED, pooled=True)):
        found["CPU, through PgBouncer"] = _cpu(pooled, done[submissions_by(POOLED)])
    return {name: round(ratio, 3) for name, ratio in found.items()}


def _cpu(these: list[Round], those: list[Round]) -> float:
    return statistics.median(
        one.cpu_ms_all / other.cpu_ms_all for one, other in zip(these, those, strict=True)
    )


def tell(what: str, done: Round) -> Round:
    say(f"  {what}: {done.rate:,.1f} a second, {done.cpu_ms_all:.2f} ms of processor each")
    return done
