"""Reading the folder people edit: what is read, and what is refused and where."""

import os
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coordinator.contacts import Directory, DirectoryError, Method, Person
from coordinator.contacts.loading import load
from coordinator.events.errors import OperatorError
from coordinator.events.located_yaml import MAX_BYTES, quoted

POLICE = """\
name: Police
public_key:
  kty: OKP
  crv: Ed25519
  x: 11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo
people:
  police.key_contact.1:
    name: Iris Example
    title: Inspector of Examples
    languages: [en, mi]
    methods:
      - kind: email
        address: iris@example.org
      - kind: phone
        address: "+64 0 0000 0000"
    valid_from: 2026-01-01
    valid_to: 2026-12-31
  police.key_contact.2:
    name: Oscar Sample
    title: Sergeant of Samples
    languages: [en]
    methods: [{kind: sms, address: "+64 0 0000 0000"}]
    valid_from: 2026-01-01
roles:
  key_contact: [police.key_contact.2, police.key_contact.1]
"""
GROUP = """\
name: Group
roles:
  group:
    - police.key_contact.1
"""


def write(folder: Path, **files: str | bytes) -> Path:
    """Put files in a folder, each named by its agency."""
    for agency, content in files.items():
        raw = content if isinstance(content, bytes) else content.encode()
        (folder / f"{agency}.yaml").write_bytes(raw)
    return folder


def refusal(folder: Path) -> DirectoryError:
    """Give the error that loading a folder ends in."""
    with pytest.raises(DirectoryError) as caught:
        load(folder)
    error = caught.value
    assert isinstance(error, OperatorError)
    assert str(error) == f"{error.file}:{error.line}: {error.problem}"
    assert len(str(error).splitlines()) == 1
    return error


def test_a_folder_becomes_a_directory(tmp_path: Path) -> None:
    """Every agency, role, person, method and key in the files can be asked for."""
    directory = load(write(tmp_path, police=POLICE, group=GROUP))

    assert set(directory.agencies) == {"police", "group"}
    assert directory.agencies["police"].name == "Police"
    assert directory.who("police", "key_contact") == (
        "police.key_contact.2",
        "police.key_contact.1",
    )
    assert directory.public_key("police") == {
        "kty": "OKP",
        "crv": "Ed25519",
        "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
    }
    assert directory.people["police.key_contact.1"] == Person(
        id="police.key_contact.1",
        agency="police",
        name="Iris Example",
        title="Inspector of Examples",
        languages=("en", "mi"),
        methods=(
            Method(kind="email", address="iris@example.org"),
            Method(kind="phone", address="+64 0 0000 0000"),
        ),
        valid_from=date(2026, 1, 1),
        valid_to=date(2026, 12, 31),
    )
    assert directory.people["police.key_contact.2"].valid_to is None


def test_a_role_may_be_held_by_people_of_another_agency(tmp_path: Path) -> None:
    """A body without people of its own is reached through its members'."""
    directory = load(write(tmp_path, police=POLICE, group=GROUP))

    assert directory.who("group", "group") == ("police.key_contact.1",)
    assert directory.public_key("group") is None


def test_other_files_are_left_alone(tmp_path: Path) -> None:
    """A README, a hidden file and a folder beside the agencies do no harm."""
    write(tmp_path, police=POLICE)
    (tmp_path / "README.md").write_text("# Contacts")
    (tmp_path / ".police.yaml").write_text("an editor's")
    (tmp_path / "old").mkdir()

    assert set(load(tmp_path).agencies) == {"police"}


