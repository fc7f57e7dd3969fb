"""Binders of operators that treat every element alike."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from pytflite.arithmetic.requantize import DoubleRounding
from pytflite.ops._shared.elementwise import RescaledParams
from pytflite.plan.node import PreparedNode
from pytflite.runtime.engine.binding import ANY, Call, Calls, Operand, binder, flip_of, is_code, parts_of

Array = npt.NDArray[Any]


@binder("RESHAPE", "copy")
@binder("SQUEEZE", "copy")
@binder("EXPAND_DIMS", "copy")
def copy(node: PreparedNode, inputs: Sequence[Operand | None], outputs: Sequence[Array]) -> Calls:
    """Bytes as they are."""
    assert inputs[0] is not None
    return [Call(("copy",), [inputs[0].array, outputs[0], outputs[0].nbytes], parts_of(outputs[0].nbytes))]


@binder(ANY, "lookup")
def lookup(node: PreparedNode, inputs: Sequence[Operand | None], outputs: Sequence[Array]) -> Calls:
    """A table; where it only flips bits, no table."""
    assert inputs[0] is not None
    input, (output,) = inputs[0].array, outputs
    table = node.params.table.view(np.uint8)
    if not (is_code(input) and is_code(output)):
        return None
    flipped = np.arange(256, dtype=np.uint8) ^ table
    if (flipped == flipped[0]).all():
        return [Call(("flip",), [input, output, input.size, int(flipped[0])], parts_of(input.size))]
    return [Call(("lookup",), [input, output, input.size, table.copy()], parts_of(input.size))]


@binder("ADD", "int8", "uint8")
@binder("SUB", "int8", "uint8")
def sum_or_difference(node: PreparedNode, inputs: Sequence[Operand | None], outputs: Sequence[Array]) -> Calls:
    """A linear function that equals the definition for every pair of codes, or else a table of all pairs."""
    return pairs(node, inputs, outputs, slopes(node.params, -1 if node.op.name == "SUB" else 1))


@binder("MUL", "int8", "uint8")
def product(node: PreparedNode, inputs: Sequence[Operand | None], outputs: Sequence[Array]) -> Calls:
    """A table of all pairs."""
    return pairs(node, inputs, outputs, None)


def pairs(
    node: PreparedNode,
    inputs: Sequence[Operand | None],
    outputs: Sequence[Array],
    slopes: tuple[float, float] | None,
) -> Calls:
    """Calls for two inputs of the output's shape.

    Args:
        node: with a definition for two arrays of codes.
        inputs: both.
        outputs: the only one.
        slopes: how much the output grows with each input, about; None if it is not linear.
    """
    left, right = (operand.array for operand in inputs if operand is not None)
    (output,) = outputs
    if not left.shape == right.shape == output.shape or not output.size:
        return None
    flip = flip_of(left)
    codes = (np.arange(256) ^ flip ^ 0x80).astype(np.uint8).view(left.dtype)  # ascending
    *_, (_, table) = node.stages([np.repeat(codes, 256), np.tile(codes, 256)])
    ascending = table.reshape(256, 256).astype(np.int64) - flip
    factors = linear(ascending, *slopes) if slopes else None
    if factors is None:
        by_byte = np.argsort(codes.view(np.uint8))
        table = np.ascontiguousarray(table.reshape(256, 256)[by_byte][:, by_byte])
        return [Call(("pairs",), [left, right, output, output.size, table], parts_of(output.size))]
    bounds = int(ascending.min()), int(ascending.max())
    return [Call(("linear",), [left, right, output, output.size, *factors, *bounds, flip], parts_of(output.size))]


def slopes(p: RescaledParams, sign: int) -> tuple[float, float] | None:
    """Output codes per input code, of both inputs; the second one with a sign."""
    scales = []
    for rescale in (p.input1, p.input2):
        scale = float(1 << rescale.left_shift)
        for requantizer in (rescale.requantizer, p.epilogue.requantizer):
            if not isinstance(requantizer, DoubleRounding):
                return None
            scale *= float(requantizer.multiplier[0]) * 2.0 ** (int(requantizer.shift[0]) - 31)
        scales.append(scale)
    return scales[0], sign * scales[1]


def linear(table: Array, slope1: float, slope2: float) -> tuple[int, int, int, int] | None:
    """a, b, c, d for which ``(a * x + b * y + c) >> d``, clipped to the least and the largest, is the whole table.

    Args:
        table: int64 (256, 256), for x and y from -128 to 127.
        slope1: about what a stands for.
        slope2: about what b stands for.

    Returns:
        None if no such numbers were found.
    """
    codes = np.arange(-128, 128)
    above, below = table > table.min(), table < table.max()
    for d in range(22, 12, -1):
        for near1, near2 in itertools.product((0, 1, -1), repeat=2):
            a, b = round(slope1 * 2**d) + near1, round(slope2 * 2**d) + near2
            if 128 * (abs(a) + abs(b)) >= 1 << 30:
                continue
            sums = a * codes[:, None] + b * codes
            least = int(((table << d) - sums).max(where=above, initial=-(1 << 30)))
            most = int((((table + 1) << d) - sums).min(where=below, initial=1 << 30)) - 1
            if least <= most:
                return a, b, (least + most) // 2, d
    return None
