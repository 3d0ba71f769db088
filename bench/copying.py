"""Rows of one client who was lived through, again and again for others.

A copy's own are its identity and whatever points at something that was copied as well; moments move
along. All else is what the product itself writes, whatever columns it comes to have. What is sealed
names the key of its client and is as long as it was; in its new place it would not open, and
nothing that is measured here opens it.
"""

import psycopg
from django.contrib.auth import get_user_model
from django.db import models

from assessments.models import (
    Assignment,
    Delivery,
    Occurrence,
    Reminder,
    ReminderItem,
    Response,
    Score,
)
from clients.models import CareTeam, Client, Consent, Episode, SafeContact, Session
from practice.models import DataKeyRow

from . import people
from .lived import MEASURES, POINTS

User = get_user_model()

# Of each there is one row a client (or a few); one a client and measure; one a week; and one a week
# and measure.
PERSONAL = (User, DataKeyRow, Client, CareTeam, Episode, SafeContact, Consent)
ASKED = (Assignment,)
WEEKLY = (Reminder, Delivery, Session)
ANSWERED = (Occurrence, ReminderItem, Response, Score)
COURSE = (*WEEKLY, *ANSWERED)

# What names a copy, in ``id`` and wherever it is pointed at.
NAMES = {
    User: "who.user_id",
    Client: "who.client_id",
    DataKeyRow: "who.key_id",
    Episode: "who.episode_id",
    Assignment: "course.assignment_id",
    Reminder: "week.reminder_id",
    Occurrence: "point.occurrence_id",
    Response: "point.response_id",
}
LAST_LOGIN = (
    "now() - interval '1 day' * CASE WHEN mod(who.number, 10) = 2 THEN 22"
    " ELSE mod(who.number, 5) END"
)
UNLESS_UNREAD = f"CASE WHEN mod(who.number, 10) <> 3 OR week.n < {POINTS} THEN {{usual}} END"
FUTURE_SESSION = "now() + interval '2 hours' + mod(who.number, 7) * interval '1 day'"
# And of each table what else is a copy's own.
OWN = {
    User: {"email": "who.email", "last_login": LAST_LOGIN},
    DataKeyRow: {
        "subject": "who.client_id",
        "wrapped": "who.wrapped",
        "wrapped_by_id": "NULL",
        "created_at": "now() - who.number * interval '1 second'",
    },
    Client: {"preferred_name": "who.sealed_name", "email": "who.sealed_email"},
    CareTeam: {"clinician_id": "whose.clinician_id"},
    Delivery: {"message_id": "one.message_id || '-' || week.reminder_id"},
    Session: {
        "starts_at": f"CASE WHEN week.n > {POINTS} THEN {FUTURE_SESSION}"
        " ELSE one.starts_at + week.later END"
    },
    Response: dict.fromkeys(("read_at", "read_by_id"), UNLESS_UNREAD),
}
TABLES = """
CREATE TABLE bench.whose (number integer PRIMARY KEY, practice_id uuid, clinician_id uuid);
CREATE TABLE bench.courses (
    number integer, measure integer, assignment_id uuid, PRIMARY KEY (number, measure));
CREATE TABLE bench.lived (
    practice_id uuid PRIMARY KEY, client_id uuid, user_id uuid, clinician_id uuid);
CREATE TABLE bench.began (practice_id uuid, level integer, at timestamptz);
CREATE UNLOGGED TABLE bench.weeks (
    number integer, n integer, level integer, later interval, reminder_id uuid);
CREATE UNLOGGED TABLE bench.points (
    number integer, measure integer, occurrence_id uuid, response_id uuid);
"""
FROM = {
    PERSONAL: "",
    ASKED: " JOIN bench.courses AS course USING (number)",
    WEEKLY: " JOIN bench.weeks AS week USING (number)",
    ANSWERED: " JOIN bench.weeks AS week USING (number)"
    " JOIN bench.courses AS course USING (number)"
    " JOIN bench.points AS point USING (number, measure)",
}
# What is planned is planned for what is open.
ONLY = {Reminder: f" AND (one.settled_at IS NOT NULL OR week.n > {POINTS})"}
ALIKE = {
    PERSONAL: "",
    ASKED: " AND one.measure = course.measure",
    WEEKLY: " AND one.level = week.level",
    ANSWERED: " AND one.level = week.level AND one.measure = course.measure",
}


