"""Signatures by Standard Webhooks, against what the specification publishes."""

from base64 import b64decode, b64encode
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from coordinator.delivery.signing import signer_of
from coordinator.events import OperatorError

# The example of the specification and of its reference libraries' tests.
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"  # noqa: S105 - published
MESSAGE = "msg_p5jXN8AQM9LWM0D4loKWxJek"
AT = datetime.fromtimestamp(1_614_265_330, UTC)
BODY = b'{"test": 2432232314}'
SIGNATURE = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="

SEED = bytes(range(32))
PRIVATE = f"whsk_{b64encode(SEED).decode()}"


def test_the_published_example_is_signed_as_published() -> None:
    """Any receiver that follows the specification takes our signature."""
    assert signer_of([SECRET]).headers(MESSAGE, AT, BODY) == {
        "webhook-id": MESSAGE,
        "webhook-timestamp": "1614265330",
        "webhook-signature": SIGNATURE,
    }


def test_there_is_a_signature_by_each_secret() -> None:
    """While a secret is being changed, a receiver takes the one it knows."""
    other = f"whsec_{b64encode(bytes(32)).decode()}"
    signed = signer_of([other, SECRET]).headers(MESSAGE, AT, BODY)
    signatures = signed["webhook-signature"].split(" ")

    assert len(signatures) == 2
    assert signatures[1] == SIGNATURE
    assert signatures[0] != SIGNATURE


@pytest.mark.parametrize("with_public", [False, True])
def test_a_private_key_signs_so_that_its_public_key_checks(
    with_public: bool,
) -> None:
    """Receivers that may not share a secret check with a public key (v1a)."""
    key = Ed25519PrivateKey.from_private_bytes(SEED)
    public = key.public_key().public_bytes_raw()
    given = b64encode(SEED + public if with_public else SEED).decode()
    signed = signer_of([f"whsk_{given}"]).headers(MESSAGE, AT, BODY)
    version, _, signature = signed["webhook-signature"].partition(",")

    assert version == "v1a"
    key.public_key().verify(
        b64decode(signature), f"{MESSAGE}.1614265330.".encode() + BODY
    )


@pytest.mark.parametrize(
    "keys",
    [
        [],
        ["hunter22"],
        ["whsec_"],
        ["whsec_!!!"],
        ["whsec_c2hvcnQ="],
        [f"whsec_{b64encode(bytes(65)).decode()}"],
        ["whsk_c2hvcnQ="],
        [SECRET, "whsec_c2hvcnQ="],
    ],
)
def test_a_secret_that_protects_nothing_is_refused(keys: list[str]) -> None:
    """What is no secret, or too short to be one, is told, and not quoted."""
    with pytest.raises(OperatorError) as caught:
        signer_of(keys)

    told = str(caught.value)
    assert not any(key.removeprefix("whsec_") in told for key in keys if len(key) > 6)


def test_secrets_do_not_show() -> None:
    """Wherever a signer is printed, its secrets are not."""
    signer = signer_of([SECRET, PRIVATE])

    assert repr(signer) == "Signer()"
