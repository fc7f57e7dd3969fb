"""Record what the real runtime computes for the fixed cases of every operator test.

    python golden/record_ops.py [op ...]

Each ``tests/ops/test_<op>.py`` has ``golden_cases()``; the recordings go to ``golden/ops/<op>.npz``, with provenance.
"""

import importlib
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from tests.ops.harness import record  # noqa: E402


def main(names: list[str]) -> None:
    """Record the named operators, or all."""
    found = sorted(path.stem.removeprefix("test_") for path in (ROOT / "tests" / "ops").glob("test_*.py"))
    for name in names or found:
        record(name, importlib.import_module(f"tests.ops.test_{name}").golden_cases())
        print(name)


if __name__ == "__main__":
    main(sys.argv[1:])
