"""Without numba, or told not to compile, the definitions run and the bits stay the same."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
RUN = """
import sys
if {hidden}:
    sys.modules["numba"] = None
    import importlib.util
    found = importlib.util.find_spec
    importlib.util.find_spec = lambda name, *rest: None if name == "numba" else found(name, *rest)
from tests.golden import load
from pytflite.model.read import read
from pytflite.plan.prepare import prepare
from pytflite.profiles import REFERENCE
from pytflite.runtime.session import Session
from pytflite.tools.oracle import same_bits
recording = load("separable/int8")
session = Session(prepare(read(recording.model), 0, REFERENCE), preserve_all=True)
assert all(node.kernel is None for node in session.plan.first.nodes)
for sample, tensors in enumerate(recording.tensors["reference"]):
    for index, array in recording.inputs(sample).items():
        session.set(index, array)
    session.invoke()
    assert all(same_bits(session.get(index), array) for index, array in tensors.items()), sample
print("same bits, numba" if "llvmlite" in sys.modules else "same bits, no numba")
"""


@pytest.mark.parametrize("hidden", [True, False], ids=["hidden", "NUMBA_DISABLE_JIT"])
def test_same_bits(hidden: bool) -> None:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)} | ({} if hidden else {"NUMBA_DISABLE_JIT": "1"})
    command = [sys.executable, "-c", RUN.format(hidden=hidden)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    assert done.stdout.strip() == "same bits, no numba", done.stderr
