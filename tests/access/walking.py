"""Walks the matrix: every cell is really asked for, and what it did is looked at.

``walk`` is the way in for other tests. A cell is asked for inside a savepoint, so that nothing of
it is there for the next one.
"""

import io
import logging
import os
import re
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from urllib.parse import urlencode

from django.conf import settings
from django.core import mail
from django.core.signals import got_request_exception
from django.db import DatabaseError, transaction
from django.test import RequestFactory
from django.test.client import ClientHandler
from django.urls import reverse

from practice.models import Role
from tests.pdf import Pdf

from .expecting import Answer, expected, missing
from .forms import form_of
from .mutating import without_filters
from .reading import METHODS, Route, routes
from .records import NAME, canary
from .sending import chosen
from .touching import touched
from .world import DANA, ELSEWHERE, EVE, HOUSES, MILL, NOBODYS, RITA, SAM, World

# The records that each is tried at: their own first, then another's of the same practice, then one
# of another practice; and an id that nobody has.
TRIED_AT = {
    "owner": (SAM, RITA, NOBODYS),
    "team": (SAM, DANA, RITA, NOBODYS),
    "colleague": (DANA, SAM, RITA),
    "cover": (SAM, EVE, DANA, RITA),
    "supervisor": (SAM, DANA, RITA, NOBODYS),
    "emergency": (SAM, DANA, RITA),
    "assistant": (SAM, RITA),
    "client": (SAM, DANA, RITA, NOBODYS),
    "ex-client": (EVE, SAM, RITA),
    "solo": (SAM, RITA),
    "supervising": (SAM, RITA),
    "closed": (SAM, RITA),
    "mailed": (SAM,),
    "left": (SAM,),
    "expired": (SAM,),
    "anonymous": (SAM, RITA),
    "elsewhere-owner": (RITA, SAM),
    "elsewhere-team": (RITA, SAM),
    "elsewhere-supervisor": (RITA, SAM),
    "elsewhere-client": (RITA, SAM),
}
# Pages with names for somebody who may open no record: of those who are to be handed over where
# somebody leaves, and of those for whose records an owner answers.
FOR_AN_OWNER = (
    *("clients:staff_leave", "clients:who_saw", "clients:log", "clients:keeping"),
    *("clients:keeping_of", "clients:erasure_ask", "clients:erase"),
)
NAMES = {
    house: {canary(whose, NAME) for whose, its in HOUSES.items() if its == house}
    for house in (MILL, ELSEWHERE)
}
SHOWN_TOO = {
    name: {
        **dict.fromkeys(("owner", "solo"), NAMES[MILL]),
        "elsewhere-owner": NAMES[ELSEWHERE],
    }
    for name in FOR_AN_OWNER
}
# What `make test` has time for; with WHOLE (`make test-full`) everybody tries all at everything.
# What neither opens nor sends is answered by who asks, before any row is looked for: one of these
# tries it, the first who may use the address.
IN_ANY_WAY = {"team": Role.CLINICIAN, "client": "client", "owner": Role.OWNER}
ONLY_WHOLE = {"elsewhere-owner", "elsewhere-supervisor"}
ONLY_OPEN = {"left", "expired", "closed", "mailed", "assistant"}
ALSO_AT_OTHERS = {"team", "cover", "supervisor", "emergency", "client"}
AT_OTHERS = {"colleague", "elsewhere-team", "elsewhere-client"}  # at their own as "team", "client"
# What is noted where somebody only looks: that it was read, seen, shown or touched.
NOTED_BY_LOOKING = {
    "assessments:response": {"assessments_response"},
    "assessments:words": {"assessments_feedback"},
    "assessments:alert": {"assessments_alert", "assessments_alertcall"},
    "assessments:sheet": {"assessments_response", "clients_session"},
}
WHOLE = bool(os.environ.get("WHOLE"))
LOOKS = ("GET", "HEAD", "OPTIONS")
OPENED_OR_SENT = ("GET", "POST")
CANARY = re.compile(r"canary-\w+-\w+")
# That somebody is still there is noted whatever they ask for; and who was refused what.
SIGNED_IN, TRAIL = "practice_signin", "practice_auditevent"


@dataclass(frozen=True)
class Cell:
    route: Route
    method: str
    persona: str
    whose: tuple[str, ...] = ()  # the record of each row in the address

    def __str__(self):
        at = f" of {'+'.join(dict.fromkeys(self.whose))}" if self.whose else ""
        return f"{self.persona}: {self.method} {self.route.name}{at}"


