"""Years of answers of very many clients, quickly: weeks that were lived through by the verbs
(``lived``) are copied for everybody (``copying``), each with its own people, days and course.

Rows lie as life would have put them: week by week, everybody's beside each other. They are written
past triggers and row-level security, by a superuser; whoever reads them is bound by both. The audit
trail of it all is not there.
"""

import argparse
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import psycopg

from clients.models import Client
from practice.models import Membership

from . import lived, people
from .copying import ASKED, COURSE, PERSONAL, TABLES, User, copy_rows, keep_models
from .ground import Ground, say
from .lived import MEASURES, POINTS, WAITING, Lived

SIZES = "10000,1000000"
CASELOAD = 50
OF_ONE = POINTS * len(MEASURES)  # responses of one client
PRACTICES = ("here", "elsewhere")  # every second client of others is of the other one
NO_PRACTICE = [None]  # bench.whose says it, by the caseload
AT_ONCE = 10_000
# How a client was from week to week: worse at the end, worse again, silent, or slowly better.
LEVEL = f"""
CASE WHEN n > {POINTS} THEN {WAITING}
     WHEN mod(number, 10) = 0 THEN CASE WHEN n > {POINTS - 4} THEN 3 ELSE 1 END
     WHEN mod(number, 10) = 1 THEN CASE WHEN n BETWEEN 10 AND 29 THEN 0 ELSE 2 END
     WHEN mod(number, 10) = 2 THEN CASE WHEN n > {POINTS - 3} THEN {WAITING} ELSE 2 END
     ELSE CASE WHEN n < 13 THEN 3 WHEN n < 27 THEN 2 ELSE 1 END END
"""


def sizes_of(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--sizes",
        default=SIZES,
        type=lambda words: [int(part) for part in words.split(",")],
        help="responses in the whole database. With 10 million as well:"
        " --sizes 10000,1000000,10000000. A million are 3.1 GB and some minutes; ten, by that,"
        " 31 GB and the better part of an hour",
    )


@dataclass
class History:
    """``clinician`` looks after the first clients there are, whatever the size."""

    here: Ground
    lived: list[Lived]
    people: int = 0

    @property
    def clinician(self):
        return self.lived[0].clinician

    def caseload(self) -> list[Client]:
        """Not the one whose weeks were lived through: theirs ended long ago."""
        return list(
            Client.objects.cared_for_by(self.clinician)
            .exclude(pk=self.lived[0].client.pk)
            .select_related("user")
            .order_by("pk")
        )

    def fill(self, size: int) -> None:
        """Anew, so that nobody's rows lie closer together than they would."""
        wanted, began = max(CASELOAD, round(size / OF_ONE)), time.monotonic()
        say(f"Making {size:,} responses of {wanted:,} clients")
        with self.here.as_superuser() as link:
            link.execute("SET session_replication_role = replica")
            self._add_people(link, wanted)
            tables = [model._meta.db_table for model in COURSE]
            link.execute(f"TRUNCATE {', '.join(tables)} CASCADE")
            with _without_indexes(link, tables):
                for n in range(1, POINTS + 2):
                    _add_week(link, n)
                    if n % 8 == 0 or n > POINTS:
                        say(f"  week {n} of {POINTS + 1}")
            say("  tidying up")
            link.execute("VACUUM ANALYZE")
            link.execute("CHECKPOINT")
        say(f"  {time.monotonic() - began:,.0f} seconds")

    def _add_people(self, link: psycopg.Connection, wanted: int) -> None:
        for start in range(self.people + 1, wanted + 1, AT_ONCE):
            end = min(start + AT_ONCE, wanted + 1)
            with link.cursor() as cursor, cursor.copy("COPY bench.people FROM STDIN") as copy:
                for person in people.identities(range(start, end), False, NO_PRACTICE):
                    copy.write_row(person)
            _add_clinicians(link, self.lived, start, end)
            _add_courses(link, start, end)
            for model in (*PERSONAL, *ASKED):
                copy_rows(link, model, f"number >= {start} AND number < {end}")
            say(f"  {end - 1:,} of {wanted:,} clients")
        self.people = max(self.people, wanted)


