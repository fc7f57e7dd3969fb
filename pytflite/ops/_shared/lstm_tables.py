"""The LSTM of TensorFlow Lite for Microcontrollers in integers: int8 or int16 activations, int8 weights, int16 cells.

It is put together from other operators. A product with weights is one of FULLY_CONNECTED to codes of the gate, products
of gates are those of MUL, and LOGISTIC and TANH interpolate in the table that they have for int16. There are neither
peepholes nor projections nor normalizations, and there is always an input gate.

Source: ``micro/kernels/lstm_eval.h``, ``lstm_eval_common.cc``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from pytflite.arithmetic.power_of_two import checked_log2
from pytflite.arithmetic.requantize import RealScale, Requantizer
from pytflite.arithmetic.rounding import wrap_int32
from pytflite.arithmetic.tables import SigmoidScale, logistic_from_table, tanh_from_table
from pytflite.ops._api import Node
from pytflite.ops._shared.lstm import GATES, Gate, Specs, Steps, gates_of, require_plain, run_steps
from pytflite.ops._shared.lstm_integer import GATE_SCALE, INT16, quantized_clip, saturate
from pytflite.ops._shared.products import integer_products

Array = npt.NDArray[Any]

ACTIVATED_SCALE = np.float32(2.0**-15)
"""Of gates after their activation."""

GATE_CODES = SigmoidScale.of(GATE_SCALE, (0,))


class TableLstm(NamedTuple):
    """What the rules with tables are given.

    Attributes:
        time_major: whether the input is (time, batch, inputs) rather than (batch, time, inputs).
        zero_points: of the input and of the output state.
        products: by gate, requantizers of the products with the input and with the output state.
        forget: requantizer of the forget gate times the cell state.
        let_in: requantizer of the input gate times the cell gate.
        hidden: requantizer of the output gate times the activated cell state.
        cell_codes: brings the cell state to the table.
        cell_clip: the cell state stays within plus and minus this, if it is not 0.
        saturates_terms: whether a term is cut to int16 before it is added to another; the sum is always.
        output: type of the output.
    """

    time_major: bool
    zero_points: tuple[int, int]
    products: Mapping[str, tuple[Requantizer, ...]]
    forget: Requantizer
    let_in: Requantizer
    hidden: Requantizer
    cell_codes: SigmoidScale
    cell_clip: int
    saturates_terms: bool
    output: np.dtype[Any]


def table_params(
    node: Node,
    specs: Specs,
    *,
    time_major: bool,
    products: Callable[[RealScale], Requantizer],
    saturates_terms: bool,
) -> TableLstm:
    """Params from the node's scales and options.

    Args:
        node: the operator.
        specs: its tensors.
        time_major: whether the input is (time, batch, inputs).
        products: the requantizer of products with weights.
        saturates_terms: see `TableLstm`.
    """
    require_plain(node, specs)
    input, state, cell = node["input"], node["output_state"], node["cell_state"]
    exponent, is_power = checked_log2(cell.scale)
    node.require(is_power and -15 <= exponent <= -9, f"The scale of {cell} must be a power of two, 2**-15 to 2**-9.")

    def times_weights(gate: Gate) -> tuple[Requantizer, ...]:
        pairs = zip((input, state), gate.weights, strict=True)
        scales = (RealScale((spec.scale, weights.scale), GATE_SCALE, "float32_product") for spec, weights in pairs)
        return tuple(map(products, scales))

    return TableLstm(
        time_major,
        (input.zero_point, state.zero_point),
        {name: times_weights(gate) for name, gate in gates_of(specs.get).items()},
        node.requantizer(ACTIVATED_SCALE, cell.scale, over=cell.scale, precision="float64"),
        node.requantizer(ACTIVATED_SCALE, ACTIVATED_SCALE, over=cell.scale, precision="float64"),
        node.requantizer(ACTIVATED_SCALE, ACTIVATED_SCALE, over=state.scale, precision="float64"),
        cell_codes(exponent),
        quantized_clip(node.options.cell_clip, cell.scale, INT16),
        saturates_terms,
        node["output"].dtype,
    )


def cell_codes(exponent: int) -> SigmoidScale:
    """Brings a cell state of the scale ``2**exponent`` to the table (``Tanh``, lstm_eval.cc)."""
    shift = 12 + exponent
    return SigmoidScale(3 << shift, 0) if shift >= 0 else SigmoidScale(3, -shift)


def table_steps(tensors: Mapping[str, Any], p: TableLstm, inputs: Sequence[Array], output: Array, cell: Array) -> Steps:
    """Run over a sequence, as `run_steps` has it.

    Args:
        tensors: weights and biases by name.
        p: params.
        inputs: one, (time, batch, inputs) int8 or int16.
        output: (batch, outputs), the same type.
        cell: (batch, cells) int16.
    """
    gates, limits = gates_of(tensors.get), np.iinfo(p.output)

    def plus(term: Array, other: Array) -> Array:
        return saturate((saturate(term, INT16) if p.saturates_terms else term) + other, INT16)

    def gate(name: str, sources: tuple[Array, Array]) -> Array:
        total = np.zeros(cell.shape, np.int64)
        biases = gates[name].bias, 0
        for source, weights, bias, requantizer in zip(
            sources, gates[name].weights, biases, p.products[name], strict=True
        ):
            accumulator = integer_products(source, weights) + bias
            total = plus(requantizer(accumulator if p.output == np.int16 else wrap_int32(accumulator)), total)
        return (tanh_from_table if name == "cell" else logistic_from_table)(GATE_CODES(total)).astype(np.int64)

    def step(inputs: tuple[Array, ...], output: Array, cell: Array) -> tuple[dict[str, Array], Array, Array]:
        input_zero_point, output_zero_point = p.zero_points
        sources = inputs[0].astype(np.int64) - input_zero_point, output.astype(np.int64) - output_zero_point
        values = {name: gate(name, sources) for name in GATES}
        kept = saturate(p.forget(values["forget"] * cell), INT16)
        cell = plus(p.let_in(values["input"] * values["cell"]), kept)
        cell = np.clip(cell, -p.cell_clip, p.cell_clip) if p.cell_clip else cell
        hidden = p.hidden(tanh_from_table(p.cell_codes(cell)) * values["output"])
        codes = {name: value.astype(np.int16) for name, value in values.items()}
        return codes, cell.astype(np.int16), saturate(hidden + output_zero_point, limits).astype(p.output)

    return run_steps(step, inputs, output, cell)
