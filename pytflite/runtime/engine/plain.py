"""Binders of operators of plain numbers of any type: single elements, pairs, reductions, SELECT, CAST."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from pytflite.arithmetic.activation import BOUNDS
from pytflite.arithmetic.limits import highest, lowest
from pytflite.kernels.engine import words
from pytflite.kernels.engine.buffers import aligned
from pytflite.ops._shared.reduction import Reduction
from pytflite.plan.node import PreparedNode
from pytflite.runtime.engine.binding import Binder, Call, Calls, Operand, binder, numbers, parts_of, walk_of
from pytflite.runtime.engine.elementwise import all_codes, tabulated, translated
from pytflite.runtime.engine.movement import folds, together

Array = npt.NDArray[Any]

KINDS = ("f4", "f8", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8")
"""Types of numbers that kernels compute with, as NumPy names them."""


def kind_of(array: Array) -> str:
    """The type of some numbers, one of `KINDS`; that of bytes for booleans. Nothing where there is no such type."""
    kind = "u1" if array.dtype == np.bool_ else array.dtype.str[1:]
    return kind if kind in KINDS else ""


def unbounded(dtype: np.dtype[Any]) -> tuple[Any, Any]:
    """Bounds within which all numbers of a type are."""
    return (-np.inf, np.inf) if dtype.kind == "f" else (lowest(dtype), highest(dtype))


def of_two(operation: int, *, bounded: bool = False, swapped: bool = False) -> Binder:
    """The binder of an operation of two inputs.

    Args:
        operation: one of those in `pytflite.kernels.engine.words`.
        bounded: whether the params are the bounds of an activation.
        swapped: whether the second input comes first.
    """

    def bind(node: PreparedNode, inputs: Sequence[Operand | None], outputs: Sequence[Array]) -> Calls:
        dtype = outputs[0].dtype
        limits = node.params if bounded else unbounded(dtype)
        return two(operation, views_of(inputs, outputs[0], swapped=swapped), numbers(dtype, *limits))

    return bind


def two(operation: int, views: Sequence[Array], bounds: Array) -> Calls:
    """The call of an operation of two numbers, whose result is clamped.

    Args:
        operation: one of those in `pytflite.kernels.engine.words`.
        views: two inputs and the output, of one shape.
        bounds: two numbers.
    """
    walk, kind, output = walk_of(*views), kind_of(views[-1]), views[-1]
    if walk is None or not kind:
        return None
    return [Call(("two", kind, operation), [*views, bounds, *walk], parts_of(output.size))] if output.size else []


def broadcast(arrays: Sequence[Array], output: Array) -> list[Array]:
    """Arrays, broadcast to the shape of the output, and the output."""
    return [*(np.broadcast_to(array, output.shape) for array in arrays), output]


def views_of(inputs: Sequence[Operand | None], output: Array, *, swapped: bool = False) -> list[Array]:
    """The same of operands, ``swapped``: the second one first."""
    arrays = [operand.array for operand in inputs if operand is not None]
    return broadcast(arrays[::-1] if swapped else arrays, output)


def compared(comparison: int, *, swapped: bool = False) -> Binder:
    """The binder of a comparison of two inputs; ``swapped``: the second one comes first."""

    def bind(node: PreparedNode, inputs: Sequence[Operand | None], outputs: Sequence[Array]) -> Calls:
        views, (output,) = views_of(inputs, outputs[0], swapped=swapped), outputs
        walk, kind = walk_of(*views), kind_of(views[0])
        if walk is None or not kind:
            return None
        return [Call(("compare", kind, comparison), [*views, *walk], parts_of(output.size))] if output.size else []

    return bind


def compared_codes(comparison: int, *, swapped: bool = False) -> Binder:
    """The same of int16 codes, each of which is looked up first."""

    def bind(node: PreparedNode, inputs: Sequence[Operand | None], outputs: Sequence[Array]) -> Calls:
        arrays = [operand.array for operand in inputs if operand is not None]
        if not outputs[0].size:
            return []
        calls, reals = [], []
        for array, rescale in zip(arrays, node.params, strict=True):
            real = aligned(4 * array.size).view(np.int32).reshape(array.shape)
            calls.append(translated(array, real, rescale(all_codes(array.dtype)).astype(np.int32)))
            reals.append(Operand(real, False))
        last = compared(comparison, swapped=swapped)(node, reals, outputs)
        return last and [*calls, *last]

    return bind


def divided(operation: int, *, bounded: bool = False) -> Binder:
    """The binder of a division of integers; the kernel gives up where a divisor is 0.

    Args:
        operation: one of those in `pytflite.kernels.engine.words`.
        bounded: whether the params are the bounds of an activation.
    """

    def bind(node: PreparedNode, inputs: Sequence[Operand | None], outputs: Sequence[Array]) -> Calls:
        views, (output,) = views_of(inputs, outputs[0]), outputs
        walk, kind = walk_of(*views), kind_of(output)
        if walk is None or not kind:
            return None
        failed, int64 = aligned(8).view(np.int64), np.dtype(np.int64)
        bounds = numbers(int64, *(node.params if bounded else unbounded(int64)))
        call = Call(("divide", kind, operation), [*views, bounds, failed, *walk], parts_of(output.size), failed=failed)
        return [call] if output.size else []

    return bind


def of_one(operation: int, activation: str = "NONE", factor: Callable[[Any], Any] = lambda p: 0) -> Binder:
    """The binder of an operation of one input, and a clamp; codes of one byte or two are looked up in a table.

    Args:
        operation: one of those in `pytflite.kernels.engine.words`.
        activation: whose bounds floats are clamped to.
        factor: what the operation multiplies by, from the params.
    """

    def bind(node: PreparedNode, inputs: Sequence[Operand | None], outputs: Sequence[Array]) -> Calls:
        assert inputs[0] is not None
        input, (output,) = inputs[0].array, outputs
        if input.itemsize <= 2:
            return tabulated(node, input, output)
        kind, dtype = kind_of(input), output.dtype
        if not kind:
            return None
        bounds = BOUNDS[activation] if dtype.kind == "f" else unbounded(dtype)
        words = [input, output, input.size, numbers(dtype, *bounds, factor(node.params))]
        return [Call(("one", kind, operation), words, parts_of(input.size))] if input.size else []

    return bind


def of_many(operation: int, start: Callable[[Reduction, np.dtype[Any]], Any]) -> Binder:
    """The binder of a reduction that starts from a number; None where there is none to start from."""

    def bind(node: PreparedNode, inputs: Sequence[Operand | None], outputs: Sequence[Array]) -> Calls:
        assert inputs[0] is not None
        input, (output,), p = inputs[0].array, outputs, node.params
        first, kind = start(p, input.dtype), kind_of(input)
        if not output.size:
            return []
        source = folds(input, p.axes) if first is not None and kind and input.size else None
        if source is None:
            return None
        words = [source.array, output, *source.sizes, numbers(input.dtype, first)]
        return [*source.calls, Call(("reduce", kind, operation), words, parts_of(input.size))]

    return bind


def zero(p: Reduction, dtype: np.dtype[Any]) -> Any:
    """What a sum starts from; minus 0, which changes nothing, where floats start from the first element."""
    return -0.0 if p.is_full and dtype.kind == "f" else 0


def least(p: Reduction, dtype: np.dtype[Any]) -> Any:
    """What the largest is at least; nothing where floats start from the first element."""
    return None if p.is_full and dtype.kind == "f" else lowest(dtype)


def most(p: Reduction, dtype: np.dtype[Any]) -> Any:
    """What the smallest is at most; nothing where floats start from the first element."""
    return None if p.is_full and dtype.kind == "f" else highest(dtype)


for name, operation in (
    ("ADD", words.ADD),
    ("SUB", words.SUB),
    ("MUL", words.MUL),
    ("DIV", words.DIV),
):
    binder(name, "float32", "integer", "int16_plain")(of_two(operation, bounded=True))
binder("STABLEHLO_ADD", "plain")(of_two(words.ADD))
binder("STABLEHLO_MULTIPLY", "plain")(of_two(words.MUL))
binder("STABLEHLO_MAXIMUM", "plain")(of_two(words.MAXIMUM, swapped=True))
binder("STABLEHLO_MINIMUM", "plain")(of_two(words.MINIMUM, swapped=True))
binder("MAXIMUM", "compare")(of_two(words.MAXIMUM))
binder("MINIMUM", "compare")(of_two(words.MINIMUM))
binder("SQUARED_DIFFERENCE", "float32", "int32")(of_two(words.SQUARED_DIFFERENCE))
binder("PRELU", "float32")(of_two(words.PRELU))
for name, comparison, swapped in (
    ("EQUAL", words.EQUAL, False),
    ("NOT_EQUAL", words.NOT_EQUAL, False),
    ("LESS", words.LESS, False),
    ("LESS_EQUAL", words.LESS_EQUAL, False),
    ("GREATER", words.LESS, True),
    ("GREATER_EQUAL", words.LESS_EQUAL, True),
):
    binder(name, "plain", "int16_plain")(compared(comparison, swapped=swapped))
    binder(name, "int16")(compared_codes(comparison, swapped=swapped))
binder("DIV", "int32")(divided(words.TRUNCATED, bounded=True))
binder("FLOOR_DIV", "int32", "narrow")(divided(words.FLOORED))
binder("FLOOR_MOD", "integer")(divided(words.REST))
binder("ABS", "plain")(of_one(words.ABS))
binder("NEG", "negate")(of_one(words.NEG))
binder("SIGN", "sign")(of_one(words.SIGN))
binder("SQUARE", "float32")(of_one(words.SQUARE))
binder("SQRT", "float32")(of_one(words.SQRT))
binder("RSQRT", "float32")(of_one(words.RSQRT))
binder("FLOOR", "float")(of_one(words.FLOOR))
binder("CEIL", "float32")(of_one(words.CEIL))
binder("ROUND", "float")(of_one(words.ROUND))
binder("HARD_SWISH", "float32")(of_one(words.HARD_SWISH))
binder("LEAKY_RELU", "float32")(of_one(words.LEAKY_RELU, factor=lambda p: p))
for name in ("RELU", "RELU_N1_TO_1", "RELU6", "RELU_0_TO_1"):
    binder(name, "float32")(of_one(words.COPY, name))
binder("SUM", "float32", "integer")(of_many(words.SUM, zero))
binder("MEAN", "float32")(of_many(words.MEAN, lambda p, dtype: 0))
binder("REDUCE_PROD", "float32", "integer")(of_many(words.PRODUCT, lambda p, dtype: 1))
binder("REDUCE_MAX", "float32", "integer")(of_many(words.LARGEST, least))
binder("REDUCE_MIN", "float32", "integer")(of_many(words.SMALLEST, most))
for name, rule in (("REDUCE_ANY", "bool"), ("SUM", "bool")):
    binder(name, rule)(of_many(words.LARGEST, least))
for name in ("REDUCE_ALL", "REDUCE_PROD"):
    binder(name, "bool")(of_many(words.SMALLEST, most))


@binder("ADD_N", "float32", "float32_unlimited", "int32")
def add_n(node: PreparedNode, inputs: Sequence[Operand | None], outputs: Sequence[Array]) -> Calls:
    """One after the other, within the range of finite numbers unless there is no limit."""
    first, *others = (operand.array for operand in inputs if operand is not None)
    output, dtype = outputs[0], outputs[0].dtype
    limits = unbounded(dtype) if node.rule.name == "float32_unlimited" else (lowest(dtype), highest(dtype))
    bounds, lefts = numbers(dtype, *limits), [first, *[output] * (len(others) - 1)]
    return together(two(words.ADD, [left, other, output], bounds) for left, other in zip(lefts, others, strict=True))


@binder("SELECT", "copy")
def select(node: PreparedNode, inputs: Sequence[Operand | None], outputs: Sequence[Array]) -> Calls:
    """A condition that broadcasts from the front."""
    condition, *others = (operand.array for operand in inputs if operand is not None)
    chosen, shape = node.params
    return selected([condition.reshape(chosen), *(array.reshape(shape) for array in others)], outputs[0])


@binder("SELECT_V2", "copy")
def select_v2(node: PreparedNode, inputs: Sequence[Operand | None], outputs: Sequence[Array]) -> Calls:
    """All inputs broadcast."""
    arrays = [operand.array for operand in inputs if operand is not None]
    singles = max(array.ndim for array in arrays) > outputs[0].ndim
    return selected([array.reshape(()) for array in arrays] if singles else arrays, outputs[0])


def selected(arrays: Sequence[Array], output: Array) -> Calls:
    """The call for a condition and two inputs that broadcast."""
    views = broadcast(arrays, output)
    walk = walk_of(*views)
    if walk is None or output.itemsize > 8:
        return None
    return [Call(("select", output.itemsize), [*views, *walk], parts_of(output.size))] if output.size else []


@binder("CAST", "bfloat16", "bool", "complex", "float16", "round", "saturate", "wrap")
def cast(node: PreparedNode, inputs: Sequence[Operand | None], outputs: Sequence[Array]) -> Calls:
    """A table for types of one byte or two; between others, as C does it."""
    assert inputs[0] is not None
    input, (output,) = inputs[0].array, outputs
    if input.itemsize <= 2:
        return tabulated(node, input, output)
    before, after = kind_of(input), kind_of(output)
    if not (before and after) or node.rule.name not in ("bool", "round", "saturate", "wrap"):
        return None
    if not output.size:
        return []
    if node.rule.name == "bool":
        zero = np.broadcast_to(numbers(input.dtype, 0).reshape(()), input.shape)
        return compared(words.NOT_EQUAL)(node, [inputs[0], Operand(zero, True)], outputs)
    if node.rule.name == "saturate":
        words_ = [input, output, input.size, node.params.minimum, node.params.maximum]
        return [Call(("saturate", before, after), words_, parts_of(input.size))]
    return [Call(("cast", before, after), [input, output, input.size], parts_of(input.size))]
