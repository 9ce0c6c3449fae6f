"""
The rules: a profile's model, the case machine's state, and its decisions. Pure.

    profile    what a profile may say      state       what a key's log established
    sources    its files as one mapping    decide      the decision on one record
    check      do its names mean much      fold        how a log record changes state
    load       from its text               memory      what is known of accepted events
    rules      compiled, for decide        retraction  the case without an event
    admission  what ingress turns away     views       what a receiver sees
    digest     a whole log as one number

    words      a profile in phrases        compare     what two profiles differ in
    document   the whole in sections       picture     a case's course, as SVG
    lint       what can never happen by it

Start with `decide.py`. A new rule is usually a new line in `profiles/*.yaml`; a new
word of the vocabulary is a function in `conditions.py`, a phrase in `words` and, where
it looks at what an event says, a line in `lint/looks.py`: tests tell what is missing.
"""

from coordinator.protocol.admission import Admission, Knows
from coordinator.protocol.decide import decide, received_at
from coordinator.protocol.digest import LogDigest
from coordinator.protocol.fold import apply
from coordinator.protocol.load import Profile, load_profile, profile_from_value
from coordinator.protocol.record import (
    ENGINE,
    Decision,
    Delivery,
    Page,
    Record,
    Verdict,
)
from coordinator.protocol.rules import Rules
from coordinator.protocol.state import State
from coordinator.protocol.views import view_of

__all__ = [
    "ENGINE",
    "Admission",
    "Decision",
    "Delivery",
    "Knows",
    "LogDigest",
    "Page",
    "Profile",
    "Record",
    "Rules",
    "State",
    "Verdict",
    "apply",
    "decide",
    "load_profile",
    "profile_from_value",
    "received_at",
    "view_of",
]
