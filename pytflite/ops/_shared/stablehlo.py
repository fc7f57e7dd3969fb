"""What operators that came from StableHLO have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pytflite.ops._api import Node, Shape

NUMBERS = "f16 f32 f64 i8 i16 i32 i64 u8 u16 u32 u64 b"
"""Element types of elementwise operators and of STABLEHLO_SCATTER."""

INTEGERS = "i8 i16 i32 i64 u8 u16 u32 u64 b"
"""Those among them that have bits to combine."""


def equal_shapes(node: Node) -> list[Shape]:
    """That of both inputs; PrepareError when they differ, for nothing is broadcast."""
    input1, input2 = node["input1"], node["input2"]
    node.require(input1.shape == input2.shape, f"{input2} must have the shape of {input1}.")
    return [input1.shape]
