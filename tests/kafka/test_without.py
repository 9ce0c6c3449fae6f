"""Where no Kafka can be had: tests are skipped with a reason, or fail where it must."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.kafka import cluster

INSTALL = Path(__file__).with_name("install")
# What the script needs before it looks for Java.
NEEDS = ("bash", "dirname", "env", "id", "sed")


@pytest.fixture
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a machine without Java, Maven and apt-get."""
    for name in NEEDS:
        found = shutil.which(name)
        assert found is not None
        (tmp_path / name).symlink_to(found)
    monkeypatch.setenv("PATH", str(tmp_path))
    for name in ("COORDINATOR_REQUIRE_KAFKA", "COORDINATOR_TEST_KAFKA"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


def install() -> "subprocess.CompletedProcess[str]":
    """Run what make runs."""
    return subprocess.run(
        [INSTALL],
        capture_output=True,
        text=True,
        env=os.environ,
        timeout=60,
        check=False,
    )


@pytest.mark.usefixtures("bare")
def test_a_machine_without_java_is_told_what_to_install() -> None:
    """It is no failure there: everything else can be tested."""
    done = install()

    assert done.returncode == 0
    assert "Java 17 is missing" in done.stderr
    assert "apt-get install openjdk-17-jre-headless" in done.stderr


@pytest.mark.usefixtures("bare")
def test_where_kafka_is_required_that_is_a_failure(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A CI machine does not go on without."""
    monkeypatch.setenv("COORDINATOR_REQUIRE_KAFKA", "1")

    assert install().returncode == 1
    with pytest.raises(pytest.fail.Exception, match="Java 17 is not on the PATH"):
        cluster.need_local_kafka()


@pytest.mark.usefixtures("bare")
def test_tests_that_need_it_are_skipped_with_the_reason() -> None:
    """And with what would say more."""
    with pytest.raises(pytest.skip.Exception, match=r"Java 17 .*make \.kafka/inst"):
        cluster.need_local_kafka()


@pytest.mark.usefixtures("bare")
def test_jars_that_are_not_there_are_missed(
    bare: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Java alone will not do."""
    (bare / "java").symlink_to("/bin/sh")
    monkeypatch.setattr(cluster, "LIBS", bare / "libs")

    with pytest.raises(pytest.skip.Exception, match="jars are not in"):
        cluster.need_local_kafka()


def test_somebodys_cluster_is_used_as_it_is(
    bare: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is installed, and nothing started."""
    monkeypatch.setenv("COORDINATOR_TEST_KAFKA", "kafka.example:9092")

    assert install().returncode == 0
    with cluster.cluster(bare) as bootstrap:
        assert bootstrap == "kafka.example:9092"