@dataclass(frozen=True)
class Fault:
    cell: Cell
    kind: str
    words: str
    houses: frozenset = frozenset()  # of which practices something went out, or was written

    def __str__(self):
        return f"{self.cell} {self.words}"


@dataclass
class Walk:
    """What a walk has found."""

    asked: int = 0
    faults: list[Fault] = field(default_factory=list)

    @property
    def leaks(self) -> list[Fault]:
        """Those where something of somebody else went out, or was written."""
        return [each for each in self.faults if each.kind in ("showed", "touched")]


def cells(
    only: Iterable[Route] | None = None, personas=None, methods=METHODS, whole=WHOLE
) -> Iterator[Cell]:
    """Of all addresses or ``only`` of some; where ``personas`` are named, at all that they try."""
    for route in routes().values() if only is None else only:
        for method in methods:
            for persona in personas or TRIED_AT:
                tried = list(_objects(route, persona))
                if not (whole or personas):
                    tried = tried[_those_of(route, method, persona)]
                for whose in tried:
                    yield Cell(route, method, persona, whose)


NONE, FIRST = slice(0), slice(1)


def _those_of(route, method, persona) -> slice:
    """At which of its objects, when there is little time: one's own, and one of somebody else,
    also behind a client of one's own."""
    if method not in OPENED_OR_SENT:
        asks = [name for name, role in IN_ANY_WAY.items() if role in route.door]
        return FIRST if persona == next(iter(asks), "team") else NONE
    if persona in ONLY_WHOLE or (method == "POST" and persona in ONLY_OPEN):
        return NONE
    last = 3 if len(route.rows) > 1 else 2
    if persona in AT_OTHERS and route.rows:
        return slice(1, last)
    return slice(last) if persona in ALSO_AT_OTHERS else FIRST


def _objects(route, persona) -> Iterator[tuple[str, ...]]:
    """Which records the rows of an address are of; one's own first."""
    n, tried = len(route.rows), TRIED_AT[persona]
    if n == 0:
        yield ()
        return
    yield (tried[0],) * n
    for whose in tried[1:]:
        # One's own client, and a row of somebody else; what is the practice's own is everybody's.
        if n > 1 and not _is_of_the_house(route, tried[0], whose):
            yield (tried[0], *(whose,) * (n - 1))
        yield (whose,) * n


def _is_of_the_house(route, own, whose) -> bool:
    return HOUSES[own] == HOUSES[whose] and set(route.rows[1:]) <= {"activity"}


def walk(world: World, cells: Iterable[Cell], *, mutated=False, named=None) -> Walk:
    """``mutated``: with every filter of the application taken away, so that what still holds is
    held by something else. ``named`` changes what a cell sends: its query and its body."""
    cells, walker = list(cells), Walker(world, named)
    with _quiet():
        for cell in cells:
            if cell.method == "POST":
                walker.body_of(cell)  # as its page says it before anything is taken away
        with without_filters() if mutated else nullcontext():
            for cell in cells:
                walker.ask(cell)
    return walker.walk


@contextmanager
def _quiet():
    """Thousands of refusals are no news."""
    before = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    try:
        yield
    finally:
        logging.disable(before)


