"""Kernels of float32 that need no more than plain loops: single elements, reductions, pools."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numba
import numpy as np
from llvmlite import ir
from numba import types

from pytflite.kernels._compile import helper
from pytflite.kernels.engine._ir import f32
from pytflite.kernels.engine.memory import emitted, pointer, share, word
from pytflite.kernels.engine.words import (
    ABS,
    ADD,
    CEIL,
    DIV,
    FLOOR,
    LARGEST,
    MAXIMUM,
    MEAN,
    MINIMUM,
    MUL,
    NEG,
    RSQRT,
    SMALLEST,
    SQRT,
    SQUARE,
    SUB,
)  # fmt: skip

carray: Any = numba.carray  # type: ignore[attr-defined]


@helper
def of_two(operation: Any, x: Any, y: Any) -> Any:
    """An operation of two floats."""
    if operation == ADD:
        return x + y
    if operation == SUB:
        return x - y
    if operation == MUL:
        return x * y
    if operation == DIV:
        return x / y
    if operation == MAXIMUM:
        return x if x > y else y
    if operation == MINIMUM:
        return x if x < y else y
    return (x - y) * (x - y)


@helper
def of_one(operation: Any, x: Any) -> Any:
    """An operation of one float."""
    if operation == ABS:
        return abs(x)
    if operation == NEG:
        return -x
    if operation == SQUARE:
        return x * x
    if operation == SQRT:
        return np.sqrt(x)
    if operation == RSQRT:
        return np.float32(1) / np.sqrt(x)
    if operation == FLOOR:
        return np.floor(x)
    if operation == CEIL:
        return np.ceil(x)
    return x


@helper
def clamped(x: Any, low: Any, high: Any) -> Any:
    """Within bounds; NaN passes."""
    x = low if x < low else x
    return high if x > high else x


@emitted
def call_libm(typing: Any, function: Any, x: Any) -> Any:
    """A function of float32 of the C library, by address."""

    def emit(context: Any, b: Any, signature: Any, arguments: Any) -> Any:
        function, x = arguments
        return b.call(b.inttoptr(function, ir.FunctionType(f32, [f32]).as_pointer()), [x])

    return types.float32(types.int64, types.float32), emit


def make_two(operation: int) -> Callable[..., None]:
    """Two tensors, walked over in four dimensions, of which the last lies side by side where it does not stand still.

    Words: input 1, input 2, output, bounds, the sizes of the dimensions, the steps of both inputs along them.
    """

    def f32_two(p: Any, scratch: Any, part: Any, parts: Any) -> None:
        bounds, count = carray(pointer(word(p, 3), np.float32), 2), word(p, 7)
        low, high = bounds[0], bounds[1]
        lower, upper, first, last = np.int64(0), count, np.int64(0), word(p, 4)
        if last * word(p, 5) * word(p, 6) > 1:
            first, last = share(last, part, parts)
        else:
            lower, upper = share(count, part, parts)
        output = word(p, 2) + 4 * first * word(p, 5) * word(p, 6) * count
        for i in range(first, last):
            for j in range(word(p, 5)):
                for k in range(word(p, 6)):
                    start1 = word(p, 0) + 4 * (i * word(p, 8) + j * word(p, 9) + k * word(p, 10))
                    start2 = word(p, 1) + 4 * (i * word(p, 12) + j * word(p, 13) + k * word(p, 14))
                    left, right = carray(pointer(start1, np.float32), count), carray(pointer(start2, np.float32), count)
                    target = carray(pointer(output, np.float32), count)
                    if word(p, 11) == 0:
                        for c in range(lower, upper):
                            target[c] = clamped(of_two(operation, left[0], right[c]), low, high)
                    elif word(p, 15) == 0:
                        for c in range(lower, upper):
                            target[c] = clamped(of_two(operation, left[c], right[0]), low, high)
                    else:
                        for c in range(lower, upper):
                            target[c] = clamped(of_two(operation, left[c], right[c]), low, high)
                    output += 4 * count

    return f32_two


def make_one(operation: int) -> Callable[..., None]:
    """One tensor. Words: input, output, count, bounds."""

    def f32_one(p: Any, scratch: Any, part: Any, parts: Any) -> None:
        count, bounds = word(p, 2), carray(pointer(word(p, 3), np.float32), 2)
        source, target = carray(pointer(word(p, 0), np.float32), count), carray(pointer(word(p, 1), np.float32), count)
        low, high = bounds[0], bounds[1]
        first, last = share(count, part, parts)
        for i in range(first, last):
            target[i] = clamped(of_one(operation, source[i]), low, high)

    return f32_one


def make_libm() -> Callable[..., None]:
    """A function of the C library, element by element. Words: input, output, count, address of the function."""

    def f32_libm(p: Any, scratch: Any, part: Any, parts: Any) -> None:
        count, function = word(p, 2), word(p, 3)
        source, target = carray(pointer(word(p, 0), np.float32), count), carray(pointer(word(p, 1), np.float32), count)
        first, last = share(count, part, parts)
        for i in range(first, last):
            target[i] = call_libm(function, source[i])

    return f32_libm


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


@helper
def folded(operation: Any, total: Any, x: Any) -> Any:
    """One more float."""
    if operation == LARGEST:
        return x if x > total else total
    if operation == SMALLEST:
        return x if x < total else total
    return total + x


def make_reduce(operation: int) -> Callable[..., None]:
    """The middle of (outer, middle, inner) floats folded one by one. Words: input, output, outer, middle, inner, start.

    The last is the address of the float to start from. Where inner is 1, rows go side by side, 8 at a time.
    """

    def f32_reduce(p: Any, scratch: Any, part: Any, parts: Any) -> None:
        outer, middle, inner = word(p, 2), word(p, 3), word(p, 4)
        start = carray(pointer(word(p, 5), np.float32), 1)[0]
        first, last = share(outer, part, parts)
        target = carray(pointer(word(p, 1), np.float32), (outer, inner))
        if inner == 1:
            rows = carray(pointer(word(p, 0), np.float32), (outer, middle))
            for n in range(first, last - 7, 8):
                t0, t1, t2, t3, t4, t5, t6, t7 = start, start, start, start, start, start, start, start
                for i in range(middle):
                    t0, t1 = folded(operation, t0, rows[n, i]), folded(operation, t1, rows[n + 1, i])
                    t2, t3 = folded(operation, t2, rows[n + 2, i]), folded(operation, t3, rows[n + 3, i])
                    t4, t5 = folded(operation, t4, rows[n + 4, i]), folded(operation, t5, rows[n + 5, i])
                    t6, t7 = folded(operation, t6, rows[n + 6, i]), folded(operation, t7, rows[n + 7, i])
                target[n, 0], target[n + 1, 0], target[n + 2, 0], target[n + 3, 0] = t0, t1, t2, t3
                target[n + 4, 0], target[n + 5, 0], target[n + 6, 0], target[n + 7, 0] = t4, t5, t6, t7
            for n in range(last - (last - first) % 8, last):
                total = start
                for i in range(middle):
                    total = folded(operation, total, rows[n, i])
                target[n, 0] = total
        else:
            source = carray(pointer(word(p, 0), np.float32), (outer, middle, inner))
            for n in range(first, last):
                for c in range(inner):
                    target[n, c] = start
                for i in range(middle):
                    for c in range(inner):
                        target[n, c] = folded(operation, target[n, c], source[n, i, c])
        if operation == MEAN:
            for n in range(first, last):
                for c in range(inner):
                    target[n, c] = target[n, c] / np.float32(middle)

    return f32_reduce


def make_pool(operation: int) -> Callable[..., None]:
    """`MEAN` or `LARGEST` of what windows show.

    Words: input, output, batches, image height and width, channels, address of the float to start from, filter height
    and width, stride height and width, padding top and left, output height and width, bounds.
    """

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
                                results[c] = folded(operation, results[c], pixel[c])
                    count = np.float32(1)
                    if operation == MEAN:
                        count = np.float32(max(last_row - first_row, 0) * max(last_column - first_column, 0))
                    for c in range(channels):
                        results[c] = clamped(results[c] / count, low, high)

    return f32_pool


MAKERS: dict[str, Callable[..., Callable[..., None]]] = {
    "f32_two": make_two,
    "f32_one": make_one,
    "f32_libm": make_libm,
    "f32_logistic": make_logistic,
    "f32_softmax": make_softmax,
    "f32_reduce": make_reduce,
    "f32_pool": make_pool,
}
