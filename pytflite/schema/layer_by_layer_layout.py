"""How a run that TFLM wrote down lies in a file.

Generated from ``schema/layer_by_layer.py`` by ``schema/generate.py``: do not edit.
"""

from __future__ import annotations

from pytflite.flatbuffer.layout import (
    BYTE,
    INT,
    INTS,
    UBYTE,
    UBYTES,
    UINT,
    Array,
    Field,
    Layout,
    Vector,
)
from pytflite.schema import layer_by_layer

TensorData = Layout(
    layer_by_layer.TensorData,
    7,
    [
        Field("input_index", 0, UINT, 0),
        Field("tensor_index", 1, UINT, 0),
        Field("shape", 2, Array(INT), INTS.nothing),
        Field("dtype", 3, BYTE, 0),
        Field("data", 4, Array(UBYTE), UBYTES.nothing),
        Field("num_bytes", 5, UINT, 0),
        Field("layer_number", 6, UINT, 0),
    ],
)
SubgraphData = Layout(
    layer_by_layer.SubgraphData,
    2,
    [
        Field("outputs", 0, Vector(TensorData), ()),
        Field("subgraph_index", 1, UINT, 0),
    ],
)
ModelTestData = Layout(
    layer_by_layer.ModelTestData,
    2,
    [
        Field("input_data", 0, Vector(TensorData), ()),
        Field("subgraph_data", 1, Vector(SubgraphData), ()),
    ],
)

ROOT = ModelTestData
IDENTIFIER = ""
