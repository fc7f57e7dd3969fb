"""Operators that sum products of elements and weights."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from pytflite.ops._shared.windows import Window
from pytflite.tools.anatomy.parts import Anatomy, Index, Subject, Term, shared, unflat

Array = npt.NDArray[Any]


def products(
    values: Array, value_at: Sequence[Index], weights: Array, weight_at: Sequence[Index], offsets: tuple[int, int]
) -> tuple[tuple[Term, ...], dict[str, int]]:
    """Terms and folded zero points from codes and weights, element by element."""
    input_offset, weight_offset = offsets
    codes = [int(values[i]) for i in value_at]
    coefficients = [int(weights[i]) for i in weight_at]
    terms = tuple(
        Term(
            "input",
            i,
            code,
            code + input_offset,
            j,
            coefficient + weight_offset,
            (code + input_offset) * (coefficient + weight_offset),
        )
        for i, code, j, coefficient in zip(value_at, codes, weight_at, coefficients, strict=True)
    )
    folded = {"codes times weights": sum(c * w for c, w in zip(codes, coefficients, strict=True))}
    if input_offset:
        folded[f"input offset {input_offset} times the weights"] = input_offset * sum(coefficients)
    if weight_offset:
        folded[f"weight offset {weight_offset} times the codes"] = weight_offset * sum(codes)
        folded["both offsets, as often as there are terms"] = input_offset * weight_offset * len(codes)
    return terms, folded


def accumulated(
    terms: tuple[Term, ...], folded: dict[str, int], bias: Array | None, channel: int, dtype: Any, **more: Any
) -> Anatomy:
    """Terms and the bias of a channel, added in an integer type."""
    added = None if bias is None else int(bias.reshape(-1)[channel])
    total = sum(term.product for term in terms) + (added or 0)
    bits = 8 * np.dtype(dtype).itemsize
    wrapped = (total + (1 << (bits - 1))) % (1 << bits) - (1 << (bits - 1))
    return Anatomy(terms, summed=True, zero_points=folded, bias=added, accumulator=wrapped, **more)


def seen(window: Window, position: int, taps: int, axis: int) -> list[int]:
    """The pixels under the taps of a window along its height (0) or width (1)."""
    stride, dilation, pad = (pair[axis] for pair in (window[0:2], window[2:4], window[4:6]))
    return [position * stride + tap * dilation - pad for tap in range(taps)]


def _spreading(window: Window, pixel: int, taps: int, axis: int) -> list[int]:
    """The input pixels whose taps fall on a pixel of the output, -1 for taps that none brings there."""
    stride, dilation, pad = (pair[axis] for pair in (window[0:2], window[2:4], window[4:6]))
    reached = [pixel + pad - tap * dilation for tap in range(taps)]
    return [place // stride if place % stride == 0 else -1 for place in reached]


def convolution(subject: Subject) -> Anatomy:
    """CONV_2D, DEPTHWISE_CONV_2D, TRANSPOSE_CONV."""
    roles, p, name = subject.roles(), subject.node.params, subject.node.op.name
    image, filter, (n, y, x, c) = roles["input"], roles["filter"], subject.at
    _, filter_h, filter_w, depth = filter.shape
    reach = _spreading if name == "TRANSPOSE_CONV" else seen
    rows, columns = reach(p.window, y, filter_h, 0), reach(p.window, x, filter_w, 1)
    if name == "DEPTHWISE_CONV_2D":
        channels = [(c // (depth // image.shape[3]), 0, c)]
    else:
        first = c // (filter.shape[0] // (image.shape[3] // depth)) * depth
        channels = [(first + k, c, k) for k in range(depth)]
    taps = [
        (i, j, row, column)
        for i, row in enumerate(rows)
        for j, column in enumerate(columns)
        if 0 <= row < image.shape[1] and 0 <= column < image.shape[2]
    ]
    terms, folded = products(
        image,
        [(n, row, column, channel) for _, _, row, column in taps for channel, _, _ in channels],
        filter,
        [(o, i, j, k) for i, j, _, _ in taps for _, o, k in channels],
        (int(p.input_offset), int(p.filter_offset)),
    )
    return accumulated(
        terms,
        folded,
        roles["bias"],
        c,
        p.zero.dtype,
        outside=filter_h * filter_w - len(taps),
        window=(tuple(rows), tuple(columns)),
    )


def connected(subject: Subject) -> Anatomy:
    """FULLY_CONNECTED."""
    roles, p = subject.roles(), subject.node.params
    input, filter, unit = roles["input"], roles["filter"], subject.at[-1]
    depth = filter.shape[1]
    row = int(np.ravel_multi_index(subject.at, p.shape)) // p.shape[-1]
    places = [unflat(row * depth + k, input.shape) for k in range(depth)]
    offsets = int(p.input_offset), int(p.filter_offset)
    terms, folded = products(input, places, filter, [(unit, k) for k in range(depth)], offsets)
    return accumulated(terms, folded, roles["bias"], unit, p.zero.dtype)


def matmul(subject: Subject) -> Anatomy:
    """BATCH_MATMUL."""
    roles, p = subject.roles(), subject.node.params
    lhs, rhs, (*batch, row, column) = roles["lhs"], roles["rhs"], subject.at
    depth = lhs.shape[-2 if p.adjoint.x else -1]

    def places(matrix: Array, pair: Callable[[int], Index]) -> list[Index]:
        own = batch[len(batch) - (matrix.ndim - 2) :]
        kept = tuple(0 if size == 1 else i for i, size in zip(own, matrix.shape, strict=False))
        return [(*kept, *pair(k)) for k in range(depth)]

    terms, folded = products(
        lhs,
        places(lhs, lambda k: (k, row) if p.adjoint.x else (row, k)),
        rhs,
        places(rhs, lambda k: (column, k) if p.adjoint.y else (k, column)),
        (int(p.lhs_offset), int(p.rhs_offset)),
    )
    return accumulated(terms, folded, None, 0, p.lhs_offset.dtype)


def product(subject: Subject) -> Anatomy:
    """MUL."""
    roles, p = subject.roles(), subject.node.params
    places = [shared(subject.at, roles[role].shape) for role in ("input1", "input2")]
    offsets = p.input1_offset, p.input2_offset
    terms, folded = products(roles["input1"], places[:1], roles["input2"], places[1:], offsets)
    return accumulated(terms, folded, None, 0, np.int64)
