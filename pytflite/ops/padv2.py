"""PADV2: borders of one value.

input: any rank up to 5. paddings: (rank, 2) integers, elements to add before and after each dimension.
constant_values: the value of the borders, one element, quantized as the output is.
output: the input in the middle.

Source: ``pad.cc``, ``reference/pad.h``.
"""

from __future__ import annotations

from typing import Any

import numpy.typing as npt

from pytflite.ops._api import Node, Op, Shape
from pytflite.ops._shared.movement import require_same_quantization
from pytflite.ops._shared.paddings import PADDED, PADDINGS, Borders, bordered, borders, padded_shape
from pytflite.schema.enums import BuiltinOperator
from pytflite.schema.tables import PadV2Options

Array = npt.NDArray[Any]

OP = Op(BuiltinOperator.PADV2, "input paddings constant_values", "output", PadV2Options)


@OP.shapes
def shapes(node: Node) -> list[Shape]:
    """Every dimension grows by its two paddings."""
    input, values = node["input"], node["constant_values"]
    node.require(all(size == 1 for size in values.shape), f"{values} must have one element.")
    if input.letter == "u8" or (input.letter in ("i8", "i16") and input.is_quantized):
        require_same_quantization(node, node["output"], values)
    return [padded_shape(node)]


@OP.rule("copy", "T P T -> T", params=borders, T=PADDED, P=PADDINGS)
def define(input: Array, paddings: Array, constant_values: Array, p: Borders) -> Array:
    """Fill, then copy the input into the middle."""
    return bordered(input, p, constant_values.item())
