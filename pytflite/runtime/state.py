"""What survives from one invoke to the next."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from pytflite.model.types import Subgraph, Tensor

Array = npt.NDArray[Any]


def zeros(shape: tuple[int, ...], dtype: np.dtype[Any]) -> Array:
    """Zeros, or empty strings."""
    return np.full(shape, b"", object) if dtype.kind == "O" else np.zeros(shape, dtype)


def initial_value(tensor: Tensor, shape: tuple[int, ...]) -> Array:
    """A variable tensor before the first invoke: the code that stands for 0.

    Source: ``ResetVariableTensors``, subgraph.cc (int8 tensors start at their zero point, others at 0).
    """
    if tensor.dtype.letter != "i8":
        return zeros(shape, tensor.dtype.numpy)
    quantization = tensor.quantization
    start = int(quantization.zero_point[0]) if quantization and quantization.zero_point.size else 0
    return np.full(shape, start, tensor.dtype.numpy)


class State:
    """Variable tensors of one subgraph, by tensor index."""

    def __init__(self, subgraph: Subgraph) -> None:
        self._subgraph = subgraph
        self.variables: dict[int, Array] = {}
        self.reset()

    def reset(self) -> None:
        """Set every variable tensor to its initial value."""
        for tensor in self._subgraph.tensors:
            if tensor.is_variable:
                self.variables[tensor.index] = initial_value(tensor, tensor.shape)
