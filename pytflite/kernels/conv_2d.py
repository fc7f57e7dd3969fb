"""CONV_2D, compiled: one loop nest for every dtype."""

from __future__ import annotations

from typing import Any

from pytflite.kernels._compile import kernel
from pytflite.kernels._sums import plus, plus_product
from pytflite.kernels.requantize import finish


@kernel
def conv_2d(input: Any, filter: Any, bias: Any, p: Any, output: Any) -> None:
    """NHWC input, OHWI filter; see `pytflite.ops.conv_2d` for shapes and `ConvParams` for ``p``."""
    batches, input_h, input_w, input_channels = input.shape
    channels, filter_h, filter_w, depth = filter.shape
    group_channels = channels * depth // input_channels
    w = p.window
    for n in range(batches):
        for y in range(w.output_h):
            for x in range(w.output_w):
                for o in range(channels):
                    first = o // group_channels * depth
                    total = p.zero
                    for i in range(filter_h):
                        row = y * w.stride_h - w.pad_top + i * w.dilation_h
                        if row < 0 or row >= input_h:
                            continue
                        for j in range(filter_w):
                            column = x * w.stride_w - w.pad_left + j * w.dilation_w
                            if column < 0 or column >= input_w:
                                continue
                            pixel, taps = input[n, row, column, first:], filter[o, i, j]
                            for c in range(depth):
                                left = plus(p.input_offset, pixel[c])
                                right = plus(p.filter_offset, taps[c])
                                total = plus_product(total, left, right)
                    if bias is not None:
                        total = plus(total, bias.flat[o])
                    output[n, y, x, o] = finish(total, o, p.epilogue)
