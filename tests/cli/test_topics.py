"""`coordinator topics`: shown without a cluster, and applied on a real one."""

import pytest

from coordinator.runtime.kafka.acls import Acls
from coordinator.runtime.kafka.admin import Admin
from coordinator.runtime.kafka.connection import Connection
from coordinator.topics import TOPICS
from coordinator.topics.acl import Operation, Resource, Right
from coordinator.topics.layout import layouts
from tests.cli.homes import Run
from tests.kafka.broker import PASSWORD, Broker
from tests.kafka.cluster import make_topics

AGENCIES = ["police", "customs"]
NAMED = [f"--agency={agency}" for agency in AGENCIES]


@pytest.fixture
def cluster(kafka: Connection, monkeypatch: pytest.MonkeyPatch) -> Connection:
    """Let the program's environment name the tests' broker, which is one alone."""
    for name, value in {
        "BOOTSTRAP": kafka.bootstrap,
        "PREFIX": kafka.names.prefix,
        "REPLICAS": "1",
    }.items():
        monkeypatch.setenv(f"COORDINATOR_KAFKA_{name}", value)
    return kafka


@pytest.fixture
def asking(secured: Broker, monkeypatch: pytest.MonkeyPatch) -> Broker:
    """Let it name the broker that asks who one is, as its operator."""
    operator = secured.operator
    for name, value in {
        "BOOTSTRAP": operator.bootstrap,
        "PREFIX": "cli.",
        "REPLICAS": "1",
        "SECURITY_PROTOCOL": operator.protocol,
        "USERNAME": str(operator.username),
        "PASSWORD": PASSWORD,
        "CA_FILE": str(operator.ca_file),
    }.items():
        monkeypatch.setenv(f"COORDINATOR_KAFKA_{name}", value)
    return secured


# --- shown --------------------------------------------------------------------------


def test_every_topic_is_shown_with_who_uses_it(run: Run) -> None:
    """A line each, for people; no cluster is needed."""
    ran = run("topics", "show")
    lines = {line.split()[0]: line for line in ran.out.splitlines()[1:]}

    assert ran.code == 0
    assert list(lines) == list(TOPICS)
    assert "for good" in lines["case.log"]
    assert "365 d" in lines["agency.{agency}.inbox"]
    assert lines["agency.{agency}.outbox"].split()[-2:] == ["agency", "ingress"]


