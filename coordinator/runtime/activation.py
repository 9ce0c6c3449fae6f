"""
Activation: a version of the protocol comes into force for what opens from here on.

    the profile is kept ─▶ one transaction: protocol.activated under plan:<profile>
                           and each agency:<id>, and the switch of the active version

Rule 1: the profile is kept first: what a record was decided by must be there to be
replayed. Rule 2: the records and the switch are kept together or not at all; after a
crash at any point the old version is active or the new one, and activating again
completes it. Rule 3: these scopes follow the active version; cases and alerts keep
theirs.

Source: docs/adr/0002-the-protocol-is-data.md.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

import orjson

from coordinator.events import OperatorError, own
from coordinator.protocol import Profile
from coordinator.runtime.port import Store, StoredProfile
from coordinator.runtime.step import Listener, Step, Submission, nobody

__all__ = [
    "Activation",
    "VersionTakenError",
    "activate",
    "activations",
    "check_free",
    "stored",
]


class VersionTakenError(OperatorError):
    """A version's reference stands for other content in this home."""


class Activation(NamedTuple):
    """The active version before (None: in a new home) and after; by reference."""

    before: str | None
    after: str


def activate(
    step: Step,
    store: Store,
    profile: Profile,
    now: datetime,
    told: Listener = nobody,
) -> Activation:
    """
    Make a profile the active one; where it is already, nothing is changed.

    Args:
        step: The only writer of the store.
        store: The step's own.
        profile: Checked, as `load_profile` gives it.
        now: The instant of receipt; aware UTC.
        told: Told of the records once they are durable.

    Raises:
        VersionTakenError: The same version is kept with other content.
        StoreFault, StoreError: The old version is still active.
    """
    check_free({one.reference: one.digest for one in store.profiles()}, profile)
    store.add_profile(stored(profile))
    before, after = store.active_profile(), profile.spec.reference
    if before != after:
        step.learn(profile.rules)
        submissions = activations(profile, now)
        told(submissions, step.take(submissions, now, activates=after))
    return Activation(before, after)


def stored(profile: Profile) -> StoredProfile:
    """Write a profile as it is kept."""
    return StoredProfile(
        profile.spec.reference, profile.digest, orjson.dumps(profile.value)
    )


def check_free(kept: Mapping[str, str], profile: Profile) -> None:
    """
    See to it that no other profile has this one's name and version.

    Args:
        kept: Digests of what is kept, by reference.
        profile: About to be kept.

    Raises:
        VersionTakenError: Another one has.
    """
    name, reference = profile.spec.profile, profile.spec.reference
    if kept.get(reference, profile.digest) != profile.digest:
        next_version = profile.spec.version + 1
        while f"{name}/{next_version}" in kept:
            next_version += 1
        message = (
            f"{reference} is kept here with other content; a changed profile takes a"
            f" new version: give it version {next_version}, and activate that"
        )
        raise VersionTakenError(message)


def activations(profile: Profile, now: datetime) -> list[Submission]:
    """Put the activation under the plan's scope and each agency's."""
    spec = profile.spec
    apart = {spec.coordinator, *spec.offices}
    scopes = [f"plan:{spec.profile}"]
    scopes += [
        f"agency:{agency}"
        for agency in spec.agencies
        if agency not in apart and not agency.endswith("*")
    ]
    return [
        Submission(
            event=own.protocol_activated(
                key=scope,
                profile=spec.profile,
                version=spec.version,
                digest=profile.digest,
                at=now,
            ),
            version=spec.reference,
        )
        for scope in scopes
    ]
