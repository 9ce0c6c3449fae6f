"""The command line on a real cluster, with the bus's own workers as processes."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

import orjson
import pytest

from coordinator.events import encode, made_id
from coordinator.runtime.clock import SystemClock
from coordinator.runtime.kafka.connection import Connection
from coordinator.topics import Role
from tests.cli.homes import Bus, Ran, tell
from tests.cli.versions import second
from tests.kafka.broker import free_ports
from tests.kafka.cluster import delete_topics, new_names
from tests.kafka.program import Program

pytestmark = pytest.mark.connected

KINDS = (Role.INGRESS, Role.CASE, Role.ROUTER, Role.TIMERS, Role.NOTIFIER)
SUSPICION = {
    "observer_role": "officer",
    "context": "border_air",
    "indicators": ["documents_held"],
}
SAY = ("emit", "suspicion.reported", "--as", "customs", "--data")
NOWHERE = "127.0.0.1:1"
SOON_S = 20.0
"""Within which a command says that there is nothing; on a busy machine, too."""


@pytest.fixture(scope="module")
def empty(broker: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    """Give the command line on a cluster where topics are, and nobody works."""
    connection = Connection(broker, names=new_names())
    program = Program(connection, tmp_path_factory.mktemp("empty"))
    assert program("topics", "apply").code == 0
    yield program
    delete_topics(connection)


@pytest.fixture(scope="module")
def bus(broker: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    """Give the command line on a cluster where the bus runs, moved there by import."""
    connection = Connection(broker, names=new_names())
    program = Program(connection, tmp_path_factory.mktemp("bus"))
    home = program.folder / "home"
    tell(Bus(home))
    here = program.set(RUNTIME="embedded", HOME=str(home))
    assert here("export", "home.ndjson").code == 0
    with ExitStack() as stack:
        assert program("topics", "apply").code == 0
        stack.callback(delete_topics, connection)
        # They are started before anything is there, and wait.
        for kind in KINDS:
            stack.enter_context(program.started("worker", kind))
        moved = program("import", "home.ndjson")
        assert moved.code == 0, moved.err
        yield program


@pytest.fixture(scope="module")
def case(bus: Program) -> str:
    """Tell a case, and give its reference."""
    ran = bus(*SAY, orjson.dumps(SUSPICION).decode(), "--json")
    assert ran.code == 0, ran.err
    (answer,) = ran.values
    assert answer["verdict"] == "accepted"
    return str(answer["case"])


def suspicion(number: int, **more: Any) -> bytes:  # noqa: ANN401 - JSON
    """Write a suspicion as an agency sends it."""
    return encode(
        name="suspicion.reported",
        agency=more.get("agency", "customs"),
        id=made_id("commands", number),
        time=SystemClock().now(),
        data=more.get("data", SUSPICION),
        subject=None,
    )


def is_one_line(ran: Ran, code: int) -> None:
    """Whether a command ended by saying what is wrong, and by nothing else."""
    assert ran.code == code, ran.err
    assert ran.err.startswith("coordinator: ")
    assert ran.err.count("\n") == 1
    assert ran.out == ""


# --- saying something ----------------------------------------------------------------


def test_an_agencys_file_is_answered_line_by_line(bus: Program, case: str) -> None:
    """Accepted, repeated, refused and rejected, each with its exit code."""
    assert case
    stdin = suspicion(1) + b"\n"
    accepted = bus("emit", "--file", "-", "--as", "customs", "--json", stdin=stdin)
    repeated = bus("emit", "--file", "-", "--as", "customs", "--json", stdin=stdin)
    lacking = suspicion(2, data={"observer_role": "officer"}) + b"\n"
    rejected = bus("emit", "--file", "-", "--as", "customs", "--json", stdin=lacking)
    unreadable = bus("emit", "--file", "-", "--as", "customs", "--json", stdin=b"{\n")
    refused = bus(
        *("emit", "victim.identified", "--as", "customs", "--case", case, "--json"),
        *("--person", "p-1", "--data"),
        '{"language": "th", "age_band": "adult", "immediate_needs": ["safety"]}',
    )

    assert [one.values[0]["verdict"] for one in (accepted, repeated)] == [
        "accepted",
        "duplicate",
    ]
    assert (accepted.code, repeated.code) == (0, 0)
    assert (rejected.code, rejected.values[0]["verdict"]) == (3, "rejected")
    assert (unreadable.code, unreadable.values[0]["rule"]) == (2, "unreadable")
    assert (refused.code, refused.values[0]["verdict"]) == (3, "refused")
    assert refused.values[0]["cite"]


def test_an_operators_file_is_trusted(bus: Program, case: str) -> None:
    """Events of several agencies, without their outboxes; with --as, only its own."""
    assert case
    both = suspicion(3) + b"\n" + suspicion(4, agency="police") + b"\n"
    trusted = bus("emit", "--file", "-", "--json", stdin=both)
    own = bus("emit", "--file", "-", "--as", "customs", "--json", stdin=both)

    assert [one["verdict"] for one in trusted.values] == ["accepted", "accepted"]
    assert [one["verdict"] for one in own.values] == ["duplicate", "rejected"]
    assert (trusted.code, own.code) == (0, 3)


def test_a_dry_run_is_for_one_machine(bus: Program) -> None:
    """It says what does the same."""
    ran = bus(*SAY, "{}", "--dry-run")

    is_one_line(ran, 4)
    assert "`coordinator simulate`" in ran.err


def test_run_says_what_runs_on_a_cluster(bus: Program) -> None:
    """And starts nothing."""
    ran = bus("run", timeout=SOON_S)

    is_one_line(ran, 4)
    assert "`coordinator worker`" in ran.err


# --- looking -------------------------------------------------------------------------


def test_what_was_decided_is_seen(bus: Program, case: str) -> None:
    """Cases, a case, what is owed, inboxes, pages, and the log with its intake."""
    cases = bus("cases", "--json").values
    story = bus("case", case)
    owed = bus("obligations", "--json").values
    of_police = bus("obligations", "--agency", "police", "--json").values
    log = bus("log", "--json").values
    intake = bus("log", "--intake", "--json").values

    assert case in [one["case"] for one in cases]
    assert "suspicion.reported" in story.out
    assert any(one["case"] == case for one in owed)
    assert {one["owner"] for one in of_police} <= {"police"}
    assert [one["input"]["id"] for one in log] == [one["event"]["id"] for one in intake]
    assert [one["seq"] for one in bus("log", "--case", case, "--json").values] == [
        one["seq"] for one in log if one["case"] == case
    ]
    for command in (["inbox", "police"], ["pages"], ["log", "--rejected"], ["cases"]):
        people, programs = bus(*command), bus(*command, "--json")
        assert (people.code, programs.code) == (0, 0), people.err


def test_an_agency_sees_its_own_part_of_a_case(bus: Program, case: str) -> None:
    """What it sent is there; one that has no part in it is told what there is not."""
    customs = bus("case", case, "--as", "customs")
    health = bus("case", case, "--as", "health")

    assert customs.code == 0
    assert "suspicion.reported" in customs.out
    is_one_line(health, 2)


def test_a_replay_is_identical(bus: Program, case: str) -> None:
    """With the digest that an export has."""
    assert case
    replayed = bus("replay", "--verify")
    found = bus("replay", "--verify", "--json").values[0]
    exported = bus("export", "bus.ndjson", "--json").values[0]

    assert replayed.code == 0
    assert replayed.out.startswith("identical: ")
    assert exported["records"] >= found["count"]
    if exported["records"] == found["count"]:  # nothing came due in between
        assert exported["digest"] == found["digest"]


def test_an_escalation_is_acknowledged(bus: Program, case: str) -> None:
    """By the agency that was paged about it; who was not is refused, and told why."""
    owed = next(
        one
        for one in bus("obligations", "--state", "escalated", "--json").values
        if one["owner"] == "labour"
    )
    new = next(
        one for one in bus("obligations", "--json").values if one["case"] == case
    )
    decision = ("--decision", "The duty officer takes it")
    paged = bus("ack", owed["id"], "--as", "labour", *decision, "--json")
    not_paged = bus("ack", new["id"], "--as", new["owner"], *decision, "--json")

    assert paged.code == 0, paged.err
    assert paged.values[0]["verdict"] == "accepted"
    assert not_paged.code == 3
    assert not_paged.values[0]["rule"] == "escalation.acknowledged.1"


# --- the protocol --------------------------------------------------------------------


def test_a_version_is_activated_once_and_cases_move_to_it(
    bus: Program, case: str
) -> None:
    """Again it changes nothing; another one is for new cases, until one is moved."""
    again = bus("protocol", "activate", "nz-2009", "--json")
    other = bus("protocol", "activate", second(bus.folder), "--json")
    moved = bus("protocol", "migrate", case, "--to", "nz-2009/2", "--json")
    after = bus(*SAY, orjson.dumps(SUSPICION).decode(), "--json")
    log = bus("log", "--json").values
    back = bus("protocol", "activate", "nz-2009", "--json")

    assert (again.code, other.code, moved.code, after.code, back.code) == (0,) * 5
    assert (again.values[0]["active"], again.values[0]["changed"]) == (
        "nz-2009/1",
        False,
    )
    assert other.values[0]["active"] == "nz-2009/2"
    new = next(one for one in log if one["case"] == after.values[0]["case"])
    assert new["profile"] == "nz-2009/2"
    assert next(one["profile"] for one in log if one["case"] == case) == "nz-2009/1"
    assert bus("replay", "--verify").code == 0


# --- where something is missing ------------------------------------------------------


def test_a_new_cluster_says_what_to_activate(empty: Program) -> None:
    """Reading and sending name the command that begins one."""
    for command in (["cases"], ["emit", "--file", "-"], ["export", "-"]):
        ran = empty(*command, stdin=suspicion(5))
        assert ran.code == 4
        assert "active" in ran.err
        assert "Traceback" not in ran.err
        assert ran.out == ""


def test_without_workers_an_event_waits_and_its_sender_is_told(empty: Program) -> None:
    """In time, with exit code 5; sent again later, it is a duplicate."""
    assert empty("protocol", "activate", "nz-2009").code == 0
    program = empty.set(ANSWER_S="2")
    by_outbox = program(*SAY, orjson.dumps(SUSPICION).decode(), timeout=SOON_S)
    by_operator = program("emit", "--file", "-", stdin=suspicion(6), timeout=SOON_S)

    is_one_line(by_outbox, 5)
    assert "see that the bus's workers run" in by_outbox.err
    assert by_operator.code == 5
    assert "see that a case worker runs" in by_operator.err
    assert by_operator.out == ""


COMMANDS = (
    ["cases"],
    ["case", "TP-00000-00000-0"],
    ["obligations"],
    ["inbox", "police"],
    ["pages"],
    ["log"],
    ["replay", "--verify"],
    ["export", "-"],
    [*SAY, "{}"],
    ["protocol", "activate", "nz-2009"],
    ["protocol", "migrate", "TP-00000-00000-0", "--to", "nz-2009/1"],
    ["ack", "5QZ8RD", "--as", "police", "--decision", "x"],
)


@pytest.mark.parametrize("command", COMMANDS, ids=lambda one: " ".join(one[:2]))
def test_a_cluster_that_does_not_answer_is_told_in_a_line(
    empty: Program, command: list[str]
) -> None:
    """Soon, with exit code 5, and without a word of a library's."""
    ran = empty.set(KAFKA_BOOTSTRAP=NOWHERE)(*command, timeout=SOON_S)

    is_one_line(ran, 5)
    assert NOWHERE in ran.err


