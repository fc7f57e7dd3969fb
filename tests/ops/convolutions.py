"""Random convolutions of every kind, for the tests of the three operators that convolve."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from pytflite.build import ModelBuilder
from pytflite.errors import PrepareError
from pytflite.model.dtypes import dtype_from_letter
from pytflite.schema.enums import BuiltinOperator
from tests.ops.harness import Case, case, evaluate
from tests.ops.quantized import RANGES, codes, tie_prone_scale

Array = npt.NDArray[Any]
Shape = tuple[int, ...]

KINDS = {
    "int8": ("i8", "i8", "i32"),
    "int8xint4": ("i8", "i4", "i32"),
    "uint8": ("u8", "u8", "i32"),
    "int16x8": ("i16", "i8", "i64"),
    "int16xint4": ("i16", "i4", "i64"),
    "int16x8_int32": ("i16", "i8", "i32"),
    "int16xint4_int32": ("i16", "i4", "i32"),
    "float32": ("f32", "f32", "f32"),
    "hybrid_int8": ("f32", "i8", "f32"),
    "hybrid_int4": ("f32", "i4", "f32"),
    "hybrid_uint8": ("f32", "u8", "f32"),
}
"""Name -> dtypes of input and output, filter and bias."""


def convolution_case(
    op: BuiltinOperator,
    kind: str,
    seed: int,
    options: Any,
    *,
    input_shape: Shape,
    filter_shape: Shape,
    channel_axis: int = 0,
    scales: int | None = None,
    bias: bool = True,
    output_shape: Shape | None = None,
    constant_shape: bool = True,
) -> Case:
    """One convolution with random values whose outputs mostly stay within their type.

    Args:
        op: which operator.
        kind: which dtypes.
        seed: of everything random; a third of the seeds have power-of-two scales, where rounding ties abound.
        options: the operator's table.
        input_shape: NHWC.
        filter_shape: in the operator's order.
        channel_axis: of the filter, where the output channels are.
        scales: how many the filter has; None for one that is not an array.
        bias: whether there is one.
        output_shape: what TRANSPOSE_CONV is given as its first input.
        constant_shape: whether the model holds it; otherwise it is an input.
    """
    rng = np.random.default_rng(seed)
    io, weights, bias_type = KINDS[kind]
    outputs = filter_shape[channel_axis]
    terms = int(np.prod(filter_shape)) // outputs
    infinite = kind == "float32"
    data, input_quantization = values(rng, io, input_shape, tie_prone_scale(rng, 0.002, 0.1), infinite=infinite)
    filter_scale = tie_prone_scale(rng, 0.001, 0.02, scales)
    taps, filter_quantization = values(
        rng, weights, filter_shape, filter_scale, zero_point=weights == "u8", infinite=infinite
    )
    output_quantization: dict[str, Any] = {}
    bias_quantization: dict[str, Any] = {}
    if io == "f32":
        offsets = rng.standard_normal(outputs).astype(np.float32)
    else:
        product_scale = input_quantization["scale"] * filter_scale
        spread = deviation(data) * deviation(taps) * np.sqrt(terms) + 1
        low, high, _ = RANGES[io]
        ratio = tie_prone_scale(rng, 0.5, 8) * spread / (high - low)
        output_quantization = {
            "scale": np.float32(max(np.max(product_scale) * ratio, 1e-8)),
            "zero_point": zero(rng, io),
        }
        bias_quantization = {"scale": product_scale}
        reach = int(spread) if rng.random() < 0.9 else 2**31 - 1
        offsets = rng.integers(-reach, reach + 1, outputs).astype(dtype_from_letter(bias_type).numpy)
    b = ModelBuilder()
    g = b.subgraph("main")
    x = g.input("input", input_shape, io, **input_quantization)
    f = g.constant("filter", taps, weights, **filter_quantization, quantized_dimension=channel_axis)
    inputs, fed = [x, f], [data]
    if output_shape is not None:
        inputs = [g.constant("output_shape", np.int32(output_shape)), f, x]
    if not constant_shape:
        inputs[0] = g.input("output_shape", (4,), "i32")
        fed.append(np.int32(output_shape))
    if bias:
        inputs.append(g.constant("bias", offsets, bias_type, **bias_quantization))
    y = g.output("output", (0, 0, 0, 0), io, **output_quantization)
    g.operator(op, inputs, [y], options)
    return case(b.build(), *fed)


def requantized(subject: Case, name: str, **changes: Any) -> Case:
    """The case with other quantization parameters of one of its tensors."""
    graph = subject.model.main
    tensors = tuple(
        replace(t, quantization=replace(t.quantization, **changes)) if t.name == name and t.quantization else t
        for t in graph.tensors
    )
    return replace(subject, model=replace(subject.model, subgraphs=(replace(graph, tensors=tensors),)))


def refuses(subject: Case, message: str) -> None:
    """Assert that the operator is refused in prepare with a message (a pattern) that names it."""
    operator = subject.model.main.operators[0]
    end = rf"Node number 0 \({operator.name}\) failed to prepare"
    with pytest.raises(PrepareError, match=rf"{message}[\s\S]*{end}"):
        evaluate(subject.model, subject.inputs, kernels=False)


def values(
    rng: np.random.Generator, letter: str, shape: Shape, scale: Any, *, zero_point: bool = True, infinite: bool = False
) -> tuple[Array, dict[str, Any]]:
    """Random elements and their quantization; now and then all near zero, now and then with infinities."""
    if letter == "f32":
        reals = (rng.standard_normal(shape) * rng.choice([0, 1, 3], p=[0.05, 0.5, 0.45])).astype(np.float32)
        if infinite and rng.random() < 0.1:
            reals[rng.random(shape) < 0.1] = np.inf
        return reals, {}
    quantization = {"scale": scale, "zero_point": zero(rng, letter) if zero_point else 0}
    if rng.random() < 0.75:
        return codes(rng, letter, shape), quantization
    low, high, dtype = RANGES[letter]
    near = quantization["zero_point"] + rng.integers(-2, 3, shape)
    return np.clip(near, low, high).astype(dtype), quantization


def zero(rng: np.random.Generator, letter: str) -> int:
    """A random zero point of a type; 0 for int16, which is symmetric."""
    return 0 if letter == "i16" else int(codes(rng, letter, ()))


def deviation(integers: Array) -> float:
    """Standard deviation, 0 of nothing."""
    return float(np.std(integers.astype(np.float64))) if integers.size else 0.0
