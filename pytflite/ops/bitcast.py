"""BITCAST: the same bytes as another type.

input: any. output: the same bytes, and the input's shape where both types are as wide. Where the output's is narrower,
its last dimension is how many elements one becomes; where it is wider, the input's last one is how many become one.
Types of which several elements share a byte go to types of as many bits.

Source: ``bitcast.cc``.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from pytflite.ops._api import Node, Op, Shape
from pytflite.ops._shared.types import WHOLE
from pytflite.schema.enums import BuiltinOperator
from pytflite.schema.tables import BitcastOptions

Array = npt.NDArray[Any]

OP = Op(BuiltinOperator.BITCAST, "input", "output", BitcastOptions)


class BitcastParams(NamedTuple):
    """What the bytes are read as.

    Attributes:
        dtype: of the output.
        shape: of the output.
        unused: bits of a byte that an element does not fill.
    """

    dtype: np.dtype[Any]
    shape: Shape
    unused: int


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
    output = node["output"]
    return BitcastParams(output.dtype, output.shape, max(8 - output.tensor.dtype.bits, 0))


@OP.rule("copy", "S -> T", "b -> b", params=params, S=WHOLE, T=WHOLE.replace(" b ", " "))
def define(input: Array, p: BitcastParams) -> Array:
    """Not a bit changes."""
    return input.reshape(-1).view(p.dtype).reshape(p.shape).copy()


@OP.rule("narrow", "S -> T", "i2 -> i2", params=params, S="i4 u4", T="i4 u4")
def define_narrow(input: Array, p: BitcastParams) -> Array:
    """Each element, held in the lowest bits of a byte, is widened anew, with its sign or without."""
    widened: Array = np.left_shift(input, p.unused).view(p.dtype) >> p.unused
    return widened
