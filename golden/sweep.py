"""Differential sweep: random models of every operator, against the real runtime, live.

    python golden/sweep.py --count 300 --seed 0 [--json FILE] [op ...]

Draws from the strategies of ``tests/ops``, as many examples per test as asked for, and compares every output bit for
bit: definition, kernel, rewritten model and the real runtime. Ends with exit code 1 when anything differs.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from rich.console import Console
from rich.progress import Progress

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))


class Sweep:
    """A pytest plugin that runs every ``agree`` test longer, and counts.

    Attributes:
        compared: op -> models compared.
        failed: op -> tests that found a difference, with the shortest example.
    """

    def __init__(self, count: int) -> None:
        self.count = count
        self.compared: Counter[str] = Counter()
        self.failed: dict[str, list[str]] = {}
        self.progress = Progress(console=Console(stderr=True), transient=True)

    def pytest_collection_modifyitems(self, config: Any, items: list[Any]) -> None:
        """Keep the live comparisons, and let hypothesis draw as many examples as asked for."""
        items[:] = [item for item in items if "agree" in item.name and "golden" not in item.name]
        for item in items:
            if getattr(item.obj, "is_hypothesis_test", False):
                item.obj._hypothesis_internal_use_settings = settings(
                    max_examples=self.count, deadline=None, database=None, suppress_health_check=list(HealthCheck)
                )
        self.task = self.progress.add_task("sweeping", total=len(items))
        self.progress.start()

    def pytest_runtest_setup(self, item: Any) -> None:
        """Count every comparison of the test under its operator."""
        op = item.module.__name__.rsplit("test_", 1)[1]
        agree = item.module.agree

        def counting(subject: Any) -> None:
            self.compared[op] += 1
            agree(subject)

        if not hasattr(item.module, "_swept"):
            item.module._swept = True
            item.module.agree = counting

    def pytest_runtest_logreport(self, report: Any) -> None:
        """Remember what differed."""
        if report.when == "call":
            self.progress.advance(self.task)
        if report.failed:
            op = report.nodeid.split("test_", 1)[1].split(".py")[0]
            self.failed.setdefault(op, []).append(f"{report.nodeid}: {report.longreprtext[-600:]}")


def main() -> int:
    """Sweep, print a table, return the exit code."""
    parser = argparse.ArgumentParser(description="Random models of every operator against the real runtime.")
    parser.add_argument("ops", nargs="*", help="only these operators, in lower case")
    parser.add_argument("--count", type=int, default=300, help="examples per test")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    tests = ROOT / "tests" / "ops"
    files = [str(tests / f"test_{op}.py") for op in arguments.ops] or [str(tests)]
    sweep = Sweep(arguments.count)
    flags = ["-q", "-p", "no:cacheprovider", f"--hypothesis-seed={arguments.seed}", "--rootdir", str(ROOT)]
    with contextlib.redirect_stdout(io.StringIO()):
        code = pytest.main([*files, *flags], plugins=[sweep])
    sweep.progress.stop()
    for op, faults in sweep.failed.items():
        print(f"{op} differs:", *faults, sep="\n  ")
    total = sum(sweep.compared.values())
    fewest = min(sweep.compared.items(), key=lambda pair: pair[1], default=("none", 0))
    differing = sum(map(len, sweep.failed.values()))
    print(f"{len(sweep.compared)} operators, {total} models, {differing} tests with differences")
    print(f"fewest: {fewest[0]} with {fewest[1]}; seed {arguments.seed}, {arguments.count} examples a test")
    if arguments.json:
        arguments.json.write_text(json.dumps({"compared": sweep.compared, "failed": sweep.failed}, indent=2))
    return 1 if sweep.failed or code not in (0, 5) else 0


if __name__ == "__main__":
    sys.exit(main())
