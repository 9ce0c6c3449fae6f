"""Export and import: a home moves with nothing lost, and comes back the same."""

import gzip
import os
import signal
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import orjson
import pytest

from coordinator.protocol import ENGINE, LogDigest
from coordinator.runtime.sqlite.store import SqliteStore
from coordinator.runtime.step import Submission
from tests.cli.homes import Bus, Run, Told, tell

NOT_TEXT = b'{"id": \xff'


@pytest.fixture
def filled(bus: Bus) -> Told:
    """Give a home of all kinds: a case, what was rejected, a page that went out."""
    told = tell(bus)
    bus.take([Submission(raw=b"no event")])
    store = SqliteStore(bus.settings.home / "bus.sqlite")
    page = next(store.pages())
    store.mark_pages({page.id: "sent"})
    store.close()
    return told


def lines(path: Path) -> list[dict[str, dict[str, object]]]:
    """Read an archive."""
    return [orjson.loads(line) for line in path.read_bytes().splitlines()]


@pytest.mark.usefixtures("filled")
def test_a_home_that_was_moved_is_the_same_home(
    run: Run, home: Path, tmp_path: Path
) -> None:
    """Log, rejected, pages and digest are; and exported again, the file is too."""
    run("emit", "--file", "-", stdin=NOT_TEXT)
    first = run("export", "one.ndjson", "--json")
    moved = run("import", "one.ndjson", "--home", "new", "--json")
    again = run("export", "two.ndjson", "--home", "new", "--json")

    assert (first.code, moved.code, again.code) == (0, 0, 0)
    assert (tmp_path / "one.ndjson").read_bytes() == (
        tmp_path / "two.ndjson"
    ).read_bytes()
    assert moved.values == [{**first.values[0], "written": first.values[0]["records"]}]
    assert first.values[0]["rejected"] == 2
    for command in (
        ["log", "--json"],
        ["log", "--intake", "--json"],
        ["log", "--rejected", "--json"],
        ["pages", "--json"],
        ["inbox", "labour", "--json"],
        ["replay", "--verify", "--json"],
    ):
        there = run(*command, "--home", "new")
        assert there.code == 0
        assert there.out == run(*command, "--home", str(home)).out


@pytest.mark.usefixtures("filled")
def test_the_first_line_says_what_follows(run: Run, tmp_path: Path) -> None:
    """How many of each kind, by which protocol, up to where, and the log's digest."""
    people = run("export", "one.ndjson")
    head, *rest = lines(tmp_path / "one.ndjson")
    kinds = [next(iter(line)) for line in rest]
    says = head["archive"]
    replayed = run("replay", "--verify", "--json").values[0]

    assert (says["format"], says["version"]) == ("item23-archive", 1)
    assert says["active"] == "nz-2009/1"
    assert [says[f"{kind}s"] for kind in ("profile", "record", "page")] == [
        kinds.count(kind) for kind in ("profile", "record", "page")
    ]
    assert says["rejected"] == kinds.count("rejected") == 1
    assert says["pages"] == 1
    assert (says["records"], says["digest"]) == (
        replayed["count"],
        replayed["digest"],
    )
    assert f"up to position {says['records']} of the log" in people.err
    assert people.out == ""


@pytest.mark.usefixtures("filled")
def test_only_its_owner_may_read_it(run: Run, tmp_path: Path) -> None:
    """It holds what agencies said about people; nothing half-written stays there."""
    run("export", "one.ndjson")
    path = tmp_path / "one.ndjson"

    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert not list(tmp_path.glob("*.part"))


@pytest.mark.usefixtures("filled")
def test_an_archive_may_come_and_go_by_a_pipe(
    run: Run, program: Run, tmp_path: Path
) -> None:
    """`-` is stdout there and stdin here, as for a compressor in between."""
    run("export", "one.ndjson")
    piped = program("export", "-")
    packed = gzip.compress(piped.out.encode())
    moved = run("import", "-", "--home", "new", stdin=gzip.decompress(packed))

    assert piped.out.encode() == (tmp_path / "one.ndjson").read_bytes()
    assert moved.code == 0
    assert moved.out.startswith("-: ")


@pytest.mark.usefixtures("told")
def test_a_home_with_a_clock_of_its_own_is_not_moved(run: Run, tmp_path: Path) -> None:
    """A demo's times are fictional; nothing is written."""
    ran = run("export", "one.ndjson")

    assert ran.code == 4
    assert "clock of its own" in ran.err
    assert ran.err.count("\n") == 1
    assert not list(tmp_path.glob("one*"))


def test_where_nothing_is_there_is_nothing_to_export(run: Run) -> None:
    """A home that is not there, in one line."""
    ran = run("export", "one.ndjson")

    assert ran.code == 4
    assert "no store here yet" in ran.err


@pytest.mark.usefixtures("filled")
def test_done_twice_it_changes_nothing(run: Run) -> None:
    """The second time all was there before."""
    run("export", "one.ndjson")
    run("import", "one.ndjson", "--home", "new")
    again = run("import", "one.ndjson", "--home", "new", "--json")

    assert again.code == 0
    assert again.values[0]["written"] == 0


def test_a_home_that_keeps_something_else_is_left_alone(
    run: Run, filled: Told, tmp_path: Path
) -> None:
    """An archive is for a new home."""
    run("export", "one.ndjson")
    filled.bus.take([Submission(raw=b"no event either")])
    ran = run("import", "one.ndjson")

    assert ran.code == 4
    assert "keeps something already" in ran.err
    assert run("export", "two.ndjson").code == 0
    assert (
        len(lines(tmp_path / "two.ndjson")) == len(lines(tmp_path / "one.ndjson")) + 1
    )


