"""A client is erased: every row of theirs, their account, and the key that opened it all."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import UUIDField, Value
from django.db.models.functions import Coalesce

from clients.keeping.due import kept_of
from clients.models import Client, RetentionPolicy
from practice import audit, hooks, keys
from practice.forgetting import counts_of, delete_all_of
from practice.limits import mark_of
from practice.models import DataKeyRow, Erased, Knock
from practice.parting import empty_account


class MayNot(Exception):
    """They may not be erased now; the subclass says why."""


class StillInCare(MayNot):
    """Close the episode first: nothing is planned after that."""


class UnderHold(MayNot):
    """A legal hold stands."""


class NoReason(MayNot):
    """Nobody asked for it, and their time is not over."""


class NeedsAnother(MayNot):
    """In this practice whoever asks for it is not who does it."""


class NeedsAPerson(MayNot):
    """They were held once, or were to be kept after all: that goes by no rule alone."""


class AlreadyErased(MayNot):
    """Somebody was quicker."""


class TooEarly(MayNot):
    """Their time is not over, and nobody said why it may be earlier."""


@transaction.atomic
def erase_client(client, *, early: str = "", by, now) -> Erased:
    """All of it at once, or nothing. ``by`` is None for the rule that a practice switched on.

    Raises MayNot.
    """
    # What it is sealed with first, as whoever turns keys does: neither waits for the other's rows.
    sealing = DataKeyRow.objects.filter(practice=client.practice_id, subject=client.pk)
    list(sealing.select_for_update().order_by("pk"))
    # With the key, so that nobody adds a row meanwhile: whoever does waits, and finds nobody.
    rows = Client.objects.select_for_update(of=("self",)).select_related("user")
    client = rows.filter(pk=client.pk).first()
    if client is None:
        raise AlreadyErased
    kept = kept_of(client, now=now)
    _refuse(kept, early=early, by=by)
    request = kept.request
    erased = Erased.objects.create(
        pk=client.pk,
        practice_id=client.practice_id,
        created_by=by,
        why=kept.why,
        early=early if kept.is_early else "",
        erased_at=now,
        asked_at=request and request.asked_at,
        asked_by=request and request.created_by,
        counts=counts_of(client),
    )
    _forget(client, now=now)
    audit.record("client.erased", erased, by=by, detail={"why": erased.why})
    return erased


def _refuse(kept, *, early, by) -> None:
    if kept.hold:
        raise UnderHold
    if kept.ended_on is None:
        raise StillInCare
    if kept.why is None:
        raise NoReason
    if by is None and not kept.goes_by_itself:
        raise NeedsAPerson
    if kept.is_early and not early.strip():
        raise TooEarly
    policy = RetentionPolicy.of_practice(kept.client.practice_id)
    if policy.second_person and kept.request and kept.request.created_by == by:
        raise NeedsAnother


def _forget(client, *, now) -> None:
    user = client.user
    delete_all_of(client)
    Knock.objects.filter(mark=mark_of(str(client.pk))).delete()  # to whatever address it is
    if user is not None:
        empty_account(user, now=now)
    keys.destroy(client.practice_id, client.pk)
    hooks.call("client_erased", client=client, now=now)


def forget_again(practice_id: UUID, *, now: datetime) -> int:
    """After a restore: whoever stands among the erased is erased once more. How many came back.

    The list comes with the newest keys and the rows with an older backup, so a hold may stand there
    that had been lifted before they were erased.
    """
    erased = {row.pk: row for row in Erased.objects.filter(practice=practice_id)}
    back = list(Client.objects.filter(practice=practice_id, pk__among=erased))
    for client in back:
        with transaction.atomic():
            _lift_again(client, erased[client.pk])
            _forget(client, now=now)
            audit.record("client.erased_again", erased[client.pk], by=None)
    for subject in erased:
        keys.destroy(practice_id, subject)
    return len(back)


def _lift_again(client, erased: Erased) -> None:
    who = Coalesce(Value(erased.created_by_id, UUIDField()), "created_by")
    client.legal_holds.standing().update(lifted_at=erased.erased_at, lifted_by=who)
