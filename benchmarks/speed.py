"""How fast networks run, beside ai_edge_litert: its default kernels (XNNPACK), its reference and its optimized ones.

    python benchmarks/speed.py [MODEL ...] [--rounds N] [--threads 1 2] [--json PATH] [--svg PATH] [--start]

Everything runs in one process, in turns; ratios of neighbouring turns are compared, for absolute times depend on the
machine and its guests. In the same run the output of every operator is compared with the reference kernels, bit for
bit. Exits with 1 where one differs. ``--start`` adds what `start.py` measures.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import chart
import numpy as np
import numpy.typing as npt
import start
from ai_edge_litert.interpreter import Interpreter, OpResolverType

from pytflite.kernels.engine.buffers import aligned
from pytflite.kernels.engine.target import SHAPE, cpu, features
from pytflite.model.read import read
from pytflite.plan.prepare import Plan, prepare
from pytflite.profiles import REFERENCE
from pytflite.runtime.engine.engine import Engine
from pytflite.runtime.interpreter import Interpreter as PytfliteInterpreter
from pytflite.runtime.session import Session
from pytflite.tools.bench import most_gmacs, random_inputs
from pytflite.tools.describe import describe

Array = npt.NDArray[Any]

ROOT = Path(__file__).parents[1]
MODELS = ROOT.parent / "shared/models"
NETWORKS = {
    "coral/tf2_mobilenet_v2_1.0_224_ptq.tflite": "MobileNet v2 1.0 224, int8",
    "coral/mobilenet_v2_1.0_224_quant.tflite": "MobileNet v2 1.0 224, uint8",
    "coral/mobilenet_v1_0.25_128_quant.tflite": "MobileNet v1 0.25 128, uint8",
    "mlperf_tiny/keyword_spotting/kws_ref_model.tflite": "Keywords (DS-CNN), int8",
    "mlperf_tiny/visual_wake_words/vww_96_int8.tflite": "Persons (MobileNet v1), int8",
    "mlperf_tiny/image_classification/pretrainedResnet_quant.tflite": "Pictures (ResNet-8), int8",
    "mlperf_tiny/anomaly_detection/ad01_int8.tflite": "Anomalies (autoencoder), int8",
    "coral/deeplabv3_mnv2_dm05_pascal_quant.tflite": "DeepLab v3 513, uint8",
    "coral/keras_lstm_mnist_ptq.tflite": "Digits (LSTM), uint8 and int8",
    "tflm/examples/mnist_lstm/trained_lstm_int8.tflite": "Digits (LSTM), int8",
    "mlperf_tiny/keyword_spotting/kws_ref_model_float32.tflite": "Keywords (DS-CNN), float32",
    "mlperf_tiny/visual_wake_words/vww_96_float.tflite": "Persons (MobileNet v1), float32",
    "mlperf_tiny/image_classification/pretrainedResnet.tflite": "Pictures (ResNet-8), float32",
    "mlperf_tiny/anomaly_detection/ad01_fp32.tflite": "Anomalies (autoencoder), float32",
}
OWN = {
    "golden/models/separable/int16x8.tflite": "Separable convolutions, 16x8",
    "golden/models/attention/int16x8.tflite": "Attention, 16x8",
}
TITLES = {MODELS / name: title for name, title in NETWORKS.items()} | {
    ROOT / name: title for name, title in OWN.items()
}
TURN = 0.02
"""Seconds for which one contender runs before it is the other's turn."""


def every_tensor(plan: Plan, inputs: dict[int, Array]) -> tuple[int, dict[int, Array]]:
    """How many operators run in compiled calls, and what all operators give on the engine, by tensor index."""
    computed = {
        index: aligned(int(np.prod(shape or ())) * dtype.itemsize).view(dtype).reshape(shape or ())
        for node in plan.first.nodes
        for index, shape, dtype in zip(node.operator.outputs, node.shapes, node.dtypes, strict=True)
        if index not in plan.first.values
    }
    session = Session(plan, engine=False)
    given = {index: padded(array) for index, array in inputs.items()}
    engine = Engine(plan, computed | given | session.state.variables)
    assert engine.invoke(session)
    return len(engine.bound), computed


def padded(array: Array) -> Array:
    """A copy that the engine may read."""
    copy: Array = aligned(array.nbytes).view(array.dtype).reshape(array.shape)
    copy[...] = array
    return copy


def pytflite(path: Path, inputs: dict[int, Array], threads: int = 1) -> PytfliteInterpreter:
    """Our interpreter, ready to be invoked."""
    interpreter = PytfliteInterpreter(path, num_threads=threads, profile=REFERENCE)
    interpreter.allocate_tensors()
    for index, array in inputs.items():
        interpreter.set_tensor(index, array)
    return interpreter


def litert(path: Path, inputs: dict[int, Array], threads: int = 1, **options: Any) -> Interpreter:
    """The real runtime, ready to be invoked."""
    interpreter = Interpreter(model_path=str(path), num_threads=threads, **options)
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
    """The median seconds of a call in each turn, by name; each has as many turns."""
    turns: dict[str, list[float]] = {name: [] for name in contenders}
    for call in contenders.values():
        call()
    for _ in range(rounds):
        for name, call in contenders.items():
            end = time.perf_counter() + TURN
            now, times = time.perf_counter(), []
            while now < end or not times:
                call()
                before, now = now, time.perf_counter()
                times.append(now - before)
            turns[name].append(statistics.median(times))
    return turns