def begin(here: Ground) -> History:
    say("Living through some weeks by the verbs")
    found = lived.live(PRACTICES)
    with here.as_superuser() as link:
        link.execute(people.PEOPLE)
        link.execute(TABLES)
        for each in found:
            row = (each.practice.pk, each.client.pk, each.client.user_id, each.clinician.pk)
            link.execute("INSERT INTO bench.lived VALUES (%s, %s, %s, %s)", row)
            for level, at in enumerate(each.weeks):
                link.execute(
                    "INSERT INTO bench.began VALUES (%s, %s, %s)", [each.practice.pk, level, at]
                )
        for model in (*PERSONAL, *ASKED, *COURSE):
            keep_models(link, model)
    return History(here, found)


INDEXES = """
SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index
 WHERE indrelid = ANY(%s::regclass[])
   AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid)
"""


@contextmanager
def _without_indexes(link: psycopg.Connection, tables: list[str]) -> Iterator[None]:
    """They are made anew at the end, which is quicker. Those of constraints stay."""
    found = link.execute(INDEXES, [tables]).fetchall()
    for name, _made in found:
        link.execute(f"DROP INDEX {name}")
    yield
    say(f"  {len(found)} indexes")
    link.execute("SET maintenance_work_mem = '512MB'")
    for _name, made in found:
        link.execute(made)


def _add_week(link: psycopg.Connection, n: int) -> None:
    """``n`` weeks after everybody began; the last of them is the one that is open today."""
    link.execute("TRUNCATE bench.weeks, bench.points")
    link.execute(
        "INSERT INTO bench.weeks SELECT number, %(n)s, level,"
        " date_trunc('hour', now()) - %(ago)s * interval '1 week'"
        f" - mod(number, 1440) * interval '1 minute' - at, {people.new_id()}"
        f" FROM (SELECT number, practice_id, {LEVEL} AS level"
        "  FROM bench.whose CROSS JOIN (SELECT %(n)s AS n) AS this) AS level_of"
        " JOIN bench.began USING (practice_id, level)",
        {"n": n, "ago": POINTS + 1 - n},
    )
    link.execute(
        "INSERT INTO bench.points SELECT number, measure,"
        f" {people.new_id()}, {people.new_id()} FROM bench.courses"
    )
    link.execute("ANALYZE bench.weeks, bench.points")
    for model in COURSE:
        copy_rows(link, model)


def _add_courses(link: psycopg.Connection, start: int, end: int) -> None:
    link.execute(
        f"INSERT INTO bench.courses SELECT number, measure, {people.new_id()}"
        " FROM generate_series(%s::int, %s::int) AS number,"
        " generate_series(1, %s::int) AS measure",
        [start, end - 1, len(MEASURES)],
    )


def _add_clinicians(link: psycopg.Connection, found: list[Lived], start: int, end: int) -> None:
    """One for each caseload: the first is who is measured, of the others each second one works
    elsewhere."""
    for first in range(start, end):
        if (first - 1) % CASELOAD == 0:
            load = (first - 1) // CASELOAD
            of = found[load % len(found)]
            clinician_id = of.clinician.pk if load == 0 else _new_clinician(link, of, load)
            link.execute(
                "INSERT INTO bench.whose SELECT number, %s, %s"
                " FROM generate_series(%s::int, %s::int) AS number",
                [of.practice.pk, clinician_id, first, first + CASELOAD - 1],
            )


def _new_clinician(link: psycopg.Connection, of: Lived, load: int):
    user_id = link.execute(f"SELECT {people.new_id()}").fetchone()[0]
    own = {"id": "%(user)s", "email": "%(email)s"}
    member = {"id": people.new_id(), "user_id": "%(user)s"}
    facts = {"user": user_id, "email": f"clinician-{load}@bench.example", "one": of.clinician.pk}
    for model, column, own_values in ((User, "id", own), (Membership, "user_id", member)):
        names = [field.column for field in model._meta.fields]
        values = ", ".join(own_values.get(name, name) for name in names)
        table = model._meta.db_table
        link.execute(
            f"INSERT INTO {table} ({', '.join(names)}) SELECT {values} FROM {table}"
            f" WHERE {column} = %(one)s",
            facts,
        )
    return user_id
