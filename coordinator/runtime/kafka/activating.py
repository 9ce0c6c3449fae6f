"""
Activation on a cluster: a version of the protocol comes into force.

    the version ─▶ profiles;   protocol.activated ─▶ intake, under each scope;
    the activation ─▶ profiles

Rule 1: a version is kept first, since every process must know what a record is
decided by. Rule 2: which version is active is said last. After a crash at any point
the old one is, and activating again completes it. Rule 3: ingress goes over to it as
soon as it reads that; what came in until then is stamped with the old one.

Source: `coordinator.runtime.activation`; docs/adr/0012-topics.md.
"""

from datetime import datetime

from coordinator.protocol import Profile, Record
from coordinator.runtime.activation import (
    Activation,
    activations,
    check_free,
    stored,
)
from coordinator.runtime.kafka.cluster import Cluster
from coordinator.runtime.kafka.versions import activation_record, profile_record

__all__ = ["activate"]


async def activate(
    cluster: Cluster, profile: Profile, now: datetime, *, stamps: bool = False
) -> Activation:
    """
    Make a profile the active one; where it is already, nothing is changed.

    It is decided under each scope as soon as a case worker runs.

    Args:
        cluster: Joined.
        profile: Checked, as `load_profile` gives it.
        now: When; aware UTC.
        stamps: Whether `now` is also when the records are received, in place of the
            broker's time.

    Raises:
        VersionTakenError: The same version is kept with other content.
        BrokerFault: Whether it is active is not known; done again, it is.
    """
    versions, producer = cluster.versions, cluster.producer
    kept = {one.reference: one.digest for one in versions.kept}
    check_free(kept, profile)
    ours = stored(profile)
    before, after = versions.active, profile.spec.reference
    if after not in kept:
        await producer.send_all([profile_record(cluster.connection, ours)])
    if before != after:
        await producer.send_all(
            [
                cluster.intake(
                    Record(one.event.subject or "", now, profile.rules, one.event),
                    received_at=now if stamps else None,
                )
                for one in activations(profile, now)
                if one.event is not None
            ]
        )
        active = activation_record(
            cluster.connection, ours, at=now, partitions=cluster.partitions
        )
        await producer.send_all([active])
    return Activation(before, after)
