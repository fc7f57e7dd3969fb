"""A run that TFLM wrote down, as records.

Generated from ``schema/layer_by_layer.py`` by ``schema/generate.py``: do not edit.
"""

# ruff: noqa: D101

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from pytflite.flatbuffer.layout import (
    INTS,
    UBYTES,
)
from pytflite.flatbuffer.table import Table, Unknown


class TensorData(Table):
    __slots__ = __match_args__ = (
        "input_index",
        "tensor_index",
        "shape",
        "dtype",
        "data",
        "num_bytes",
        "layer_number",
    )

    input_index: int
    tensor_index: int
    shape: npt.NDArray[np.int32]
    dtype: int
    data: npt.NDArray[np.uint8]
    num_bytes: int
    layer_number: int

    def __init__(
        self,
        input_index: int = 0,
        tensor_index: int = 0,
        shape: npt.NDArray[np.int32] = INTS.nothing,
        dtype: int = 0,
        data: npt.NDArray[np.uint8] = UBYTES.nothing,
        num_bytes: int = 0,
        layer_number: int = 0,
        *,
        unknown: Unknown = (),
    ) -> None:
        self._set(
            unknown,
            input_index,
            tensor_index,
            shape,
            dtype,
            data,
            num_bytes,
            layer_number,
        )


class SubgraphData(Table):
    __slots__ = __match_args__ = (
        "outputs",
        "subgraph_index",
    )

    outputs: tuple[TensorData, ...]
    subgraph_index: int

    def __init__(
        self,
        outputs: tuple[TensorData, ...] = (),
        subgraph_index: int = 0,
        *,
        unknown: Unknown = (),
    ) -> None:
        self._set(
            unknown,
            outputs,
            subgraph_index,
        )


class ModelTestData(Table):
    __slots__ = __match_args__ = (
        "input_data",
        "subgraph_data",
    )

    input_data: tuple[TensorData, ...]
    subgraph_data: tuple[SubgraphData, ...]

    def __init__(
        self,
        input_data: tuple[TensorData, ...] = (),
        subgraph_data: tuple[SubgraphData, ...] = (),
        *,
        unknown: Unknown = (),
    ) -> None:
        self._set(
            unknown,
            input_data,
            subgraph_data,
        )
