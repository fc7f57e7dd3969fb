"""FULLY_CONNECTED with weights that are sparse, shuffled or quantized in blocks."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from hypothesis import strategies as st

from pytflite.build import ModelBuilder, quantization
from pytflite.model.types import Quantization
from pytflite.schema.enums import (
    ActivationFunctionType,
    BuiltinOperator,
    DimensionType,
    FullyConnectedOptionsWeightsFormat,
)
from pytflite.schema.tables import (
    BlockwiseQuantization,
    DimensionMetadata,
    FullyConnectedOptions,
    Int32Vector,
    SparsityParameters,
)
from tests.ops.harness import Case, case
from tests.ops.quantized import tie_prone_scale

Array = npt.NDArray[Any]


def compressed(dense: Array, block: int, *, columns_first: bool = False) -> tuple[Array, SparsityParameters]:
    """The blocks of a matrix that are not all 0, and where they are: row by row, or column by column."""
    rows = dense.T if columns_first else dense
    cut = rows.reshape(len(rows), -1, block)
    present = cut.any(axis=-1)
    segments, indices = np.append(0, np.cumsum(present.sum(axis=1))), np.nonzero(present)[1]
    levels = (
        DimensionMetadata(DimensionType.DENSE, len(rows)),
        DimensionMetadata(
            DimensionType.SPARSE_CSR, 0, Int32Vector(segments.astype(np.int32)), Int32Vector(indices.astype(np.int32))
        ),
        DimensionMetadata(DimensionType.DENSE, block),
    )
    if block > 1:
        return cut[present].ravel(), SparsityParameters((0, 1, 2), (1,), levels)
    return cut[present].ravel(), SparsityParameters((1, 0) if columns_first else (0, 1), (), levels[:2])


def sparse(
    kind: str,
    seed: int,
    *,
    block: int = 16,
    columns_first: bool = False,
    rows: int = 3,
    units: int = 5,
    depth: int = 48,
    per_axis: bool = True,
    zero_point: int = 0,
    with_bias: bool = True,
    activation: ActivationFunctionType = ActivationFunctionType.NONE,
    asymmetric: bool = False,
) -> Case:
    """A sparse filter: ``float32``, ``int8``, ``int16`` (int8 weights), ``hybrid`` or ``hybrid_uint8``."""
    rng = np.random.default_rng(seed)
    io = {"int8": "i8", "int16": "i16"}.get(kind, "f32")
    letter = {"float32": "f32", "hybrid_uint8": "u8"}.get(kind, "i8")
    present = np.repeat(rng.random((units, depth // block)) < 0.5, block, axis=1)
    present[0, :block] = True  # the real runtime wants an element
    if letter == "f32":
        filter = np.where(present, rng.standard_normal((units, depth)), 0).astype(np.float32)
    else:
        filter = np.where(present, rng.integers(-128, 128, (units, depth)), 0).astype(np.int8)
        filter[:, ::block] = np.where(present[:, ::block], 77, 0)
    stored, sparsity = compressed(filter, block, columns_first=columns_first)
    filter_scale = tie_prone_scale(rng, 0.001, 0.02, units if per_axis else None)
    in_scale = tie_prone_scale(rng, 0.002, 0.1)
    quantized = io != "f32"
    b = ModelBuilder()
    buffer = b.buffer(np.frombuffer(stored.tobytes(), np.uint8))
    g = b.subgraph("main")
    zeros = (3, -5) if io == "i8" else (0, 0)
    x = g.input("input", (rows, depth), io, **({"scale": in_scale, "zero_point": zeros[0]} if quantized else {}))
    filter_quantization = None if letter == "f32" else quantization(filter_scale, zero_point)
    w = g.tensor("filter", (units, depth), letter, buffer=buffer, sparsity=sparsity, quantization=filter_quantization)
    bias, bias_letter = rng.standard_normal(units), "f32"
    if quantized:
        bias, bias_letter = rng.integers(-3000, 3000, units), "i32" if io == "i8" else "i64"
    c = g.constant("bias", bias, bias_letter, scale=in_scale * filter_scale) if with_bias else None
    out_scale = np.float32(in_scale * np.max(filter_scale) * tie_prone_scale(rng, 2, 200))
    y = g.output("output", (), io, **({"scale": out_scale, "zero_point": zeros[1]} if quantized else {}))
    g.operator(
        BuiltinOperator.FULLY_CONNECTED,
        [x, w, c],
        [y],
        FullyConnectedOptions(fused_activation_function=activation, asymmetric_quantize_inputs=asymmetric),
    )
    data = rng.integers(-128, 128, (rows, depth)) if quantized else rng.standard_normal((rows, depth)) * 3
    return case(b.build(), data.astype({"i8": np.int8, "i16": np.int16}.get(io, np.float32)))


def shuffled(
    seed: int,
    *,
    rows: int = 4,
    units: int = 8,
    depth: int = 32,
    workspace: int | None = None,
    zero_point: int = 0,
    activation: ActivationFunctionType = ActivationFunctionType.NONE,
) -> Case:
    """Shuffled uint8 weights; the second output is the workspace, with so many columns."""
    rng = np.random.default_rng(seed)
    in_scale, filter_scale = tie_prone_scale(rng, 0.002, 0.1), tie_prone_scale(rng, 0.001, 0.02)
    b = ModelBuilder()
    g = b.subgraph("main")
    x = g.input("input", (rows, depth), "u8", scale=in_scale, zero_point=128)
    w = g.constant("filter", rng.integers(0, 256, (units, depth)), "u8", scale=filter_scale, zero_point=128)
    c = g.constant("bias", rng.integers(-30000, 30000, units), "i32", scale=in_scale * filter_scale)
    scale = np.float32(in_scale * filter_scale * tie_prone_scale(rng, 0.5, 20))
    y = g.output("output", (), "i16", scale=scale, zero_point=zero_point)
    z = g.output("workspace", (rows, depth if workspace is None else workspace), "u8")
    g.operator(
        BuiltinOperator.FULLY_CONNECTED,
        [x, w, c],
        [y, z],
        FullyConnectedOptions(
            fused_activation_function=activation, weights_format=FullyConnectedOptionsWeightsFormat.SHUFFLED4x16INT8
        ),
    )
    return case(b.build(), rng.integers(0, 256, (rows, depth)).astype(np.uint8))


def blockwise(
    seed: int,
    *,
    letter: str = "i4",
    rows: int = 3,
    units: int = 5,
    depth: int = 64,
    block: int = 32,
    with_bias: bool = True,
    activation: ActivationFunctionType = ActivationFunctionType.NONE,
) -> Case:
    """A filter with a float16 scale for each block of a row."""
    rng = np.random.default_rng(seed)
    b = ModelBuilder()
    g = b.subgraph("main")
    x = g.input("input", (rows, depth), "f32")
    scales = g.constant("scales", rng.uniform(0.01, 0.1, (units, -(-depth // block))), "f16")
    details = BlockwiseQuantization(scales.index, -1, block)
    blocks = Quantization(np.empty(0, np.float32), np.empty(0, np.int64), details=details)
    w = g.constant("filter", rng.integers(-8, 8, (units, depth)), letter, quantization=blocks)
    c = g.constant("bias", rng.standard_normal(units), "f32") if with_bias else None
    g.operator(
        BuiltinOperator.FULLY_CONNECTED,
        [x, w, c],
        [g.output("output", (), "f32")],
        FullyConnectedOptions(fused_activation_function=activation),
    )
    return case(b.build(), rng.standard_normal((rows, depth)).astype(np.float32))


@st.composite
def other_formats(draw: st.DrawFn) -> Case:
    """One of them at random, of those that the reference kernels read."""
    seed, rows, units, blocks = draw(st.tuples(st.integers(0, 2**32), *[st.integers(1, 9)] * 2, st.integers(1, 5)))
    kind = draw(st.sampled_from(["float32", "int8", "hybrid", "hybrid_uint8", "shuffled", "blockwise"]))
    activation = draw(st.sampled_from(list(ActivationFunctionType)[:4]))
    if kind == "shuffled":
        return shuffled(seed, rows=draw(st.sampled_from([1, 4])), units=4 * units, depth=16 * blocks)
    with_bias = draw(st.booleans())
    if kind == "blockwise":
        size = draw(st.sampled_from([1, 2, 16, 32]))
        sizes: dict[str, Any] = {"rows": rows, "units": units, "depth": size * blocks, "block": size}
        letter = draw(st.sampled_from(["i4", "i8"]))
        return blockwise(seed, letter=letter, with_bias=with_bias, activation=activation, **sizes)
    columns_first = kind == "float32" and draw(st.booleans())
    size = 1 if columns_first else draw(st.sampled_from([1, 4, 16])) if kind == "float32" else 16
    return sparse(
        kind,
        seed,
        block=size,
        columns_first=columns_first,
        rows=rows,
        units=units,
        depth=16 * blocks,
        per_axis=draw(st.booleans()),
        with_bias=with_bias,
        activation=activation,
        asymmetric=draw(st.booleans()),
    )
