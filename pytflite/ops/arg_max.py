"""ARG_MAX: where the largest element along an axis is.

input: any shape of at least one dimension. axis: one int32 or int64, counted from the back when negative. output: int32
or int64, the input's shape without the axis.

The first of equal elements is taken. What a NaN does depends on the version of the runtime; it should never be taken.

Source: ``arg_min_max.cc``.
"""

from __future__ import annotations

from typing import Any

import numpy.typing as npt

from pytflite.ops._api import Op
from pytflite.ops._shared.extremes import (
    LANES_NOTE,
    NAN_LANES_NOTE,
    Search,
    find_in_lanes,
    find_in_nan_lanes,
    first_largest,
    first_largest_unless_nan,
    search,
    search_of,
    search_shapes,
)
from pytflite.schema.enums import BuiltinOperator
from pytflite.schema.tables import ArgMaxOptions

Array = npt.NDArray[Any]

OP = Op(BuiltinOperator.ARG_MAX, "input axis", "output", ArgMaxOptions)

shapes = OP.shapes(search_shapes)


@OP.rule("integer", "T I -> O", params=search_of, T="u8 i8 i32 b", I="i32 i64", O="i32 i64")
def define(input: Array, axis: Array, p: Search) -> Array:
    """The first of the largest."""
    return search(first_largest, input, p)


@OP.rule("float32_lanes", "f32 I -> O", params=search_of, note=LANES_NOTE, I="i32 i64", O="i32 i64")
def define_lanes(input: Array, axis: Array, p: Search) -> Array:
    """The largest of every fourth, NaN left out, then of these."""
    return search(find_in_lanes(p), input, p)


@OP.rule("float32", "f32 I -> O", params=search_of, I="i32 i64", O="i32 i64")
def define_float(input: Array, axis: Array, p: Search) -> Array:
    """The first of the largest, NaN left out."""
    return search(first_largest, input, p)


@OP.rule("float32_nan_in_front", "f32 I -> O", params=search_of, by_name=True, I="i32 i64", O="i32 i64")
def define_nan_in_front(input: Array, axis: Array, p: Search) -> Array:
    """The first of the largest, NaN left out, but that a NaN in front stays."""
    return search(first_largest_unless_nan, input, p)


@OP.rule("float32_nan_lanes", "f32 I -> O", params=search_of, note=NAN_LANES_NOTE, I="i32 i64", O="i32 i64")
def define_nan_lanes(input: Array, axis: Array, p: Search) -> Array:
    """The largest of every fourth, which a NaN disturbs, then of these."""
    return search(find_in_nan_lanes(p), input, p)
