"""Record what TFLM computes for the fixed cases of the custom operators that it ships.

    python golden/record_custom.py [op ...]

As ``record_ops.py``, for ``tests/ops/custom/test_<op>.py`` and with the package ``tflite-micro``.
"""

import importlib
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from tests.ops.custom.tflm import record  # noqa: E402


def main(names: list[str]) -> None:
    """Record the named operators, or all."""
    found = sorted(path.stem.removeprefix("test_") for path in (ROOT / "tests/ops/custom").glob("test_signal_*.py"))
    for name in names or found:
        record(name, importlib.import_module(f"tests.ops.custom.test_{name}").golden_cases())
        print(name)


if __name__ == "__main__":
    main(sys.argv[1:])
