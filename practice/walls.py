"""The second wall: which practice a statement is for, told to PostgreSQL with the statement itself.

The first wall is ``.of(user)``. Should one be missing somewhere, row-level security still shows the
rows of one practice only (``practice.database``). A request and a task begin nowhere, where no row
of any practice is seen, and go inside the practice of whoever signed in or of what is due.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Self
from uuid import UUID

from django.db.models import QuerySet

NOWHERE, CROSSING = "nowhere", "crossing"

# The id of a practice, one of the two words, or nothing: then nobody said where we are.
_where: ContextVar[str] = ContextVar("where", default="")


def where() -> str:
    return _where.get()


@contextmanager
def _at(place: str) -> Iterator[None]:
    token = _where.set(place)
    try:
        yield
    finally:
        _where.reset(token)


def inside(practice_id: UUID):
    """The rows of this practice, and of no other."""
    return _at(str(practice_id))


def crossing():
    """To find out whose something is: a mailed address, the token of a link, what is due. Reads a
    few tables of all practices (``practice.database.policies``), writes nothing, and opens nothing
    that is sealed, because keys are not among them."""
    return _at(CROSSING)


def nowhere():
    """Where requests and tasks begin."""
    return _at(NOWHERE)


def settle(practice_id: UUID) -> None:
    """Inside, until the request or task ends: whose it is has just been found out. By itself,
    where nothing ends it, it does nothing."""
    if _where.get():
        _where.set(str(practice_id))


def found(rows: QuerySet):
    """The one of these rows, whose-ever it is; from here on we are inside its practice."""
    with crossing():
        row = rows.first()
    if row is not None:
        settle(row.practice_id)
    return row


def look_across() -> None:
    """Crossing, until the request ends or settles: whose it is has yet to be found out."""
    _where.set(CROSSING)


def in_each(practices: Iterable[UUID], work: Callable[[UUID], int | None]) -> int:
    """What ``work`` did inside each, added up."""
    done = 0
    with Round() as turns:
        for practice_id in practices:
            with turns.inside(practice_id):
                done += work(practice_id) or 0
    return done


class Round:
    """From practice to practice. What goes wrong in one keeps no other waiting: it is raised at
    the end, as a group."""

    def __init__(self) -> None:
        self.faults: list[Exception] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind, error, trace) -> None:
        if self.faults and error is None:
            raise ExceptionGroup("not done in all practices", self.faults)

    @contextmanager
    def inside(self, practice_id: UUID) -> Iterator[None]:
        try:
            with inside(practice_id):
                yield
        except Exception as error:  # noqa: BLE001 - it is raised, only later
            error.add_note(f"in practice {practice_id}")
            self.faults.append(error)


def practices_with(*due: QuerySet) -> list[UUID]:
    """The practices of these rows, which one is in no order."""
    with crossing():
        found = [rows.order_by().values_list("practice_id", flat=True).distinct() for rows in due]
        return list({pk for each in found for pk in each})
