"""EMBEDDING_LOOKUP: rows of a table, picked by number.

lookup: (wanted) int32. value: (rows, ...), at least 2 dimensions. output: (wanted, ...).

Tables of the output's type are copied, by the byte: rows of int4, uint4 and int2 must fill whole ones. 8-bit, int4
and int2 tables become float32 or float16: each code times the scale of its row or of all (0 where there is none);
uint8 tables hold int8 codes. int4 and int2 matrices may have a scale for each of several blocks of a row instead, in a
float16 tensor. Rows or blocks of int4 and int2 are read from the byte that holds their first element on, whichever
element begins there.

Source: ``embedding_lookup.cc``.
"""

from __future__ import annotations

from math import prod
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from pytflite.errors import InvokeError
from pytflite.ops._api import Node, Op, Shape
from pytflite.ops._shared.movement import per_tensor, require_whole_bytes
from pytflite.ops._shared.types import NARROW, WHOLE
from pytflite.ops._shared.weight_formats import block_details, block_scales
from pytflite.schema.enums import BuiltinOperator

Array = npt.NDArray[Any]

OP = Op(BuiltinOperator.EMBEDDING_LOOKUP, "lookup value")

PER_BYTE = {"i2": 4, "i4": 2}
"""Elements in a byte of narrow types."""


class HybridParams(NamedTuple):
    """How codes become numbers.

    Attributes:
        scales: float32, (rows, blocks).
        per_byte: codes in a byte of the table.
        shift: bits that codes are shifted to the left, and scales to the right, before they are multiplied.
        dtype: of the output.
    """

    scales: Array
    per_byte: int
    shift: int
    dtype: np.dtype[Any]


@OP.shapes
def shapes(node: Node) -> list[Shape]:
    """A row for each number."""
    lookup, value = node["lookup"], node["value"]
    node.require(len(lookup.shape) == 1, f"{lookup} must be a vector.")
    node.require(len(value.shape) >= 2, f"{value} must have at least 2 dimensions.")
    if value.letter == node["output"].letter:
        require_whole_bytes(node, value)
    return [lookup.shape + value.shape[1:]]


def hybrid_params(node: Node) -> HybridParams:
    """Params of the hybrid rule."""
    value = node["value"]
    rows = value.shape[0]
    node.require(value.zero_point == 0, f"The zero point of {value} must be 0.")
    scales = np.array(per_tensor(value)[0], np.float32)
    quantization = value.tensor.quantization
    if quantization is not None and quantization.scale.size > 1:
        node.require(
            quantization.quantized_dimension == 0 and quantization.scale.size == rows,
            f"{value} must have one scale, or one for each of its {rows} rows.",
        )
        scales = quantization.scale
    return widening(node, np.broadcast_to(scales, (rows,)).reshape(-1, 1))


def first_scale_params(node: Node) -> HybridParams:
    """The same, the first row's scale serving all."""
    p = hybrid_params(node)
    return p._replace(scales=np.broadcast_to(p.scales[:1], p.scales.shape))


def blockwise_params(node: Node) -> HybridParams:
    """Params of the block-wise rule."""
    return widening(node, block_scales(node, "value"))


def widening(node: Node, scales: Array) -> HybridParams:
    """Params with scales (rows, blocks)."""
    value = node["value"]
    return HybridParams(scales, PER_BYTE.get(value.letter, 1), 8 - value.tensor.dtype.bits, node["output"].dtype)


def is_blockwise(node: Node) -> bool:
    """Whether there is a scale for each of several blocks."""
    return block_details(node, "value") is not None


@OP.rule("copy", "i32 T -> T", T=f"{WHOLE} {NARROW}")
def define(lookup: Array, value: Array, p: None) -> Array:
    """Pick."""
    require_rows(lookup, len(value))
    return value[lookup]


@OP.rule("blockwise", "i32 I -> F", I="i4 i2", F="f32 f16", params=blockwise_params, when=is_blockwise)
@OP.rule("hybrid", "i32 I -> F", I="i8 u8 i4 i2", F="f32 f16", params=hybrid_params)
@OP.rule("hybrid_first_scale", "i32 i8 -> f32", params=first_scale_params, by_name=True)
def define_hybrid(lookup: Array, value: Array, p: HybridParams) -> Array:
    """Pick, then multiply in float32."""
    require_rows(lookup, len(value))
    columns, blocks = prod(value.shape[1:]), p.scales.shape[1]
    size = columns // blocks
    starts = lookup[:, np.newaxis].astype(np.int64) * columns + np.arange(blocks) * size
    codes = value.view(np.int8).reshape(-1)[(starts // p.per_byte * p.per_byte)[..., np.newaxis] + np.arange(size)]
    widened, scales = np.left_shift(codes, p.shift), p.scales / np.float32(1 << p.shift)
    real: Array = widened.astype(np.float32) * scales[lookup][..., np.newaxis]
    return real.astype(p.dtype).reshape(lookup.shape + value.shape[1:])


def require_rows(lookup: Array, rows: int) -> None:
    """Refuse numbers of rows that are not there."""
    if lookup.size and not 0 <= lookup.min() <= lookup.max() < rows:
        raise InvokeError(f"Embedding Lookup: index out of bounds: row numbers must be in [0, {rows}).")
