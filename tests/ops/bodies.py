"""Models of one operator that looks at what another subgraph does."""

from __future__ import annotations

from collections.abc import Sequence

from pytflite.build import ModelBuilder
from pytflite.flatbuffer.table import Table
from pytflite.schema.enums import BuiltinOperator
from tests.ops.harness import Case, case
from tests.ops.operands import Operand


def one_op_with_body(
    operator: BuiltinOperator,
    operands: Sequence[Operand],
    letter: str,
    options: Table,
    body: Sequence[BuiltinOperator],
) -> Case:
    """A case of one operator with one output, and of a subgraph where each operator of ``body`` takes two scalars."""
    b = ModelBuilder()
    g = b.subgraph("main")
    inputs = [
        g.input(f"in{i}", operand.value.shape, operand.letter)
        if operand.fed
        else g.constant(f"in{i}", operand.value, operand.letter)
        for i, operand in enumerate(operands)
    ]
    g.operator(operator, inputs, [g.output("out", (), letter)], options)
    g = b.subgraph("body")
    x, y = g.input("x", (), letter), g.input("y", (), letter)
    for code in body:
        z = g.tensor("z", (), letter)
        g.operator(code, [x, y], [z])
        x = z
    g.mark_output(x)
    return case(b.build(), *(operand.value for operand in operands if operand.fed))
