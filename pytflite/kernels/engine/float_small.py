"""Kernels of float32 that need no more than plain loops: functions of the C library, SOFTMAX, pools."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from llvmlite import ir
from numba import types

from pytflite.kernels.engine._ir import f32
from pytflite.kernels.engine.memory import carray, emitted, pointer, share, word
from pytflite.kernels.engine.plain import OF_MANY, clamped
from pytflite.kernels.engine.words import MEAN


@emitted
def call_libm(typing: Any, function: Any, x: Any) -> Any:
    """A function of float32 of the C library, by address."""

    def emit(context: Any, b: Any, signature: Any, arguments: Any) -> Any:
        function, x = arguments
        return b.call(b.inttoptr(function, ir.FunctionType(f32, [f32]).as_pointer()), [x])

    return types.float32(types.int64, types.float32), emit


def make_libm() -> Callable[..., None]:
    """A function of the C library, element by element. Words: input, output, count, address of the function."""

    def f32_libm(p: Any, scratch: Any, part: Any, parts: Any) -> None:
        count, function = word(p, 2), word(p, 3)
        source, target = carray(pointer(word(p, 0), np.float32), count), carray(pointer(word(p, 1), np.float32), count)
        first, last = share(count, part, parts)
        for i in range(first, last):
            target[i] = call_libm(function, source[i])

    return f32_libm


def make_elu() -> Callable[..., None]:
    """Numbers below 0 through a function of the C library. Words: input, output, count, address of the function."""

    def f32_elu(p: Any, scratch: Any, part: Any, parts: Any) -> None:
        count, function = word(p, 2), word(p, 3)
        source, target = carray(pointer(word(p, 0), np.float32), count), carray(pointer(word(p, 1), np.float32), count)
        first, last = share(count, part, parts)
        for i in range(first, last):
            target[i] = call_libm(function, source[i]) if source[i] < np.float32(0) else source[i]

    return f32_elu


def make_logistic() -> Callable[..., None]:
    """The logistic function as `ops.logistic` has it. Words: input, output, count, address of expf."""

    def f32_logistic(p: Any, scratch: Any, part: Any, parts: Any) -> None:
        count, expf, one = word(p, 2), word(p, 3), np.float32(1)
        source, target = carray(pointer(word(p, 0), np.float32), count), carray(pointer(word(p, 1), np.float32), count)
        first, last = share(count, part, parts)
        for i in range(first, last):
            x = source[i]
            if x > np.float32(16.619047164916992188):
                target[i] = one
            elif x < np.float32(-9):
                target[i] = call_libm(expf, x)
            else:
                target[i] = one / (one + call_libm(expf, -x))

    return f32_logistic


def make_softmax() -> Callable[..., None]:
    """Rows of exps over their sum. Words: input, output, rows, depth, address of beta, address of expf."""

    def f32_softmax(p: Any, scratch: Any, part: Any, parts: Any) -> None:
        rows, depth, expf = word(p, 2), word(p, 3), word(p, 5)
        source = carray(pointer(word(p, 0), np.float32), (rows, depth))
        target = carray(pointer(word(p, 1), np.float32), (rows, depth))
        beta = carray(pointer(word(p, 4), np.float32), 1)[0]
        first, last = share(rows, part, parts)
        for n in range(first, last):
            largest = source[n, 0]
            for c in range(depth):
                largest = source[n, c] if source[n, c] > largest else largest
            sum = np.float32(0)
            for c in range(depth):
                target[n, c] = call_libm(expf, (source[n, c] - largest) * beta)
                sum += target[n, c]
            for c in range(depth):
                target[n, c] = target[n, c] / sum

    return f32_softmax


def make_pool(operation: int) -> Callable[..., None]:
    """`MEAN` or `LARGEST` of what windows show.

    Words: input, output, batches, image height and width, channels, address of the float to start from, filter height
    and width, stride height and width, padding top and left, output height and width, bounds.
    """
    folded = OF_MANY[operation]

    def f32_pool(p: Any, scratch: Any, part: Any, parts: Any) -> None:
        batches, image_h, image_w, channels = word(p, 2), word(p, 3), word(p, 4), word(p, 5)
        filter_h, filter_w, output_h, output_w = word(p, 7), word(p, 8), word(p, 13), word(p, 14)
        source = carray(pointer(word(p, 0), np.float32), (batches, image_h, image_w, channels))
        target = carray(pointer(word(p, 1), np.float32), (batches, output_h, output_w, channels))
        start, bounds = carray(pointer(word(p, 6), np.float32), 1)[0], carray(pointer(word(p, 15), np.float32), 2)
        low, high = bounds[0], bounds[1]
        first, last = share(output_h, part, parts)
        for n in range(batches):
            for y in range(first, last):
                top = y * word(p, 9) - word(p, 11)
                first_row, last_row = max(top, 0), min(top + filter_h, image_h)
                for x in range(output_w):
                    left = x * word(p, 10) - word(p, 12)
                    first_column, last_column = max(left, 0), min(left + filter_w, image_w)
                    results = target[n, y, x]
                    for c in range(channels):
                        results[c] = start
                    for row in range(first_row, last_row):
                        for column in range(first_column, last_column):
                            pixel = source[n, row, column]
                            for c in range(channels):
                                results[c] = folded(results[c], pixel[c])
                    count = np.float32(1)
                    if operation == MEAN:
                        count = np.float32(max(last_row - first_row, 0) * max(last_column - first_column, 0))
                    for c in range(channels):
                        results[c] = clamped(results[c] / count, low, high)

    return f32_pool


MAKERS: dict[str, Callable[..., Callable[..., None]]] = {
    "f32_libm": make_libm,
    "f32_elu": make_elu,
    "f32_logistic": make_logistic,
    "f32_softmax": make_softmax,
    "f32_pool": make_pool,
}
