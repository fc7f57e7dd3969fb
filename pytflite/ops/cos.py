"""COS: cosine.

input: any shape, radians. output: the same shape.

The C library's ``cosf``; float16 goes through float32.

Source: ``elementwise.cc``.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from pytflite.arithmetic.libm import cosf
from pytflite.ops._api import Op
from pytflite.ops._shared.activations import same_shape
from pytflite.schema.enums import BuiltinOperator
from pytflite.schema.tables import CosOptions

Array = npt.NDArray[Any]

OP = Op(BuiltinOperator.COS, options=CosOptions)

shapes = OP.shapes(same_shape)


@OP.rule("float32", "f32 -> f32")
@OP.rule("float16", "f16 -> f16")
def define(input: Array, p: None) -> Array:
    """In float32."""
    return cosf(input.astype(np.float32)).astype(input.dtype)
