"""The LSTM of float32, one sequence after the other: sums in four lanes, functions as `arithmetic.eigen` has them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numba
import numpy as np

from pytflite.arithmetic.eigen import (
    EXP_EVEN,
    EXP_ODD,
    LANES,
    LN_2_HIGH,
    LN_2_LOW,
    LOG2_E,
    LOGISTIC_END,
    LOGISTIC_START,
    TANH_DENOMINATOR,
    TANH_END,
    TANH_NUMERATOR,
)
from pytflite.kernels._compile import helper
from pytflite.kernels.engine.float_small import call_libm, clamped
from pytflite.kernels.engine.memory import pointer, word

carray: Any = numba.carray  # type: ignore[attr-defined]

LARGEST = np.finfo(np.float32).max


@helper
def product(weights: Any, vector: Any, depth: Any) -> Any:
    """The product of two vectors at addresses: four running sums, then what is left, one by one."""
    left, right = carray(pointer(weights, np.float32), depth), carray(pointer(vector, np.float32), depth)
    whole = depth // 4 * 4
    a, b, c, d = np.float32(0), np.float32(0), np.float32(0), np.float32(0)
    for k in range(0, whole, 4):
        a += left[k] * right[k]
        b += left[k + 1] * right[k + 1]
        c += left[k + 2] * right[k + 2]
        d += left[k + 3] * right[k + 3]
    total = (a + c) + (b + d)
    for k in range(whole, depth):
        total += left[k] * right[k]
    return total


@helper
def tanh(x: Any) -> Any:
    """`arithmetic.eigen.tanh`."""
    x = clamped(x, np.float32(-TANH_END), np.float32(TANH_END))
    square = x * x
    numerator, denominator = np.float32(TANH_NUMERATOR[0]), np.float32(TANH_DENOMINATOR[0])
    for coefficient in TANH_NUMERATOR[1:]:
        numerator = numerator * square + np.float32(coefficient)
    for coefficient in TANH_DENOMINATOR[1:]:
        denominator = denominator * square + np.float32(coefficient)
    return (square * x * numerator + x) / denominator


@helper
def logistic(x: Any, packed: Any, powers: Any, expf: Any) -> Any:
    """`arithmetic.eigen.logistic` of a number within a packet or without."""
    one = np.float32(1)
    capped = np.float32(LOGISTIC_END) if x > np.float32(LOGISTIC_END) else x
    if not packed:
        exponential = call_libm(expf, capped)
        return exponential / (one + exponential)
    if x < np.float32(LOGISTIC_START) or np.isnan(x):
        return np.float32(0) if x < np.float32(LOGISTIC_START) else x
    half = capped * np.float32(0.5)
    power = np.floor(half * np.float32(LOG2_E) + np.float32(0.5))
    rest = power * np.float32(-LN_2_HIGH) + half
    rest = power * np.float32(-LN_2_LOW) + rest
    square = rest * rest
    odd = np.float32(EXP_ODD[0]) * square + np.float32(EXP_ODD[1])
    even = np.float32(EXP_EVEN[0]) * square + np.float32(EXP_EVEN[1])
    series = square * (rest * odd + even) + (rest + one)
    root = np.float32(np.float64(series) * powers[np.int64(power) + 127])
    exponential = root * root
    return exponential / (one + exponential)


def make() -> Callable[..., None]:
    """The LSTM of `ops._shared.lstm_float` with tanh, without peepholes, normalization and projection.

    Words: input, output, output state, cell state, batches, times, inputs, cells, steps of the input along time and
    batch in floats, the same of the output, number of gates (input, cell, forget, output; the first may be absent),
    input weights, recurrent weights and biases of all gates, address of the clip, powers of two from -127 (float64),
    address of expf. Scratch: the gates.
    """

    def float_lstm(p: Any, scratch: Any, part: Any, parts: Any) -> None:
        batches, inputs, cells, count, expf = word(p, 4), word(p, 6), word(p, 7), word(p, 12), word(p, 18)
        biases, powers = (
            carray(pointer(word(p, 15), np.float32), count * cells),
            carray(pointer(word(p, 17), np.float64), 255),
        )
        gates, clip = (
            carray(pointer(scratch, np.float32), count * cells),
            carray(pointer(word(p, 16), np.float32), 1)[0],
        )
        low, high, first = np.float32(-LARGEST), np.float32(LARGEST), count - 3
        for t in range(word(p, 5)):
            for n in range(batches):
                vector = word(p, 0) + 4 * (t * word(p, 8) + n * word(p, 9))
                before, after = word(p, 2) + 4 * n * cells, word(p, 1) + 4 * (t * word(p, 10) + n * word(p, 11))
                for i in range(count * cells):
                    total = clamped(product(word(p, 13) + 4 * i * inputs, vector, inputs) + biases[i], low, high)
                    gates[i] = clamped(product(word(p, 14) + 4 * i * cells, before, cells) + total, low, high)
                cell = carray(pointer(word(p, 3) + 4 * n * cells, np.float32), cells)
                state, output = carray(pointer(before, np.float32), cells), carray(pointer(after, np.float32), cells)
                for gate in range(count):
                    aside = -(gate * batches * cells + n * cells) % LANES
                    end = aside + (cells - aside) // LANES * LANES
                    for c in range(cells):
                        i = gate * cells + c
                        if gate == first:
                            gates[i] = tanh(gates[i])
                        else:
                            gates[i] = logistic(gates[i], c >= aside and c < end, powers, expf)
                for c in range(cells):
                    forget = gates[(first + 1) * cells + c]
                    let_in = gates[c] if first == 1 else np.float32(1) - forget
                    new = forget * cell[c] + gates[first * cells + c] * let_in
                    cell[c] = clamped(new, -clip, clip) if clip > 0 else new
                    state[c] = gates[(first + 2) * cells + c] * tanh(cell[c])
                    output[c] = state[c]

    return float_lstm
