"""The worked example: whole, and fictional throughout."""

import re
from pathlib import Path

import pytest

from coordinator.contacts import Directory
from coordinator.contacts.loading import load

FOLDER = Path(__file__).parents[2] / "contacts"
ROLE_OF_ITS_OWN = ("minister-immigration", "working-group")
AGENCIES = (
    "police",
    "labour",
    "customs",
    "mfat",
    "dia",
    "health",
    "acc",
    "housing",
    "msd",
    "justice",
    "dpmc",
    "womens-affairs",
    "ngo-refuge",
    "ngo-migrant-services",
)
# Reserved for examples: RFC 2606, sections 2 and 3.
FICTIONAL_HOST = r"([a-z0-9-]+\.)*([a-z0-9-]+\.invalid|example\.org)"
FICTIONAL = {
    "email": rf"[a-z0-9-]+@{FICTIONAL_HOST}",
    # No country's numbers begin with nothing but noughts.
    "sms": r"\+64 0 0000 0000",
    "phone": r"\+64 0 0000 0000",
    "chat": rf"@[a-z0-9-]+:{FICTIONAL_HOST}",
    "webhook": rf"https://{FICTIONAL_HOST}/[a-z0-9-]+",
}
SURNAMES = ("Example", "Sample", "Specimen", "Placeholder", "Invented", "Fictional")


@pytest.fixture(scope="module")
def directory() -> Directory:
    """Load the example as it is kept."""
    return load(FOLDER)


def test_every_agency_of_the_plan_is_there(directory: Directory) -> None:
    """All agencies, the two NGOs and the two bodies above them can be reached."""
    assert set(directory.agencies) == {*AGENCIES, *ROLE_OF_ITS_OWN}


@pytest.mark.parametrize("agency", AGENCIES)
@pytest.mark.parametrize("role", ["key_contact", "senior_official"])
def test_the_roles_of_every_ladder_are_held(
    directory: Directory, agency: str, role: str
) -> None:
    """No rung of the Plan's ladders finds an agency with nobody in the role."""
    assert directory.who(agency, role)


@pytest.mark.parametrize("body", ROLE_OF_ITS_OWN)
def test_a_body_is_paged_as_itself(directory: Directory, body: str) -> None:
    """The last rungs name a body as both agency and role, and reach people."""
    assert directory.who(body, body)


def test_the_working_group_is_one_person_from_each_member(
    directory: Directory,
) -> None:
    """The chair comes first, and every member is represented (L169-176)."""
    people = directory.who("working-group", "working-group")

    assert [directory.people[each].agency for each in people] == [
        "labour",
        "police",
        "customs",
        "dpmc",
        "justice",
        "mfat",
        "health",
        "msd",
        "womens-affairs",
    ]


def test_every_person_has_a_role(directory: Directory) -> None:
    """Nobody stands in the example for nothing."""
    held = {
        contact_id
        for agency in directory.agencies.values()
        for role in agency.roles.values()
        for contact_id in role
    }

    assert held == set(directory.people)


def test_nobody_in_it_can_be_taken_for_real(directory: Directory) -> None:
    """Names say that they are made up, and each is used once."""
    names = [person.name for person in directory.people.values()]

    assert all(name.endswith(SURNAMES) for name in names)
    assert len(set(names)) == len(names)


def test_no_address_in_it_reaches_anybody(directory: Directory) -> None:
    """Every host is reserved for examples, and the number cannot be dialled."""
    kinds = set()
    for person in directory.people.values():
        for method in person.methods:
            assert re.fullmatch(FICTIONAL[method.kind], method.address), person.id
            kinds.add(method.kind)

    assert kinds == set(FICTIONAL)


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.yaml")), ids=lambda p: p.stem)
def test_every_file_says_that_it_is_fictional(path: Path) -> None:
    """Whoever opens one file alone is told on its first lines."""
    head = path.read_text().split("\n\n")[0]

    assert "all fictional" in head
    assert "1 to 64 letters, digits" in head


def test_the_example_in_the_readme_is_valid(tmp_path: Path) -> None:
    """What people copy from the README loads as it stands."""
    readme = (FOLDER / "README.md").read_text()
    [example] = re.findall(r"```yaml\n(.*?)```", readme, re.DOTALL)
    (tmp_path / "ngo-refuge.yaml").write_text(example)

    directory = load(tmp_path)

    assert directory.who("ngo-refuge", "key_contact")
    assert directory.public_key("ngo-refuge")
