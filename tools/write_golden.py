"""
Write what the golden stories give: their events, and some whole logs.

    python tools/write_golden.py            writes scenarios/*.ndjson and logs/*.ndjson
    python tools/write_golden.py --check    compares; exit 1 when one differs

Scenarios are in `coordinator/protocol/scenarios` and `tests/golden/scenarios`.

The stories are written by hand; their events follow from them. A log that differs
means that decisions changed: read the difference, and where it is meant, raise
`ENGINE` and write the logs anew.
"""

import argparse
import difflib
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import orjson

from tests.golden.stories import GOLDEN, read_scenario, scenario_files
from tests.golden.telling import play

ROOT: Final = GOLDEN.parents[1]
# Few and short, since they are read: together they have every part of a decision.
LOGGED: Final = ("contacts", "exercises", "parties", "repetitions", "whole_case")


def contents() -> Iterator[tuple[Path, bytes]]:
    """Give every file that is written, with what it should hold."""
    for path in scenario_files():
        played = play(path)
        if not read_scenario(path).asleep:
            yield (
                path.with_suffix(".ndjson"),
                b"".join(raw + b"\n" for raw in played.sent),
            )
        if path.stem in LOGGED:
            decisions = [step.decision for step in played.steps if step.decision]
            yield (
                GOLDEN / "logs" / f"{path.stem}.ndjson",
                b"".join(orjson.dumps(decision) + b"\n" for decision in decisions),
            )


def difference(path: Path, wanted: bytes) -> list[str]:
    """Compare a file with what it should hold, line by line."""
    stands = path.read_bytes() if path.exists() else b""
    return list(
        difflib.unified_diff(
            stands.decode().splitlines(),
            wanted.decode().splitlines(),
            f"{path.name} as it stands",
            f"{path.name} as it would be written",
            lineterm="",
            n=0,
        )
    )


def main() -> int:
    """Write the files, or compare them."""
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("--check", action="store_true", help="compare, write nothing")
    check = reader.parse_args().check
    differs = False
    for path, wanted in contents():
        found = difference(path, wanted)
        if found and check:
            differs = True
            print(*found, sep="\n")
        elif found:
            path.write_bytes(wanted)
            print(f"wrote {path.relative_to(ROOT)}")
    return int(differs)


if __name__ == "__main__":
    sys.exit(main())
