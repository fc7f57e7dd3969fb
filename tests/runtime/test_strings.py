"""String tensors: what goes in and comes out, side by side with the real runtime."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import pytflite
from pytflite.build import ModelBuilder
from pytflite.errors import ArgumentError
from pytflite.schema.enums import BuiltinOperator
from pytflite.schema.tables import ReshapeOptions

litert = pytest.importorskip("ai_edge_litert.interpreter", reason="ai_edge_litert is not installed")


def reshaping(shape: tuple[int, ...], count: int) -> bytes:
    """Strings of a shape become a vector."""
    b = ModelBuilder()
    g = b.subgraph("main")
    x, y = g.input("x", shape, "str"), g.output("y", (count,), "str")
    size = g.constant("size", np.array([count], np.int32))
    g.operator(BuiltinOperator.RESHAPE, [x, size], [y], ReshapeOptions())
    return b.build().to_bytes()


MATRIX = reshaping((2, 2), 4)


def ours(model: bytes) -> Any:
    return pytflite.Interpreter(model_content=model, profile="reference")


def theirs(model: bytes) -> Any:
    kind = litert.OpResolverType.BUILTIN_REF
    return litert.Interpreter(model_content=model, experimental_op_resolver_type=kind)


BOTH = pytest.mark.parametrize("make", [ours, theirs], ids=["pytflite", "ai_edge_litert"])


def boxed(*values: Any) -> Any:
    array = np.empty(len(values), object)
    array[:] = values
    return array.reshape(2, 2)


def through(make: Any, value: Any) -> tuple[Any, Any]:
    """What the input and the output hold after an invoke."""
    interpreter = make(MATRIX)
    interpreter.allocate_tensors()
    (given,), (result,) = interpreter.get_input_details(), interpreter.get_output_details()
    assert given["dtype"] is np.bytes_
    interpreter.set_tensor(given["index"], value)
    interpreter.invoke()
    return interpreter.get_tensor(given["index"]), interpreter.get_tensor(result["index"])


@BOTH
@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (boxed(b"a", b"bc", b"", b"\xff\x00"), [b"a", b"bc", b"", b"\xff\x00"]),
        (boxed("a", "caf\u00e9", "", b"x"), [b"a", b"caf\xc3\xa9", b"", b"x"]),
        (np.array([[b"a", b"bc"], [b"", b"d\x00e"]]), [b"a", b"bc", b"", b"d\x00e"]),
        (np.array([["a", "caf\u00e9"], ["", "d"]]), [b"a", b"caf\xc3\xa9", b"", b"d"]),
    ],
)
def test_bytes_and_text_go_through(make: Any, value: Any, expected: list[bytes]) -> None:
    given, result = through(make, value)
    assert given.dtype == result.dtype == object
    assert given.shape == (2, 2)
    assert given.ravel().tolist() == result.tolist() == expected


@BOTH
def test_numbers_are_refused(make: Any) -> None:
    with pytest.raises(ValueError, match=r"Got value of type FLOAT32 but expected type STRING for input 0, name: x"):
        through(make, np.zeros((2, 2), np.float32))
    with pytest.raises(ValueError, match=r"PyBytes_AsStringAndSize|strings are given as bytes or str, got int"):
        through(make, boxed(1, 2, 3, 4))


def test_scalars_are_what_they_say() -> None:
    """The real runtime takes the memory of the array for the string: right for bytes only."""
    for value in (np.array(b"abc"), np.array("abc"), np.array("abc", object)):
        interpreter = ours(reshaping((), 1))
        interpreter.allocate_tensors()
        interpreter.set_tensor(0, value)
        interpreter.invoke()
        output = interpreter.get_tensor(interpreter.get_output_details()[0]["index"])
        assert (interpreter.get_tensor(0).item(), output.tolist()) == (b"abc", [b"abc"])


def test_at_first_strings_are_empty() -> None:
    """The real runtime ends the process."""
    interpreter = ours(MATRIX)
    interpreter.allocate_tensors()
    assert interpreter.get_tensor(0).tolist() == [[b"", b""], [b"", b""]]
    interpreter.invoke()


def test_the_native_face_takes_text() -> None:
    loaded = pytflite.load(MATRIX)
    assert loaded.run(np.array([["a", "b"], ["c", "d"]]))["y"].tolist() == [b"a", b"b", b"c", b"d"]
    with pytest.raises(ArgumentError, match="expected type STRING"):
        loaded.run(np.zeros((2, 2), np.float32))
