"""What a file people edit may hold, and where an error says it is wrong."""

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coordinator.events.errors import OperatorError
from coordinator.events.located_yaml import (
    MAX_BYTES,
    MAX_DEPTH,
    Located,
    LocatedError,
    Plain,
    ValuePath,
    quoted,
    read_located,
)

PROFILE = """\
# A profile's beginning
name: nz
ladders:
  standard:
    - role: key_contact
      after: PT0S
    -
      role: senior_official
  flow: {rungs: [one,
    two]}
"""


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ((), 1),
        (("name",), 2),
        (("ladders",), 3),
        (("ladders", "standard"), 4),
        (("ladders", "standard", 0), 5),
        (("ladders", "standard", 0, "after"), 6),
        (("ladders", "standard", 1), 8),
        (("ladders", "flow", "rungs", 0), 9),
        (("ladders", "flow", "rungs", 1), 10),
    ],
)
def test_each_part_has_its_line(path: ValuePath, line: int) -> None:
    """A value is found where its key or its list entry stands, counted from 1."""
    assert read_located(PROFILE, file="nz.yaml").line(path) == line


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (("cite",), 1),
        (("name", "short"), 2),
        (("ladders", "standard", 1, "after"), 8),
        (("ladders", "standard", 7, "role"), 4),
    ],
)
def test_what_is_missing_has_the_line_around_it(path: ValuePath, line: int) -> None:
    """A field left out is put down to the nearest part that is there."""
    assert read_located(PROFILE, file="nz.yaml").line(path) == line


def test_a_document_becomes_plain_values() -> None:
    """Mappings, lists and scalars arrive as Python's own, in the file's order."""
    located = read_located(PROFILE, file="nz.yaml")

    assert located.file == "nz.yaml"
    assert located.value == {
        "name": "nz",
        "ladders": {
            "standard": [
                {"role": "key_contact", "after": "PT0S"},
                {"role": "senior_official"},
            ],
            "flow": {"rungs": ["one", "two"]},
        },
    }


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("true", True),
        ("false", False),
        ("null", None),
        ("~", None),
        ("", None),
        ("7", 7),
        ("-7", -7),
        ("0", 0),
        ("0.5", 0.5),
        ("-12.25", -12.25),
        ("123456789012345", 123456789012345),
    ],
)
def test_few_unquoted_words_have_a_type(text: str, value: Plain) -> None:
    """Truth, nothing and plain decimal numbers are typed as they look."""
    read = read_located(f"a: {text}", file="f").value

    assert read == {"a": value}
    assert isinstance(read, dict)
    assert type(read["a"]) is type(value)


@pytest.mark.parametrize(
    "text",
    [
        "no",
        "Yes",
        "on",
        "True",
        "NULL",
        "17:00",
        "2026-04-05",
        "2026-04-05T10:00:00Z",
        "007",
        "+64",
        "0x1F",
        "1_000",
        "1e3",
        ".5",
        "1.",
        ".inf",
        ".nan",
        "٣",
        "=",
    ],
)
def test_all_else_is_text(text: str) -> None:
    """Nothing is guessed: times, dates, codes and Norwegian stay as written."""
    assert read_located(f"a: {text}", file="f").value == {"a": text}


@pytest.mark.parametrize("text", ["'7'", '"7"', "|-\n  7", ">-\n  7"])
def test_a_quoted_or_block_scalar_is_text(text: str) -> None:
    """Quotes and blocks keep a number, a truth value or nothing as text."""
    assert read_located(f"a: {text}", file="f").value == {"a": "7"}


def test_a_quoted_merge_is_a_key() -> None:
    """In quotes, two angle brackets are text as any other."""
    assert read_located("'<<': 1", file="f").value == {"<<": 1}


@pytest.mark.parametrize("text", ["", "\n", "# only a comment\n", "---\n...\n"])
def test_an_empty_document_is_nothing(text: str) -> None:
    """An empty file reads as None, on line 1, for the caller to judge."""
    located = read_located(text, file="f")

    assert located.value is None
    assert located.line(("name",)) == 1


def test_a_byte_order_mark_is_no_content() -> None:
    """A file saved with a byte order mark reads as one without."""
    assert read_located("\ufeffa: 1\n", file="f").value == {"a": 1}


DEEPEST = MAX_DEPTH * "[" + MAX_DEPTH * "]"


