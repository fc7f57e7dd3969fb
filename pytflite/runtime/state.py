"""What survives from one invoke to the next."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from pytflite.kernels.engine.buffers import with_slack
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
    """Variable tensors of one subgraph.

    Attributes:
        variables: by tensor index; the arrays stay the same, what is in them changes.
    """

    def __init__(self, subgraph: Subgraph) -> None:
        self._initial = {
            tensor.index: initial_value(tensor, tensor.shape) for tensor in subgraph.tensors if tensor.is_variable
        }
        self.variables = {index: with_slack(value) for index, value in self._initial.items()}

    def reset(self) -> None:
        """Set every variable tensor to its initial value."""
        self.update(self._initial)

    def update(self, values: Mapping[int, Array]) -> None:
        """Give variable tensors new values; other tensors, which some operators may mutate, too, are left alone."""
        for index in values.keys() & self.variables.keys():
            self.variables[index][...] = values[index]
