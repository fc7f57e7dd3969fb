"""ADD: the sum of two tensors, element by element.

input1, input2: shapes that broadcast. output: the shape that they broadcast to.

int8, uint8, int16: both inputs are brought to a common scale with 20 (int16: 15) bits of headroom, added, and brought
to the output's scale. int16 with power-of-two scales, where the options ask for that arithmetic: the finer input is
shifted to the scale of the other, nothing is broadcast. Everything else is added as it is; integers wrap around.

Source: ``add.cc``, ``reference/add.h``, ``reference/integer_ops/add.h``.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt

from pytflite.ops._api import Node, Op
from pytflite.ops._shared.elementwise import (
    PotParams,
    RescaledParams,
    SharedShiftParams,
    Stages,
    VectorParams,
    broadcast_shapes,
    has_pot_scales,
    is_unquantized,
    plain,
    pot,
    pot_params,
    rescaled,
    rescaled_in_vectors,
    rescaled_params,
    shared_shift,
    shared_shift_params,
    vector_params,
)
from pytflite.ops._shared.epilogues import plain_activation
from pytflite.schema.enums import BuiltinOperator
from pytflite.schema.tables import AddOptions

Array = npt.NDArray[Any]

OP = Op(BuiltinOperator.ADD, "input1 input2", "output", AddOptions)

shapes = OP.shapes(broadcast_shapes)


def unbroadcast_params(node: Node) -> PotParams:
    """Params of the power-of-two rule, which walks over all tensors alike."""
    for role in ("input1", "input2"):
        node.require(
            math.prod(node[role].shape) == math.prod(node["output"].shape),
            f"{node[role]} cannot be broadcast where scales are powers of two.",
        )
    return pot_params(node)


@OP.rule("int8", "i8 i8 -> i8", params=rescaled_params(20), kernel="add")
@OP.rule("uint8", "u8 u8 -> u8", params=rescaled_params(20), kernel="add")
@OP.rule("int16", "i16 i16 -> i16", params=rescaled_params(15), kernel="add")
def define(input1: Array, input2: Array, p: RescaledParams) -> Stages:
    """The sum at a common scale."""
    return rescaled(np.add, input1, input2, p)


def has_other_scales(node: Node) -> bool:
    """Whether an int16 operator is quantized and not by powers of two."""
    return not is_unquantized(node) and not has_pot_scales(node)


@OP.rule("int8_vectors", "i8 i8 -> i8", params=vector_params(20), by_name=True)
@OP.rule("uint8_vectors", "u8 u8 -> u8", params=vector_params(20), by_name=True)
@OP.rule("int16_vectors", "i16 i16 -> i16", params=vector_params(15), when=has_other_scales, by_name=True)
def define_vectors(input1: Array, input2: Array, p: VectorParams) -> Stages:
    """The sum at a common scale, in vectors as far as they go."""
    return rescaled_in_vectors(np.add, input1, input2, p)


@OP.rule("shared_shift", "Q Q -> Q", params=shared_shift_params(1), by_name=True, Q="i8 u8")
def define_shared_shift(input1: Array, input2: Array, p: SharedShiftParams) -> Stages:
    """The sum at the output's scale, of products with integers."""
    return shared_shift(input1, input2, p)


@OP.rule("int16_pot", "i16 i16 -> i16", params=unbroadcast_params, when=has_pot_scales)
def define_pot(input1: Array, input2: Array, p: PotParams) -> Stages:
    """The sum at the output's scale."""
    return pot(np.add, input1, input2, p)


@OP.rule("float32", "f32 f32 -> f32", params=plain_activation)
@OP.rule("float16", "f16 f16 -> f16", params=plain_activation)
@OP.rule("integer", "I I -> I", params=plain_activation, I="i32 i64")
@OP.rule("int16_plain", "i16 i16 -> i16", params=plain_activation, when=is_unquantized)
def define_plain(input1: Array, input2: Array, p: tuple[Any, Any]) -> Stages:
    """The sum of the numbers."""
    return plain(np.add, input1, input2, p)
