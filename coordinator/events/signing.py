"""
Signatures: a detached JWS in compact form (RFC 7515, appendix F), by Ed25519.

The payload is the canonical form of the event, so a signature outlives any re-writing
of the JSON on the way and covers every attribute but itself.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

import orjson
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import OKPKey

from coordinator.events.canonical import canonical
from coordinator.events.envelope import MAX_BYTES
from coordinator.events.errors import OperatorError

if TYPE_CHECKING:
    from collections.abc import Mapping

# RFC 8037 calls it EdDSA, and RFC 9864 since then Ed25519: with a key on that curve it
# is the same algorithm. EdDSA is what we write, both are read, and nothing else is,
# whatever a header asks for.
_WRITTEN: Final = "EdDSA"
_registry: Final = jws.JWSRegistry()
_registry.algorithms = dict.fromkeys(
    (_WRITTEN, "Ed25519"), jws.JWSRegistry.algorithms["Ed25519"]
)
_registry.allowed = tuple(_registry.algorithms)
# A number written 1e15 takes four times the room in canonical form.
_registry.max_payload_length = 4 * MAX_BYTES


@lru_cache(maxsize=256)
def _key(x: str, d: str | None) -> OKPKey:
    """Read a key once, not for each event; `d` is a private key's secret part."""
    private = {} if d is None else {"d": d}
    return OKPKey.import_key({"kty": "OKP", "crv": "Ed25519", "x": x, **private})


def _read_key(jwk: Mapping[str, Any], *, private: bool) -> OKPKey:
    kind = "private" if private else "public"
    message = f"a {kind} key must be a JWK with kty OKP and crv Ed25519 (RFC 8037)"
    try:
        if (jwk["kty"], jwk["crv"]) != ("OKP", "Ed25519"):
            raise OperatorError(message)
        return _key(jwk["x"], jwk["d"] if private else None)
    except (JoseError, KeyError, TypeError, ValueError):
        raise OperatorError(message) from None


def sign(raw: bytes, private_jwk: Mapping[str, Any]) -> bytes:
    """
    Add a `signature` to an event, or replace the one it has.

    The event comes back as compact JSON with its attributes in the order they had.

    Raises:
        OperatorError: the key is not a private Ed25519 JWK.
        ValueError: the bytes are not an event that has a canonical form.

    """
    key = _read_key(private_jwk, private=True)
    whole = jws.serialize_compact(
        {"alg": _WRITTEN}, canonical(raw), key, registry=_registry
    )
    return orjson.dumps(orjson.loads(raw) | {"signature": jws.detach_content(whole)})


def verify(raw: bytes, public_jwk: Mapping[str, Any]) -> bool:
    """
    Tell whether the event carries a signature by this key over what it says.

    False for one without a signature, or with any that cannot be read.

    Raises:
        OperatorError: the key is not an Ed25519 JWK.

    """
    key = _read_key(public_jwk, private=False)
    try:
        signed = canonical(raw)
        jws.deserialize_compact(
            orjson.loads(raw)["signature"], key, registry=_registry, payload=signed
        )
    except (AttributeError, JoseError, KeyError, TypeError, ValueError):
        return False
    return True
