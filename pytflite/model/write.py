"""From a `Model` to the bytes of a ``.tflite`` file."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy.typing as npt

from pytflite import flatbuffer
from pytflite.flatbuffer import UnknownMember
from pytflite.model.metadata import archive
from pytflite.model.types import Model, Operator, Quantization, Signature, Subgraph, Tensor
from pytflite.schema import layout, tables
from pytflite.schema.enums import BuiltinOperator

Array = npt.NDArray[Any]
Codes = dict[tuple[BuiltinOperator, str, int], int]
"""Operator codes in the order of first use, and their indices."""

MAX_INSIDE = 2_000_000_000
"""Constants that together hold more bytes than this are written behind the FlatBuffer, which ends at 2 GiB."""

_ALIGN = 16


def write(model: Model, *, max_inside: int = MAX_INSIDE) -> bytes:
    """Write a model; `read` of the result is equal to it.

    Args:
        model: what to write. It is not checked: `pytflite.model.check.check` is the place for that.
        max_inside: when the buffers hold more bytes than this, they go behind the FlatBuffer.

    Raises:
        ModelError: a number does not fit its field, or a field of a newer schema may be an offset.
    """
    inside = sum(data.size for data in model.buffers if data is not None) <= max_inside
    root = _root(model, [_buffer(data, inside) for data in model.buffers])
    out = flatbuffer.build(root, layout.ROOT, layout.IDENTIFIER)
    if not inside:
        places = _places(model, len(out))
        buffers = [tables.Buffer(None, *place) if place else tables.Buffer() for place in places]
        out = flatbuffer.build(_root(model, buffers), layout.ROOT, layout.IDENTIFIER)
        for data, place in zip(model.buffers, places, strict=True):
            if data is not None and place:
                out += bytes(place[0] - len(out))
                out += data.tobytes()
    return bytes(out + archive(model.associated_files))


def save(model: Model, path: str | os.PathLike[str]) -> None:
    """Write a model to a file, which appears whole or not at all.

    Raises:
        OSError: the file cannot be written.
    """
    target = Path(path)
    data = write(model)
    partial = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        partial.write_bytes(data)
        partial.replace(target)
    except BaseException:
        partial.unlink(missing_ok=True)
        raise


def _buffer(data: Array | None, inside: bool) -> tables.Buffer:
    """A buffer; one that goes outside gets numbers that take the room of the real ones."""
    if inside or data is None:
        return tables.Buffer(data)
    return tables.Buffer(None, 2, 1)


def _places(model: Model, end: int) -> list[tuple[int, int] | None]:
    """Offset and size of each buffer behind a FlatBuffer that ends at `end`."""
    places: list[tuple[int, int] | None] = []
    for data in model.buffers:
        if data is None:
            places.append(None)
        else:
            start = end + -end % _ALIGN
            places.append((start, data.size))
            end = start + data.size
    return places


def _root(model: Model, buffers: list[tables.Buffer]) -> tables.Model:
    codes: Codes = {}
    subgraphs = tuple([_subgraph(graph, codes) for graph in model.subgraphs])
    return tables.Model(
        model.version,
        tuple([_code(*code) for code in codes]),
        subgraphs,
        model.description,
        tuple(buffers),
        model.metadata_buffer,
        tuple([tables.Metadata(name, buffer) for name, buffer in model.metadata.items()]),
        tuple([_signature(signature) for signature in model.signatures]),
        model.external_buffer_groups,
        model.external_buffers,
        unknown=model.unknown,
    )


def _code(builtin: BuiltinOperator, custom_code: str, version: int) -> tables.OperatorCode:
    old = min(builtin, BuiltinOperator.PLACEHOLDER_FOR_GREATER_OP_CODES)
    return tables.OperatorCode(old, custom_code, version, builtin)


def _subgraph(graph: Subgraph, codes: Codes) -> tables.SubGraph:
    return tables.SubGraph(
        tuple([_tensor(tensor) for tensor in graph.tensors]),
        graph.inputs,
        graph.outputs,
        tuple([_operator(operator, codes) for operator in graph.operators]),
        graph.name,
        graph.debug_metadata_index,
        unknown=graph.unknown,
    )


def _tensor(tensor: Tensor) -> tables.Tensor:
    return tables.Tensor(
        tensor.shape,
        tensor.type,
        tensor.buffer,
        tensor.name,
        None if tensor.quantization is None else _quantization(tensor.quantization),
        tensor.is_variable,
        tensor.sparsity,
        tensor.shape_signature,
        tensor.has_rank,
        tensor.variant_tensors,
        tensor.external_buffer,
        unknown=tensor.unknown,
    )


def _quantization(quantization: Quantization) -> tables.QuantizationParameters:
    return tables.QuantizationParameters(
        quantization.min,
        quantization.max,
        quantization.scale,
        quantization.zero_point,
        quantization.details,
        quantization.quantized_dimension,
        unknown=quantization.unknown,
    )


def _operator(operator: Operator, codes: Codes) -> tables.Operator:
    code = codes.setdefault((operator.builtin, operator.custom_code, operator.version), len(codes))
    options = operator.options
    in_first = _is_first(options)
    return tables.Operator(
        code,
        operator.inputs,
        operator.outputs,
        options if in_first else None,
        operator.custom_options,
        mutating_variable_inputs=operator.mutating_inputs,
        intermediates=operator.intermediates,
        builtin_options_2=None if in_first else options,
        debug_metadata_index=operator.debug_metadata_index,
        unknown=operator.unknown,
    )


def _is_first(options: Any) -> bool:
    """Whether options belong to the first of the two unions; members newer than this schema tell by their number."""
    union = layout.BuiltinOptions
    if isinstance(options, UnknownMember):
        return options.member > len(union.members)
    return type(options) in union.numbers


def _signature(signature: Signature) -> tables.SignatureDef:
    return tables.SignatureDef(
        tuple([tables.TensorMap(name, index) for name, index in signature.inputs.items()]),
        tuple([tables.TensorMap(name, index) for name, index in signature.outputs.items()]),
        signature.key,
        signature.subgraph,
        unknown=signature.unknown,
    )
