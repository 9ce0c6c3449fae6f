"""`coordinator run` as a process: what it serves, and how it begins and ends."""

from pathlib import Path

from tests.cli.running import answer, running

SERVES = "Ctrl-C stops it."
SUSPICION = (
    "emit",
    "suspicion.reported",
    "--as",
    "customs",
    "--data",
    '{"observer_role": "officer", "context": "border_air", "indicators": ["x"]}',
)


def test_it_says_what_it_serves(tmp_path: Path) -> None:
    """The home, the protocol and the next deadline stand in one line."""
    with running(tmp_path) as run:
        line = run.until(SERVES)
        assert run.stop() == 0

    assert line.startswith("Serving var by nz-2009/1; the next deadline is ")


def test_what_is_emitted_is_told_as_it_happens(tmp_path: Path) -> None:
    """An event from another process is decided here, answered, and told."""
    with running(tmp_path) as run:
        run.until(SERVES)
        answered = answer(tmp_path, *SUSPICION)
        told = run.until("customs: suspicion.reported")
        run.until("owed     customs: T1 report the suspicion to Police")
        assert run.stop() == 0

    assert answered.returncode == 0
    assert told.split()[-1] in answered.stdout


def test_what_is_rejected_is_told_without_its_content(tmp_path: Path) -> None:
    """What ingress turns away is told by its rule, not by what was sent."""
    (tmp_path / "events.ndjson").write_text('{"secret": "SECRET"\n')

    with running(tmp_path) as run:
        run.until(SERVES)
        answer(tmp_path, "emit", "--file", "events.ndjson")
        run.until("The event cannot be read")
        assert run.stop() == 0

    assert not any("SECRET" in line for line in run.lines)


def test_a_second_run_is_refused(tmp_path: Path) -> None:
    """One process decides for a home; another gets one line and 4."""
    with running(tmp_path) as run:
        run.until(SERVES)
        second = answer(tmp_path, "run")
        assert run.stop() == 0

    assert second.returncode == 4
    assert second.stdout == ""
    (line,) = second.stderr.splitlines()
    assert f"var: another process (pid {run.process.pid}) decides" in line


def test_a_wrong_directory_is_one_line(tmp_path: Path) -> None:
    """A mistake in the contacts is the operator's, told in one line with its place."""
    (tmp_path / "contacts").mkdir()
    (tmp_path / "contacts" / "police.yaml").write_text("nam: Police\n")

    refused = answer(tmp_path, "run")

    assert refused.returncode == 4
    assert refused.stderr.count("\n") == 1
    assert "contacts/police.yaml:1" in refused.stderr


def test_a_folder_of_contacts_that_is_missing_is_said(tmp_path: Path) -> None:
    """Without a directory it runs, and says so."""
    with running(tmp_path) as run:
        run.until("contacts: no such folder, so no contact is known")
        run.until(SERVES)
        assert run.stop() == 0