def test_programs_get_everything(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the prefix and the copies of the cluster that is set."""
    monkeypatch.setenv("COORDINATOR_KAFKA_PREFIX", "trial.")
    monkeypatch.setenv("COORDINATOR_KAFKA_REPLICAS", "1")
    shown = {one["topic"]: one for one in run("topics", "show", "--json").values}
    log = shown["trial.case.log"]

    assert len(shown) == len(TOPICS)
    assert log["partitions"] == 12
    assert log["replicas"] == 1
    assert log["config"]["min.insync.replicas"] == "1"
    assert log["writers"] == {"case": ["decision"]}
    assert "router" in log["readers"]


def test_rights_are_shown_for_every_agency_of_the_profile(run: Run) -> None:
    """Those that it names one by one, and none for the bus, which has no outbox."""
    shown = run("topics", "acl", "--json").values
    writers = {
        one["principal"] for one in shown if one["name"].endswith("police.outbox")
    }

    assert writers == {"User:agency.police", "User:ingress"}
    assert {"User:agency.ngo-refuge", "User:agency.minister-immigration"} <= {
        one["principal"] for one in shown
    }
    assert not any("coordinator" in one["name"] for one in shown)
    assert not any("*" in one["name"] for one in shown)


def test_rights_are_shown_for_people(run: Run) -> None:
    """A line each; a beginning of names is told from a name."""
    out = run("topics", "acl", "--agency", "NGO-Haven").out

    assert "User:agency.ngo-haven  write  topic  agency.ngo-haven.outbox\n" in out
    assert "User:agency.ngo-haven  read   group  agency.ngo-haven.…\n" in out


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["acl", "--agency", "nobody"], 2, "nobody: no agency of nz-2009/1; they are"),
        (["acl", "--agency", "coordinator"], 2, "coordinator: no agency of"),
        (["acl", "--agency", "ngo-*"], 2, "name each one that has joined"),
        (["acl", "--prune"], 2, "--prune and --dry-run go with --apply"),
        (["acl", "--apply"], 4, "COORDINATOR_KAFKA_BOOTSTRAP is not set"),
        (["apply"], 4, "COORDINATOR_KAFKA_BOOTSTRAP is not set"),
    ],
)
def test_what_cannot_be_is_told_in_a_line(
    run: Run, arguments: list[str], code: int, says: str
) -> None:
    """With what would do."""
    ran = run("topics", *arguments)

    assert (ran.code, ran.out) == (code, "")
    assert says in ran.err
    assert ran.err.count("\n") == 1


# --- applied ------------------------------------------------------------------------


@pytest.mark.connected
def test_applying_says_what_it_makes_and_then_has_nothing_left(
    run: Run, cluster: Connection
) -> None:
    """A dry run first, which does nothing."""
    wanted = layouts(cluster.names, AGENCIES, replicas=1)
    rehearsed = run("topics", "apply", "--dry-run", *NAMED)
    assert not set(wanted) & Admin(cluster).names()
    done = run("topics", "apply", *NAMED)
    again = run("topics", "apply", *NAMED)

    assert rehearsed.code == done.code == again.code == 0
    assert rehearsed.out == done.out
    assert "A dry run" in rehearsed.err
    assert [line.split()[1] for line in done.out.splitlines()] == list(wanted)
    assert Admin(cluster).found(wanted) == wanted
    assert again.out == ""
    assert "All 9 topics are as they should be" in again.err


@pytest.mark.connected
def test_programs_are_told_each_change(run: Run, cluster: Connection) -> None:
    """What is made, and what a setting was and becomes."""
    run("topics", "apply", "--agency", "police")
    name = f"{cluster.names.prefix}case.log"
    admin = Admin(cluster)
    (layout,) = admin.found([name]).values()
    config = {**layout.config, "cleanup.policy": "compact"}
    admin.apply(admin.changes({name: type(layout)(12, 1, config)}))
    values = run("topics", "apply", *NAMED, "--json").values

    assert [(one["topic"], one["change"]) for one in values] == [
        (f"{cluster.names.prefix}agency.customs.outbox", "make"),
        (f"{cluster.names.prefix}agency.customs.inbox", "make"),
        (name, "alter"),
    ]
    assert values[-1]["settings"] == {
        "cleanup.policy": {"was": "compact", "becomes": "delete"}
    }


@pytest.mark.connected
def test_another_number_of_partitions_is_refused(run: Run, cluster: Connection) -> None:
    """With the reason, and before anything is done."""
    make_topics(cluster, ["police"], partitions=2)
    ran = run("topics", "apply", *NAMED)

    assert ran.code == 4
    assert "case.log: has 2 partitions and should have 12" in ran.err
    assert f"{cluster.names.prefix}agency.customs.inbox" not in Admin(cluster).names()


@pytest.mark.connected
@pytest.mark.usefixtures("cluster")
def test_rights_are_not_applied_where_nobody_asks(run: Run) -> None:
    """A cluster without an authorizer would let everybody in all the same."""
    ran = run("topics", "acl", "--apply", *NAMED)

    assert ran.code == 4
    assert "the cluster has no authorizer" in ran.err


@pytest.mark.connected
def test_rights_are_given_told_and_taken(run: Run, asking: Broker) -> None:
    """What is missing is given; what is too much is told, and taken when asked to."""
    rehearsed = run("topics", "acl", "--apply", "--dry-run", *NAMED)
    given = run("topics", "acl", "--apply", *NAMED)
    again = run("topics", "acl", "--apply", *NAMED)

    assert rehearsed.out == given.out
    assert "give  User:agency.police  write topic cli.agency.police.outbox" in given.out
    assert again.out == ""
    assert "Every right is as it should be" in again.err

    too_much = Right("User:router", Operation.ALL, Resource.TOPIC, "cli.case.log")
    Acls(asking.operator).give([too_much])
    told = run("topics", "acl", "--apply", *NAMED)
    taken = run("topics", "acl", "--apply", "--prune", *NAMED, "--json")

    assert told.out == "keep  User:router  all topic cli.case.log\n"
    assert "with --prune they are taken away" in told.err
    assert [one["change"] for one in taken.values] == ["take"]
    assert too_much not in Acls(asking.operator).found()
    assert run("topics", "acl", "--apply", "--agency=police").out == ""
