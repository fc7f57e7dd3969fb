"""How fast quantized networks run, beside ai_edge_litert: its XNNPACK kernels on one thread, and its reference kernels.

    python benchmarks/speed.py [MODEL ...] [--rounds N] [--json PATH]

Everything runs in one process, in turns; medians are compared, for absolute times depend on the machine and its guests.
In the same run the output of every operator is compared with the reference kernels, bit for bit. Exits with 1 where one
differs.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import llvmlite.binding as llvm
import numpy as np
import numpy.typing as npt
from ai_edge_litert.interpreter import Interpreter, OpResolverType

from pytflite.kernels.engine.buffers import aligned
from pytflite.kernels.engine.target import SHAPE, features
from pytflite.model.read import read
from pytflite.plan.prepare import Plan, prepare
from pytflite.profiles import REFERENCE
from pytflite.runtime.engine.engine import Engine
from pytflite.runtime.session import Session

Array = npt.NDArray[Any]

MODELS = Path(__file__).parents[2] / "shared/models"
NETWORKS = [
    "coral/tf2_mobilenet_v2_1.0_224_ptq.tflite",
    "coral/mobilenet_v2_1.0_224_quant.tflite",
    "coral/mobilenet_v1_0.25_128_quant.tflite",
    "mlperf_tiny/keyword_spotting/kws_ref_model.tflite",
    "mlperf_tiny/visual_wake_words/vww_96_int8.tflite",
    "mlperf_tiny/image_classification/pretrainedResnet_quant.tflite",
    "mlperf_tiny/anomaly_detection/ad01_int8.tflite",
]
TURN = 0.02
"""Seconds for which one contender runs before it is the other's turn."""


def random_inputs(plan: Plan, seed: int) -> dict[int, Array]:
    """Random codes by tensor index."""
    rng = np.random.default_rng(seed)
    inputs = {}
    for index in plan.subgraph.inputs:
        dtype, shape = plan.subgraph.tensors[index].dtype.numpy, plan.first.shapes[index]
        if dtype.kind == "f":
            inputs[index] = rng.standard_normal(shape).astype(dtype)
        else:
            limits = np.iinfo(dtype)
            inputs[index] = rng.integers(limits.min, limits.max + 1, shape).astype(dtype)
    return inputs


def every_tensor(plan: Plan, inputs: dict[int, Array]) -> tuple[int, dict[int, Array]]:
    """How many operators run in compiled calls, and what all operators give on the engine, by tensor index."""
    computed = {
        index: aligned(int(np.prod(shape or ())) * dtype.itemsize).view(dtype).reshape(shape or ())
        for node in plan.first.nodes
        for index, shape, dtype in zip(node.operator.outputs, node.shapes, node.dtypes, strict=True)
        if index not in plan.first.values
    }
    engine = Engine(plan, computed | {index: padded(array) for index, array in inputs.items()})
    assert engine.invoke(Session(plan, engine=False))
    return len(engine.bound), computed


def padded(array: Array) -> Array:
    """A copy that the engine may read."""
    copy: Array = aligned(array.nbytes).view(array.dtype).reshape(array.shape)
    copy[...] = array
    return copy


def litert(path: Path, inputs: dict[int, Array], **options: Any) -> Interpreter:
    """The real runtime, ready to be invoked."""
    interpreter = Interpreter(model_path=str(path), num_threads=1, **options)
    interpreter.allocate_tensors()
    for index, array in inputs.items():
        interpreter.set_tensor(index, array)
    return interpreter


def differing(path: Path, plan: Plan, inputs: dict[int, Array]) -> tuple[int, list[str]]:
    """How many operators are bound, and those with an output that differs from the reference kernels."""
    bound, ours = every_tensor(plan, inputs)
    real = litert(
        path,
        inputs,
        experimental_op_resolver_type=OpResolverType.BUILTIN_REF,
        experimental_preserve_all_tensors=True,
    )
    real.invoke()
    wrong = [
        f"{node.operator.index} {node.operator.name}"
        for node in plan.first.nodes
        for index in node.operator.outputs
        if index in ours and ours[index].tobytes() != real.get_tensor(index).tobytes()
    ]
    return bound, wrong


