"""Operators of your own: `custom_op`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

from pytflite.ops._api import Node, Op, Params, Role, Shapes, group
from pytflite.schema.enums import BuiltinOperator


def custom_op(
    name: str,
    *,
    inputs: str = "input",
    outputs: str = "output",
    types: str | Sequence[str] = "",
    shapes: Shapes | None = None,
    params: Params | None = None,
) -> Callable[[Callable[..., Any]], Op]:
    """Decorator: a Python function or class as a custom operator.

    A function takes the inputs (arrays; None where absent, a tuple where there may be any number) and the params:

        @pytflite.custom_op("Scale", types="f32 -> f32")
        def scale(input, p):
            return input * np.float32(p["factor"])

    A class is made once for each operator when tensors are allocated, with the `Node`; then it is called with the
    inputs. It may keep a state between invokes:

        @pytflite.custom_op("Scale", types="f32 -> f32")
        class Scale:
            def __init__(self, node):
                self.factor = np.float32(node.custom_options["factor"])

            def shapes(self):          # may be left out, as may be `shapes` for a function
                ...

            def __call__(self, input):
                return input * self.factor

    Both return one array, or a tuple of as many as there are outputs, of the dtypes of the output tensors; or yield
    (name, array) pairs of stages, the outputs last. Inputs must not be changed.

    Args:
        name: the custom code in the model, or the name of a builtin operator that is to be replaced.
        inputs: names of the inputs in order, ``?`` behind those that may be absent, ``*`` behind a last one of which
            there may be any number.
        outputs: names of the outputs.
        types: what dtypes are taken, rows such as ``"i8 i32? -> i8"`` with the letters of `pytflite.model.dtypes`,
            ``any`` for each of them; by default whatever comes.
        shapes: output shapes of a `Node`, None for a shape that only the values decide; ``node["input"]`` is the tensor
            of that name with ``shape``, ``dtype``, ``scale`` and so on. By default all have the first input's shape.
        params: what the function is given after the inputs, derived from the `Node` once; by default
            ``node.custom_options``.

    Returns:
        The `Op`, for ``custom_ops=`` of `pytflite.load` and `pytflite.Interpreter`.
    """

    def declare(definition: Callable[..., Any]) -> Op:
        op = Op(BuiltinOperator.CUSTOM, inputs, outputs, custom_code=name)
        rows = [types] if isinstance(types, str) else types
        rule = partial(op.rule, "custom", *[row or _any(op) for row in rows])
        if isinstance(definition, type):
            op.shapes(_own_shapes(definition) if hasattr(definition, "shapes") else shapes or _like_first_input)
            rule(params=definition)(_staged(op, _call))
        else:
            op.shapes(shapes or _like_first_input)
            rule(params=params or _custom_options)(_staged(op, definition))
        return op

    return declare


def _custom_options(node: Node) -> Any:
    return node.custom_options


def _like_first_input(node: Node) -> list[Any]:
    first = next((tensor for tensor in node.inputs if tensor is not None), None)
    node.require(first is not None, "Without inputs, shapes must be given to custom_op.")
    return [first.shape for _ in node.outputs] if first else []


def _own_shapes(definition: Callable[[Node], Any]) -> Shapes:
    def shapes(node: Node) -> Any:
        return definition(node).shapes()

    return shapes


def _call(*arguments: Any) -> Any:
    *inputs, instance = arguments
    return instance(*inputs)


def _any(op: Op) -> str:
    def words(roles: Sequence[Role]) -> str:
        return " ".join("any" + "?" * role.optional + "*" * role.variadic for role in roles)

    return f"{words(op.input_roles)} -> {words(op.output_roles)}"


def _staged(op: Op, run: Callable[..., Any]) -> Callable[..., Any]:
    def define(*arguments: Any) -> Iterator[tuple[str, Any]]:
        result = run(*arguments)
        if isinstance(result, Iterator):
            return result
        arrays = result if isinstance(result, tuple) else (result,)
        named = zip(op.output_roles, group(op.output_roles, arrays), strict=True)
        return ((role.name, value) for role, value in named if value is not None)

    return define
