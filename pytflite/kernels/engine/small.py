"""Kernels that need no more than plain loops."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numba import types

from pytflite.kernels._front import helper
from pytflite.kernels.engine._ir import Loop, call, constant, i1, i8, i16, i32, i64, load, splat, vector
from pytflite.kernels.engine.epilogue import floats, store_codes
from pytflite.kernels.engine.isa import ISA, LANES, codes, int32s
from pytflite.kernels.engine.memory import carray, emitted, pointer, put_word, rows_of, share, start_of, word

UNSIGNED: dict[int, Any] = {1: np.uint8, 2: np.uint16, 4: np.uint32, 8: np.uint64}
SIGNED: dict[int, Any] = {1: np.int8, 2: np.int16}


def make_copy() -> Callable[..., None]:
    """Bytes as they are. Words: input, output, count."""

    def copy(p: Any, scratch: Any, part: Any, parts: Any) -> None:
        first, last = share(word(p, 2), part, parts)
        source = carray(pointer(word(p, 0) + first, np.uint8), last - first)
        target = carray(pointer(word(p, 1) + first, np.uint8), last - first)
        for i in range(last - first):
            target[i] = source[i]

    return copy


def make_flip() -> Callable[..., None]:
    """Bytes exclusive-ored by a constant. Words: input, output, count, constant."""

    def flip(p: Any, scratch: Any, part: Any, parts: Any) -> None:
        first, last = share(word(p, 2), part, parts)
        bits = np.uint8(word(p, 3))
        source = carray(pointer(word(p, 0) + first, np.uint8), last - first)
        target = carray(pointer(word(p, 1) + first, np.uint8), last - first)
        for i in range(last - first):
            target[i] = source[i] ^ bits

    return flip


def make_lookup() -> Callable[..., None]:
    """A table of 256 bytes. Words: input, output, count, table."""

    def lookup(p: Any, scratch: Any, part: Any, parts: Any) -> None:
        first, last = share(word(p, 2), part, parts)
        source = carray(pointer(word(p, 0) + first, np.uint8), last - first)
        target = carray(pointer(word(p, 1) + first, np.uint8), last - first)
        table = carray(pointer(word(p, 3), np.uint8), 256)
        for i in range(last - first):
            target[i] = table[source[i]]

    return lookup


def make_refuse(code_bytes: int) -> Callable[..., None]:
    """Whether some code, by its bits, is refused. Words: input, count, a byte for every code, a word that is set."""
    code = UNSIGNED[code_bytes]

    def refuse(p: Any, scratch: Any, part: Any, parts: Any) -> None:
        count = word(p, 1)
        source = carray(pointer(word(p, 0), code), count)
        refused = carray(pointer(word(p, 2), np.uint8), 1 << 8 * code_bytes)
        first, last = share(count, part, parts)
        found = np.uint8(0)
        for i in range(first, last):
            found |= refused[source[i]]
        if found != 0:
            put_word(word(p, 3), 0, 1)

    return refuse


def make_pairs() -> Callable[..., None]:
    """A table for every pair of bytes. Words: input 1, input 2, output, table of 256 x 256 bytes, walk of the three."""

    def pairs(p: Any, scratch: Any, part: Any, parts: Any) -> None:
        first, last, lower, upper = rows_of(p, 4, part, parts)
        step1, step2 = word(p, 11), word(p, 15)
        table = carray(pointer(word(p, 3), np.uint8), 65536)
        for row in range(first, last):
            left = carray(pointer(word(p, 0) + start_of(p, 4, 0, row), np.uint8), upper)
            right = carray(pointer(word(p, 1) + start_of(p, 4, 1, row), np.uint8), upper)
            target = carray(pointer(word(p, 2) + start_of(p, 4, 2, row), np.uint8), upper)
            for i in range(lower, upper):
                target[i] = table[np.int64(left[i * step1]) * 256 + np.int64(right[i * step2])]

    return pairs


@emitted(prefer_literal=True)
def of_codes(
    typing: Any, product: Any, flip: Any, step1: Any, step2: Any, left: Any, right: Any, output: Any, count: Any,
    numbers: Any,
) -> Any:  # fmt: skip
    """Pairs of codes, all exclusive-ored by a literal.

    Args:
        typing: of numba.
        product: 0 for ``clip(((a * x + b * y + c) >> d) + e)``; 1 for ``clip(trunc(z + copysign(d, z)) + e)``, where
            ``z`` is ``(x + a) * (y + b) * c``, with c and d float32. A literal, as are the next three.
        flip: of all codes.
        step1: whether the first input moves on; otherwise it has one element.
        step2: the same of the second one.
        left: address of the first input.
        right: of the second one.
        output: of the results.
        count: how many, at least one.
        numbers: address of words: a, b, c, d, the address of e (int16, one for each lane of two vectors), low, high.
    """
    flips = constant(vector(i8, LANES), flip.literal_value), constant(codes, flip.literal_value)
    steps = step1.literal_value, step2.literal_value

    def emit(context: Any, b: Any, signature: Any, arguments: Any) -> Any:
        left, right, output, count, numbers = arguments[4:]
        words = [load(b, numbers, i64, 8 * k, align=8) for k in range(7)]
        first, second, third, fourth = (splat(b, b.trunc(w, i32), LANES) for w in words[:4])
        low, high = (splat(b, b.trunc(w, i8), 16) for w in words[5:])
        inputs = left, right
        still = [None if moves else splat(b, load(b, x, i8), LANES) for x, moves in zip(inputs, steps, strict=True)]
        loop, totals = Loop(b, constant(i64, 0), []), []
        for lane in range(0, 16, LANES):
            pair = [
                load(b, b.add(input, loop.index), vector(i8, LANES), lane) if one is None else one
                for input, one in zip(inputs, still, strict=True)
            ]
            x, y = (b.sext(b.xor(own, flips[0]), int32s) for own in pair)
            if product.literal_value:
                z = b.fmul(b.sitofp(b.mul(b.add(x, first), b.add(y, second)), floats), b.bitcast(third, floats))
                half = call(b, f"llvm.copysign.v{LANES}f32", floats, [b.bitcast(fourth, floats), z])
                totals.append(b.fptosi(b.fadd(z, half), int32s))
            else:
                totals.append(b.ashr(b.add(b.add(b.mul(x, first), b.mul(y, second)), third), fourth))
        result = ISA.narrow(b, totals, words[4], spread=False)
        for name, bound in (("smax", low), ("smin", high)):
            result = call(b, f"llvm.{name}.v16i8", codes, [result, bound])
        store_codes(b, b.xor(result, flips[1]), b.add(output, loop.index), b.sub(count, loop.index))
        loop.end(16, count, [])
        return context.get_dummy_value()

    return types.void(product, flip, step1, step2, *[types.int64] * 5), emit


def make_formula(product: int, flip: int, step1: int, step2: int) -> Callable[..., None]:
    """Sums or products of pairs of codes, with the literals of `of_codes`.

    Words: input 1, input 2, output, seven numbers, walk of the three.
    """

    def formula(p: Any, scratch: Any, part: Any, parts: Any) -> None:
        first, last, lower, upper = rows_of(p, 10, part, parts)
        if lower >= upper:
            return
        for row in range(first, last):
            left = word(p, 0) + start_of(p, 10, 0, row) + lower * step1
            right = word(p, 1) + start_of(p, 10, 1, row) + lower * step2
            output = word(p, 2) + start_of(p, 10, 2, row) + lower
            of_codes(product, flip, step1, step2, left, right, output, upper - lower, p + 24)

    return formula


@helper
def add_up(codes: Any, sums: Any, start: Any, flip: Any) -> None:
    """Sums over the first axis of codes, exclusive-ored by a constant: int32, from a start on."""
    middle, inner = codes.shape
    for c in range(inner):
        sums[c] = start
    for i in range(middle):
        for c in range(inner):
            sums[c] += np.int32(codes[i, c] ^ flip)


def make_mean(code_bytes: int) -> Callable[..., None]:
    """Means over the middle of (outer, middle, inner) codes, as one fixed-point product of their sum.

    Words: input, output, outer, middle, inner, offset (added to each sum), multiplier, right shift, output offset, low,
    high, flip, what the first rounding adds, how many of ``inner`` round ties up. Scratch: int32 sums, as many as
    ``inner``.
    """
    code = SIGNED[code_bytes]

    def mean(p: Any, scratch: Any, part: Any, parts: Any) -> None:
        outer, middle, inner = word(p, 2), word(p, 3), word(p, 4)
        source = carray(pointer(word(p, 0), code), (outer, middle, inner))
        target, flip = carray(pointer(word(p, 1), code), (outer, inner)), code(word(p, 11))
        sums = carray(pointer(scratch, np.int32), inner)
        multiplier, shift, offset, grouped = word(p, 6), word(p, 7), word(p, 8), word(p, 13)
        low, high, first = word(p, 9), word(p, 10), word(p, 12)
        half = (np.int64(1) << shift) >> np.int64(1)
        for n in range(outer):
            add_up(source[n], sums, np.int32(word(p, 5)), flip)
            for c in range(inner):
                product = (np.int64(sums[c]) * multiplier + first) >> np.int64(31)
                product += half + ((product >> np.int64(63)) if shift > 0 and c >= grouped else np.int64(0))
                target[n, c] = code(min(max((product >> shift) + offset, low), high)) ^ flip

    return mean


@helper
def round_float(x: Any, half_even: Any) -> Any:
    """A float32 of a magnitude below 2**31 to the nearest integer: ties to even, or away from zero."""
    if half_even:
        return np.int64(np.rint(x))
    whole = np.trunc(x)
    return np.int64(whole) + (np.int64(np.copysign(np.float32(1), x)) if abs(x - whole) >= np.float32(0.5) else 0)


def make_scaled_sum() -> Callable[..., None]:
    """Sums over the middle of (outer, middle, inner) codes, scaled in float32.

    Words: input, output, outer, middle, inner, start of each sum, scale and bias (two float32), whether ties go to
    even, output offset, low, high, flip. Scratch: int32 sums, as many as ``inner``.
    """

    def scaled_sum(p: Any, scratch: Any, part: Any, parts: Any) -> None:
        outer, middle, inner = word(p, 2), word(p, 3), word(p, 4)
        source = carray(pointer(word(p, 0), np.int8), (outer, middle, inner))
        target, flip = carray(pointer(word(p, 1), np.uint8), (outer, inner)), np.int8(word(p, 11))
        sums = carray(pointer(scratch, np.int32), inner)
        factors, half_even = carray(pointer(word(p, 6), np.float32), 2), word(p, 7) != 0
        for n in range(outer):
            add_up(source[n], sums, np.int32(word(p, 5)), flip)
            for c in range(inner):
                real = np.float32(np.float32(np.float32(sums[c]) * factors[0]) + factors[1])
                code = min(max(round_float(real, half_even) + word(p, 8), word(p, 9)), word(p, 10))
                target[n, c] = np.uint8(code & np.int64(255))

    return scaled_sum


def make_average_pool(code_bytes: int, signed: int) -> Callable[..., None]:
    """Means over windows, halves away from zero.

    Words: input, output, batches, image height and width, channels, filter height and width, stride height and width,
    padding top and left, output height and width, low, high. Scratch: an int32 sum per channel.
    """
    code = (SIGNED if signed else UNSIGNED)[code_bytes]

    def average_pool(p: Any, scratch: Any, part: Any, parts: Any) -> None:
        batches, image_h, image_w, channels = word(p, 2), word(p, 3), word(p, 4), word(p, 5)
        filter_h, filter_w, output_h, output_w = word(p, 6), word(p, 7), word(p, 12), word(p, 13)
        source = carray(pointer(word(p, 0), code), (batches, image_h, image_w, channels))
        target = carray(pointer(word(p, 1), code), (batches, output_h, output_w, channels))
        sums = carray(pointer(scratch, np.int32), channels)
        low, high = word(p, 14), word(p, 15)
        for n in range(batches):
            for y in range(output_h):
                top = y * word(p, 8) - word(p, 10)
                first_row, last_row = max(top, 0), min(top + filter_h, image_h)
                for x in range(output_w):
                    left = x * word(p, 9) - word(p, 11)
                    first_column, last_column = max(left, 0), min(left + filter_w, image_w)
                    for c in range(channels):
                        sums[c] = 0
                    for row in range(first_row, last_row):
                        for column in range(first_column, last_column):
                            for c in range(channels):
                                sums[c] += np.int32(source[n, row, column, c])
                    count = np.int32((last_row - first_row) * (last_column - first_column))
                    for c in range(channels):
                        sum = sums[c]
                        half = count // np.int32(2)
                        average = (abs(sum) + half) // count
                        target[n, y, x, c] = code(min(max(np.int64(average if sum > 0 else -average), low), high))

    return average_pool


def make_max_pool(code_bytes: int, signed: int) -> Callable[..., None]:
    """The largest of windows.

    Words: input, output, batches, image height and width, channels, filter height and width, stride height and width,
    padding top and left, output height and width, low, high.
    """
    code = (SIGNED if signed else UNSIGNED)[code_bytes]

    def max_pool(p: Any, scratch: Any, part: Any, parts: Any) -> None:
        batches, image_h, image_w, channels = word(p, 2), word(p, 3), word(p, 4), word(p, 5)
        filter_h, filter_w, output_h, output_w = word(p, 6), word(p, 7), word(p, 12), word(p, 13)
        source = carray(pointer(word(p, 0), code), (batches, image_h, image_w, channels))
        target = carray(pointer(word(p, 1), code), (batches * output_h, output_w, channels))
        low, high = code(word(p, 14)), code(word(p, 15))
        first_line, last_line = share(batches * output_h, part, parts)
        for line in range(first_line, last_line):
            n, top = line // output_h, line % output_h * word(p, 8) - word(p, 10)
            first_row, last_row = max(top, 0), min(top + filter_h, image_h)
            for x in range(output_w):
                left = x * word(p, 9) - word(p, 11)
                first_column, last_column = max(left, 0), min(left + filter_w, image_w)
                for c in range(channels):
                    target[line, x, c] = low
                for row in range(first_row, last_row):
                    for column in range(first_column, last_column):
                        for c in range(channels):
                            seen = min(source[n, row, column, c], high)
                            target[line, x, c] = max(seen, target[line, x, c])

    return max_pool


@emitted
def first_of_largest(typing: Any, source: Any, count: Any, flip: Any) -> Any:
    """Where the first of the largest of ``count`` codes, at least 16, is; ``flip`` brings them to int8."""

    def emit(context: Any, b: Any, signature: Any, arguments: Any) -> Any:
        source, count, flip = arguments
        zero, last = constant(i64, 0), b.sub(count, constant(i64, 16))
        flips = splat(b, b.trunc(flip, i8), 16)

        def values(behind: Any) -> tuple[Any, Any]:
            """16 codes before the end, or the first ones, and where they begin."""
            start = call(b, "llvm.smax.i64", i64, [b.sub(last, behind), zero])
            return start, b.xor(load(b, b.add(source, start), codes), flips)

        loop = Loop(b, zero, [constant(codes, -128)])
        found = call(b, "llvm.smax.v16i8", codes, [loop.carried[0], values(loop.index)[1]])
        loop.end(16, count, [found])
        largest = splat(b, call(b, "llvm.vector.reduce.smax.v16i8", i8, [found]), 16)
        loop = Loop(b, zero, [zero])
        start, seen = values(loop.index)
        bits = b.bitcast(b.icmp_signed("==", seen, largest), i16)
        place = b.add(start, b.zext(call(b, "llvm.cttz.i16", i16, [bits, constant(i1, 0)]), i64))
        place = b.select(b.icmp_signed("!=", bits, constant(i16, 0)), place, loop.carried[0])
        loop.end(16, count, [place])
        return place

    return types.int64(types.int64, types.int64, types.int64), emit


def make_arg_max() -> Callable[..., None]:
    """Where the first of the largest codes along the middle of (outer, middle, inner) is.

    Words: input, output, outer, middle, inner, flip, whether indices are int64 (they are int32 otherwise).
    """

    def arg_max(p: Any, scratch: Any, part: Any, parts: Any) -> None:
        middle, inner, flip = word(p, 3), word(p, 4), np.uint8(word(p, 5))
        first, last = share(word(p, 2) * inner, part, parts)
        narrow, wide = carray(pointer(word(p, 1), np.int32), last), carray(pointer(word(p, 1), np.int64), last)
        for k in range(first, last):
            found = 0
            if inner == 1 and middle >= 16:
                found = first_of_largest(word(p, 0) + k * middle, middle, word(p, 5))
            else:
                codes = carray(pointer(word(p, 0) + k // inner * middle * inner + k % inner, np.uint8), middle * inner)
                largest = np.int8(codes[0] ^ flip)
                for i in range(middle):
                    largest = max(largest, np.int8(codes[i * inner] ^ flip))
                while np.int8(codes[found * inner] ^ flip) != largest:
                    found += 1
            if word(p, 6) != 0:
                wide[k] = found
            else:
                narrow[k] = np.int32(found)

    return arg_max


@helper
def high_product(a: Any, b: Any) -> Any:
    """`pytflite.arithmetic.gemmlowp.multiply` of numbers that are not both the smallest one."""
    return (a * b + (np.int64(1) << np.int64(30))) >> np.int64(31)


@helper
def reciprocal(x: Any) -> Any:
    """``1 / (1 + x)``, as `pytflite.arithmetic.gemmlowp.one_over_one_plus_x`."""
    low, high = np.int64(-(1 << 31)), np.int64((1 << 31) - 1)
    half_denominator = (x + high + np.int64(1)) >> np.int64(1)
    result = np.int64(1515870810) + high_product(half_denominator, np.int64(-1010580540))
    for _ in range(3):
        error = np.int64(1 << 29) - high_product(half_denominator, result)
        result += min(max(high_product(result, error) << np.int64(2), low), high)
    return min(max(result << np.int64(1), low), high)


def make_softmax() -> Callable[..., None]:
    """Rows of codes, through a table of exps.

    Words: input, output, rows, depth, exps (256 int64), flip, and a word that is set where too many codes are near the
    largest; such a row is left out. Scratch: 256 bytes.
    """

    def softmax(p: Any, scratch: Any, part: Any, parts: Any) -> None:
        rows, depth, flip = word(p, 2), word(p, 3), np.uint8(word(p, 5))
        source = carray(pointer(word(p, 0), np.uint8), (rows, depth))
        target = carray(pointer(word(p, 1), np.uint8), (rows, depth))
        exps, results = carray(pointer(word(p, 4), np.int64), 256), carray(pointer(scratch, np.uint8), 256)
        for n in range(rows):
            largest = np.int8(-128)
            for c in range(depth):
                largest = max(largest, np.int8(source[n, c] ^ flip))
            top = np.int64(largest)
            sum = np.int64(0)
            for c in range(depth):
                sum += (exps[top - np.int64(np.int8(source[n, c] ^ flip))] + np.int64(2048)) >> np.int64(12)
            headroom = np.int64(0)
            while (sum << headroom) & np.int64(1 << 31) == 0:
                headroom += 1
            shift = np.int64(12) - headroom + np.int64(31 - 8)
            if shift > 31:
                put_word(word(p, 6), 0, 1)
                continue
            inverse = reciprocal((sum << headroom) - np.int64(1 << 31))
            for difference in range(256):
                product = high_product(inverse, exps[difference])
                code = (product + (np.int64(1) << (shift - np.int64(1)))) >> shift
                code = min(code - np.int64(128), np.int64(127))
                results[difference] = np.uint8(code & np.int64(255)) ^ flip
            for c in range(depth):
                target[n, c] = results[top - np.int64(np.int8(source[n, c] ^ flip))]

    return softmax


def make_float_softmax(target_bytes: int) -> Callable[..., None]:
    """Rows of codes, through a table of exps, in float32, to codes of one byte or two.

    Words: input, output, rows, depth, exps (256 float32, 1 at most), scale of the output (a float32), flip of the
    input, whether one half is added to round, zero point, low, high. Scratch: 256 codes.
    """
    target_type, bits = UNSIGNED[target_bytes], (1 << 8 * target_bytes) - 1

    def float_softmax(p: Any, scratch: Any, part: Any, parts: Any) -> None:
        rows, depth, flip = word(p, 2), word(p, 3), np.uint8(word(p, 6))
        source = carray(pointer(word(p, 0), np.uint8), (rows, depth))
        target = carray(pointer(word(p, 1), target_type), (rows, depth))
        exps, results = carray(pointer(word(p, 4), np.float32), 256), carray(pointer(scratch, target_type), 256)
        scale, half_up = carray(pointer(word(p, 5), np.float32), 1)[0], word(p, 7) != 0
        for n in range(rows):
            largest = np.int8(-128)
            for c in range(depth):
                largest = max(largest, np.int8(source[n, c] ^ flip))
            top = np.int64(largest)
            sum = np.float32(0)
            for c in range(depth):
                sum += exps[top - np.int64(np.int8(source[n, c] ^ flip))]
            inverse = np.float32(1) / np.float32(sum * scale)
            for difference in range(256):
                real = np.float32(exps[difference] * inverse)
                rounded = np.int64(real + np.float32(0.5)) if half_up else round_float(real, False)
                code = min(max(rounded + word(p, 8), word(p, 9)), word(p, 10))
                results[difference] = target_type(code & np.int64(bits))
            for c in range(depth):
                target[n, c] = results[top - np.int64(np.int8(source[n, c] ^ flip))]

    return float_softmax


MAKERS: dict[str, Callable[..., Callable[..., None]]] = {
    "copy": make_copy,
    "flip": make_flip,
    "lookup": make_lookup,
    "refuse": make_refuse,
    "pairs": make_pairs,
    "formula": make_formula,
    "mean": make_mean,
    "scaled_sum": make_scaled_sum,
    "average_pool": make_average_pool,
    "max_pool": make_max_pool,
    "arg_max": make_arg_max,
    "softmax": make_softmax,
    "float_softmax": make_float_softmax,
}
