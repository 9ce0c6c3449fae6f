"""A profile in words: each word of the vocabulary has a phrase of its own."""

from typing import Any

import pytest

from coordinator.protocol import words
from coordinator.protocol.profile import LadderSpec
from coordinator.protocol.spec_conditions import Condition
from coordinator.protocol.spec_events import (
    RECEIVER_EXTRAS,
    EffectSpec,
    NoticeSpec,
    ReceiverSpec,
)
from coordinator.protocol.spec_obligations import (
    AlsoSpec,
    ClosingSpec,
    ObligationSpec,
    OpeningSpec,
    OwnerSpec,
)
from tests.golden.stories import nz_2009
from tests.protocol.profiles import modern

PLAIN = nz_2009().spec
KNOWN = {"event": "input.requested", "by": "request_ref"}
CONDITIONS: list[tuple[dict[str, Any], str]] = [
    ({"after": ["case.closed", "case.identified"]},
     "case.closed or case.identified came before"),
    ({"not_after": "case.closed"}, "no case.closed came before"),
    ({"known": KNOWN}, "`request_ref` is that of an earlier input.requested"),
    ({"known": {**KNOWN, "where": {"urgency": "urgent"}, "same": {"to": "provider"},
                "addressed_to_emitter": "to", "reached_emitter": True,
                "since": {"event": "case.closed", "by": "request_ref"}}},
     ("`request_ref` is that of an earlier input.requested, whose `urgency` is urgent,"
     " whose `to` is this event's `provider`, whose `to` names the sender, that reached"
     " the sender and that came after the latest case.closed of that `request_ref`")),
    ({"not_known": KNOWN}, "no earlier input.requested has the same `request_ref`"),
    ({"latest": KNOWN}, "`request_ref` is that of the latest input.requested"),
    ({"latest_is": {"event": "danger.assessed", "field": "risk", "values": [True, "x"]}
      },
     "the latest danger.assessed says true or x as its `risk`"),
    ({"latest_is_not": {"event": "danger.assessed", "field": "risk", "values": "high"}},
     "no danger.assessed, or not the latest, says high as its `risk`"),
    ({"in_force": True}, "this person's certificate is in force"),
    ({"in_force": False}, "no certificate is in force for this person"),
    ({"in_force": "x"}, "a certificate of the kind x is in force for this person"),
    ({"equals": {"consent": True, "kind": "a"}}, "`consent` is true and `kind` is a"),
    ({"one_of": {"kind": ["a", "b"]}}, "`kind` is a or b"),
    ({"none_of": {"kind": ["a", "b"]}}, "`kind` is neither a nor b"),
    ({"none_of": {"kind": "a"}}, "`kind` is not a"),
    ({"contains": {"needs": "housing"}}, "`needs` has housing"),
    ({"present": "a"}, "`a` is given"),
    ({"present": ["a", "b"]}, "`a` and `b` are given"),
    ({"absent": "a"}, "`a` is left out"),
    ({"exactly_one_of": ["a", "b"]}, "exactly one of `a` and `b` is given"),
    ({"differs": {"field": "a", "event": "case.closed", "by": "b", "other": "c"}},
     "`a` is not the `c` of the case.closed with the same `b`"),
    ({"registered": {"rank": "senior_ranks"}},
     "`rank` stands in the register senior_ranks"),
    ({"accepted": ["a", "b"]},
     "every event that `a` or `b` names was accepted in this case"),
    ({"own_event": "a"},
     "the event that `a` names is the sender's own, accepted in this case"),
    ({"names_event": {"field": "a", "of": "case.closed"}},
     "the event that `a` names is case.closed"),
    ({"dispensable": "a"},
     ("without the event that `a` names, every other accepted event of the case would"
     " still be accepted")),
    ({"lists_open": "a"},
     "`a` lists exactly the obligations that are open in the case"),
    ({"responsible": "item"},
     "the sender is responsible for the programme's item that `item` gives"),
    ({"under": "plan"}, "its subject begins with `plan:`"),
    ({"own_subject": True}, "its subject is the sender's own agency"),
    ({"contact_known": ["a", "b"]},
     "every contact that `a` or `b` names is in the directory"),
    ({"paged": "a"},
     ("a page about the obligation that `a` names went to the sender, or to an office"
     " that it is a member of")),
    ({"within": {"field": "a", "limit": "acknowledgement"}},
     "the time in `a` lies ahead, by at most 1 day"),
    ({"noticed": "a"}, "`a` is the id of a notice that this case made"),
    ({"emitter_in": ["police", "ngo-*"]},
     "the sender is New Zealand Police or a non-government organisation"),
    ({"emitter_not_in": "any"}, 'the sender is not an agency of the group "any"'),
]  # fmt: skip


