"""Very many people, quickly: one is made by the verbs that make real ones, the others are copies.

A copy has its own identity, account, address and key, and what must be sealed is sealed for it. So
the rows are what the product itself writes, whatever columns they come to have.
"""

import os
from collections.abc import Iterator
from datetime import datetime, time, timedelta
from uuid import UUID

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import connection
from django.test import Client as Browser
from django.utils import timezone

from assessments import actions, schedule
from assessments.definitions import Definition
from assessments.models import (
    ActivityVersion,
    Assignment,
    Delivery,
    Occurrence,
    Reminder,
    ReminderItem,
)
from clients import actions as care
from clients.access import CODE_GIVEN
from clients.models import CareTeam, Client, Consent, Episode, PortalLink, SafeContact
from practice.actions import open_practice
from practice.encryption import KEY_BYTES, DataKey, wrap
from practice.fields import SealedField
from practice.ids import uuid7
from practice.models import DataKeyRow

from . import screener
from .ground import say

AT_ONCE = 10_000
ANY_HOUR = {
    "channel": "email",
    "weekdays": [1, 2, 3, 4, 5, 6, 7],
    "hours_from": time(0),
    "hours_until": time.max,
    "wording": "discreet",
    "others_see_device": "",
}
SENT = (ReminderItem, Delivery, Reminder, PortalLink)  # what a round leaves behind
UUIDV7_SINCE = 180_000
# Of each copied table, what is a copy's own; `who` is a row of bench.people, `n` counts from 1.
OWN = {
    get_user_model(): {"id": "who.user_id", "email": "who.email"},
    DataKeyRow: {
        "id": "who.key_id",
        "subject": "who.client_id",
        "wrapped": "who.wrapped",
        "created_at": "now() - who.number * interval '1 second'",
    },
    Client: {
        "id": "who.client_id",
        "user_id": "who.user_id",
        "preferred_name": "who.sealed_name",
        "email": "who.sealed_email",
    },
    CareTeam: {"client_id": "who.client_id"},
    Episode: {"id": "who.episode_id", "client_id": "who.client_id"},
    SafeContact: {"client_id": "who.client_id"},
    Consent: {"client_id": "who.client_id"},
    Assignment: {
        "id": "who.assignment_id",
        "client_id": "who.client_id",
        "episode_id": "who.episode_id",
    },
    Occurrence: {
        "client_id": "who.client_id",
        "assignment_id": "who.assignment_id",
        "number": "n",
        "due_at": "CASE WHEN who.is_due THEN one.due_at ELSE now() + n * interval '2 days' END",
    },
    Reminder: {
        "client_id": "who.client_id",
        "planned_for": "now() + interval '1 second'"
        " * CASE WHEN who.is_due THEN -mod(who.number, 600) ELSE 172800 END",
    },
}
PEOPLE = """
CREATE SCHEMA IF NOT EXISTS bench;
CREATE TABLE IF NOT EXISTS bench.people (
    number integer PRIMARY KEY, is_due boolean, email text, practice_id uuid, client_id uuid,
    user_id uuid, key_id uuid, episode_id uuid, assignment_id uuid, wrapped bytea,
    sealed_name bytea, sealed_email bytea
);
"""


def open_the_practice(asked: Definition | None = None, *, number: int = 1) -> None:
    """A practice with one client, who has joined and was asked something that is due by now
    (``asked``, or else anything of the library); and from each row of theirs a model to copy.
    Where there are several, each with a ``number`` of its own, those who are added take turns."""
    now, which = timezone.now(), "" if number == 1 else f"-{number}"
    practice = open_practice(
        name="Practice of many",
        time_zone="UTC",
        language="en",
        help_text="Call 112 at any hour.",
        owner_name="Olga Owner",
        owner_email=f"owner{which}@practice.example",
        password=os.urandom(16).hex(),
    )
    email = f"model{which}@bench.example"
    client = _add_one(practice.users.get(), email, asked, now - timedelta(days=4))
    with connection.cursor() as cursor:
        cursor.execute(PEOPLE)
        for model in OWN:
            owner = "subject" if model is DataKeyRow else _column_of_client(model)
            whose = client.user_id if model is get_user_model() else client.pk
            table = model._meta.db_table
            cursor.execute(f"CREATE TABLE IF NOT EXISTS bench.{table} (LIKE {table})")
            cursor.execute(
                f"INSERT INTO bench.{table} SELECT * FROM {table} WHERE {owner} = %s", [whose]
            )
            _must_be_one(cursor, model, practice.pk)


def _add_one(by, email: str, asked: Definition | None, then: datetime) -> Client:
    client = join(by, then, email)
    if asked:
        version = screener.publish(by.practice, asked, now=then)
    else:
        version = next(
            version
            for version in ActivityVersion.objects.of(by).newest().select_related("activity")
            if version.definition.has_text and not version.definition.gated
        )
    actions.assign(
        client,
        version.activity,
        when=schedule.Once(due_on=(then + timedelta(days=2)).date()),
        definition=version.definition,
        by=by,
        now=then,
    )
    return client


