"""TFLM as an oracle for its custom operators: the package ``tflite-micro``, where it is installed."""

from __future__ import annotations

import importlib
import importlib.metadata
import importlib.util
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from flatbuffers import flexbuffers

from pytflite.build import ModelBuilder
from pytflite.model.dtypes import dtype_from_numpy
from pytflite.model.read import read
from pytflite.model.write import write
from pytflite.tools.oracle import first_difference
from tests.ops.harness import GOLDEN, Case, evaluate

Array = npt.NDArray[Any]
Settle = Callable[[list[Array]], list[Array]]

HAS_TFLM = importlib.util.find_spec("tflite_micro") is not None
ARENA = 400_000


@dataclass(frozen=True)
class Signal(Case):
    """A case of one operator.

    Attributes:
        settle: replaces what is left to chance in the outputs of one invoke: TFLM does not write all of some.
    """

    settle: Settle = lambda outputs: outputs


def signal(
    code: str,
    invokes: Sequence[Sequence[Array]],
    results: Sequence[tuple[Sequence[int], str]],
    options: dict[str, Any] | None = None,
    *,
    constants: Sequence[Array] = (),
    settle: Settle = lambda outputs: outputs,
) -> Signal:
    """A custom operator that is fed arrays, has constants behind them, and gives results of shapes and dtypes."""
    b = ModelBuilder()
    g = b.subgraph("main")
    inputs = [g.input(f"in{i}", a.shape, dtype_from_numpy(a.dtype).letter) for i, a in enumerate(invokes[0])]
    inputs += [g.constant(f"constant{i}", value) for i, value in enumerate(constants)]
    outputs = [g.output(f"out{i}", shape, letter) for i, (shape, letter) in enumerate(results)]
    g.operator(code, inputs, outputs, custom_options=bytes(flexbuffers.Dumps(options or {})))
    return Signal(b.build(), invokes, settle=settle)


def real(model: bytes, inputs: Sequence[Sequence[Array]]) -> list[Array]:
    """All outputs of all invokes by TFLM."""
    interpreter = importlib.import_module("tflite_micro.python.tflite_micro.runtime").Interpreter.from_bytes(
        model, arena_size=ARENA
    )
    outputs: list[Array] = []
    for arrays in inputs:
        for i, array in enumerate(arrays):
            interpreter.set_input(array, i)
        interpreter.invoke()
        outputs += [np.array(interpreter.get_output(i)) for i in range(len(read(model).main.outputs))]
    return outputs


def agree(subject: Signal) -> None:
    """Assert that the definition, before and after writing and reading, and TFLM where installed give the same."""
    defined = evaluate(subject.model, subject.inputs, kernels=False)
    data = write(subject.model)
    reread = evaluate(read(data), subject.inputs, kernels=True)
    assert not (difference := first_difference(reread, defined)), f"after write and read: {difference}"
    if HAS_TFLM:
        expected = settled(subject, real(data, subject.inputs))
        difference = first_difference(settled(subject, defined), expected)
        assert not difference, f"against TFLM: {difference}"


def settled(subject: Signal, outputs: list[Array]) -> list[Array]:
    """What is left to chance replaced, invoke by invoke."""
    count = len(subject.model.main.outputs)
    return [
        output
        for i in range(len(subject.inputs))
        for output in subject.settle([output.copy() for output in outputs[i * count : (i + 1) * count]])
    ]


def record(op: str, cases: dict[str, Signal]) -> None:
    """Write the recording of an operator: what TFLM computes for its cases."""
    arrays: dict[str, Any] = {}
    for name, subject in cases.items():
        data = write(subject.model)
        arrays[f"{name}/model"] = np.frombuffer(data, np.uint8)
        arrays |= {f"{name}/input{i}": a for i, a in enumerate(a for fed in subject.inputs for a in fed)}
        arrays |= {f"{name}/output{i}": a for i, a in enumerate(real(data, subject.inputs))}
    counts = {
        name: [len(s.inputs), len(s.inputs[0]), len(s.inputs) * len(s.model.main.outputs)] for name, s in cases.items()
    }
    runtime = f"tflite_micro {importlib.metadata.version('tflite_micro')}"
    provenance = {"runtime": runtime, "cases": counts}
    (GOLDEN / "custom").mkdir(parents=True, exist_ok=True)
    np.savez_compressed(GOLDEN / "custom" / f"{op}.npz", provenance=np.array(json.dumps(provenance)), **arrays)


def int16(rng: np.random.Generator, *shape: int) -> Array:
    """Samples: of all sizes, or as large as can be."""
    drawn = rng.integers(-32768, 32767, shape, np.int16, endpoint=True) >> int(rng.integers(0, 14))
    return np.where(rng.random(shape) < 0.05, rng.choice(np.array([-32768, 32767, 0], np.int16), shape), drawn)


def unsigned(rng: np.random.Generator, bits: int, *shape: int) -> Array:
    """Numbers of any count of bits."""
    dtype = np.dtype(f"uint{bits}")
    drawn = rng.integers(0, np.iinfo(dtype).max, shape, dtype, endpoint=True)
    return (drawn >> rng.integers(0, bits, shape).astype(dtype)).astype(dtype)
