"""An authenticator in software, for tests without a browser: it makes a passkey, and answers challenges with it."""

from __future__ import annotations

import hashlib
import json
from base64 import urlsafe_b64encode
from secrets import token_bytes
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from django.conf import settings
from fido2.cose import ES256
from fido2.webauthn import Aaguid, AttestationObject, AttestedCredentialData, AuthenticatorData

Json = dict[str, Any]
FLAG = AuthenticatorData.FLAG


class SoftPasskey:
    def __init__(self, user_handle: bytes, *, checks_owner: bool = True) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._id = token_bytes(16)
        self._user_handle = user_handle
        self._flags = FLAG.UP | (FLAG.UV if checks_owner else FLAG(0))

    def create(self, challenge: str) -> Json:
        """Answer like `navigator.credentials.create`."""
        key = ES256.from_cryptography_key(self._key.public_key())  # type: ignore[no-untyped-call]
        public = AttestedCredentialData.create(Aaguid.NONE, self._id, key)
        data = AuthenticatorData.create(_site(), self._flags | FLAG.AT, 0, bytes(public))
        attested = AttestationObject.create("none", data, {})
        response = {
            "clientDataJSON": _text(_client_data("webauthn.create", challenge)),
            "attestationObject": _text(bytes(attested)),
        }
        return self._credential(response) | {"clientExtensionResults": {"credProps": {"rk": True}}}

    def get(self, challenge: str) -> Json:
        """Answer like `navigator.credentials.get`."""
        data = AuthenticatorData.create(_site(), self._flags, 0)
        client_data = _client_data("webauthn.get", challenge)
        signature = self._key.sign(bytes(data) + hashlib.sha256(client_data).digest(), ec.ECDSA(SHA256()))
        response = {
            "clientDataJSON": _text(client_data),
            "authenticatorData": _text(bytes(data)),
            "signature": _text(signature),
            "userHandle": _text(self._user_handle),
        }
        return self._credential(response) | {"clientExtensionResults": {}}

    def _credential(self, response: Json) -> Json:
        return {"id": _text(self._id), "rawId": _text(self._id), "type": "public-key", "response": response}


def _site() -> bytes:
    return hashlib.sha256(settings.SITE_HOST.encode()).digest()


def _client_data(kind: str, challenge: str) -> bytes:
    said = {"type": kind, "challenge": challenge, "origin": f"https://{settings.SITE_HOST}"}
    return json.dumps(said).encode()


def _text(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()
