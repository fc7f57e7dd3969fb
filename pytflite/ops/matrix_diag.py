"""MATRIX_DIAG: matrices with given diagonals, 0 elsewhere.

input: (..., n). output: (..., n, n).

Source: ``matrix_diag.cc``.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from pytflite.ops._api import Node, Op, Shape
from pytflite.schema.enums import BuiltinOperator
from pytflite.schema.tables import MatrixDiagOptions

Array = npt.NDArray[Any]

OP = Op(BuiltinOperator.MATRIX_DIAG, "diagonal", "output", MatrixDiagOptions)


@OP.shapes
def shapes(node: Node) -> list[Shape]:
    """The last dimension twice."""
    diagonal = node["diagonal"]
    node.require(diagonal.shape, f"{diagonal} must have at least 1 dimension.")
    return [(*diagonal.shape, diagonal.shape[-1])]


@OP.rule("copy", "T -> T", T="f32 i64 i32 u32 i16 i8 u8")
def define(diagonal: Array, p: None) -> Array:
    """Set the diagonals of zeros."""
    output = np.zeros((*diagonal.shape, diagonal.shape[-1]), diagonal.dtype)
    i = np.arange(diagonal.shape[-1])
    output[..., i, i] = diagonal
    return output
