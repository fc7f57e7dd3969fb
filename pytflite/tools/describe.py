"""What a model is made of: operators, tensors, sizes, multiplications."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import prod
from typing import Any

from pytflite.model.types import Model, Operator, Subgraph, Tensor


@dataclass(frozen=True, slots=True)
class TensorLine:
    """One tensor: ``kind`` is input, output, constant, variable or intermediate; sizes are in bytes."""

    index: int
    name: str
    dtype: str
    shape: list[int]
    kind: str
    scale: list[float]
    zero_point: list[int]
    quantized_dimension: int
    bytes: int


@dataclass(frozen=True, slots=True)
class OperatorLine:
    """One operator; ``macs`` counts multiply-accumulates of matrix-like operators, ``constant_bytes`` its weights."""

    index: int
    name: str
    version: int
    inputs: list[int]
    outputs: list[int]
    output: str
    macs: int
    constant_bytes: int


@dataclass(frozen=True, slots=True)
class SubgraphLine:
    """One subgraph."""

    index: int
    name: str
    inputs: list[int]
    outputs: list[int]
    operators: list[OperatorLine]
    tensors: list[TensorLine]


@dataclass(frozen=True, slots=True)
class Description:
    """A whole model; sizes are in bytes."""

    path: str
    description: str
    schema_version: int
    buffer_bytes: int
    macs: int
    signatures: dict[str, dict[str, dict[str, int]]]
    metadata: list[str]
    files: list[str]
    subgraphs: list[SubgraphLine]


def describe(model: Model) -> Description:
    """Describe a model."""
    subgraphs = [_subgraph(model, graph) for graph in model.subgraphs]
    return Description(
        path=str(model.path or ""),
        description=model.description,
        schema_version=model.version,
        buffer_bytes=sum(b.nbytes for b in model.buffers if b is not None),
        macs=sum(line.macs for graph in subgraphs for line in graph.operators),
        signatures={s.key: {"inputs": dict(s.inputs), "outputs": dict(s.outputs)} for s in model.signatures},
        metadata=list(model.metadata),
        files=list(model.associated_files),
        subgraphs=subgraphs,
    )


def _subgraph(model: Model, graph: Subgraph) -> SubgraphLine:
    return SubgraphLine(
        graph.index,
        graph.name,
        list(graph.inputs),
        list(graph.outputs),
        [_operator(model, graph, operator) for operator in graph.operators],
        [_tensor(model, graph, tensor) for tensor in graph.tensors],
    )


def _tensor(model: Model, graph: Subgraph, tensor: Tensor) -> TensorLine:
    kinds = {
        "input": tensor.index in graph.inputs,
        "output": tensor.index in graph.outputs,
        "variable": tensor.is_variable,
        "constant": _stored(model, tensor) > 0,
    }
    quantization = tensor.quantization
    return TensorLine(
        tensor.index,
        tensor.name,
        _letter(tensor),
        list(tensor.shape_signature or tensor.shape),
        next((kind for kind, holds in kinds.items() if holds), "intermediate"),
        [] if quantization is None else [float(s) for s in quantization.scale],
        [] if quantization is None else [int(z) for z in quantization.zero_point],
        0 if quantization is None else quantization.quantized_dimension,
        _stored(model, tensor) or (tensor.dtype.bits * prod(tensor.shape) + 7) // 8,
    )


def _operator(model: Model, graph: Subgraph, operator: Operator) -> OperatorLine:
    inputs = [graph.tensors[i] for i in operator.inputs if i >= 0]
    outputs = [graph.tensors[i] for i in operator.outputs]
    count = MACS.get(operator.name)
    return OperatorLine(
        operator.index,
        operator.name,
        operator.version,
        list(operator.inputs),
        list(operator.outputs),
        ", ".join(f"{_letter(t)}{list(t.shape)}" for t in outputs),
        count(operator, inputs, outputs) if count else 0,
        sum(_stored(model, tensor) for tensor in inputs),
    )


def _letter(tensor: Tensor) -> str:
    return tensor.dtype.letter


def _stored(model: Model, tensor: Tensor) -> int:
    buffer = model.buffers[tensor.buffer]
    return 0 if buffer is None else buffer.nbytes


# ---------------------------------------------------------------------------------------------- multiply-accumulates

Count = Callable[[Operator, list[Tensor], list[Tensor]], int]


def _convolution(operator: Operator, inputs: list[Tensor], outputs: list[Tensor]) -> int:
    return prod(outputs[0].shape) * prod(inputs[1].shape[1:])


def _depthwise(operator: Operator, inputs: list[Tensor], outputs: list[Tensor]) -> int:
    return prod(outputs[0].shape) * prod(inputs[1].shape[1:3])


def _transposed(operator: Operator, inputs: list[Tensor], outputs: list[Tensor]) -> int:
    return prod(inputs[2].shape) * prod(inputs[1].shape[:3])


def _connected(operator: Operator, inputs: list[Tensor], outputs: list[Tensor]) -> int:
    return prod(outputs[0].shape) * inputs[1].shape[-1]


def _matmul(operator: Operator, inputs: list[Tensor], outputs: list[Tensor]) -> int:
    transposed: Any = operator.options is not None and operator.options.adj_x
    return prod(outputs[0].shape) * inputs[0].shape[-2 if transposed else -1]


MACS: dict[str, Count] = {
    "CONV_2D": _convolution,
    "CONV_3D": lambda operator, inputs, outputs: prod(outputs[0].shape) * prod(inputs[1].shape[:4]),
    "DEPTHWISE_CONV_2D": _depthwise,
    "TRANSPOSE_CONV": _transposed,
    "FULLY_CONNECTED": _connected,
    "BATCH_MATMUL": _matmul,
}
