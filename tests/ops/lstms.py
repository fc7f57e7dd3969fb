"""Builders for the tests of LSTM operators."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from hypothesis import strategies as st

from pytflite.build import SubgraphBuilder, TensorRef
from pytflite.schema.enums import ActivationFunctionType
from tests.ops.quantized import codes, tie_prone_scale

Array = npt.NDArray[Any]

KINDS = {
    "float32": ("f32", "f32", "f32"),
    "diagonal": ("f32", "f32", "f32"),
    "hybrid": ("f32", "i8", "f32"),
    "hybrid_uint8": ("f32", "u8", "f32"),
    "hybrid_diagonal": ("f32", "i8", "f32"),
    "int8": ("i8", "i8", "i32"),
    "int8_products": ("i8", "i8", "i32"),
    "int16": ("i16", "i8", "i64"),
}
"""Kind -> letters of activations, weights and biases."""


class LstmBuilder:
    """Adds the tensors of one LSTM with random values to a subgraph.

    Args:
        g: the subgraph.
        rng: source of the values.
        kind: one of `KINDS`.
        batch: number of sequences.
        inputs: elements of an input vector.
        cells: number of cells.
        outputs: elements of an output vector; without a projection the same as `cells`.
        cifg: leave the input gate out.
        peephole: whether there are peepholes.
        projection: "", "weights" or "bias" (both).
        norm: whether gates are normalized.
    """

    def __init__(
        self,
        g: SubgraphBuilder,
        rng: np.random.Generator,
        kind: str,
        *,
        batch: int,
        inputs: int,
        cells: int,
        outputs: int,
        cifg: bool = False,
        peephole: bool = False,
        projection: str = "",
        norm: bool = False,
    ) -> None:
        self.g, self.rng, self.kind = g, rng, kind
        self.io, self.weight_type, self.bias_type = KINDS[kind]
        self.batch, self.inputs, self.cells = batch, inputs, cells
        self.outputs = outputs if projection else cells
        self.gates = ["forget", "cell", "output"] if cifg else ["input", "forget", "cell", "output"]
        self.peephole, self.projection, self.norm = peephole, projection, norm
        self.is_integer = self.io in ("i8", "i16")
        self.input_quantization = self._activation(0.004, 0.03)
        self.hidden_quantization = self._activation(0.004, 0.03)
        self.state_quantization = self.hidden_quantization
        if projection and kind != "int8_products":
            self.state_quantization = self._activation(0.05, 0.5)

    def _activation(self, low: float, high: float) -> dict[str, Any]:
        if not self.is_integer:
            return {}
        if self.io == "i16":
            return {"scale": tie_prone_scale(self.rng, low / 256, high / 256)}
        return {"scale": tie_prone_scale(self.rng, low, high), "zero_point": self.rng.integers(-60, 60)}

    def weights(self, name: str, *shape: int) -> TensorRef:
        """A constant of the weights' type."""
        if self.weight_type == "f32":
            return self.g.constant(name, self.rng.standard_normal(shape) / np.sqrt(shape[-1]), "f32")
        scale = tie_prone_scale(self.rng, 0.002, 0.02)
        return self.g.constant(name, codes(self.rng, self.weight_type, shape), self.weight_type, scale=scale)

    def recurrent(self, name: str) -> TensorRef:
        """Recurrent weights, a diagonal in some kinds."""
        if self.kind.endswith("diagonal"):
            return self.g.constant(name, self.rng.standard_normal(self.cells), "f32")
        return self.weights(name, self.cells, self.outputs)

    def peephole_weights(self, name: str) -> TensorRef:
        """Peephole weights: int16 where activations are integers."""
        if not self.is_integer:
            return self.weights(name, self.cells)
        scale = tie_prone_scale(self.rng, 1e-5, 1e-4)
        return self.g.constant(name, codes(self.rng, "i16", (self.cells,)), "i16", scale=scale)

    def bias(self, name: str, size: int) -> TensorRef:
        """A bias."""
        if self.is_integer:
            reach = 300000 if self.norm else 3000
            return self.g.constant(name, self.rng.integers(-reach, reach, size), self.bias_type, scale=1e-4)
        return self.g.constant(name, self.rng.standard_normal(size), "f32")

    def coefficients(self, name: str) -> TensorRef:
        """Coefficients of the layer normalization."""
        if not self.is_integer:
            return self.g.constant(name, self.rng.standard_normal(self.cells), "f32")
        scale = tie_prone_scale(self.rng, 1e-5, 1e-4)
        return self.g.constant(name, codes(self.rng, "i16", (self.cells,)), "i16", scale=scale)

    def tensors(self, input: TensorRef, *, short: bool = False) -> list[TensorRef | None]:
        """All inputs of a whole LSTM in schema order; without those of the layer normalization when short."""

        def every(make: Any, pattern: str, gates: list[str]) -> list[TensorRef | None]:
            all_gates = ["input", "forget", "cell", "output"]
            wanted = [gate for gate in all_gates if gate in gates]
            made = {gate: make(pattern.format(gate)) for gate in wanted}
            return [made.get(gate) for gate in all_gates]

        peepholes = [gate for gate in self.gates if gate != "cell"] if self.peephole else []
        seen = every(self.peephole_weights, "cell_to_{}_weights", peepholes)
        refs = [
            input,
            *every(lambda name: self.weights(name, self.cells, self.inputs), "input_to_{}_weights", self.gates),
            *every(self.recurrent, "recurrent_to_{}_weights", self.gates),
            *(seen[:2] + seen[3:]),
            *every(lambda name: self.bias(name, self.cells), "{}_gate_bias", self.gates),
            self.weights("projection_weights", self.outputs, self.cells) if self.projection else None,
            self.bias("projection_bias", self.outputs) if self.projection == "bias" else None,
            self.state("output_state"),
            self.state("cell_state"),
        ]
        if short and not self.norm:
            return refs
        return refs + every(self.coefficients, "{}_layer_norm_coefficients", self.gates if self.norm else [])

    def state(self, name: str) -> TensorRef:
        """A variable tensor."""
        if name == "output_state":
            return self.g.tensor(name, (self.batch, self.outputs), self.io, variable=True, **self.state_quantization)
        if not self.is_integer:
            return self.g.tensor(name, (self.batch, self.cells), "f32", variable=True)
        scale = 2.0**-15 if self.kind == "int8_products" else 2.0 ** -int(self.rng.integers(9, 16))
        return self.g.tensor(name, (self.batch, self.cells), "i16", variable=True, scale=scale)

    def intermediates(self) -> list[TensorRef]:
        """What says how gates and the hidden state are quantized."""
        if not self.is_integer:
            return []
        if self.kind == "int8_products":
            scales = [tie_prone_scale(self.rng, 1e-4, 1e-3) for _ in range(12)]
            wide = [
                {"scale": s if i % 3 == 0 else s * 200, "zero_point": i % 3 and 3 * i} for i, s in enumerate(scales)
            ]
            return [self.g.tensor(f"product{i}", (0,), "i16" if i % 3 == 0 else "i8", **q) for i, q in enumerate(wide)]
        scales = [tie_prone_scale(self.rng, 1e-4, 1e-3) for _ in range(4)]
        gates = [self.g.tensor(f"gate{i}", (0,), "i16", scale=scale) for i, scale in enumerate(scales)]
        return [*gates, self.g.tensor("hidden", (0,), self.io, **self.hidden_quantization)]

    def data(self, shape: tuple[int, ...]) -> Array:
        """Input values; one vector in four is all zero."""
        if self.is_integer:
            return codes(self.rng, self.io, shape)
        quiet = self.rng.random((*shape[:-1], 1)) < 0.25
        return np.where(quiet, 0, self.rng.standard_normal(shape) * 2).astype(np.float32)