def ratio(ours: list[float], theirs: list[float]) -> dict[str, float]:
    """Of times in neighbouring turns: median, and between which the middle half lies."""
    ratios = [a / b for a, b in zip(ours, theirs, strict=True)]
    low, middle, high = statistics.quantiles(ratios, n=4) if len(ratios) > 1 else ratios * 3
    return {"median": middle, "low": low, "high": high, "of_least": min(ours) / min(theirs)}


def measure(path: Path, rounds: int, threads: list[int], peak: dict[int, float]) -> dict[str, Any]:
    """Everything about one network."""
    model = read(path)
    plan = prepare(model, 0, REFERENCE)
    checked = [differing(path, plan, random_inputs(plan, seed)) for seed in (0, 1)]
    inputs = random_inputs(plan, 2)
    resolvers = OpResolverType.BUILTIN_REF, OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES
    contenders: dict[str, Callable[[], None]] = {}
    for count in threads:
        contenders[f"pytflite {count}"] = pytflite(path, inputs, count).invoke
        contenders[f"xnnpack {count}"] = litert(path, inputs, count).invoke
    for name, resolver in zip(("reference", "optimized"), resolvers, strict=True):
        contenders[name] = litert(path, inputs, experimental_op_resolver_type=resolver).invoke
    turns = in_turns(contenders, rounds)
    macs = describe(model).subgraphs[0].operators
    gmacs = {
        str(count): sum(line.macs for line in macs) / statistics.median(turns[f"pytflite {count}"]) / 1e9
        for count in threads
    }
    first = turns[f"pytflite {threads[0]}"]
    return {
        "model": path.name if path.is_relative_to(MODELS) else "/".join(path.parts[-2:]),
        "title": TITLES.get(path, path.stem),
        "operators": len(plan.first.nodes),
        "bound": checked[0][0],
        "differing": sorted({name for _, wrong in checked for name in wrong}),
        "median_ms": {name: 1e3 * statistics.median(values) for name, values in turns.items()},
        "least_ms": {name: 1e3 * min(values) for name, values in turns.items()},
        "of_xnnpack": {str(count): ratio(turns[f"pytflite {count}"], turns[f"xnnpack {count}"]) for count in threads},
        "of_reference": ratio(first, turns["reference"]),
        "of_optimized": ratio(first, turns["optimized"]),
        "gmacs": gmacs,
        "of_peak": {str(count): gmacs[str(count)] / peak[count] for count in threads},
    }


def lines(record: dict[str, Any]) -> Iterator[str]:
    """Tables for people."""
    results, threads = record["results"], [str(count) for count in record["threads"]]
    yield f"{record['cpu']}, kernels for {record['kernels']}, load {record['load'][0]:.1f}; medians in ms"
    for count in threads:
        yield ""
        yield f"{count} thread(s); int8 peak of the engine {record['peak_gmacs'][count]:.0f} GMAC/s"
        yield (
            f"{'model':44} {'exact':>8} {'bound':>8} {'pytflite':>9} {'xnnpack':>9} {'ratio':>6} {'spread':>11} "
            f"{'of least':>8} {'GMAC/s':>7} {'of peak':>7}"
        )
        for result in results:
            total, times, part = result["operators"], result["median_ms"], result["of_xnnpack"][count]
            xnnpack = times[f"xnnpack {count}"]
            yield (
                f"{result['model']:44} {total - len(result['differing']):>4}/{total:<3} "
                f"{result['bound']:>4}/{total:<3} {times['pytflite ' + count]:9.4f} {xnnpack:9.4f} "
                f"{part['median']:6.2f} {part['low']:5.2f}-{part['high']:5.2f} {part['of_least']:8.2f} "
                f"{result['gmacs'][count]:7.1f} {100 * result['of_peak'][count]:5.0f} %"
            )
        mean = statistics.geometric_mean(result["of_xnnpack"][count]["median"] for result in results)
        yield f"geometric mean of the ratios to XNNPACK: {mean:.2f}"
    yield ""
    yield "pytflite with one thread / tf.lite's reference kernels, and its optimized ones without XNNPACK"
    for result in results:
        yield f"{result['model']:44} {result['of_reference']['median']:8.3f} {result['of_optimized']['median']:8.3f}"
    for name, own in record.get("start", {}).items():
        yield (
            f"start {name}: {own['seconds']:.2f} s, {own['processor_seconds']:.2f} s on the processor, at most "
            f"{own['most_mb']:.0f} MB, of which libraries {own['libraries_mb']:.0f} MB"
        )


def main() -> int:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("models", nargs="*", type=Path, default=list(TITLES))
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--json", type=Path, help="where to write the results, too")
    parser.add_argument("--svg", type=Path, help="where to draw the ratios to XNNPACK")
    parser.add_argument("--start", action="store_true", help="measure the start of processes, too")
    arguments = parser.parse_args()
    peak = {count: most_gmacs(count) for count in arguments.threads}
    record = {
        "cpu": cpu(),
        "features": sorted(name for name, there in features().items() if there),
        "kernels": SHAPE.name,
        "load": os.getloadavg(),
        "threads": arguments.threads,
        "peak_gmacs": {str(count): value for count, value in peak.items()},
        "results": [measure(path.absolute(), arguments.rounds, arguments.threads, peak) for path in arguments.models],
    }
    if arguments.start:
        record["start"] = start.measure()
    print("\n".join(lines(record)))
    if arguments.json:
        arguments.json.write_text(json.dumps(record, indent=1) + "\n")
    if arguments.svg:
        arguments.svg.write_text(chart.svg(record))
    wrong = [(result["model"], name) for result in record["results"] for name in result["differing"]]
    for model, name in wrong:
        print(f"{model}: operator {name} differs from the reference kernels", file=sys.stderr)
    return int(bool(wrong))


if __name__ == "__main__":
    raise SystemExit(main())