def of(shape: type, value: dict[str, Any]) -> Any:  # noqa: ANN401 - any entry's shape
    """Make an entry as a profile writes it."""
    return shape.model_validate(value)  # type: ignore[attr-defined]


@pytest.mark.parametrize(("written", "read"), CONDITIONS)
def test_a_condition_is_read_out(written: dict[str, Any], read: str) -> None:
    """Each word says what is asked of the event and of what came before."""
    assert words.condition(of(Condition, written), PLAIN) == read


def test_every_condition_has_a_phrase() -> None:
    """The vocabulary has no word that is not read out above."""
    assert {word for one, _ in CONDITIONS for word in one} == set(
        Condition.model_fields
    )


def test_certificates_of_several_kinds_are_told_apart() -> None:
    """Where a profile has kinds, the phrases about certificates say which is meant."""
    spec = modern().spec
    usual, none, numbered = (
        of(Condition, {"in_force": one}) for one in (True, False, "any")
    )

    assert "certificate of the kind trafficked is in" in words.condition(usual, spec)
    assert "certificate of this `certification_no`" in words.condition(numbered, spec)
    assert "no certificate of the same kind" in words.condition(none, spec)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ({"agencies": "investigation"},
         "New Zealand Police, Department of Labour and New Zealand Customs Service"),
        ({"agencies": "any", "when": {"present": "a"}},
         'the agencies of the group "any", when `a` is given'),
        ({"agencies": ["coordinator", "elsewhere"]}, "the bus itself and elsewhere"),
        ({"field": "to"}, "whoever `to` names"),
        ({"emitter_of": KNOWN},
         "the sender of the input.requested that `request_ref` names"),
        ({"sent_or_got": ["case.closed", "case.identified"]},
         "every agency that sent or was sent case.closed or case.identified"),
        ({"told": True}, "every agency that was told of the certificate"),
        ({"owner_of": "a"}, "the owner of the obligation that `a` names"),
        ({"owners_ended": True}, "the owners of what it ends"),
        ({"receivers_of": "a"}, "all who were sent the event that `a` names"),
    ],
)  # fmt: skip
def test_receivers_are_read_out(written: dict[str, Any], read: str) -> None:
    """Every way of naming who learns of an event has its phrase."""
    assert words.receiver(of(ReceiverSpec, written), PLAIN) == read


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ({"emitter": True}, "the sender of what opens it"),
        ({"other_of": ["labour", "customs"]},
         ("those of Department of Labour and New Zealand Customs Service that did not"
         " send it")),
        ({"subject": ["police", "dia"]},
         ("the agency in whose own scope it is (New Zealand Police or Department of"
         " Internal Affairs)")),
        ({"agencies": "police"}, "New Zealand Police"),
    ],
)  # fmt: skip
def test_owners_are_read_out(written: dict[str, Any], read: str) -> None:
    """Every way of naming who owes has its phrase."""
    assert words.owner(of(OwnerSpec, written), PLAIN) == read


@pytest.mark.parametrize(
    ("per", "due", "reads"),
    [
        ("case", "PT4H elapsed", ["the case", "within 4 hours"]),
        (["agency", {"role": "=lead"}], "P1DT2H elapsed",
         ["each agency and the role lead", "within 1 day and 2 hours"]),
        ({"request": "request_ref"}, "P2D business",
         ["each request that `request_ref` names", "within 2 working days"]),
        ({"event": KNOWN}, "PT0S elapsed",
         ["each event: the input.requested that `request_ref` names", "at once"]),
        ({"item": {"programme": "short"}}, {"at": "valid_to"},
         ["each of the owner's short items of the programme",
          "by the time that `valid_to` gives"]),
        ("year", {"before": "PT24H", "day": "on", "zone": "UTC"},
         ["each year", "24 hours before `on` begins (UTC), at once if past"]),
        ("person", {"choose": "u", "cases": {"a": "PT1S elapsed", "b": "P1Y elapsed"}},
         ["each person",
          "by its `u`: within 1 second when a and within 1 year when b"]),
    ],
)  # fmt: skip
def test_scopes_and_due_times_are_read_out(
    per: object, due: object, reads: list[str]
) -> None:
    """What an obligation is owed once for, and by when, in every form of either."""
    owed = of(
        ObligationSpec,
        {
            "number": "T0", "says": "x", "opens_on": "a", "closed_by": "b",
            "owner": "police", "per": per, "due": due, "ladder": "standard",
            "cite": "x",
        },
    )  # fmt: skip

    assert [words.scope(owed.per), words.due(owed.due)] == reads