@pytest.mark.usefixtures("filled")
def test_an_archive_that_is_not_whole_is_not_brought_in(
    run: Run, tmp_path: Path
) -> None:
    """Cut off anywhere, without a line, or with one twice: nothing is written."""
    run("export", "one.ndjson")
    whole = (tmp_path / "one.ndjson").read_bytes().splitlines(keepends=True)
    last = len(whole) - 1
    broken = tmp_path / "broken.ndjson"
    for some in (
        [],
        whole[1:],
        whole[:5],
        whole[:last],
        [*whole[:last], whole[last][:20]],
        [*whole, whole[last]],
        [*whole[:1], *whole[2:]],
        [b"{}\n"],
        [b"[]\n"],
        [
            whole[0].replace(b'"active":"nz-2009/1"', b'"active":"nz-2009/2"'),
            *whole[1:],
        ],
        [*whole, b'{"else":{}}\n'],
    ):
        broken.write_bytes(b"".join(some))
        ran = run("import", "broken.ndjson", "--home", "new")

        assert ran.code == 2, some
        assert ran.err.startswith("coordinator: broken.ndjson: ")
        assert ran.err.count("\n") == 1
        assert not (tmp_path / "new").exists()


@pytest.mark.usefixtures("filled")
def test_a_newer_archive_names_its_version(run: Run, tmp_path: Path) -> None:
    """It is for the program that wrote it."""
    path = tmp_path / "one.ndjson"
    run("export", "one.ndjson")
    path.write_bytes(path.read_bytes().replace(b'"version":1', b'"version":2', 1))
    ran = run("import", "one.ndjson", "--home", "new")

    assert ran.code == 2
    assert "version 2" in ran.err


@pytest.mark.usefixtures("filled")
def test_a_decision_that_is_made_otherwise_here_stops_it(
    run: Run, tmp_path: Path
) -> None:
    """It says which one, and in what; of another engine it stands as it is."""
    run("export", "one.ndjson")
    head, *rest = lines(tmp_path / "one.ndjson")
    records = [line["record"] for line in rest if "record" in line]
    decision = records[-1]["decision"]
    assert isinstance(decision, dict)
    decision["rule"] = "another"
    changed = tmp_path / "changed.ndjson"
    changed.write_bytes(b"\n".join(map(orjson.dumps, [head, *rest])))
    ran = run("import", "changed.ndjson", "--home", "new")

    assert ran.code == 4
    assert f"record {len(records)} of the archive" in ran.err
    assert "(rule)" in ran.err
    assert not (tmp_path / "new").exists()


@pytest.mark.usefixtures("filled")
def test_damage_is_noticed_while_it_is_exported(
    run: Run, home: Path, tmp_path: Path
) -> None:
    """A damaged row is not carried on; no file is left."""
    store = SqliteStore(home / "bus.sqlite")
    store._rows("UPDATE log SET decision = ' ' || decision WHERE position = 7")  # noqa: SLF001 - what a disk does
    store.close()
    ran = run("export", "one.ndjson")

    assert ran.code == 4
    assert "damaged" in ran.err
    assert not list(tmp_path.glob("one*"))


@pytest.mark.usefixtures("filled")
def test_what_another_engine_decided_stands_as_it_is(run: Run, tmp_path: Path) -> None:
    """It is not made again, and is the same on the other side."""
    run("export", "one.ndjson")
    head, *rest = lines(tmp_path / "one.ndjson")
    digest = LogDigest()
    for line in rest:
        if "record" in line:
            decision: Any = line["record"]["decision"]
            decision["engine"], decision["detail"] = ENGINE + 1, "decided otherwise"
            digest.take(decision["case"], orjson.dumps(decision))
    head["archive"]["digest"] = digest.hexdigest()
    (tmp_path / "other.ndjson").write_bytes(
        b"".join(orjson.dumps(line) + b"\n" for line in (head, *rest))
    )
    moved = run("import", "other.ndjson", "--home", "new", "--json")
    replayed = run("replay", "--verify", "--json", "--home", "new").values[0]

    assert moved.code == 0, moved.err
    assert replayed["of_other_engines"] == head["archive"]["records"]
    assert replayed["digest"] == digest.hexdigest()


@pytest.mark.usefixtures("filled")
def test_one_that_was_killed_leaves_a_home_that_is_not_there(
    run: Run, tmp_path: Path
) -> None:
    """Killed while it writes, and run again, all is there."""
    run("export", "one.ndjson")
    new = tmp_path / "new"
    killed = subprocess.Popen(
        [sys.executable, "-m", "coordinator.cli", "import", "one.ndjson"],
        env={**os.environ, "COORDINATOR_HOME": str(new)},
        stdout=subprocess.DEVNULL,
    )
    while killed.poll() is None and not (new / "bus.part").exists():
        pass
    killed.send_signal(signal.SIGKILL)
    assert killed.wait() == -signal.SIGKILL
    half = run("log", "--home", "new")
    moved = run("import", "one.ndjson", "--home", "new")

    assert half.code == 4
    assert "no store here yet" in half.err
    assert moved.code == 0
    assert run("replay", "--verify", "--home", "new").code == 0
    assert not list(new.glob("*.part*"))
