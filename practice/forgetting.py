"""What hangs on a row, on all floors: found by walking the models, so that none is forgotten.

Whoever adds a model with a ``client`` adds it to what an erasure deletes and to what the archive
holds, by that alone (docs/decisions/033-erasure.md).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, reduce
from graphlib import TopologicalSorter
from operator import or_
from uuid import UUID

from django.apps import apps
from django.db import models
from django.db.models import Q

OURS = ("practice", "clients", "assessments")


class NotDecided(Exception):
    """A model points at rows of a client, and nobody said whether its own rows are the client's."""


@dataclass(frozen=True)
class Hanging:
    """Rows of ``model`` belong to a subject when one of ``paths`` leads to it."""

    model: type[models.Model]
    paths: tuple[str, ...]

    @property
    def label(self) -> str:
        return self.model._meta.label

    def rows(self, subject: UUID) -> models.QuerySet:
        ways = (Q(**{path: subject}) for path in self.paths)
        return self.model._base_manager.filter(reduce(or_, ways))


@cache
def hanging_on(subject: type[models.Model]) -> tuple[Hanging, ...]:
    """Every model whose rows are of one ``subject``: leaves first, so that what points at a row
    goes before it."""
    found = {model: paths for model in _ours() if (paths := _direct(model, subject))}
    while more := {
        model: paths
        for model in _ours()
        if model not in found and model is not subject and (paths := _through(model, found))
    }:
        found |= more
    order = TopologicalSorter({model: set(_pointing_at(model, found)) for model in found})
    return tuple(Hanging(model, found[model]) for model in order.static_order())


def _ours() -> Iterator[type[models.Model]]:
    for app in OURS:
        yield from apps.get_app_config(app).get_models()


def _links(model) -> list[models.ForeignKey]:
    return [field for field in model._meta.concrete_fields if field.remote_field]


def _direct(model, subject) -> tuple[str, ...]:
    return tuple(field.name for field in _links(model) if field.related_model is subject)


def _through(model, found) -> tuple[str, ...]:
    """By the first row that it cannot be without. Raises NotDecided when it could."""
    links = [field for field in _links(model) if field.related_model in found]
    if links and all(field.null for field in links):
        raise NotDecided(f"{model._meta.label}: give it a client, or say that it is not theirs.")
    sure = next((field for field in links if not field.null), None)
    return tuple(f"{sure.name}__{path}" for path in found[sure.related_model]) if sure else ()


def _pointing_at(model, found) -> Iterator[type[models.Model]]:
    for other in found:
        if other is not model and any(field.related_model is model for field in _links(other)):
            yield other


# What ends the rows of a model that is of no client. Tasks by name: they stand on upper floors.
SWEPT = {
    "practice.Knock": "practice.tasks.answer_knocks",
    "practice.SignIn": "practice.tasks.forget_sessions",
    "clients.PortalLink": "assessments.tasks.sweep_links",
    "assessments.Export": "assessments.tasks.empty_exports",  # its file; the row is of its client
}
STAYS = {
    "practice.Practice": "the practice itself",
    "practice.User": "who did what points at it; emptied when a client is erased",
    "practice.Membership": "who could do what, and when",
    "practice.StaffInvitation": "who let whom in",
    "practice.AuditEvent": "the trail: numbers, no names",
    "practice.AuditCheck": "whether the trail is whole: of each practice one row, written over",
    "practice.DataKeyRow": "destroyed by name, when its subject is erased",
    "practice.KeyWork": "what is done with keys: one row for each kind, about nobody",
    "practice.Erased": "who must not come back from a backup: numbers, no names",
    "practice.Heartbeat": "one row for each name, about nobody",
    "clients.Absence": "which colleague was away",
    "clients.ConsentWording": "words of the practice that somebody agreed to",
    "clients.ReminderPolicy": "a rule of the practice",
    "clients.RetentionPolicy": "a rule of the practice",
    "clients.SafetyPolicy": "a rule of the practice",
    "assessments.Activity": "the library",
    "assessments.ActivityVersion": "the library",
    "assessments.ActivityDraft": "the library",
    "assessments.TextPermission": "the library",
    "assessments.Program": "the library",
    "assessments.ProgramVersion": "the library",
    "assessments.MessageWording": "words of the practice",
    "assessments.AlertPolicy": "a rule of the practice",
    "assessments.BackUp": "which colleague stood in for whom",
    "assessments.ReviewRules": "a rule of the practice",
    "assessments.PracticePicture": "figures of many, made anew each night and after an erasure",
}


def counts_of(subject: models.Model) -> dict[str, int]:
    """How many rows of each kind are theirs; kinds without any are left out."""
    counts = {each.label: each.rows(subject.pk).count() for each in hanging_on(type(subject))}
    return {label: n for label, n in sorted(counts.items()) if n}


def delete_all_of(subject: models.Model) -> None:
    """Every row that hangs on it, and then the row itself. Within a transaction."""
    for each in hanging_on(type(subject)):
        # Past the collector, which would fetch each row to look for what this order has seen to.
        rows = each.rows(subject.pk)
        rows._raw_delete(using=rows.db)
    itself = type(subject)._base_manager.filter(pk=subject.pk)
    itself._raw_delete(using=itself.db)
