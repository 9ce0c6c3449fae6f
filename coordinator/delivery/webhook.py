"""
Deliveries to an address: one POST each, signed by Standard Webhooks.

Any answer of 2xx means taken. 410 says that nobody wants this any more: somebody must
see to it, and until then it is not sent again. Anything else, and silence, means that
it was not taken this time. A redirection is not followed: an event is about a person,
and goes where somebody has decided that it goes, or nowhere.

Source: the Standard Webhooks specification, Operational considerations; RFC 9110,
section 15.
"""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from http import HTTPStatus
from typing import Final
from urllib.parse import urlsplit

import aiohttp

from coordinator.delivery.errors import GoneError, NotTakenError
from coordinator.delivery.signing import Signer
from coordinator.events import OperatorError

__all__ = ["Webhook", "webhook"]

# The specification recommends 15 to 30 seconds for the whole.
_WHOLE_S: Final = 20.0
_CONNECT_S: Final = 10.0
Now = Callable[[], datetime]

_TYPE: Final = "application/cloudevents+json; charset=utf-8"
_HERE: Final = ("localhost", "127.0.0.1", "::1")


class Webhook:
    """An address that takes deliveries; see `webhook`."""

    def __init__(
        self, session: aiohttp.ClientSession, url: str, signer: Signer, now: Now
    ) -> None:
        self._session = session
        self._url = url
        self._signer = signer
        self._now = now

    async def deliver(self, delivery: str, body: bytes) -> None:
        """
        Hand a delivery over.

        Args:
            delivery: Its id, the same however often it is handed over.
            body: A CloudEvent.

        Raises:
            NotTakenError: It was not taken, as far as is known.
            GoneError: It will not be.
        """
        signed = self._signer.headers(delivery, self._now(), body)
        try:
            async with self._session.post(
                self._url,
                data=body,
                headers={**signed, "content-type": _TYPE},
                allow_redirects=False,
            ) as answer:
                status = answer.status
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            message = f"the receiver did not answer ({type(error).__name__})"
            raise NotTakenError(message) from None
        if status == HTTPStatus.GONE:
            message = "the receiver wants no more (410); name another address"
            raise GoneError(message)
        if not HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
            message = f"the receiver answered {status}"
            raise NotTakenError(message)


@asynccontextmanager
async def webhook(
    url: str, signer: Signer, now: Now, *, whole_s: float = _WHOLE_S
) -> AsyncIterator[Webhook]:
    """
    Open an address.

    Args:
        url: https, or http on this machine.
        signer: Signs what is sent.
        now: Says when it is sent; aware.
        whole_s: How long one delivery may take; seconds.

    Raises:
        OperatorError: What is sent there could be read on the way, or it is no address.
    """
    try:
        parts = urlsplit(url)
        host, scheme = parts.hostname, parts.scheme
    except ValueError:
        host, scheme = None, ""
    if not host or not (scheme == "https" or (scheme == "http" and host in _HERE)):
        message = "the webhook takes https://…, or http:// on this machine"
        raise OperatorError(message)
    timeout = aiohttp.ClientTimeout(total=whole_s, connect=_CONNECT_S)
    async with aiohttp.ClientSession(timeout=timeout) as session:
        yield Webhook(session, url, signer, now)