def join(by, then: datetime, email: str) -> Client:
    """Taken into care, with an account in the portal, and agreeing that their care team reads."""
    client = care.add_client(
        by=by,
        preferred_name="Sam Ortega",
        pronouns="",
        email=email,
        language="en",
        time_zone="UTC",
        contact=ANY_HOUR,
        now=then,
    )
    care.invite(client, by=by, now=then)
    token = care.issue_links([client], now=then)[client.pk]
    link = PortalLink.objects.by_token(token).select_related("client").get()
    care.accept_invitation(link, code="2580", now=then)
    client.refresh_from_db()
    care.answer_consent(client, "care", number=1, agrees=True, by=client.user, now=then)
    return client


def _column_of_client(model) -> str:
    return "id" if model in (Client, get_user_model()) else "client_id"


def _must_be_one(cursor, model, practice_id: UUID) -> None:
    """One row to copy, in which nothing is sealed that a copy could not open."""
    rows = f"FROM bench.{model._meta.db_table} WHERE practice_id = %s"
    cursor.execute(f"SELECT count(*) {rows}", [practice_id])
    if cursor.fetchone()[0] != 1:
        raise ValueError(f"{model.__name__}: not one row to copy")
    for column in sealed_columns(model):
        if column not in OWN[model]:
            cursor.execute(f"SELECT coalesce(octet_length({column}), 0) {rows}", [practice_id])
            if cursor.fetchone()[0]:
                raise ValueError(f"{model.__name__}.{column} is sealed for somebody else")


def sealed_columns(model) -> list[str]:
    return [field.column for field in model._meta.fields if isinstance(field, SealedField)]


def add_people(count: int, *, is_due: bool, asked: int = 1) -> int:
    """``count`` more, each with ``asked`` open occurrences, which are due or will be. Their first
    number."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(max(number), 0) FROM bench.people")
        first = cursor.fetchone()[0] + 1
        cursor.execute(f"SELECT practice_id FROM bench.{Client._meta.db_table}")
        practices = [row[0] for row in cursor.fetchall()]
    for start in range(first, first + count, AT_ONCE):
        end = min(start + AT_ONCE, first + count)
        with connection.cursor() as cursor:
            with cursor.copy("COPY bench.people FROM STDIN") as copy:
                for person in identities(range(start, end), is_due, practices):
                    copy.write_row(person)
            for model in OWN:
                if model is not Reminder:
                    _copy(cursor, model, start, end, asked if model is Occurrence else 1)
        say(f"  {end - first:,} of {count:,} people")
    return first


def due_are(first: int, count: int) -> None:
    """From the next plan on, nobody else."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE bench.people SET is_due = (number >= %s AND number < %s)",
            [first, first + count],
        )


def identities(numbers: range, is_due: bool, practices: list[UUID]) -> Iterator[tuple]:
    client = Client()  # only to say what a sealed value belongs to
    name_field, email_field = map(Client._meta.get_field, ("preferred_name", "email"))
    for number in numbers:
        client.pk, email = uuid7(), f"person-{number}@bench.example"
        key = DataKey(uuid7(), os.urandom(KEY_BYTES))
        yield (
            *(number, is_due, email, practices[number % len(practices)]),
            *(client.pk, uuid7(), key.id, uuid7(), uuid7()),
            wrap(key.secret, about=key.id.bytes),
            key.seal(f"Person {number}".encode(), about=name_field.about(client)),
            key.seal(email.encode(), about=email_field.about(client)),
        )


def _copy(cursor, model, start: int, end: int, times: int = 1) -> None:
    table = model._meta.db_table
    columns = [field.column for field in model._meta.fields]
    own = {"id": new_id()} | OWN[model]
    values = ", ".join(own.get(column, f"one.{column}") for column in columns)
    cursor.execute(
        f"INSERT INTO {table} ({', '.join(columns)}) SELECT {values} FROM bench.people AS who"
        f" JOIN bench.{table} AS one USING (practice_id) CROSS JOIN generate_series(1, %s) AS n"
        " WHERE who.number >= %s AND who.number < %s",
        [times, start, end],
    )


def new_id() -> str:
    connection.ensure_connection()
    is_new = connection.connection.info.server_version >= UUIDV7_SINCE
    return "uuidv7()" if is_new else "gen_random_uuid()"


def plan_anew(most: int | None = None) -> None:
    """As if nothing had been sent yet: one planned reminder each, or for the first ``most``."""
    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {', '.join(model._meta.db_table for model in SENT)}")
        cursor.execute("SELECT coalesce(max(number), 0) FROM bench.people")
        _copy(cursor, Reminder, 1, (cursor.fetchone()[0] if most is None else most) + 1)
        for model in SENT:
            cursor.execute(f"VACUUM ANALYZE {model._meta.db_table}")


def tidy() -> None:
    """What autovacuum does a minute after so much was written."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def open_occurrences() -> int:
    return Occurrence.objects.waiting().open(timezone.now()).count()


def unfinished() -> int:
    """Due reminders whose result is not written down yet."""
    return Reminder.objects.planned().filter(planned_for__lte=timezone.now()).count()


def written_down_as_sent() -> set[str]:
    return set(Delivery.objects.filter(outcome="sent").values_list("message_id", flat=True))


def signed_in(user) -> dict[str, str]:
    """The cookies of a browser in which ``user`` is signed in, both steps done."""
    browser = Browser()
    browser.force_login(user)
    session = browser.session
    session["second_factor"] = session[CODE_GIVEN] = True
    session.save()
    return {settings.SESSION_COOKIE_NAME: session.session_key}
