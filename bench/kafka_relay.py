"""
One hop of a bare relay, as a process: what stands in one topic goes into another.

    python -m bench.kafka_relay BOOTSTRAP GROUP READ WRITTEN PARTITIONS SIZE

It reads and writes with the settings that the bus's own clients have. Of a record it
knows the key only; what it writes is of the size that the bus would write there.
"""

import asyncio
import signal
import sys
from typing import Final

from aiokafka import AIOKafkaConsumer

from bench.kafka_peers import CONSUMER, bare_producer
from coordinator.topics import partition_for

__all__: list[str] = []

_WAITS_MS: Final = 500


async def _relay(
    where: tuple[str, str], way: tuple[str, str], partitions: int, size: int
) -> None:
    (bootstrap, group), (read, written) = where, way
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    producer = bare_producer(bootstrap)
    consumer = AIOKafkaConsumer(
        read, bootstrap_servers=bootstrap, group_id=group, **CONSUMER
    )
    await producer.start()
    await consumer.start()
    value = bytes(size)
    try:
        while not stop.is_set():
            taken = await consumer.getmany(timeout_ms=_WAITS_MS)
            sent = [
                await producer.send(
                    written,
                    value,
                    key=one.key,
                    partition=partition_for(one.key.decode(), partitions),
                )
                for records in taken.values()
                for one in records
            ]
            await asyncio.gather(*sent)
    finally:
        await consumer.stop()
        await producer.stop()


if __name__ == "__main__":
    _bootstrap, _group, _read, _written, _partitions, _size = sys.argv[1:]
    asyncio.run(
        _relay((_bootstrap, _group), (_read, _written), int(_partitions), int(_size))
    )
