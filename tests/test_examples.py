"""Every example runs, says what it should, and warns of nothing."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SAID = {
    "int8_inputs_and_outputs": [
        "code 255 is 0.99609375",
        "code 127 is 0.99609375",
        "floats into int8: Input 'image' takes int8",
    ],
    "several_inputs_and_outputs": ["features: int8 (1, 2, 2, 16)", "Accepted: 'image', 'query'"],
    "dequantize_an_output": ["in fact [0.         0.5        0.99609375]", "(0.0, 0)", "plain integers"],
    "int8_inference": ["one by one: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]", "(10, 10)", "(RESHAPE) failed to prepare"],
    "custom_operator": [
        "Encountered unresolved custom op: Threshold",
        "'highest': array([0.9, 0.5]",
        "highest: [0.75 0.75]",
        "must be samples (at least 1) by channels. Node number 1 (Peaks) failed to prepare",
    ],
    "quantizations_side_by_side": ["int8_qat", "f16", "100%"],
}


def test_every_example_is_listed() -> None:
    examples = {path.stem for path in (ROOT / "examples").glob("*.py")}
    assert examples == set(SAID)
    index = (ROOT / "examples" / "README.md").read_text()
    assert all(f"`{name}.py`" in index for name in examples)


@pytest.mark.parametrize("name", SAID)
def test_runs(name: str) -> None:
    path = ROOT / "examples" / f"{name}.py"
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "error::UserWarning", "COLUMNS": "140"}
    done = subprocess.run([sys.executable, str(path)], capture_output=True, text=True, check=False, env=environment)
    assert done.returncode == 0, done.stderr
    for text in SAID[name]:
        assert text in done.stdout
