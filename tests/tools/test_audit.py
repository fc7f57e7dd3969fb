"""Audits against counts made by NumPy from the recordings, and bounds against inputs that reach them."""

from __future__ import annotations

import csv
from io import StringIO

import numpy as np
import pytest

import pytflite
from pytflite.build import ModelBuilder
from pytflite.kernels import load_kernel
from pytflite.schema.enums import BuiltinOperator
from pytflite.tools.audit import DEBUGGER_COLUMNS, bits_of, tally
from pytflite.tools.parity import random_inputs
from tests import golden

RECORDING = golden.load("digits/int8")
SAMPLES = range(len(RECORDING.header["samples"]))
DATASET = [list(RECORDING.inputs(sample).values()) for sample in SAMPLES]


def test_counts_are_those_of_the_recording() -> None:
    found = pytflite.audit(RECORDING.model, DATASET)
    truth = RECORDING.tensors["reference"]
    assert found.samples == len(truth)
    assert len(found.tensors) == len(pytflite.read(RECORDING.model).main.operators)
    for line in found.tensors:
        arrays = [sample[line.tensor] for sample in truth]
        together = np.concatenate([a.reshape(-1) for a in arrays])
        assert (line.low, line.high, line.elements) == (together.min(), together.max(), together.size)
        assert line.saturated_low == np.mean(together == -128)
        assert line.saturated_high == np.mean(together == 127)
        assert line.unused_codes == 256 - np.unique(together).size
        channels = np.concatenate([a.reshape(-1, a.shape[-1]) for a in arrays])
        assert line.dead_channels == tuple(np.flatnonzero(np.ptp(channels, axis=0) == 0))


def test_accumulators_are_those_of_the_trace() -> None:
    found = pytflite.audit(RECORDING.model, DATASET, accumulators=len(DATASET))
    traced = pytflite.trace(RECORDING.model, DATASET, stages=True)
    seen = 0
    for line in found.tensors:
        values = [a for r, a in traced if (r.operator, r.stage) == (line.operator, "accumulator")]
        if line.accumulator_bits is not None:
            assert (line.accumulator_low, line.accumulator_high) == (min(map(np.min, values)), max(map(np.max, values)))
            assert line.worst_case_bits is not None
            assert line.accumulator_bits <= line.worst_case_bits <= 32
            seen += 1
    assert seen >= 3


@pytest.mark.parametrize(("low", "high", "bits"), [(-128, 127, 8), (0, 128, 9), (-129, 0, 9), (0, 0, 1), (-1, 0, 1)])
def test_bits(low: int, high: int, bits: int) -> None:
    assert bits_of(low, high) == bits


def test_the_worst_case_is_reached_and_not_exceeded() -> None:
    weights = np.array([[127, -127, 5, -9], [1, 2, 3, 4]], np.int8)
    builder = ModelBuilder()
    graph = builder.subgraph()
    x = graph.input("x", (1, 4), "i8", scale=0.5, zero_point=-3)
    w = graph.constant("w", weights, scale=0.25)
    bias = graph.constant("b", np.array([1000, -7], np.int32), scale=0.125)
    y = graph.output("y", (1, 2), "i8", scale=2.0)
    graph.operator(BuiltinOperator.FULLY_CONNECTED, [x, w, bias], [y])
    model = builder.build()
    worst = np.where(weights[:1] > 0, 127, -128).astype(np.int8)
    (line,) = pytflite.audit(model, [[worst]]).tensors
    reached = int(np.sum((worst.astype(int) + 3) * weights[0])) + 1000
    assert line.accumulator_high == reached
    assert line.worst_case_bits == line.accumulator_bits == reached.bit_length() + 1
    assert line.headroom == 32 - line.worst_case_bits


def test_errors_and_csv() -> None:
    quantized = golden.load("separable/int8").model
    dataset = [random_inputs(pytflite.read(quantized), seed) for seed in range(3)]
    found = pytflite.audit(quantized, dataset, float_model=quantized.with_name("float32.tflite"))
    assert all(line.errors is not None for line in found.tensors)
    rows = list(csv.DictReader(StringIO(found.to_csv())))
    assert tuple(rows[0])[: len(DEBUGGER_COLUMNS)] == DEBUGGER_COLUMNS
    for row, line in zip(rows, found.tensors, strict=True):
        assert line.errors is not None
        wanted = float(row["mean_squared_error"]) ** 0.5 / float(row["scale"])
        assert float(row["rmse_over_scale"]) == pytest.approx(wanted)
    same = pytflite.audit(quantized, dataset, float_model=quantized)
    assert all(line.errors is not None and line.errors.max_abs_error == 0 for line in same.tensors)
    assert same.keep_in_float() == ()
    assert all(line in found.tensors for line in found.keep_in_float())


@pytest.mark.parametrize("dtype", [np.int8, np.uint8])
def test_the_kernel_counts_what_numpy_counts(dtype: type[np.generic]) -> None:
    kernel = load_kernel("tally")
    assert kernel is not None
    rows = np.random.default_rng(1).integers(0, 256, (37, 5)).astype(np.uint8).view(dtype)
    counted = [(np.zeros((2, 256), np.int64), rows[0].copy(), rows[0].copy()) for _ in range(2)]
    kernel(rows, *counted[0])
    tally(rows, *counted[1])
    (codes, *ends), (wanted, *wanted_ends) = counted
    assert codes.sum(axis=0).tolist() == wanted.sum(axis=0).tolist()
    assert [end.tolist() for end in ends] == [end.tolist() for end in wanted_ends]


def test_an_empty_data_set_is_refused() -> None:
    with pytest.raises(pytflite.ArgumentError, match="no samples"):
        pytflite.audit(RECORDING.model, [])
