"""UNIQUE: the different values of a vector, in the order in which they first come.

input: a vector. values: each value once. indices: for every element of the input, where its value is in values;
int32 or int64, as ``idx_out_type`` says. 0 and -0 are one value, the first of them that comes.

Source: ``unique.cc``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from pytflite.errors import InvokeError
from pytflite.ops._api import Node, Op, Shape
from pytflite.schema.enums import BuiltinOperator
from pytflite.schema.tables import UniqueOptions

Array = npt.NDArray[Any]

OP = Op(BuiltinOperator.UNIQUE, "input", "values indices", UniqueOptions)


@OP.shapes
def shapes(node: Node) -> list[Shape | None]:
    """Only the values decide how many there are."""
    input, indices, wanted = node["input"], node["indices"], node.options.idx_out_type
    node.require(len(input.shape) == 1, f"{input} must be a vector.")
    node.require(indices.tensor.type == wanted, f"{indices} must have the idx_out_type of the options, {wanted.name}.")
    return [None, input.shape]


def params(node: Node) -> np.dtype[Any]:
    """The type of the indices."""
    return node["indices"].dtype


@OP.rule("values", "T -> T I", params=params, T="f32 i8 i16 i32 i64 u8", I="i32 i64")
def define(input: Array, p: np.dtype[Any]) -> Iterator[tuple[str, Array]]:
    """Sort to find equals, then restore the order of first occurrence."""
    if np.any(input != input):
        raise InvokeError("NaN cannot be told apart from other values.")
    _, first, sorted_rank = np.unique(input, return_index=True, return_inverse=True)
    yield "values", input[np.sort(first)]
    yield "indices", np.argsort(np.argsort(first))[sorted_rank].astype(p)
