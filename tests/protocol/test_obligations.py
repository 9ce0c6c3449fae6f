"""What one person, claim or request is owed, and which words settle it."""

from typing import Any

from tests.protocol.case import Case
from tests.protocol.profiles import derived


def owners(case: Case, name: str) -> list[tuple[str, str | None, str]]:
    """List who owes something of a name: owner, person, scope."""
    return [(one.owner, one.person, one.scope) for one in case.owed(name)]


def test_each_claim_has_its_own_word_on_rehabilitation() -> None:
    """A claim of the same reference, of another person, is another."""
    case = Case()
    case.identified("p-1", "p-2")
    for person, claim in (("p-1", "CL-1"), ("p-1", "CL-2"), ("p-2", "CL-1")):
        case.say("acc", "acc_claim.lodged", 1, person=person, data={"claim_ref": claim})
    case.say(
        "acc",
        "rehabilitation_right.informed",
        2,
        person="p-1",
        data={"claim_ref": "CL-1"},
    )
    unknown = case.say(
        "acc",
        "rehabilitation_right.informed",
        3,
        person="p-2",
        data={"claim_ref": "CL-2"},
    )

    assert owners(case, "inform_rehabilitation_right") == [
        ("acc", "p-1", "claim:CL-2"),
        ("acc", "p-2", "claim:CL-1"),
    ]
    assert unknown["rule"] == "rehabilitation_right.informed.1"


def test_one_agencys_word_on_compensation_may_do_for_all_or_for_itself() -> None:
    """The packaged profile lets any do; another asks it of each."""
    each = {
        "obligations/inform_compensation_right/closed_by": [
            {"event": "compensation_right.informed", "by_owner": True}
        ]
    }
    left = []
    for rules in (None, derived(each).rules):
        case = Case(rules)
        case.identified("p-1", "p-2")
        case.say("acc", "compensation_right.informed", 1, person="p-1")
        left.append(
            [
                (owner, person)
                for owner, person, _ in owners(case, "inform_compensation_right")
            ]
        )

    others = [(agency, "p-2") for agency in ("labour", "justice", "acc")]
    assert left == [others, [("labour", "p-1"), ("justice", "p-1"), *others]]


def test_a_need_of_an_interpreter_is_the_persons_until_somebody_asks_for_one() -> None:
    """An assignment settles the request that it names, or else the need."""
    case = Case()
    case.identified()
    need = {"immediate_needs": ["interpreter"]}
    case.say("police", "victim.identified", person="p-1", data=need)
    for request in ("IR-1", "IR-2"):
        data = {"request_ref": request}
        case.say("acc", "interpreter.requested", 1, person="p-1", data=data)
    assigned = [
        case.say("justice", "interpreter.assigned", 2, person="p-1", data=data)
        for data in ({"request_ref": "IR-2"}, {"request_ref": "IR-9"}, {})
    ]

    assert [len(one["closed"]) for one in assigned] == [1, 0, 1]
    assert assigned[1]["rule"] == "interpreter.assigned.2"
    assert [one["to"] for one in assigned[0]["deliveries"]] == ["police", "acc"]
    assert owners(case, "provide_interpreter") == [("justice", "p-1", "request:IR-1")]


def test_a_financial_need_is_decided_on_whatever_the_decision() -> None:
    """Only a referral that says so asks for it."""
    for decision in ("granted", "declined"):
        case = Case()
        case.identified("p-1")
        case.certified("p-1")
        needs: dict[str, Any] = {"needs": ["social"]}
        none = case.say("police", "victim.referred", 1, person="p-1", data=needs)
        needs = {"needs": ["social", "financial"]}
        asked = case.say("police", "victim.referred", 2, person="p-1", data=needs)
        decided = case.say("msd", f"financial_assistance.{decision}", 3, person="p-1")

        assert [one["name"] for one in none["opened"]] == ["start_case_management"]
        assert [one["name"] for one in asked["opened"]] == [
            "decide_financial_assistance"
        ]
        assert [one["name"] for one in decided["closed"]] == [
            "decide_financial_assistance"
        ]


def test_who_declines_is_neither_referred_nor_case_managed() -> None:
    """Before the referral or after it."""
    for referred in (False, True):
        case = Case()
        case.identified("p-1")
        case.certified("p-1")
        if referred:
            case.say("police", "victim.referred", 1, person="p-1")
        declined = case.say("police", "victim_referral.declined", 2, person="p-1")

        assert [one["name"] for one in declined["closed"]] == [
            "start_case_management" if referred else "refer_to_case_management"
        ]
