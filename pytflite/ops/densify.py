"""DENSIFY: a sparse constant as a dense tensor.

input: a constant with sparsity parameters; the reader has spread it out already. output: the same elements.

Source: ``densify.cc``.
"""

from __future__ import annotations

from typing import Any

import numpy.typing as npt

from pytflite.ops._api import Node, Op, Shape
from pytflite.schema.enums import BuiltinOperator
from pytflite.schema.tables import DensifyOptions

Array = npt.NDArray[Any]

OP = Op(BuiltinOperator.DENSIFY, "input", "output", DensifyOptions)


@OP.shapes
def shapes(node: Node) -> list[Shape]:
    """That of the input."""
    input = node["input"]
    sparse = input.value is not None and input.tensor.sparsity is not None
    node.require(sparse, f"{input} must be a constant with sparsity parameters.")
    return [input.shape]


@OP.rule("copy", "T -> T", T="f32 f16 i8")
def define(input: Array, p: None) -> Array:
    """As it is."""
    return input.copy()
