"""Random convolutions over volumes."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import strategies as st

from pytflite.build import ModelBuilder
from pytflite.schema.enums import ActivationFunctionType, BuiltinOperator, Padding
from pytflite.schema.tables import Conv3DOptions
from tests.ops.convolutions import values
from tests.ops.harness import Case, case

Three = tuple[int, int, int]


def extent(positions: int, size: int, stride: int, dilation: int, padding: Padding) -> int:
    """A number of points over which a window has that many positions."""
    return (positions - 1) * stride + ((size - 1) * dilation + 1 if padding == Padding.VALID else 1)


def volume_convolution(
    operator: BuiltinOperator,
    seed: int,
    *,
    batch: int = 1,
    size: Three = (3, 4, 5),
    channels: int = 3,
    outputs: int = 4,
    window: Three = (2, 3, 2),
    stride: Three = (1, 1, 1),
    dilation: Three = (1, 1, 1),
    padding: Padding = Padding.SAME,
    activation: ActivationFunctionType = ActivationFunctionType.NONE,
    bias: int | None = -1,
    filter_channels: int | None = None,
    wanted: tuple[int, ...] | None = None,
    rank: int = 5,
    constant_shape: bool = True,
) -> Case:
    """One convolution with random values; ``size`` is that of the input, ``bias`` -1 stands for one that fits."""
    rng = np.random.default_rng(seed)
    depth = channels if filter_channels is None else filter_channels
    is_transpose = operator == BuiltinOperator.CONV_3D_TRANSPOSE
    filter_shape = (*window, outputs, depth) if is_transpose else (*window, depth, outputs)
    data, _ = values(rng, "f32", (batch, *size, channels)[:rank], None, infinite=True)
    taps, _ = values(rng, "f32", filter_shape, None, infinite=True)
    b = ModelBuilder()
    g = b.subgraph("main")
    x, f = g.input("input", data.shape, "f32"), g.constant("filter", taps)
    inputs: list[Any] = [x, f]
    fed = [data]
    if is_transpose:
        numbers = zip(size, window, stride, dilation, strict=True)
        shape = np.int32(wanted or (batch, *(extent(*four, padding) for four in numbers), outputs))
        inputs = [g.constant("output_shape", shape) if constant_shape else g.input("output_shape", shape.shape, "i32")]
        inputs += [f, x]
        fed += [] if constant_shape else [shape]
    if bias is not None:
        inputs.append(g.constant("bias", rng.standard_normal(outputs if bias < 0 else bias).astype(np.float32)))
    options = Conv3DOptions(
        padding=padding,
        stride_d=stride[0],
        stride_h=stride[1],
        stride_w=stride[2],
        fused_activation_function=activation,
        dilation_d_factor=dilation[0],
        dilation_h_factor=dilation[1],
        dilation_w_factor=dilation[2],
    )
    g.operator(operator, inputs, [g.output("output", (0,) * 5, "f32")], options)
    return case(b.build(), *fed)


@st.composite
def volume_convolutions(draw: st.DrawFn, operator: BuiltinOperator) -> Case:
    """Convolutions over all options."""

    def three(low: int, high: int) -> Three:
        return draw(st.tuples(*[st.integers(low, high)] * 3))

    window, size = three(1, 3), three(1, 5)
    dilation, padding = draw(st.sampled_from([(1, 1, 1), (2, 1, 3)])), draw(st.sampled_from(Padding))
    if operator == BuiltinOperator.CONV_3D and padding == Padding.VALID:
        size = tuple(s + (w - 1) * d for s, w, d in zip(size, window, dilation, strict=True))
    return volume_convolution(
        operator,
        draw(st.integers(0, 2**32)),
        batch=draw(st.sampled_from([1, 1, 2, 0])),
        size=size,
        channels=draw(st.integers(1, 4)),
        outputs=draw(st.integers(1, 5)),
        window=window,
        stride=three(1, 3),
        dilation=dilation,
        padding=padding,
        activation=draw(st.sampled_from(list(ActivationFunctionType)[:4])),
        bias=draw(st.sampled_from([None, -1])),
        constant_shape=draw(st.booleans()),
    )
