"""Reading: where from, what into, and what is refused."""

import copy
import mmap
import pickle
import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pytflite import flatbuffer
from pytflite.build import ModelBuilder
from pytflite.errors import FormatError, ModelError
from pytflite.flatbuffer import UnknownMember
from pytflite.model.read import read
from pytflite.model.types import Model
from pytflite.model.write import write
from pytflite.schema import layout, tables
from pytflite.schema.enums import BuiltinOperator, TensorType
from pytflite.schema.tables import SoftmaxOptions


def small() -> Model:
    """SOFTMAX of x + a constant, quantized."""
    builder = ModelBuilder("a small model")
    graph = builder.subgraph("main")
    x = graph.input("x", (1, 4), "i8", scale=0.5, zero_point=3)
    c = graph.constant("c", np.arange(4, dtype=np.int8).reshape(1, 4), scale=[0.25], zero_point=[-1])
    s = graph.tensor("s", (1, 4), "i8", scale=0.5)
    y = graph.output("y", (1, 4), "i8", scale=1 / 256, zero_point=-128)
    graph.operator(BuiltinOperator.ADD, [x, c], [s], tables.AddOptions())
    graph.operator(BuiltinOperator.SOFTMAX, [s], [y], SoftmaxOptions(1.0))
    builder.signature("serving_default", graph, {"in": x}, {"out": y})
    builder.metadata("note", b"hello")
    return builder.build()


def raw(model: Model) -> tables.Model:
    """The tables of a model's file."""
    root: tables.Model = flatbuffer.read(memoryview(write(model)), layout.ROOT, layout.IDENTIFIER).root
    return root


def rebuilt(root: tables.Model) -> bytes:
    return bytes(flatbuffer.build(root, layout.ROOT, layout.IDENTIFIER))


def edited(**changes: Any) -> bytes:
    """The small model with fields of its root table changed."""
    return rebuilt(raw(small()).replace(**changes))


def with_operator(number: int, **changes: Any) -> bytes:
    """The small model with fields of one operator's table changed."""
    root = raw(small())
    graph = root.subgraphs[0]
    operators = list(graph.operators)
    operators[number] = operators[number].replace(**changes)
    return rebuilt(root.replace(subgraphs=(graph.replace(operators=tuple(operators)),)))


def with_tensor(number: int, **changes: Any) -> bytes:
    """The small model with fields of one tensor's table changed."""
    root = raw(small())
    graph = root.subgraphs[0]
    tensors = list(graph.tensors)
    tensors[number] = tensors[number].replace(**changes)
    return rebuilt(root.replace(subgraphs=(graph.replace(tensors=tuple(tensors)),)))


def test_what_it_says() -> None:
    model = read(write(small()))
    assert (model.version, model.description, model.path, model.notes) == (3, "a small model", None, ())
    graph = model.main
    assert (graph.name, graph.inputs, graph.outputs) == ("main", (0,), (3,))
    x, c, _, _ = graph.tensors
    assert (x.index, x.name, x.type, x.shape, x.shape_signature, x.buffer) == (0, "x", TensorType.INT8, (1, 4), None, 0)
    assert (x.has_rank, x.is_variable, x.sparsity, x.variant_tensors) == (True, False, None, ())
    assert x.quantization
    assert (x.quantization.scale.dtype, x.quantization.zero_point.dtype) == (np.float32, np.int64)
    assert (x.quantization.scale.tolist(), x.quantization.zero_point.tolist()) == ([0.5], [3])
    assert model.constant(x) is None
    assert model.constant(c).tolist() == [[0, 1, 2, 3]]  # type: ignore[union-attr]
    add, softmax = graph.operators
    assert (add.index, add.name, add.version, add.inputs, add.outputs) == (0, "ADD", 1, (0, 1), (2,))
    assert (softmax.options, softmax.custom_options, softmax.intermediates) == (SoftmaxOptions(1.0), b"", ())
    assert model.signatures[0].inputs == {"in": 0}
    assert model.signatures[0].outputs == {"out": 3}
    assert model.buffers[model.metadata["note"]].tobytes() == b"hello"  # type: ignore[union-attr]


@pytest.mark.parametrize("source", [bytes, bytearray, memoryview, lambda data: np.frombuffer(data, np.uint8)])
def test_bytes_of_any_kind(source: Any) -> None:
    assert read(source(write(small()))) == small()


