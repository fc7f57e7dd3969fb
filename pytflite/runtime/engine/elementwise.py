"""Binders of operators that treat every element alike."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt

from pytflite.arithmetic.requantize import DoubleRounding, RoundingUp, RoundingUpFlat
from pytflite.ops._shared.elementwise import RescaledParams, Stages, rescaled
from pytflite.plan.node import PreparedNode
from pytflite.runtime.engine.binding import (
    ANY,
    Call,
    Calls,
    Operand,
    binder,
    fixed_point_of,
    flip_of,
    is_code,
    parts_of,
)

Array = npt.NDArray[Any]


@binder("RESHAPE", "copy")
@binder("SQUEEZE", "copy")
@binder("EXPAND_DIMS", "copy")
def copy(node: PreparedNode, inputs: Sequence[Operand | None], outputs: Sequence[Array]) -> Calls:
    """Bytes as they are; nothing where they are in place already."""
    assert inputs[0] is not None
    if inputs[0].array.ctypes.data == outputs[0].ctypes.data:
        return []
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


@binder("QUANTIZE", "requantize_vectors")
def requantize(node: PreparedNode, inputs: Sequence[Operand | None], outputs: Sequence[Array]) -> Calls:
    """A table for whole groups of 16, another one for the rest."""
    assert inputs[0] is not None
    input, output = inputs[0].array.reshape(-1), outputs[0].reshape(-1)
    epilogue = node.params.epilogue
    if not isinstance(epilogue.requantizer, RoundingUpFlat):
        return None
    grouped = output.size // 16 * 16
    calls = []
    for own, recipe in ((slice(grouped), RoundingUp), (slice(grouped, None), DoubleRounding)):
        params = node.params._replace(epilogue=epilogue._replace(requantizer=recipe(*epilogue.requantizer)))
        *_, (_, table) = replace(node, params=params).stages([np.arange(256).astype(np.uint8).view(input.dtype)])
        if output[own].size:
            words = [input[own], output[own], output[own].size, table.view(np.uint8).copy()]
            calls.append(Call(("lookup",), words, parts_of(output[own].size)))
    return calls


@binder("ADD", "int8", "uint8")
@binder("SUB", "int8", "uint8")
def sum_or_difference(node: PreparedNode, inputs: Sequence[Operand | None], outputs: Sequence[Array]) -> Calls:
    """A linear function that equals the definition for every pair of codes, or else a table of all pairs."""
    arrays = of_one_shape(inputs, outputs)
    return arrays and [pairs(defined(node), *arrays, slopes(node.params, -1 if node.op.name == "SUB" else 1))]


@binder("ADD", "shared_shift")
@binder("SUB", "shared_shift")
def shared_shift(node: PreparedNode, inputs: Sequence[Operand | None], outputs: Sequence[Array]) -> Calls:
    """The same; the definition is linear."""
    arrays, p = of_one_shape(inputs, outputs), node.params
    both = p.input1_multiplier / 2.0**p.shift, p.input2_multiplier / 2.0**p.shift
    return arrays and [pairs(defined(node), *arrays, both)]


@binder("ADD", "int8_vectors", "uint8_vectors")
def sum_in_vectors(node: PreparedNode, inputs: Sequence[Operand | None], outputs: Sequence[Array]) -> Calls:
    """The same for whole groups, and for the rest."""
    arrays, p = of_one_shape(inputs, outputs), node.params
    if not arrays or p.run not in (0, arrays[2].size):
        return None
    grouped = p.run // p.group * p.group
    calls = []
    for own, params in ((slice(grouped), p.vector), (slice(grouped, None), p.scalar)):
        left, right, output = (array[own] for array in arrays)
        if output.size:
            calls.append(pairs(partial(rescaled, np.add, p=params), left, right, output, slopes(params, 1)))
    return calls


@binder("MUL", "int8", "uint8")
def product(node: PreparedNode, inputs: Sequence[Operand | None], outputs: Sequence[Array]) -> Calls:
    """A table of all pairs."""
    arrays = of_one_shape(inputs, outputs)
    return arrays and [pairs(defined(node), *arrays, None)]


Define = Callable[[Array, Array], Stages]


def defined(node: PreparedNode) -> Define:
    """The definition of a node with two inputs."""
    return lambda left, right: node.stages([left, right])


def of_one_shape(inputs: Sequence[Operand | None], outputs: Sequence[Array]) -> tuple[Array, Array, Array] | None:
    """Both inputs and the output, flat, if there is nothing to broadcast."""
    left, right = (operand.array for operand in inputs if operand is not None)
    (output,) = outputs
    if not left.shape == right.shape == output.shape or not output.size:
        return None
    return left.reshape(-1), right.reshape(-1), output.reshape(-1)


def pairs(define: Define, left: Array, right: Array, output: Array, slopes: tuple[float, float] | None) -> Call:
    """A call for two inputs of the output's shape.

    Args:
        define: what is to be computed of two arrays of codes, element by element.
        left: the first input.
        right: the second one.
        output: what to write.
        slopes: how much the output grows with each input, about; None if it is not linear.
    """
    flip = flip_of(left)
    codes = (np.arange(256) ^ flip ^ 0x80).astype(np.uint8).view(left.dtype)  # ascending
    *_, (_, table) = define(codes[:, None], codes[None])
    ascending = table.astype(np.int32) - flip
    factors = linear(ascending, *slopes) if slopes else None
    if factors is None:
        by_byte = np.argsort(codes.view(np.uint8))
        table = np.ascontiguousarray(table[by_byte][:, by_byte])
        return Call(("pairs",), [left, right, output, output.size, table], parts_of(output.size))
    bounds = int(ascending.min()), int(ascending.max())
    return Call(("linear",), [left, right, output, output.size, *factors, *bounds, flip], parts_of(output.size))


def slopes(p: RescaledParams, sign: int) -> tuple[float, float]:
    """Output codes per input code, of both inputs; the second one with a sign."""
    scales = []
    for rescale in (p.input1, p.input2):
        scale = 2.0**rescale.left_shift
        for requantizer in (rescale.requantizer, p.epilogue.requantizer):
            (multiplier,), (shift,) = fixed_point_of(requantizer, 1)
            scale *= float(multiplier) * 2.0 ** (int(shift) - 31)
        scales.append(scale)
    return scales[0], sign * scales[1]


SPARSE = 7
"""Every such row and column of a table of pairs tells first whether numbers can do."""


def linear(table: Array, slope1: float, slope2: float) -> tuple[int, int, int, int] | None:
    """a, b, c, d for which ``(a * x + b * y + c) >> d``, clipped to the least and the largest, is the whole table.

    Args:
        table: int32 (256, 256), for x and y from -128 to 127.
        slope1: about what a stands for.
        slope2: about what b stands for.

    Returns:
        None if no such numbers were found.
    """
    codes = np.arange(-128, 128, dtype=np.int32)
    above, below = table > table.min(), table < table.max()
    for d in range(22, 12, -1):
        for near1, near2 in itertools.product((0, 1, -1), repeat=2):
            a, b = round(slope1 * 2**d) + near1, round(slope2 * 2**d) + near2
            if 128 * (abs(a) + abs(b)) >= 1 << 30:
                continue
            for step in (SPARSE, 1):
                own = np.s_[::step, ::step]
                rests = (table[own] << d) - (a * codes[::step, None] + b * codes[::step])
                least = max(int(np.where(above[own], rests, -(1 << 30)).max()), -(1 << 30))
                most = min(int(np.where(below[own], rests, 1 << 30).min()) + (1 << d) - 1, (1 << 30) - 1)
                if least > most:
                    break
            else:
                return a, b, (least + most) // 2, d
    return None
