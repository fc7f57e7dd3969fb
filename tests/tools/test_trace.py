"""Traces against the recordings of the real runtime, and against NumPy's own reader of .npz files."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import pytflite
from pytflite.tools.oracle import same_bits
from tests import golden
from tests.ops import subgraphs
from tests.ops.test_while import loop

REFERENCE = "reference"


def feeds(recording: golden.Recording) -> list[list[np.ndarray]]:
    order = recording.header["inputs"]
    return [[recording.inputs(i)[index] for index in order] for i in range(len(recording.header["samples"]))]


@pytest.mark.parametrize("name", ["digits/int8", "separable/int16x8", "lstm/int8", "dynamic/int8", "multi_io/int8"])
def test_every_tensor_of_every_invoke_is_what_the_real_runtime_computed(name: str, tmp_path: Path) -> None:
    recording = golden.load(name)
    invokes = feeds(recording)
    if name == "lstm/int8":
        assert len({array.shape for arrays in invokes for array in arrays}) == 1
    found = pytflite.trace(recording.model, invokes, stages=True, to=tmp_path / "trace.npz")
    compared = 0
    for record, array in found:
        theirs = recording.tensors[REFERENCE][record.invoke].get(record.tensor)
        if theirs is not None:
            assert same_bits(np.asarray(array), theirs), record
            compared += 1
    assert compared >= len(invokes) * len(pytflite.read(recording.model).main.operators) // 2
    assert any(record.stage == "accumulator" for record in found.records)


def test_the_file_can_be_read_by_numpy_and_is_mapped_here(tmp_path: Path) -> None:
    recording = golden.load("digits/int8")
    path = tmp_path / "trace.npz"
    held = pytflite.trace(recording.model, feeds(recording)[:1], stages=True)
    pytflite.trace(recording.model, feeds(recording)[:1], stages=True, to=path)
    loaded = pytflite.load_trace(path)
    assert loaded.records == held.records
    with np.load(path) as npz:
        for record, array in held:
            assert same_bits(npz[record.key], array)
            mapped = loaded.arrays[record.key]
            assert isinstance(mapped, np.memmap)
            assert mapped.flags.aligned
            assert same_bits(np.asarray(mapped), array)
    again = tmp_path / "again.npz"
    pytflite.trace(recording.model, feeds(recording)[:1], stages=True, to=again)
    assert path.read_bytes() == again.read_bytes()


def test_selection() -> None:
    recording = golden.load("digits/int8")
    model, fed = pytflite.read(recording.model), feeds(recording)[:1]
    by_type = pytflite.trace(model, fed, operators=["conv_2d"])
    assert {record.op for record in by_type.records} == {"CONV_2D"}
    by_index = pytflite.trace(model, fed, operators=[0])
    assert [record.operator for record in by_index.records] == [0]
    output = model.main.operators[-1].outputs[0]
    assert [r.tensor for r in pytflite.trace(model, fed, tensors=[output]).records] == [output]
    name = model.main.tensors[output].name
    assert name in pytflite.trace(model, fed, name=name[:3] + "*").tensors()
    assert pytflite.trace(model, fed, name="no such name").records == ()


def test_a_batch_of_another_size_between_invokes() -> None:
    recording = golden.load("dynamic/int8")
    (array,) = feeds(recording)[0]
    found = pytflite.trace(recording.model, [[array], [np.repeat(array, 3, axis=0)]])
    one, three = found.tensors(0), found.tensors(1)
    last = pytflite.read(recording.model).main.tensors[recording.header["outputs"][0]].name
    assert same_bits(np.repeat(one[last], 3, axis=0), three[last])


def test_each_iteration_of_a_loop_is_recorded(tmp_path: Path) -> None:
    subject = loop(subgraphs.summed, 4, [np.array([1], np.int32), np.array([1], np.int32)])
    found = pytflite.trace(subject.model, subject.inputs, stages=True, to=tmp_path / "loop.npz")
    sums = [(record, array.item()) for record, array in found if record.op == "ADD" and record.stage == "output"]
    assert [value for _, value in sums] == [2, 3, 5, 8]
    assert [[(call.operator, call.number) for call in record.calls] for record, _ in sums] == [
        [(0, 1)], [(0, 3)], [(0, 5)], [(0, 7)]
    ]  # fmt: skip
    conditions = [array.item() for record, array in found if record.op == "CAST"]
    assert conditions == [True] * 4 + [False]
    assert "0/000.WHILE/1.subgraph2/001.ADD/output" in found.arrays
    assert found.stage(0, "outputs[2]").item() == 8
    assert pytflite.load_trace(tmp_path / "loop.npz").records == found.records
    named = pytflite.trace(subject.model, subject.inputs, operators=["ADD"])
    assert [record.calls[0].number for record in named.records] == [1, 3, 5, 7]
    assert {r.op for r in pytflite.trace(subject.model, subject.inputs, operators=[0]).records} == {"WHILE"}


def test_a_wrong_input_is_named() -> None:
    recording = golden.load("digits/int8")
    with pytest.raises(pytflite.ArgumentError, match=r"takes int8\[1, 8, 8, 1\], got float32"):
        pytflite.trace(recording.model, [[np.zeros((1, 8, 8, 1), np.float32)]])
    with pytest.raises(pytflite.ArgumentError, match="2 inputs given"):
        pytflite.trace(recording.model, [[np.zeros((1, 8, 8, 1), np.int8)] * 2])


def test_a_file_without_a_trace(tmp_path: Path) -> None:
    np.savez(tmp_path / "other.npz", a=np.zeros(3))
    with pytest.raises(pytflite.ArgumentError, match="holds no trace"):
        pytflite.load_trace(tmp_path / "other.npz")
    (tmp_path / "text.npz").write_text("hello")
    with pytest.raises(pytflite.ArgumentError, match="is no"):
        pytflite.load_trace(tmp_path / "text.npz")
