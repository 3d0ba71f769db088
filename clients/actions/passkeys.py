"""The phones that a client signs in with."""

from allauth.mfa.webauthn.internal.auth import WebAuthn
from django.db import transaction

from practice import audit, passkeys
from practice.actions import end_sign_ins


@transaction.atomic
def add_passkey(client, *, credential: dict, name: str, by) -> None:
    """``credential`` was checked: it is theirs, and asked for a finger, a face or a code."""
    WebAuthn.add(client.user, name, credential)
    audit.record("passkey.added", client, by=by)


@transaction.atomic
def remove_passkey(client, *, key_id: int, here, by) -> bool:
    """Whoever came in by it is out: everywhere but at the sign-in ``here``."""
    gone, _rows = passkeys.of_user(client.user).filter(pk=key_id).delete()
    if gone:
        end_sign_ins(client.user, but=here and here.pk)
        audit.record("passkey.removed", client, by=by)
    return bool(gone)