MEASURE = (
    "(SELECT array_position(%s::text[], activity.slug::text) FROM assessments_activity AS activity"
    " JOIN assessments_assignment AS asked ON asked.activity_id = activity.id"
)
OCCURRENCE = {
    Occurrence: "one.id",
    Response: "one.occurrence_id",
    ReminderItem: "one.occurrence_id",
    Score: "(SELECT occurrence_id FROM assessments_response WHERE id = one.response_id)",
}
MOMENT = {
    Session: "one.starts_at",
    Reminder: "coalesce(one.settled_at, one.planned_for)",
    Delivery: "one.began_at",
}


def keep_models(link: psycopg.Connection, model) -> None:
    """The rows that were lived, each with the measure and the week that it belongs to."""
    table, extra, values = model._meta.db_table, "", []
    slugs = [f"bench-{slug}" for slug in MEASURES]
    if model is Assignment:
        extra, values = f", {MEASURE} WHERE asked.id = one.id) AS measure", [slugs]
    elif model in ANSWERED:
        occurrence = OCCURRENCE[model]
        extra = (
            f", {MEASURE} JOIN assessments_occurrence AS due ON due.assignment_id = asked.id"
            f" WHERE due.id = {occurrence}) AS measure, (SELECT number - 1 FROM"
            f" assessments_occurrence WHERE id = {occurrence}) AS level"
        )
        values = [slugs]
    elif model in WEEKLY:
        extra = (
            ", (SELECT max(level) FROM bench.began AS week WHERE week.practice_id = one.practice_id"
            f" AND week.at <= {MOMENT[model]}) AS level"
        )
    link.execute(
        f"CREATE TABLE bench.{table} AS SELECT one.*{extra} FROM {table} AS one"
        f" WHERE {_owner(model)} IN (SELECT {_whose(model)} FROM bench.lived)",
        values,
    )
    if link.execute(f"SELECT count(*) FROM bench.{table}").fetchone()[0] < 1:
        raise ValueError(f"{model.__name__}: nothing was lived that could be copied")


def _owner(model) -> str:
    if model is ReminderItem:
        return "(SELECT client_id FROM assessments_reminder WHERE id = one.reminder_id)"
    return {Client: "one.id", User: "one.id", DataKeyRow: "one.subject"}.get(model, "one.client_id")


def _whose(model) -> str:
    return "user_id" if model is User else "client_id"


# -- copying ---------------------------------------------------------------------------------------
def copy_rows(link: psycopg.Connection, model, which: str = "true") -> None:
    kind = next(each for each in FROM if model in each)
    table = model._meta.db_table
    values = [f"{_value(model, field, kind)} AS {field.column}" for field in model._meta.fields]
    columns = ", ".join(field.column for field in model._meta.fields)
    link.execute(
        f"INSERT INTO {table} ({columns}) SELECT {', '.join(values)} FROM bench.people AS who"
        f" JOIN bench.whose AS whose USING (number){FROM[kind]}"
        " JOIN bench.lived AS lived ON lived.practice_id = whose.practice_id"
        f" JOIN bench.{table} AS one ON one.practice_id = whose.practice_id"
        f"{ALIKE[kind]}{ONLY.get(model, '')}"
        f" WHERE {which} ORDER BY number"
    )


def _value(model, field: models.Field, kind) -> str:
    usual = _usual(model, field, kind)
    return OWN.get(model, {}).get(field.column, "{usual}").format(usual=usual)


def _usual(model, field: models.Field, kind) -> str:
    column = f"one.{field.column}"
    if field.primary_key:
        return NAMES.get(model) or people.new_id()
    if field.related_model is User:
        return (
            f"CASE {column} WHEN lived.user_id THEN who.user_id"
            " WHEN lived.clinician_id THEN whose.clinician_id END"
        )
    if field.related_model in NAMES and field.related_model is not DataKeyRow:
        return f"CASE WHEN {column} IS NOT NULL THEN {NAMES[field.related_model]} END"
    if column.removeprefix("one.") in people.sealed_columns(model):
        return (
            f"CASE WHEN octet_length({column}) = 0 THEN {column}"
            f" ELSE overlay({column} PLACING uuid_send(who.key_id) FROM 2) END"
        )
    if model in COURSE and isinstance(field, models.DateTimeField):
        return f"{column} + week.later"
    if model is Occurrence and field.name == "number":
        return "week.n"
    return column
