"""Binders of operators with float32 inputs and 8-bit weights: CONV_2D, DEPTHWISE_CONV_2D, FULLY_CONNECTED."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from pytflite.arithmetic.activation import BOUNDS
from pytflite.kernels.engine import SLACK, packing
from pytflite.kernels.engine.buffers import aligned, with_slack
from pytflite.kernels.engine.target import FLOATS, SHAPE
from pytflite.kernels.engine.words import ADD, MUL
from pytflite.ops._shared.convolutions import HybridParams
from pytflite.ops._shared.hybrid import row_sums
from pytflite.plan.node import PreparedNode
from pytflite.runtime.engine.binding import INT32_MAX, Call, Calls, Operand, binder, numbers, parts_of
from pytflite.runtime.engine.convolution import Extras, Form, Slides, convolution, matrix
from pytflite.runtime.engine.depthwise import depthwise, known_filter
from pytflite.runtime.engine.float_products import DEPTHWISE_VECTORS, packed
from pytflite.runtime.engine.movement import moved, together
from pytflite.runtime.engine.plain import broadcast, two
from pytflite.runtime.engine.short_products import TILE_ROWS

Array = npt.NDArray[Any]


def scaled_back(weights: Array, scale: Array, bias: Array | None, segments: int = 1) -> Array | None:
    """Blocks of int8 weights (channels, depth) with scales and biases; None where something could overflow.

    Rows are made of some segments.
    """
    channels = len(weights)
    if np.abs(weights.astype(np.int64)).sum(axis=1).max() * 255 >= INT32_MAX or scale.max() > 1:
        return None
    start = np.full(channels, -0.0, np.float32) if bias is None else bias.reshape(-1)
    recipe = packing.Recipe(packing.SCALED_BACK, (scale.astype(np.float32), start))
    nothing = np.zeros(channels, np.int64)
    return packing.gemm_blocks(weights.astype(np.int64), nothing, recipe, 2, packing.PAIR, segments)


def quantize(input: Array, rows: int, *, asymmetric: bool) -> tuple[Call, Array, Array]:
    """The call that quantizes rows, and what it writes: codes as int16 and scales."""
    codes, scales = aligned(2 * input.size).view(np.int16), aligned(4 * rows).view(np.float32)
    words = [input, codes, rows, input.size // rows, scales]
    return Call(("quantize_rows", int(asymmetric)), words, rows, scratch=4 * SLACK), codes, scales


def gemm(blocks: Array, bounds: tuple[Any, Any], steps: int, scales: Array, slides: Slides) -> Call:
    """The call of a convolution without groups.

    Args:
        blocks: see `scaled_back`.
        bounds: of the activation.
        steps: how often sums are multiplied to scale them back.
        scales: one for all, or one for each row.
        slides: over codes.
    """
    slides = slides.flat()
    tile_rows, step = min(slides.rows, TILE_ROWS), 4 if scales.size > 1 else 0
    strip, limits = ("hybrid_gemm", tile_rows, steps, step, 0), numbers(np.float32, *bounds)
    return convolution(slides, Form(taps=2), strip, tile_rows, 2 * SHAPE.lanes, [blocks], limits, Extras(scales, step))


def has_exact_sums(weights: Array) -> bool:
    """Whether rows (channels, depth) of int8 weights are summed as numbers are, see `ops._shared.hybrid`."""
    wraps = (row_sums(weights) != weights.sum(axis=1, dtype=np.int64)).any()
    return not (wraps or (weights == -128).any())


def scaled_products(blocks: Array, bounds: Array, scales: Array, codes: Array, output: Array, *, adds: bool) -> Call:
    """The call for rows of codes.

    Args:
        blocks: see `scaled_back`.
        bounds: of the results.
        scales: one for each row.
        codes: (rows, depth).
        output: (rows, channels), of which the last lie side by side.
        adds: whether to add to what is there in place of the bias.
    """
    slides, tile_rows = matrix(codes, output), 1 if adds else min(len(codes), TILE_ROWS)
    strip = "hybrid_gemm", tile_rows, 1, 4, int(adds)
    return convolution(slides, Form(taps=2), strip, tile_rows, 2 * SHAPE.lanes, [blocks], bounds, Extras(scales, 4))


@binder("CONV_2D", "hybrid", "hybrid_one_scale")
def conv_2d(node: PreparedNode, inputs: Sequence[Operand | None], outputs: Sequence[Array]) -> Calls:
    """Any window and batches, no groups; no weight of -128 where that meets a quirk (`symmetric_sums`)."""
    image, filter, bias = (*inputs, None)[:3]
    assert image is not None
    assert filter is not None
    p: HybridParams = node.params
    constant = filter.is_constant and (bias is None or bias.is_constant)
    if not (constant and outputs[0].size and filter.array.shape[3] == image.array.shape[3]):
        return None
    weights = filter.array.view(np.int8).reshape(len(filter.array), -1)
    slides = Slides(image.array, p.window, filter.array.shape[1:], outputs[0])
    blocks = scaled_back(weights, p.filter_scale, bias and bias.array, slides.segments)
    quirky = not p.asymmetric and len(weights) % 4 != 0 and (weights == -128).any()
    if blocks is None or quirky:
        return None
    steps = 2 if p.asymmetric and node.rule.name == "hybrid" else 1
    bounds = p.activation_min, p.activation_max
    first, codes, scales = quantize(image.array, len(image.array), asymmetric=p.asymmetric)
    pictures = codes.reshape(image.array.shape)
    calls = [first]
    for one in (slice(n, n + 1) for n in range(len(pictures))):
        own = slides._replace(image=pictures[one], output=outputs[0][one])
        calls.append(gemm(blocks, bounds, steps, scales[one], own))
    return calls


@binder("DEPTHWISE_CONV_2D", "hybrid")
def depthwise_conv_2d(node: PreparedNode, inputs: Sequence[Operand | None], outputs: Sequence[Array]) -> Calls:
    """Any window and batches; sums must fit into the 24 bits of float32."""
    image, filter, bias = (*inputs, None)[:3]
    assert image is not None
    assert filter is not None
    p: HybridParams = node.params
    constant = filter.is_constant and (bias is None or bias.is_constant)
    (batch, height, width, channels), (_, filter_h, filter_w, filters) = image.array.shape, filter.array.shape
    weights = filter.array.reshape(-1, filters).T.astype(np.float32)
    if not (constant and outputs[0].size) or np.abs(weights).sum(axis=1).max() * 255 >= 1 << 24:
        return None
    quantized, codes, scales = quantize(image.array, batch, asymmetric=p.asymmetric)
    pixels, first = codes.reshape(batch, height, width, channels, 1), [quantized]
    if channels < filters:
        wide = aligned(2 * filters * height * width * batch).view(np.int16).reshape(batch, height, width, channels, -1)
        first += moved(np.broadcast_to(pixels, wide.shape), wide) or []
        pixels = wide
    floats = aligned(4 * pixels.size).view(np.float32).reshape(batch, height, width, filters)
    widened = Call(("cast", "i2", "f4"), [pixels, floats, pixels.size], parts_of(pixels.size))
    slides = Slides(floats, p.window, (filter_h, filter_w, 1), outputs[0])
    vectors = min(DEPTHWISE_VECTORS, -(-filters // FLOATS))
    blocks = packed(weights, np.full(filters, -0.0, np.float32), vectors)
    every, limits = numbers(np.float32, -np.inf, np.inf), (p.activation_min, p.activation_max)
    rows = "float_depthwise", vectors, 0, 0, *known_filter(slides)
    sums = depthwise(slides, rows, blocks, every, 0)
    factors = aligned(4 * batch * filters).view(np.float32).reshape(batch, 1, 1, filters)
    start = np.full(filters, -0.0, np.float32) if bias is None else bias.array.reshape(-1)
    scaled = broadcast([with_slack(p.filter_scale), scales.reshape(batch, 1, 1, 1)], factors)
    return together(
        [
            [*first, widened, sums],
            two(MUL, scaled, every),
            two(MUL, broadcast([outputs[0], factors], outputs[0]), every),
            two(ADD, broadcast([outputs[0], with_slack(start)], outputs[0]), numbers(np.float32, *limits)),
        ]
    )


@binder("FULLY_CONNECTED", "hybrid")
def fully_connected(node: PreparedNode, inputs: Sequence[Operand | None], outputs: Sequence[Array]) -> Calls:
    """Clamps as activations; no weight of -128, and no row so long that sums of it wrap."""
    input, filter, bias = (*inputs, None)[:3]
    assert input is not None
    assert filter is not None
    p, (units, depth), output = node.params, filter.array.shape, outputs[0]
    constant = filter.is_constant and (bias is None or bias.is_constant)
    if not (constant and output.size and depth and p.activation in BOUNDS):
        return None
    weights, start = filter.array.view(np.int8), np.zeros(units, np.float32) if bias is None else bias.array
    blocks = scaled_back(weights, p.filter_scale, start)
    if blocks is None or not has_exact_sums(weights) or (np.signbit(start) & (start == 0)).any():
        return None
    rows = output.size // units
    read = input.array.reshape(-1)[: rows * depth]
    first, codes, scales = quantize(read, rows, asymmetric=p.asymmetric)
    return [first, gemm(blocks, BOUNDS[p.activation], 1, scales, matrix(codes.reshape(rows, depth), output))]
