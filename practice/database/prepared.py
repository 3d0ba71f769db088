"""A question that every request asks: put together once, and planned once by PostgreSQL.

Django builds the SQL of a queryset anew each time, which costs several times what the answer does
(docs/decisions/036). Here it is built the first time, with marks where the values go, and prepared
on each connection under a name. It stays a queryset: what may be seen is said where it is said for
everybody, and what comes back are the same objects.

psycopg's own prepared statements stay off: what it does after a rollback would forget these too.
"""

import re
import threading
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from functools import cache
from typing import Any
from uuid import UUID, uuid4
from weakref import WeakKeyDictionary

from django.conf import settings
from django.db import connection
from django.db.models import Model
from django.db.models.query import get_related_populators
from django.db.models.sql import UpdateQuery
from psycopg import Connection, sql

# For each kind of value, one that stands nowhere else.
MARKS: dict[type, Callable[[int], Any]] = {
    UUID: lambda place: uuid4(),
    datetime: lambda place: datetime(1, 1, 1, microsecond=place + 1, tzinfo=UTC),
    str: lambda place: f"{place} {uuid4()}",
}
NAMED = re.compile(r"%\((\w+)\)s")

_known: WeakKeyDictionary[Connection, dict[str, "Statement"]] = WeakKeyDictionary()


class Prepared:
    """``build`` makes the queryset from values named as ``kinds`` are, each a UUID, a datetime or a
    str. Its SQL has to be the same whatever they are: None would make another one."""

    def __init__(self, name: str, build: Callable[..., Any], **kinds: type) -> None:
        self.name, self.build, self.kinds = name, build, kinds
        self.lock, self.made = threading.Lock(), None

    def all(self, **values) -> list:
        return list(self._ready(Question).rows([values[name] for name in self.kinds]))

    def first(self, **values):
        """Of a question for one row; None where there is none."""
        return next(iter(self.all(**values)), None)

    def _ready(self, kind: type):
        with self.lock:
            if self.made is None:
                marks = [MARKS[each](place) for place, each in enumerate(self.kinds.values())]
                compiler = self._compiler(**dict(zip(self.kinds, marks, strict=True)))
                self.made = kind(self.name, compiler, marks)
        return self.made

    def _compiler(self, **marks):
        return self.build(**marks).query.get_compiler(connection=connection)


class PreparedUpdate(Prepared):
    """The same of what is written: ``build`` makes the rows, and what is set in each of them."""

    def __call__(self, **values) -> int:
        """How many rows there were."""
        statement = self._ready(Statement)
        with connection.cursor() as cursor:
            statement.send(cursor, [values[name] for name in self.kinds])
            return cursor.rowcount

    def _compiler(self, **marks):
        rows, columns = self.build(**marks)
        query = rows.query.chain(UpdateQuery)
        query.add_update_values(columns)
        return query.get_compiler(connection=connection)


def insert(row: Model) -> None:
    """As ``row.save(force_insert=True)`` does, but for its signals."""
    statement = _inserting(type(row))
    values = [each.get_db_prep_save(each.pre_save(row, True), connection) for each in statement.of]
    with connection.cursor() as cursor:
        statement.send(cursor, values)
    row._state.adding, row._state.db = False, connection.alias


@cache
def _inserting(model: type[Model]) -> "Insert":
    return Insert(model)


class Statement:
    """What came of building it: some SQL, and where in it the values go."""

    def __init__(self, name: str, compiler, marks: list) -> None:
        self.compiler = compiler
        text, params = compiler.as_sql()
        places = [marks.index(each) if each in marks else None for each in params]
        if set(range(len(marks))) - set(places):
            raise ValueError(f"{name}: one of its values is asked for nowhere")
        self._says(name, text, params, places)

    def _says(self, name: str, text: str, params: Sequence, places: Sequence[int | None]) -> None:
        self.name, self.text, self.params, self.places = name, text, params, places
        values = {place for place in places if place is not None}
        self.ask = f"EXECUTE {name} ({', '.join(['%s'] * len(values))})"

    def send(self, cursor, values: list) -> None:
        if settings.DATABASE_POOLED:  # whoever lends the connection forgets what it knew
            cursor.execute(self.text, self._filled(values))
        else:
            self._tell_once(connection.connection)
            cursor.execute(self.ask, values)

    def _filled(self, values: list) -> list:
        return [
            param if place is None else values[place]
            for place, param in zip(self.places, self.params, strict=True)
        ]

    def _tell_once(self, link: Connection) -> None:
        known = _known.setdefault(link, {})
        if self.name not in known:
            link.execute(f"PREPARE {self.name} AS {self._numbered(link)}")
            known[self.name] = self
        elif known[self.name] is not self:
            raise ValueError(f"{self.name}: two statements have this name")

    def _numbered(self, link: Connection) -> str:
        """Its values are $1, $2 …; all else that Django would send along stands in it."""
        said = (
            sql.Literal(param).as_string(link) if place is None else f"${place + 1}"
            for place, param in zip(self.places, self.params, strict=True)
        )
        return self.text % tuple(said)


class Question(Statement):
    """And the way back from a row to an object, as django.db.models.query.ModelIterable goes."""

    def __init__(self, name: str, compiler, marks: list) -> None:
        super().__init__(name, compiler, marks)
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

    def rows(self, values: list) -> Iterator:
        with connection.cursor() as cursor:
            self.send(cursor, values)
            found = cursor.fetchall()
        return map(self._object, self.compiler.apply_converters(found, self.converters))

    def _object(self, row):
        found = self.model.from_db(connection.alias, self.names, row[self.first : self.end])
        for populator in self.populators:
            populator.populate(row, found)
        for name, place in self.annotations:
            setattr(found, name, row[place])
        return found


class Insert(Statement):
    """A whole row of a table."""

    def __init__(self, model: type[Model]) -> None:
        self.of = model._meta.concrete_fields
        table, columns = model._meta.db_table, [field.column for field in self.of]
        names, marks = ", ".join(f'"{name}"' for name in columns), ", ".join(["%s"] * len(columns))
        text = f'INSERT INTO "{table}" ({names}) VALUES ({marks})'  # noqa: S608 # nosec B608 # 2026-11-29: names of tables
        self._says(f"insert_{table}", text, columns, range(len(columns)))


class Written(Statement):
    """SQL that is written by hand, with its values named as psycopg names them: ``%(now)s``."""

    def __init__(self, name: str, text: str) -> None:
        named = NAMED.findall(text)
        self.names = list(dict.fromkeys(named))
        self._says(name, NAMED.sub("%s", text), named, [self.names.index(each) for each in named])

    def __call__(self, **values) -> int:
        """How many rows there were."""
        with connection.cursor() as cursor:
            self.send(cursor, [values[name] for name in self.names])
            return cursor.rowcount