@pytest.mark.parametrize("command", COMMANDS, ids=lambda one: " ".join(one[:2]))
def test_topics_that_are_not_there_are_told_in_a_line(
    empty: Program, command: list[str]
) -> None:
    """With the command that makes them."""
    ran = empty.set(KAFKA_PREFIX="no-such-prefix.")(*command, timeout=SOON_S)

    is_one_line(ran, ran.code)
    assert ran.code in (4, 5)
    assert "`coordinator topics apply" in ran.err


def test_settings_that_cannot_work_are_told_before_a_broker_is_asked(
    empty: Program,
) -> None:
    """The variable is named."""
    ran = empty.set(KAFKA_BOOTSTRAP="localhost")("cases", timeout=SOON_S)

    is_one_line(ran, 4)
    assert "COORDINATOR_KAFKA_BOOTSTRAP" in ran.err


def test_a_worker_waits_until_a_version_is_active(bus: Program, tmp_path: Path) -> None:
    """Alive and not ready, it says what for; told to stop, it ends in order."""
    (port,) = free_ports(1)
    connection = Connection(bus.connection.bootstrap, names=new_names())
    program = Program(connection, tmp_path)
    assert program("topics", "apply").code == 0
    try:
        with program.started("worker", "case", "--metrics-port", str(port)) as worker:
            ready = None
            while ready is None and worker.poll() is None:
                ready = asked(port)
        assert ready == {
            "ready": False,
            "waits_for": ["an active protocol", "its partitions"],
        }
        assert worker.returncode == 0
    finally:
        delete_topics(connection)


def asked(port: int) -> object:
    """Ask a worker whether it is ready; None where it does not answer yet."""
    try:
        with urlopen(f"http://127.0.0.1:{port}/ready", timeout=5):
            return True
    except HTTPError as answer:
        with answer:
            return orjson.loads(answer.read())
    except URLError:
        return None
