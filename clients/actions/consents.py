"""What clients agree to, and take back."""

from django.db import transaction

from clients.models import Agreement, Client, Consent, ConsentWording
from practice import audit, hooks
from practice.models import Practice


class WordsChanged(Exception):
    """The practice has published other words since this page was opened."""


@transaction.atomic
def answer_consent(client, kind: str, *, number: int, agrees: bool, by, now) -> Consent:
    """The client said yes or no to version ``number`` of the words; or staff wrote down that they
    did. What they said before is kept as history. Saying the same twice is saying it once."""
    Client.objects.select_for_update(of=("self",), no_key=True).get(pk=client.pk)
    wording = _written(client.practice, kind)
    if wording.number != number:
        raise WordsChanged
    before = client.consents.standing().filter(kind=kind).first()
    if before and before.wording_id == wording.pk and _says(before) == agrees:
        return before
    client.consents.standing().filter(kind=kind).update(replaced_at=now)
    consent = Consent.objects.create(
        practice_id=client.practice_id,
        client=client,
        kind=kind,
        wording=wording,
        created_by=by,
        **{"agreed_at" if agrees else "declined_at": now},
    )
    if kind == Agreement.CARE and agrees:
        hooks.call("contact_changed", client=client, now=now)
    elif not agrees and (kind == Agreement.CARE or (before and before.is_given)):
        _stop(client, kind, by=by, now=now)
    what = "consent.agreed" if agrees else "consent.declined"
    audit.record(what, consent, by=by, detail={"kind": kind, "number": number})
    return consent


def _stop(client, kind: str, *, by, now) -> None:
    """What the yes covered ends with it."""
    if kind == Agreement.CARE:
        hooks.call("care_withdrawn", client=client, by=by, now=now)
    else:
        hooks.call("picture_withdrawn", client=client, now=now)


def _says(consent: Consent) -> bool | None:
    """Yes or no; None of a yes that was taken back: a new one is news."""
    return None if consent.withdrawn_at else consent.agreed_at is not None


def _written(practice, kind: str) -> ConsentWording:
    """The current words as a row: those of the house are written down with the first answer."""
    wording = ConsentWording.current_of(practice)[kind]
    if not wording._state.adding:
        return wording
    with_words = {"words": wording.words, "published_at": practice.created_at}
    return ConsentWording.objects.get_or_create(
        practice=practice, kind=kind, number=wording.number, defaults=with_words
    )[0]


@transaction.atomic
def withdraw_consent(client, kind: str, *, by, now) -> None:
    """One tap. Of care: nothing is asked from here on, and the care team is told."""
    given = client.consents.given(kind).select_for_update(no_key=True).first()
    if given is None:
        return
    given.withdrawn_at = now
    given.save(update_fields=["withdrawn_at"])
    _stop(client, kind, by=by, now=now)
    audit.record("consent.withdrawn", given, by=by, detail={"kind": kind})


@transaction.atomic
def publish_wording(practice, kind: str, words: str, *, by, now) -> ConsentWording:
    """From now on clients are asked in these words; whoever has answered before is asked anew."""
    Practice.objects.select_for_update(no_key=True).get(pk=practice.pk)  # two owners, one number
    current = ConsentWording.current_of(practice)[kind]
    if current.words == words:
        return current
    wording = ConsentWording.objects.create(
        practice=practice,
        kind=kind,
        number=current.number + 1,
        words=words,
        published_at=now,
        created_by=by,
    )
    audit.record("consent_wording.published", wording, by=by, detail={"kind": kind})
    return wording
