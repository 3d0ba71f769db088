"""A question that every request asks: put together once, and planned once by PostgreSQL.

Django builds the SQL of a queryset anew each time, which costs several times what the answer does
(docs/decisions/036). Here it is built the first time, with marks where the values go, and prepared
on each connection under a name. It stays a queryset: what may be seen is said where it is said for
everybody, and what comes back are the same objects.
"""

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4
from weakref import WeakKeyDictionary

from django.conf import settings
from django.db import connection
from django.db.models import QuerySet
from django.db.models.query import get_related_populators
from psycopg import Connection, sql

# For each kind of value, one that stands nowhere else.
MARKS: dict[type, Callable[[int], Any]] = {
    UUID: lambda number: uuid4(),
    datetime: lambda number: datetime(1, 1, 1, microsecond=number + 1, tzinfo=UTC),
    str: lambda number: f"{number} {uuid4()}",
}

_known: WeakKeyDictionary[Connection, set[str]] = WeakKeyDictionary()


class Prepared:
    """``build`` makes the queryset from values named as ``kinds`` are, each a UUID, a datetime or a
    str. Its SQL has to be the same whatever they are: None would make another one."""

    def __init__(self, name: str, build: Callable[..., QuerySet], **kinds: type) -> None:
        self.name, self.build, self.kinds = name, build, kinds
        self.lock, self.made = threading.Lock(), None

    def all(self, **values) -> list:
        with self.lock:
            self.made = self.made or Made(self.name, self.build, self.kinds)
        return list(self.made.rows([values[name] for name in self.kinds]))

    def first(self, **values):
        """Of a question for one row; None where there is none."""
        return next(iter(self.all(**values)), None)


class Made:
    """What came of building it."""

    def __init__(self, name: str, build: Callable[..., QuerySet], kinds: dict[str, type]) -> None:
        marks = [MARKS[kind](number) for number, kind in enumerate(kinds.values())]
        rows = build(**dict(zip(kinds, marks, strict=True)))
        self.compiler = rows.query.get_compiler(connection=connection)
        text, params = self.compiler.as_sql()
        self.places = [marks.index(param) if param in marks else None for param in params]
        if set(range(len(marks))) - set(self.places):
            raise ValueError(f"{name}: a value of {list(kinds)} is asked for nowhere")
        self.text, self.params = text, params
        self.ask = f"EXECUTE {name} ({', '.join(['%s'] * len(marks))})"
        self.name = name
        self._know_the_way_back()

    def rows(self, values: list) -> Iterator:
        with connection.cursor() as cursor:
            if settings.DATABASE_POOLED:  # whoever lends the connection forgets what it knew
                cursor.execute(self.text, self._filled(values))
            else:
                self._tell_once(connection.connection)
                cursor.execute(self.ask, values)
            found = cursor.fetchall()
        return map(self._object, self.compiler.apply_converters(found, self.converters))

    def _filled(self, values: list) -> list:
        return [
            param if place is None else values[place]
            for place, param in zip(self.places, self.params, strict=True)
        ]

    def _tell_once(self, link: Connection) -> None:
        known = _known.setdefault(link, set())
        if self.name not in known:
            link.execute(f"PREPARE {self.name} AS {self._numbered(link)}")
            known.add(self.name)

    def _numbered(self, link: Connection) -> str:
        """Its values are $1, $2 …; all else that Django would send along stands in it."""
        said = (
            sql.Literal(param).as_string(link) if place is None else f"${place + 1}"
            for place, param in zip(self.places, self.params, strict=True)
        )
        return self.text % tuple(said)

    def _know_the_way_back(self) -> None:
        """From a row to an object, as django.db.models.query.ModelIterable goes."""
        compiler = self.compiler
        fields = [column for column, _sql, _alias in compiler.select]
        self.converters = compiler.get_converters(fields)
        chosen = compiler.klass_info["select_fields"]
        self.first, self.end = chosen[0], chosen[-1] + 1
        self.model = compiler.klass_info["model"]
        self.names = [column.target.attname for column in fields[self.first : self.end]]
        self.populators = get_related_populators(
            compiler.klass_info, compiler.select, connection.alias
        )
        self.annotations = list(compiler.annotation_col_map.items())

    def _object(self, row):
        found = self.model.from_db(connection.alias, self.names, row[self.first : self.end])
        for populator in self.populators:
            populator.populate(row, found)
        for name, place in self.annotations:
            setattr(found, name, row[place])
        return found
