"""Binders of RESIZE_BILINEAR."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from pytflite.ops.resize_bilinear import Grid
from pytflite.plan.node import PreparedNode
from pytflite.runtime.engine.binding import Call, Calls, Operand, binder

Array = npt.NDArray[Any]


@binder("RESIZE_BILINEAR", "uint8", "uint8_weights_first")
def resize_floats(node: PreparedNode, inputs: Sequence[Operand | None], outputs: Sequence[Array]) -> Calls:
    """Weights in float32."""
    return resized(("resize_float", int(node.rule.name != "uint8")), node.params, inputs, outputs[0], np.float32)


@binder("RESIZE_BILINEAR", "float32")
def resize_reals(node: PreparedNode, inputs: Sequence[Operand | None], outputs: Sequence[Array]) -> Calls:
    """Of floats."""
    return resized(("resize_real",), node.params, inputs, outputs[0], np.float32)


@binder("RESIZE_BILINEAR", "integer", "integer_ties_up", "eleven_bits")
def resize_integers(node: PreparedNode, inputs: Sequence[Operand | None], outputs: Sequence[Array]) -> Calls:
    """Weights in 1/1024 or 1/2048."""
    kernel = "resize_integer", outputs[0].dtype.str[1:], int(node.rule.name == "integer")
    return resized(kernel, node.params, inputs, outputs[0], np.int32, 22 if node.rule.name == "eleven_bits" else 20)


def resized(
    kernel: tuple[Any, ...],
    grid: Grid,
    inputs: Sequence[Operand | None],
    output: Array,
    dtype: npt.DTypeLike,
    bits: int = 0,
) -> Calls:
    """The call of a kernel; ``dtype``: of the weights, ``bits``: how many a sum of products loses."""
    assert inputs[0] is not None
    input = inputs[0].array
    if not (input.size and output.size):
        return None
    words: list[Any] = [input, output, *input.shape, *output.shape[1:3]]
    for axis in grid:
        words += [axis.lower.astype(np.int64), axis.upper.astype(np.int64)]
        words.append(np.stack([axis.lower_weight.ravel(), axis.upper_weight.ravel()], axis=1).astype(dtype))
    return [Call(kernel, [*words, bits], output.shape[0] * output.shape[1], 8 * input.shape[2] * input.shape[3])]
