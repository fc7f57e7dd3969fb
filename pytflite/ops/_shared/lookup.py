"""Functions of codes, evaluated in prepare: for each code of 8 bits, every 128 codes of int16."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from pytflite.arithmetic.tables import CodeTable, code_table, interpolation_table, shifted_code_table

if TYPE_CHECKING:
    from pytflite.ops._api import Node

Array = npt.NDArray[Any]
Stages = Iterator[tuple[str, Array]]

NO_TABLE = np.empty(0, np.int8)
"""The ``table`` of params whose input has more than 256 codes."""


def table_params(function: Callable[[Array], Array]) -> Callable[[Node], CodeTable]:
    """Params of a rule for int8 or uint8 that tabulates a float32 function in prepare."""

    def params(node: Node) -> CodeTable:
        input, output = node["input"], node["output"]
        scales = (input.scale, input.zero_point, output.scale, output.zero_point)
        return code_table(function, *scales, output.dtype)

    return params


def shifted_table_params(
    function: Callable[[Array], Array], rounding: Callable[[Array], Array]
) -> Callable[[Node], CodeTable]:
    """The same with a table whose output zero point is added before a rounding of float32."""

    def params(node: Node) -> CodeTable:
        input, output = node["input"], node["output"]
        scales = (input.scale, input.zero_point, output.scale, output.zero_point)
        return shifted_code_table(function, *scales, output.dtype, rounding)

    return params


def interpolation_params(function: Callable[[Array], Array]) -> Callable[[Node], Array]:
    """Params of a rule for int16 that tabulates a float32 function in prepare, for `interpolate`."""

    def params(node: Node) -> Array:
        input, output = node["input"], node["output"]
        scales = (float(input.scale), input.zero_point, float(output.scale), output.zero_point)
        return interpolation_table(function, *scales)

    return params


def look_up(input: Array, p: CodeTable) -> Stages:
    """Dequantize, apply the function, quantize: all three are lookups."""
    code = input.view(np.uint8)
    yield "dequantized", p.dequantized[code]
    yield "function", p.function[code]
    yield "output", p.table[code]


def tabulated(params: Callable[[Node], Any]) -> Callable[[Node], Any]:
    """Params whose field ``table`` holds what the rule's definition makes of each 8-bit code.

    Args:
        params: derives a named tuple with a field ``table``, which the definition does not use.
    """

    def with_table(node: Node) -> Any:
        p = params(node)
        codes = np.arange(256, dtype=np.uint8).view(node["input"].dtype)
        *_, (_, table) = node.rule.define(codes, p)
        return p._replace(table=table)

    return with_table