def test_openings_say_what_is_their_own() -> None:
    """An opening reads as the event, its condition and what it says differently."""
    plain = of(OpeningSpec, {"event": "a.b"})
    full = of(
        OpeningSpec,
        {
            "event": "a.b", "when": {"present": "x"}, "per": "case", "owner": "police",
            "due": "PT1M elapsed", "unless_open": "person", "supersedes": "case",
        },
    )  # fmt: skip

    assert words.opening(plain, PLAIN) == "a.b"
    assert words.opening(full, PLAIN) == (
        "a.b, when `x` is given (owed by New Zealand Police; due within 1 minute; once"
        " for the case; unless one is open for a person; in place of one that is open"
        " for the case)"
    )


def test_closings_say_whose_and_how() -> None:
    """A closing reads as the event, its condition, whose it closes and as what."""
    plain = of(ClosingSpec, {"event": "a.b"})
    full = of(
        ClosingSpec,
        {
            "event": "a.b", "when": {"present": "x"}, "of": "person", "all": True,
            "by_owner": True, "spares": "y", "closed_as": "superseded",
        },
    )  # fmt: skip

    assert words.closing(plain, PLAIN) == "a.b"
    assert words.closing(full, PLAIN) == (
        "a.b, when `x` is given (sent by the owner itself; for each person; every one"
        " of the case; save that of whoever `y` names; as superseded, not as met)"
    )


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ({"assigns": {"role": "key_contact", "contact": "c", "valid_from": "f",
                      "valid_to": "t"}},
         "in this case, whoever `c` names is the sender's key contact from `f` to `t`"),
        ({"acknowledges": {"obligation": "o", "until": "u"}},
         "nobody is paged about the obligation that `o` names until `u`"),
        ({"fires": {"obligation": "o", "rung": "r"}},
         "whoever `r` stands for is paged"),
        ({"unreachable": "p"}, "the page that `p` names reached nobody"),
        ({"delivered": "p"}, "what became of the page that `p` names"),
        ({"activates": True}, "the version of the protocol that it names is in force"),
        ({"migrates": True}, "the case is decided by the version that it names"),
        ({"retracts": "e"}, "as if the event that `e` names had not been accepted"),
    ],
)  # fmt: skip
def test_effects_are_read_out(written: dict[str, Any], read: str) -> None:
    """What else an event does has its phrase, whichever effect it is."""
    assert read in words.effect(of(EffectSpec, written))


def test_every_effect_and_way_of_naming_somebody_has_a_phrase() -> None:
    """A word that is added to the profile's shape needs words for people as well."""
    assert set(EffectSpec.model_fields) == set(words.rows.EFFECTS)
    ways = set(ReceiverSpec.model_fields) | set(OwnerSpec.model_fields)
    assert ways - RECEIVER_EXTRAS == set(words.rows.WAYS)


def test_ladders_and_those_beside_are_read_out() -> None:
    """Who is paged: the owner's roles, offices, for information, and who is beside."""
    ladder = of(
        LadderSpec,
        {
            "rungs": [
                {"page": "owner.key_contact", "after": "PT0S"},
                {"page": "working-group", "after": "PT1H", "for_information": True},
            ],
            "cite": "x",
        },
    )

    assert words.ladder(ladder, PLAIN) == (
        "the owner's key contact at once and Inter-agency Working Group after 1 hour"
        " (for information)"
    )
    assert words.also(AlsoSpec(agency="police"), PLAIN) == "New Zealand Police"
    assert words.also(AlsoSpec(emitter=True), PLAIN) == (
        "the sender of the event that opened it"
    )


def test_views_and_notices_are_read_out() -> None:
    """How much a receiver learns, and what a notice is."""
    notice = NoticeSpec(event="a.b", to="minister-immigration", kind="update")

    assert words.view("full", ("a",)) == "all of it"
    assert words.view("stub", ()) == "only that it happened"
    assert words.view("stub", ("a", "b")) == "only that it happened, with `a` and `b`"
    assert words.notice(notice, PLAIN) == (
        "an update notice to Minister of Immigration's office"
    )


def test_a_sentence_keeps_names_as_they_are() -> None:
    """Only a word gets a capital; an event, a field and an id do not."""
    assert words.sentence("after all") == "After all."
    assert words.sentence("case.closed came first.") == "case.closed came first."
    assert words.sentence("cross_border is true") == "cross_border is true."
    assert words.sentence("`a` is given") == "`a` is given."


def test_nothing_is_said_to_be_so() -> None:
    """An empty list and no length of time read as such, an unknown name as it is."""
    assert words.listed([]) == "nothing"
    assert words.amount(PLAIN.ladders["standard"].rungs[0].after) == "no time"
    assert words.obligation("elsewhere", PLAIN) == "elsewhere"
