"""Where the largest or smallest element along an axis is: ARG_MAX and ARG_MIN.

One kernel serves all resolvers. The first of equal elements is taken. NaN is where versions of the runtime differ, and
where its vectors of four floats show; without NaN all finders below agree. Those for ARG_MIN are these, of ``-input``.

Source: ``arg_min_max.cc``, ``reference/arg_min_max.h``, ``optimized_ops.h``.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt

from pytflite.arithmetic.rounding import INT32_MAX
from pytflite.ops._shared.movement import axis_of, integers

if TYPE_CHECKING:
    from pytflite.ops._api import Node, Shape

Array = npt.NDArray[Any]
Finder = Callable[[Array], Array]
"""From elements to the index of one of them along the last axis."""

LANES = 4
"""Floats in a vector of the kernel."""

LANES_NOTE = "LiteRT 2.3 on x86: among elements side by side, one of four lanes that is nothing but NaN can win."
NAN_LANES_NOTE = (
    "tf.lite 2.21 on x86: among elements side by side, a NaN can win over the others, which gives 2147483647, or spoil "
    "the search in one of four lanes; elsewhere a NaN in front stays."
)


class Search(NamedTuple):
    """Where to search.

    Attributes:
        axis: along which, counted from the front.
        dtype: of the indices.
        is_vectorized: whether float32 elements go through vectors: they lie side by side and fill at least one.
    """

    axis: int
    dtype: np.dtype[Any]
    is_vectorized: bool


def search_shapes(node: Node) -> list[Shape]:
    """The input's shape without the axis."""
    shape, axis = node["input"].shape, search_of(node).axis
    return [shape[:axis] + shape[axis + 1 :]]


def search_of(node: Node) -> Search:
    """The params of an operator with the inputs ``input`` and ``axis`` and the option ``output_type``.

    Raises:
        PrepareError: an axis that the input does not have or that is empty, or an output of another type.
        ValueNeeded: the axis is not known yet.
    """
    input, axes, output = node["input"], node["axis"], node["output"]
    wanted = node.options.output_type
    node.require(
        output.tensor.type == wanted, f"{output} must have the type in the options, {getattr(wanted, 'name', wanted)}."
    )
    node.require(math.prod(axes.shape) == 1, f"{axes} must have one element.")
    axis = axis_of(node, integers(node, "axis")[0], len(input.shape))
    node.require(input.shape[axis] > 0, f"{input} has no elements along axis {axis}.")
    is_vectorized = input.shape[axis] >= LANES and math.prod(input.shape[axis + 1 :]) == 1
    return Search(axis, output.dtype, is_vectorized)


def search(find: Finder, input: Array, p: Search) -> Array:
    """The index along the axis for every other position."""
    return np.asarray(find(np.moveaxis(input, p.axis, -1))).astype(p.dtype)


def first_largest(elements: Array) -> Array:
    """The first largest element; a NaN is smaller than all, only NaN give 0."""
    largest = np.fmax.reduce(elements, axis=-1, keepdims=True)
    index: Array = np.argmax(elements == largest, axis=-1)
    return index


def first_largest_unless_nan(elements: Array) -> Array:
    """The first largest float, a NaN being smaller than all, except that a NaN in front gives 0."""
    return np.where(np.isnan(elements[..., 0]), 0, first_largest(elements))


def first_smallest_unless_nan(elements: Array) -> Array:
    """The first smallest float, a NaN being larger than all, except that a NaN in front gives 0."""
    return first_largest_unless_nan(-elements)


def find_in_lanes(p: Search) -> Finder:
    """The finder of LiteRT 2.3 on x86."""
    return first_largest_of_lanes if p.is_vectorized else first_largest


def find_in_nan_lanes(p: Search) -> Finder:
    """The finder of tf.lite 2.21 on x86."""
    return first_largest_of_nan_lanes if p.is_vectorized else first_largest_unless_nan


def first_largest_of_lanes(elements: Array) -> Array:
    """The first largest float of every fourth, NaN left out, and of these four; 0 where a NaN is left."""
    lanes = _vectors(elements).swapaxes(-1, -2)
    found = first_largest(lanes)
    values = np.take_along_axis(lanes, found[..., None], -1)[..., 0]
    index = _first_largest_lane(elements, values, found, first_largest)
    return np.where(index == INT32_MAX, 0, index)


def first_largest_of_nan_lanes(elements: Array) -> Array:
    """The first largest float of every fourth, where a NaN wins and then loses unnoticed, and of these four."""
    vectors = _vectors(elements)
    values, found = vectors[..., 0, :], np.zeros(vectors[..., 0, :].shape, np.int64)
    for i in range(1, vectors.shape[-2]):
        found = np.where(vectors[..., i, :] > values, i, found)
        values = np.where(values > vectors[..., i, :], values, vectors[..., i, :])
    return _first_largest_lane(elements, values, found, first_largest_unless_nan)


def _vectors(elements: Array) -> Array:
    """As many whole vectors as there are, (..., vectors, LANES)."""
    vectors = elements.shape[-1] // LANES
    return elements[..., : vectors * LANES].reshape(*elements.shape[:-1], vectors, LANES)


def _first_largest_lane(elements: Array, values: Array, found: Array, find: Finder) -> Array:
    """Of four lanes with a value and the vector where each found it, and of the elements after the last vector.

    Returns:
        The index, INT32_MAX where a NaN has won over the other lanes and over what is left.
    """
    whole = elements.shape[-1] // LANES * LANES
    best = _larger(_larger(values[..., 0], values[..., 1]), _larger(values[..., 2], values[..., 3]))[..., None]
    index: Array = np.where(values == best, found * LANES + np.arange(LANES), INT32_MAX).min(axis=-1)
    left = find(np.concatenate([best, elements[..., whole:]], axis=-1))
    return np.where(left == 0, index, whole + left - 1)


def _larger(a: Array, b: Array) -> Array:
    """The larger, the first of equals, ``a`` when there is a NaN (``vpmax_f32``, NEON_2_SSE.h)."""
    return np.where(a < b, b, a)
