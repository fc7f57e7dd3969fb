"""Compare random one-operator models with the real runtime, by operator, dtypes and profile.

    python golden/sweep.py [op ...] --seed 0 --count 100 --profile optimized
    python golden/sweep.py --write      also write docs/conformance.md

Cases are those that the tests of the operators draw. Each operator has a process of its own, since the real runtime
may die of a case. Exit code 1: an integer differs.
"""

import argparse
import sys
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests.profiles.sweep import RESOLVERS, UNDEFINED, Row, Sweep, is_float, operators, sweep  # noqa: E402

HEAD = """# Conformance

Random one-operator models, compared with `ai_edge_litert` 2.3 on x86-64, every bit of every output: how many cases were
drawn, and how many differ, if any. Of float rows the largest difference is given, relative to the largest number of the
output. `reference` is compared with `BUILTIN_REF`, `optimized` with `BUILTIN_WITHOUT_DEFAULT_DELEGATES`, `xnnpack` with
`AUTO`. A dash: the real runtime refuses all cases drawn; "dies": its process died of one.

Made by `python golden/sweep.py --write{arguments}`. Left out under optimized kernels, whose answers are undefined:

{undefined}

"""


def run(op: str, profile: str, count: int, seed: int) -> Sweep | None:
    """Sweep in a new process; None when it died."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        try:
            return pool.submit(sweep, op, profile, count, seed).result()
        except BrokenProcessPool:
            return None


def cell(row: Row | None, types: str) -> str:
    """What is written for one row under one profile."""
    if row is None or not row.cases:
        return "-"
    if not row.differing:
        return f"{row.cases}"
    size = f", {row.largest:.0e}" if is_float(types) else ""
    return f"{row.cases}: **{row.differing} differ{size}**"


def main() -> int:
    """Sweep, print, and write the page."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("ops", nargs="*", help="operators in lower case; default: all")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--count", type=int, default=60, help="cases per operator and profile")
    parser.add_argument("--profile", action="append", choices=[*RESOLVERS], help="default: all three")
    parser.add_argument("--write", action="store_true", help="write docs/conformance.md")
    arguments = parser.parse_args()
    profiles = arguments.profile or [*RESOLVERS]
    lines: list[str] = []
    failed = False
    for op in arguments.ops or operators():
        found = {profile: run(op, profile, arguments.count, arguments.seed) for profile in profiles}
        for profile, result in found.items():
            problems = ["the real runtime dies of a case"] if result is None else result.integer_differences
            failed = failed or (result is not None and bool(problems))
            for problem in problems:
                print(f"{op.upper()} {profile}: {problem}", flush=True)
        known = [result for result in found.values() if result is not None]
        total = sum(row.cases for result in known for row in result.rows.values())
        print(f"{op.upper()}: {total} cases", flush=True)
        for types in sorted({types for result in known for types in result.rows}):
            cells = ["dies" if result is None else cell(result.rows.get(types), types) for result in found.values()]
            lines.append(f"| {op.upper()} | `{types}` | {' | '.join(cells)} |")
    if arguments.write:
        undefined = "\n".join(f"- {op} {why}" for op, why in UNDEFINED.items())
        given = f" --seed {arguments.seed} --count {arguments.count}"
        table = [f"| operator | dtypes | {' | '.join(profiles)} |", "|---|---|" + "---|" * len(profiles), *lines]
        page = HEAD.format(arguments=given, undefined=undefined) + "\n".join(table) + "\n"
        (ROOT / "docs" / "conformance.md").write_text(page)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
