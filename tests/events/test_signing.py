"""Signatures: what they cover, and what does not pass for one."""

import base64
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jws
from joserfc.jwk import OctKey, OKPKey

from coordinator.events import (
    CATALOGUE,
    OperatorError,
    canonical,
    decode,
    example,
    sign,
    verify,
)

KEY = OKPKey.generate_key("Ed25519")
PRIVATE: dict[str, Any] = dict(KEY.as_dict(private=True))
PUBLIC: dict[str, Any] = dict(KEY.as_dict(private=False))
OTHER: dict[str, Any] = dict(OKPKey.generate_key("Ed25519").as_dict(private=False))
RAW = json.dumps(example("suspicion.reported"), indent=2).encode()


def with_signature(signature: object) -> bytes:
    """Give the event with anything at all as its signature."""
    return json.dumps(example("suspicion.reported") | {"signature": signature}).encode()


@pytest.mark.parametrize("name", CATALOGUE)
def test_what_is_signed_verifies_and_decodes(name: str) -> None:
    """A signature fits every type's event, and changes nothing else of it."""
    raw = json.dumps(example(name)).encode()
    signed = sign(raw, PRIVATE)

    assert verify(signed, PUBLIC)
    assert decode(signed).signature is not None
    assert canonical(signed) == canonical(raw)


def test_a_signature_is_a_detached_jws_over_the_canonical_form() -> None:
    """Another library can check it: RFC 7515, appendix F, with EdDSA in its header."""
    signature = json.loads(sign(RAW, PRIVATE))["signature"]
    header, payload, tail = signature.split(".")
    encoded = base64.urlsafe_b64encode(canonical(RAW)).rstrip(b"=").decode()

    assert payload == ""
    assert json.loads(base64.urlsafe_b64decode(header + "==")) == {"alg": "EdDSA"}
    whole = f"{header}.{encoded}.{tail}"
    key = OKPKey.import_key(PUBLIC)
    with pytest.warns(match="EdDSA is deprecated"):
        assert jws.deserialize_compact(whole, key, algorithms=["EdDSA"]).payload


def test_a_signature_survives_rewriting() -> None:
    """Other spacing and order on the way leave it valid."""
    signed = json.loads(sign(RAW, PRIVATE))
    rewritten = json.dumps(dict(reversed(signed.items())), indent=4).encode()

    assert verify(rewritten, PUBLIC)


def test_signing_again_replaces_the_signature() -> None:
    """There is one signature, by the last key."""
    signed = sign(sign(RAW, PRIVATE), PRIVATE)

    assert signed.count(b'"signature"') == 1
    assert verify(signed, PUBLIC)


def test_the_newer_name_of_the_algorithm_is_read() -> None:
    """RFC 9864's Ed25519 is what RFC 8037 called EdDSA."""
    whole = jws.serialize_compact(
        {"alg": "Ed25519"}, canonical(RAW), KEY, algorithms=["Ed25519"]
    )

    assert verify(with_signature(jws.detach_content(whole)), PUBLIC)


@given(st.sampled_from(list(example("suspicion.reported"))), st.data())
def test_no_attribute_can_be_changed_after_signing(
    attribute: str, data: st.DataObject
) -> None:
    """Changed, dropped or added: the signature covers every attribute."""
    signed = json.loads(sign(RAW, PRIVATE))
    if data.draw(st.booleans()):
        del signed[attribute]
    else:
        signed[data.draw(st.sampled_from([attribute, "via"]))] = "changed"

    assert not verify(json.dumps(signed).encode(), PUBLIC)


def test_another_agencys_key_does_not_verify() -> None:
    """A signature holds for the key that made it."""
    assert not verify(sign(RAW, PRIVATE), OTHER)


@pytest.mark.parametrize(
    "raw",
    [
        RAW,
        b"",
        b"[]",
        b"{",
        with_signature(None),
        with_signature(7),
        with_signature(["a"]),
        with_signature(""),
        with_signature(".."),
        with_signature("a..b"),
        with_signature("bm90IGpzb24..c2ln"),
        with_signature("MQ..c2ln"),
        with_signature("e30..c2ln"),
        with_signature("eyJhbGciOjF9..c2ln"),
        with_signature("eyJhbGciOiJub25lIn0.."),
        with_signature("x" * 5_000),
    ],
)
def test_what_is_no_signature_does_not_verify(raw: bytes) -> None:
    """A missing or unreadable signature is just not valid; nothing is raised."""
    assert not verify(raw, PUBLIC)


@given(st.text() | st.from_regex(r"\A[A-Za-z0-9_-]*\.[A-Za-z0-9_-]*\.[A-Za-z0-9_-]*\Z"))
def test_no_text_passes_for_a_signature(text: str) -> None:
    """Nobody hits on a signature by chance, and no text breaks the reader."""
    assert not verify(with_signature(text), PUBLIC)


@given(
    st.dictionaries(st.text(), st.none() | st.booleans() | st.integers() | st.text())
)
def test_no_header_passes_for_a_signature(header: dict[str, object]) -> None:
    """A header of the sender's making chooses neither algorithm nor key."""
    text = json.dumps({"alg": "EdDSA"} | header).encode()
    encoded = base64.urlsafe_b64encode(text).rstrip(b"=").decode()

    assert not verify(with_signature(f"{encoded}..c2ln"), PUBLIC)


def test_a_secret_made_of_the_public_key_does_not_verify() -> None:
    """A header cannot turn the public key into a shared secret."""
    secret = OctKey.import_key(base64.urlsafe_b64decode(PUBLIC["x"] + "=="))
    whole = jws.serialize_compact({"alg": "HS256"}, canonical(RAW), secret)

    assert not verify(with_signature(jws.detach_content(whole)), PUBLIC)


@pytest.mark.parametrize(
    "key",
    [
        {},
        {"kty": "OKP", "crv": "Ed25519"},
        {"kty": "OKP", "crv": "Ed25519", "x": "short", "d": "short"},
        {"kty": "OKP", "crv": "Ed25519", "x": 7, "d": 7},
        {"kty": "OKP", "crv": "Ed25519", "x": ["a"], "d": ["a"]},
        {"kty": "OKP", "crv": "Ed448", "x": PUBLIC["x"], "d": PRIVATE["d"]},
        {"kty": "oct", "k": "c2VjcmV0"},
    ],
)
def test_a_key_that_is_none_is_the_operators_to_mend(key: dict[str, object]) -> None:
    """A directory with a broken key says so, and does not show the key."""
    with pytest.raises(OperatorError, match="public key must be a JWK") as public:
        verify(sign(RAW, PRIVATE), key)
    with pytest.raises(OperatorError, match="private key must be a JWK") as private:
        sign(RAW, key)

    assert "short" not in str(public.value) + str(private.value)


def test_a_public_key_cannot_sign() -> None:
    """Signing needs the private part."""
    with pytest.raises(OperatorError, match="private key"):
        sign(RAW, PUBLIC)


def test_what_is_no_event_cannot_be_signed() -> None:
    """There is no canonical form to sign."""
    with pytest.raises(ValueError, match="canonical form"):
        sign(b"[]", PRIVATE)
