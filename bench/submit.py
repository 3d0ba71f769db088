"""One screener of sixteen questions, opened, answered and sent by somebody who is signed in.

Of ours that is all that a client does who likes one page better. Of the others it is what they ask
for: the page, and sending it.
"""

import argparse
import json
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field

from django.db import connection
from django.urls import reverse

from assessments.models import Occurrence, Response, Score

from . import peers, people, protections, refused, screener
from .figures import how_long, spread, target
from .ground import Ground, say
from .judge import ROOT
from .visitors import NotAnswered, Visitor
from .web import Cost, Web, web

CLIENTS = (1, 2, 4, 8)
MOST = CLIENTS[-1]
PEER, FLOOR = "survey_and_report", "floor"
INSERTS = 300  # durable ones through psycopg, a round
Do = Callable[[Visitor, str], tuple[float, int]]  # one of them: seconds, octets


@dataclass
class Contender:
    """``turns`` gives somebody who has not answered yet, and where they do."""

    served: Web
    do: Do
    turns: Iterator[tuple[dict[str, str], str]]
    done: dict[int, list["Round"]] = field(default_factory=dict)


@dataclass(frozen=True)
class Round:
    seconds: float
    each: list[float]
    octets: float
    cpu_ms: dict[str, float]
    peak_mb: float

    @property
    def rate(self) -> float:
        return len(self.each) / self.seconds