@pytest.mark.parametrize("source", [str, Path])
def test_a_path_is_mapped(tmp_path: Path, source: Any) -> None:
    path = tmp_path / "small.tflite"
    path.write_bytes(write(small()))
    model = read(source(path))
    assert model == small()
    assert model.path == path
    data = model.buffers[1]
    assert data is not None
    base: Any = data
    while isinstance(base, np.ndarray | memoryview):
        base = base.base if isinstance(base, np.ndarray) else base.obj
    assert isinstance(base, mmap.mmap)


def test_constants_are_views_that_cannot_be_written() -> None:
    data = bytearray(write(small()))
    value = read(data).constant(small().main.tensors[1])
    assert value is not None
    assert np.shares_memory(value, np.frombuffer(data, np.uint8))
    with pytest.raises(ValueError, match="read-only"):
        value[0, 0] = 1


def test_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        read(tmp_path / "nope.tflite")


def test_an_empty_file(tmp_path: Path) -> None:
    path = tmp_path / "empty.tflite"
    path.touch()
    with pytest.raises(FormatError, match="0 bytes"):
        read(path)


def test_a_text_file_is_no_model() -> None:
    with pytest.raises(FormatError, match="identifier"):
        read(b"There is no model here.")


def test_every_truncation_is_refused() -> None:
    data = write(small())
    for size in range(len(data)):
        with pytest.raises(FormatError):
            read(data[:size])


def test_models_survive_pickle_and_copy(tmp_path: Path) -> None:
    path = tmp_path / "small.tflite"
    small().save(path)
    model = read(path)
    assert pickle.loads(pickle.dumps(model)) == model
    assert copy.deepcopy(model) == model


# ---------------------------------------------------------------------------------------------- other ways to say it


def test_the_old_field_of_the_operator_code_counts() -> None:
    codes = tuple(code.replace(builtin_code=BuiltinOperator.ADD) for code in raw(small()).operator_codes)
    assert codes[1].deprecated_builtin_code == BuiltinOperator.SOFTMAX
    assert read(edited(operator_codes=codes)) == small()


def test_operators_beyond_127() -> None:
    builder = ModelBuilder()
    graph = builder.subgraph()
    x, y = graph.input("x", (1,), "f32"), graph.output("y", (1,), "f32")
    graph.operator(BuiltinOperator.GELU, [x], [y])
    model = builder.build()
    (code,) = raw(model).operator_codes
    assert (code.deprecated_builtin_code, code.builtin_code) == (127, BuiltinOperator.GELU)
    assert read(write(model)).main.operators[0].builtin is BuiltinOperator.GELU


def test_an_operator_of_a_newer_schema() -> None:
    codes = raw(small()).operator_codes
    newer: Any = 1000
    data = edited(operator_codes=(codes[0], codes[1].replace(builtin_code=newer)))
    model = read(data)
    operator = model.main.operators[1]
    assert (operator.builtin, operator.name) == (1000, "UNKNOWN_1000")
    assert [note.rule for note in model.notes] == ["unknown-enum"]
    assert read(write(model)) == model


def test_a_tensor_type_of_a_newer_schema() -> None:
    model = read(with_tensor(0, type=99))
    tensor = model.main.tensors[0]
    assert tensor.type == 99
    assert "99" in repr(tensor)
    with pytest.raises(ModelError, match="tensor type 99 is newer than this schema"):
        _ = tensor.dtype
    assert read(write(model)) == model
    assert {finding.rule for finding in model.findings} == {"unknown-enum"}


@pytest.mark.parametrize(("member", "union"), [(200, "builtin_options"), (100, "builtin_options_2")])
def test_options_of_a_newer_schema(member: int, union: str) -> None:
    options = UnknownMember(member, unknown=((0, b"\1\0\0\0"),))
    data = with_operator(1, **{"builtin_options": None, union: options})
    model = read(data)
    assert model.main.operators[1].options == options
    assert getattr(raw(model).subgraphs[0].operators[1], union) == options
    assert read(write(model)) == model


def test_fields_of_a_newer_schema() -> None:
    model = read(with_operator(0, unknown=((20, b"\5\0\0\0"),)))
    assert model.main.operators[0].unknown == ((20, b"\5\0\0\0"),)
    assert [note.rule for note in model.notes] == ["unknown-field"]
    assert read(write(model)) == model


def test_options_of_either_union() -> None:
    options = tables.DilateOptions()
    builder = ModelBuilder()
    graph = builder.subgraph()
    x, y = graph.input("x", (1,), "f32"), graph.output("y", (1,), "f32")
    graph.operator(BuiltinOperator.DILATE, [x], [y], options)
    model = builder.build()
    assert raw(model).subgraphs[0].operators[0].builtin_options_2 == options
    assert read(write(model)).main.operators[0].options == options


