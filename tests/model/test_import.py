"""Reading a model needs NumPy and the standard library: nothing heavy comes along."""

import subprocess
import sys

HEAVY = ("numba", "llvmlite", "flatbuffers", "tflite", "tensorflow", "ai_edge_litert", "zipfile", "rich", "typer")


def test_importing_the_reader_brings_nothing_heavy() -> None:
    code = "import sys, pytflite.model.read, pytflite.build; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    modules = set(done.stdout.split())
    assert "pytflite.build" in modules
    assert modules.isdisjoint(HEAVY)
