"""Pages that are opened every day, and keeping one answer, while ever more lies in the database.

A clinician has 50 clients, each with 3 measures of 40 points; whatever else there is, is of other
clinicians and their clients, half of them in another practice. 10 million responses, with all that
comes with them, take some 31 GB on the disk (a million 3.1 GB); they are not made unless asked
for: --sizes 10000,1000000,10000000.
"""

import argparse
import os
import re
import statistics
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from http.client import HTTPConnection
from itertools import cycle

from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from assessments.models import Occurrence
from clients.models import Client

from . import aside, history, people, protections
from .figures import how_long, spread, target
from .ground import Ground, say
from .history import CASELOAD, History
from .visitors import HOST, Answer, NotAnswered, Visitor
from .web import Cost, Web, web

Turn = Callable[[Visitor], Answer]
LOADED = re.compile(r'<(?:link rel="stylesheet"|script)[^>]*? (?:href|src)="([^"]+)"')


@dataclass(frozen=True)
class Done:
    seconds: float
    each: list[float]
    octets: float
    cpu_ms: float
    peak_mb: float
    statements: float

    @property
    def rate(self) -> float:
        return len(self.each) / self.seconds


@dataclass
class Visits:
    """Whoever comes, in turn, and what each of them does: ``turns`` gives it to be done."""

    turns: Iterator[Turn]
    done: list[Done] = field(default_factory=list)


