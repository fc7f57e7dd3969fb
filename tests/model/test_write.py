"""Writing: bytes for people and runtimes, and files that appear whole or not at all."""

import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pytflite.build import ModelBuilder
from pytflite.errors import ModelError
from pytflite.model.read import read
from pytflite.model.types import Model
from pytflite.model.write import save, write
from pytflite.schema.enums import BuiltinOperator
from pytflite.schema.tables import AddOptions
from tests.model.test_read import raw, small


def run(data: bytes) -> Any:
    """What the real runtime computes of the small model."""
    module = pytest.importorskip("ai_edge_litert.interpreter", reason="ai_edge_litert is not installed")
    interpreter = module.Interpreter(model_content=data)
    interpreter.allocate_tensors()
    interpreter.set_tensor(interpreter.get_input_details()[0]["index"], np.int8([[3, -7, 100, 0]]))
    interpreter.invoke()
    return interpreter.get_tensor(interpreter.get_output_details()[0]["index"]).tolist()


def test_files_are_the_same_every_time() -> None:
    assert write(small()) == write(small())


def test_buffers_are_aligned_to_sixteen_bytes() -> None:
    data = write(small())
    assert data.index(bytes(range(4))) % 16 == 0
    assert data.index(b"hello") % 16 == 0


def test_operator_codes_are_shared_and_ordered_by_use() -> None:
    builder = ModelBuilder()
    graph = builder.subgraph()
    x = graph.input("x", (1,), "f32")
    for name in (BuiltinOperator.RELU, "Mine", BuiltinOperator.RELU, "Other", "Mine"):
        x_next = graph.tensor("t", (1,), "f32")
        graph.operator(name, [x], [x_next])
        x = x_next
    codes = raw(builder.build()).operator_codes
    assert [(code.builtin_code, code.custom_code) for code in codes] == [
        (BuiltinOperator.RELU, ""),
        (BuiltinOperator.CUSTOM, "Mine"),
        (BuiltinOperator.CUSTOM, "Other"),
    ]


def test_constants_of_a_large_model_go_behind_the_flatbuffer() -> None:
    inside, outside = write(small()), write(small(), max_inside=0)
    assert read(outside) == small()
    (_, first, second) = raw(read(outside)).buffers[0:3]
    assert (first.offset, second.offset) == (0, 0)  # written inside again
    root = raw_of(outside)
    assert [buffer.data for buffer in root.buffers] == [None] * 3
    assert [buffer.offset % 16 for buffer in root.buffers] == [0] * 3
    assert [buffer.size for buffer in root.buffers] == [0, 4, 5]
    assert outside[root.buffers[2].offset :] == b"hello"
    assert run(outside) == run(inside)


def raw_of(data: bytes) -> Any:
    from pytflite import flatbuffer
    from pytflite.schema import layout

    return flatbuffer.read(memoryview(data), layout.ROOT, layout.IDENTIFIER).root


def test_an_empty_constant_stays_one_behind_the_flatbuffer() -> None:
    builder = ModelBuilder()
    graph = builder.subgraph()
    graph.constant("empty", np.empty(0, np.float32))
    graph.constant("full", np.ones(3, np.float32))
    model = builder.build()
    assert read(write(model, max_inside=0)) == model


def test_attached_files_are_attached_again() -> None:
    files = {"labels.txt": b"cat\ndog\n" * 100, "empty.txt": b""}
    model = replace(small(), associated_files=files)
    data = write(model)
    assert read(data) == model
    assert write(read(data)) == data
    assert len(data) < len(write(small())) + 500
    assert run(data) == run(write(small()))


def test_a_value_that_does_not_fit_is_refused() -> None:
    graph = small().main
    tensor = replace(graph.tensors[0], shape=(1 << 40,))
    model = replace(small(), subgraphs=(replace(graph, tensors=(tensor, *graph.tensors[1:])),))
    with pytest.raises(ModelError, match=r"Tensor\.shape cannot hold 1099511627776"):
        write(model)


def test_options_that_are_none_are_refused() -> None:
    graph = small().main
    operator = replace(graph.operators[0], options=AddOptions)
    model = replace(small(), subgraphs=(replace(graph, operators=(operator,)),))
    with pytest.raises(ModelError, match=r"type is no member of the union Operator\.builtin_options_2"):
        write(model)


def test_saving_and_reading(tmp_path: Path) -> None:
    path = tmp_path / "small.tflite"
    small().save(str(path))
    assert path.read_bytes() == small().to_bytes() == write(small())
    assert read(path) == small()


def test_saving_over_the_file_that_the_model_maps(tmp_path: Path) -> None:
    path = tmp_path / "small.tflite"
    small().save(path)
    model = read(path)
    replace(model, description="another").save(path)
    assert model == small()
    assert read(path).description == "another"


@pytest.mark.parametrize("when", ["write", "replace"])
def test_a_failure_leaves_no_partial_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, when: str) -> None:
    path = tmp_path / "small.tflite"
    path.write_bytes(b"old")

    def fail(self: Path, *_: Any) -> None:
        if when == "write":
            os.close(os.open(self, os.O_CREAT))
        raise OSError("no space left on device")

    monkeypatch.setattr(Path, "write_bytes" if when == "write" else "replace", fail)
    with pytest.raises(OSError, match="no space"):
        save(small(), path)
    assert [entry.name for entry in tmp_path.iterdir()] == ["small.tflite"]
    assert path.read_bytes() == b"old"


def test_a_model_that_cannot_be_written_touches_nothing(tmp_path: Path) -> None:
    model: Model = replace(small(), version=-1)
    with pytest.raises(ModelError, match=r"Model\.version cannot hold -1"):
        model.save(tmp_path / "small.tflite")
    assert list(tmp_path.iterdir()) == []
