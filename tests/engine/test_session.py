"""Sessions on the engine: whole networks, observers, views, errors, the cache, other instruction sets."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("numba", reason="numba is not installed: the definitions run alone")

from pytflite.build import ModelBuilder, SubgraphBuilder, TensorRef
from pytflite.errors import InvokeError, StateError
from pytflite.kernels import _compile
from pytflite.kernels.engine import SLACK
from pytflite.kernels.engine.buffers import room_behind, to_be_read, with_slack
from pytflite.model.read import read
from pytflite.plan.prepare import Plan, prepare
from pytflite.profiles import REFERENCE
from pytflite.runtime.engine.engine import Engine
from pytflite.runtime.interpreter import Interpreter
from pytflite.runtime.session import Session
from pytflite.schema.enums import BuiltinOperator
from pytflite.schema.tables import AddOptions, Conv2DOptions
from pytflite.tools.oracle import first_difference
from tests import golden
from tests.engine.engines import Guards
from tests.ops.test_softmax import softmax

ROOT = Path(__file__).parents[2]
NETWORKS = [name for name in golden.names() if name.endswith(("/int8", "/uint8"))]


def plan_of(name: str) -> Plan:
    return prepare(read(golden.load(name).model), 0, REFERENCE)


@pytest.mark.parametrize("name", NETWORKS)
def test_outputs_are_as_recorded(name: str) -> None:
    recording = golden.load(name)
    session = Session(plan_of(name))
    for sample, expected in enumerate(recording.tensors["reference"]):
        inputs = recording.inputs(sample)
        if any(session.inputs[index].shape != array.shape for index, array in inputs.items()):
            continue
        for index, array in inputs.items():
            session.set(index, array)
        session.invoke()
        for index in session.plan.subgraph.outputs:
            assert not first_difference([session.get(index)], [expected[index]])


def test_a_network_is_bound() -> None:
    plan = plan_of("separable/int8")
    session = Session(plan)
    session.invoke()
    assert isinstance(session._engine, Engine)
    assert len(session._engine.bound) > len(plan.first.nodes) // 2


def test_observers_see_every_node_and_change_nothing() -> None:
    recording = golden.load("separable/int8")
    session = Session(plan_of("separable/int8"))
    for index, array in recording.inputs(0).items():
        session.set(index, array)
    (output,) = session.plan.subgraph.outputs
    view = session.get(output)
    assert view is not None
    session.invoke()
    first = view.copy()
    view[...] = 0
    seen: list[int] = []
    session.invoke(lambda node, inputs, outputs: seen.append(node.operator.index))
    assert seen == [node.operator.index for node in session.plan.first.nodes]
    assert np.array_equal(view, first)
    view[...] = 0
    session.invoke()
    assert session.get(output) is view
    assert np.array_equal(view, first)


def test_preserved_tensors_are_all_there() -> None:
    session = Session(plan_of("separable/int8"), preserve_all=True)
    session.invoke()
    assert session._engine is None
    assert all(session.get(index) is not None for node in session.plan.first.nodes for index in node.operator.outputs)


def test_intermediates_are_never_stale() -> None:
    session = Session(plan_of("separable/int8"))
    session.invoke()
    hidden = session.plan.first.nodes[0].operator.outputs[0]
    assert session.get(hidden) is None


def written_twice(g: SubgraphBuilder, x: TensorRef, y: TensorRef) -> None:
    """A tensor is given another value while others live in between."""
    first, again, sum = (g.tensor(name, (1, 64), "f32") for name in ("first", "again", "sum"))
    g.operator(BuiltinOperator.NEG, [x], [first])
    g.operator(BuiltinOperator.ABS, [x], [again])
    g.operator(BuiltinOperator.ADD, [first, again], [sum], AddOptions())
    g.operator(BuiltinOperator.SQUARE, [sum], [again])
    g.operator(BuiltinOperator.ADD, [again, sum], [y], AddOptions())


def reshaped_and_written(g: SubgraphBuilder, x: TensorRef, y: TensorRef) -> None:
    """The same of a tensor that another one shares its place with."""
    first, column, wanted = g.tensor("first", (1, 64), "f32"), g.tensor("column", (64, 1), "f32"), (1, 64)
    g.operator(BuiltinOperator.NEG, [x], [first])
    g.operator(BuiltinOperator.RESHAPE, [first, g.constant("to", np.array([64, 1], np.int32), "i32")], [column])
    g.operator(BuiltinOperator.SQUARE, [x], [first])
    g.operator(BuiltinOperator.RESHAPE, [column, g.constant("back", np.array(wanted, np.int32), "i32")], [y])


def in_place(g: SubgraphBuilder, x: TensorRef, y: TensorRef) -> None:
    """An operator reads, more than once, what it writes."""
    image, kept = g.tensor("image", (1, 4, 4, 4), "f32"), g.constant("shape", np.array([1, 4, 4, 4], np.int32), "i32")
    filter = g.constant("filter", np.random.default_rng(0).normal(size=(4, 3, 3, 4)).astype(np.float32), "f32")
    bias = g.constant("bias", np.zeros(4, np.float32), "f32")
    g.operator(BuiltinOperator.RESHAPE, [x, kept], [image])
    g.operator(BuiltinOperator.CONV_2D, [image, filter, bias], [image], Conv2DOptions(stride_h=1, stride_w=1))
    g.operator(BuiltinOperator.RESHAPE, [image, g.constant("to", np.array([1, 64], np.int32), "i32")], [y])


def read_too_early(g: SubgraphBuilder, x: TensorRef, y: TensorRef) -> None:
    """A tensor is read before it is written."""
    late, sum = g.tensor("late", (1, 64), "f32"), g.tensor("sum", (1, 64), "f32")
    g.operator(BuiltinOperator.ADD, [x, late], [sum], AddOptions())
    g.operator(BuiltinOperator.NEG, [sum], [late])
    g.operator(BuiltinOperator.ADD, [late, sum], [y], AddOptions())


def never_written(g: SubgraphBuilder, x: TensorRef, y: TensorRef) -> None:
    """A tensor is read and never written."""
    g.operator(BuiltinOperator.ADD, [x, g.tensor("nothing", (1, 64), "f32")], [y], AddOptions())


@pytest.mark.parametrize("make", [written_twice, reshaped_and_written, in_place, read_too_early, never_written])
def test_what_is_not_written_once_and_then_read_is_left_to_the_other_loop(make: Any) -> None:
    g = (b := ModelBuilder()).subgraph("main")
    make(g, g.input("x", (1, 64), "f32"), g.output("y", (1, 64), "f32"))
    model, results = b.build(), []
    for engine in (False, True):
        session = Session(prepare(model, 0, REFERENCE), engine=engine)
        session.inputs[0][...] = np.arange(-32, 32)
        try:
            for _ in range(2):
                session.invoke()
            results.append(session.get(1))
        except StateError as fault:
            results.append(str(fault))
    assert session.bind() is None
    assert np.array_equal(*results), results


def test_live_views() -> None:
    recording = golden.load("separable/int8")
    interpreter = Interpreter(str(recording.model), profile="reference")
    interpreter.allocate_tensors()
    (index,), (output,) = recording.inputs(0), [detail["index"] for detail in interpreter.get_output_details()]
    interpreter.tensor(index)()[...] = recording.inputs(0)[index]
    interpreter.invoke()
    assert np.array_equal(interpreter.tensor(output)(), recording.tensors["reference"][0][output])


def test_what_a_kernel_cannot_compute_is_told_by_the_definition() -> None:
    subject = softmax(("i8", "i8"), 0, beta=1e4, shape=(2, 4000))
    session = Session(prepare(subject.model, 0, REFERENCE))
    (index,) = session.inputs
    for _ in range(2):
        session.inputs[index][...] = 5
        with pytest.raises(InvokeError, match="the sum of exps overflows"):
            session.invoke()
    session.inputs[index][...] = -128
    session.inputs[index][..., 0] = 127
    session.invoke()


def test_the_cache_is_stamped_with_the_sources_of_the_engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stamp = _compile.sources_stamp.__wrapped__
    for folder in ("arithmetic", "kernels", "kernels/engine"):
        (tmp_path / folder).mkdir()
    source = tmp_path / "kernels" / "engine" / "gemm.py"
    source.write_text("")
    monkeypatch.setattr(_compile, "PACKAGE", tmp_path)
    before = stamp()
    source.write_text("# touched")
    assert stamp() != before
    (tmp_path / "kernels" / "gemm.py").write_text("# touched")
    source.unlink()
    assert stamp() != before


TARGET = """
from numba.core.registry import cpu_target
from pytflite.kernels.engine.target import cpu, features
_, name, told = cpu_target.target_context.codegen().magic_tuple()
assert cpu() == name
assert features() == {word[1:]: word[0] == "+" for word in told.split(",") if word}
"""


@pytest.mark.parametrize(
    "told",
    [{}, {"NUMBA_ENABLE_AVX": "0"}, {"NUMBA_CPU_NAME": "nocona"}, {"NUMBA_CPU_NAME": "generic"}],
)
def test_the_target_is_that_of_numba(told: dict[str, str]) -> None:
    subprocess.run([sys.executable, "-c", TARGET], check=True, cwd=ROOT, env={**os.environ, **told})


OTHER = """
from pytflite.kernels.engine.target import SHAPE
assert SHAPE.name == "generic", SHAPE.name
from tests.engine.test_session import test_outputs_are_as_recorded
test_outputs_are_as_recorded("separable/int8")
print("same bits")
"""


@pytest.mark.skipif(not sys.platform.startswith("linux") or os.uname().machine != "x86_64", reason="names x86-64")
def test_generic_instructions_give_the_same_bits() -> None:
    told = {"NUMBA_CPU_NAME": "x86-64", "NUMBA_CPU_FEATURES": "+sse,+sse2,+cx16", "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", OTHER], capture_output=True, text=True, check=False, cwd=ROOT, env={**os.environ, **told}
    )
    assert done.stdout.strip() == "same bits", done.stderr


@pytest.mark.parametrize("place", [-1, 40])
def test_guards_notice_a_byte_outside(place: int) -> None:
    guards = Guards(np.random.default_rng(0))
    own = guards.aligned(40)
    own[:] = 1
    guards.check()
    whole = own.base
    assert whole is not None
    whole[own.ctypes.data - whole.ctypes.data + place] ^= 1
    with pytest.raises(AssertionError, match=f"bytes .{place}. around 40"):
        guards.check()


def test_constants_stay_in_the_file_where_more_of_it_follows() -> None:
    constants = [value for value in plan_of("digits/int8").first.values.values() if value.size]
    assert any(to_be_read(value) is value for value in constants)
    assert all(room_behind(value) >= SLACK for value in constants if to_be_read(value) is value)
    assert not any(np.shares_memory(with_slack(value), value) for value in constants)
    for part, room in ((100, 0), (37, 63), (36, 64)):
        value = np.frombuffer(memoryview(bytes(range(100)))[:part], np.uint8)
        assert room_behind(value) == room
        assert (to_be_read(value) is value) is (room >= SLACK)
        assert np.array_equal(to_be_read(value), value)
    assert room_behind(np.zeros(9)) == 0


def test_all_that_an_engine_needs_is_compiled_together(tmp_path: Path) -> None:
    code = (
        "from pytflite.kernels.engine import program, store\n"
        "import tests.golden as golden, pytflite, sys\n"
        "told = []\n"
        "program._tell = lambda *counts: told.append(counts)\n"
        "interpreter = pytflite.Interpreter(golden.load('digits/int8').model, num_threads=2)\n"
        "interpreter.allocate_tensors()\n"
        "interpreter.invoke()\n"
        "total = told[-1][1]\n"
        "print(told == [(count, total) for count in range(total + 1)] and total > 3)\n"
    )
    environment = {**os.environ, "NUMBA_CACHE_DIR": str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, env=environment)
    assert done.stdout == "True\n", done.stderr
