"""What device profiles are recorded on: the fixed cases of every operator's test, and probes where devices differ."""

from __future__ import annotations

import importlib
import itertools
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np

from pytflite.schema.enums import ActivationFunctionType
from tests.ops.activations import every_value
from tests.ops.harness import Case
from tests.ops.test_add import addition
from tests.ops.test_conv_2d import convolution
from tests.ops.test_depthwise_conv_2d import depthwise
from tests.ops.test_dequantize import dequantization
from tests.ops.test_fully_connected import full_connection
from tests.ops.test_logistic import logistic
from tests.ops.test_mul import multiplication
from tests.ops.test_relu6 import relu6
from tests.ops.test_resize_bilinear import resize_bilinear
from tests.ops.test_rsqrt import inverse_root
from tests.ops.test_softmax import softmax
from tests.ops.test_space_to_batch_nd import rearrangement
from tests.ops.test_sub import subtraction
from tests.ops.test_sum import total
from tests.ops.test_tanh import tanh
from tests.ops.test_unidirectional_sequence_lstm import lstm
from tests.profiles.sweep import draw_cases

RELU6 = ActivationFunctionType.RELU6
SYMMETRIC = {"filter": {"zero_point": 0}}
DRAWN = [
    *("add", "add_n", "average_pool_2d", "batch_matmul", "conv_2d", "cumsum", "depthwise_conv_2d", "dequantize", "div"),
    *("equal", "fully_connected", "greater", "hard_swish", "l2_normalization", "leaky_relu", "less", "log_softmax"),
    *("logistic", "maximum", "mean", "mul", "prelu", "quantize", "resize_bilinear", "rsqrt", "softmax"),
    *("squared_difference", "sub", "sum", "svdf", "tanh", "transpose_conv"),
]
"""Operators whose tests draw cases for `probes`, too: all whose arithmetic differs between builds, or might."""

SCALES = [0.013694552704691887, 0.003561826189979911, *(2.0 ** np.random.default_rng(1).uniform(-9, 1, 10))]
"""Of inputs; the first two are among the few where LOGISTIC, or TANH, in fixed point differs from a table of floats."""


def cases() -> Iterator[tuple[str, Case]]:
    """All of them by name, ``operator/case``."""
    for path in sorted((Path(__file__).parents[1] / "ops").glob("test_*.py")):
        module = importlib.import_module(f"tests.ops.{path.stem}")
        for name, subject in getattr(module, "golden_cases", dict)().items():
            yield f"{path.stem.removeprefix('test_')}/{name}", subject
    yield from probes()


def probes() -> Iterator[tuple[str, Case]]:
    """Rounding ties, sums that leave int32, every code, tensors that the runtimes read in their own ways."""
    for i in range(8):
        yield f"add/probe{i}", addition("int8", i)
        yield f"add/probe_int16_{i}", addition("int16", i)
        yield f"sub/probe{i}", subtraction("int8", i)
        yield f"conv_2d/probe{i}", convolution("int8", i, activation=RELU6)
        yield f"conv_2d/probe_int16_{i}", convolution("int16x8", i)
        yield f"depthwise_conv_2d/probe{i}", depthwise("int8", i)
        yield f"fully_connected/probe{i}", full_connection("int8", i, per_axis=i % 2 == 0)
        yield f"fully_connected/probe_loud_{i}", full_connection("int8", i, loud=True, per_axis=False)
        yield f"fully_connected/probe_int16_{i}", full_connection("int16x8", i, per_axis=i % 2 == 0)
        for kind, loud in (("int8", False), ("int8", True), ("int16x8", False), ("int16x8_int32", False)):
            name = f"fully_connected/probe_symmetric_{kind}_{i}{'_loud' if loud else ''}"
            per_axis = kind == "int8" and i % 2 == 0
            yield name, full_connection(kind, 20 + i, loud=loud, per_axis=per_axis, quantize=SYMMETRIC)
        image = {"shape": (1, 3 + i, 4, 3), "size": (6 + 2 * i, 8), "half_pixel_centers": i % 2 == 0}
        yield f"resize_bilinear/probe{i}", resize_bilinear("i8", i, **image)
        yield f"mul/probe{i}", multiplication("int8", i)
        yield f"relu6/probe{i}", relu6("i8", i, value=every_value("i8"))
        yield f"relu6/probe_int16_{i}", relu6("i16", i, shape=(500,))
        yield f"rsqrt/probe{i}", inverse_root("i8", i, value=every_value("i8"))
        yield f"rsqrt/probe_int16_{i}", inverse_root("i16", i, shape=(500,))
        yield f"sum/probe{i}", total("i8", i)
        yield f"sum/probe_int16_{i}", total("i16", i)
    for kind in ("int8", "int8xint4", "int16x8", "float32"):
        yield f"conv_2d/probe_unbiased_{kind}", convolution(kind, 3, bias=False)
    for seed in (8, 34, 56, 57):
        yield f"mul/probe_int16_{seed}", multiplication("int16", seed, ((20, 50), (20, 50)))
    for axis in range(3):
        yield f"dequantize/probe_axis{axis}", dequantization("i8", axis, axis=axis)
    for i in range(3):
        yield f"space_to_batch_nd/probe{i}", rearrangement(("i8", "i32", "i32", "i8"), i)
    for kind, major in itertools.product(("int8", "int16", "float32"), (False, True)):
        for i, clip in enumerate((0.0, 0.3)):
            name = f"unidirectional_sequence_lstm/probe_{kind}_{'time' if major else 'batch'}{i}"
            yield name, lstm(kind, i, cells=8 + i, inputs=5 + 3 * i, time_major=major, cell_clip=clip)
    yield "softmax/probe_int16_rows_of_one", softmax(("i16", "i16"), 0, shape=(4, 1))
    for op in DRAWN:
        drawn: list[Case] = []
        draw_cases(op, 16, 0, drawn.append)
        for i, subject in enumerate(drawn):
            if small(subject):
                yield f"{op}/drawn{i}", subject
    for i, scale in enumerate(SCALES):
        yield f"logistic/probe{i}", logistic("i8", i, value=every_value("i8"), input_scale=scale)
        yield f"tanh/probe{i}", tanh("i8", i, value=every_value("i8"), input_scale=scale)


def small(subject: Case) -> bool:
    """Whether a case has integers, and does not need much room."""
    letters = {tensor.dtype.letter for tensor in subject.model.main.tensors}
    elements = sum(array.size for arrays in subject.inputs for array in arrays)
    constants = sum(0 if data is None else data.size for data in subject.model.buffers)
    return bool(letters & {"i8", "i16"}) and 0 < elements < 2000 and constants < 4000


def with_output_shapes(subject: Case, shapes: list[tuple[int, ...]]) -> Case:
    """The case with the outputs' shapes in the file, for runtimes that infer none."""
    main = subject.model.main
    tensors = list(main.tensors)
    for index, shape in zip(main.outputs, shapes, strict=False):
        tensors[index] = replace(tensors[index], shape=shape)
    subgraphs = (replace(main, tensors=tuple(tensors)), *subject.model.subgraphs[1:])
    return replace(subject, model=replace(subject.model, subgraphs=subgraphs))
