"""
Before an agency's agent begins: are its topics there, and where does it go on?

Whoever keeps what it reads on its own disk knows best how far it has come. Faust counts
what its streams were given, and where a stream is torn down in the midst of a record,
or skips one of before a rebalance, it may count what nobody has kept.

Source: faust-streaming 0.15.3, `Stream.__aiter__`; faust-streaming issue 606.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

import structlog
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import GroupAuthorizationFailedError, KafkaError
from aiokafka.structs import OffsetAndMetadata

from coordinator.events import OperatorError
from coordinator.runtime.kafka.connection import Connection
from coordinator.runtime.line import LineBrokenError

__all__ = ["go_back", "see_to_topics"]

_log = structlog.get_logger(__name__)

_ANSWERS_S: Final = 30.0


async def see_to_topics(connection: Connection, *topics: str) -> None:
    """
    See that topics are there for us.

    A client would wait for them in silence: they may be made at any moment.

    Raises:
        OperatorError: One is not there, or we have no right to it.
        LineBrokenError: The broker does not answer.
    """
    async with _asking(connection, None) as consumer:
        missing = [one for one in topics if one not in await consumer.topics()]
    if missing:
        who = connection.username or "anybody"
        message = (
            f"{missing[0]}: no such topic, or none for {who}; `coordinator topics"
            " apply --agency` makes it, and `topics acl` gives the right"
        )
        raise OperatorError(message)


async def go_back(connection: Connection, group: str, topic: str, to: int) -> None:
    """
    Have a group read a topic's first partition again from an offset, if it is beyond.

    Raises:
        OperatorError: We may not use the group.
        LineBrokenError: The broker does not answer, or somebody is in the group still.
    """
    place = TopicPartition(topic, 0)
    async with _asking(connection, group) as consumer:
        consumer.assign([place])
        committed = await consumer.committed(place)
        if committed is not None and committed > to:
            _log.info("line.goes_back", topic=topic, committed=committed, to=to)
            await consumer.commit({place: OffsetAndMetadata(to, "")})


@asynccontextmanager
async def _asking(
    connection: Connection, group: str | None
) -> AsyncIterator[AIOKafkaConsumer]:
    consumer = AIOKafkaConsumer(
        **connection.for_aiokafka(), group_id=group, enable_auto_commit=False
    )
    try:
        async with asyncio.timeout(_ANSWERS_S):
            await consumer.start()
            yield consumer
    except GroupAuthorizationFailedError:
        message = f"{group}: {connection.username} may not read with this group"
        raise OperatorError(message) from None
    except (KafkaError, TimeoutError) as error:
        message = f"the cluster does not answer for {group} ({type(error).__name__})"
        raise LineBrokenError(message) from error
    finally:
        await consumer.stop()