def measure(here: Ground, words: list[str]) -> dict[str, object]:
    parser = argparse.ArgumentParser(prog="bench submit", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--count", type=int, default=160, help="of ours and of the floor, a round")
    parser.add_argument("--peer-count", type=int, default=40, help="of the peer's, a round")
    parser.add_argument("--skip-peer", action="store_true", help="where no package index is")
    asked = parser.parse_args(words)
    counts = {"trellis": asked.count, FLOOR: asked.count, PEER: asked.peer_count}
    people_of = {name: count * (asked.rounds + 1) * len(CLIENTS) for name, count in counts.items()}
    with ExitStack() as stack:
        contenders = {"trellis": stack.enter_context(ours(here, people_of["trellis"]))}
        for name in (FLOOR,) if asked.skip_peer else (FLOOR, PEER):
            contenders[name] = stack.enter_context(other(here, name, people_of[name]))
        for number in range(asked.rounds + 1):  # the first is to warm up
            for clients in CLIENTS:
                for name, who in contenders.items():
                    done = one_round(here, who, counts[name], clients)
                    tell(f"{name}, {clients} at once", done)
                    if number:
                        who.done.setdefault(clients, []).append(done)
        trellis = contenders["trellis"]
        visits = asked.count * (asked.rounds + 1) * len(CLIENTS)
        asks = by_request(trellis.served, visits)
        on = protections.on_web(trellis.served.child) | refused.by(trellis.served)
        inserts = [durable_inserts(here) for _ in range(asked.rounds)]
    sent = must_all_be_there(visits)
    operations = told(contenders) | {"durable insert": a_durable_insert(inserts)}
    for clients in CLIENTS:
        operations[label("trellis", clients)]["statements"] = a_visit(asks)
    return {
        "rounds": asked.rounds,
        "counts": counts,
        "sent": sent,
        "protections": on,
        "operations": operations | {f"request {name}": each for name, each in asks.items()},
        "ratios": ratios(operations),
        "targets": targets(operations, asks),
    }


# -- contenders ------------------------------------------------------------------------------------
@contextmanager
def ours(here: Ground, count: int) -> Iterator[Contender]:
    say(f"Making {count:,} people who are asked a screener")
    people.open_the_practice(screener.definition())
    people.add_people(count, is_due=True)
    people.tidy()
    rows = Occurrence.objects.select_related("client__user").order_by("pk")[:count]
    with web(here) as served:
        yield Contender(served, answer, _our_turns(rows))


def _our_turns(occurrences) -> Iterator[tuple[dict[str, str], str]]:
    cookies = [people.signed_in(row.client.user) for row in occurrences]
    pages = [reverse("assessments:whole", args=[row.pk]) for row in occurrences]
    return iter(zip(cookies, pages, strict=True))


def answer(visitor: Visitor, page: str) -> tuple[float, int]:
    """All questions on one page, and sent from there."""
    opened = visitor.get(page)
    sent = visitor.post(page, opened.form() | {"send": "1"})
    if not sent.headers["location"].endswith("/done/"):
        raise NotAnswered(f"sent, and then {sent.headers['location']}")
    return opened.seconds + sent.seconds, opened.octets + sent.octets


@contextmanager
def other(here: Ground, name: str, count: int) -> Iterator[Contender]:
    say(f"Making {count:,} people of {name}")
    folder = ROOT / "bench" / "peers" / name
    has_own = (folder / "requirements.txt").exists()
    interpreter = peers.environment(name) if has_own else sys.executable
    with here.as_superuser() as link:
        link.execute(f"CREATE DATABASE {name} OWNER trellis")
    env = {"SOCKETS": here.sockets, "DJANGO_SETTINGS_MODULE": "settings"}
    made = json.loads(peers.said(interpreter, folder, "drive.py", str(count), env=env))
    turns = iter([(cookies, made["path"]) for cookies in made["cookies"]])
    with web(
        here, "wsgi:application", name=name, interpreter=interpreter, folder=folder, env=env
    ) as served:
        yield Contender(served, answer_other, turns)


def answer_other(visitor: Visitor, page: str) -> tuple[float, int]:
    opened = visitor.get(page)
    sent = visitor.post(page, opened.form())
    return opened.seconds + sent.seconds, opened.octets + sent.octets


# -- rounds ----------------------------------------------------------------------------------------
def one_round(here: Ground, who: Contender, count: int, clients: int) -> Round:
    turns = [next(who.turns) for _ in range(count)]
    here.settle_down()
    with ThreadPoolExecutor(clients) as crowd, Cost(who.served) as cost:
        shares = [turns[first::clients] for first in range(clients)]
        found = [
            each for one in crowd.map(lambda share: visits(who, share), shares) for each in one
        ]
    return Round(
        cost.seconds,
        [seconds for seconds, _octets in found],
        statistics.mean(octets for _seconds, octets in found),
        cost.ms(count),
        cost.peaks.together / 1024,
    )


def visits(who: Contender, turns: list) -> list[tuple[float, int]]:
    """One after the other over one line, each somebody else."""
    visitor = Visitor(who.served.port)
    found = []
    for cookies, page in turns:
        visitor.cookies = dict(cookies)
        found.append(who.do(visitor, page))
    visitor.close()
    return found


def durable_inserts(here: Ground) -> list[float]:
    """Seconds of one row each that is on the disk when the statement has come back."""
    took = []
    with here.as_superuser() as link:
        link.execute("CREATE TABLE IF NOT EXISTS bench.durable (said text)")
        for _ in range(INSERTS):
            began = time.perf_counter()
            link.execute("INSERT INTO bench.durable VALUES ('kept')")
            took.append(time.perf_counter() - began)
    return took


def a_durable_insert(rounds: list[list[float]]) -> dict[str, object]:
    each = [seconds for one in rounds for seconds in one]
    return {"per_second": spread(len(one) / sum(one) for one in rounds)} | how_long(each)


# -- figures ---------------------------------------------------------------------------------------
def label(name: str, clients: int) -> str:
    return f"{name}, {clients} at once"


def told(contenders: dict[str, Contender]) -> dict[str, dict]:
    return {
        label(name, clients): figures(done)
        for name, who in contenders.items()
        for clients, done in who.done.items()
    }


def figures(done: list[Round]) -> dict[str, object]:
    parts = done[0].cpu_ms.keys() - {"all"}
    return {
        "per_second": spread(each.rate for each in done),
        "cpu_ms": spread(each.cpu_ms["all"] for each in done),
        "cpu_parts": {
            part: round(statistics.median(each.cpu_ms[part] for each in done), 2)
            for part in sorted(parts)
        },
        "octets": round(done[0].octets),
        "peak_mb": round(max(each.peak_mb for each in done), 1),
    } | how_long([seconds for each in done for seconds in each.each])


def ratios(operations: dict[str, dict]) -> dict[str, float]:
    """More is better for us: our rate by theirs, and their time on the processor by ours."""
    found = {}
    for clients in CLIENTS:
        ours = operations[label("trellis", clients)]
        found[f"p99 to p50, {clients} at once"] = round(ours["p99_ms"] / ours["p50_ms"], 2)
        for name in (PEER, FLOOR):
            if theirs := operations.get(label(name, clients)):
                rate = ours["per_second"]["median"] / theirs["per_second"]["median"]
                cpu = theirs["cpu_ms"]["median"] / ours["cpu_ms"]["median"]
                found[f"rate against {label(name, clients)}"] = round(rate, 3)
                found[f"processor against {label(name, clients)}"] = round(cpu, 3)
    return found


def targets(operations: dict[str, dict], asks: dict[str, dict]) -> list[dict[str, object]]:
    of_all = ratios(operations)
    found = [
        target(
            "Statements of the requests that send",
            a_visit(asks, "POST"),
            10,
            6,
            unit="",
            less_is_better=True,
        ),
        target(
            f"p99 against its own p50, {MOST} clients",
            of_all[f"p99 to p50, {MOST} at once"],
            *(5, 3),
            less_is_better=True,
        ),
    ]
    if (rate := of_all.get(f"rate against {label(PEER, MOST)}")) is not None:
        found.insert(0, target("Open and submit, against django-survey-and-report", rate, 15, 35))
    return found


def by_request(served: Web, visits: int) -> dict[str, dict[str, float]]:
    """Statements of each kind of request, as our server counted them, and how often one visit
    makes it."""
    found: dict[str, list[int]] = {}
    for line in served.lines():
        method = line["message"].split()[0]
        found.setdefault(f"{method} {line['page']}", []).append(line["statements"])
    return {
        name: {"statements": statistics.median(numbers), "times": round(len(numbers) / visits, 2)}
        for name, numbers in found.items()
    }


def a_visit(asks: dict[str, dict], method: str = "") -> float:
    """Statements of all its requests, or of those of one method."""
    of_each = [
        each["statements"] * each["times"] for name, each in asks.items() if name.startswith(method)
    ]
    return round(sum(of_each), 2)


def must_all_be_there(count: int) -> dict[str, int]:
    connection.close()
    sent = Response.objects.submitted().count()
    scores = Score.objects.filter(value__isnull=False).count()
    if (sent, scores) != (count, count):
        raise NotAnswered(f"{count} were sent; there are {sent}, with {scores} scores")
    return {"responses": sent, "scores": scores}


def tell(what: str, done: Round) -> None:
    say(f"  {what}: {done.rate:,.1f} a second, {done.cpu_ms['all']:.1f} ms of processor each")
