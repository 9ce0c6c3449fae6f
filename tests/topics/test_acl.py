"""Rights: worked out from the table, no more and no less."""

from coordinator.topics import INTAKE, LOG, OUTBOX, TOPICS, Role
from coordinator.topics.acl import Operation, Resource, Right, principal_of, rights
from coordinator.topics.acl import surplus as found_surplus
from coordinator.topics.names import Names

NAMES = Names("trial.")
AGENCIES = ["police", "customs"]
GIVEN = rights(NAMES, AGENCIES)
READ, WRITE, TOPIC, GROUP = (
    Operation.READ,
    Operation.WRITE,
    Resource.TOPIC,
    Resource.GROUP,
)


def of(principal: str) -> set[tuple[str, str, bool]]:
    """Give what a principal may do with what."""
    return {
        (one.operation, one.name, one.prefixed)
        for one in GIVEN
        if one.principal == principal
    }


def surplus(*found: Right) -> list[Right]:
    """Give what is too much of the rights given and some more."""
    return found_surplus([*GIVEN, *found], NAMES, AGENCIES)


def test_an_agency_has_its_two_topics_and_its_groups() -> None:
    """It writes its outbox, reads its inbox, and no more."""
    assert of("User:agency.police") == {
        (WRITE, "trial.agency.police.outbox", False),
        (READ, "trial.agency.police.inbox", False),
        (READ, "trial.agency.police", False),
        (READ, "trial.agency.police.", True),
    }


def test_an_agency_whose_id_begins_with_anothers_shares_no_group() -> None:
    """`ngo` is not `ngo-refuge`, though the one's name begins with the other's."""
    groups = [
        one
        for one in rights(Names(), ["ngo", "ngo-refuge"])
        if one.principal == "User:agency.ngo" and one.resource is GROUP
    ]

    theirs = Right("User:agency.ngo", READ, GROUP, "agency.ngo-refuge")
    assert not any(one.covers(theirs) for one in groups)


def test_only_the_buss_own_roles_write_what_is_true() -> None:
    """Intake, log and inboxes are closed to every agency and to the office."""
    outboxes = {NAMES.of(OUTBOX, agency) for agency in AGENCIES}
    for one in GIVEN:
        if one.operation is WRITE and one.name not in outboxes:
            assert not one.principal.startswith("User:agency.")
            assert one.principal != "User:office"


def test_rights_are_those_of_the_table() -> None:
    """For each topic, whoever writes and reads it there, and nobody else."""
    for topic in TOPICS.values():
        name = NAMES.of(topic, "police")
        for operation, may in ((WRITE, topic.writers), (READ, topic.readers)):
            assert {
                one.principal
                for one in GIVEN
                if (one.operation, one.resource, one.name) == (operation, TOPIC, name)
            } == {
                principal_of(role, "police" if role is Role.AGENCY else None)
                for role in may
            }


def test_rights_are_the_same_whatever_the_order() -> None:
    """An agency that is named twice has its rights once."""
    assert rights(NAMES, ["customs", "police", "police"]) == GIVEN
    assert len(set(GIVEN)) == len(GIVEN)


def test_what_the_table_gives_is_no_surplus() -> None:
    """Nor is it, where an agency is not named this time."""
    assert surplus() == []
    assert found_surplus(GIVEN, NAMES, []) == []


def test_what_the_table_does_not_give_to_ours_is_surplus() -> None:
    """Whole names, beginnings that are too short, and everything."""
    too_much = [
        Right("User:agency.police", READ, TOPIC, "trial.agency.", prefixed=True),
        Right("User:agency.police", WRITE, TOPIC, NAMES.of(OUTBOX, "customs")),
        Right("User:agency.unheard-of", READ, TOPIC, NAMES.of(LOG)),
        Right("User:ingress", READ, TOPIC, NAMES.of(LOG)),
        Right("User:router", READ, GROUP, "*"),
        Right("User:router", WRITE, TOPIC, NAMES.of(INTAKE)),
        Right("User:router", Operation.ALL, TOPIC, NAMES.of(LOG)),
    ]

    assert surplus(*reversed(too_much)) == sorted(too_much)


def test_what_is_somebody_elses_business_is_no_surplus() -> None:
    """An auditor's rights, and ours on another prefix, are left alone."""
    assert not surplus(
        Right("User:auditor", READ, TOPIC, NAMES.of(LOG)),
        Right("User:ingress", READ, TOPIC, "case.log"),
        Right("User:ingress", READ, TOPIC, "other.", prefixed=True),
        Right("User:agency.police", READ, GROUP, "agency.police"),
    )
