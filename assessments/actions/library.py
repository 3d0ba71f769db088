"""Putting the definitions of ``assessments/library/`` into a practice."""

import difflib
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from django.db import transaction
from django.utils import timezone

from assessments.definitions import Definition, Library, Program, load_library
from assessments.instruments import with_text_of
from assessments.models import Activity, ActivityVersion, ProgramVersion, TextPermission
from assessments.models import Program as ProgramRow
from practice import audit

LIBRARY = Path(__file__).resolve().parent.parent / "library"


@dataclass(frozen=True)
class Change:
    """What became (or would become) of one activity or program.

    ``what`` is "new", "version N", "retired", "back", "renamed from …" or "kept: …".
    """

    slug: str
    what: str
    diff: tuple[str, ...] = field(default=(), compare=False)

    @property
    def is_only_said(self) -> bool:
        """Nothing was done, and whoever runs the sync should know why."""
        return self.what.startswith("kept")

    def __str__(self) -> str:
        return f"{self.slug}: {self.what}"


@cache
def shipped() -> Library:
    """The library that comes with this release, read once per process."""
    return load_library(LIBRARY)


@transaction.atomic
def sync_library(practice, *, library: Library | None = None, by=None, now=None) -> list[Change]:
    """Bring a practice up to the library: new activities, new versions, retired ones.

    Idempotent: what is unchanged is not named. Nothing is half there if it fails. Old versions
    stay for the responses that point at them; what the practice made itself is left alone.
    """
    library = library or shipped()
    now = now or timezone.now()
    changes = [
        *_sync(_Holdings.of_activities(practice), library.activities, by=by, now=now),
        *_sync(_Holdings.of_programs(practice), library.programs, by=by, now=now),
    ]
    facts = {change.slug: change.what for change in changes if not change.is_only_said}
    if facts:
        audit.record("library.synced", practice, by=by, detail=facts)
    return changes


def put_library_into(practice, *, by) -> None:
    """The hook for a practice that was just opened."""
    sync_library(practice, by=by)


class _Holdings:
    """The activities, or the programs, that a practice has: rows by slug and newest versions."""

    def __init__(self, practice, row_model, version_model, key):
        self.practice, self.key = practice, key
        self.row_model, self.version_model = row_model, version_model
        self.rows = {row.slug: row for row in row_model.objects.filter(practice=practice)}
        self.newest = {
            getattr(version, f"{key}_id"): version
            for version in version_model.objects.filter(practice=practice).newest()
        }

    @classmethod
    def of_activities(cls, practice):
        return cls(practice, Activity, ActivityVersion, "activity")

    @classmethod
    def of_programs(cls, practice):
        return cls(practice, ProgramRow, ProgramVersion, "program")

    def new_row(self, definition, by):
        facts = {"kind": definition.kind} if self.row_model is Activity else {}
        return self.row_model(practice=self.practice, slug=definition.slug, created_by=by, **facts)

    def new_version(self, row, definition, *, by, now):
        facts = {"practice": self.practice, self.key: row}
        return self.version_model.following(
            self.newest.get(row.pk), definition, by=by, now=now, **facts
        )


def _sync(holdings: _Holdings, definitions: Iterable, *, by, now) -> list[Change]:
    changes: list[Change] = []
    rows, versions, with_words = [], [], []
    for shipped_one in definitions:
        row, changed = _row_for(holdings, shipped_one, by=by)
        if shipped_one.slug not in holdings.rows:
            rows.append(row)
        newest = holdings.newest.get(row.pk)
        definition, kept = _as_here(shipped_one, newest)
        if kept:
            changed = changed or kept
        elif newest is None or newest.digest != definition.digest():
            versions.append(holdings.new_version(row, definition, by=by, now=now))
            changed = changed or f"version {versions[-1].number}"
            if definition is not shipped_one:
                with_words.append((newest, versions[-1]))
        if changed:
            changes.append(Change(definition.slug, changed, _diff(newest, definition)))
    holdings.row_model.objects.bulk_create(rows)
    holdings.version_model.objects.bulk_create(versions)
    for before, after in with_words:
        TextPermission.objects.carry(before, after)
    return changes + _retired(holdings, {each.slug for each in definitions}, now=now)


def _retired(holdings: _Holdings, slugs: set[str], *, now) -> list[Change]:
    """What is gone from the library can't be assigned any more; its answers stay."""
    gone = [
        row
        for slug, row in holdings.rows.items()
        if slug not in slugs and not row.is_own and row.retired_at is None
    ]
    holdings.row_model.objects.filter(pk__in=[row.pk for row in gone]).update(retired_at=now)
    return [Change(row.slug, "retired") for row in gone]


def _row_for(holdings: _Holdings, definition, *, by):
    """The row that carries ``definition``, and what had to be done for that, if anything."""
    row = holdings.rows.get(definition.slug)
    if row is None:
        former = next((holdings.rows[s] for s in definition.formerly if s in holdings.rows), None)
        if former is None:
            return holdings.new_row(definition, by), "new"
        old, former.slug, former.retired_at = former.slug, definition.slug, None
        former.save(update_fields=["slug", "retired_at"])
        holdings.rows[definition.slug] = holdings.rows.pop(old)
        return former, f"renamed from {old}"
    if row.retired_at is not None:
        row.retired_at = None
        row.save(update_fields=["retired_at"])
        return row, "back"
    return row, None


def _as_here(definition: Definition | Program, newest) -> tuple[Definition | Program, str | None]:
    """With the words that this practice brought for a published instrument, if they still fit."""
    if not isinstance(definition, Definition) or newest is None or definition.has_text:
        return definition, None
    here = newest.definition
    if not here.has_text:
        return definition, None
    with_text = with_text_of(here, onto=definition)
    if with_text is None:
        return here, "kept: the text of this practice does not fit the new version"
    return with_text, None


def _diff(newest, definition) -> tuple[str, ...]:
    """Line by line, what is different from the newest version; nothing for something new."""
    if newest is None:
        return ()
    before, after = (_lines(each) for each in (newest.content, definition.dump()))
    lines = difflib.unified_diff(before, after, lineterm="", n=1)
    return tuple(line for line in lines if not line.startswith(("---", "+++")))


def _lines(content) -> list[str]:
    return json.dumps(content, indent=1, ensure_ascii=False, sort_keys=True).splitlines()
