"""MUL of quantized tensors, compiled: one loop over elements."""

from __future__ import annotations

from typing import Any

import numpy as np

from pytflite.kernels._compile import kernel
from pytflite.kernels._pairs import flat
from pytflite.kernels.requantize import finish


def mul(input1: Any, input2: Any, p: Any, output: Any) -> None:
    """Shapes broadcast; see `pytflite.ops.mul.MulParams` for ``p``."""
    mul_flat(flat(input1, output), flat(input2, output), p, output.reshape(-1))


@kernel
def mul_flat(input1: Any, input2: Any, p: Any, output: Any) -> None:
    """The product of as many elements as the output has."""
    for i in range(output.size):
        left, right = np.int64(input1[i]) + p.input1_offset, np.int64(input2[i]) + p.input2_offset
        output[i] = finish(left * right, 0, p.epilogue)
