"""SIGN: 1, -1, or 0.

input: any shape. output: the same shape.

NaN passes; minus 0 becomes plus 0.

Source: ``sign.cc``.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from pytflite.ops._api import Op
from pytflite.ops._shared.activations import same_shape
from pytflite.schema.enums import BuiltinOperator
from pytflite.schema.tables import SignOptions

Array = npt.NDArray[Any]

OP = Op(BuiltinOperator.SIGN, options=SignOptions)

shapes = OP.shapes(same_shape)


@OP.rule("sign", "T -> T", T="f32 f64 i32")
def define(input: Array, p: None) -> Array:
    """On which side of 0."""
    return np.sign(input)
