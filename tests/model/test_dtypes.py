"""Element types: names, ranges, and how values are stored."""

import random
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytflite.build import ModelBuilder
from pytflite.errors import ArgumentError, FormatError, ModelError
from pytflite.model.dtypes import DTYPES, dtype_from_letter, dtype_from_numpy, dtype_of, pack, unpack
from pytflite.model.types import Tensor
from pytflite.schema.enums import BuiltinOperator, TensorType
from pytflite.schema.tables import CastOptions


def tensor(type: TensorType, *shape: int) -> Tensor:
    return Tensor(0, "t", type, shape)


def stored(*values: int) -> np.ndarray[Any, Any]:
    return np.array(values, np.uint8)


def test_every_tensor_type_has_a_dtype() -> None:
    assert {dtype.type for dtype in DTYPES} == set(TensorType)
    assert len({dtype.letter for dtype in DTYPES}) == len(DTYPES)


@pytest.mark.parametrize("dtype", DTYPES, ids=lambda dtype: dtype.letter)
def test_names_lead_to_each_other(dtype: Any) -> None:
    assert dtype_of(dtype.type) is dtype
    assert dtype_from_letter(dtype.letter) is dtype


@pytest.mark.parametrize(
    ("numpy", "letter"),
    [
        ("float32", "f32"), ("float16", "f16"), ("float64", "f64"), ("int8", "i8"), ("int16", "i16"), ("int32", "i32"),
        ("int64", "i64"), ("uint8", "u8"), ("uint16", "u16"), ("uint32", "u32"), ("uint64", "u64"), ("bool", "b"),
        ("complex64", "c64"), ("complex128", "c128"), ("object", "str"), ("S5", "str"), ("U5", "str"),
    ],
)  # fmt: skip
def test_numpy_names(numpy: str, letter: str) -> None:
    assert dtype_from_numpy(numpy).letter == letter


@pytest.mark.parametrize(
    ("letter", "low", "high"),
    [
        ("i2", -2, 1), ("i4", -8, 7), ("u4", 0, 15), ("i8", -128, 127), ("u8", 0, 255), ("i16", -32768, 32767),
        ("i64", -(2**63), 2**63 - 1), ("u64", 0, 2**64 - 1), ("f32", 0, 0), ("b", 0, 0),
    ],
)  # fmt: skip
def test_ranges(letter: str, low: int, high: int) -> None:
    dtype = dtype_from_letter(letter)
    assert (dtype.qmin, dtype.qmax) == (low, high)


def test_names_that_are_none() -> None:
    with pytest.raises(ArgumentError, match="'i5' is no element type: use one of f32"):
        dtype_from_letter("i5")
    with pytest.raises(ArgumentError, match="no tensor type holds datetime64"):
        dtype_from_numpy("datetime64")
    with pytest.raises(ModelError, match="tensor type 77 is newer"):
        dtype_of(77)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("type", "data", "values"),
    [
        (TensorType.INT4, [0x21, 0x8F, 0x07], [1, 2, -1, -8, 7]),
        (TensorType.UINT4, [0x21, 0x8F, 0x07], [1, 2, 15, 8, 7]),
        (TensorType.INT2, [0b10_11_01_00, 0b01], [0, 1, -1, -2, 1]),
        (TensorType.INT16, [1, 0, 0xFE, 0xFF], [1, -2]),
        (TensorType.BOOL, [0, 1, 2], [False, True, True]),
        (TensorType.BFLOAT16, [0x80, 0x3F], [0x3F80]),
        (TensorType.FLOAT16, [0, 0x3C], [1.0]),
        (TensorType.FLOAT8_E5M2, [0x3C], [0x3C]),
        (TensorType.COMPLEX64, [0, 0, 0x80, 0x3F, 0, 0, 0, 0x40], [1 + 2j]),
        (TensorType.STRING, [2, 0, 0, 0, 16, 0, 0, 0, 18, 0, 0, 0, 18, 0, 0, 0, 104, 105], [b"hi", b""]),
        (TensorType.STRING, [0, 0, 0, 0, 8, 0, 0, 0], []),
    ],
)
def test_what_the_bytes_mean(type: TensorType, data: list[int], values: list[Any]) -> None:
    value = unpack(stored(*data), tensor(type, len(values)))
    assert value.dtype == dtype_of(type).numpy
    assert value.tolist() == values
    assert not value.flags.writeable
    if type != TensorType.BOOL:
        assert pack(value, type).tolist() == data


def test_a_scalar() -> None:
    value = unpack(stored(7, 0, 0, 0), tensor(TensorType.INT32))
    assert (value.shape, int(value)) == ((), 7)


def test_bytes_past_the_end_are_ignored_as_by_the_runtime() -> None:
    assert unpack(stored(1, 2, 3), tensor(TensorType.INT8, 2)).tolist() == [1, 2]


def test_bytes_in_an_odd_place_are_copied_to_an_even_one() -> None:
    data = np.arange(9, dtype=np.uint8)[1:]
    assert unpack(data, tensor(TensorType.INT64, 1)).flags.aligned


