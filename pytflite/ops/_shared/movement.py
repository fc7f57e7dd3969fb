"""Operators that move elements: index tensors, axes, and quantization that must stay what it is."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from pytflite.ops._api import Node, TensorSpec


def integers(node: Node, role: str) -> tuple[int, ...]:
    """The elements of an integer tensor that prepare depends on, in row-major order; uint32 ones are read as int32.

    Raises:
        ValueNeeded: they are computed by an operator that has not run yet.
    """
    value = node.value(role)
    return tuple(int(element) for element in value.view(np.int32 if value.dtype == np.uint32 else value.dtype).ravel())


def axis_of(node: Node, axis: int, rank: int) -> int:
    """An axis counted from the front; PrepareError when there is no such axis."""
    node.require(-rank <= axis < rank, f"Axis {axis} is not in the range [{-rank}, {rank}).")
    return axis % rank


def per_tensor(spec: TensorSpec) -> tuple[float, int]:
    """Scale and zero point as kernels see them: (0, 0) when there is not exactly one of them.

    Source: ``GetLegacyQuantization``, interpreter_builder.cc.
    """
    if spec.is_quantized and spec.scales.size == 1:
        return float(spec.scale), spec.zero_point
    return 0.0, 0


def require_same_quantization(node: Node, first: TensorSpec, *others: TensorSpec) -> None:
    """Refuse tensors that stand for other real numbers than the first: elements are moved, not rescaled."""
    for other in others:
        node.require(per_tensor(other) == per_tensor(first), f"Quantization of {other} must be that of {first}.")


def require_whole_bytes(node: Node, spec: TensorSpec) -> None:
    """Refuse a tensor whose rows, slices along the first dimension, end within a byte: kernels move whole ones."""
    bits = prod(spec.shape[1:]) * spec.tensor.dtype.bits
    node.require(bits % 8 == 0, f"The rows of {spec} must fill whole bytes.")
