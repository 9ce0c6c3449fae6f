"""Deliveries by HTTP, to a real receiver."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest
from aiohttp import web

from coordinator.delivery import GoneError, NotTakenError
from coordinator.delivery.signing import signer_of
from coordinator.delivery.webhook import webhook
from coordinator.events import OperatorError

SIGNER = signer_of(["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"])
AT = datetime(2026, 3, 2, 20, 15, tzinfo=UTC)
BODY = '{"type": "nz.item23.case.closed", "note": "Kāpiti"}'.encode()


def now() -> datetime:
    """Give the time of these tests."""
    return AT


@dataclass(eq=False)
class Receiver:
    """An agency's system: what it got, and what it answers."""

    url: str = ""
    status: int = 204
    silent: bool = False
    got: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    ends: asyncio.Event = field(default_factory=asyncio.Event)

    async def take(self, request: web.Request) -> web.Response:
        """Take a delivery."""
        self.got.append((dict(request.headers), await request.read()))
        if self.silent:
            await self.ends.wait()
        return web.Response(status=self.status, headers={"location": "/elsewhere"})


@asynccontextmanager
async def receiving() -> AsyncIterator[Receiver]:
    """Be an agency's system while the block runs."""
    receiver = Receiver()
    app = web.Application()
    app.router.add_post("/{path:.*}", receiver.take)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    receiver.url = f"http://127.0.0.1:{runner.addresses[0][1]}/bus"
    try:
        yield receiver
    finally:
        receiver.ends.set()
        await runner.cleanup()


async def test_a_delivery_arrives_signed_byte_for_byte() -> None:
    """The receiver gets the event as it is, and can check who sent it and when."""
    async with receiving() as receiver, webhook(receiver.url, SIGNER, now) as hook:
        await hook.deliver("D1", BODY)
    ((headers, body),) = receiver.got
    got = {name.lower(): value for name, value in headers.items()}

    assert body == BODY
    assert got["content-type"] == "application/cloudevents+json; charset=utf-8"
    signed = SIGNER.headers("D1", AT, BODY)
    assert {name: got[name] for name in signed} == signed


@pytest.mark.parametrize("status", [200, 201, 202, 204, 299])
async def test_any_2xx_means_taken(status: int) -> None:
    """A receiver may say so as it likes."""
    async with receiving() as receiver, webhook(receiver.url, SIGNER, now) as hook:
        receiver.status = status
        await hook.deliver("D1", BODY)


@pytest.mark.parametrize("status", [302, 308, 400, 401, 404, 429, 500, 503])
async def test_anything_else_means_that_it_was_not_taken(status: int) -> None:
    """It is tried again; a redirection leads the event nowhere else."""
    async with receiving() as receiver, webhook(receiver.url, SIGNER, now) as hook:
        receiver.status = status
        with pytest.raises(NotTakenError, match=f"answered {status}"):
            await hook.deliver("D1", BODY)

    assert len(receiver.got) == 1


async def test_410_means_that_somebody_must_see_to_it() -> None:
    """Who is gone is not knocked at again."""
    async with receiving() as receiver, webhook(receiver.url, SIGNER, now) as hook:
        receiver.status = 410
        with pytest.raises(GoneError, match="410"):
            await hook.deliver("D1", BODY)


async def test_silence_and_absence_mean_that_it_was_not_taken() -> None:
    """A receiver that hangs, or is not there, is left after a time."""
    async with receiving() as receiver:
        receiver.silent = True
        async with webhook(receiver.url, SIGNER, now, whole_s=0.05) as hook:
            with pytest.raises(NotTakenError, match="did not answer"):
                await hook.deliver("D1", BODY)
    async with webhook(receiver.url, SIGNER, now) as hook:
        with pytest.raises(NotTakenError, match="did not answer"):
            await hook.deliver("D1", BODY)


@pytest.mark.parametrize(
    "url",
    [
        "http://cases.police.example/bus",
        "cases.police.example",
        "https://",
        "ftp://localhost/",
        "http://[::1",
    ],
)
async def test_an_event_goes_nowhere_in_the_clear(url: str) -> None:
    """What is about a person is not sent where it can be read on the way."""
    with pytest.raises(OperatorError, match="takes https"):
        async with webhook(url, SIGNER, now):
            raise AssertionError
