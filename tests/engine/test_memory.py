"""Too little memory, and shapes that are too large: one error, before any kernel runs, and all goes on afterwards."""

from __future__ import annotations

import itertools
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

pytest.importorskip("numba", reason="numba is not installed: the definitions run alone")

import pytflite
from pytflite.build import ModelBuilder
from pytflite.errors import ArgumentError, PrepareError, StateError
from pytflite.kernels.engine.buffers import aligned
from pytflite.model.types import Model
from pytflite.runtime.interpreter import Interpreter
from pytflite.schema.enums import BuiltinOperator, Padding
from pytflite.schema.tables import AddOptions, Conv2DOptions, DepthwiseConv2DOptions, ReducerOptions, ReshapeOptions
from tests.ops.test_unidirectional_sequence_lstm import lstm

Array = npt.NDArray[Any]

SMALL, LARGE = (1, 9, 7, 3), (2, 33, 29, 3)
MESSAGE = "do(es)? not fit into memory|Tensor .* of shape"


@contextmanager
def memory_for(allocations: int) -> Iterator[list[int]]:
    """The allocation after so many fails; gives the sizes of those before."""
    made: list[int] = []

    def allocate(size: int) -> Array:
        if len(made) == allocations:
            raise MemoryError(f"no more than {allocations}")
        made.append(size)
        return aligned(size)

    with pytest.MonkeyPatch.context() as patch:
        for name, module in list(sys.modules.items()):
            if name.startswith(("pytflite.runtime.engine", "pytflite.kernels.engine")) and hasattr(module, "aligned"):
                patch.setattr(module, "aligned", allocate)
        yield made


def network() -> Model:
    """Convolutions whose scratch memory grows with the image, a sum, and a shape from a constant."""
    rng = np.random.default_rng(0)
    g = (b := ModelBuilder()).subgraph("main")
    x = g.input("x", SMALL, "f32", shape_signature=(-1, -1, -1, 3))
    wide, deep, sum = (g.tensor(name, (0,) * 4, "f32") for name in ("wide", "deep", "sum"))
    filter = g.constant("filter", rng.normal(size=(20, 3, 3, 3)).astype(np.float32), "f32")
    taps = g.constant("taps", rng.normal(size=(1, 3, 3, 20)).astype(np.float32), "f32")
    bias = g.constant("bias", rng.normal(size=20).astype(np.float32), "f32")
    same: dict[str, Any] = {"padding": Padding.SAME, "stride_h": 1, "stride_w": 1}
    g.operator(BuiltinOperator.CONV_2D, [x, filter, bias], [wide], Conv2DOptions(**same))
    options = DepthwiseConv2DOptions(depth_multiplier=1, **same)
    g.operator(BuiltinOperator.DEPTHWISE_CONV_2D, [wide, taps, bias], [deep], options)
    g.operator(BuiltinOperator.ADD, [wide, deep], [sum], AddOptions())
    flat = g.constant("flat", np.array([-1, 20], np.int32), "i32")
    g.operator(BuiltinOperator.RESHAPE, [sum, flat], [g.output("y", (0, 0), "f32")], ReshapeOptions())
    return b.build()


def result(interpreter: Interpreter, shape: tuple[int, ...]) -> Array:
    data = np.random.default_rng(1).normal(size=shape).astype(np.float32)
    interpreter.set_tensor(0, data)
    interpreter.invoke()
    (output,) = interpreter.get_output_details()
    return interpreter.get_tensor(output["index"])


def expected(data: bytes, shape: tuple[int, ...]) -> Array:
    interpreter = Interpreter(model_content=data, profile="reference", engine=False)
    interpreter.resize_tensor_input(0, shape)
    interpreter.allocate_tensors()
    return result(interpreter, shape)


def refusal(interpreter: Interpreter) -> str:
    """Why tensors cannot be allocated; "" if they were."""
    try:
        interpreter.allocate_tensors()
    except PrepareError as fault:
        return str(fault)
    return ""


