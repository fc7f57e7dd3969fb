"""What a ``.tflite`` file says, as immutable objects.

`pytflite.model.read` makes them from bytes, `pytflite.model.write` turns them back into bytes, `pytflite.build` makes
them from nothing. Names are those of the upstream schema (``schema.fbs``) in snake case.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from pytflite import markup
from pytflite.flatbuffer.table import Unknown
from pytflite.model.dtypes import Dtype, dtype_of, unpack
from pytflite.model.equality import Equality
from pytflite.schema.enums import BuiltinOperator, TensorType
from pytflite.schema.tables import ExternalBuffer, ExternalBufferGroup, SparsityParameters, VariantSubType

if TYPE_CHECKING:
    from os import PathLike
    from pathlib import Path

    from pytflite.flatbuffer import Table
    from pytflite.model.check import Finding
    from pytflite.schema.metadata import ModelMetadata

Array = npt.NDArray[Any]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Quantization(Equality):
    """How the integers of a tensor stand for real numbers: ``real = scale * (q - zero_point)``.

    Attributes:
        scale: float32, shape (1,) per tensor, (channels,) per axis, (0,) when the table holds none.
        zero_point: int64, as long as ``scale`` (or empty: zero).
        quantized_dimension: the axis that ``scale`` runs along, when it is per axis.
        min: float32 calibration minimum, often empty.
        max: float32 calibration maximum, often empty.
        details: a block-wise, multi-axis or custom quantization table of the schema, else None.
        unknown: fields of a newer schema.
    """

    scale: Array
    zero_point: Array
    quantized_dimension: int = 0
    min: Array = field(default_factory=lambda: np.empty(0, np.float32))
    max: Array = field(default_factory=lambda: np.empty(0, np.float32))
    details: Table | None = None
    unknown: Unknown = ()

    @property
    def is_per_axis(self) -> bool:
        """Whether there is more than one scale."""
        return self.scale.size > 1

    def __repr__(self) -> str:
        if self.details is not None:
            return f"<Quantization {self.details!r}>"
        if self.is_per_axis:
            scales = f"{self.scale.size} scales {self.scale.min():g}..{self.scale.max():g}"
            return f"<Quantization {scales} along dimension {self.quantized_dimension}>"
        return f"<Quantization scale {self.scale.tolist()} zero_point {self.zero_point.tolist()}>"


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Tensor(Equality):
    """One tensor of a subgraph.

    Attributes:
        index: position in ``Subgraph.tensors``, the number that tf.lite calls the tensor index.
        name: as in the file, often empty or not unique.
        type: element type; an ``int`` where the file is newer than this schema.
        shape: dimensions, () for a scalar; what the file holds, before any resize.
        shape_signature: the same with -1 for unknown dimensions, or None when the file has none.
        quantization: None when the file has no quantization table.
        buffer: index into ``Model.buffers``; 0 is the empty buffer.
        is_variable: state that survives from one invoke to the next.
        sparsity: the schema's ``SparsityParameters`` or None.
        has_rank: whether ``shape == ()`` means a scalar (True) or an unknown rank.
        variant_tensors: the schema's ``VariantSubType`` list.
        external_buffer: index into ``Model.external_buffers``, 0 for none.
        unknown: fields of a newer schema.
    """

    index: int
    name: str
    type: TensorType
    shape: tuple[int, ...]
    shape_signature: tuple[int, ...] | None = None
    quantization: Quantization | None = None
    buffer: int = 0
    is_variable: bool = False
    sparsity: SparsityParameters | None = None
    has_rank: bool = False
    variant_tensors: tuple[VariantSubType, ...] = ()
    external_buffer: int = 0
    unknown: Unknown = ()

    @property
    def dtype(self) -> Dtype:
        """How elements of this type are stored and computed with."""
        return dtype_of(self.type)

    def __repr__(self) -> str:
        known = isinstance(self.type, TensorType)
        parts = [f"{self.index} {self.name!r} {self.dtype.letter if known else self.type} {self.shape}"]
        parts += [f"buffer {self.buffer}"] if self.buffer else []
        parts += ["variable"] if self.is_variable else []
        parts += ["sparse"] if self.sparsity else []
        parts += [repr(self.quantization)[len("<Quantization ") : -1]] if self.quantization else []
        return f"<Tensor {' '.join(parts)}>"


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Operator(Equality):
    """One operator (not yet prepared) of a subgraph.

    Attributes:
        index: position in ``Subgraph.operators``.
        builtin: which operator; an ``int`` where the file is newer than this schema, ``CUSTOM`` for custom ones.
        custom_code: the name of a custom operator, else "".
        version: of the operator code.
        inputs: tensor indices, -1 where an optional input is absent.
        outputs: tensor indices.
        intermediates: tensor indices of the scratch tensors that carry quantization parameters (LSTM).
        options: the dataclass of the operator's options table (``pytflite.schema.tables``), or None.
        custom_options: raw bytes of a custom operator's options (usually a FlexBuffer).
        mutating_inputs: one flag per input, or empty.
        debug_metadata_index: -1 when absent.
        unknown: fields of a newer schema.
    """

    index: int
    builtin: BuiltinOperator
    custom_code: str
    version: int
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]
    intermediates: tuple[int, ...] = ()
    options: Any = None
    custom_options: bytes = b""
    mutating_inputs: tuple[bool, ...] = ()
    debug_metadata_index: int = -1
    unknown: Unknown = ()

    @property
    def name(self) -> str:
        """The operator's name: that of the builtin, the custom code, or ``UNKNOWN_<n>``."""
        if self.custom_code:
            return self.custom_code
        return self.builtin.name if isinstance(self.builtin, BuiltinOperator) else f"UNKNOWN_{self.builtin}"

    def __repr__(self) -> str:
        options = f" {self.options!r}" if self.options else ""
        return f"<Operator {self.index} {self.name} v{self.version} {self.inputs} -> {self.outputs}{options}>"


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Subgraph(Equality):
    """A graph: tensors, the indices of its inputs and outputs, and operators in execution order."""

    index: int
    name: str
    tensors: tuple[Tensor, ...]
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]
    operators: tuple[Operator, ...]
    debug_metadata_index: int = -1
    unknown: Unknown = ()

    def __repr__(self) -> str:
        sizes = f"{len(self.tensors)} tensors, {len(self.operators)} operators, {self.inputs} -> {self.outputs}"
        return f"<Subgraph {self.index} {self.name!r} {sizes}>"


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Signature(Equality):
    """A named way to call a subgraph: ``inputs`` and ``outputs`` map names to tensor indices."""

    key: str
    subgraph: int
    inputs: Mapping[str, int]
    outputs: Mapping[str, int]
    unknown: Unknown = ()

    def __repr__(self) -> str:
        return f"<Signature {self.key!r} of subgraph {self.subgraph}: {dict(self.inputs)} -> {dict(self.outputs)}>"


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Model(Equality):
    """A whole file.

    Attributes:
        version: schema version, 3 for every current file.
        description: free text.
        subgraphs: the first is the main one.
        buffers: uint8 arrays, zero-copy views of the file where they come from one; None where there is no data, which
            is what tells a tensor that is computed from a constant of no elements. Number 0 stands for none.
        signatures: named entry points, often none.
        metadata: metadata name -> buffer index.
        metadata_buffer: the schema's deprecated list of metadata buffers.
        external_buffers: the schema's ``ExternalBuffer`` list (weights kept outside of the file).
        external_buffer_groups: the schema's ``ExternalBufferGroup`` list.
        unknown: fields of a newer schema.
        associated_files: the files that are attached to the model (a zip archive after its end): labels, vocabularies.
        path: where the model was read from, or None.
        notes: what was odd about the file that the model was read from.
    """

    version: int
    description: str
    subgraphs: tuple[Subgraph, ...]
    buffers: tuple[Array | None, ...]
    signatures: tuple[Signature, ...] = ()
    metadata: Mapping[str, int] = field(default_factory=dict)
    metadata_buffer: tuple[int, ...] = ()
    external_buffers: tuple[ExternalBuffer, ...] = ()
    external_buffer_groups: tuple[ExternalBufferGroup, ...] = ()
    associated_files: Mapping[str, bytes] = field(default_factory=dict)
    unknown: Unknown = ()
    path: Path | None = field(default=None, metadata={"compare": False})
    notes: tuple[Finding, ...] = field(default=(), metadata={"compare": False})

    def _repr_html_(self) -> str:
        """The operators of the main subgraph, for notebooks."""
        tensors = self.main.tensors

        def named(indices: tuple[int, ...]) -> str:
            found = [tensors[index] for index in indices if index >= 0]
            return ", ".join(f"{tensor.name} {tensor.dtype.letter}{list(tensor.shape)}" for tensor in found)

        rows = [(o.index, o.name, named(o.inputs), named(o.outputs)) for o in self.main.operators]
        return markup.table(repr(self), ("", "operator", "inputs", "outputs"), rows)

    @property
    def main(self) -> Subgraph:
        """The first subgraph: what `Interpreter.invoke` runs."""
        return self.subgraphs[0]

    def constant(self, tensor: Tensor) -> Array | None:
        """The stored value of a tensor, shaped and typed, or None when the file holds none.

        A read-only view of the file, except where elements are packed (int4, int2), sparse, strings or booleans, which
        demand a copy: int4 comes out as int8 in -8..7.

        Raises:
            FormatError: the buffer is too small for the shape, or its content makes no sense.
        """
        data = self.constant_data(tensor)
        return None if data is None else unpack(data, tensor)

    def constant_data(self, tensor: Tensor) -> Array | None:
        """The buffer of a constant tensor, uint8 as stored, or None when the file holds none."""
        return self.buffers[tensor.buffer] if tensor.buffer else None

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Everything that `pytflite.model.check` has to say, and what was odd about the file."""
        from pytflite.model.check import check

        return (*self.notes, *check(self))

    def describe(self) -> ModelMetadata | None:
        """What the author says of the model and its inputs and outputs (``TFLITE_METADATA``), None when nothing.

        Raises:
            FormatError: the metadata is damaged.
        """
        from pytflite.model.metadata import describe

        return describe(self)

    def to_bytes(self) -> bytes:
        """The model as a file's content; see `pytflite.model.write.write`."""
        from pytflite.model.write import write

        return write(self)

    def save(self, path: str | PathLike[str]) -> None:
        """Write the model to a file, which appears whole or not at all.

        Raises:
            OSError: the file cannot be written.
        """
        from pytflite.model.write import save

        save(self, path)

    def __repr__(self) -> str:
        operators = sum(len(graph.operators) for graph in self.subgraphs)
        size = sum(data.size for data in self.buffers if data is not None)
        name = f" {self.path.name!r}" if self.path else ""
        return f"<Model{name} {len(self.subgraphs)} subgraphs, {operators} operators, {size} bytes of constants>"