class Walker:
    def __init__(self, world: World, named=None):
        self.world, self.named = world, named
        self.walk = Walk()
        self.handler = ClientHandler(enforce_csrf_checks=False)

    def ask(self, cell: Cell) -> None:
        persona = self.world.personas[cell.persona]
        answer = expected(cell.route, cell.method, persona, cell.whose)
        mailed = len(mail.outbox)
        with transaction.atomic():
            response, broke = self.knock(cell, persona)
            self.walk.asked += 1
            rows = _written()
            transaction.set_rollback(True)
        for kind, words, *of in (
            *_answered(response, answer, broke),
            *_showed(response, persona, cell),
            *_touched(rows, cell, answer, self.world.foreign_to(persona)),
        ):
            self.walk.faults.append(Fault(cell, kind, words, self.world.houses_of(*of)))
        if len(mail.outbox) > mailed and not answer.is_allowed:
            self.walk.faults.append(Fault(cell, "touched", "sent a mail"))

    def knock(self, cell, persona):
        """The response, and whether the view broke over it."""
        broke = []
        note = lambda sender, request, **_: broke.append(request)  # noqa: E731
        got_request_exception.connect(note)
        try:
            return self.handler(self._environ(cell, persona)), broke
        finally:
            got_request_exception.disconnect(note)

    def _environ(self, cell, persona) -> dict:
        factory = RequestFactory(headers={"accept": "text/html"})
        if persona.session:
            factory.cookies[settings.SESSION_COOKIE_NAME] = persona.session
        url, send = self.address(cell), getattr(factory, cell.method.lower())
        body = dict(self.body_of(cell)) if cell.method == "POST" else {}
        if self.named:
            query, more = self.named(cell, body)
            url, body = f"{url}?{urlencode(query, doseq=True)}", body | more
        sent = (body,) if cell.method == "POST" else ()
        return send(url, *sent, secure=True).environ

    def body_of(self, cell) -> dict:
        """What the page of this address holds for somebody who may open it, and what a person
        chooses there."""
        whose = cell.whose[0] if cell.whose else TRIED_AT[cell.persona][0]
        whose = SAM if whose == NOBODYS else whose
        key = cell.route.name, whose
        if key not in self.world.bodies:
            body = chosen(cell.route.name, self.world.records[whose], self.world)
            body = self._form(cell.route, whose) | body
            self.world.bodies[key] = {name: each for name, each in body.items() if each is not None}
        return self.world.bodies[key]

    def _form(self, route, whose) -> dict:
        n = len(route.rows)
        for at in (whose, SAM):
            for name in (each for each, tried in TRIED_AT.items() if tried[0] == at):
                cell = Cell(route, "GET", name, (at,) * n)
                persona = self.world.personas[name]
                if expected(route, "GET", persona, cell.whose).status == 200:
                    with transaction.atomic():
                        response, _broke = self.knock(cell, persona)
                        transaction.set_rollback(True)
                    return form_of(response.content.decode(errors="replace"), self.address(cell))
        return {}

    def address(self, cell) -> str:
        whose = iter(cell.whose)
        named = [
            part.strip('"') if part.startswith('"') else self.world.address_of(next(whose), part)
            for part in cell.route.parts
        ]
        return reverse(cell.route.name, args=named)


def _written():
    try:
        return touched()
    except DatabaseError:  # the database had refused something, and keeps nothing of it
        return []


def _answered(response, answer: Answer, broke) -> Iterator[tuple[str, str]]:
    went, status = response.get("Location", ""), response.status_code
    if broke or status >= 500:
        yield "broke", f"broke ({status})"
    elif status != answer.status:
        yield "answered", f"gave {status}{f' to {went}' if went else ''} and not {answer.status}"
    elif answer.to and answer.to not in went:
        yield "answered", f"led to {went} and not to {answer.to}"
    if lacking := missing(response):
        yield "answered", f"went without {', '.join(sorted(lacking))}"


def _showed(response, persona, cell) -> Iterator[tuple]:
    asked = set(CANARY.findall(response.wsgi_request.get_full_path()))  # said back
    found = set(CANARY.findall(_all_that_went_out(response))) - asked
    seen = found - persona.sees - SHOWN_TOO.get(cell.route.name, {}).get(cell.persona, set())
    if seen:
        yield "showed", f"showed {', '.join(sorted(seen))}", seen


def _all_that_went_out(response) -> str:
    """The page, its headers, and what is said on the next page."""
    body = b"".join(response) if response.streaming else response.content
    said = getattr(getattr(response, "wsgi_request", None), "session", None)
    kept = str(getattr(said, "_session_cache", ""))
    return f"{response.headers}{kept}{_text_of(body)}"


def _text_of(body: bytes) -> str:
    if body.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            return "".join(_text_of(archive.read(each)) for each in archive.namelist())
    if body.startswith(b"%PDF"):
        return Pdf(body).text
    return body.decode("latin-1")


def _touched(rows, cell, answer, foreign) -> Iterator[tuple]:
    """A refused request writes nothing, nor does one that only looks; and one that is let in writes
    nothing that names somebody else's."""
    noted = NOTED_BY_LOOKING.get(cell.route.name, set())
    foreign = foreign - {row.made for row in rows}
    for row in rows:
        if row.table == TRAIL:
            continue
        if row.ids & foreign:
            yield "touched", f"touched somebody else's: {row}", row.ids
        elif row.table == SIGNED_IN:
            continue
        elif not answer.is_allowed:
            yield "touched", f"was refused, and still: {row}", row.ids
        elif cell.method in LOOKS and row.table not in noted:
            yield "wrote", f"only looked, and wrote: {row}"
