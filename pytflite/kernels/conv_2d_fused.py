"""CONV_2D of float32 with fused multiply-add, compiled."""

from __future__ import annotations

from typing import Any

import numpy as np

from pytflite.kernels._compile import kernel
from pytflite.kernels._sums import plus_fused_product
from pytflite.kernels.requantize import finish


@kernel
def conv_2d_fused(input: Any, filter: Any, bias: Any, p: Any, output: Any) -> None:
    """NHWC input, OHWI filter; see `pytflite.ops.conv_2d` for shapes and `FusedParams` for ``p``."""
    batches, input_h, input_w, input_channels = input.shape
    channels, filter_h, filter_w, depth = filter.shape
    group_channels = channels * depth // input_channels
    outside = np.zeros(depth, input.dtype)
    w = p.window
    for n in range(batches):
        for y in range(w.output_h):
            for x in range(w.output_w):
                for o in range(channels):
                    first = o // group_channels * depth
                    total = bias[o]
                    for tap in range(filter_h * filter_w):
                        i, j = (tap % filter_h, tap // filter_h) if p.by_columns else (tap // filter_w, tap % filter_w)
                        row = y * w.stride_h - w.pad_top + i * w.dilation_h
                        column = x * w.stride_w - w.pad_left + j * w.dilation_w
                        inside = 0 <= row < input_h and 0 <= column < input_w
                        pixel = input[n, row, column, first : first + depth] if inside else outside
                        weights = filter[o, i, j]
                        for c in range(depth):
                            total = plus_fused_product(total, pixel[c], weights[c])
                    output[n, y, x, o] = finish(total, o, p.epilogue)
