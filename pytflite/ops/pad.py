"""PAD: borders of zeros.

input: any rank up to 5. paddings: (rank, 2) integers, elements to add before and after each dimension.
output: the input in the middle, the code that stands for 0 around it: the zero point where the input is quantized.

Source: ``pad.cc``, ``reference/pad.h``.
"""

from __future__ import annotations

from typing import Any

import numpy.typing as npt

from pytflite.ops._api import Node, Op, Shape
from pytflite.ops._shared.movement import per_tensor
from pytflite.ops._shared.paddings import PADDED, PADDINGS, Borders, bordered, borders, padded_shape
from pytflite.schema.enums import BuiltinOperator
from pytflite.schema.tables import PadOptions

Array = npt.NDArray[Any]

OP = Op(BuiltinOperator.PAD, "input paddings", "output", PadOptions)


@OP.shapes
def shapes(node: Node) -> list[Shape]:
    """Every dimension grows by its two paddings."""
    return [padded_shape(node)]


def params(node: Node) -> tuple[Borders, int]:
    """The borders and what fills them."""
    input, output = node["input"], node["output"]
    quantized = input.letter == "u8" or (input.letter in ("i8", "i16") and input.is_quantized)
    return borders(node), per_tensor(output)[1] if quantized else 0


@OP.rule("copy", "T P -> T", params=params, T=PADDED, P=PADDINGS)
def define(input: Array, paddings: Array, p: tuple[Borders, int]) -> Array:
    """Fill, then copy the input into the middle."""
    return bordered(input, *p)
