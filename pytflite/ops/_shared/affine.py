"""Affine quantization, per tensor or per axis: ``real = scale * (code - zero point)``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from pytflite.ops._api import Node, TensorSpec

Array = npt.NDArray[Any]


class Affine(NamedTuple):
    """Quantization parameters of a tensor, in shapes that broadcast to its own.

    Attributes:
        scale: float32.
        zero_point: int64.
    """

    scale: Array
    zero_point: Array


def affine_of(node: Node, tensor: TensorSpec, per_axis: tuple[str, ...]) -> Affine:
    """Quantization parameters of one of a node's tensors.

    Args:
        node: the operator.
        tensor: of any rank.
        per_axis: dtype letters that may have several scales.

    Raises:
        PrepareError: it is not quantized, or not by one scale nor by one for each index along an axis.
    """
    scales = tensor.scales
    if scales.size == 1:
        return Affine(scales.reshape(()), tensor.zero_points[:1].reshape(()))
    quantization = tensor.tensor.quantization
    axis = quantization.quantized_dimension if quantization else 0
    node.require(tensor.letter in per_axis, f"{tensor} has {scales.size} scales, 1 accepted.")
    node.require(
        0 <= axis < len(tensor.shape) and tensor.shape[axis] == scales.size,
        f"{tensor} has {scales.size} scales along dimension {axis}, accepted are 1 or as many as its size.",
    )
    shape = [-1 if i == axis else 1 for i in range(len(tensor.shape))]
    zero_points = np.broadcast_to(tensor.zero_points, scales.shape)
    return Affine(scales.reshape(shape), zero_points.reshape(shape))
