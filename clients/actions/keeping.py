"""How long records are kept here, and what may not be deleted or is to be."""

from django.db import transaction

from clients.models import Client, ErasureRequest, LegalHold, RetentionPolicy
from practice import audit
from practice.actions import change_settings


class NeedsAReason(Exception):
    """Shorter than the law that they chose, and nobody said why."""


class IsHeld(Exception):
    """A hold stands already."""


def change_retention(practice, *, by, now, by_itself: bool, **fields) -> RetentionPolicy:
    """From now on the practice keeps records for so long. Raises NeedsAReason."""
    policy = RetentionPolicy(**fields)
    if policy.chosen and policy.years < policy.chosen.years and not policy.why_shorter.strip():
        raise NeedsAReason
    since = RetentionPolicy.of_practice(practice.pk).by_itself_since
    fields["by_itself_since"] = (since or now) if by_itself else None
    return change_settings(
        RetentionPolicy, practice, action="retention_policy.changed", by=by, **fields
    )[0]


@transaction.atomic
def hold(client, *, reason: str, look_again_on=None, by, now) -> LegalHold:
    """They may not be erased until somebody lifts it. Raises IsHeld."""
    _locked(client)
    if client.legal_holds.standing().exists():
        raise IsHeld
    held = LegalHold.objects.create(
        practice_id=client.practice_id,
        client=client,
        reason=reason,
        since=now,
        look_again_on=look_again_on,
        created_by=by,
    )
    audit.record("legal_hold.set", held, by=by)
    return held


@transaction.atomic
def lift_hold(client, *, by, now) -> None:
    standing = client.legal_holds.standing().select_for_update(no_key=True).first()
    if standing is not None:
        standing.lifted_at, standing.lifted_by = now, by
        standing.save(update_fields=["lifted_at", "lifted_by"])
        audit.record("legal_hold.lifted", standing, by=by)


@transaction.atomic
def ask_for_erasure(client, *, why: str, words: str, by, now) -> ErasureRequest:
    """They are to be erased; an owner does it. Asking twice is asking once."""
    _locked(client)
    request = client.erasure_requests.standing().first()
    if request is not None:
        return request
    request = ErasureRequest.objects.create(
        practice_id=client.practice_id,
        client=client,
        why=why,
        words=words,
        asked_at=now,
        created_by=by,
    )
    audit.record("erasure.asked", request, by=by, detail={"why": why})
    return request


@transaction.atomic
def take_back_erasure(client, *, by, now) -> None:
    """They are to be kept after all."""
    request = client.erasure_requests.standing().select_for_update(no_key=True).first()
    if request is not None:
        request.taken_back_at = now
        request.save(update_fields=["taken_back_at"])
        audit.record("erasure.taken_back", request, by=by)


def _locked(client) -> Client:
    return Client.objects.select_for_update(of=("self",), no_key=True).get(pk=client.pk)
