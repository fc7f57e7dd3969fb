"""RESIZE_BILINEAR: each output pixel is a mean of four input pixels, weighted by how near they are.

input: (batch, height, width, channels). size: int32 vector of output height and width. output: (batch, output height,
output width, channels), with the quantization of the input.

Float32: positions and weights in float32, the four products are added from top left over bottom left and top right to
bottom right. uint8: the same, plus one half, rounded down. int8, int16: positions in 1/1024 pixels, exact products,
rounded half away from zero.

Source: ``resize_bilinear.cc``, ``reference/resize_bilinear.h``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from pytflite.arithmetic.fixed_point import rounding_divide_by_pot
from pytflite.arithmetic.fused import fused_multiply_add
from pytflite.arithmetic.rounding import divide_toward_zero
from pytflite.ops._api import Node, Op, Shape
from pytflite.ops._shared.resizing import image_scale, resized_shapes
from pytflite.schema.enums import BuiltinOperator
from pytflite.schema.tables import ResizeBilinearOptions

Array = npt.NDArray[Any]
Stages = Iterator[tuple[str, Array]]

OP = Op(BuiltinOperator.RESIZE_BILINEAR, "input size", "output", ResizeBilinearOptions)


class Interpolation(NamedTuple):
    """Between which input positions each output position of an axis lies.

    Attributes:
        lower: integers, the one before.
        upper: integers, the one after.
        lower_weight: of the one before, ready to be multiplied with images.
        upper_weight: of the one after: float32 up to 1, or int64 up to 1024.
    """

    lower: Array
    upper: Array
    lower_weight: Array
    upper_weight: Array


class Grid(NamedTuple):
    """Where output pixels lie among input pixels.

    Attributes:
        rows: of the output.
        columns: of the output.
    """

    rows: Interpolation
    columns: Interpolation


@OP.shapes
def shapes(node: Node) -> list[Shape]:
    """(batch, output height, output width, channels)."""
    options, (shape,) = node.options, resized_shapes(node)
    node.require(0 not in shape[1:3], f"{node['size']} must be positive.")
    node.require(
        not (options.half_pixel_centers and options.align_corners),
        "If half_pixel_centers is True, align_corners must be False.",
    )
    return [shape]


def grid_of(interpolate: Callable[[Node, int], Interpolation]) -> Callable[[Node], Grid]:
    """Params from how the positions along one axis are computed."""

    def params(node: Node) -> Grid:
        return Grid(interpolate(node, 1), interpolate(node, 2))

    return params


def float_positions(node: Node, axis: int) -> Interpolation:
    """Positions in float32 (``ComputeInterpolationValues``)."""
    scale, half = image_scale(node, axis), np.float32(0.5)
    position = np.arange(node["output"].shape[axis], dtype=np.float32)
    position = (position + half) * scale - half if node.options.half_pixel_centers else position * scale
    return between(node, axis, position)


def between(node: Node, axis: int, position: Array) -> Interpolation:
    """The pixels around positions in float32, and their weights."""
    lower = np.maximum(np.floor(position).astype(np.int32), 0)
    upper = np.minimum(np.ceil(position).astype(np.int32), node["input"].shape[axis] - 1)
    upper_weight = along(axis, position - lower.astype(np.float32))
    return Interpolation(lower, upper, np.float32(1) - upper_weight, upper_weight)


def integer_positions(node: Node, axis: int) -> Interpolation:
    """Positions in 1/1024 pixels (``ComputeInterpolationValuesInteger``)."""
    before, after = node["input"].shape[axis], node["output"].shape[axis]
    gaps = 1 if node.options.align_corners and after > 1 else 0
    scale = (1024 * (before - gaps) + (after - gaps) // 2) // (after - gaps)
    position = np.arange(after, dtype=np.int64) * scale
    if node.options.half_pixel_centers:
        position += scale // 2 - 512
    lower = np.maximum(divide_toward_zero(position, 1024), 0)
    upper = np.minimum(divide_toward_zero(position + 1023, 1024), before - 1)
    upper_weight = along(axis, position - 1024 * lower)
    return Interpolation(lower, upper, 1024 - upper_weight, upper_weight)


def along(axis: int, weights: Array) -> Array:
    """Weights that run along an axis of an image."""
    return weights.reshape(-1, *[1] * (3 - axis))


@OP.rule("float32", "f32 i32 -> f32", params=grid_of(float_positions))
def define(input: Array, size: Array, p: Grid) -> Array:
    """Weighted corners, summed in order, plus a zero that clears the sign of -0.0."""
    return blend(input, p) + np.float32(0)


@OP.rule("uint8", "u8 i32 -> u8", params=grid_of(float_positions))
def define_uint8(input: Array, size: Array, p: Grid) -> Stages:
    """Weighted corners, rounded."""
    blended = blend(input.astype(np.float32), p)
    yield "blended", blended
    yield "output", (blended + np.float32(0.5)).astype(np.uint8)


@OP.rule("uint8_weights_first", "u8 i32 -> u8", params=grid_of(float_positions), by_name=True)
def define_uint8_weights_first(input: Array, size: Array, p: Grid) -> Stages:
    """Corners times the product of their weights, rounded (``ResizeBilinearGenericSmallChannel``, optimized)."""
    (above, below, *row_weights), (left, right, *column_weights) = p
    image = input.astype(np.float32)
    blended = np.zeros(1, np.float32)
    for row, row_weight in zip((above, below), row_weights, strict=True):
        for column, column_weight in zip((left, right), column_weights, strict=True):
            blended = blended + image[:, row][:, :, column] * (row_weight * column_weight)
    yield "blended", blended
    yield "output", (blended + np.float32(0.5)).astype(np.uint8)


def fused_positions(node: Node, axis: int) -> Interpolation:
    """The same as `float_positions`, where the half pixel is subtracted in one rounding with the product."""
    if not node.options.half_pixel_centers:
        return float_positions(node, axis)
    centers = np.arange(node["output"].shape[axis], dtype=np.float32) + np.float32(0.5)
    return between(node, axis, fused_multiply_add(centers, image_scale(node, axis), np.float32(-0.5)))


@OP.rule("uint8_fused", "u8 i32 -> u8", params=grid_of(fused_positions), by_name=True)
def define_uint8_fused(input: Array, size: Array, p: Grid) -> Stages:
    """The same, where products are added with one rounding, all but the second."""
    (above, below, *row_weights), (left, right, *column_weights) = p
    image = input.astype(np.float32)
    first, second, *others = (
        (image[:, row][:, :, column], row_weight * column_weight)
        for row, row_weight in zip((above, below), row_weights, strict=True)
        for column, column_weight in zip((left, right), column_weights, strict=True)
    )
    blended = second[0] * second[1]
    for corner, weight in (first, *others):
        blended = fused_multiply_add(corner, weight, blended)
    yield "blended", blended
    yield "output", (blended + np.float32(0.5)).astype(np.uint8)


@OP.rule("integer", "T i32 -> T", params=grid_of(integer_positions), T="i8 i16")
def define_integer(input: Array, size: Array, p: Grid) -> Stages:
    """Weighted corners, exact, rounded."""
    blended = blend(input.astype(np.int64), p)
    yield "blended", blended
    yield "output", rounding_divide_by_pot(blended, 20).astype(input.dtype)


@OP.rule("integer_ties_up", "T i32 -> T", params=grid_of(integer_positions), by_name=True, T="i8 i16")
def define_integer_ties_up(input: Array, size: Array, p: Grid) -> Stages:
    """Weighted corners, exact, rounded with ties up (``ResizeBilinearInteger``, TFLITE_SINGLE_ROUNDING)."""
    blended = blend(input.astype(np.int64), p)
    yield "blended", blended
    yield "output", ((blended + (1 << 19)) >> 20).astype(input.dtype)


def eleven_bit_positions(node: Node, axis: int) -> Interpolation:
    """Positions in float32, weights in 1/2048 (``xnn_indirection_init_resize_bilinear2d_hwc_q11`` of XNNPACK)."""
    scale, before = image_scale(node, axis), node["input"].shape[axis]
    position = np.arange(node["output"].shape[axis], dtype=np.float32) * scale
    if node.options.half_pixel_centers:
        position = position + (np.float32(0.5) * scale - np.float32(0.5))
    position = np.clip(position, np.float32(0), np.float32(before - 1))
    lower = position.astype(np.int32)
    upper = np.minimum(lower + 1, before - 1)
    upper_weight = along(axis, np.rint((position - lower.astype(np.float32)) * np.float32(2048)).astype(np.int64))
    return Interpolation(lower, upper, 2048 - upper_weight, upper_weight)


@OP.rule("eleven_bits", "T i32 -> T", params=grid_of(eleven_bit_positions), by_name=True, T="i8 u8")
def define_eleven_bits(input: Array, size: Array, p: Grid) -> Stages:
    """Weighted corners, exact, rounded with ties up."""
    blended = blend(input.astype(np.int64), p)
    yield "blended", blended
    yield "output", ((blended + (1 << 21)) >> 22).astype(input.dtype)


def blend(input: Array, p: Grid) -> Array:
    """The four pixels around each position times the weights of their row, then of their column, summed."""
    rows, columns = p
    top, bottom = input[:, rows.lower] * rows.lower_weight, input[:, rows.upper] * rows.upper_weight
    total = top[:, :, columns.lower] * columns.lower_weight
    total += bottom[:, :, columns.lower] * columns.lower_weight
    total += top[:, :, columns.upper] * columns.upper_weight
    total += bottom[:, :, columns.upper] * columns.upper_weight
    return total
