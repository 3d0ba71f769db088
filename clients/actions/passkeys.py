"""The phones that a client signs in with."""

from allauth.mfa.webauthn.internal.auth import WebAuthn
from django.db import transaction

from practice import audit, passkeys


@transaction.atomic
def add_passkey(client, *, credential: dict, name: str, by) -> None:
    """``credential`` was checked: it is theirs, and asked for a finger, a face or a code."""
    WebAuthn.add(client.user, name, credential)
    audit.record("passkey.added", client, by=by)


@transaction.atomic
def remove_passkey(client, *, key_id: int, by) -> bool:
    gone, _rows = passkeys.of_user(client.user).filter(pk=key_id).delete()
    if gone:
        audit.record("passkey.removed", client, by=by)
    return bool(gone)
