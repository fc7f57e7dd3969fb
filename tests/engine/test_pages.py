"""Nothing outside of buffers is read or written: cases run amid pages that nobody may touch, in another process."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("numba", reason="numba is not installed: the definitions run alone")
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="protects pages as POSIX has it")

ROOT = Path(__file__).parents[2]


def python(*arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT, env=environment)


def test_cases_of_every_operator() -> None:
    done = python("-m", "tests.engine.pages")
    lines = done.stdout.splitlines()
    assert done.returncode == 0, f"{lines[-1:]} {done.stderr[-3000:]}"
    assert len(lines) > 400


COPY = """
import sys
import numpy as np
from pytflite.kernels.engine import SLACK
from pytflite.kernels.engine.program import kernel
from tests.engine.pages import Buffer
what, count = sys.argv[1], int(sys.argv[2])
rng = np.random.default_rng(0)
source = Buffer(rng, 1001 if what == "canary" else 100, SLACK, at_end=what != "before")
target = Buffer(rng, 1000, SLACK, at_end=False)
if what == "frozen":
    target.freeze()
block = np.array([source.bytes.ctypes.data + min(count, 0), target.bytes.ctypes.data, abs(count)])
kernel(("copy",))(block.ctypes.data, 0, 0, 1)
print("copied")
target.check()
print("checked")
"""


@pytest.mark.parametrize(
    ("what", "count", "said"),
    [
        ("behind", 164, ["copied", "checked"]),
        ("behind", 165, []),
        ("before", -1, []),
        ("frozen", 1, []),
        ("canary", 1001, ["copied"]),
    ],
)
def test_who_goes_outside_is_seen(what: str, count: int, said: list[str]) -> None:
    done = python("-c", COPY, what, str(count))
    assert (done.stdout.split(), done.returncode == 0) == (said, said == ["copied", "checked"]), done.stderr
