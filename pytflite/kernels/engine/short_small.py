"""Kernels of codes that are not all 8-bit: tables, sums and products of int16, QUANTIZE of floats, SOFTMAX to int16."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numba import types

from pytflite.kernels._front import helper
from pytflite.kernels.engine._ir import Loop, at, call, constant, counted, i16, i32, i64, load, shuffle, splat, vector
from pytflite.kernels.engine.epilogue import HEAD, RECIPES
from pytflite.kernels.engine.isa import ISA, LANES, int16s, int32s
from pytflite.kernels.engine.memory import carray, emitted, pointer, rows_of, share, start_of, word
from pytflite.kernels.engine.packing import HALVED, SPLIT
from pytflite.kernels.engine.recurrent import scaled
from pytflite.kernels.engine.short_gemm import store_shorts
from pytflite.kernels.engine.small import SIGNED, UNSIGNED, high_product, reciprocal
from pytflite.kernels.engine.words import DIVIDED, DIVIDED_IN_FLOAT64, MUL, RECIPROCAL, SATURATED, SUB


def make_table(source_bytes: int, target_bytes: int) -> Callable[..., None]:
    """What becomes of each code, by its bits without a sign. Words: input, output, count, table."""
    source_type, target_type, entries = UNSIGNED[source_bytes], UNSIGNED[target_bytes], 1 << 8 * source_bytes

    def table(p: Any, scratch: Any, part: Any, parts: Any) -> None:
        count = word(p, 2)
        source = carray(pointer(word(p, 0), source_type), count)
        target = carray(pointer(word(p, 1), target_type), count)
        values = carray(pointer(word(p, 3), target_type), entries)
        first, last = share(count, part, parts)
        for i in range(first, last):
            target[i] = values[source[i]]

    return table


@helper
def to_int32(x: Any) -> Any:
    """A float that is whole; the smallest int32 where it is none."""
    return np.int32(x) if abs(x) < 2147483648.0 else np.int32(-(1 << 31))


@helper
def half_away(scaled: Any) -> Any:
    """A float to the nearest int32, ties away from zero; the smallest one where it is none."""
    fits = abs(scaled) < np.float32(2.0**31)
    scaled = scaled if fits else np.float32(0)
    whole = np.int32(scaled)
    rest = scaled - np.float32(whole)
    whole += np.int32(rest >= np.float32(0.5)) - np.int32(rest <= np.float32(-0.5))
    return np.int32(whole) if fits else np.int32(-(1 << 31))


@helper
def half_away_in_float64(scaled: Any) -> Any:
    """The same of a float64."""
    whole = np.trunc(scaled)
    whole += np.float64(scaled - whole >= 0.5) - np.float64(scaled - whole <= -0.5)
    return to_int32(whole)


@helper
def saturated(scaled: Any, largest: Any) -> Any:
    """A float, or one that it is to be below, to the nearest int32, ties to even; not so small that sums would wrap."""
    return max(to_int32(np.rint(scaled if scaled < largest else largest)), np.int32(-(1 << 30)))


ROUNDINGS: dict[int, Callable[..., Any]] = {
    DIVIDED: helper(lambda x, scale, largest: half_away(x / scale)),
    DIVIDED_IN_FLOAT64: helper(lambda x, scale, largest: half_away_in_float64(np.float64(x) / np.float64(scale))),
    RECIPROCAL: helper(lambda x, scale, largest: to_int32(np.rint(x * (np.float32(1) / scale)))),
    SATURATED: helper(lambda x, scale, largest: saturated(x * (np.float32(1) / scale), largest)),
}


def make_quantize(target_bytes: int, rounding: int) -> Callable[..., None]:
    """QUANTIZE of float32, one of `words.DIVIDED` and so on.

    Words: input, output, count, address of the scale and of what scaled numbers saturate at, zero point, low, high.
    """
    target_type, rounded = SIGNED[target_bytes], ROUNDINGS[rounding]

    def quantize(p: Any, scratch: Any, part: Any, parts: Any) -> None:
        constants = carray(pointer(word(p, 3), np.float32), 2)
        scale, largest = constants[0], constants[1]
        zero_point, low, high = np.int32(word(p, 4)), np.int32(word(p, 5)), np.int32(word(p, 6))
        first, last = share(word(p, 2), part, parts)
        source = carray(pointer(word(p, 0) + 4 * first, np.float32), last - first)
        target = carray(pointer(word(p, 1) + target_bytes * first, target_type), last - first)
        for i in range(last - first):
            code = np.int32(rounded(source[i], scale, largest) + zero_point)
            code = low if code < low else code
            target[i] = target_type(high if code > high else code)

    return quantize


def make_requantize(target_bytes: int) -> Callable[..., None]:
    """QUANTIZE of int32.

    Words: input, output, count, offset, multiplier, left shift, right shift, output offset, low, high.
    """
    target_type = SIGNED[target_bytes]

    def requantize(p: Any, scratch: Any, part: Any, parts: Any) -> None:
        count, offset, multiplier, left, right = word(p, 2), word(p, 3), word(p, 4), word(p, 5), word(p, 6)
        source = carray(pointer(word(p, 0), np.int32), count)
        target = carray(pointer(word(p, 1), target_type), count)
        low, high = word(p, 8), word(p, 9)
        first, last = share(count, part, parts)
        for i in range(first, last):
            shifted = np.int64(np.int32(np.int64(np.int32(np.int64(source[i]) + offset)) << left))
            code = np.int64(np.int32(scaled(shifted, multiplier, right) + word(p, 7)))
            target[i] = target_type(min(max(code, low), high))

    return requantize


def make_softmax() -> Callable[..., None]:
    """Rows of 8-bit codes to int16. Words: input, output, rows, depth, exps (256 int64), flip."""

    def short_softmax(p: Any, scratch: Any, part: Any, parts: Any) -> None:
        rows, depth, flip = word(p, 2), word(p, 3), np.uint8(word(p, 5))
        source = carray(pointer(word(p, 0), np.uint8), (rows, depth))
        target = carray(pointer(word(p, 1), np.int16), (rows, depth))
        exps = carray(pointer(word(p, 4), np.int64), 256)
        first, last = share(rows, part, parts)
        for n in range(first, last):
            largest = np.int8(-128)
            for c in range(depth):
                largest = max(largest, np.int8(source[n, c] ^ flip))
            top, sum, headroom = np.int64(largest), np.int64(0), np.int64(0)
            for c in range(depth):
                sum += (exps[top - np.int64(np.int8(source[n, c] ^ flip))] + np.int64(2048)) >> np.int64(12)
            while (sum << headroom) & np.int64(1 << 31) == 0:
                headroom += 1
            shift = np.int64(12 + 31 - 16) - headroom
            inverse = reciprocal((sum << headroom) - np.int64(1 << 31))
            for c in range(depth):
                product = high_product(inverse, exps[top - np.int64(np.int8(source[n, c] ^ flip))])
                code = (product + (np.int64(1) << (shift - np.int64(1)))) >> shift
                target[n, c] = np.int16(min(code - np.int64(1 << 15), np.int64((1 << 15) - 1)))

    return short_softmax


def make_table_softmax() -> Callable[..., None]:
    """Rows of int16 through a table of exps, and one of reciprocals between whose entries lies a line.

    Words: input, output, rows, depth, exps (65536 int16, of differences from -65535 to 0), reciprocals (513 int16),
    high.
    """

    def table_softmax(p: Any, scratch: Any, part: Any, parts: Any) -> None:
        rows, depth, high = word(p, 2), word(p, 3), word(p, 6)
        source = carray(pointer(word(p, 0), np.int16), (rows, depth))
        target = carray(pointer(word(p, 1), np.int16), (rows, depth))
        exps = carray(pointer(word(p, 4), np.int16), 1 << 16)
        reciprocals = carray(pointer(word(p, 5), np.int16), 513)
        first, last = share(rows, part, parts)
        for n in range(first, last):
            largest = np.int16(-(1 << 15))
            for c in range(depth):
                largest = max(largest, source[n, c])
            top, sum, headroom = np.int64((1 << 16) - 1) - np.int64(largest), np.int64(0), np.int64(0)
            for c in range(depth):
                sum += np.int64(exps[top + np.int64(source[n, c])])
            while (sum << headroom) & np.int64(1 << 30) == 0:
                headroom += 1
            above_one = (((sum << headroom) + np.int64(1 << 13)) >> np.int64(14)) - np.int64(1 << 16)
            place = min(above_one, np.int64((1 << 16) - 1))
            entry, offset = place >> np.int64(7), place & np.int64(127)
            start = np.int64(reciprocals[entry])
            slope = np.int64(reciprocals[entry + 1]) - start
            inverse = start + ((slope * offset + np.int64(64)) >> np.int64(7))
            shift = np.int64(30) - headroom
            half = np.int64(1) << (shift - np.int64(1))
            for c in range(depth):
                quotient = (np.int64(exps[top + np.int64(source[n, c])]) * inverse + half) >> shift
                target[n, c] = np.int16(min(quotient, high))

    return table_softmax


@emitted
def wide_dot(typing: Any, left: Any, right: Any, groups: Any) -> Any:
    """The sum of products of so many vectors of int16; int64.

    Two products fit into int32 but for one sum, 2**31; less 1, all do.
    """

    def emit(context: Any, b: Any, signature: Any, arguments: Any) -> Any:
        left, right, groups = arguments
        sums = vector(i64, LANES)

        def turn(index: Any, carried: list[Any]) -> list[Any]:
            offset = b.mul(index, constant(i64, 4 * LANES))
            x, y = (load(b, b.add(address, offset), int16s) for address in (left, right))
            return [b.add(carried[0], b.sext(ISA.dot(b, constant(int32s, -1), x, y), sums))]

        (total,) = counted(b, constant(i64, 0), 1, groups, [constant(sums, 0)], turn)
        less = call(b, f"llvm.vector.reduce.add.v{LANES}i64", i64, [total])
        return b.add(less, b.mul(groups, constant(i64, LANES)))

    return types.int64(types.int64, types.int64, types.int64), emit


@helper
def pack_row(source: Any, step: Any, target: Any, depth: Any, end: Any) -> None:
    """Elements of an array, one every so many, as int16 side by side, and zeros up to an end."""
    row = carray(pointer(target, np.int16), end)
    for c in range(depth):
        row[c] = np.int16(source[c * step])
    for c in range(depth, end):
        row[c] = np.int16(0)


def make_two_matrices(rhs_bytes: int) -> Callable[..., None]:
    """Products of two matrices of int16, or int16 and int8: rows of one with rows of the other, along both depths.

    Words: left, right, output, rows, columns, depth, elements from row to row and along the depth of left, the same
    of right, multiplier, right shift, low, high, then sizes of the batch dimensions, and elements from matrix to matrix
    along them of left and of right.
    Scratch: a row of left and all rows of right, as int16, each in whole vectors.
    """
    right_type, width = SIGNED[rhs_bytes], 2 * LANES

    def two_matrices(p: Any, scratch: Any, part: Any, parts: Any) -> None:
        rows, columns, depth = word(p, 3), word(p, 4), word(p, 5)
        row1, step1, row2, step2 = word(p, 6), word(p, 7), word(p, 8), word(p, 9)
        multiplier, shift, low, high = word(p, 10), word(p, 11), word(p, 12), word(p, 13)
        half, groups = np.int64(1) << (shift - np.int64(1)), (depth + width - 1) // width
        bytes, packed = 2 * width * groups, scratch + 2 * width * groups
        first, last = share(word(p, 14) * word(p, 15) * word(p, 16) * rows, part, parts)
        for k in range(first, last):
            batch, i = k // rows, k % rows
            inner, outer = batch % word(p, 16), batch // word(p, 16)
            middle, outer = outer % word(p, 15), outer // word(p, 15)
            start1 = outer * word(p, 17) + middle * word(p, 18) + inner * word(p, 19) + i * row1
            if i == 0 or k == first:
                start2 = outer * word(p, 20) + middle * word(p, 21) + inner * word(p, 22)
                right = carray(pointer(word(p, 1) + rhs_bytes * start2, right_type), columns * row2 + depth * step2)
                for j in range(columns):
                    pack_row(right[j * row2 :], step2, packed + j * bytes, depth, width * groups)
            left = carray(pointer(word(p, 0) + 2 * start1, np.int16), depth * step1)
            pack_row(left, step1, scratch, depth, width * groups)
            target = carray(pointer(word(p, 2) + 2 * k * columns, np.int16), columns)
            for j in range(columns):
                sum = wide_dot(scratch, packed + j * bytes, groups)
                code = np.int64(np.int32((sum * multiplier + half) >> shift))
                target[j] = np.int16(min(max(code, low), high))

    return two_matrices


def rescaled(b: Any, recipe: int, x: Any, left: Any, start: Any, constants: Any) -> Any:
    """An input at the scale of a sum.

    Args:
        b: the builder.
        recipe: index into `RECIPES`, `HALVED` or `SPLIT`.
        x: int16 as int32.
        left: by how much to shift first; by 15 for `HALVED`, where the product is with a half, and for `SPLIT`.
        start: of the recipe.
        constants: of the recipe. Of `SPLIT`, int32: the upper and the lower 16 bits of the multiplier, whose products
            fit into int32; a half, what is added to negative numbers, and the shift of the last rounding.
    """
    if recipe == HALVED:
        return b.shl(x, constant(int32s, 14))
    if recipe == SPLIT:
        upper, lower, half, mask, shift = (load(b, constants, int32s, 4 * LANES * k) for k in range(5))
        rest = b.ashr(b.add(b.mul(x, lower), constant(int32s, 1 << 15)), constant(int32s, 16))
        high, sign = b.add(b.mul(x, upper), rest), b.ashr(x, constant(int32s, 31))
        return b.ashr(b.add(high, b.add(half, b.and_(sign, mask))), shift)
    return RECIPES[recipe](b, b.add(b.shl(x, left), start), constants)


@emitted(prefer_literal=True)
def row(
    typing: Any, operation: Any, recipe1: Any, recipe2: Any, recipe: Any, step1: Any, step2: Any,
    input1: Any, input2: Any, output: Any, heads: Any, shifts: Any, bounds: Any, count: Any,
) -> Any:  # fmt: skip
    """Elements side by side, two vectors at a time.

    Args:
        typing: of numba.
        operation: MUL, ADD or SUB; a literal, as are the next five.
        recipe1: of the first input, see `rescaled`; a product does without.
        recipe2: of the second one.
        recipe: of the sum or product, index into `RECIPES`.
        step1: whether the first input moves on; otherwise it has one element.
        step2: the same of the second one.
        input1: address.
        input2: address.
        output: address.
        heads: address of the heads of output, first and second input.
        shifts: address of those to the left, of both inputs of a sum: int32.
        bounds: address of the two bounds of the activation: int16.
        count: how many elements, at least one.
    """
    literals = [value.literal_value for value in (operation, recipe1, recipe2, recipe, step1, step2)]

    def emit(context: Any, b: Any, signature: Any, arguments: Any) -> Any:
        _emit_row(b, *literals, *arguments[6:])
        return context.get_dummy_value()

    return types.void(operation, recipe1, recipe2, recipe, step1, step2, *[types.int64] * 7), emit


def _emit_row(
    b: Any, operation: int, recipe1: int, recipe2: int, recipe: int, step1: int, step2: int,
    input1: Any, input2: Any, output: Any, heads: Any, shifts: Any, bounds: Any, count: Any,
) -> None:  # fmt: skip
    starts = [load(b, heads, int32s, HEAD * k, 4) for k in range(3)]
    left = [splat(b, load(b, shifts, i32, 4 * k, 4), LANES) for k in range(2)]
    loop = Loop(b, constant(i64, 0), [])
    offset = b.shl(loop.index, constant(i64, 1))
    operands = []
    for address, step in ((input1, step1), (input2, step2)):
        codes = load(b, b.add(address, offset), int16s) if step else splat(b, load(b, address, i16, align=2), 2 * LANES)
        operands.append([b.sext(shuffle(b, range(first, first + LANES), codes), int32s) for first in (0, LANES)])
    halves = []
    for pair in zip(*operands, strict=True):
        if operation == MUL:
            total = b.mul(*pair)
        else:
            scaled = [
                rescaled(b, own, x, left[k - 1], starts[k], at(b, heads, HEAD * k + 4 * LANES))
                for k, (x, own) in enumerate(zip(pair, (recipe1, recipe2), strict=True), 1)
            ]
            total = b.sub(*scaled) if operation == SUB else b.add(*scaled)
        halves.append(RECIPES[recipe](b, b.add(total, starts[0]), at(b, heads, 4 * LANES)))
    codes = ISA.narrow_to_16(b, halves)
    for k, name in enumerate(("smax", "smin")):
        bound = splat(b, load(b, bounds, i16, 2 * k, 2), 2 * LANES)
        codes = call(b, f"llvm.{name}.v{2 * LANES}i16", vector(i16, 2 * LANES), [codes, bound])
    store_shorts(b, codes, b.add(output, offset), b.sub(count, loop.index))
    loop.end(2 * LANES, count, [])


def make_two(
    operation: int, recipe1: int, recipe2: int, recipe: int, step1: int, step2: int
) -> Callable[..., None]:  # fmt: skip
    """Sums and products of int16; literals as of `row`.

    Words: input 1, input 2, output, heads, shifts, bounds, walk of the three.
    """

    def short_two(p: Any, scratch: Any, part: Any, parts: Any) -> None:
        first, last, lower, upper = rows_of(p, 6, part, parts)
        if lower >= upper:
            return
        for i in range(first, last):
            start1 = word(p, 0) + start_of(p, 6, 0, i) + 2 * lower * step1
            start2 = word(p, 1) + start_of(p, 6, 1, i) + 2 * lower * step2
            output = word(p, 2) + start_of(p, 6, 2, i) + 2 * lower
            row(
                operation, recipe1, recipe2, recipe, step1, step2, start1, start2, output,
                word(p, 3), word(p, 4), word(p, 5), upper - lower,
            )  # fmt: skip

    return short_two


MAKERS: dict[str, Callable[..., Callable[..., None]]] = {
    "table": make_table,
    "quantize": make_quantize,
    "requantize_int32": make_requantize,
    "short_softmax": make_softmax,
    "table_softmax": make_table_softmax,
    "two_matrices": make_two_matrices,
    "short_two": make_two,
}
