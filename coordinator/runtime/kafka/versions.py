"""
The protocol versions of a cluster, and which of them is active.

They stand in the topic `profiles`, whole, in one order: a version is written before
anything is decided by it, and an activation after its records are in the intake. The
last activation says which version is active. Every process reads all of it at its
start, and goes on reading.

Source: docs/adr/0012-topics.md.
"""

import asyncio
from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Final

import orjson
import structlog
from aiokafka.structs import ConsumerRecord
from pydantic import ValidationError

from coordinator.events import OperatorError, format_time
from coordinator.protocol import Profile, Rules, profile_from_value
from coordinator.runtime.kafka.connection import Connection
from coordinator.runtime.kafka.intake import (
    Taken,
    header,
    read_intake,
    stamped,
    unreadable,
)
from coordinator.runtime.kafka.outgoing import BrokerFault, Outgoing
from coordinator.runtime.kafka.tail import Batch, Tail
from coordinator.runtime.port import StoredProfile
from coordinator.topics import PROFILES, Record, headers

__all__ = ["Versions", "activation_record", "profile_record"]

_log = structlog.get_logger(__name__)

# For a version that a record names and that is not read yet.
_COMES_S: Final = 10.0


class Versions:
    """What the topic says so far; to be started, and run, in one event loop."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._tail = Tail(connection, [connection.names.of(PROFILES)])
        self._profiles: dict[str, Profile] = {}
        self._kept: dict[str, StoredProfile] = {}
        self._rules: dict[str, Rules] = {}
        self.active: str | None = None
        """The active version, by reference; None before the first activation."""
        self.partitions: int | None = None
        """How many the intake had at the first activation; None before that."""

    @property
    def rules(self) -> Mapping[str, Rules]:
        """Every version, compiled, by its reference; it grows."""
        return MappingProxyType(self._rules)

    @property
    def profiles(self) -> Mapping[str, Profile]:
        """Every version, by its reference; it grows."""
        return MappingProxyType(self._profiles)

    @property
    def kept(self) -> list[StoredProfile]:
        """Every version, as it stands in the topic, in the order of the topic."""
        return list(self._kept.values())

    async def start(self) -> None:
        """
        Read all that is there.

        Raises:
            BrokerFault: It cannot be read.
        """
        await self._tail.start({})
        await self._tail.read_to_end(self._take_all)

    async def run(self) -> None:
        """Go on reading, for ever; BrokerFault ends it."""
        await self._tail.follow(self._take_all)

    async def stop(self) -> None:
        """Let go."""
        await self._tail.stop()

    async def some_active(self, reference: str | None = None) -> Rules:
        """Wait until a version is active, or the one that is named, and give it."""
        await self._tail.until(
            lambda: self.active is not None and reference in (None, self.active)
        )
        return self._rules[str(self.active)]

    def need_active(self) -> Profile:
        """
        Give the active version.

        Raises:
            OperatorError: None was ever activated.
        """
        if self.active is None:
            message = (
                "no protocol is active on this cluster yet; `coordinator protocol"
                " activate` makes one so"
            )
            raise OperatorError(message)
        return self._profiles[self.active]

    async def read(self, message: ConsumerRecord, partitions: int) -> Taken:
        """
        Read a record of the intake; its version may be on its way here.

        Raises:
            Rejected: Nobody of ours can have written it so.
        """
        try:
            return read_intake(message, partitions, self._rules)
        except KeyError as unknown:
            if not await self.know(str(unknown.args[0])):
                raise unreadable() from None
            return read_intake(message, partitions, self._rules)

    async def know(self, reference: str) -> bool:
        """
        Whether there is a version, by all that is there by now; it must be running.

        A version is written before anything is decided by it, so what names one may
        be read before the version is.

        Raises:
            BrokerFault: What is there cannot be read, or not in time.
        """
        if reference in self._rules:
            return True
        ends = await self._tail.ends()
        try:
            async with asyncio.timeout(_COMES_S):
                await self._tail.until(
                    lambda: reference in self._rules or self._tail.has_read(ends)
                )
        except TimeoutError:
            # It may only be late: what rests on it is not to be passed over.
            message = f"{reference}: the topic of profiles is not read in time"
            raise BrokerFault(message) from None
        return reference in self._rules

    def _take_all(self, batch: Batch) -> None:
        for records in batch.values():
            for message in records:
                try:
                    self._take(message)
                except (ValueError, LookupError, TypeError, ValidationError) as error:
                    _log.error(
                        "profiles.unreadable",
                        offset=message.offset,
                        error=type(error).__name__,
                    )

    def _take(self, message: ConsumerRecord) -> None:
        value = orjson.loads(message.value or b"")
        match header(message, headers.RECORD):
            case Record.ACTIVATION:
                reference = value["reference"]
                if self._profiles[reference].digest != value["digest"]:
                    raise LookupError(reference)
                self.active = reference
                self.partitions = self.partitions or int(value["partitions"])
            case _:
                profile = profile_from_value(value)
                reference = profile.spec.reference
                # What a reference stands for first, it stands for.
                if reference not in self._profiles:
                    self._profiles[reference] = profile
                    self._kept[reference] = StoredProfile(
                        reference, profile.digest, message.value
                    )
                    self._rules[reference] = profile.rules


def profile_record(connection: Connection, profile: StoredProfile) -> Outgoing:
    """Write a version for the topic."""
    return _record(connection, profile.digest, profile.value, Record.PROFILE)


def activation_record(
    connection: Connection, profile: StoredProfile, *, at: datetime, partitions: int
) -> Outgoing:
    """
    Write for the topic that a version is active from here on.

    Args:
        connection: Names the topic.
        profile: The version.
        at: When it was activated.
        partitions: How many the intake has: another number would part cases in two.
    """
    digest = profile.digest
    value = orjson.dumps(
        {
            "reference": profile.reference,
            "digest": digest,
            "at": format_time(at),
            "partitions": partitions,
        }
    )
    return _record(connection, digest, value, Record.ACTIVATION)


def _record(
    connection: Connection, digest: str, value: bytes, record: Record
) -> Outgoing:
    said = {headers.CONTENT_TYPE: headers.JSON, headers.RECORD: record.value}
    return Outgoing(
        topic=connection.names.of(PROFILES),
        partition=0,
        key=digest.encode(),
        value=value,
        headers=stamped(said),
    )
