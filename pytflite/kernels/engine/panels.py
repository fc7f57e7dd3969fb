"""Addresses of the pixels under the taps of a filter."""

from __future__ import annotations

from typing import Any

from pytflite.kernels._compile import helper
from pytflite.kernels.engine.memory import put_word


@helper
def put_addresses(
    taps: Any, step: Any, row: Any, left: Any, stride: Any, pixel: Any, size: Any, columns: Any, outside: Any
) -> None:
    """Write where the pixels under one tap are, for all output columns of a row.

    Args:
        taps: address of the first one.
        step: words from column to column.
        row: address of the row of the image; 0 where there is none.
        left: the column of the image under the tap in output column 0.
        stride: columns of the image from one output column to the next.
        pixel: bytes of a pixel.
        size: columns of the image.
        columns: output columns.
        outside: address of what stands for pixels outside of the image.
    """
    begin, end = columns, columns
    if row != 0:
        begin = min(max(-(left // stride), 0), columns)
        end = max(min(-((left - size) // stride), columns), begin)
    for x in range(begin):
        put_word(taps, x * step, outside)
    for x in range(begin, end):
        put_word(taps, x * step, row + (left + x * stride) * pixel)
    for x in range(end, columns):
        put_word(taps, x * step, outside)
