"""The README keeps its word about a cluster: its commands work as they stand there."""

import os
import re
import signal
import subprocess
from pathlib import Path

import pytest

from coordinator.runtime.kafka.connection import Connection

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.mark.connected
def test_its_commands_for_a_cluster_work(kafka: Connection, tmp_path: Path) -> None:
    """From no topic at all to a case whose obligations are shown."""
    blocks = re.findall(r"^```sh\n(.*?)^```", README, re.MULTILINE | re.DOTALL)
    (block,) = [one for one in blocks if "COORDINATOR_RUNTIME=kafka" in one]
    assert kafka.names.prefix
    script = block.replace("127.0.0.1:9092", kafka.bootstrap)
    assert script != block

    # `set -e` ends it at the first command that fails; what was started ends with it.
    run = subprocess.run(
        ["/bin/bash", "-c", f"set -e\ntrap 'kill $(jobs -p)' EXIT\n{script}"],
        env={
            **os.environ,
            "PATH": f"{ROOT / '.venv/bin'}:{os.environ['PATH']}",
            "COORDINATOR_HOME": str(tmp_path / "home"),
            "COORDINATOR_KAFKA_PREFIX": kafka.names.prefix,
        },
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )

    assert run.returncode in (0, 128 + signal.SIGTERM), run.stderr[-2000:]
    assert "+ accepted" in run.stdout
    assert "T1 report the suspicion to Police" in run.stdout
