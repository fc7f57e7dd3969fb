"""TOPK_V2: the largest elements along the last dimension, in descending order.

input: (..., n). k: one integer up to n. values: (..., k), (..., 0) where k is negative. indices: where they were.
Of equal elements the one that comes first goes first. NaN is smaller than everything.

Source: ``topk_v2.cc``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from pytflite.ops._api import Node, Op, Shape
from pytflite.ops._shared.movement import integers
from pytflite.schema.enums import BuiltinOperator
from pytflite.schema.tables import TopKV2Options

Array = npt.NDArray[Any]

OP = Op(BuiltinOperator.TOPK_V2, "input k", "values indices", TopKV2Options)


@OP.shapes
def shapes(node: Node) -> list[Shape]:
    """K at the last dimension."""
    input, k = node["input"], node["k"]
    node.require(input.shape, f"{input} must have at least 1 dimension.")
    node.require(all(size == 1 for size in k.shape), f"{k} must have one element.")
    (count,) = integers(node, "k")
    node.require(count <= input.shape[-1], f"k is {count}, higher than the last dimension of {input}.")
    return [(*input.shape[:-1], max(count, 0))] * 2


class TopKParams(NamedTuple):
    """What is wanted.

    Attributes:
        k: how many elements of each row.
        dtype: of the indices.
    """

    k: int
    dtype: np.dtype[Any]


def params(node: Node) -> TopKParams:
    """How many elements, and the type of their positions."""
    return TopKParams(node["values"].shape[-1], node["indices"].dtype)


@OP.rule("descending", "T K -> T I", params=params, T="f32 u8 i8 i16 i32 i64", K="i32 i16", I="i32 i16")
def define(input: Array, k: Array, p: TopKParams) -> Iterator[tuple[str, Array]]:
    """Sort ascending from the back, so that ties keep their order, and read from the end."""
    backwards = input[..., ::-1]
    order = np.lexsort((backwards, backwards == backwards), axis=-1)
    indices = input.shape[-1] - 1 - order[..., ::-1][..., : p.k]
    yield "values", np.take_along_axis(input, indices, -1)
    yield "indices", indices.astype(p.dtype)
