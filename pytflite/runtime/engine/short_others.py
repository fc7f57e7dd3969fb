"""Binders of operators whose codes are not all 8-bit: sums and products; QUANTIZE."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from pytflite.arithmetic.requantize import DoubleRounding, Requantizer
from pytflite.arithmetic.rounding import truncate_to_int32
from pytflite.kernels.engine import packing
from pytflite.kernels.engine.buffers import aligned, with_slack
from pytflite.kernels.engine.packing import LANES
from pytflite.kernels.engine.words import ADD, DIVIDED, DIVIDED_IN_FLOAT64, MUL, RECIPROCAL, SATURATED, SUB
from pytflite.ops._shared.elementwise import Rescale, RescaledParams, VectorParams
from pytflite.ops.mul import MulParams
from pytflite.ops.quantize import QuantizeParams, RequantizeParams
from pytflite.plan.node import PreparedNode
from pytflite.runtime.engine.binding import (
    Call,
    Calls,
    Operand,
    binder,
    fixed_point_of,
    left_factors,
    numbers,
    parts_of,
    recipe_of,
    walk_of,
)
from pytflite.runtime.engine.elementwise import tabulated
from pytflite.runtime.engine.movement import together

Array = npt.NDArray[Any]

NONE = 0
"""Stands for the recipe of inputs that are not rescaled."""


@binder("QUANTIZE", "requantize")
def requantize(node: PreparedNode, inputs: Sequence[Operand | None], outputs: Sequence[Array]) -> Calls:
    """A table for int16, two roundings for int32."""
    assert inputs[0] is not None
    input, (output,) = inputs[0].array, outputs
    if input.dtype == np.int16:
        return tabulated(node, input, output)
    p: RequantizeParams = node.params
    requantizer, offset, low, high = p.epilogue
    limits = np.iinfo(output.dtype)
    fits = limits.min <= low <= high <= limits.max
    if not (isinstance(requantizer, DoubleRounding) and fits and input.size and requantizer.shift[0] <= 31):
        return None
    shift = int(requantizer.shift[0])
    words = [
        input, output, input.size, p.input_offset, requantizer.multiplier[0], max(shift, 0), max(-shift, 0), offset,
        low, high,
    ]  # fmt: skip
    return [Call(("requantize_int32", output.itemsize), words, parts_of(input.size))]


@binder("QUANTIZE", "float32", "float32_reciprocal")
def quantize(node: PreparedNode, inputs: Sequence[Operand | None], outputs: Sequence[Array]) -> Calls:
    """One scale for all."""
    assert inputs[0] is not None
    return quantized(node.params, inputs[0].array, outputs[0], DIVIDED if node.rule.name == "float32" else SATURATED)


@binder("QUANTIZE", "float32_vectors")
def quantize_in_vectors(node: PreparedNode, inputs: Sequence[Operand | None], outputs: Sequence[Array]) -> Calls:
    """Whole groups of 8, and the rest."""
    assert inputs[0] is not None
    input, output = inputs[0].array.reshape(-1), outputs[0].reshape(-1)
    grouped = output.size // 8 * 8
    return together(
        quantized(node.params, input[own], output[own], rounding)
        for own, rounding in ((slice(grouped), RECIPROCAL), (slice(grouped, None), DIVIDED_IN_FLOAT64))
    )


def quantized(p: QuantizeParams, input: Array, output: Array, rounding: int) -> Calls:
    """The call that makes codes of floats with one scale; ``rounding``: as in `pytflite.kernels.engine.words`."""
    limits, zero_point = np.iinfo(output.dtype), int(p.affine.zero_point.reshape(-1)[0])
    fits = limits.min <= p.qmin <= p.qmax <= limits.max and abs(zero_point) < 1 << 31
    if p.affine.scale.size > 1 or p.to_int32 is not truncate_to_int32 or not fits:
        return None
    constants = numbers(np.float32, p.affine.scale.reshape(-1)[0], p.qmax - zero_point)
    words = [input, output, input.size, constants, zero_point, p.qmin, p.qmax]
    return [Call(("quantize", output.itemsize, rounding), words, parts_of(input.size))] if input.size else []


@binder("ADD", "int16")
def add(node: PreparedNode, inputs: Sequence[Operand | None], outputs: Sequence[Array]) -> Calls:
    """Sums."""
    return sums(node, inputs, outputs, ADD)


@binder("SUB", "int16")
def sub(node: PreparedNode, inputs: Sequence[Operand | None], outputs: Sequence[Array]) -> Calls:
    """Differences."""
    return sums(node, inputs, outputs, SUB)


def sums(node: PreparedNode, inputs: Sequence[Operand | None], outputs: Sequence[Array], operation: int) -> Calls:
    """The call for the sum, or difference, of two inputs at a common scale."""
    return summed(node.params, laid_out(inputs, outputs[0]), outputs[0], operation)


SHORT_ROW, MOST_REPEATED = 64, 1 << 16
"""Constants are repeated that would be walked over in rows shorter than this, for outputs of up to so many elements."""


def laid_out(inputs: Sequence[Operand | None], output: Array) -> list[Array]:
    """The inputs; where an output has short rows, constants that broadcast are repeated for all of it."""
    arrays = []
    for operand in (operand for operand in inputs if operand is not None):
        broadcasts = 1 < operand.array.size < output.size <= MOST_REPEATED and output.shape[-1] < SHORT_ROW
        repeats = operand.is_constant and broadcasts
        arrays.append(with_slack(np.broadcast_to(operand.array, output.shape)) if repeats else operand.array)
    return arrays


@binder("ADD", "int16_vectors")
def sum_in_vectors(node: PreparedNode, inputs: Sequence[Operand | None], outputs: Sequence[Array]) -> Calls:
    """Whole groups as vector code does them, and the rest."""
    p: VectorParams = node.params
    arrays = [operand.array for operand in inputs if operand is not None]
    if not p.run:
        return summed(p.scalar, arrays, outputs[0], ADD)
    grouped = p.run // p.group * p.group
    flat = [array.reshape(-1) for array in (*arrays, outputs[0])]
    parts = [
        summed(params, own[:2], own[2], ADD)
        for params, part in ((p.vector, slice(grouped)), (p.scalar, slice(grouped, None)))
        if (own := [array[part] for array in flat])[2].size
    ]
    return together(parts)


def summed(p: RescaledParams, arrays: Sequence[Array], output: Array, operation: int) -> Calls:
    """The call for the sum, or difference, of two arrays."""
    first, second = rescaled(p.input1), rescaled(p.input2)
    if first is None or second is None:
        return None
    (recipe1, reach1), (recipe2, reach2) = first, second
    shifts = p.input1.left_shift, p.input2.left_shift
    return two(p.epilogue, (recipe1, recipe2), reach1 + reach2, arrays, output, operation, shifts)


def rescaled(p: Rescale) -> tuple[packing.Recipe, int] | None:
    """How an int16 input comes to the common scale, and how far it reaches there."""
    if p.offset != 0 or not 0 <= p.left_shift <= 15:
        return None
    reach = 1 << 15 + p.left_shift
    recipe = recipe_without_left_shift(p.requantizer, reach)
    if p.left_shift == 15 and isinstance(p.requantizer, DoubleRounding) and recipe is not None:
        recipe = in_two_products(*fixed_point_of(p.requantizer, 1))
    ends = p.requantizer(np.array([[-reach], [reach]], np.int64))
    return None if recipe is None else (recipe, int(np.abs(ends).max()))


def in_two_products(multiplier: Array, shift: Array) -> packing.Recipe:
    """The recipe of an int16 input that is shifted to the left by 15 first, then rounded twice."""
    if multiplier[0] == 1 << 30 and shift[0] == 0:
        return packing.Recipe(packing.HALVED, ())
    half = np.where(shift < 0, np.int64(1) << np.maximum(-shift - 1, 0), 0)
    columns = multiplier >> 16, multiplier & 0xFFFF, half, -(shift < 0).astype(np.int64), -shift
    return packing.Recipe(packing.SPLIT, tuple(column.astype(np.int32) for column in columns))


def recipe_without_left_shift(requantizer: Requantizer, reach: int) -> packing.Recipe | None:
    """The recipe of a requantizer for all channels, None if it is none for the engine."""
    if left_factors(requantizer, 1)[0] != 1:
        return None
    return recipe_of(requantizer, np.array([reach]), rectified=False)


@binder("MUL", "int16", "float64_scale")
def mul(node: PreparedNode, inputs: Sequence[Operand | None], outputs: Sequence[Array]) -> Calls:
    """Products."""
    p: MulParams = node.params
    if p.input1_offset != 0 or p.input2_offset != 0:
        return None
    return two(p.epilogue, (), 1 << 30, laid_out(inputs, outputs[0]), outputs[0], MUL, (0, 0))


def two(
    epilogue: Any, own: Sequence[packing.Recipe], reach: int, arrays: Sequence[Array], output: Array, operation: int,
    shifts: tuple[int, int],
) -> Calls:  # fmt: skip
    """The call for two inputs of int16.

    Args:
        epilogue: from the sum or product to the output.
        own: how the inputs come to a common scale; none for products.
        reach: the largest magnitude of a sum or product.
        arrays: both.
        output: what to write.
        operation: what to do.
        shifts: to the left, of both inputs of a sum.
    """
    if not output.size:
        return []
    views = [*(np.broadcast_to(array, output.shape) for array in arrays), output]
    walk = walk_of(*views)
    recipe = recipe_without_left_shift(epilogue.requantizer, reach)
    low, high = epilogue.activation_min, epilogue.activation_max
    takes = all(array.dtype == np.int16 and array.size for array in (*arrays, output)) and epilogue.output_offset == 0
    if walk is None or recipe is None or not takes or not -(1 << 15) <= low <= high < 1 << 15:
        return None
    all_recipes = recipe, *own
    heads = [
        packing.heads(
            np.zeros(LANES, np.int64), packing.Recipe(r.kind, tuple(np.repeat(c, LANES) for c in r.columns)), 1
        )
        for r in all_recipes
    ]
    heads += heads[:1] * (3 - len(heads))
    constants, bounds = aligned(3 * heads[0].size), aligned(4).view(np.int16)
    constants[:], bounds[:] = np.concatenate(heads).reshape(-1), (low, high)
    left = aligned(8).view(np.int32)
    left[:] = shifts
    kinds = [r.kind for r in own] or [NONE, NONE]
    literals = operation, *kinds, recipe.kind, walk[7] // 2, walk[11] // 2
    words = [*views, constants, left, bounds, *walk]
    return [Call(("short_two", *literals), words, parts_of(output.size))]
