"""What a migration may not do while the version before it still serves (docs/operations.md).

Old code goes on for minutes: it names every column that it knows, and none that is new. And a lock
that waits makes everybody wait behind it. Each rule is one sentence about one operation.
"""

import re
from collections.abc import Iterator

from django.contrib.postgres import operations as postgres
from django.db import connection, migrations, models
from django.db.migrations.state import ProjectState

# Tables of which a practice has very many rows: nothing is built over them while writers wait.
LARGE = {
    *("practice.auditevent", "clients.portallink"),
    *("assessments.occurrence", "assessments.response", "assessments.score"),
    *("assessments.reminder", "assessments.reminderitem", "assessments.delivery"),
}
GONE = (migrations.RemoveField, migrations.DeleteModel)
CALLED_OTHERWISE = (migrations.RenameField, migrations.RenameModel, migrations.AlterModelTable)
IN_SQL = {
    r"\bDROP\s+(TABLE|COLUMN)\b": "takes away what old code reads: two releases, one after another",
    r"\bRENAME\s+(TO|COLUMN)\b": "calls otherwise what old code reads: add, copy, and remove later",
    r"\bSET\s+NOT\s+NULL\b": "refuses rows of old code that do not name the column",
    r"\bALTER\s+COLUMN\s+\S+\s+(SET\s+DATA\s+)?TYPE\b": "writes the whole table anew under a lock",
    r"\bCREATE\s+(UNIQUE\s+)?INDEX\s+(?!CONCURRENTLY)": "builds an index while writers wait",
    r"\bLOCK\s+TABLE\b|\bVACUUM\s+FULL\b|\bCLUSTER\b": "makes everybody wait",
}


def wrongs(migration: migrations.Migration, before: ProjectState) -> Iterator[str]:
    state, new = before.clone(), set()
    for operation in migration.operations:
        for said in _of(operation, migration.app_label, state, new):
            yield f"{operation.describe()}: {said}"
        if isinstance(operation, migrations.CreateModel):
            new.add(operation.name_lower)
        operation.state_forwards(migration.app_label, state)


def _of(operation, app: str, state: ProjectState, new: set[str]) -> Iterator[str]:
    name = getattr(operation, "model_name_lower", "")
    if isinstance(operation, migrations.SeparateDatabaseAndState):
        for each in operation.database_operations:
            yield from _of(each, app, state, new)
    elif isinstance(operation, migrations.RunSQL):
        yield from _sql(operation)
    elif isinstance(operation, GONE):
        yield "takes away what old code reads: two releases, one after another"
    elif isinstance(operation, CALLED_OTHERWISE):
        yield "calls otherwise what old code reads: add, copy, and remove later"
    elif name in new:
        return  # nobody has it yet
    elif isinstance(operation, migrations.AddField):
        yield from _new_field(operation.field, f"{app}.{name}" in LARGE)
    elif isinstance(operation, migrations.AlterField):
        old = state.models[app, name].fields[operation.name]
        yield from _changed_field(old, operation.field)
    elif f"{app}.{name}" in LARGE:
        yield from _on_a_large_one(operation)


def _new_field(field: models.Field, is_large: bool) -> Iterator[str]:
    if field.many_to_many:
        return
    if not field.null and field.db_default is models.NOT_PROVIDED and not field.generated:
        yield "old code adds rows without it: null=True, or a db_default"
    if is_large and (field.db_index or field.unique):
        yield "builds an index while writers wait: db_index=False, and AddIndexConcurrently"


def _changed_field(old: models.Field, field: models.Field) -> Iterator[str]:
    if old.null and not field.null:
        yield "refuses rows of old code that do not name the column"
    if _type(old) != _type(field) and not _only_wider(old, field):
        yield "writes the whole table anew under a lock, and old code sends the old type"
    if field.unique and not old.unique:
        yield "builds an index while writers wait"


def _type(field: models.Field) -> str | None:
    if field.is_relation:
        return "relation"
    return field.db_type(connection)


def _only_wider(old: models.Field, field: models.Field) -> bool:
    """PostgreSQL takes a longer varchar, or text, without touching a row."""
    is_text = isinstance(old, models.CharField) and isinstance(field, models.CharField)
    longest = getattr(field, "max_length", None)
    return isinstance(old, models.CharField) and (
        isinstance(field, models.TextField)
        or (is_text and (longest is None or longest >= (old.max_length or 0)))
    )


def _on_a_large_one(operation) -> Iterator[str]:
    if isinstance(operation, postgres.AddIndexConcurrently | postgres.AddConstraintNotValid):
        return
    if isinstance(operation, migrations.AddIndex):
        yield "builds an index while writers wait: AddIndexConcurrently"
    if isinstance(operation, migrations.AddConstraint):
        yield "reads the whole table under a lock: AddConstraintNotValid, then ValidateConstraint"


def _sql(operation: migrations.RunSQL) -> Iterator[str]:
    given = operation.sql if isinstance(operation.sql, str) else " ".join(map(str, operation.sql))
    without_comments = re.sub(r"--.*", "", given)
    new = {name.lower() for name in re.findall(r"CREATE TABLE (?:IF NOT EXISTS )?(\w+)", given)}
    for pattern, words in IN_SQL.items():
        for found in re.finditer(pattern, without_comments, re.IGNORECASE):
            rest = without_comments[found.start() : found.start() + 200].lower()
            if not any(re.search(rf"\b{name}\b", rest) for name in new):
                yield words
                break
