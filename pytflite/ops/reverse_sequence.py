"""REVERSE_SEQUENCE: the beginning of each sequence in reverse order.

input: rank from 2; ``batch_dim`` counts sequences, ``seq_dim`` their elements. seq_lengths: one integer for each
sequence, how many elements from the start on are reversed; the rest stays.

Source: ``reverse_sequence.cc``, ``reference/reference_ops.h`` (ReverseSequence).
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from pytflite.errors import InvokeError
from pytflite.ops._api import Node, Op, Shape
from pytflite.schema.enums import BuiltinOperator
from pytflite.schema.tables import ReverseSequenceOptions

Array = npt.NDArray[Any]

OP = Op(BuiltinOperator.REVERSE_SEQUENCE, "input seq_lengths", "output", ReverseSequenceOptions)


@OP.shapes
def shapes(node: Node) -> list[Shape]:
    """The input's shape."""
    input, seq_lengths = node["input"], node["seq_lengths"]
    batch_dim, seq_dim = params(node)
    rank = len(input.shape)
    node.require(
        0 <= batch_dim < rank and 0 <= seq_dim < rank and batch_dim != seq_dim,
        f"batch_dim {batch_dim} and seq_dim {seq_dim} must be two axes of {input}.",
    )
    count = input.shape[batch_dim]
    node.require(seq_lengths.shape == (count,), f"{seq_lengths} must be a vector of {count} elements.")
    return [input.shape]


def params(node: Node) -> tuple[int, int]:
    """batch_dim and seq_dim."""
    return node.options.batch_dim, node.options.seq_dim


@OP.rule("copy", "T I -> T", params=params, T="f32 u8 i16 i32 i64", I="i32 i64")
def define(input: Array, seq_lengths: Array, p: tuple[int, int]) -> Array:
    """Each element of a sequence comes from its mirror position, or stays."""
    sequences = np.moveaxis(input, p, (0, 1))
    if seq_lengths.size and seq_lengths.max() > sequences.shape[1]:
        raise InvokeError(f"Sequences have {sequences.shape[1]} elements, {seq_lengths.max()} are to be reversed.")
    position = np.arange(sequences.shape[1])
    length = seq_lengths[:, None].astype(np.int64)
    source = np.where(position < length, length - 1 - position, position)
    picked = sequences[np.arange(len(sequences))[:, None], source]
    return np.moveaxis(picked, (0, 1), p).copy()
