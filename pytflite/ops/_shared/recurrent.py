"""How recurrent operators with float32 activations multiply by their weights."""

from __future__ import annotations

from typing import Any, NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

from pytflite.arithmetic.hybrid import QuantizedRows, quantize_rows
from pytflite.ops._api import Node
from pytflite.ops._shared.hybrid import hybrid_products
from pytflite.ops._shared.lanes import eigen_products, neon_products, sequential_products
from pytflite.schema.enums import ActivationFunctionType

Array = npt.NDArray[Any]


class Product(Protocol):
    """What `Eigen`, `Neon`, `Sequential` and `Hybrid` offer."""

    def arrive(self, vectors: Array) -> Any:
        """Vectors (batch, depth) as `add` takes them."""

    def add(self, total: Array, arrived: Any, weights: Array, scale: np.float32) -> Array:
        """``total + vectors @ weights.T``."""


class Eigen(NamedTuple):
    """Multiplies by float32 weights as the LSTMs do.

    Attributes:
        together: whether the batch is one product; otherwise every vector is one of its own.
    """

    together: bool

    def arrive(self, vectors: Array) -> Array:
        """Vectors (batch, depth) as `add` takes them."""
        return vectors

    def add(self, total: Array, arrived: Array, weights: Array, scale: np.float32) -> Array:
        """``total + vectors @ weights.T``, where infinity becomes the largest float."""
        products = eigen_products(arrived, weights, together=self.together)
        limits = np.finfo(np.float32)
        is_batch = self.together and len(arrived) > 1
        sums: Array = np.clip(products if is_batch else products + total, limits.min, limits.max)
        return sums + total if is_batch else sums


class Neon(NamedTuple):
    """Multiplies by float32 weights as the RNNs do."""

    def arrive(self, vectors: Array) -> Array:
        """Vectors (batch, depth) as `add` takes them."""
        return vectors

    def add(self, total: Array, arrived: Array, weights: Array, scale: np.float32) -> Array:
        """``total + vectors @ weights.T``."""
        return neon_products(arrived, weights, total)


class Sequential(NamedTuple):
    """Multiplies by float32 weights one by one, without lanes, as TensorFlow Lite for Microcontrollers does."""

    def arrive(self, vectors: Array) -> Array:
        """Vectors (batch, depth) as `add` takes them."""
        return vectors

    def add(self, total: Array, arrived: Array, weights: Array, scale: np.float32) -> Array:
        """``total + vectors @ weights.T``."""
        return total + sequential_products(arrived, weights)


class Hybrid(NamedTuple):
    """Multiplies by 8-bit weights.

    Attributes:
        asymmetric: whether vectors are quantized with a zero point.
    """

    asymmetric: bool

    def arrive(self, vectors: Array) -> QuantizedRows:
        """Vectors (batch, depth) as `add` takes them."""
        return quantize_rows(vectors, asymmetric=self.asymmetric)

    def add(self, total: Array, arrived: QuantizedRows, weights: Array, scale: np.float32) -> Array:
        """``total + vectors @ weights.T``."""
        accumulator = hybrid_products(arrived, weights.view(np.int8)).astype(np.float32)
        sums: Array = total + accumulator * (arrived.scale * scale)[:, np.newaxis]
        return sums


def dequantized(codes: Array, scale: np.float32) -> Array:
    """8-bit codes as float32; uint8 holds int8 codes."""
    return scale * codes.view(np.int8).astype(np.float32)


def fused_activation(node: Node) -> str:
    """Name of the fused activation, any of them."""
    activation = node.options.fused_activation_function
    node.require(isinstance(activation, ActivationFunctionType), f"Fused activation {activation} is unknown.")
    name: str = activation.name
    return name
