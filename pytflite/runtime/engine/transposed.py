"""Binders of TRANSPOSE_CONV: outputs that are a stride apart make an ordinary convolution with every so many taps."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from pytflite.arithmetic.epilogue import QuantizedEpilogue
from pytflite.arithmetic.requantize import RoundingUp, RoundingUpFlat
from pytflite.kernels.engine.buffers import aligned
from pytflite.ops._shared.windows import Window
from pytflite.plan.node import PreparedNode
from pytflite.runtime.engine import float_products, products, short_products
from pytflite.runtime.engine.binding import Binder, Call, Calls, Operand, binder
from pytflite.runtime.engine.convolution import Slides
from pytflite.runtime.engine.movement import moved

Array = npt.NDArray[Any]


class Phase(NamedTuple):
    """What is a stride apart along one axis of the output.

    Attributes:
        taps: those of the filter that it sees, in the order of the input's pixels.
        padding: how many pixels before the input the first tap of the first position is.
        positions: how many there are.
        skipped: so many of the first ones are before the output.
        first: where in the output the next one is.
    """

    taps: Array
    padding: int
    positions: int
    skipped: int
    first: int


def phases(size: int, stride: int, padding: int, filter_size: int) -> list[Phase]:
    """The phases of an axis of an output, where windows of a filter would begin ``padding`` before it."""
    found = []
    for first in range(min(stride, size)):
        pixel, tap = divmod(first + padding, stride)
        taps = np.arange(tap, filter_size, stride)[::-1]
        skipped = max(pixel - max(len(taps) - 1, 0), 0)
        positions = len(range(first, size, stride)) + skipped
        found.append(Phase(taps, max(len(taps), 1) - 1 - pixel + skipped, positions, skipped, first))
    return found


Convolve = Callable[[PreparedNode, Sequence[Operand | None], Window, Array], Calls]
"""Calls of a convolution of input, filter and bias with a window, to an output."""


def transposed(convolve: Convolve) -> Binder:
    """The binder for the types of a convolution."""

    def bind(node: PreparedNode, inputs: Sequence[Operand | None], outputs: Sequence[Array]) -> Calls:
        _, filter, input, bias = (*inputs, None)[:4]
        assert filter is not None
        assert input is not None
        output, window = outputs[0], node.params.window
        epilogue = node.params.epilogue
        if isinstance(epilogue, QuantizedEpilogue) and isinstance(epilogue.requantizer, RoundingUpFlat):
            if output.size % 16:
                return None
            all_grouped = epilogue._replace(requantizer=RoundingUp(*epilogue.requantizer))
            node = replace(node, params=node.params._replace(epilogue=all_grouped))
        if not (filter.is_constant and (bias is None or bias.is_constant)):
            return None
        if not (output.size and input.array.size):
            return None if output.size else []
        calls: list[Call] = []
        for rows in phases(output.shape[1], window.stride_h, window.pad_top, filter.array.shape[1]):
            for columns in phases(output.shape[2], window.stride_w, window.pad_left, filter.array.shape[2]):
                taps = filter.array[:, rows.taps][:, :, columns.taps]
                if not taps.size and taps.dtype == np.float32:  # 0 times infinity
                    return None
                if not taps.size:
                    nothing = np.full((len(taps), 1, 1, taps.shape[3]), -node.params.filter_offset)
                    taps = nothing.astype(filter.array.dtype)
                own = Window(1, 1, 1, 1, rows.padding, columns.padding, rows.positions, columns.positions)
                shape = len(output), rows.positions, columns.positions, output.shape[3]
                part = aligned(int(np.prod(shape)) * output.itemsize).view(output.dtype).reshape(shape)
                convolution = convolve(node, [input, Operand(taps, True), bias], own, part)
                move = moved(
                    part[:, rows.skipped :, columns.skipped :],
                    output[:, rows.first :: window.stride_h, columns.first :: window.stride_w],
                )
                if convolution is None or move is None:
                    return None
                calls += [*convolution, *move]
        return calls

    return bind


def of_codes(node: PreparedNode, inputs: Sequence[Operand | None], window: Window, output: Array) -> Calls:
    """A convolution of 8-bit codes."""
    image, filter = inputs[:2]
    assert image is not None
    assert filter is not None
    source = products.product(inputs, output, node.params, lambda taps: taps.reshape(len(taps), -1))
    return source and products.gemm(source, Slides(image.array, window, filter.array.shape[1:], output))


def of_shorts(node: PreparedNode, inputs: Sequence[Operand | None], window: Window, output: Array) -> Calls:
    """A convolution of int16."""
    image, (filter, bias) = inputs[0], short_products.constants_of(inputs)
    assert image is not None
    assert filter is not None
    source = short_products.product(filter.reshape(len(filter), -1), bias, node.params.epilogue, output)
    return source and short_products.gemm(source, Slides(image.array, window, filter.shape[1:], output))


def of_floats(node: PreparedNode, inputs: Sequence[Operand | None], window: Window, output: Array) -> Calls:
    """A convolution of float32."""
    image, filter = inputs[:2]
    assert image is not None
    assert filter is not None
    source = float_products.product(node, inputs, output, filter.array.reshape(len(filter.array), -1))
    return source and float_products.gemm(source, Slides(image.array, window, filter.array.shape[1:], output))


binder("TRANSPOSE_CONV", "int8", "uint8")(transposed(of_codes))
binder("TRANSPOSE_CONV", "int16x8", "int16x8_int32")(transposed(of_shorts))
binder("TRANSPOSE_CONV", "float32")(transposed(of_floats))
