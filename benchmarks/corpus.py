"""How fast every model of a folder runs on one thread, beside ai_edge_litert with its default kernels (XNNPACK).

    python benchmarks/corpus.py [DIR] [--rounds N] [--json PATH]

Each model has a process of its own, for some take the real runtime down with them. In it both interpreters run in
turns, and the outputs of every operator are compared with the reference kernels, bit for bit. Quantized models come
first, the slowest ahead. Exits with 1 where an operator differs.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import speed
from rich.progress import track

from pytflite.model.read import read
from pytflite.model.types import Model
from pytflite.plan.prepare import prepare
from pytflite.profiles import REFERENCE
from pytflite.runtime.engine.engine import Engine
from pytflite.tools.bench import random_inputs
from pytflite.tools.describe import describe

SECONDS = 120
"""For one model."""


def is_quantized(model: Model) -> bool:
    """Whether the main subgraph computes with codes."""
    return any(
        tensor.quantization is not None and tensor.quantization.scale.size and tensor.dtype.numpy.kind in "iu"
        for tensor in model.main.tensors
    )


def measure(path: Path, rounds: int) -> dict[str, Any]:
    """Everything about one model."""
    model = read(path)
    plan = prepare(model, 0, REFERENCE)
    inputs = random_inputs(plan)
    bound, wrong = speed.differing(path, plan, inputs) if plan.is_static and Engine.takes(plan) else (0, [])
    contenders = {"pytflite": speed.pytflite(path, inputs).invoke, "xnnpack": speed.litert(path, inputs).invoke}
    turns = speed.in_turns(contenders, rounds)
    (graph, *_) = describe(model).subgraphs
    return {
        "quantized": is_quantized(model),
        "macs": sum(line.macs for line in graph.operators),
        "bytes": sum(line.bytes for line in graph.tensors),
        "operators": len(plan.first.nodes),
        "bound": bound,
        "differing": sorted(set(wrong)),
        "median_us": {name: 1e6 * statistics.median(values) for name, values in turns.items()},
        "least_us": {name: 1e6 * min(values) for name, values in turns.items()},
        "of_xnnpack": speed.ratio(turns["pytflite"], turns["xnnpack"]),
    }


def apart(path: Path, rounds: int) -> dict[str, Any]:
    """The same in a process of its own; or why there is nothing to tell."""
    command = [sys.executable, __file__, str(path), "--one", "--rounds", str(rounds)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=SECONDS)
    except subprocess.TimeoutExpired:
        return {"failed": f"no end after {SECONDS} s"}
    if done.returncode < 0:
        return {"failed": f"the real runtime died of signal {-done.returncode}"}
    if done.returncode:
        return {"failed": (done.stderr.strip().splitlines() or [""])[-1]}
    result: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return result


def lines(results: dict[str, dict[str, Any]]) -> Iterator[str]:
    """A table for people."""
    yield (
        f"{'model':62} {'exact':>7} {'bound':>7} {'MACs':>9} {'bytes':>9} {'pytflite':>10} {'xnnpack':>10} "
        f"{'ratio':>6} {'spread':>11}"
    )
    done = {name: result for name, result in results.items() if "failed" not in result}
    order = sorted(done, key=lambda name: (not done[name]["quantized"], -done[name]["of_xnnpack"]["median"]))
    for name in order:
        result = done[name]
        total, times, part = result["operators"], result["median_us"], result["of_xnnpack"]
        yield (
            f"{name[-62:]:62} {total - len(result['differing']):>3}/{total:<3} {result['bound']:>3}/{total:<3} "
            f"{result['macs']:9} {result['bytes']:9} {times['pytflite']:10.2f} {times['xnnpack']:10.2f} "
            f"{part['median']:6.2f} {part['low']:5.2f}-{part['high']:5.2f}"
        )
    for what, quantized in (("quantized", True), ("other", False)):
        ratios = [result["of_xnnpack"]["median"] for result in done.values() if result["quantized"] == quantized]
        if ratios:
            yield (
                f"{what}: {len(ratios)} models, {sum(ratio > 1 for ratio in ratios)} above 1; "
                f"geometric mean {statistics.geometric_mean(ratios):.2f}"
            )
    for name, result in results.items():
        if "failed" in result:
            yield f"{name}: {result['failed']}"


def main() -> int:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", type=Path, default=speed.MODELS)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--json", type=Path, help="where to write the results, too")
    parser.add_argument("--one", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.one:
        print(json.dumps(measure(arguments.folder, arguments.rounds)))
        return 0
    paths = sorted(arguments.folder.rglob("*.tflite"))
    results = {
        str(path.relative_to(arguments.folder)): apart(path.absolute(), arguments.rounds)
        for path in track(paths, "Measuring")
    }
    print("\n".join(lines(results)))
    if arguments.json:
        arguments.json.write_text(json.dumps(results, indent=1) + "\n")
    return int(any(result.get("differing") for result in results.values()))


if __name__ == "__main__":
    raise SystemExit(main())
