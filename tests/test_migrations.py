"""Migrations run while the version before them still serves."""

from functools import cache

import pytest
from django.contrib.postgres.operations import AddConstraintNotValid, AddIndexConcurrently
from django.db import migrations, models
from django.db.migrations.loader import MigrationLoader

from tests.migration_rules import wrongs

# Landed before the rules were: nobody runs a version that is older than these.
LANDED = {"practice": "0006_look", "clients": "0009_home", "assessments": "0015_home"}
# By "app.migration": why it may, all the same. Each entry is one that was looked at.
ALLOWED: dict[str, str] = {}


@cache
def all_of_them():
    return MigrationLoader(None)


@cache
def as_landed():
    return all_of_them().project_state(("assessments", LANDED["assessments"]))


def ours():
    """Those after the landed ones, each with the state before it."""
    loader = all_of_them()
    for app, name in sorted(loader.graph.nodes):
        if app in LANDED and name > LANDED[app]:
            yield loader, (app, name)


def test_no_migration_gets_in_the_way_of_what_serves():
    found = {}
    for loader, node in ours():
        migration = loader.graph.nodes[node]
        before = loader.project_state(node, at_end=False)
        if wrong := list(wrongs(migration, before)):
            found[".".join(node)] = wrong
    assert {name: wrong for name, wrong in found.items() if name not in ALLOWED} == {}
    assert set(ALLOWED) <= set(found), "what is allowed and not done needs no permission"


def a_migration(*operations):
    made = migrations.Migration("9999_next", "assessments")
    made.operations = list(operations)
    return made


CHECK = models.CheckConstraint(condition=models.Q(attempts__lt=99), name="few")
INDEX = models.Index(fields=["attempts"], name="by_attempts")
AGAIN = models.PositiveIntegerField
CASES = [
    (migrations.RemoveField("reminder", "why"), "takes away"),
    (migrations.DeleteModel("MessageWording"), "takes away"),
    (migrations.RenameField("reminder", "why", "reason"), "calls otherwise"),
    (migrations.AddField("alert", "n", AGAIN(default=0)), "old code adds rows without it"),
    (migrations.AddField("alert", "n", AGAIN(db_default=0)), None),
    (migrations.AddField("alert", "n", AGAIN(null=True)), None),
    (migrations.AddField("reminder", "n", AGAIN(null=True, db_index=True)), "builds an index"),
    (migrations.AlterField("reminder", "claim", models.UUIDField()), "refuses rows"),
    (migrations.AlterField("reminder", "attempts", models.CharField(max_length=9)), "writes the"),
    (migrations.AlterField("reminder", "why", models.CharField(max_length=90)), None),
    (migrations.AlterField("reminder", "why", models.CharField(max_length=9)), "writes the"),
    (migrations.AddIndex("reminder", INDEX), "AddIndexConcurrently"),
    (AddIndexConcurrently("reminder", INDEX), None),
    (migrations.AddConstraint("reminder", CHECK), "AddConstraintNotValid"),
    (AddConstraintNotValid("reminder", CHECK), None),
    (migrations.AddIndex("alert", models.Index(fields=["kind"], name="by_kind")), None),
    (migrations.RunSQL("CREATE INDEX x ON assessments_reminder (why)"), "builds an index"),
    (migrations.RunSQL("CREATE TABLE t (id int); CREATE INDEX x ON t (id)"), None),
    (migrations.RunSQL("ALTER TABLE assessments_reminder ALTER why SET NOT NULL"), "refuses"),
    (migrations.RunSQL("ALTER TABLE assessments_reminder DROP COLUMN why -- x"), "takes away"),
    (migrations.RunSQL("-- DROP TABLE is what we do not do\nSELECT 1"), None),
]


@pytest.mark.parametrize(("operation", "words"), CASES, ids=lambda each: str(each)[:40])
def test_the_rules_would_find_it(operation, words):
    found = list(wrongs(a_migration(operation), as_landed()))
    assert (words is None and found == []) or any(words in each for each in found)