def test_data_behind_the_flatbuffer() -> None:
    root = raw(small())
    buffers = list(root.buffers)
    probe = rebuilt(root.replace(buffers=(*buffers[:1], tables.Buffer(None, 1 << 20, 4), *buffers[2:])))
    outside = tables.Buffer(None, len(probe), 4)
    data = rebuilt(root.replace(buffers=(*buffers[:1], outside, *buffers[2:]))) + bytes([0, 1, 2, 3])
    assert read(data) == small()
    with pytest.raises(FormatError, match=rf"the file ends at {len(data) - 1} \(Model.buffers\[1\].offset"):
        read(data[:-1])


def test_a_file_of_three_gigabytes(tmp_path: Path) -> None:
    root = raw(small())
    start = 3 << 30
    far = tables.Buffer(None, start, 4)
    path = tmp_path / "large.tflite"
    with path.open("wb") as file:  # sparse: it takes a few kilobytes on the disk
        file.write(rebuilt(root.replace(buffers=(*root.buffers[:1], far, *root.buffers[2:]))))
        file.seek(start)
        file.write(bytes([0, 1, 2, 3]))
    assert read(path) == small()


def test_custom_options_behind_the_flatbuffer() -> None:
    data = with_operator(0, large_custom_options_offset=1 << 20, large_custom_options_size=5)
    data = with_operator(0, large_custom_options_offset=len(data), large_custom_options_size=5) + b"hello"
    assert read(data).main.operators[0].custom_options == b"hello"
    with pytest.raises(FormatError, match="large_custom_options_offset"):
        read(data[:-1])


def test_an_empty_buffer_is_a_constant_and_no_buffer_is_none() -> None:
    builder = ModelBuilder()
    graph = builder.subgraph()
    empty = graph.constant("empty", np.empty((0, 3), np.float32))
    model = read(write(builder.build()))
    assert model.constant(model.main.tensors[empty.index]).shape == (0, 3)  # type: ignore[union-attr]
    assert model.buffers[0] is None


# ------------------------------------------------------------------------------------------------------------ refusals


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (edited(version=2), "version: schema version 2"),
        (edited(subgraphs=()), "the model has no subgraph"),
        (edited(operator_codes=()), "operator 0 of subgraph 0 has operator code 0, but the model has 0"),
        (edited(buffers=()), r"subgraphs\[0\].tensors\[1\]: no buffer 1, the model has 0"),
        (with_operator(1, inputs=(4,)), r"operators\[1\] SOFTMAX: no tensors \[4\], the subgraph has 4"),
        (with_operator(1, outputs=(-2,)), r"operators\[1\] SOFTMAX: no tensors \[-2\]"),
        (with_operator(0, intermediates=(1 << 30,)), r"operators\[0\] ADD: no tensors \[1073741824\]"),
    ],
)
def test_what_cannot_be_a_model_is_refused(data: bytes, message: str) -> None:
    with pytest.raises(ModelError, match=message):
        read(data)


def test_the_error_is_a_value_error() -> None:
    with pytest.raises(ValueError, match="identifier"):
        read(bytes(100))


def test_the_error_names_offset_and_path() -> None:
    data = bytearray(write(small()))
    position = bytes(data).index(struct.pack("<I", 1) + b"c\0")
    data[position : position + 4] = b"\xff\xff\xff\x7f"
    with pytest.raises(FormatError) as caught:
        read(data)
    assert caught.value.path == "Model.subgraphs[0].tensors[1].name"
    assert caught.value.offset == position
    assert f"byte offset {position}" in str(caught.value)


# --------------------------------------------------------------------------------------------------------- appearances


def test_objects_say_what_they_are(tmp_path: Path) -> None:
    path = tmp_path / "small.tflite"
    small().save(path)
    model = read(path)
    graph = model.main
    assert repr(model) == "<Model 'small.tflite' 1 subgraphs, 2 operators, 9 bytes of constants>"
    assert repr(graph) == "<Subgraph 0 'main' 4 tensors, 2 operators, (0,) -> (3,)>"
    assert repr(graph.tensors[1]) == "<Tensor 1 'c' i8 (1, 4) buffer 1 scale [0.25] zero_point [-1]>"
    assert repr(graph.operators[1]) == "<Operator 1 SOFTMAX v1 (2,) -> (3,) SoftmaxOptions(beta=1.0)>"
    assert repr(model.signatures[0]) == "<Signature 'serving_default' of subgraph 0: {'in': 0} -> {'out': 3}>"
