"""Compare random one-operator models with the real runtime, by operator, dtypes and profile.

    python golden/sweep.py [op ...] --seed 0 1 --count 100 --profile optimized
    python golden/sweep.py --write                      note the counts in golden/sweeps, for golden/conformance.py
    python golden/sweep.py --python venv/bin/python     the runtime of another Python, such as one with TensorFlow

Cases are those that the tests of the operators draw. The real runtime has a process of its own, since it may die of a
case. Exit code 1: an integer differs.
"""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from pytflite.profiles import NEWEST  # noqa: E402
from tests.profiles.answering import Answering  # noqa: E402
from tests.profiles.sweep import RESOLVERS, Sweep, is_float, operators, sweep  # noqa: E402

SWEEPS = ROOT / "golden" / "sweeps"
PACKAGES = {"ai_edge_litert": "litert", "tensorflow": "tf"}


def version_of(runtime: str) -> str:
    """What stands behind the @ in profiles for a runtime such as ``ai_edge_litert 2.3.0``."""
    package, version = runtime.split()
    return PACKAGES[package] + ".".join(version.split(".")[:2])


def report(found: Sweep) -> bool:
    """Print what came of one operator under one profile; whether an integer differs."""
    total = sum(row.cases for row in found.rows.values())
    floats = sum(row.differing for types, row in found.rows.items() if is_float(types))
    print(f"{found.op} {found.profile}: {total} cases, {floats} with other floats", flush=True)
    for problem in found.integer_differences:
        print(f"    {problem}", flush=True)
    for message, count in found.refused.items():
        if message.startswith("here") or "died" in message:
            print(f"    {count} refused {message}", flush=True)
    return bool(found.integer_differences)


def note(path: Path, runtime: str, found: list[Sweep], arguments: argparse.Namespace) -> None:
    """Put the counts of operators under profiles in the place of those of before."""
    stored: dict[str, Any] = json.loads(path.read_text()) if path.exists() else {"runtime": runtime, "operators": {}}
    for result in found:
        rows = {
            types: [row.cases, row.differing, row.taken, float(f"{row.largest:.1e}")]
            for types, row in sorted(result.rows.items())
        }
        entry = {"seeds": arguments.seed, "count": arguments.count, "rows": rows}
        stored["operators"].setdefault(result.op, {})[result.profile] = entry
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(stored, sort_keys=True, separators=(",", ":")).replace('},"', '},\n"') + "\n")


def main() -> int:
    """Sweep, print, and note the counts."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("ops", nargs="*", help="operators in lower case; default: all")
    parser.add_argument("--seed", type=int, nargs="+", default=[0], help="one sweep for each")
    parser.add_argument("--count", type=int, default=60, help="cases per operator, profile and seed")
    parser.add_argument("--profile", action="append", choices=[*RESOLVERS], help="default: all three")
    parser.add_argument("--python", default=sys.executable, help="the Python that has the real runtime")
    parser.add_argument("--definitions", action="store_true", help="run definitions alone, which need no compiling")
    parser.add_argument("--write", action="store_true", help="note the counts in golden/sweeps")
    arguments = parser.parse_args()
    ask = Answering(arguments.python)
    runtime = ask.name
    version = version_of(runtime)
    suffix = "" if version == NEWEST else f"@{version}"
    differ = False
    for op in arguments.ops or operators():
        results = []
        for profile in arguments.profile or RESOLVERS:
            found = Sweep(op.upper(), profile + suffix)
            for seed in arguments.seed:
                sweep(found, arguments.count, seed, ask, kernels=not arguments.definitions)
            differ = report(found) or differ
            results.append(found)
        if arguments.write:
            note(SWEEPS / f"{version}.json", runtime, results, arguments)
    return int(differ)


if __name__ == "__main__":
    sys.exit(main())