@pytest.mark.parametrize(
    ("old", "new", "line", "problem"),
    [
        # the file as a whole
        (POLICE, "", 1, "not a mapping; the fields are name, public_key, people, "),
        (POLICE, "- name: Police", 1, "not a mapping; the fields are name, "),
        ("name: Police\n", "", 1, "no field name; the fields are name, public_key, "),
        ("roles:\n", "rota:\n", 24, "unknown field 'rota'; the fields are name, "),
        ("name: Police", "name: 7", 1, "'name': not one line of text; 1 to 100 "),
        ("name: Police", 'name: ""', 1, "'name': not one line of text; "),
        ("name: Police", 'name: "a\\nb"', 1, "'name': not one line of text; "),
        ("name: Police", f"name: {101 * 'x'}", 1, "'name': not one line of text; "),
        # the YAML
        ("name: Police", "name: Police\nname: P", 2, "duplicate key 'name', first on "),
        ("name: Police", "name: &p Police", 1, "an anchor (&); "),
        ("[en]", "*en", 21, "an alias (*); "),
        ("languages: [en]", "languages: [en", 22, "not YAML: "),
        # the key
        ("kty: OKP", "kty: RSA", 3, "'kty': not a key type; OKP"),
        ("Ed25519", "X25519", 4, "'crv': not a curve; Ed25519"),
        ("URo", "UR", 5, "'x': not a public key; 32 bytes in base64url, 43 characters"),
        ("URo", "URp", 5, "'x': not a public key; "),
        ("URo", "UR=", 5, "'x': not a public key; "),
        ("  kty: OKP\n", "", 2, "no field kty; the fields are kty, crv, x"),
        ("  kty: OKP\n", "  kty: OKP\n  d: x\n", 4, "a private key; make a new pair"),
        ("  kty: OKP\n", "  use: sig\n  kty: OKP\n", 3, "unknown field 'use'; "),
        (
            POLICE,
            "name: P\npublic_key:\nroles: {}",
            2,
            "not a mapping; the fields are ",
        ),
        # people
        (POLICE, "name: P\npeople: []\nroles: {}", 2, "'people': not a mapping; one "),
        (
            "  police.key_contact.2:",
            "  two words:",
            18,
            "'two words': not a contact's ",
        ),
        ("  police.key_contact.2:", f"  {65 * 'x'}:", 18, f"'{60 * 'x'}…': not a "),
        (
            "    name: Iris Example\n",
            "",
            7,
            "no field name; the fields are name, title",
        ),
        ("title: Sergeant", "post: Sergeant", 20, "unknown field 'post'; the fields "),
        ("[en, mi]", "[en, Maori!]", 10, "'languages': not a language; a BCP 47 tag "),
        ("[en, mi]", "[en, true]", 10, "'languages': not a language; "),
        ("[en, mi]", "en", 10, "'languages': not a list; one '- …' for each"),
        ("[en, mi]", "[]", 10, "'languages': an empty list; give one entry or more"),
        ("[en, mi]", "[en, en]", 10, "'languages': an entry twice in one list; "),
        ("2026-12-31", "31/12/2026", 17, "'valid_to': not a date; year, month and day"),
        ("2026-12-31", "2026-02-30", 17, "'valid_to': not a date; "),
        ("2026-12-31", "~", 17, "'valid_to': not a date; "),
        ("2026-12-31", "2025-12-31", 17, "valid_to is before valid_from; the same day"),
        # methods
        (
            "kind: phone",
            "kind: fax",
            14,
            "'kind': not a kind of method; one of email, ",
        ),
        ("kind: phone\n        ", "", 14, "no field kind; the fields are kind"),
        ("iris@example.org", "iris", 13, "address does not fit email; an e-mail "),
        ('"+64 0 0000 0000"}', "64000000}", 22, "'address': not text; put the address"),
        ('"+64 0 0000 0000"}', '"0000 0000"}', 22, "address does not fit sms; a num"),
        ("{kind: sms, ", "{to: x, kind: sms, ", 22, "unknown field 'to'; the fields "),
        ("[{kind: sms,", "[sms, {kind: sms,", 22, "not a mapping; the fields are kind"),
        # roles
        (
            "  key_contact: [",
            "  chief: [",
            25,
            "unknown role 'chief'; the roles are key",
        ),
        ("police.key_contact.2, ", "b b, ", 25, "'key_contact': not a contact's id; "),
        ("[police.key_contact.2,", "[x,", 25, "key_contact names 'x', who is in no "),
        ("[police.key_contact.2,", "[police.key_contact.1,", 25, "'key_contact': an "),
        ("  key_contact: [", "  duty_officer: []\n  key_contact: [", 25, "'duty_offi"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(
    tmp_path: Path, old: str, new: str, line: int, problem: str
) -> None:
    """Each mistake is found at its own line, in words that say what is valid."""
    mistaken = POLICE.replace(old, new, 1)
    assert mistaken != POLICE

    error = refusal(write(tmp_path, police=mistaken))

    assert (error.line, error.problem[: len(problem)]) == (line, problem)
    assert error.file == str(tmp_path / "police.yaml")


def test_no_complaint_repeats_personal_data(tmp_path: Path) -> None:
    """An address, name or title that is wrong is not shown: errors end in logs."""
    for good in ("Iris Example", "Inspector of Examples", "iris@example.org"):
        bad = f"private {good} \\x07"
        text = POLICE.replace(good, f'"{bad}"')

        assert "private" not in str(refusal(write(tmp_path, police=text)))


def test_a_role_names_only_people_in_the_folder(tmp_path: Path) -> None:
    """An id nobody has is found at its own entry in the list."""
    error = refusal(write(tmp_path, group=GROUP + "    - police.key_contact.9\n"))

    assert error.file == str(tmp_path / "group.yaml")
    assert error.line == 4
    assert error.problem == (
        "group names 'police.key_contact.1', who is in no file; an id under 'people' "
        "of any agency"
    )


def test_a_contact_id_is_used_once_in_all_files(tmp_path: Path) -> None:
    """The second use, by file name, is told with where the first is."""
    error = refusal(write(tmp_path, police=POLICE, refuge=POLICE))

    assert error.file == str(tmp_path / "refuge.yaml")
    assert error.line == 7
    assert error.problem == (
        "contact id 'police.key_contact.1' is in police.yaml too; one of the two needs "
        "another id"
    )


def test_the_first_mistake_in_a_file_is_told_first(tmp_path: Path) -> None:
    """Of several mistakes the uppermost is told, whatever order they are found in."""
    text = POLICE.replace("[en]", "[e]").replace("kty: OKP", "kty: o")

    assert refusal(write(tmp_path, police=text)).line == 3


@pytest.mark.parametrize(
    ("raw", "line", "problem"),
    [
        (b"name: Police\nroles: \xff", 2, "not UTF-8; save the file in that encoding"),
        ("name: Māori".encode("utf-16"), 1, "not UTF-8; "),
        (b"#" * (MAX_BYTES + 1), 1, f"a file of over {MAX_BYTES} bytes; "),
        # a character cut in two by the limit is no fault of its encoding
        ("ē".encode() * MAX_BYTES, 1, f"a file of over {MAX_BYTES} bytes; "),
        (b"name: \x00", 1, "control character U+0000; remove it"),
    ],
)
def test_what_is_no_text_is_refused(
    tmp_path: Path, raw: bytes, line: int, problem: str
) -> None:
    """A file in another encoding, or too large, is refused before it is parsed."""
    error = refusal(write(tmp_path, police=raw))

    assert error.line == line
    assert error.problem.startswith(problem)


@pytest.mark.parametrize(
    "name",
    [
        "police.yml",
        "police.YAML",
        "Police.yaml",
        "-police.yaml",
        "police_force.yaml",
        "police force.yaml",
        "police\nforce.yaml",
        "police.old.yaml",
        f"{65 * 'p'}.yaml",
    ],
)
def test_a_file_meant_to_be_read_has_an_agencys_name(tmp_path: Path, name: str) -> None:
    """A file is never passed over in silence for a slip in its name."""
    (tmp_path / name).write_text(POLICE)
    error = refusal(tmp_path)

    assert error.file == str(tmp_path)
    assert error.problem.startswith(
        f"a file named {quoted(name)}; the name is <agency id>.yaml, an id of lower"
    )


def test_a_folder_without_agencies_is_refused(tmp_path: Path) -> None:
    """A folder given by mistake does not pass for a directory of nobody."""
    error = refusal(tmp_path)

    assert str(error) == (
        f"{tmp_path}:1: no agency's file here; one named <agency id>.yaml for each"
    )


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    """A wrong path is told as the operator gave it."""
    error = refusal(tmp_path / "contact")

    assert error.file == str(tmp_path / "contact")
    assert error.problem == (
        "the folder cannot be read (No such file or directory); a folder of agencies"
    )


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    """Neither a folder, a pipe nor a broken link is waited for or passed over."""
    path = tmp_path / "police.yaml"

    path.mkdir()
    assert refusal(tmp_path).problem.startswith("not a file; ")
    path.rmdir()

    os.mkfifo(path)
    assert refusal(tmp_path).problem.startswith("not a file; ")
    path.unlink()

    path.symlink_to(tmp_path / "nowhere")
    assert refusal(tmp_path).problem.startswith("not a file; ")


def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    """A failing disk is an error of the directory, with the system's own reason."""
    # A process's own memory opens, and has nothing to read at its beginning. Taking
    # away a permission would not do where the tests run as root.
    (tmp_path / "police.yaml").symlink_to("/proc/self/mem")
    error = refusal(tmp_path)

    assert error.file == str(tmp_path / "police.yaml")
    assert error.line == 1
    assert error.problem == (
        "the file cannot be read (Input/output error); see its permissions"
    )


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """One folder for all the examples of a property."""
    with TemporaryDirectory() as name:
        yield Path(name)


LINES = [*POLICE.splitlines(), "", "  - x", "  d: 1", "x: [", "\tx: 1", "roles:"]
VALUES = st.recursive(
    st.sampled_from(["x", "en", "email", "7", "~", "'", "2026-01-01", "a: 1", "&a"]),
    lambda inner: (
        st.lists(inner, max_size=2).map(lambda each: f"[{', '.join(each)}]")
        | st.lists(inner, max_size=2).map(
            lambda each: "{" + ", ".join(f"name: {one}" for one in each) + "}"
        )
    ),
    max_leaves=4,
)


@st.composite
def mangled(draw: st.DrawFn) -> str:
    """Draw the good file with some lines dropped, put elsewhere or given a value."""
    lines = POLICE.splitlines()
    for _ in range(draw(st.integers(1, 3))):
        index = draw(st.integers(0, len(lines) - 1))
        if draw(st.booleans()):
            key = lines[index].partition(":")[0]
            lines[index] = f"{key}: {draw(VALUES)}"
        else:
            moved = draw(st.lists(st.sampled_from(LINES), max_size=2))
            lines[index : index + draw(st.integers(0, 2))] = moved
    return "\n".join(lines)


def outcome(folder: Path) -> Directory | DirectoryError:
    """Give what loading ends in, error or not."""
    try:
        return load(folder)
    except DirectoryError as error:
        return error


@given(content=st.binary() | st.text() | mangled())
def test_any_content_is_read_or_refused(folder: Path, content: str | bytes) -> None:
    """Whatever a file holds, loading gives a directory or one line about the file."""
    raw = content if isinstance(content, bytes) else content.encode(errors="replace")
    read = outcome(write(folder, police=raw))

    if isinstance(read, DirectoryError):
        assert str(read).startswith(f"{folder / 'police.yaml'}:{read.line}: ")
        assert len(str(read).splitlines()) == 1
        assert 1 <= read.line <= len(raw.decode(errors="replace").splitlines()) + 1
    else:
        held = read.agencies["police"].roles.values()
        assert all(read.knows_contact(each) for role in held for each in role)
