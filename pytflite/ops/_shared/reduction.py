"""Reductions: which axes, what shape is left, and folding element by element in the order of the reference kernels.

All kernels walk the input in row-major order and fold each element into the output that it belongs to. So an output
sees its elements in row-major order of the reduced axes, in whatever order the axes are given.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt

from pytflite.arithmetic.epilogue import QuantizedEpilogue
from pytflite.arithmetic.rounding import truncate_to_int32, wrap_int32
from pytflite.ops._shared.extremes import Finder
from pytflite.ops._shared.movement import axis_of, integers, require_same_quantization

if TYPE_CHECKING:
    from pytflite.arithmetic.requantize import Requantizer
    from pytflite.ops._api import Node, Shape

Array = npt.NDArray[Any]
Stages = Iterator[tuple[str, Array]]


class Reduction(NamedTuple):
    """Geometry of a reduction.

    Attributes:
        axes: those reduced, ascending, each once.
        shape: of the output.
        depth: how many elements are reduced to one.
        is_full: whether all axes are reduced. Kernels other than MEAN then start from the first element instead of the
            neutral one (``ReduceAllDims``, reduce.cc), which shows with -0.0, infinities and NaN.
    """

    axes: tuple[int, ...]
    shape: Shape
    depth: int
    is_full: bool


def reduction_of(node: Node) -> Reduction:
    """The reduction of ``input`` along ``axis``; a scalar has no axes, so none is looked at.

    Raises:
        PrepareError: an axis that the input does not have, or an int16 tensor with a zero point.
        ValueNeeded: the axes are not known yet.
    """
    input, output = node["input"], node["output"]
    for spec in (input, output):
        node.require(spec.letter != "i16" or spec.zero_point == 0, f"The zero point of {spec} must be 0.")
    rank = len(input.shape)
    axes = tuple(sorted({axis_of(node, axis, rank) for axis in integers(node, "axis")})) if rank else ()
    if node.options.keep_dims:
        shape = tuple(1 if axis in axes else size for axis, size in enumerate(input.shape))
    else:
        shape = tuple(size for axis, size in enumerate(input.shape) if axis not in axes)
    return Reduction(axes, shape, math.prod(input.shape[axis] for axis in axes), len(axes) == rank)


def selection_of(node: Node) -> Reduction:
    """The reduction of an operator that picks elements.

    Raises:
        PrepareError: as `reduction_of`, or the output is quantized in another way than the input.
        ValueNeeded: the axes are not known yet.
    """
    if node["input"].letter in ("i8", "u8", "i16"):
        require_same_quantization(node, node["input"], node["output"])
    return reduction_of(node)


def reduced_shapes(node: Node) -> list[Shape]:
    """The input's shape without the reduced axes, or with 1 in their place."""
    return [reduction_of(node).shape]


def rows(input: Array, reduction: Reduction) -> Array:
    """One row per output element, in the order of the output: what is reduced to it, in the order of the input."""
    kept = [axis for axis in range(input.ndim) if axis not in reduction.axes]
    return input.transpose(*kept, *reduction.axes).reshape(math.prod(reduction.shape), reduction.depth)


def after(start: npt.ArrayLike, elements: Array) -> Array:
    """Elements along the last axis, and in front of the first one a number to start from."""
    return np.concatenate([np.full((*elements.shape[:-1], 1), start, elements.dtype), elements], axis=-1)


def started(input: Array, reduction: Reduction, neutral: npt.ArrayLike) -> Array:
    """`rows` after the neutral element, but for those where kernels start from the first element."""
    elements = rows(input, reduction)
    return elements if reduction.is_full and reduction.depth else after(neutral, elements)


def fold(step: np.ufunc, elements: Array) -> Array:
    """``step(step(first, second), third)`` and so on along the last axis, rounded or wrapped after every step."""
    folded: Array = step.accumulate(elements, axis=-1, dtype=elements.dtype)[..., -1].copy()
    return folded


