"""TRANSPOSE_CONV, compiled: one loop nest for every dtype."""

from __future__ import annotations

from typing import Any

from pytflite.kernels._compile import kernel
from pytflite.kernels._sums import plus, plus_product
from pytflite.kernels.requantize import finish


@kernel
def transpose_conv(output_shape: Any, filter: Any, input: Any, bias: Any, p: Any, output: Any) -> None:
    """OHWI filter, NHWC input; see `pytflite.ops.transpose_conv` for shapes and `ConvParams` for ``p``.

    Every output looks for the pixels of the input that spread to it; taps run backwards so that these come in order.
    """
    batches, output_h, output_w, channels = output.shape
    _, filter_h, filter_w, depth = filter.shape
    w = p.window
    for n in range(batches):
        for y in range(output_h):
            for x in range(output_w):
                for o in range(channels):
                    total = p.zero
                    for i in range(filter_h - 1, -1, -1):
                        row = y + w.pad_top - i
                        if row < 0 or row % w.stride_h != 0 or row // w.stride_h >= w.output_h:
                            continue
                        for j in range(filter_w - 1, -1, -1):
                            column = x + w.pad_left - j
                            if column < 0 or column % w.stride_w != 0 or column // w.stride_w >= w.output_w:
                                continue
                            pixel, taps = input[n, row // w.stride_h, column // w.stride_w], filter[o, i, j]
                            for c in range(depth):
                                left = plus(p.input_offset, pixel[c])
                                right = plus(p.filter_offset, taps[c])
                                total = plus_product(total, left, right)
                    if bias is not None:
                        total = plus(total, bias.flat[o])
                    output[n, y, x, o] = finish(total, o, p.epilogue)
