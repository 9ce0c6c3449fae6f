"""
Signatures of what is sent to an address: Standard Webhooks 1.0.

What is signed is `<id>.<timestamp>.<body>`: by HMAC-SHA256 with a secret that both
sides have (`whsec_…`, signature `v1`), or by Ed25519 with a private key (`whsk_…`,
signature `v1a`). While a secret is being changed there are two of them, and a signature
by each: a receiver takes whichever it knows.

Source: the Standard Webhooks specification, Signature scheme.
"""

import hmac
from base64 import b64decode, b64encode
from binascii import Error as NotBase64Error
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from coordinator.events import OperatorError

__all__ = ["Signer", "signer_of"]

_SECRET: Final = "whsec_"  # noqa: S105 - what a secret begins with
_PRIVATE: Final = "whsk_"
# The specification's bounds for a secret, in bytes.
_SHORTEST: Final = 24
_LONGEST: Final = 64
_SEED: Final = 32
"""Bytes of an Ed25519 key's seed (RFC 8032); what follows it is the public key."""


@dataclass(frozen=True, slots=True)
class Signer:
    """Signs with every secret and key that it has; see `signer_of`."""

    secrets: tuple[bytes, ...] = field(repr=False)
    seeds: tuple[bytes, ...] = field(default=(), repr=False)

    def headers(self, message_id: str, at: datetime, body: bytes) -> dict[str, str]:
        """
        Give the three headers of a message.

        Args:
            message_id: The same however often the message is sent.
            at: When it is sent, this time; aware.
            body: What is sent, byte for byte.
        """
        timestamp = str(int(at.timestamp()))
        signed = b".".join((message_id.encode(), timestamp.encode(), body))
        signatures = [
            f"v1,{_text(hmac.digest(secret, signed, 'sha256'))}"
            for secret in self.secrets
        ]
        signatures += [f"v1a,{_text(_ed25519(seed, signed))}" for seed in self.seeds]
        return {
            "webhook-id": message_id,
            "webhook-timestamp": timestamp,
            "webhook-signature": " ".join(signatures),
        }


def signer_of(keys: Sequence[str]) -> Signer:
    """
    Read secrets and private keys, as they are written down.

    Args:
        keys: Each `whsec_` and 24 to 64 bytes in base 64, or `whsk_` and an Ed25519
            key's seed, which its public key may follow.

    Raises:
        OperatorError: There is none, or one is neither; it is not quoted.
    """
    secrets, seeds = [], []
    for number, key in enumerate(keys, 1):
        secret = _bytes(key, _SECRET)
        private = _bytes(key, _PRIVATE)
        if secret is not None and _SHORTEST <= len(secret) <= _LONGEST:
            secrets.append(secret)
        elif private is not None and len(private) in (_SEED, 2 * _SEED):
            seeds.append(private[:_SEED])
        else:
            message = (
                f"webhook secret {number}: it takes whsec_ and 24 to 64 bytes in base"
                " 64, or whsk_ and an Ed25519 key"
            )
            raise OperatorError(message)
    if not secrets and not seeds:
        message = "no webhook secret: a receiver could not tell who sent it"
        raise OperatorError(message)
    return Signer(tuple(secrets), tuple(seeds))


def _bytes(key: str, prefix: str) -> bytes | None:
    if not key.startswith(prefix):
        return None
    try:
        return b64decode(key.removeprefix(prefix), validate=True)
    except NotBase64Error:
        return None


def _ed25519(seed: bytes, signed: bytes) -> bytes:
    return Ed25519PrivateKey.from_private_bytes(seed).sign(signed)


def _text(signature: bytes) -> str:
    return b64encode(signature).decode()
