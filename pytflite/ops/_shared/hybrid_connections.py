"""FULLY_CONNECTED of float32 rows with integer weights: a scale per unit or for all, sparse, or a scale for each block.

Source: ``EvalHybrid``, ``EvalSparseHybridImpl``, ``EvalBlockwise4Bit`` of fully_connected.cc.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from pytflite.arithmetic.hybrid import activate, quantize_rows
from pytflite.arithmetic.rounding import wrap_int32
from pytflite.ops._api import Node, Shape
from pytflite.ops._shared.hybrid import hybrid_products, sse_products
from pytflite.ops._shared.products import integer_products
from pytflite.ops._shared.weight_formats import (
    LEDGER_LIMIT,
    block_details,
    block_scales,
    require_dense,
    require_sparse_blocks,
)
from pytflite.schema.enums import ActivationFunctionType

Array = npt.NDArray[Any]
Stages = Iterator[tuple[str, Array]]


class HybridParams(NamedTuple):
    """What the hybrid rule is given.

    Attributes:
        shape: of the output.
        asymmetric: whether rows are quantized with a zero point.
        filter_scale: float32, one per unit.
        activation: name of the fused activation.
    """

    shape: Shape
    asymmetric: bool
    filter_scale: Array
    activation: str


class BlockwiseParams(NamedTuple):
    """What the block-wise rules are given.

    Attributes:
        shape: of the output.
        filter_scale: float32, (units, blocks).
        activation: name of the fused activation.
    """

    shape: Shape
    filter_scale: Array
    activation: str


def unit_scales(node: Node) -> Array:
    """float32, one filter scale per unit; a single one serves all."""
    filter = node["filter"]
    units, count = filter.shape[0], filter.scales.size
    node.require(count in (1, units), f"{filter} has {count} scales. Accepted: 1 or {units}.")
    narrow = filter.letter in ("i4", "i2")
    node.require(not (narrow and filter.zero_points.any()), f"Zero points of {filter} must be 0.")
    return np.broadcast_to(filter.scales, (units,))


def hybrid_params(node: Node) -> HybridParams:
    """Params of the hybrid rule, which takes every fused activation."""
    require_dense(node)
    return row_params(node, unit_scales(node))


def sparse_hybrid_params(node: Node) -> HybridParams:
    """Params of the hybrid rule with a sparse filter; a single scale stays single."""
    require_sparse_blocks(node, most=LEDGER_LIMIT)
    return row_params(node, unit_scales(node)[: node["filter"].scales.size])


def lost_params(node: Node) -> HybridParams:
    """Params of the rule that knows nothing of blocks."""
    require_dense(node)
    return row_params(node, np.zeros(node["filter"].shape[0], np.float32))


def row_params(node: Node, filter_scale: Array) -> HybridParams:
    """Params of the hybrid rules with one scale per unit."""
    asymmetric = bool(node.options.asymmetric_quantize_inputs)
    return HybridParams(node["output"].shape, asymmetric, filter_scale, any_activation(node))


def any_activation(node: Node) -> str:
    """Name of the fused activation."""
    activation = node.options.fused_activation_function
    node.require(isinstance(activation, ActivationFunctionType), f"Fused activation {activation} is unknown.")
    return str(activation.name)


def blockwise_params(node: Node) -> BlockwiseParams:
    """Params of the block-wise rule."""
    require_dense(node)
    node.require(0 not in node["filter"].shape, f"{node['filter']} must not be empty.")
    return BlockwiseParams(node["output"].shape, block_scales(node, "filter"), any_activation(node))


def packed_params(node: Node) -> BlockwiseParams:
    """The same without the fused activation."""
    return blockwise_params(node)._replace(activation="NONE")


def is_blockwise(node: Node) -> bool:
    """Whether there is a scale for each of several blocks."""
    return block_details(node, "filter") is not None


def is_packed(node: Node) -> bool:
    """Whether the filter is one that the optimized kernel for 4 bits packs."""
    units, depth = node["filter"].shape
    return is_blockwise(node) and node["filter"].value is not None and units >= 4 and depth >= 32 and depth % 2 == 0


def define_hybrid(input: Array, filter: Array, bias: Array | None, p: HybridParams) -> Stages:
    """Quantize, multiply as integers, scale back, add to the bias."""
    depth = filter.shape[1]
    if depth == 0:
        yield "output", np.zeros(p.shape, np.float32)
        return
    rows = quantize_rows(rows_of(input, depth), asymmetric=p.asymmetric)
    yield "quantized_input", rows.codes
    accumulator = hybrid_products(rows, filter.view(np.int8))
    yield "accumulator", accumulator
    total = start(bias, accumulator.shape)
    if input.any():
        total += accumulator.astype(np.float32) * (rows.scale[:, np.newaxis] * p.filter_scale)
    yield "scaled", total.reshape(p.shape)
    yield "output", activate(total, p.activation).reshape(p.shape)


def define_hybrid_sparse(input: Array, filter: Array, bias: Array | None, p: HybridParams) -> Stages:
    """The same, but that what zero points add is taken off first, in float32."""
    depth = filter.shape[1]
    rows = quantize_rows(rows_of(input, depth), asymmetric=p.asymmetric)
    yield "quantized_input", rows.codes
    accumulator = wrap_int32(sse_products(rows.codes, filter.view(np.int8)))
    yield "accumulator", accumulator
    total = start(bias, accumulator.shape)
    if input.any():
        scale = rows.scale[:, np.newaxis]
        zeros = rows.zero_point[:, np.newaxis].astype(np.float32)
        zeros = scale * p.filter_scale * zeros if p.filter_scale.size == 1 else scale * zeros * p.filter_scale
        if p.asymmetric:
            total -= zeros * filter.view(np.int8).sum(axis=1, dtype=np.int64).astype(np.float32)
        total += accumulator.astype(np.float32) * (scale * p.filter_scale)
    yield "scaled", total.reshape(p.shape)
    yield "output", activate(total, p.activation).reshape(p.shape)


def define_blockwise(input: Array, filter: Array, bias: Array | None, p: BlockwiseParams) -> Stages:
    """Quantize, multiply as integers block by block, scale and sum the blocks (``EvalBlockwise4Bit``)."""
    units, depth = filter.shape
    rows = quantize_rows(rows_of(input, depth), asymmetric=True)
    yield "quantized_input", rows.codes
    total = np.zeros((len(rows.codes), units), np.float32)
    weights = np.zeros(units, np.float32)
    for k, columns in enumerate(np.split(np.arange(depth), p.filter_scale.shape[1])):
        codes, scale = filter.view(np.int8)[:, columns], p.filter_scale[:, k]
        total += integer_products(rows.codes[:, columns], codes).astype(np.float32) * scale
        weights += scale * codes.sum(axis=1, dtype=np.int64).astype(np.float32)
    total = (total - rows.zero_point[:, np.newaxis].astype(np.float32) * weights) * rows.scale[:, np.newaxis]
    if bias is not None:
        total += bias.reshape(-1)
    yield "scaled", total.reshape(p.shape)
    yield "output", activate(total, p.activation).reshape(p.shape)


def start(bias: Array | None, shape: Shape) -> Array:
    """What products are added to."""
    return np.array(np.broadcast_to(np.float32(0) if bias is None else bias.reshape(-1), shape))


def rows_of(input: Array, depth: int) -> Array:
    """The input as rows of a depth, without the rest."""
    count = input.size // depth
    return input.reshape(-1)[: count * depth].reshape(count, depth)
