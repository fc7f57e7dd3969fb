"""What the LSTM operators share: tensors, shapes and what they compute.

One step of one cell, where ``W`` are input weights, ``R`` recurrent ones, and ``*`` is elementwise:

    gate   = activation(W @ input + R @ output_state + peephole * cell_state + bias)
    cell   = clip(forget_gate * cell_state + input_gate * cell_gate)
    output = clip(projection @ (output_gate * activation(cell)) + projection_bias)

The gates are input, forget, cell and output; all but the cell gate are logistic. Without an input gate (*CIFG*) the
forget gate's complement stands for it. Peepholes (for the output gate: of the new cell state), layer normalization of
the gates, clipping and the projection are optional.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from pytflite.ops._api import Node, Shape, TensorSpec
from pytflite.schema.enums import ActivationFunctionType

Array = npt.NDArray[Any]
Stages = Iterator[tuple[str, Array]]

GATES = ("input", "forget", "cell", "output")

SOURCES = ("input", "aux_input", "recurrent")
"""What a gate has weights for."""

Specs = Mapping[str, TensorSpec | None]
"""The tensors of an LSTM by the names of `NAMES`, whatever an operator calls them."""

INPUTS = (
    "input "
    "input_to_input_weights? input_to_forget_weights input_to_cell_weights input_to_output_weights "
    "recurrent_to_input_weights? recurrent_to_forget_weights recurrent_to_cell_weights recurrent_to_output_weights "
    "cell_to_input_weights? cell_to_forget_weights? cell_to_output_weights? "
    "input_gate_bias? forget_gate_bias cell_gate_bias output_gate_bias "
    "projection_weights? projection_bias? output_state cell_state "
    "input_layer_norm_coefficients? forget_layer_norm_coefficients? "
    "cell_layer_norm_coefficients? output_layer_norm_coefficients?"
)
"""The inputs of a whole LSTM in schema order; older files end with the cell state."""

NAMES = INPUTS.replace("?", "").split()


def type_row(
    io: str, weights: str, recurrent: str, peephole: str, bias: str, output_state: str, cell_state: str, norm: str
) -> str:
    """The dtypes of a whole LSTM, as `INPUTS` has them."""
    inputs = (
        f"{io} {weights}? {weights} {weights} {weights} {recurrent}? {recurrent} {recurrent} {recurrent}"
        + f" {peephole}?" * 3
        + f" {bias}? {bias} {bias} {bias} {weights}? {bias}? {output_state} {cell_state}"
        + f" {norm}?" * 4
    )
    return f"{inputs} -> {io}"


class Gate(NamedTuple):
    """What belongs to one gate: arrays when running, tensors in prepare, None where absent.

    Attributes:
        weights: of the input, an auxiliary input if there is one, and the output state; (cells, depth), or (cells) of a
            diagonal.
        peephole: (cells), from the cell state.
        bias: (cells).
        norm: (cells), coefficients of the layer normalization.
    """

    weights: tuple[Any, ...]
    peephole: Any
    bias: Any
    norm: Any


def gates_of(get: Callable[[str], Any]) -> dict[str, Gate]:
    """The gates that are present, by name.

    Args:
        get: from the name of an input to what it is, or None.
    """
    use_norm = get("forget_layer_norm_coefficients") is not None
    return {
        name: Gate(
            tuple(weights for source in SOURCES if (weights := get(f"{source}_to_{name}_weights")) is not None),
            None if name == "cell" else get(f"cell_to_{name}_weights"),
            get(f"{name}_gate_bias"),
            get(f"{name}_layer_norm_coefficients") if use_norm else None,
        )
        for name in GATES
        if get(f"input_to_{name}_weights") is not None
    }


class LstmSizes(NamedTuple):
    """Batch size, elements of an input vector, cells, elements of an output vector."""

    batch: int
    input: int
    cells: int
    output: int


def lstm_specs(node: Node) -> Specs:
    """The tensors of an operator that calls them as `NAMES` does."""
    return {name: node.get(name) for name in NAMES}


def required(node: Node, specs: Specs, name: str) -> TensorSpec:
    """A tensor that must be present."""
    spec = specs.get(name)
    if spec is None:
        raise node.error(f"{name} is missing.")
    return spec


def lstm_sizes(node: Node, specs: Specs, batch: int, *, diagonal: bool = True) -> LstmSizes:
    """The sizes of a whole LSTM, after every tensor was checked against them.

    Args:
        node: the operator.
        specs: its tensors.
        batch: number of sequences.
        diagonal: whether recurrent weights of float32 may be a diagonal.
    """
    weights, recurrent = (required(node, specs, f"{source}_to_output_weights") for source in ("input", "recurrent"))
    node.require(len(weights.shape) == 2, f"{weights} must have 2 dimensions.")
    ranks = (1, 2) if diagonal else (2,)
    node.require(len(recurrent.shape) in ranks, f"{recurrent} must have {' or '.join(map(str, ranks))} dimensions.")
    sizes = LstmSizes(batch, node["input"].shape[-1], weights.shape[0], recurrent.shape[-1])
    node.require(specs["projection_weights"] or sizes.output == sizes.cells, f"{recurrent} must be square.")
    for name in NAMES:
        if name != "input" and specs.get(name) is not None:
            check_tensor(node, specs, name, sizes, diagonal=diagonal)
    check_presence(node, specs)
    return sizes


def check_tensor(node: Node, specs: Specs, name: str, sizes: LstmSizes, *, diagonal: bool) -> None:
    """Refuse a weight, bias, coefficient or state of a wrong shape; or weights that disagree on their type."""
    batch, inputs, cells, outputs = sizes
    spec = required(node, specs, name)
    node.require(spec.tensor.sparsity is None, f"{spec} must not be sparse.")
    if name.endswith("state"):
        elements = batch * (outputs if name == "output_state" else cells)
        node.require(np.prod(spec.shape) == elements, f"{spec} must have {elements} elements.")
        node.require(spec.tensor.is_variable, f"{spec} must be a variable tensor.")
        return
    accepted: Shape = (cells,)
    if name.startswith("recurrent"):
        if diagonal and spec.letter == "f32" and len(spec.shape) == 1:
            node.require(outputs == cells, f"{spec} must be {cells}x{outputs}.")
        else:
            accepted = (cells, outputs)
            letter = required(node, specs, "input_to_forget_weights").letter
            node.require(spec.letter == letter, f"{spec} must be {letter} as input_to_forget_weights is.")
    elif name.startswith("input_to"):
        accepted = (cells, inputs)
    elif name.startswith("projection"):
        accepted = (outputs, cells) if name.endswith("weights") else (outputs,)
    node.require(spec.shape == accepted, f"{spec} must be {'x'.join(map(str, accepted))}.")


def check_presence(node: Node, specs: Specs) -> None:
    """Refuse optional tensors that are only half there."""
    gates = gates_of(specs.get)
    node.require(
        ("input" in gates) == (specs.get("recurrent_to_input_weights") is not None),
        "input_to_input_weights and recurrent_to_input_weights must both be present, or neither.",
    )
    node.require(
        ("input" in gates) == (specs.get("input_gate_bias") is not None),
        "input_gate_bias must be present if and only if input_to_input_weights is.",
    )
    peepholes = [gate.peephole is not None for name, gate in gates.items() if name != "cell"]
    node.require(all(peepholes) or not any(peepholes), "cell_to_*_weights must be present for every gate, or for none.")
    if specs.get("forget_layer_norm_coefficients") is not None:
        for name, gate in gates.items():
            node.require(gate.norm, f"{name}_layer_norm_coefficients is missing.")
    if specs.get("projection_weights") is None:
        node.require(specs.get("projection_bias") is None, "projection_bias needs projection_weights.")
    node.require(min(node.options.cell_clip, node.options.proj_clip) >= 0, "Clips must not be negative.")


def require_plain(node: Node, specs: Specs) -> None:
    """Refuse what an LSTM of TensorFlow Lite for Microcontrollers does without, and other activations than TANH."""
    missing = [gate for gate in GATES if specs.get(f"input_to_{gate}_weights") is None]
    node.require(not missing, f"input_to_{''.join(missing)}_weights is missing.")
    variants = [spec for name, spec in specs.items() if spec and name.startswith(("cell_to", "projection"))]
    variants += [spec for name, spec in specs.items() if spec and name.endswith("layer_norm_coefficients")]
    node.require(not variants, f"{', '.join(map(str, variants))} given, none accepted.")
    activation = node.options.fused_activation_function
    node.require(activation == ActivationFunctionType.TANH, f"Fused activation {activation.name} given, TANH accepted.")


class Steps(NamedTuple):
    """What an LSTM computes over a sequence; the first axis is time.

    Attributes:
        gates: by name, (time, batch, cells).
        cell: (time, batch, cells), the cell states.
        output: (time, batch, outputs), the output states.
    """

    gates: dict[str, Array]
    cell: Array
    output: Array


Step = Callable[[tuple[Array, ...], Array, Array], tuple[dict[str, Array], Array, Array]]
"""From inputs, output state and cell state, (batch, ...), to the gates and the new cell and output states."""


def run_steps(step: Step, inputs: Sequence[Array], output: Array, cell: Array) -> Steps:
    """Run over a sequence.

    Args:
        step: one step.
        inputs: each (time, batch, depth).
        output: (batch, outputs), the output state before.
        cell: (batch, cells), the cell state before.
    """
    gates: list[dict[str, Array]] = []
    cells: list[Array] = []
    outputs: list[Array] = []
    for vectors in zip(*inputs, strict=True):
        values, cell, output = step(vectors, output, cell)
        gates.append(values)
        cells.append(cell)
        outputs.append(output)
    if not gates:
        return Steps({}, np.empty((0, *cell.shape), cell.dtype), np.empty((0, *output.shape), output.dtype))
    named = {name: np.stack([gate[name] for gate in gates]) for name in gates[0]}
    return Steps(named, np.stack(cells), np.stack(outputs))


def states_of(tensors: Mapping[str, Any], batch: int) -> tuple[Array, Array]:
    """Output state (batch, outputs) and cell state (batch, cells) before the first step."""
    outputs, cells = tensors["recurrent_to_output_weights"].shape[-1], len(tensors["input_to_output_weights"])
    return tensors["output_state"].reshape(batch, outputs), tensors["cell_state"].reshape(batch, cells)


def last(states: Array, before: Array) -> Array:
    """The last of some states, or the one before the first step, in the shape of its tensor."""
    return states[-1].reshape(before.shape) if len(states) else before.copy()


def lstm_stages(steps: Steps, tensors: dict[str, Any], layout: Callable[[Array], Array]) -> Stages:
    """Gates, cell states and outputs of a whole LSTM, then its states.

    Args:
        steps: what it computed.
        tensors: its inputs by name.
        layout: from (time, batch, ...) to the layout of the output.
    """
    for name, gate in steps.gates.items():
        yield f"{name}_gate", layout(gate)
    yield "cell", layout(steps.cell)
    yield "output", layout(steps.output)
    yield "output_state", last(steps.output, tensors["output_state"])
    yield "cell_state", last(steps.cell, tensors["cell_state"])
