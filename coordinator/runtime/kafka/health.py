"""
What a process says of itself over HTTP, to an orchestrator and to Prometheus.

    /live     it answers at all: its event loop turns
    /ready    it does what it is there for, or what that still waits for
    /metrics  what it counts

A process that is not ready is left alone; one that does not answer is started again.
One that answers and gets nowhere ends by itself (`coordinator.runtime.kafka.progress`).
Nothing here names an event, a case or a person.

Source: Kubernetes, Liveness and readiness probes; Prometheus, Exposition formats.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Final

from aiohttp import web
from prometheus_client.exposition import choose_encoder
from prometheus_client.registry import REGISTRY

from coordinator.events import OperatorError

__all__ = ["Check", "serving"]

Check = Callable[[], bool]
"""Whether a part of a process is at work; it answers at once."""

_FRESH: Final = {"Cache-Control": "no-store"}
_ENDS_S: Final = 1.0


@asynccontextmanager
async def serving(
    host: str, port: int | None, checks: Mapping[str, Check]
) -> AsyncIterator[int | None]:
    """
    Answer while the block runs; gives the port.

    Args:
        host: The address to answer at; `127.0.0.1` is for this machine alone.
        port: 0 for any that is free; None for no HTTP at all.
        checks: By what it would wait for, whether that is there.

    Raises:
        OperatorError: The address cannot be had.
    """
    if port is None:
        yield None
        return
    runner = web.AppRunner(_app(checks), access_log=None, shutdown_timeout=_ENDS_S)
    await runner.setup()
    try:
        try:
            await web.TCPSite(runner, host, port).start()
        except OSError as error:
            why = error.strerror or type(error).__name__
            message = (
                f"{host}:{port}: metrics cannot be served there ({why}); set"
                " COORDINATOR_METRICS_HOST and COORDINATOR_METRICS_PORT to an address"
                " that is free"
            )
            raise OperatorError(message) from None
        yield int(runner.addresses[0][1])
    finally:
        await runner.cleanup()


def _app(checks: Mapping[str, Check]) -> web.Application:
    app = web.Application()
    app.router.add_get("/live", _live)
    app.router.add_get("/ready", _ready(checks))
    app.router.add_get("/metrics", _metrics)
    return app


async def _live(_: web.Request) -> web.Response:
    return web.json_response({"live": True}, headers=_FRESH)


def _ready(
    checks: Mapping[str, Check],
) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def answer(_: web.Request) -> web.Response:
        waits_for = [what for what, is_there in checks.items() if not is_there()]
        return web.json_response(
            {"ready": not waits_for, "waits_for": waits_for},
            status=503 if waits_for else 200,
            headers=_FRESH,
        )

    return answer


async def _metrics(request: web.Request) -> web.Response:
    encode, content_type = choose_encoder(request.headers.get("Accept", ""))
    headers = {**_FRESH, "Content-Type": content_type}
    return web.Response(body=encode(REGISTRY), headers=headers)
