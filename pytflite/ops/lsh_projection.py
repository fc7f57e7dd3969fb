"""LSH_PROJECTION: bits of a locality sensitive hash.

hash: (functions, bits up to 32) float32 seeds. input: (items, ...), hashed as bytes, which items must fill. weight:
(items) float32, may be absent. output: int32; DENSE: (functions * bits), each 0 or 1; SPARSE: (functions), the bits as
a number, the first one highest, plus 2^bits times the number of the function.

A bit is whether the sum over the items of weight times fingerprint is positive: the fingerprint of a seed and an item,
as int64, is made float64, and the products are added one by one.

Source: ``lsh_projection.cc``.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from pytflite.arithmetic.farmhash import fingerprint64
from pytflite.arithmetic.rounding import wrap_int32
from pytflite.model.dtypes import pack
from pytflite.ops._api import Node, Op, Shape
from pytflite.ops._shared.movement import require_whole_bytes
from pytflite.ops._shared.types import NARROW, WHOLE
from pytflite.schema.enums import BuiltinOperator, LSHProjectionType, TensorType
from pytflite.schema.tables import LSHProjectionOptions

Array = npt.NDArray[Any]

OP = Op(BuiltinOperator.LSH_PROJECTION, "hash input weight?", "output", LSHProjectionOptions)

MAX_BITS = 32


class ProjectionParams(NamedTuple):
    """What is hashed, and what becomes of the bits.

    Attributes:
        kind: SPARSE or DENSE.
        type: of the items in a file.
    """

    kind: LSHProjectionType
    type: TensorType


@OP.shapes
def shapes(node: Node) -> list[Shape]:
    """An element for each bit, or for each function."""
    hash, input, weight = node["hash"], node["input"], node.get("weight")
    node.require(len(hash.shape) == 2, f"{hash} must have 2 dimensions.")
    functions, bits = hash.shape
    node.require(bits <= MAX_BITS, f"{hash} must have at most {MAX_BITS} bits for each function.")
    node.require(input.shape and input.shape[0] > 0, f"{input} must have at least one item.")
    require_whole_bytes(node, input)
    node.require(
        weight is None or weight.shape == input.shape[:1], f"{weight} must be a vector of {input.shape[0]} elements."
    )
    kind = node.options.type
    node.require(kind in (LSHProjectionType.SPARSE, LSHProjectionType.DENSE), "The type must be SPARSE or DENSE.")
    return [(functions,) if kind == LSHProjectionType.SPARSE else (functions * bits,)]


def params(node: Node) -> ProjectionParams:
    """What to make of the items."""
    return ProjectionParams(node.options.type, node["input"].tensor.type)


@OP.rule("bits", "f32 T f32? -> i32", params=params, T=f"{WHOLE} {NARROW}")
def define(hash: Array, input: Array, weight: Array | None, p: ProjectionParams) -> Array:
    """Bit by bit; for SPARSE, then put together in int32, which wraps."""
    items = pack(input, p.type).reshape(len(input), -1)
    weights = np.ones(len(input)) if weight is None else weight.astype(np.float64)
    bits = np.array([sign_bit(seed, items, weights) for seed in hash.ravel()], np.int64).reshape(hash.shape)
    if p.kind == LSHProjectionType.DENSE:
        return bits.astype(np.int32).reshape(-1)
    functions, count = hash.shape
    signatures = bits @ (1 << np.arange(count)[::-1])
    return wrap_int32(signatures + np.arange(functions) * (1 << count % MAX_BITS)).astype(np.int32)


def sign_bit(seed: np.float32, items: Array, weights: Array) -> bool:
    """Whether the weighted sum of fingerprints is positive."""
    seeds = np.broadcast_to(np.frombuffer(seed.tobytes(), np.uint8), (len(items), 4))
    fingerprints = fingerprint64(np.concatenate([seeds, items], axis=1)).view(np.int64)
    return bool(np.add.accumulate(weights * fingerprints.astype(np.float64))[-1] > 0)
