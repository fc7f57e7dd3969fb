"""BITCAST: the same bytes as another type.

input: any. output: the same bytes, and the input's shape where both types are as wide. Where the output's is narrower,
its last dimension is how many elements one becomes; where it is wider, the input's last one is how many become one.

Source: ``bitcast.cc``.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from pytflite.ops._api import Node, Op, Shape
from pytflite.ops._shared.types import FIXED
from pytflite.schema.enums import BuiltinOperator
from pytflite.schema.tables import BitcastOptions

Array = npt.NDArray[Any]

OP = Op(BuiltinOperator.BITCAST, "input", "output", BitcastOptions)


class BitcastParams(NamedTuple):
    """What the bytes are read as.

    Attributes:
        dtype: of the output.
        shape: of the output.
    """

    dtype: np.dtype[Any]
    shape: Shape


@OP.shapes
def shapes(node: Node) -> list[Shape]:
    """As many bytes as the input has."""
    input, output = node["input"], node["output"]
    narrow, wide = sorted((input.dtype.itemsize, output.dtype.itemsize))
    if input.dtype.itemsize == output.dtype.itemsize:
        return [input.shape]
    if input.dtype.itemsize == wide:
        return [(*input.shape, wide // narrow)]
    node.require(input.shape[-1:] == (wide // narrow,), f"The last dimension of {input} must be {wide // narrow}.")
    return [input.shape[:-1]]


def params(node: Node) -> BitcastParams:
    """Type and shape of the output."""
    return BitcastParams(node["output"].dtype, node["output"].shape)


@OP.rule("copy", "S -> T", "b -> b", params=params, S=FIXED, T=FIXED.replace(" b ", " "))
def define(input: Array, p: BitcastParams) -> Array:
    """Not a bit changes."""
    return input.reshape(-1).view(p.dtype).reshape(p.shape).copy()
