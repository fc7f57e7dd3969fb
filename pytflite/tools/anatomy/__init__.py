"""What one output element is made of: receptive field, terms, and the steps from there.

One function for each family of operators; `FAMILIES` says which serves which operator, and what its params must be.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from pytflite.arithmetic.tables import CodeTable, SigmoidScale
from pytflite.ops._shared.activations import ClampParams
from pytflite.ops._shared.convolutions import ConvParams
from pytflite.ops._shared.elementwise import RescaledParams, SharedShiftParams, VectorParams
from pytflite.ops._shared.extremes import Search
from pytflite.ops._shared.lstm_integer import IntegerLstm
from pytflite.ops._shared.pooling import PoolParams
from pytflite.ops._shared.reduction import QuantizedReduction, Reduction
from pytflite.ops._shared.sigmoids import SigmoidParams
from pytflite.ops.batch_matmul import BatchMatMulParams
from pytflite.ops.fully_connected import FullyConnectedParams
from pytflite.ops.hard_swish import HardSwishParams
from pytflite.ops.l2_normalization import NormParams
from pytflite.ops.leaky_relu import LeakyReluParams
from pytflite.ops.mul import MulParams
from pytflite.ops.prelu import PreluParams
from pytflite.ops.quantize import QuantizeParams, RequantizeParams
from pytflite.ops.resize_bilinear import Grid
from pytflite.ops.softmax import FixedPointParams, Int16Params, TableParams
from pytflite.ops.svdf import IntegerSvdf
from pytflite.tools.anatomy import functions, movement, products, recurrent, rows, sums
from pytflite.tools.anatomy.parts import Anatomy, Index, Subject, Term, at, stage_steps

__all__ = ["Anatomy", "Index", "Subject", "Term", "anatomy", "at", "stage_steps"]

Family = Callable[[Subject], Anatomy]

SUMS: dict[type[Any], Family] = {
    RescaledParams: sums.rescaled,
    VectorParams: sums.rescaled_in_vectors,
    SharedShiftParams: sums.shared_shift,
}
TABLES: dict[type[Any], Family] = {
    CodeTable: functions.lookup,
    np.ndarray: functions.interpolated,
    SigmoidScale: functions.sigmoid_16,
    SigmoidParams: functions.sigmoid_8,
}
CLAMPS: dict[type[Any], Family] = {ClampParams: functions.requantized}

FAMILIES: dict[str, dict[type[Any], Family]] = {
    "CONV_2D": {ConvParams: products.convolution},
    "DEPTHWISE_CONV_2D": {ConvParams: products.convolution},
    "TRANSPOSE_CONV": {ConvParams: products.convolution},
    "FULLY_CONNECTED": {FullyConnectedParams: products.connected},
    "BATCH_MATMUL": {BatchMatMulParams: products.matmul},
    "MUL": {MulParams: products.product},
    "ADD": SUMS,
    "SUB": SUMS,
    "SQUARED_DIFFERENCE": SUMS,
    "AVERAGE_POOL_2D": {PoolParams: sums.pool},
    "MAX_POOL_2D": {PoolParams: sums.pool},
    "MEAN": {QuantizedReduction: sums.reduced},
    "SUM": {QuantizedReduction: sums.reduced},
    "REDUCE_MAX": {Reduction: sums.extreme},
    "REDUCE_MIN": {Reduction: sums.extreme},
    "ARG_MAX": {Search: sums.search},
    "ARG_MIN": {Search: sums.search},
    "RESIZE_BILINEAR": {Grid: sums.blended},
    "SOFTMAX": {FixedPointParams: rows.softmax, TableParams: rows.softmax_table, Int16Params: rows.softmax_16},
    "LOG_SOFTMAX": {object: rows.row},
    "L2_NORMALIZATION": {NormParams: rows.normalized},
    "QUANTIZE": {RequantizeParams: functions.requantized, QuantizeParams: functions.quantized},
    "RELU": CLAMPS,
    "RELU6": CLAMPS,
    "RELU_0_TO_1": CLAMPS,
    "RELU_N1_TO_1": CLAMPS,
    "ABS": CLAMPS,
    "LEAKY_RELU": {LeakyReluParams: functions.leaky},
    "PRELU": {PreluParams: functions.prelu},
    "HARD_SWISH": {HardSwishParams: functions.hard_swish},
    "LOGISTIC": TABLES,
    "TANH": TABLES,
    "ELU": TABLES,
    "EXP": TABLES,
    "GELU": TABLES,
    "LOG": TABLES,
    "RSQRT": TABLES,
    "SVDF": {IntegerSvdf: recurrent.svdf},
    "UNIDIRECTIONAL_SEQUENCE_LSTM": {IntegerLstm: recurrent.lstm},
}


def anatomy(subject: Subject) -> Anatomy:
    """What an output element is made of, as far as its operator's family is known."""
    node = subject.node
    for params, family in FAMILIES.get(node.op.name, {}).items():
        if isinstance(node.params, params):
            return family(subject)
    if node.op.name in movement.MOVEMENT and (moved := movement.origin(subject)):
        return moved
    takes = [array.dtype.kind for array in subject.inputs[:2] if array is not None]
    if node.op.name in functions.WRITTEN and all(kind in "iu" for kind in takes):
        return functions.written(subject)
    return functions.elementwise(subject)
