"""What a browser says of a passkey that it has just made, as it is kept with whoever made it."""

from fido2.cose import ES256
from fido2.utils import websafe_encode
from fido2.webauthn import (
    AttestationObject,
    AttestedCredentialData,
    AuthenticatorData,
    CollectedClientData,
)


def key_of_a_device(name=b"a key"):
    public = ES256({1: 2, 3: -7, -1: 1, -2: b"x" * 32, -3: b"y" * 32})
    credential = AttestedCredentialData.create(b"\0" * 16, name, public)
    flags = AuthenticatorData.FLAG.UP | AuthenticatorData.FLAG.AT
    made = AuthenticatorData.create(b"\0" * 32, flags, 0, credential)
    asked = CollectedClientData.create(
        CollectedClientData.TYPE.CREATE, b"c" * 16, "https://practice.example"
    )
    return {
        "id": websafe_encode(name),
        "rawId": websafe_encode(name),
        "type": "public-key",
        "response": {
            "clientDataJSON": websafe_encode(asked),
            "attestationObject": websafe_encode(AttestationObject.create("none", made, {})),
        },
        "clientExtensionResults": {},
    }