@st.composite
def lstm_cases(draw: st.DrawFn, kinds: list[str]) -> dict[str, Any]:
    """Keyword arguments of `LstmBuilder`, but for the batch, and what else the operators have in common."""
    kind = draw(st.sampled_from(kinds))
    cells = draw(st.integers(1, 20))
    diagonal = kind.endswith("diagonal")
    activations = [a for a in ActivationFunctionType if a != ActivationFunctionType.NONE]
    return {
        "kind": kind,
        "seed": draw(st.integers(0, 2**32)),
        "inputs": draw(st.integers(1, 20)),
        "cells": cells,
        # The real float32 kernel has scratch memory for projections of at most as many elements as there are cells.
        "outputs": cells if diagonal else draw(st.integers(1, 20 if kind.startswith("hybrid") else cells)),
        "cifg": draw(st.booleans()),
        "peephole": draw(st.booleans()),
        "projection": draw(st.sampled_from(["", "weights", "bias"])),
        "norm": draw(st.booleans()),
        "fused_activation_function": draw(st.sampled_from([ActivationFunctionType.TANH, *activations])),
        "cell_clip": draw(st.sampled_from([0.0, 0.0, 0.3, 1.5])),
        "proj_clip": draw(st.sampled_from([0.0, 0.0, 0.2])),
        "asymmetric_quantize_inputs": draw(st.booleans()),
    }
