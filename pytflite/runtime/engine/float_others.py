"""Binders of float32 operators that sum no products: single elements, reductions, pools, SOFTMAX."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import prod
from typing import Any

import numpy as np
import numpy.typing as npt

from pytflite.arithmetic.activation import BOUNDS
from pytflite.arithmetic.libm import address_of
from pytflite.arithmetic.limits import highest, lowest
from pytflite.kernels.engine import words
from pytflite.kernels.engine.buffers import aligned
from pytflite.ops._shared.pooling import PoolParams
from pytflite.ops._shared.reduction import Reduction
from pytflite.plan.node import PreparedNode
from pytflite.runtime.engine.binding import Binder, Call, Calls, Operand, binder, parts_of

Array = npt.NDArray[Any]

UNBOUNDED = -np.inf, np.inf

FLOAT32 = np.dtype(np.float32)


def floats(*values: Any) -> Array:
    """Float32 numbers that a kernel reads."""
    array = aligned(4 * len(values)).view(np.float32)
    array[:] = values
    return array


def is_float(*arrays: Array) -> bool:
    """Whether all are float32, and there is something in them."""
    return all(array.dtype == np.float32 and array.size for array in arrays)


def of_two(operation: int, *, bounded: bool) -> Binder:
    """The binder of an operation of two inputs; ``bounded``: its params are the bounds of an activation."""

    def bind(node: PreparedNode, inputs: Sequence[Operand | None], outputs: Sequence[Array]) -> Calls:
        arrays, (output,) = [operand.array for operand in inputs if operand is not None], outputs
        walk = walk_of(arrays[0].shape, arrays[1].shape)
        if walk is None or not is_float(*arrays, output):
            return None
        bounds = floats(*(node.params if bounded else UNBOUNDED))
        return [Call(("f32_two", operation), [*arrays, output, bounds, *walk], parts_of(output.size))]

    return bind


def walk_of(*shapes: tuple[int, ...]) -> list[int] | None:
    """Four sizes, then four steps of each of some shapes that broadcast; None where four do not suffice.

    Neighbouring dimensions in which all move on, or the same stand still, are one.
    """
    whole = np.broadcast_shapes(*shapes)
    padded = [(1,) * (len(whole) - len(shape)) + tuple(shape) for shape in shapes]
    merged: list[tuple[int, tuple[bool, ...]]] = []
    for sizes in zip(whole, *padded, strict=True):
        moves = tuple(size == sizes[0] for size in sizes[1:])
        if sizes[0] == 1:
            continue
        if merged and merged[-1][1] == moves:
            merged[-1] = merged[-1][0] * sizes[0], moves
        else:
            merged.append((sizes[0], moves))
    if len(merged) > 4:
        return None
    merged = [(1, (True,) * len(shapes))] * (4 - len(merged)) + merged
    words = [size for size, _ in merged]
    for k in range(len(shapes)):
        steps, step = [], 1
        for size, moves in reversed(merged):
            steps.append(step if moves[k] else 0)
            step *= size if moves[k] else 1
        words += reversed(steps)
    return words


def of_one(operation: int, activation: str = "NONE") -> Binder:
    """The binder of an operation of one input, and a clamp."""

    def bind(node: PreparedNode, inputs: Sequence[Operand | None], outputs: Sequence[Array]) -> Calls:
        assert inputs[0] is not None
        input, (output,) = inputs[0].array, outputs
        if not is_float(input, output):
            return None
        return [
            Call(("f32_one", operation), [input, output, input.size, floats(*BOUNDS[activation])], parts_of(input.size))
        ]

    return bind


def of_libm(kernel: str, function: str) -> Binder:
    """The binder of a kernel that calls a function of the C library."""

    def bind(node: PreparedNode, inputs: Sequence[Operand | None], outputs: Sequence[Array]) -> Calls:
        assert inputs[0] is not None
        input, (output,) = inputs[0].array, outputs
        if not is_float(input, output):
            return None
        return [Call((kernel,), [input, output, input.size, address_of(function)], parts_of(input.size))]

    return bind


def of_many(operation: int, start: Callable[[Reduction], np.float32 | None]) -> Binder:
    """The binder of a reduction that starts from a number; None where there is none to start from."""

    def bind(node: PreparedNode, inputs: Sequence[Operand | None], outputs: Sequence[Array]) -> Calls:
        assert inputs[0] is not None
        input, (output,), p = inputs[0].array, outputs, node.params
        first = start(p)
        neighbours = not p.axes or p.axes[-1] - p.axes[0] == len(p.axes) - 1
        if first is None or not (neighbours and is_float(input, output)):
            return None
        axes = range(p.axes[0], p.axes[-1] + 1) if p.axes else range(0)
        outer, inner = (prod(input.shape[: axes.start]), prod(input.shape[axes.stop :])) if p.axes else (1, input.size)
        return [
            Call(("f32_reduce", operation), [input, output, outer, p.depth, inner, floats(first)], parts_of(input.size))
        ]

    return bind


def zero(p: Reduction) -> np.float32:
    """What a sum starts from; minus 0, which changes nothing, where it starts from the first element."""
    return np.float32(-0.0 if p.is_full else 0.0)


for name, operation in (
    ("ADD", words.ADD),
    ("SUB", words.SUB),
    ("MUL", words.MUL),
    ("DIV", words.DIV),
):
    binder(name, "float32")(of_two(operation, bounded=True))
binder("MAXIMUM", "compare")(of_two(words.MAXIMUM, bounded=False))
binder("MINIMUM", "compare")(of_two(words.MINIMUM, bounded=False))
binder("SQUARED_DIFFERENCE", "float32")(of_two(words.SQUARED_DIFFERENCE, bounded=False))
binder("ABS", "plain")(of_one(words.ABS))
binder("NEG", "negate")(of_one(words.NEG))
binder("SQUARE", "float32")(of_one(words.SQUARE))
binder("SQRT", "float32")(of_one(words.SQRT))
binder("RSQRT", "float32")(of_one(words.RSQRT))
binder("FLOOR", "float")(of_one(words.FLOOR))
binder("CEIL", "float32")(of_one(words.CEIL))
for name in ("RELU", "RELU_N1_TO_1", "RELU6", "RELU_0_TO_1"):
    binder(name, "float32")(of_one(words.COPY, name))
for name, function in (("EXP", "expf"), ("LOG", "logf"), ("SIN", "sinf"), ("COS", "cosf"), ("TANH", "tanhf")):
    binder(name, "float32")(of_libm("f32_libm", function))
binder("LOGISTIC", "float32")(of_libm("f32_logistic", "expf"))
binder("SUM", "float32")(of_many(words.SUM, zero))
binder("MEAN", "float32")(of_many(words.MEAN, lambda p: np.float32(0)))
binder("REDUCE_MAX", "float32")(of_many(words.LARGEST, lambda p: None if p.is_full else lowest(FLOAT32)))
binder("REDUCE_MIN", "float32")(of_many(words.SMALLEST, lambda p: None if p.is_full else highest(FLOAT32)))


@binder("SOFTMAX", "float32")
def softmax(node: PreparedNode, inputs: Sequence[Operand | None], outputs: Sequence[Array]) -> Calls:
    """Rows of floats."""
    assert inputs[0] is not None
    input, (output,) = inputs[0].array, outputs
    if not is_float(input, output):
        return None
    depth = input.shape[-1]
    words = [input, output, input.size // depth, depth, floats(node.params), address_of("expf")]
    return [Call(("f32_softmax",), words, parts_of(input.size))]


def pool(operation: int, start: np.float32) -> Binder:
    """The binder of a pool."""

    def bind(node: PreparedNode, inputs: Sequence[Operand | None], outputs: Sequence[Array]) -> Calls:
        assert inputs[0] is not None
        input, (output,) = inputs[0].array, outputs
        if not is_float(input, output):
            return None
        p: PoolParams = node.params
        w = p.window
        words = [
            input, output, *input.shape, floats(start), p.filter_h, p.filter_w, w.stride_h, w.stride_w,
            w.pad_top, w.pad_left, w.output_h, w.output_w, floats(p.activation_min, p.activation_max),
        ]  # fmt: skip
        return [Call(("f32_pool", operation), words, parts_of(output.size * p.filter_h * p.filter_w))]

    return bind


binder("AVERAGE_POOL_2D", "float32")(pool(words.MEAN, np.float32(0)))
binder("MAX_POOL_2D", "float32")(pool(words.LARGEST, lowest(FLOAT32)))
