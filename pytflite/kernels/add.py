"""ADD of quantized tensors, compiled: one loop over elements."""

from __future__ import annotations

from typing import Any

from pytflite.kernels._compile import kernel
from pytflite.kernels._pairs import flat, rescale
from pytflite.kernels.requantize import finish


def add(input1: Any, input2: Any, p: Any, output: Any) -> None:
    """Shapes broadcast; see `pytflite.ops._shared.elementwise.RescaledParams` for ``p``."""
    add_flat(flat(input1, output), flat(input2, output), p, output.reshape(-1))


@kernel
def add_flat(input1: Any, input2: Any, p: Any, output: Any) -> None:
    """The sum of as many elements as the output has."""
    for i in range(output.size):
        output[i] = finish(rescale(input1[i], p.input1) + rescale(input2[i], p.input2), 0, p.epilogue)
