"""How long a process takes to its first result, and how much memory: pytflite cold and warm, and ai_edge_litert.

    python benchmarks/start.py [MODEL] [--rounds N]

Cold is with an empty cache, warm with a filled one. Memory is the largest resident size of a process; what it has
already when the libraries alone are imported is told apart: NumPy, and numba where it compiles. Linux only.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

MODEL = Path(__file__).parents[2] / "shared/models/coral/tf2_mobilenet_v2_1.0_224_ptq.tflite"

RUN = """
import re, resource, sys

def most():  # what getrusage says of memory is that of the parent, if it had more
    return int(re.search(r"VmHWM:\\s*(\\d+)", open("/proc/self/status").read())[1])

{libraries}
before = most()
{imports}
interpreter = Interpreter(model_path=sys.argv[1])
interpreter.allocate_tensors()
interpreter.invoke()
used = resource.getrusage(resource.RUSAGE_SELF)
loaded = [name in sys.modules for name in ("numba", "llvmlite")]
print(used.ru_utime + used.ru_stime, before / 1024, most() / 1024, *loaded)
"""

PYTFLITE = RUN.format(libraries="import numpy", imports="from pytflite import Interpreter")
COLD = RUN.format(libraries="import numpy, numba", imports="from pytflite import Interpreter")
LITERT = RUN.format(
    libraries="from ai_edge_litert.interpreter import Interpreter", imports="from ai_edge_litert.interpreter import *"
)


def process(code: str, model: Path, cache: str) -> dict[str, Any]:
    """One process: seconds from its start to its end, of them on the processor; megabytes of libraries, at most."""
    environment = {**os.environ, "NUMBA_CACHE_DIR": cache, "PYTHONDONTWRITEBYTECODE": ""}
    started = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", code, str(model)], check=True, capture_output=True, text=True, env=environment
    )
    seconds = time.perf_counter() - started
    used, before, most, numba, llvm = done.stdout.split()
    return {
        "seconds": seconds,
        "processor_seconds": float(used),
        "libraries_mb": float(before),
        "most_mb": float(most),
        "numba": numba == "True",
        "llvm": llvm == "True",
    }


def measure(model: Path = MODEL, rounds: int = 5) -> dict[str, dict[str, Any]]:
    """Medians by contender; each round has a cache of its own."""
    codes, runs, results = {"cold": COLD, "warm": PYTFLITE, "litert": LITERT}, [], {}
    for _ in range(rounds):
        with tempfile.TemporaryDirectory() as cache:
            runs.append([process(code, model, cache) for code in codes.values()])
    for name, own in zip(codes, zip(*runs, strict=True), strict=True):
        results[name] = {key: statistics.median(run[key] for run in own) for key in own[0]}
    for name in ("cold", "warm"):
        results[name]["most_of_litert"] = results[name]["most_mb"] / results["litert"]["most_mb"]
        results[name]["own_mb"] = results[name]["most_mb"] - results[name]["libraries_mb"]
    return results


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", nargs="?", type=Path, default=MODEL)
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()
    print(json.dumps(measure(arguments.model, arguments.rounds), indent=1))


if __name__ == "__main__":
    main()
