"""Kernels of numbers of any type that need no more than plain loops: single elements, pairs, reductions, CAST."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from pytflite.kernels._front import helper
from pytflite.kernels.engine.memory import carray, pointer, put_word, rows_of, share, start_of, word
from pytflite.kernels.engine.words import (
    ABS,
    ADD,
    CEIL,
    COPY,
    DIV,
    EQUAL,
    FLOOR,
    FLOORED,
    HARD_SWISH,
    LARGEST,
    LEAKY_RELU,
    LESS,
    LESS_EQUAL,
    MAXIMUM,
    MEAN,
    MINIMUM,
    MUL,
    NEG,
    NOT_EQUAL,
    PRELU,
    PRODUCT,
    REST,
    ROUND,
    RSQRT,
    SIGN,
    SMALLEST,
    SQRT,
    SQUARE,
    SQUARED_DIFFERENCE,
    SUB,
    SUM,
    TRUNCATED,
)  # fmt: skip


@helper
def clamped(x: Any, low: Any, high: Any) -> Any:
    """Within bounds; NaN passes."""
    x = low if x < low else x
    return high if x > high else x


@helper
def larger(x: Any, y: Any) -> Any:
    """The first where it is larger."""
    return x if x > y else y


@helper
def smaller(x: Any, y: Any) -> Any:
    """The first where it is smaller."""
    return x if x < y else y


@helper
def total(x: Any, y: Any) -> Any:
    """The sum."""
    return x + y


@helper
def product(x: Any, y: Any) -> Any:
    """The product."""
    return x * y


OF_TWO: dict[int, Callable[..., Any]] = {
    ADD: total,
    SUB: helper(lambda x, y: x - y),
    MUL: product,
    DIV: helper(lambda x, y: x / y),
    MAXIMUM: larger,
    MINIMUM: smaller,
    SQUARED_DIFFERENCE: helper(lambda x, y: (x - y) * (x - y)),
    PRELU: helper(lambda x, y: x if x >= 0 else x * y),
}

COMPARISONS: dict[int, Callable[..., Any]] = {
    EQUAL: helper(lambda x, y: x == y),
    NOT_EQUAL: helper(lambda x, y: x != y),
    LESS: helper(lambda x, y: x < y),
    LESS_EQUAL: helper(lambda x, y: x <= y),
}


@helper
def hard_swish(x: Any, factor: Any) -> Any:
    """As `ops.hard_swish` has it."""
    three, six = np.float32(3), np.float32(6)
    return x * clamped(x + three, np.float32(0), six) / six


OF_ONE: dict[int, Callable[..., Any]] = {
    COPY: helper(lambda x, factor: x),
    ABS: helper(lambda x, factor: abs(x)),
    NEG: helper(lambda x, factor: -x),
    SQUARE: helper(lambda x, factor: x * x),
    SQRT: helper(lambda x, factor: np.sqrt(x)),
    RSQRT: helper(lambda x, factor: np.float32(1) / np.sqrt(x)),
    FLOOR: helper(lambda x, factor: np.floor(x)),
    CEIL: helper(lambda x, factor: np.ceil(x)),
    ROUND: helper(lambda x, factor: x if x == 0 else np.rint(x) + np.float32(0)),
    SIGN: helper(lambda x, factor: x - x if x == 0 else (1 if x > 0 else (-1 if x < 0 else x))),
    HARD_SWISH: hard_swish,
    LEAKY_RELU: helper(lambda x, factor: x if x > 0 else x * factor),
}

OF_MANY: dict[int, Callable[..., Any]] = {
    SUM: total,
    MEAN: total,
    LARGEST: helper(lambda total, x: larger(x, total)),
    SMALLEST: helper(lambda total, x: smaller(x, total)),
    PRODUCT: product,
}


def make_two(kind: str, operation: int) -> Callable[..., None]:
    """Two tensors of a type, element by element. Words: input 1, input 2, output, bounds, walk of the three."""
    number, of_two = np.dtype(kind).type, OF_TWO[operation]

    def two(p: Any, scratch: Any, part: Any, parts: Any) -> None:
        first, last, lower, upper = rows_of(p, 4, part, parts)
        bounds = carray(pointer(word(p, 3), number), 2)
        low, high, count = bounds[0], bounds[1], upper - lower
        step1, step2, rows = word(p, 11), word(p, 15), np.int64(0)
        start1, start2, start3 = word(p, 0), word(p, 1), word(p, 2)
        for row in range(first, last):  # vectors are made of what is counted from 0 on
            if rows == 0:
                rows = word(p, 6) - row % word(p, 6)
                start1 = word(p, 0) + start_of(p, 4, 0, row) + lower * step1
                start2 = word(p, 1) + start_of(p, 4, 1, row) + lower * step2
                start3 = word(p, 2) + start_of(p, 4, 2, row) + lower * word(p, 19)
            left, right = carray(pointer(start1, number), count), carray(pointer(start2, number), count)
            target = carray(pointer(start3, number), count)
            if step1 == 0:
                x = left[0]
                for i in range(count):
                    target[i] = clamped(number(of_two(x, right[i])), low, high)
            elif step2 == 0:
                y = right[0]
                for i in range(count):
                    target[i] = clamped(number(of_two(left[i], y)), low, high)
            else:
                for i in range(count):
                    target[i] = clamped(number(of_two(left[i], right[i])), low, high)
            rows, start1, start2, start3 = rows - 1, start1 + word(p, 10), start2 + word(p, 14), start3 + word(p, 18)

    return two


def make_compare(kind: str, operation: int) -> Callable[..., None]:
    """Whether something holds of two elements of a type. Words: input 1, input 2, output, walk of the three."""
    number, holds = np.dtype(kind).type, COMPARISONS[operation]

    def compare(p: Any, scratch: Any, part: Any, parts: Any) -> None:
        first, last, lower, upper = rows_of(p, 3, part, parts)
        step1, step2 = min(word(p, 10), 1), min(word(p, 14), 1)
        for row in range(first, last):
            left = carray(pointer(word(p, 0) + start_of(p, 3, 0, row), number), upper)
            right = carray(pointer(word(p, 1) + start_of(p, 3, 1, row), number), upper)
            target = carray(pointer(word(p, 2) + start_of(p, 3, 2, row), np.uint8), upper)
            for i in range(lower, upper):
                target[i] = holds(left[i * step1], right[i * step2])

    return compare


@helper
def truncated(x: Any, y: Any) -> Any:
    """The quotient, toward zero."""
    quotient = -x if y == -1 else x // y
    return quotient + np.int64(1) if quotient < 0 and quotient * y != x else quotient


DIVISIONS: dict[int, Callable[..., Any]] = {
    TRUNCATED: truncated,
    FLOORED: helper(lambda x, y: -x if y == -1 else x // y),
    REST: helper(lambda x, y: np.int64(0) if y == -1 else x - x // y * y),
}


def make_divide(kind: str, operation: int) -> Callable[..., None]:
    """Two tensors of integers.

    Words: input 1, input 2, output, bounds of quotients toward zero, a word that is set where a divisor is 0, walk of
    the three.
    """
    number, divided = np.dtype(kind).type, DIVISIONS[operation]

    def divide(p: Any, scratch: Any, part: Any, parts: Any) -> None:
        first, last, lower, upper = rows_of(p, 5, part, parts)
        bounds = carray(pointer(word(p, 3), np.int64), 2)
        step1, step2 = min(word(p, 12), 1), min(word(p, 16), 1)
        for row in range(first, last):
            left = carray(pointer(word(p, 0) + start_of(p, 5, 0, row), number), upper)
            right = carray(pointer(word(p, 1) + start_of(p, 5, 1, row), number), upper)
            target = carray(pointer(word(p, 2) + start_of(p, 5, 2, row), number), upper)
            for i in range(lower, upper):
                divisor = np.int64(right[i * step2])
                if divisor == 0:
                    put_word(word(p, 4), 0, 1)
                    divisor = np.int64(1)
                quotient = divided(np.int64(left[i * step1]), divisor)
                target[i] = number(clamped(quotient, bounds[0], bounds[1]))

    return divide


def make_select(size: int) -> Callable[..., None]:
    """Elements of so many bytes, of the second input where the first is not 0, else of the third.

    Words: condition, input 1, input 2, output, walk of the four.
    """
    bits = np.dtype(f"u{size}").type

    def select(p: Any, scratch: Any, part: Any, parts: Any) -> None:
        first, last, lower, upper = rows_of(p, 4, part, parts)
        step0, step1, step2 = word(p, 11), word(p, 15) // size, word(p, 19) // size
        for row in range(first, last):
            condition = carray(pointer(word(p, 0) + start_of(p, 4, 0, row), np.uint8), upper)
            left = carray(pointer(word(p, 1) + start_of(p, 4, 1, row), bits), upper)
            right = carray(pointer(word(p, 2) + start_of(p, 4, 2, row), bits), upper)
            target = carray(pointer(word(p, 3) + start_of(p, 4, 3, row), bits), upper)
            for i in range(lower, upper):
                target[i] = left[i * step1] if condition[i * step0] != 0 else right[i * step2]

    return select


def make_one(kind: str, operation: int) -> Callable[..., None]:
    """One tensor of a type, element by element. Words: input, output, count, two bounds and a factor side by side."""
    number, of_one, size = np.dtype(kind).type, OF_ONE[operation], np.dtype(kind).itemsize

    def one(p: Any, scratch: Any, part: Any, parts: Any) -> None:
        first, last = share(word(p, 2), part, parts)
        source = carray(pointer(word(p, 0) + size * first, number), last - first)
        target = carray(pointer(word(p, 1) + size * first, number), last - first)
        constants = carray(pointer(word(p, 3), number), 3)
        low, high, factor = constants[0], constants[1], constants[2]
        for i in range(last - first):
            target[i] = clamped(number(of_one(source[i], factor)), low, high)

    return one


def make_cast(source_kind: str, target_kind: str) -> Callable[..., None]:
    """Numbers of another type, as C converts them. Words: input, output, count."""
    before, after = np.dtype(source_kind).type, np.dtype(target_kind).type
    size1, size2 = np.dtype(source_kind).itemsize, np.dtype(target_kind).itemsize

    def cast(p: Any, scratch: Any, part: Any, parts: Any) -> None:
        first, last = share(word(p, 2), part, parts)
        source = carray(pointer(word(p, 0) + size1 * first, before), last - first)
        target = carray(pointer(word(p, 1) + size2 * first, after), last - first)
        for i in range(last - first):
            target[i] = after(source[i])

    return cast


def make_saturate(source_kind: str, target_kind: str) -> Callable[..., None]:
    """Floats to integers of another type, toward zero; NaN becomes the largest.

    Words: input, output, count, the smallest integer, the largest.
    """
    before, after = np.dtype(source_kind).type, np.dtype(target_kind).type

    def saturate(p: Any, scratch: Any, part: Any, parts: Any) -> None:
        count = word(p, 2)
        source, target = carray(pointer(word(p, 0), before), count), carray(pointer(word(p, 1), after), count)
        least, most = word(p, 3), word(p, 4)
        lowest, beyond = np.float64(least), np.float64(most) + np.float64(1)
        first, last = share(count, part, parts)
        for i in range(first, last):
            whole = np.trunc(np.float64(source[i]))
            if whole < lowest:
                target[i] = after(least)
            elif whole < beyond:
                target[i] = after(np.int64(whole))
            else:
                target[i] = after(most)

    return saturate


def make_reduce(kind: str, operation: int) -> Callable[..., None]:
    """The middle of (outer, middle, inner) numbers of a type, folded one by one.

    Words: input, output, outer, middle, inner, address of the number to start from. Where inner is 1, rows go side by
    side, 8 at a time.
    """
    number, folded = np.dtype(kind).type, OF_MANY[operation]

    def reduce(p: Any, scratch: Any, part: Any, parts: Any) -> None:
        outer, middle, inner = word(p, 2), word(p, 3), word(p, 4)
        start = carray(pointer(word(p, 5), number), 1)[0]
        first, last = share(outer, part, parts)
        target = carray(pointer(word(p, 1), number), (outer, inner))
        if inner == 1:
            rows = carray(pointer(word(p, 0), number), (outer, middle))
            for n in range(first, last - 7, 8):
                t0, t1, t2, t3, t4, t5, t6, t7 = start, start, start, start, start, start, start, start
                for i in range(middle):
                    t0, t1 = number(folded(t0, rows[n, i])), number(folded(t1, rows[n + 1, i]))
                    t2, t3 = number(folded(t2, rows[n + 2, i])), number(folded(t3, rows[n + 3, i]))
                    t4, t5 = number(folded(t4, rows[n + 4, i])), number(folded(t5, rows[n + 5, i]))
                    t6, t7 = number(folded(t6, rows[n + 6, i])), number(folded(t7, rows[n + 7, i]))
                target[n, 0], target[n + 1, 0], target[n + 2, 0], target[n + 3, 0] = t0, t1, t2, t3
                target[n + 4, 0], target[n + 5, 0], target[n + 6, 0], target[n + 7, 0] = t4, t5, t6, t7
            for n in range(last - (last - first) % 8, last):
                sum = start
                for i in range(middle):
                    sum = number(folded(sum, rows[n, i]))
                target[n, 0] = sum
        else:
            source = carray(pointer(word(p, 0), number), (outer, middle, inner))
            for n in range(first, last):
                for c in range(inner):
                    target[n, c] = start
                for i in range(middle):
                    for c in range(inner):
                        target[n, c] = number(folded(target[n, c], source[n, i, c]))
        if operation == MEAN:
            for n in range(first, last):
                for c in range(inner):
                    target[n, c] = target[n, c] / np.float32(middle)

    return reduce


def make_search(kind: str, operation: int) -> Callable[..., None]:
    """Where the first of the largest, or smallest, along the middle of (outer, middle, inner) numbers is.

    Words: input, output, outer, middle, inner, whether indices are int64 (they are int32 otherwise), and a word that is
    set where a number is none.
    """
    number, better = np.dtype(kind).type, COMPARISONS[LESS]
    sign = operation == LARGEST

    def search(p: Any, scratch: Any, part: Any, parts: Any) -> None:
        middle, inner = word(p, 3), word(p, 4)
        first, last = share(word(p, 2) * inner, part, parts)
        narrow, wide = carray(pointer(word(p, 1), np.int32), last), carray(pointer(word(p, 1), np.int64), last)
        source = carray(pointer(word(p, 0), number), word(p, 2) * middle * inner)
        for k in range(first, last):
            start = k // inner * middle * inner + k % inner
            best, found = source[start], 0
            for i in range(middle):
                x = source[start + i * inner]
                if x != x:
                    put_word(word(p, 6), 0, 1)
                if better(best, x) if sign else better(x, best):
                    best, found = x, i
            if word(p, 5) != 0:
                wide[k] = found
            else:
                narrow[k] = np.int32(found)

    return search


MAKERS: dict[str, Callable[..., Callable[..., None]]] = {
    "two": make_two,
    "compare": make_compare,
    "divide": make_divide,
    "select": make_select,
    "one": make_one,
    "cast": make_cast,
    "saturate": make_saturate,
    "reduce": make_reduce,
    "search": make_search,
}