@pytest.mark.parametrize(
    ("text", "line", "problem"),
    [
        ("a: 1\nb: 2\na: 3\n", 3, "duplicate key 'a', first on line 1; give it once"),
        ("- {a: 1,\n   a: 1}\n", 2, "duplicate key 'a', first on line 1; "),
        ("a: &x 1\nb: *x\n", 1, "an anchor (&); "),
        ("a: 1\nb: &x {c: 1}\n", 2, "an anchor (&); "),
        ("&x a: 1\n", 1, "an anchor (&); "),
        ("a: 1\nb:\n  - *x\n", 3, "an alias (*); "),
        ("a: 1\n*x : 1\n", 2, "an alias (*); "),
        ("a: 1\n<<: {b: 1}\n", 2, "a merge (<<); "),
        ("a: !!str 1\n", 1, "a tag (!); "),
        ("a: !!python/object:os.system 1\n", 1, "a tag (!); "),
        ("a: ! x\n", 1, "a tag (!); "),
        ("a: 1\n!x b: 1\n", 2, "a tag (!); "),
        ("a: 1\n1: b\n", 2, "a key that is not text; put it in quotes"),
        ("true: b\n", 1, "a key that is not text; "),
        ("~: b\n", 1, "a key that is not text; "),
        ("? [a]\n: b\n", 1, "a key that is not text; "),
        ("? {a: 1}\n: b\n", 1, "a key that is not text; "),
        ("a: 1\n---\nb: 1\n", 2, "a second document; "),
        (f"a:\n  {DEEPEST}", 2, f"nested too deep; at most {MAX_DEPTH} levels"),
        ("[" * MAX_BYTES, 1, "nested too deep; "),
        ("a: 1\nb: " + 16 * "9", 2, "a number of over 15 characters; "),
        ("a: 1\nb: [\n", 3, "not YAML: did not find expected node content while "),
        ("a:\n\tb: 1\n", 2, "not YAML: found character that cannot start any token"),
        ("a: 'x\n", 2, "not YAML: found unexpected end of stream while scanning "),
        ("%YAML 3.0\n---\na: 1\n", 1, "not YAML: found incompatible YAML document; "),
        ("a: 1\nb: ē\nc: \x07\n", 3, "control character U+0007; remove it"),
        ("a: \x00\n", 1, "control character U+0000; "),
        ("a: 1\nb: \ud800\n", 2, "half of a surrogate pair; "),
        ("a" * (MAX_BYTES + 1), 1, f"the file has 1048577 bytes; at most {MAX_BYTES}"),
    ],
)
def test_what_is_refused(text: str, line: int, problem: str) -> None:
    """An error names the file, the line and what would be valid, on one line."""
    with pytest.raises(LocatedError) as caught:
        read_located(text, file="dir/f.yaml")

    assert caught.value.file == "dir/f.yaml"
    assert caught.value.line == line
    assert caught.value.problem.startswith(problem)
    assert str(caught.value) == f"dir/f.yaml:{line}: {caught.value.problem}"
    assert len(str(caught.value).splitlines()) == 1
    assert isinstance(caught.value, OperatorError)


def test_the_limits_themselves_are_allowed() -> None:
    """The largest and the deepest document allowed are read."""
    assert read_located("a" * MAX_BYTES, file="f").value == "a" * MAX_BYTES
    assert read_located(DEEPEST, file="f").value is not None


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("plain", "'plain'"),
        ("two\nlines", r"'two\nlines'"),
        ("\u202eturned", r"'\u202eturned'"),
        ("ē", "'ē'"),
        ("x" * 60, "'" + "x" * 60 + "'"),
        ("x" * 61, "'" + "x" * 60 + "…'"),
    ],
)
def test_a_quoted_name_is_short_and_printable(name: str, shown: str) -> None:
    """Nothing in a file can break or disguise the line of an error."""
    assert quoted(name) == shown


ANY_TEXT = st.text() | st.text(alphabet="ab1: -[]{}&*!|>'\"#%?,\n\t<~@`\\\x00\ud800")


def outcome(text: str) -> Located | LocatedError:
    """Give what reading ends in, error or not."""
    try:
        return read_located(text, file="f")
    except LocatedError as error:
        return error


@given(ANY_TEXT)
def test_any_text_is_read_or_refused(text: str) -> None:
    """Whatever a file holds, reading gives values or an error at one of its lines."""
    read = outcome(text)

    if isinstance(read, LocatedError):
        assert re.fullmatch(r"f:[1-9][0-9]*: .+", str(read))
        assert read.line <= len(text.splitlines()) + 1
    else:
        assert read.line(("no", "such", 7)) >= 1


# JSON may hold these unescaped; to YAML they are no characters, or ends of lines. And
# a key in YAML has at most 1,024 characters.
TEXTS = st.text(
    st.characters(exclude_categories=["Cc", "Cn", "Cs", "Zl", "Zp"]), max_size=100
)
JSON_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**13), 10**13)
    | st.decimals(-1000, 1000, places=2).map(float)
    | TEXTS,
    lambda inner: st.lists(inner) | st.dictionaries(TEXTS, inner),
    max_leaves=20,
)


@given(JSON_VALUES)
def test_json_reads_as_itself(value: Plain) -> None:
    """A JSON document with plain numbers is YAML and reads as the same values."""
    text = json.dumps(value, ensure_ascii=False)

    assert read_located(text, file="f").value == value
