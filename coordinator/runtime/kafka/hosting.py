"""
The one module that makes Faust apps, and runs them in the caller's own event loop.

A Faust app here is a consumer group, the agents that read its topics, and services
beside them (`mode.Service`), which start and stop with it. Everything that Faust would
do besides is turned off: it serves no web page, makes no topic, leads no assignment
through a topic of its own, looks for no modules, keeps no tables, and leaves logging to
whoever set it up (that is the worker program's doing, which is not used).

Rule 1: no exception may leave an agent's loop. Faust counts an event as processed whose
agent failed on it, and it would be lost. Rule 2: an app that crashed does not come back
by itself; whoever hosts it is told, and ends.

Source: Faust 0.15.3, its source; faust-streaming issues 189, 315, 527, 606.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from tempfile import TemporaryDirectory
from typing import Final

import faust
import mode
from aiokafka.errors import KafkaError
from faust.transport.drivers.aiokafka import AIOKafkaConsumerThread, Consumer

from coordinator.events import CoordinatorError, TransientError
from coordinator.runtime.kafka.connection import Connection

__all__ = ["HostCrashedError", "Hosted", "Work", "hosted"]

# For what is in hand to be committed, and for a broker that is gone.
_STOP_S: Final = 20.0
_START_S: Final = 60.0
_COMMIT_S: Final = 0.5
_SILENT_S: Final = 10.0

Work = Callable[[], Awaitable[None]]
"""Something that goes on until it is cancelled; what it raises crashes the app."""


class HostCrashedError(TransientError):
    """The app crashed; what was not acknowledged comes again after a restart."""


def _service(work: Work) -> type[mode.Service]:
    """Make a service of a piece of work; Faust makes one of it, and starts that."""

    class Working(mode.Service):
        """One piece of work beside the agents."""

        @mode.Service.task
        async def _go_on(self) -> None:
            await work()

    return Working


class _UnusedConsumer(Consumer):
    """The one that Faust makes and never starts: without a loop that nobody closes."""

    def _new_consumer_thread(self) -> AIOKafkaConsumerThread:
        return AIOKafkaConsumerThread(
            self, loop=self.loop, thread_loop=self.loop, beacon=self.beacon
        )


class Hosted:
    """A Faust app that is being run."""

    def __init__(self, app: faust.App) -> None:
        self.app = app

    async def broken(self) -> None:
        """
        Wait until the app crashes.

        Raises:
            CoordinatorError: What a service ended with, where that is one of ours.
            HostCrashedError: Anything else; this never returns.
        """
        await self.app.wait_until_stopped()
        reason = self.app.crash_reason
        if isinstance(reason, CoordinatorError):
            raise reason
        message = (
            f"{self.app.conf.id}: crashed ({type(reason).__name__}); start it again"
        )
        raise HostCrashedError(message) from reason


@asynccontextmanager
async def hosted(
    connection: Connection,
    group: str,
    prepare: Callable[[faust.App], None],
    *services: Work,
) -> AsyncIterator[Hosted]:
    """
    Run a Faust app while the block runs.

    Args:
        connection: The cluster.
        group: The app's id, which is the name of its consumer group.
        prepare: Declares topics and agents on it, before it starts.
        services: Work that goes on beside the agents.

    Raises:
        HostCrashedError: It does not start.
    """
    with TemporaryDirectory(prefix="coordinator-") as folder:
        app = faust.App(
            group,
            **connection.for_faust(),
            loop=asyncio.get_running_loop(),
            autodiscover=False,
            broker_commit_interval=_COMMIT_S,
            # A member that is silent for so long has lost its partitions.
            broker_session_timeout=_SILENT_S,
            broker_heartbeat_interval=_SILENT_S / 5,
            consumer_auto_offset_reset="earliest",
            # Never a static member (`consumer_group_instance_id`): what its group once
            # settled on it is given again at each start, and that may be nothing.
            datadir=folder,
            key_serializer="raw",
            value_serializer="raw",
            # An event is acknowledged once it is kept; one that is not, comes again.
            stream_wait_empty=False,
            topic_allow_declare=False,
            topic_disable_leader=True,
            web_enabled=False,
        )
        prepare(app)
        if not app.agents:
            # There is nothing to read: Faust would subscribe to no topic, and crash.
            app.producer_only = True
            app.transport.Consumer = _UnusedConsumer  # type: ignore[misc]  # one app's
        for work in services:
            app.service(_service(work))
        try:
            try:
                async with asyncio.timeout(_START_S):
                    await app.start()
            except (KafkaError, OSError, TimeoutError) as error:
                message = f"{group}: does not start ({type(error).__name__})"
                raise HostCrashedError(message) from error
            yield Hosted(app)
        finally:
            async with asyncio.timeout(_STOP_S):
                await app.stop()
