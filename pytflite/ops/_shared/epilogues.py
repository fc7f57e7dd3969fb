"""Epilogues of operators that have a fused activation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from pytflite.arithmetic.activation import BOUNDS, CLAMPS, activation_range
from pytflite.arithmetic.epilogue import FloatEpilogue, QuantizedEpilogue
from pytflite.schema.enums import ActivationFunctionType

if TYPE_CHECKING:
    from pytflite.arithmetic.requantize import Requantizer
    from pytflite.ops._api import Node


def activation_of(node: Node) -> str:
    """Name of the fused activation; PrepareError when the kernels do not fuse it."""
    activation = node.options.fused_activation_function
    fused = ("NONE", "RELU", "RELU_N1_TO_1", "RELU6")
    name = activation.name if isinstance(activation, ActivationFunctionType) else str(activation)
    node.require(name in fused, f"Fused activation {name} is not supported. Accepted: {', '.join(fused)}.")
    return name


def quantized_activation(node: Node) -> tuple[int, int]:
    """activation_min and activation_max in the output's integers."""
    activation, output = activation_of(node), node["output"]
    bounds = [abs(bound) for bound in BOUNDS[activation] if np.isfinite(bound)]
    node.require(
        max(bounds, default=0) / output.scale < 2**31,
        f"The scale of {output} is so small that the bounds of {activation} do not fit into int32.",
    )
    clamp = CLAMPS[node.profile.clamp]
    return clamp(activation, float(output.scale), output.zero_point, output.qmin, output.qmax)


def quantized_epilogue(node: Node, requantizer: Requantizer) -> QuantizedEpilogue:
    """Epilogue of a quantized operator with a fused activation."""
    return QuantizedEpilogue(requantizer, node["output"].zero_point, *quantized_activation(node))


def plain_activation(node: Node) -> tuple[Any, Any]:
    """activation_min and activation_max of an operator that is not quantized, in the output's type."""
    return activation_range(activation_of(node), node["output"].dtype)


def float_epilogue(node: Node) -> FloatEpilogue:
    """Epilogue of a float32 operator with a fused activation."""
    return FloatEpilogue(*plain_activation(node))


def unlimited_epilogue(node: Node) -> FloatEpilogue:
    """The same where a missing bound lets infinity pass."""
    low, high = BOUNDS[activation_of(node)]
    return FloatEpilogue(np.float32(low), np.float32(high))