@pytest.mark.parametrize("threads", [1, 3])
def test_every_allocation_may_fail(threads: int) -> None:
    data = network().to_bytes()
    small, large = expected(data, SMALL), expected(data, LARGE)
    for allocations in itertools.count():
        interpreter = Interpreter(model_content=data, profile="reference", num_threads=threads)
        interpreter.allocate_tensors()
        interpreter.resize_tensor_input(0, LARGE)
        with memory_for(allocations) as made:
            refused = refusal(interpreter)
        if not refused:
            break
        assert refused.endswith(f"no more than {allocations}")
        assert len(made) == allocations
        with pytest.raises(StateError, match="not ready"):
            interpreter.invoke()
        interpreter.allocate_tensors()
        pool = interpreter._interpreter._pool
        assert {part.size for part in pool._memory} == {pool._scratch}
        assert np.array_equal(result(interpreter, LARGE), large)
        interpreter.resize_tensor_input(0, SMALL)
        interpreter.allocate_tensors()
        assert np.array_equal(result(interpreter, SMALL), small)
    assert allocations > 12


def test_states_may_not_fit_either() -> None:
    interpreter = Interpreter(model_content=lstm("int8", 0).model.to_bytes(), profile="reference")
    for allocations in range(4):
        with memory_for(allocations), pytest.raises(PrepareError, match=MESSAGE):
            interpreter.allocate_tensors()
    interpreter.allocate_tensors()
    interpreter.invoke()


def test_a_hundred_gigabytes_of_tensors_are_refused() -> None:
    """None of them alone is too large, and nothing in the file is."""
    g = (b := ModelBuilder()).subgraph("main")
    x, sizes = g.input("x", (1, 1), "f32"), g.constant("sizes", np.array([1 << 14, 1 << 14], np.int32), "i32")
    tensors = [g.tensor(f"tensor{k}", (1 << 14, 1 << 14), "f32") for k in range(100)]
    for tensor in tensors:
        g.operator(BuiltinOperator.BROADCAST_TO, [x, sizes], [tensor])
    sum = tensors[0]
    for k, tensor in enumerate(tensors[1:]):
        g.operator(BuiltinOperator.ADD, [sum, tensor], [sum := g.tensor(f"sum{k}", (0, 0), "f32")], AddOptions())
    axes = g.constant("axes", np.array([0, 1], np.int32), "i32")
    g.operator(BuiltinOperator.MEAN, [sum, axes], [g.output("y", (), "f32")], ReducerOptions())
    interpreter = Interpreter(model_content=b.build().to_bytes(), profile="reference")
    with memory_below(1 << 36) as asked, pytest.raises(PrepareError, match="do not fit into memory"):
        interpreter.allocate_tensors()
    assert 100 << 30 < max(asked) < 110 << 30


@contextmanager
def memory_below(limit: int) -> Iterator[list[int]]:
    """Only so much can be had at once, whatever this machine has; gives how many elements were asked for."""
    real, asked = np.zeros, []

    def zeros(shape: Any, *rest: Any) -> Array:
        asked.append(int(np.prod(shape)))
        if asked[-1] >= limit:
            raise MemoryError(f"Unable to allocate {shape}")
        return real(shape, *rest)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(np, "zeros", zeros)
        yield asked


@pytest.mark.parametrize("shape", [(0, 2**31 - 1, 2**31 - 1, 3), (1, 2**31 - 1, 2**31 - 1, 3), (2**30, 2, 1, 3)])
def test_shapes_whose_elements_cannot_be_counted(shape: tuple[int, ...]) -> None:
    interpreter = Interpreter(model_content=network().to_bytes(), profile="reference")
    interpreter.resize_tensor_input(0, shape)
    with pytest.raises(PrepareError, match="Tensor 0 'x' cannot have shape"):
        interpreter.allocate_tensors()
    interpreter.resize_tensor_input(0, SMALL)
    interpreter.allocate_tensors()
    interpreter.invoke()


def test_sizes_beyond_int32() -> None:
    interpreter = pytflite.Interpreter(model_content=network().to_bytes())
    with pytest.raises(ArgumentError, match=r"Cannot resize tensor 0 to \[2147483648, 1, 1, 3\]"):
        interpreter.resize_tensor_input(0, [1 << 31, 1, 1, 3])
    interpreter.allocate_tensors()
    interpreter.invoke()


def test_constants_without_elements_cannot_span_everything() -> None:
    g = (b := ModelBuilder()).subgraph("main")
    x, nothing = g.input("x", (1,), "f32"), g.tensor("nothing", (0, 2**31 - 1, 2**31 - 1), "f32")
    g.operator(BuiltinOperator.ADD, [x, nothing], [g.output("y", (0, 0, 0), "f32")], AddOptions())
    interpreter = Interpreter(model_content=b.build().to_bytes(), profile="reference")
    with pytest.raises(PrepareError, match="Tensor 1 'nothing' cannot have shape"):
        interpreter.allocate_tensors()
