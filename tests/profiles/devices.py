"""What device profiles are recorded on: the fixed cases of every operator's test, and probes where devices differ."""

from __future__ import annotations

import importlib
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
from tests.ops.test_rsqrt import inverse_root
from tests.ops.test_space_to_batch_nd import rearrangement
from tests.ops.test_sub import subtraction
from tests.ops.test_sum import total
from tests.ops.test_tanh import tanh

RELU6 = ActivationFunctionType.RELU6
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
    for i, scale in enumerate(SCALES):
        yield f"logistic/probe{i}", logistic("i8", i, value=every_value("i8"), input_scale=scale)
        yield f"tanh/probe{i}", tanh("i8", i, value=every_value("i8"), input_scale=scale)


def with_output_shapes(subject: Case, shapes: list[tuple[int, ...]]) -> Case:
    """The case with the outputs' shapes in the file, for runtimes that infer none."""
    main = subject.model.main
    tensors = list(main.tensors)
    for index, shape in zip(main.outputs, shapes, strict=False):
        tensors[index] = replace(tensors[index], shape=shape)
    subgraphs = (replace(main, tensors=tuple(tensors)), *subject.model.subgraphs[1:])
    return replace(subject, model=replace(subject.model, subgraphs=subgraphs))