def reduce(step: np.ufunc, input: Array, reduction: Reduction, neutral: npt.ArrayLike) -> Array:
    """The input folded along the axes; of the shape of the output."""
    return fold(step, started(input, reduction, neutral)).reshape(reduction.shape)


def select(find: Finder, input: Array, reduction: Reduction, neutral: npt.ArrayLike) -> Array:
    """One element picked along the axes; of the shape of the output."""
    elements = started(input, reduction, neutral)
    return np.take_along_axis(elements, find(elements)[:, None], axis=-1).reshape(reduction.shape)


class QuantizedReduction(NamedTuple):
    """A sum or mean of codes.

    Attributes:
        reduction: the geometry.
        offset: minus the zero points of all elements that are reduced to one.
        epilogue: to the output's scale, zero point and range; no activation.
    """

    reduction: Reduction
    offset: int
    epilogue: QuantizedEpilogue


def quantized_reduction(node: Node, requantizer: Requantizer) -> QuantizedReduction:
    """The params of `quantized_sums`."""
    input, output, reduction = node["input"], node["output"], reduction_of(node)
    epilogue = QuantizedEpilogue(requantizer, output.zero_point, output.qmin, output.qmax)
    return QuantizedReduction(reduction, -input.zero_point * reduction.depth, epilogue)


def quantized_sums(input: Array, p: QuantizedReduction) -> Stages:
    """An int32 accumulator of ``input - zero point``, which wraps, through the epilogue; without elements, code 0."""
    if not input.size:
        yield "output", np.zeros(p.reduction.shape, input.dtype)
        return
    accumulator = wrap_int32(rows(input, p.reduction).sum(axis=1, dtype=np.int64) + p.offset)
    yield from p.epilogue.stages(accumulator.reshape(p.reduction.shape), input.dtype)


class FloatScale(NamedTuple):
    """What `float_scaled_sums` is given.

    Attributes:
        reduction: the geometry.
        scale: of the input, over that of the output.
        bias: added to the scaled sum, for the zero points.
        rounding: of float32 to whole numbers.
        output_offset: plus the output zero point, where the bias does not hold it.
        qmin: smallest code.
        qmax: largest code.
    """

    reduction: Reduction
    scale: np.float32
    bias: np.float32
    rounding: Callable[[Array], Array]
    output_offset: int
    qmin: int
    qmax: int


def shifted_float_scale(rounding: Callable[[Array], Array], *, averaged: bool) -> Callable[[Node], FloatScale]:
    """Params of sums or means that add the output zero point before a rounding of float32.

    Source: ``xnn_init_qs8_reduce_minmax_params``, ``reshape_reduce_nd`` of XNNPACK.
    """

    def params(node: Node) -> FloatScale:
        input, output, reduction = node["input"], node["output"], reduction_of(node)
        scale = input.scale / output.scale
        if averaged:
            scale = scale * (np.float32(1) / np.float32(max(reduction.depth, 1)))
        bias = np.float32(output.zero_point) - np.float32(reduction.depth * input.zero_point) * scale
        return FloatScale(reduction, scale, bias, rounding, 0, output.qmin, output.qmax)

    return params


def float_scaled_sums(input: Array, p: FloatScale) -> Stages:
    """An int32 accumulator of the codes, scaled in float32; without elements, code 0."""
    if not input.size:
        yield "output", np.zeros(p.reduction.shape, input.dtype)
        return
    accumulator = wrap_int32(rows(input, p.reduction).sum(axis=1, dtype=np.int64)).reshape(p.reduction.shape)
    yield "accumulator", accumulator
    requantized = truncate_to_int32(p.rounding(accumulator.astype(np.float32) * p.scale + p.bias))
    yield "requantized", requantized
    yield "output", np.clip(wrap_int32(requantized + p.output_offset), p.qmin, p.qmax).astype(input.dtype)
