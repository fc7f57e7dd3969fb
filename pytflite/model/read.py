"""From the bytes of a ``.tflite`` file to a `Model`."""

from __future__ import annotations

import mmap
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from pytflite import flatbuffer
from pytflite.errors import FormatError, ModelError
from pytflite.model.check import Finding, of_note, require_usable
from pytflite.model.metadata import attached
from pytflite.model.types import Model, Operator, Quantization, Signature, Subgraph, Tensor
from pytflite.schema import layout, tables
from pytflite.schema.enums import BuiltinOperator

Array = npt.NDArray[Any]
Source = str | os.PathLike[str] | bytes | bytearray | memoryview | mmap.mmap


def read(source: Source) -> Model:
    """Read a model.

    A path is mapped into memory: constants are views of the file, which must not be changed in place while the model is
    in use. What a file newer than this schema holds is kept and found, not refused; see `pytflite.flatbuffer.view`. The
    exceptions are new fields of the tables Buffer, OperatorCode, Metadata and TensorMap, which are found but not kept.

    Args:
        source: a path, or the bytes of a file.

    Raises:
        OSError: the file cannot be opened.
        FormatError: the bytes are not a ``.tflite`` file; the error names the byte offset and the path of the table.
        ModelError: the file is well formed, but cannot be a model: an index leads nowhere, say.
    """
    path = Path(source) if isinstance(source, str | os.PathLike) else None
    data = memoryview(source if path is None else _map(path)).toreadonly().cast("B")  # type: ignore[arg-type]
    reading = flatbuffer.read(data, layout.ROOT, layout.IDENTIFIER)
    files, found = attached(data[reading.end :])
    notes = (*map(of_note, reading.notes), *found)
    model = _Parts(data, reading.root).model(path, files, notes)
    require_usable(model)
    return model


def _map(path: Path) -> mmap.mmap | bytes:
    with path.open("rb") as file:
        return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) if os.fstat(file.fileno()).st_size else b""


class _Parts:
    """The tables of a file on their way to a model."""

    def __init__(self, data: memoryview, root: tables.Model) -> None:
        self.data = data
        self.root = root
        self.codes = [(_builtin(code), code.custom_code, code.version) for code in root.operator_codes]

    def model(self, path: Path | None, files: Mapping[str, bytes], notes: tuple[Finding, ...]) -> Model:
        root = self.root
        return Model(
            root.version,
            root.description,
            tuple([self.subgraph(index, graph) for index, graph in enumerate(root.subgraphs)]),
            tuple([self.content(index, buffer) for index, buffer in enumerate(root.buffers)]),
            tuple([_signature(signature) for signature in root.signature_defs]),
            {entry.name: entry.buffer for entry in root.metadata},
            root.metadata_buffer,
            root.external_buffers,
            root.external_buffer_groups,
            files,
            root.unknown,
            path,
            notes,
        )

    def subgraph(self, index: int, raw: tables.SubGraph) -> Subgraph:
        return Subgraph(
            index,
            raw.name,
            tuple([_tensor(number, tensor) for number, tensor in enumerate(raw.tensors)]),
            raw.inputs,
            raw.outputs,
            tuple([self.operator(number, operator, index) for number, operator in enumerate(raw.operators)]),
            raw.debug_metadata_index,
            raw.unknown,
        )

    def operator(self, index: int, raw: tables.Operator, graph: int) -> Operator:
        if raw.opcode_index >= len(self.codes):
            raise ModelError(
                f"operator {index} of subgraph {graph} has operator code {raw.opcode_index}, "
                f"but the model has {len(self.codes)} of them"
            )
        custom_options = raw.custom_options
        if not custom_options and raw.large_custom_options_offset > 1:
            path = f"Model.subgraphs[{graph}].operators[{index}].large_custom_options_offset"
            custom_options = bytes(self.outside(raw.large_custom_options_offset, raw.large_custom_options_size, path))
        return Operator(
            index,
            *self.codes[raw.opcode_index],
            raw.inputs,
            raw.outputs,
            raw.intermediates,
            raw.builtin_options if raw.builtin_options_2 is None else raw.builtin_options_2,
            custom_options,
            raw.mutating_variable_inputs,
            raw.debug_metadata_index,
            raw.unknown,
        )

    def content(self, index: int, raw: tables.Buffer) -> Array | None:
        if raw.data is None and raw.offset > 1:
            return np.frombuffer(self.outside(raw.offset, raw.size, f"Model.buffers[{index}].offset"), np.uint8)
        return raw.data

    def outside(self, offset: int, size: int, path: str) -> memoryview:
        """Data that a file of more than 2 GB keeps behind its FlatBuffer."""
        if offset + size > len(self.data):
            message = f"{size} bytes outside of the FlatBuffer, the file ends at {len(self.data)}"
            raise FormatError(message, offset=offset, path=path)
        return self.data[offset : offset + size]


def _builtin(code: tables.OperatorCode) -> BuiltinOperator:
    """The wider of two fields: the old one, a byte, came first. Source: GetBuiltinCode in schema_utils.cc."""
    number: Any = max(code.builtin_code, code.deprecated_builtin_code)
    try:
        return BuiltinOperator(number)
    except ValueError:
        return number  # type: ignore[no-any-return]


def _tensor(index: int, raw: tables.Tensor) -> Tensor:
    return Tensor(
        index,
        raw.name,
        raw.type,
        raw.shape,
        raw.shape_signature,
        None if raw.quantization is None else _quantization(raw.quantization),
        raw.buffer,
        raw.is_variable,
        raw.sparsity,
        raw.has_rank,
        raw.variant_tensors,
        raw.external_buffer,
        raw.unknown,
    )


def _quantization(raw: tables.QuantizationParameters) -> Quantization:
    return Quantization(raw.scale, raw.zero_point, raw.quantized_dimension, raw.min, raw.max, raw.details, raw.unknown)


def _signature(raw: tables.SignatureDef) -> Signature:
    return Signature(
        raw.signature_key,
        raw.subgraph_index,
        {entry.name: entry.tensor_index for entry in raw.inputs},
        {entry.name: entry.tensor_index for entry in raw.outputs},
        raw.unknown,
    )
