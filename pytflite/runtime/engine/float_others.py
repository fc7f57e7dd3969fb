"""Binders of float32 operators that sum no products: functions of the C library, pools, SOFTMAX."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from pytflite.arithmetic.libm import address_of
from pytflite.arithmetic.limits import lowest
from pytflite.kernels.engine import words
from pytflite.kernels.engine.buffers import aligned
from pytflite.ops._shared.pooling import PoolParams
from pytflite.plan.node import PreparedNode
from pytflite.runtime.engine.binding import Binder, Call, Calls, Operand, binder, parts_of

Array = npt.NDArray[Any]

FLOAT32 = np.dtype(np.float32)


def floats(*values: Any) -> Array:
    """Float32 numbers that a kernel reads."""
    array = aligned(4 * len(values)).view(np.float32)
    array[:] = values
    return array


def is_float(*arrays: Array) -> bool:
    """Whether all are float32, and there is something in them."""
    return all(array.dtype == np.float32 and array.size for array in arrays)


def of_libm(kernel: str, function: str) -> Binder:
    """The binder of a kernel that calls a function of the C library."""

    def bind(node: PreparedNode, inputs: Sequence[Operand | None], outputs: Sequence[Array]) -> Calls:
        assert inputs[0] is not None
        input, (output,) = inputs[0].array, outputs
        if not is_float(input, output):
            return None
        return [Call((kernel,), [input, output, input.size, address_of(function)], parts_of(input.size))]

    return bind


for name, function in (("EXP", "expf"), ("LOG", "logf"), ("SIN", "sinf"), ("COS", "cosf"), ("TANH", "tanhf")):
    binder(name, "float32")(of_libm("f32_libm", function))
binder("ELU", "float32")(of_libm("f32_elu", "expm1f"))
binder("LOGISTIC", "float32")(of_libm("f32_logistic", "expf"))


@binder("SOFTMAX", "float32")
def softmax(node: PreparedNode, inputs: Sequence[Operand | None], outputs: Sequence[Array]) -> Calls:
    """Rows of floats."""
    assert inputs[0] is not None
    input, (output,) = inputs[0].array, outputs
    if not is_float(input, output):
        return None
    depth = input.shape[-1]
    words = [input, output, input.size // depth, depth, floats(node.params), address_of("expf")]
    return [Call(("f32_softmax",), words, parts_of(input.size))]


def pool(operation: int, start: np.float32) -> Binder:
    """The binder of a pool."""

    def bind(node: PreparedNode, inputs: Sequence[Operand | None], outputs: Sequence[Array]) -> Calls:
        assert inputs[0] is not None
        input, (output,) = inputs[0].array, outputs
        if not is_float(input, output):
            return None
        p: PoolParams = node.params
        w = p.window
        words = [
            input, output, *input.shape, floats(start), p.filter_h, p.filter_w, w.stride_h, w.stride_w,
            w.pad_top, w.pad_left, w.output_h, w.output_w, floats(p.activation_min, p.activation_max),
        ]  # fmt: skip
        return [Call(("f32_pool", operation), words, parts_of(output.size * p.filter_h * p.filter_w))]

    return bind


binder("AVERAGE_POOL_2D", "float32")(pool(words.MEAN, np.float32(0)))
binder("MAX_POOL_2D", "float32")(pool(words.LARGEST, lowest(FLOAT32)))
