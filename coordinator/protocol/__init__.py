"""
The rules: a profile's model, the case machine's state, and its decisions. Pure.

    profile  what a profile may say     state   what a key's log established
    check    do its names mean much     decide  the decision on one record
    load     from its text              fold    how a log record changes state
    rules    compiled, for decide       views   what a receiver sees
    admission  what ingress turns away

Start with `decide.py`. A new rule is usually a new line in `profiles/*.yaml`; a new
word of the vocabulary is a function in `conditions.py`.
"""

from coordinator.protocol.admission import Admission, Knows
from coordinator.protocol.decide import decide, received_at
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