def in_turns(contenders: dict[str, Callable[[], None]], rounds: int) -> dict[str, list[float]]:
    """Seconds of each call, by name."""
    times: dict[str, list[float]] = {name: [] for name in contenders}
    for call in contenders.values():
        call()
    for _ in range(rounds):
        for name, call in contenders.items():
            end = time.perf_counter() + TURN
            now = time.perf_counter()
            while now < end:
                call()
                before, now = now, time.perf_counter()
                times[name].append(now - before)
    return times


def measure(path: Path, rounds: int) -> dict[str, Any]:
    """Everything about one network."""
    plan = prepare(read(path), 0, REFERENCE)
    checked = [differing(path, plan, random_inputs(plan, seed)) for seed in (0, 1)]
    inputs = random_inputs(plan, 2)
    session = Session(plan)
    for index, array in inputs.items():
        session.set(index, array)
    contenders: dict[str, Callable[[], None]] = {
        "pytflite": session.invoke,
        "xnnpack": litert(path, inputs).invoke,
        "reference": litert(path, inputs, experimental_op_resolver_type=OpResolverType.BUILTIN_REF).invoke,
    }
    times = in_turns(contenders, rounds)
    milliseconds = {name: 1e3 * statistics.median(values) for name, values in times.items()}
    return {
        "model": path.name,
        "operators": len(plan.first.nodes),
        "bound": checked[0][0],
        "differing": sorted({name for _, wrong in checked for name in wrong}),
        "median_ms": milliseconds,
        "min_ms": {name: 1e3 * min(values) for name, values in times.items()},
        "of_xnnpack": milliseconds["pytflite"] / milliseconds["xnnpack"],
        "of_reference": milliseconds["pytflite"] / milliseconds["reference"],
    }


def lines(results: list[dict[str, Any]]) -> Iterator[str]:
    """A table for people."""
    yield f"{llvm.get_host_cpu_name()}, kernels for {SHAPE.name}; medians in ms, one thread"
    yield (
        f"{'model':44} {'exact':>8} {'bound':>8} {'pytflite':>9} "
        f"{'xnnpack':>9} {'ratio':>6} {'reference':>9} {'ratio':>6}"
    )
    for result in results:
        count, times = result["operators"], result["median_ms"]
        exact = f"{count - len(result['differing'])}/{count}"
        yield (
            f"{result['model']:44} {exact:>8} {result['bound']:>4}/{count:<3} {times['pytflite']:9.3f} "
            f"{times['xnnpack']:9.3f} {result['of_xnnpack']:6.2f} "
            f"{times['reference']:9.3f} {result['of_reference']:6.3f}"
        )
    mean = statistics.geometric_mean(result["of_xnnpack"] for result in results)
    yield f"geometric mean of the ratios to XNNPACK: {mean:.2f}"


def main() -> int:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("models", nargs="*", type=Path, default=[MODELS / name for name in NETWORKS])
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--json", type=Path, help="where to write the results, too")
    arguments = parser.parse_args()
    results = [measure(path, arguments.rounds) for path in arguments.models]
    print("\n".join(lines(results)))
    if arguments.json:
        present = sorted(name for name, there in features().items() if there)
        record = {"cpu": llvm.get_host_cpu_name(), "features": present, "kernels": SHAPE.name, "results": results}
        arguments.json.write_text(json.dumps(record, indent=1) + "\n")
    for result in results:
        for name in result["differing"]:
            print(f"{result['model']}: operator {name} differs from the reference kernels", file=sys.stderr)
    return int(any(result["differing"] for result in results))


if __name__ == "__main__":
    raise SystemExit(main())
