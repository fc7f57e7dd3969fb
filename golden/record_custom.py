"""Record what the real runtimes compute for the fixed cases of the custom operators that they ship.

    python golden/record_custom.py [op ...]

As ``record_ops.py``, for ``tests/ops/custom/test_<op>.py``: TFLM's with the package ``tflite-micro``.
"""

import importlib
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from tests.ops import harness  # noqa: E402
from tests.ops.custom import tflm  # noqa: E402


def main(names: list[str]) -> None:
    """Record the named operators, or all."""
    found = sorted(path.stem.removeprefix("test_") for path in (ROOT / "tests/ops/custom").glob("test_*.py"))
    for name in names or found:
        module = importlib.import_module(f"tests.ops.custom.test_{name}")
        if not hasattr(module, "golden_cases"):
            continue
        cases = module.golden_cases()
        if name.startswith("signal_"):
            tflm.record(name, cases)
        else:
            harness.record(f"custom/{name}", cases)
        print(name)


if __name__ == "__main__":
    main(sys.argv[1:])
