"""
Figures of the bus beside those of peers, measured in one run on one machine.

    python -m bench                 all, in about five minutes
    python -m bench batched timers  some
    python -m bench --quick         all, on loads too small to conclude from
    python -m bench --json          the table as JSON

Prints one table and writes `bench/results.json`. Nothing here passes or fails: a goal
that is not reached is said so, and the exit code stays 0. A load that is decided other
than it should be ends the run, since its figure would say nothing.
"""

import argparse
import platform
import sqlite3
import sys
from collections.abc import Callable, Mapping
from importlib.metadata import version
from os import cpu_count, getloadavg
from pathlib import Path
from time import perf_counter
from typing import Any, Final

import orjson

from bench.deciding import deciding
from bench.embedded import batched, signed
from bench.emitting import emitting
from bench.figure import Figure
from bench.kafka_case import deciding_on_kafka
from bench.kafka_latency import latency_on_kafka
from bench.kafka_restart import restarting_on_kafka
from bench.kafka_scaling import scaling_on_kafka
from bench.linting import linting
from bench.long_case import long_case
from bench.measuring import WrongRunError
from bench.replaying import replaying
from bench.single import single
from bench.sizes import FULL, QUICK, Sizes
from bench.sweeping import log_to_stderr
from bench.table import printed
from bench.timers import due_at_once, open_timers

# An absolute figure of another machine makes no ratio.
_NOT_MEASURED: Final = """\
Not measured here: DBOS 3.4.0 on SQLite, whose best in the same work was 334 events/s
on 2 processors of another machine; and the time from a fresh machine to the first
decision, which is that of `make run`."""
_RESULTS: Final = Path(__file__).with_name("results.json")

_GROUPS: Final[Mapping[str, Callable[[Sizes], list[Figure]]]] = {
    "batched": batched,
    "signed": signed,
    "single": single,
    "emitters": emitting,
    "decide": deciding,
    "long-case": long_case,
    "replay": replaying,
    "lint": linting,
    "timers": open_timers,
    "due-at-once": due_at_once,
    "kafka-case": deciding_on_kafka,
    "kafka-latency": latency_on_kafka,
    "kafka-scaling": scaling_on_kafka,
    "kafka-restart": restarting_on_kafka,
}


def main() -> None:
    """Measure what was asked for, and show it."""
    parser = argparse.ArgumentParser(prog="python -m bench")
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(_GROUPS))
    parser.add_argument("--quick", action="store_true", help="small loads")
    parser.add_argument("--json", action="store_true", help="print JSON, no table")
    asked = parser.parse_args()
    unknown = [name for name in asked.names if name not in _GROUPS]
    if unknown:
        parser.error(f"no such figures: {', '.join(unknown)}; valid: {_names()}")
    log_to_stderr()
    load_before = getloadavg()[0]
    figures: list[Figure] = []
    seconds: dict[str, float] = {}
    for name in asked.names or _GROUPS:
        print(f"measuring {name} ...", file=sys.stderr, flush=True)
        started = perf_counter()
        try:
            figures += _GROUPS[name](QUICK if asked.quick else FULL)
        except WrongRunError as error:
            sys.exit(f"bench: {name}: {error}")
        seconds[name] = round(perf_counter() - started, 1)
    results: dict[str, Any] = {
        "machine": _machine(load_before),
        "quick": asked.quick,
        "seconds": seconds,
        "figures": [figure.as_record() for figure in figures],
    }
    written = orjson.dumps(results, option=orjson.OPT_INDENT_2).decode()
    _RESULTS.write_text(f"{written}\n", encoding="utf-8")
    if asked.json:
        print(written)
    else:
        print(printed(figures))
        print()
        print(_about(results["machine"]))


def _about(machine: Mapping[str, Any]) -> str:
    before, after = machine["load_average"]
    return f"""\
{machine["processors"]} processors, {machine["system"]},
Python {machine["python"]}, SQLite {machine["sqlite"]}. Load average {before:.1f} before
and {after:.1f} after; above 1 or so, others were at work.
{_NOT_MEASURED}
The same as JSON: bench/{_RESULTS.name}"""


def _names() -> str:
    return ", ".join(_GROUPS)


def _machine(load_before: float) -> dict[str, Any]:
    return {
        "load_average": (load_before, getloadavg()[0]),
        "system": platform.platform(),
        "processors": cpu_count(),
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
        "eventsourcing": version("eventsourcing"),
        "apscheduler": version("apscheduler"),
    }


if __name__ == "__main__":
    main()
