"""What happens to an accumulator, bias included, until it is an output element."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from pytflite.arithmetic.requantize import Requantizer
from pytflite.arithmetic.rounding import wrap_int32

Array = npt.NDArray[Any]


class QuantizedEpilogue(NamedTuple):
    """Requantize, add the output offset (in int32, which wraps), clamp.

    Attributes:
        requantizer: to the output scale.
        output_offset: plus the output zero point.
        activation_min: smallest code that the fused activation lets pass.
        activation_max: largest one.
    """

    requantizer: Requantizer
    output_offset: int
    activation_min: int
    activation_max: int

    def stages(self, accumulator: Array, dtype: np.dtype[Any]) -> Iterator[tuple[str, Array]]:
        """From int32 or int64 accumulators (last axis: channels) to outputs of an integer dtype."""
        yield "accumulator", accumulator
        requantized = self.requantizer(accumulator.astype(np.int64)).reshape(accumulator.shape)
        yield "requantized", requantized
        shifted = wrap_int32(requantized + self.output_offset)
        yield "output", np.clip(shifted, self.activation_min, self.activation_max).astype(dtype)


class NarrowEpilogue(NamedTuple):
    """The same as `QuantizedEpilogue` in vectors: the output offset is added in int16, which wraps.

    Attributes:
        requantizer: to the output scale.
        output_offset: plus the output zero point.
        activation_min: smallest code that the fused activation lets pass.
        activation_max: largest one.
    """

    requantizer: Requantizer
    output_offset: int
    activation_min: int
    activation_max: int

    def stages(self, accumulator: Array, dtype: np.dtype[Any]) -> Iterator[tuple[str, Array]]:
        """From int32 accumulators (last axis: channels) to outputs of an integer dtype."""
        yield "accumulator", accumulator
        requantized = self.requantizer(accumulator.astype(np.int64)).reshape(accumulator.shape)
        yield "requantized", requantized
        shifted = (requantized + self.output_offset).astype(np.int16)
        yield "output", np.clip(shifted, self.activation_min, self.activation_max).astype(dtype)


class FloatEpilogue(NamedTuple):
    """Clamp: float32 bounds. Between finite ones an infinite sum comes out as the largest float, as in C++."""

    activation_min: np.float32
    activation_max: np.float32

    def stages(self, accumulator: Array, dtype: np.dtype[Any]) -> Iterator[tuple[str, Array]]:
        """From float32 accumulators to outputs."""
        yield "accumulator", accumulator
        yield "output", np.clip(accumulator, self.activation_min, self.activation_max).astype(dtype)


Epilogue = QuantizedEpilogue | NarrowEpilogue | FloatEpilogue
