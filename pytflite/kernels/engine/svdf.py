"""SVDF: features of the newest input, and sums of all features that are remembered."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from llvmlite import ir
from numba import types

from pytflite.kernels._front import helper
from pytflite.kernels.engine._ir import at, call, constant, counted, f32, i16, i32, i64, load, store, vector
from pytflite.kernels.engine.epilogue import HEAD, RECIPES, finish, store_codes
from pytflite.kernels.engine.float_lstm import activate_row
from pytflite.kernels.engine.isa import LANES, int32s
from pytflite.kernels.engine.memory import carray, emitted, pointer, word
from pytflite.kernels.engine.recurrent import NO_SOURCE, shorts, widen_less


@emitted(prefer_literal=True)
def move_down(typing: Any, bits: Any, state: Any, count: Any) -> Any:
    """Move ``count`` elements one place down; reads whole vectors behind them, and writes none of that.

    Args:
        typing: of numba.
        bits: of an element; a literal.
        state: address of the first place.
        count: how many elements follow it.
    """
    literal = bits.literal_value

    def emit(context: Any, b: Any, signature: Any, arguments: Any) -> Any:
        _, state, count = arguments
        size, element = literal // 8, ir.IntType(literal)

        def turn(type: Any) -> Callable[..., list[Any]]:
            def emit_turn(index: Any, carried: list[Any]) -> list[Any]:
                place = b.add(state, b.mul(index, constant(i64, size)))
                store(b, load(b, place, type, size), place)
                return []

            return emit_turn

        lanes = 32 // size
        whole = b.and_(count, constant(i64, -lanes))
        counted(b, constant(i64, 0), lanes, whole, [], turn(vector(element, lanes)))
        counted(b, whole, 1, count, [], turn(element))
        return context.get_dummy_value()

    return types.void(bits, types.int64, types.int64), emit


@emitted
def dot_of_shorts(typing: Any, left: Any, right: Any, groups: Any) -> Any:
    """The sum of products of so many groups of 8 int16; int32, which wraps."""

    def emit(context: Any, b: Any, signature: Any, arguments: Any) -> Any:
        left, right, groups = arguments
        halves, sums = vector(i16, 8), vector(i32, 8)

        def turn(index: Any, carried: list[Any]) -> list[Any]:
            offset = b.shl(index, constant(i64, 4))
            x, y = (b.sext(load(b, b.add(address, offset), halves), sums) for address in (left, right))
            return [b.add(carried[0], b.mul(x, y))]

        (total,) = counted(b, constant(i64, 0), 1, groups, [constant(sums, 0)], turn)
        return call(b, "llvm.vector.reduce.add.v8i32", i32, [total])

    return types.int32(types.int64, types.int64, types.int64), emit


@emitted(prefer_literal=True)
def finish_codes(typing: Any, recipe: Any, totals: Any, heads: Any, constants: Any, output: Any, count: Any) -> Any:
    """Requantize int32 sums, and write ``count`` codes of int8.

    Args:
        typing: of numba.
        recipe: index into `RECIPES`; a literal.
        totals: address of the sums; whole vectors of 16 are read.
        heads: address of the heads.
        constants: see `epilogue.finish`.
        output: address of the codes.
        count: how many.
    """
    literal, vectors = recipe.literal_value, 16 // LANES

    def emit(context: Any, b: Any, signature: Any, arguments: Any) -> Any:
        _, totals, heads, constants, output, count = arguments

        def turn(index: Any, carried: list[Any]) -> list[Any]:
            (own,) = carried
            place, parts = b.add(totals, b.shl(index, constant(i64, 2))), []
            for v in range(vectors):
                head = at(b, own, HEAD * v)
                sums = b.add(load(b, place, int32s, 4 * LANES * v), load(b, head, int32s))
                parts.append(RECIPES[literal](b, sums, at(b, head, 4 * LANES)))
            store_codes(b, finish(b, parts, constants), b.add(output, index), b.sub(count, index))
            return [at(b, own, HEAD * vectors)]

        counted(b, constant(i64, 0), 16, count, [heads], turn)
        return context.get_dummy_value()

    return types.void(recipe, *[types.int64] * 5), emit


(
    INPUT, OUTPUT, STATE, FEATURE_WEIGHTS, FEATURE_BLOCKS, FEATURE_BYTES, BATCHES, INPUTS,
    FILTERS, MEMORY, RANK, ZERO_POINT, TIME_WEIGHTS, TIME_GROUPS, LAST_WEIGHTS, HEADS, FINISH,
) = range(17)  # fmt: skip
"""Words of `make_svdf`. Time weights are those of the state before it moves on, some groups of 8 int16 for each unit;
those of the newest features are apart."""


def make_svdf(recipe: int, time_recipe: int) -> Callable[..., None]:
    """SVDF of int8 with an int16 state, as `ops.svdf` has it.

    Scratch: the input as int16, the features of all batches, the sums of all units, each with room for whole vectors.

    Args:
        recipe: of the features.
        time_recipe: of the outputs.
    """

    def svdf(p: Any, scratch: Any, part: Any, parts: Any) -> None:
        batches, inputs, filters = word(p, BATCHES), word(p, INPUTS), word(p, FILTERS)
        memory, rank, groups = word(p, MEMORY), word(p, RANK), word(p, TIME_GROUPS)
        pairs, units, size = (inputs + 1) // 2, filters // rank, filters * memory
        place = scratch + 4 * pairs
        totals_place = place + 2 * batches * filters + 4 * LANES
        totals = carray(pointer(totals_place, np.int32), units)
        features = carray(pointer(place, np.int16), batches * filters)
        states = carray(pointer(word(p, STATE), np.int16), batches * size)
        weights = carray(pointer(word(p, LAST_WEIGHTS), np.int16), filters)
        for n in range(batches):
            widen_less(word(p, INPUT) + n * inputs, scratch, inputs, word(p, ZERO_POINT))
            for block in range(word(p, FEATURE_BLOCKS)):
                shorts(
                    recipe, NO_SOURCE, scratch, pairs, 0, 0, word(p, FEATURE_WEIGHTS) + block * word(p, FEATURE_BYTES),
                    place + 2 * n * filters + 4 * LANES * block,
                )  # fmt: skip
            for unit in range(units):
                before = word(p, STATE) + 2 * (n * size + unit * rank * memory)
                totals[unit] = dot_of_shorts(before, word(p, TIME_WEIGHTS) + 16 * groups * unit, groups)
            for k in range(rank):
                for unit in range(units):
                    c = unit * rank + k
                    newest = np.int32(features[n * filters + c]) * np.int32(weights[c])
                    totals[unit] = np.int32(totals[unit] + newest)
            finish_codes(time_recipe, totals_place, word(p, HEADS), word(p, FINISH), word(p, OUTPUT) + n * units, units)
        move_down(16, word(p, STATE), batches * size - 1)
        for c in range(batches * filters):
            states[c * memory + memory - 1] = features[c]

    return svdf


FOUR = 4
"""Lanes of `pytflite.ops._shared.lanes.neon_sums`."""


@emitted
def dot_of_floats(typing: Any, left: Any, right: Any, count: Any) -> Any:
    """The sum of ``count`` products as `neon_sums` has it."""

    def emit(context: Any, b: Any, signature: Any, arguments: Any) -> Any:
        left, right, count = arguments
        quad, whole = vector(f32, FOUR), b.and_(count, constant(i64, -FOUR))

        def turn(type: Any) -> Callable[..., list[Any]]:
            def emit_turn(index: Any, carried: list[Any]) -> list[Any]:
                offset = b.shl(index, constant(i64, 2))
                x, y = (load(b, b.add(address, offset), type, align=4) for address in (left, right))
                return [b.fadd(carried[0], b.fmul(x, y))]

            return emit_turn

        (sums,) = counted(b, constant(i64, 0), FOUR, whole, [constant(quad, 0.0)], turn(quad))
        total, *others = (b.extract_element(sums, constant(i32, lane)) for lane in range(FOUR))
        for other in others:
            total = b.fadd(total, other)
        return counted(b, whole, 1, count, [total], turn(f32))[0]

    return types.float32(types.int64, types.int64, types.int64), emit


@helper
def neon_sum(values: Any, count: Any) -> Any:
    """`pytflite.ops._shared.lanes.neon_sums` of an array."""
    whole = count // FOUR * FOUR
    a, b, c, d = np.float32(0), np.float32(0), np.float32(0), np.float32(0)
    for k in range(0, whole, FOUR):
        a += values[k]
        b += values[k + 1]
        c += values[k + 2]
        d += values[k + 3]
    total = a + b + c + d
    for k in range(whole, count):
        total += values[k]
    return total


def make_remember(activation: int) -> Callable[..., None]:
    """SVDF of a float32 state, from the features of this step on.

    Words: features, state, time weights, bias or 0, output, batches, filters, memory, rank. Scratch: what each filter
    sees.

    Args:
        activation: index into `words.ACTIVATIONS`.
    """

    def float_svdf(p: Any, scratch: Any, part: Any, parts: Any) -> None:
        batches, filters, memory, rank = word(p, 5), word(p, 6), word(p, 7), word(p, 8)
        units = filters // rank
        features = carray(pointer(word(p, 0), np.float32), batches * filters)
        states = carray(pointer(word(p, 1), np.float32), batches * filters * memory)
        output = carray(pointer(word(p, 4), np.float32), batches * units)
        seen = carray(pointer(scratch, np.float32), filters)
        move_down(32, word(p, 1), batches * filters * memory - 1)
        for c in range(batches * filters):
            states[c * memory + memory - 1] = features[c]
        for n in range(batches):
            for c in range(filters):
                row = word(p, 1) + 4 * (n * filters + c) * memory
                seen[c] = dot_of_floats(row, word(p, 2) + 4 * c * memory, memory)
            for unit in range(units):
                total = neon_sum(seen[unit * rank : (unit + 1) * rank], rank)
                if word(p, 3) != 0:
                    total += carray(pointer(word(p, 3), np.float32), units)[unit]
                output[n * units + unit] = total
            place = word(p, 4) + 4 * n * units
            activate_row(activation, place, units, place, place)

    return float_svdf


MAKERS: dict[str, Callable[..., Callable[..., None]]] = {"svdf": make_svdf, "float_svdf": make_remember}
