"""MATRIX_SET_DIAG: matrices with other diagonals.

input: (..., rows, columns). diagonal: (..., the smaller of both). output: the input with the diagonals.

Source: ``matrix_set_diag.cc``.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from pytflite.ops._api import Node, Op, Shape
from pytflite.schema.enums import BuiltinOperator
from pytflite.schema.tables import MatrixSetDiagOptions

Array = npt.NDArray[Any]

OP = Op(BuiltinOperator.MATRIX_SET_DIAG, "input diagonal", "output", MatrixSetDiagOptions)


@OP.shapes
def shapes(node: Node) -> list[Shape]:
    """The input's shape."""
    input, diagonal = node["input"], node["diagonal"]
    node.require(len(input.shape) >= 2, f"{input} must have at least 2 dimensions.")
    expected = (*input.shape[:-2], min(input.shape[-2:]))
    node.require(diagonal.shape == expected, f"{diagonal} must have the shape {list(expected)}.")
    return [input.shape]


@OP.rule("copy", "T T -> T", T="f32 i64 i32 u32 i16 i8 u8")
def define(input: Array, diagonal: Array, p: None) -> Array:
    """Copy, then overwrite the diagonals."""
    output = input.copy()
    i = np.arange(diagonal.shape[-1])
    output[..., i, i] = diagonal
    return output
