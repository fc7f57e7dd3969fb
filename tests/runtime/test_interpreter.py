"""The drop-in face, probed side by side with the real one: same results, same classes, same first sentences."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import pytflite
from pytflite.build import ModelBuilder
from pytflite.runtime.interpreter import profile_of
from pytflite.schema.enums import BuiltinOperator

GOLDEN = Path(__file__).parents[2] / "golden" / "models"

litert = pytest.importorskip("ai_edge_litert.interpreter", reason="ai_edge_litert is not installed")


def two_by_two() -> bytes:
    """Two float inputs, two outputs and a signature; a reshape in between makes an intermediate."""
    b = ModelBuilder()
    g = b.subgraph("main")
    x, y = g.input("x", (1, 4), "f32"), g.input("y", (2, 2), "f32")
    shape = g.constant("shape", np.array([2, 2], np.int32))
    square = g.tensor("square", (2, 2), "f32")
    columns = g.output("columns", (2, 2), "f32")
    doubled = g.output("packed", (2, 2, 2), "f32")
    from pytflite.schema.tables import PackOptions, ReshapeOptions, TransposeOptions

    g.operator(BuiltinOperator.RESHAPE, [x, shape], [square], ReshapeOptions())
    permutation = g.constant("permutation", np.array([1, 0], np.int32))
    g.operator(BuiltinOperator.TRANSPOSE, [square, permutation], [columns], TransposeOptions())
    g.operator(BuiltinOperator.PACK, [square, y], [doubled], PackOptions(values_count=2, axis=0))
    b.signature("serve", g, inputs={"left": x, "right": y}, outputs={"columns": columns, "packed": doubled})
    return b.build().to_bytes()


MODEL = two_by_two()
X = np.arange(4, dtype=np.float32).reshape(1, 4)
Y = np.arange(4, dtype=np.float32).reshape(2, 2) + 10


def ours(**kwargs: Any) -> Any:
    kwargs.setdefault("profile", "reference")
    return pytflite.Interpreter(model_content=MODEL, **kwargs)


def theirs(**kwargs: Any) -> Any:
    kind = litert.OpResolverType.BUILTIN_REF
    return litert.Interpreter(model_content=MODEL, experimental_op_resolver_type=kind, **kwargs)


BOTH = pytest.mark.parametrize("make", [ours, theirs], ids=["pytflite", "ai_edge_litert"])


def ready(make: Callable[..., Any], **kwargs: Any) -> Any:
    interpreter = make(**kwargs)
    interpreter.allocate_tensors()
    interpreter.set_tensor(0, X)
    interpreter.set_tensor(1, Y)
    return interpreter


@BOTH
def test_runs(make: Callable[..., Any]) -> None:
    interpreter = ready(make)
    interpreter.invoke()
    first, second = (interpreter.get_tensor(d["index"]) for d in interpreter.get_output_details())
    assert first.tolist() == [[0, 2], [1, 3]]
    assert second.tolist() == [[[0, 1], [2, 3]], [[10, 11], [12, 13]]]


def same(left: Any, right: Any) -> bool:
    """Deep equality that also compares the types of numbers, arrays and classes."""
    if isinstance(left, dict):
        return isinstance(right, dict) and list(left) == list(right) and all(same(left[k], right[k]) for k in left)
    if isinstance(left, (list, tuple)):
        return type(left) is type(right) and len(left) == len(right) and all(map(same, left, right))
    if isinstance(left, np.ndarray):
        return isinstance(right, np.ndarray) and left.dtype == right.dtype and np.array_equal(left, right)
    return bool(type(left) is type(right) and left == right)


@pytest.mark.parametrize(
    "ask",
    [
        lambda i: i.get_input_details(),
        lambda i: i.get_output_details(),
        lambda i: i.get_tensor_details(),
        lambda i: i.get_signature_list(),
        lambda i: i._get_full_signature_list(),
        lambda i: i._get_ops_details(),
        lambda i: i._get_op_details(1),
        lambda i: i.num_subgraphs(),
        lambda i: i.get_signature_runner("serve").get_input_details(),
        lambda i: i.get_signature_runner().get_output_details(),
        lambda i: i.get_signature_runner()(left=X, right=Y),
        lambda i: [i._interpreter.NodeName(n) for n in range(i._interpreter.NumNodes())],
        lambda i: i._interpreter.NodeInputs(2),
        lambda i: i._interpreter.TensorName(0, 0),
        lambda i: i._interpreter.GetSubgraphIndexFromSignature("serve"),
    ],
)
def test_answers_the_same(ask: Callable[[Any], Any]) -> None:
    left, right = ask(ready(ours)), ask(ready(theirs))
    assert same(left, right), f"{left} against {right}"


def hold_view(interpreter: Any) -> None:
    view = interpreter.tensor(0)()[0]
    interpreter.invoke()
    del view


def resize(interpreter: Any, shape: list[int], *, strict: bool = False) -> None:
    interpreter.resize_tensor_input(0, shape, strict=strict)
    interpreter.allocate_tensors()


MISUSES: dict[str, Callable[[Callable[..., Any]], Any]] = {
    "no threads": lambda make: make(num_threads=0),
    "odd threads": lambda make: make(num_threads="x"),
    "invoke too early": lambda make: make().invoke(),
    "get too early": lambda make: make().get_tensor(0),
    "view too early": lambda make: make().tensor(0)(),
    "set too early": lambda make: make().set_tensor(0, X),
    "invoke after resize": lambda make: (i := ready(make), i.resize_tensor_input(0, [4, 1]), i.invoke()),
    "wrong dtype": lambda make: ready(make).set_tensor(0, X.astype(np.float64)),
    "int for float": lambda make: ready(make).set_tensor(0, [[1, 2, 3, 4]]),
    "wrong rank": lambda make: ready(make).set_tensor(0, X[0]),
    "wrong size": lambda make: ready(make).set_tensor(0, np.zeros((1, 5), np.float32)),
    "index too large": lambda make: ready(make).get_tensor(100000),
    "index negative": lambda make: ready(make).get_tensor(-1),
    "set index too large": lambda make: ready(make).set_tensor(9, X),
    "index no int": lambda make: ready(make).get_tensor("x"),
    "subgraph": lambda make: ready(make).get_tensor(0, 5),
    "details of subgraph": lambda make: ready(make).get_tensor_details(5),
    "op index": lambda make: ready(make)._get_op_details(50),
    "live view": lambda make: hold_view(ready(make)),
    "signature unknown": lambda make: ready(make).get_signature_runner("nope"),
    "signature few": lambda make: ready(make).get_signature_runner("serve")(left=X),
    "signature name": lambda make: ready(make).get_signature_runner("serve")(left=X, zzz=Y),
    "signature positional": lambda make: ready(make).get_signature_runner("serve")(X, Y),
    "impossible resize": lambda make: resize(ready(make), [1, 5]),
    "strict resize": lambda make: resize(ready(make), [2, 4], strict=True),
}


@pytest.mark.parametrize("misuse", MISUSES.values(), ids=MISUSES.keys())
def test_refuses_the_same(misuse: Callable[[Callable[..., Any]], Any]) -> None:
    with pytest.raises(Exception) as expected:  # noqa: PT011 - the real runtime says which
        misuse(theirs)
    with pytest.raises(expected.type) as got:
        misuse(ours)
    if expected.type is not TypeError:
        first = str(expected.value).split(".")[0].split("\n")[0].strip()
        assert first in str(got.value) or "Node number 0 (RESHAPE) failed to prepare" in str(got.value)


def constructors(module: Any) -> dict[str, Callable[[], Any]]:
    make = module.Interpreter
    return {
        "nothing": lambda: make(),
        "both": lambda: make(model_path="x", model_content=MODEL),
        "missing file": lambda: make(model_path="/nope.tflite"),
        "garbage": lambda: make(model_content=b"abcdefghijkl" * 9),
        "truncated": lambda: make(model_content=MODEL[:100]),
        "resolver": lambda: make(model_content=MODEL, experimental_op_resolver_type=7),
    }


@pytest.mark.parametrize("fault", constructors(pytflite))
def test_constructor_refuses_the_same(fault: str) -> None:
    with pytest.raises(ValueError) as expected:  # noqa: PT011 - the real runtime says which
        constructors(litert)[fault]()
    with pytest.raises(ValueError) as got:  # noqa: PT011
        constructors(pytflite)[fault]()
    sentence = str(expected.value).removesuffix("The model allocation is null/empty").strip(". ")
    assert str(got.value).startswith(sentence)


def test_path_like_and_buffers_are_accepted(tmp_path: Path) -> None:
    path = tmp_path / "model.tflite"
    path.write_bytes(MODEL)
    for interpreter in (
        pytflite.Interpreter(path, profile="reference"),
        pytflite.Interpreter(str(path), profile="reference"),
        pytflite.Interpreter(model_content=bytearray(MODEL), profile="reference"),
        pytflite.Interpreter(model_content=memoryview(MODEL), profile="reference"),
    ):
        interpreter.allocate_tensors()


def test_a_dropped_intermediate_raises_and_a_preserved_one_is_right() -> None:
    dropped, kept = ready(ours), ready(ours, experimental_preserve_all_tensors=True)
    for interpreter in (dropped, kept):
        interpreter.invoke()
    square = next(d["index"] for d in dropped.get_tensor_details() if d["name"] == "square")
    with pytest.raises(ValueError, match="Tensor data is null"):
        dropped.get_tensor(square)
    assert kept.get_tensor(square).tolist() == [[0, 1], [2, 3]]


def test_live_views_write_inputs_and_read_outputs() -> None:
    interpreter = ready(ours)
    interpreter.tensor(0)()[...] = X + 1
    interpreter.invoke()
    output = interpreter.tensor(interpreter.get_output_details()[0]["index"])
    assert output().tolist() == [[1, 3], [2, 4]]
    interpreter.tensor(0)()[...] = X
    interpreter.invoke()
    assert output().tolist() == [[0, 2], [1, 3]]


def test_constants_cannot_be_overwritten() -> None:
    shape = next(d for d in ready(ours).get_tensor_details() if d["name"] == "shape")
    with pytest.raises(ValueError, match="'shape' is a constant"):
        ready(ours).set_tensor(shape["index"], np.array([4, 1], np.int32))


def test_get_tensor_gives_an_owned_copy() -> None:
    interpreter = ready(ours)
    interpreter.invoke()
    copy = interpreter.get_tensor(0)
    copy[...] = 9
    assert interpreter.get_tensor(0).tolist() == X.tolist()


def test_delegates_are_refused() -> None:
    with pytest.raises(ValueError, match="Failed to load delegate"):
        pytflite.load_delegate("libedgetpu.so.1")
    with pytest.raises(ValueError, match="delegates"):
        ours(experimental_delegates=[object()])
    with pytest.raises(RuntimeError, match="native interpreter handle"):
        ours()._native_handle()


@pytest.mark.parametrize("resolver", [kind.name for kind in pytflite.OpResolverType])
def test_the_resolver_type_chooses_the_numbers(resolver: str) -> None:
    path = GOLDEN / "residual" / "int8.tflite"
    outputs = []
    for module in (pytflite, litert):
        kind = module.OpResolverType[resolver]
        interpreter = module.Interpreter(model_path=str(path), experimental_op_resolver_type=kind)
        interpreter.allocate_tensors()
        for detail in interpreter.get_input_details():
            codes = np.random.default_rng(0).integers(-128, 128, detail["shape"])
            interpreter.set_tensor(detail["index"], codes.astype(detail["dtype"]))
        interpreter.invoke()
        outputs.append([interpreter.get_tensor(detail["index"]) for detail in interpreter.get_output_details()])
    for ours, theirs in zip(*outputs, strict=True):
        assert np.array_equal(ours, theirs)


def test_the_default_gives_the_numbers_of_tf_lite() -> None:
    assert profile_of(pytflite.OpResolverType.AUTO, None).name == "xnnpack"
    assert profile_of(pytflite.OpResolverType.AUTO, "reference").name == "reference"


def test_unresolved_custom_op() -> None:
    b = ModelBuilder()
    g = b.subgraph("main")
    g.operator("Normalize", [g.input("x", (2,), "f32")], [g.output("y", (2,), "f32")])
    g.operator("Other", [g.input("z", (2,), "f32")], [g.output("w", (2,), "f32")])
    interpreter = pytflite.Interpreter(model_content=b.build().to_bytes(), profile="reference")
    real = litert.Interpreter(model_content=b.build().to_bytes())
    with pytest.raises(RuntimeError) as expected:
        real.allocate_tensors()
    with pytest.raises(RuntimeError) as got:
        interpreter.allocate_tensors()
    assert str(expected.value) in str(got.value)
    assert "Encountered unresolved custom op: Other" in str(got.value)


@pytest.mark.parametrize("shape", [[-1, 4], [1 << 20, 1 << 20], [1 << 30, 1 << 30]])
def test_absurd_shapes_are_refused_before_anything_is_allocated(shape: list[int]) -> None:
    b = ModelBuilder()
    g = b.subgraph("main")
    x = g.input("x", (1, 4), "f32", shape_signature=(-1, -1))
    g.operator(BuiltinOperator.ABS, [x], [g.output("y", (1, 4), "f32")])
    interpreter = pytflite.Interpreter(model_content=b.build().to_bytes(), profile="reference")
    interpreter.resize_tensor_input(0, shape)
    with pytest.raises(RuntimeError, match=r"Tensor 0 'x' cannot have shape .* at most 2147483647 elements"):
        interpreter.allocate_tensors()