@pytest.mark.parametrize(
    ("type", "shape", "data", "message"),
    [
        (TensorType.INT32, (2,), [0] * 7, r"tensor 0 't', i32 of shape \(2,\): its buffer holds 7 bytes, it needs 8"),
        (TensorType.INT4, (3,), [0], "holds 1 bytes, it needs 2"),
        (TensorType.INT8, (2, -1), [0], r"has the shape \(2, -1\)"),
        (TensorType.RESOURCE, (1,), [0] * 8, "RESOURCE cannot be stored"),
        (TensorType.STRING, (1,), [], "too few for 1 strings"),
        (TensorType.STRING, (1,), [2, 0, 0, 0, 16, 0, 0, 0, 18, 0, 0, 0, 18, 0, 0, 0, 1, 1], "holds 2 strings"),
        (TensorType.STRING, (1,), [1, 0, 0, 0, 12, 0, 0, 0, 99, 0, 0, 0], "do not ascend within its buffer"),
        (TensorType.STRING, (1,), [1, 0, 0, 0, 12, 0, 0, 0, 4, 0, 0, 0], "do not ascend within its buffer"),
        (TensorType.STRING, (1,), [1, 0, 0, 0, 4, 0, 0, 0, 12, 0, 0, 0], "do not ascend within its buffer"),
        (TensorType.STRING, (1 << 40,), [0] * 8, "too few for 1099511627776 strings"),
    ],
)
def test_bytes_that_make_no_sense(type: TensorType, shape: tuple[int, ...], data: list[int], message: str) -> None:
    with pytest.raises(FormatError, match=message):
        unpack(stored(*data), tensor(type, *shape))


@pytest.mark.parametrize(
    ("value", "type", "message"),
    [
        ([8], TensorType.INT4, r"values 8\.\.8 do not fit INT4 \(-8\.\.7\)"),
        ([-1], TensorType.UINT8, "do not fit UINT8"),
        ([1 << 40], TensorType.INT32, "do not fit INT32"),
        ([1], TensorType.VARIANT, "VARIANT cannot be stored"),
    ],
)
def test_values_that_do_not_fit(value: Any, type: TensorType, message: str) -> None:
    with pytest.raises(ArgumentError, match=message):
        pack(value, type)


@given(st.lists(st.binary(max_size=6), max_size=6))
def test_strings_survive(strings: list[bytes]) -> None:
    value = np.empty(len(strings), object)
    value[:] = strings
    assert unpack(pack(value, TensorType.STRING), tensor(TensorType.STRING, len(strings))).tolist() == strings


@given(st.sampled_from(["i2", "i4", "u4"]), st.integers(0, 20), st.integers(0, 2**32))
def test_narrow_integers_survive(letter: str, size: int, seed: int) -> None:
    dtype = dtype_from_letter(letter)
    chooser = random.Random(seed)
    values = [chooser.randint(dtype.qmin, dtype.qmax) for _ in range(size)]
    data = pack(np.array(values, dtype.numpy), dtype.type)
    assert data.size == (size * dtype.bits + 7) // 8
    assert unpack(data, tensor(dtype.type, size)).tolist() == values


@pytest.mark.parametrize("letter", ["i4", "i2"])
def test_the_runtime_packs_as_we_do(letter: str) -> None:
    """CAST of a packed constant, by the real runtime."""
    module = pytest.importorskip("ai_edge_litert.interpreter", reason="ai_edge_litert is not installed")
    dtype = dtype_from_letter(letter)
    values = np.array([[dtype.qmin, dtype.qmax, -1, 0, 1, dtype.qmin, dtype.qmax]], np.int8)
    builder = ModelBuilder()
    graph = builder.subgraph()
    constant = graph.constant("c", values, letter)
    output = graph.output("y", values.shape, "f32")
    graph.operator(BuiltinOperator.CAST, [constant], [output], CastOptions(dtype.type, TensorType.FLOAT32))
    interpreter = module.Interpreter(
        model_content=builder.build().to_bytes(), experimental_op_resolver_type=module.OpResolverType.BUILTIN_REF
    )
    interpreter.allocate_tensors()
    interpreter.invoke()
    assert interpreter.get_tensor(output.index).tolist() == values.tolist()


def test_the_runtime_reads_our_strings() -> None:
    module = pytest.importorskip("ai_edge_litert.interpreter", reason="ai_edge_litert is not installed")
    words = np.array([b"one", b"", b"three"], object)
    builder = ModelBuilder()
    graph = builder.subgraph()
    constant = graph.constant("c", words)
    indices = graph.input("i", (2,), "i32")
    output = graph.output("y", (2,), "str")
    graph.operator(BuiltinOperator.GATHER, [constant, indices], [output])
    interpreter = module.Interpreter(model_content=builder.build().to_bytes())
    interpreter.allocate_tensors()
    interpreter.set_tensor(indices.index, np.int32([2, 1]))
    interpreter.invoke()
    assert interpreter.get_tensor(output.index).tolist() == [b"three", b""]