def measure(here: Ground, words: list[str]) -> dict[str, object]:
    parser = argparse.ArgumentParser(prog="bench pages", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--count", type=int, default=30, help="of each page, a round")
    parser.add_argument("--only", default=",".join(OPERATIONS), help="some of them")
    history.sizes_of(parser)
    asked = parser.parse_args(words)
    call_command("collectstatic", "--noinput", "-v", "0")
    made, names, report, loaded = history.begin(here), asked.only.split(","), {}, 0
    databases = _filled(here, made, sorted(asked.sizes))
    with ExitStack() as stack:
        servers = {
            size: stack.enter_context(_served(here, made, database, names))
            for size, database in databases.items()
        }
        for number in range(asked.rounds + 1):  # the first is to warm up
            _take_turns(servers, names, asked.count if number else 0)
        for size, (served, visits) in servers.items():
            report[size] = {name: figures(visits[name].done) for name in names}
            with aside.inside(databases[size]):
                loaded = first_page(served, made) if "portal" in names else 0
                on = protections.on_web(served.child)
    return {
        "rounds": asked.rounds,
        "count": asked.count,
        "sizes": sorted(asked.sizes),
        "protections": on,
        "operations": {
            f"{name}, {size:,} responses": each
            for size, operations in report.items()
            for name, each in operations.items()
        },
        "ratios": ratios(report),
        "targets": targets(report, loaded),
    }


def _filled(here: Ground, made: History, sizes: list[int]) -> dict[int, str]:
    """The database of each size."""
    databases = {size: f"of_{size}" for size in sizes} | {sizes[-1]: aside.USUAL}
    for size, database in databases.items():
        made.fill(size)
        if database != aside.USUAL:
            aside.put_aside(here, database)
    return databases


def _take_turns(servers: dict, names: list[str], count: int) -> None:
    for name in names:
        for size, (served, visits) in servers.items():
            done = one_round(served, visits[name], count or CASELOAD)
            each, asked = f"{done.cpu_ms:.1f} ms of processor", f"{done.statements:.0f} asked"
            say(f"  {name}, {size:,}: {each}, {asked}")
            if count:
                visits[name].done.append(done)


# -- what is done ----------------------------------------------------------------------------------
@contextmanager
def _served(
    here: Ground, made: History, database: str, names: list[str]
) -> Iterator[tuple[Web, dict[str, Visits]]]:
    """Its web server, and who is signed in there."""
    with aside.inside(database):
        visits = {name: Visits(cycle(OPERATIONS[name](made))) for name in names}
    url = aside.address(os.environ["DATABASE_URL"], database)
    with web(here, name=f"web-{database}", env={"DATABASE_URL": url}) as served:
        yield served, visits


def _today(made: History) -> list[Turn]:
    return _as_clinician(made, reverse("assessments:today"))


def _caseload(made: History) -> list[Turn]:
    return _as_clinician(made, reverse("clients:caseload"))


def _timeline(made: History) -> list[Turn]:
    pages = [reverse("assessments:timeline", args=[client.pk]) for client in made.caseload()]
    return _as_clinician(made, *pages)


def _as_clinician(made: History, *pages: str) -> list[Turn]:
    cookies = people.signed_in(made.clinician)
    return [partial(_opened, cookies=cookies, page=page) for page in pages]


def _portal(made: History) -> list[Turn]:
    page = reverse("assessments:portal")
    return [
        partial(_opened, cookies=people.signed_in(client.user), page=page)
        for client in made.caseload()
    ]


def _opened(visitor: Visitor, *, cookies: dict[str, str], page: str) -> Answer:
    visitor.cookies = dict(cookies)
    return visitor.get(page)


def _autosave(made: History) -> list[Turn]:
    return [
        partial(_kept, cookies=people.signed_in(client.user), page=_first_step(client), form={})
        for client in made.caseload()
    ]


def _first_step(client: Client) -> str:
    asked = Occurrence.objects.open(timezone.now()).waiting().filter(client=client)
    return reverse("assessments:step", args=[asked.order_by("pk").first().pk, 1])


def _kept(visitor: Visitor, *, cookies: dict[str, str], page: str, form: dict[str, str]) -> Answer:
    """What keep.js sends when an answer was chosen; each time another one. Whoever does it for the
    first time opens the page before."""
    visitor.cookies = dict(cookies)
    if not form:
        form |= visitor.get(page).form(name="item")
        cookies.update(visitor.cookies)
    form[form["item"]] = "0" if form.get(form["item"]) == "1" else "1"
    return visitor.post(page, form, expect=204, X_Keep="1")


OPERATIONS = {
    "autosave": _autosave,
    "today": _today,
    "caseload": _caseload,
    "timeline": _timeline,
    "portal": _portal,
}


# -- rounds ----------------------------------------------------------------------------------------
def one_round(served: Web, visits: Visits, count: int) -> Done:
    served.ground.settle_down()
    visitor, before = Visitor(served.port), len(served.lines())
    turns = [next(visits.turns) for _ in range(count)]
    with Cost(served) as cost:
        answers = [turn(visitor) for turn in turns]
    visitor.close()
    asked = [line["statements"] for line in served.lines()[before:]]
    return Done(
        cost.seconds,
        [answer.seconds for answer in answers],
        statistics.mean(answer.octets for answer in answers),
        cost.ms(count)["all"],
        cost.peaks.together / 1024,
        statistics.median(asked),
    )


def first_page(served: Web, made: History) -> int:
    """Octets of the portal's first page with every style and script that it loads, as they come
    over the line to a browser that has seen none of them."""
    visitor = Visitor(served.port, people.signed_in(made.caseload()[0].user))
    page = visitor.get(reverse("assessments:portal"))
    visitor.close()
    return page.octets + sum(_size(served, path) for path in LOADED.findall(page.text))


def _size(served: Web, path: str) -> int:
    line = HTTPConnection("127.0.0.1", served.port)
    headers = {"Host": HOST, "X-Forwarded-Proto": "https", "Accept-Encoding": "gzip, br"}
    line.request("GET", path, headers=headers)
    answer = line.getresponse()
    body = answer.read()
    line.close()
    if answer.status != 200:
        raise NotAnswered(f"{path}: {answer.status}")
    return len(body)


# -- figures ---------------------------------------------------------------------------------------
def figures(done: list[Done]) -> dict[str, object]:
    return {
        "per_second": spread(each.rate for each in done),
        "cpu_ms": spread(each.cpu_ms for each in done),
        "statements": statistics.median(each.statements for each in done),
        "octets": round(statistics.median(each.octets for each in done)),
        "peak_mb": round(max(each.peak_mb for each in done), 1),
    } | how_long([seconds for each in done for seconds in each.each])


def ratios(report: dict[int, dict]) -> dict[str, float]:
    """Of processor time and of the middle visit, at each size against the smallest."""
    first, *others = report
    return {
        f"{name}, {size:,} against {first:,}, {what}": round(
            _middle(report[size][name], key) / _middle(report[first][name], key), 3
        )
        for size in others
        for name in report[first]
        for what, key in (("processor", "cpu_ms"), ("time", "p50_ms"))
    }


def _middle(each: dict, key: str) -> float:
    value = each[key]
    return value["median"] if isinstance(value, dict) else value


def targets(report: dict[int, dict], loaded: int) -> list[dict[str, object]]:
    first, last = min(report), max(report)
    found = []
    if "today" in report[first] and last != first:
        for name, ratio in ratios({size: report[size] for size in (first, last)}).items():
            if name.startswith("today"):
                found.append(target(name, ratio, 1.5, 1.1, less_is_better=True))
    if "today" in report[first]:
        asked, words = report[last]["today"]["statements"], "constant in clients (tests)"
        found.append(target("Today, statements", asked, words, 5, "", less_is_better=True))
    if loaded:
        name = "first portal page with its styles and scripts, compressed, kB"
        found.append(target(name, loaded / 1000, 60, 30, "", less_is_better=True))
    return found
