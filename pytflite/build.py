"""Making models from nothing: for tests, bug reports and teaching.

Example:
    b = ModelBuilder()
    g = b.subgraph("main")
    x = g.input("x", (1, 4), "i8", scale=0.5)
    y = g.output("y", (1, 4), "i8", scale=0.5)
    g.operator(BuiltinOperator.RELU, [x], [y])
    b.build().save("relu.tflite")
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from pytflite.flatbuffer import Table
from pytflite.model.check import require_usable
from pytflite.model.dtypes import LETTERS, dtype_from_letter, dtype_from_numpy, pack
from pytflite.model.types import Model, Operator, Quantization, Signature, Subgraph, Tensor
from pytflite.schema.enums import BuiltinOperator, TensorType

Array = npt.NDArray[Any]
DtypeLike = str | TensorType | npt.DTypeLike
Shape = Sequence[int]

_VERSIONS = {BuiltinOperator.BROADCAST_TO: 2}
"""The lowest version that tf.lite registers, where it is not 1. Kernels do not look at it. Source: register_ref.cc."""


@dataclass(frozen=True, slots=True)
class TensorRef:
    """A tensor of a subgraph under construction."""

    index: int


def quantization(scale: npt.ArrayLike, zero_point: npt.ArrayLike = 0, quantized_dimension: int = 0) -> Quantization:
    """Per-tensor (one scale) or per-axis quantization; one zero point does for all scales."""
    scales = np.atleast_1d(np.asarray(scale, np.float32))
    zeros = np.broadcast_to(np.asarray(zero_point, np.int64), scales.shape).copy()
    return Quantization(scales, zeros, quantized_dimension)


class ModelBuilder:
    """A model under construction."""

    def __init__(self, description: str = "") -> None:
        self._description = description
        self._buffers: list[Array | None] = [None]
        self._subgraphs: list[SubgraphBuilder] = []
        self._signatures: list[Signature] = []
        self._metadata: dict[str, int] = {}

    def subgraph(self, name: str = "") -> SubgraphBuilder:
        """Add a subgraph; the first one is the main one."""
        self._subgraphs.append(SubgraphBuilder(self, len(self._subgraphs), name))
        return self._subgraphs[-1]

    def signature(
        self, key: str, subgraph: SubgraphBuilder, inputs: Mapping[str, TensorRef], outputs: Mapping[str, TensorRef]
    ) -> None:
        """Name a subgraph and its inputs and outputs."""
        named_inputs = {name: ref.index for name, ref in inputs.items()}
        named_outputs = {name: ref.index for name, ref in outputs.items()}
        self._signatures.append(Signature(key, subgraph.index, named_inputs, named_outputs))

    def metadata(self, name: str, content: bytes) -> None:
        """Add a metadata buffer."""
        self._metadata[name] = self.buffer(np.frombuffer(content, np.uint8))

    def buffer(self, data: Array) -> int:
        """Add a buffer of bytes (uint8) and return its index."""
        self._buffers.append(data)
        return len(self._buffers) - 1

    def build(self) -> Model:
        """The model so far.

        Raises:
            ModelError: it is no valid model.
        """
        model = Model(
            version=3,
            description=self._description,
            subgraphs=tuple(subgraph.build() for subgraph in self._subgraphs),
            buffers=tuple(self._buffers),
            signatures=tuple(self._signatures),
            metadata=dict(self._metadata),
        )
        require_usable(model)
        return model


class SubgraphBuilder:
    """A subgraph under construction; made by `ModelBuilder.subgraph`."""

    def __init__(self, model: ModelBuilder, index: int, name: str) -> None:
        self.index = index
        self._model = model
        self._name = name
        self._tensors: list[Tensor] = []
        self._inputs: list[int] = []
        self._outputs: list[int] = []
        self._operators: list[Operator] = []

    def tensor(
        self,
        name: str,
        shape: Shape,
        dtype: DtypeLike,
        *,
        scale: npt.ArrayLike | None = None,
        zero_point: npt.ArrayLike = 0,
        quantized_dimension: int = 0,
        quantization: Quantization | None = None,
        shape_signature: Shape | None = None,
        variable: bool = False,
        buffer: int = 0,
        sparsity: Any = None,
    ) -> TensorRef:
        """Add a tensor.

        Args:
            name: need not be unique.
            shape: dimensions, () for a scalar.
            dtype: a letter such as ``i8`` (int8), a tensor type, or what NumPy calls it.
            scale: of a quantized tensor, one number or one for each channel.
            zero_point: one number or one for each channel.
            quantized_dimension: the axis of the channels.
            quantization: in place of the three above.
            shape_signature: the shape with -1 for unknown dimensions.
            variable: whether the tensor is a state that lasts from one invoke to the next.
            buffer: index of the buffer that holds its value, 0 for none.
            sparsity: the schema's ``SparsityParameters`` of a sparse constant.

        Raises:
            ArgumentError: no tensor type is called that.
        """
        if scale is not None:
            quantization = _quantization(scale, zero_point, quantized_dimension)
        tensor = Tensor(
            index=len(self._tensors),
            name=name,
            type=_type(dtype),
            shape=tuple(int(size) for size in shape),
            shape_signature=None if shape_signature is None else tuple(int(size) for size in shape_signature),
            quantization=quantization,
            buffer=buffer,
            is_variable=variable,
            sparsity=sparsity,
            has_rank=True,
        )
        self._tensors.append(tensor)
        return TensorRef(tensor.index)

    def input(self, name: str, shape: Shape, dtype: DtypeLike, **options: Any) -> TensorRef:
        """Add a tensor that is an input of the subgraph; options are those of `tensor`."""
        ref = self.tensor(name, shape, dtype, **options)
        self._inputs.append(ref.index)
        return ref

    def output(self, name: str, shape: Shape, dtype: DtypeLike, **options: Any) -> TensorRef:
        """Add a tensor that is an output of the subgraph; options are those of `tensor`."""
        ref = self.tensor(name, shape, dtype, **options)
        self.mark_output(ref)
        return ref

    def mark_input(self, ref: TensorRef) -> None:
        """Make a tensor the next input of the subgraph."""
        self._inputs.append(ref.index)

    def mark_output(self, ref: TensorRef) -> None:
        """Make a tensor the next output of the subgraph."""
        self._outputs.append(ref.index)

    def constant(self, name: str, value: npt.ArrayLike, dtype: DtypeLike | None = None, **options: Any) -> TensorRef:
        """Add a tensor with a stored value.

        Args:
            name: need not be unique.
            value: its shape is the tensor's; int4 and int2 are given one element to a byte.
            dtype: as in `tensor`; by default that of the array.
            **options: those of `tensor`.

        Raises:
            ArgumentError: the value does not fit the type.
        """
        array = np.asarray(value)
        type = _type(array.dtype if dtype is None else dtype)
        buffer = self._model.buffer(pack(array, type))
        return self.tensor(name, array.shape, type, buffer=buffer, **options)

    def operator(
        self,
        operator: BuiltinOperator | str,
        inputs: Sequence[TensorRef | None],
        outputs: Sequence[TensorRef],
        options: Table | None = None,
        *,
        version: int | None = None,
        intermediates: Sequence[TensorRef] = (),
        custom_options: bytes = b"",
        mutating_inputs: Sequence[bool] = (),
    ) -> None:
        """Add an operator, to run after those added before.

        Args:
            operator: a builtin, or the name of a custom operator.
            inputs: None where an optional input is absent.
            outputs: the tensors that it computes.
            options: the builtin's options table, of `pytflite.schema.tables`.
            version: of the operator; by default the lowest that tf.lite accepts.
            intermediates: tensors that only carry quantization parameters (LSTM).
            custom_options: of a custom operator.
            mutating_inputs: one flag for each input, or none.
        """
        custom = isinstance(operator, str)
        builtin = BuiltinOperator.CUSTOM if isinstance(operator, str) else operator
        self._operators.append(
            Operator(
                index=len(self._operators),
                builtin=builtin,
                custom_code=str(operator) if custom else "",
                version=_VERSIONS.get(builtin, 1) if version is None else version,
                inputs=tuple(-1 if ref is None else ref.index for ref in inputs),
                outputs=tuple(ref.index for ref in outputs),
                intermediates=tuple(ref.index for ref in intermediates),
                options=options,
                custom_options=custom_options,
                mutating_inputs=tuple(mutating_inputs),
            )
        )

    def build(self) -> Subgraph:
        """The subgraph so far."""
        return Subgraph(
            index=self.index,
            name=self._name,
            tensors=tuple(self._tensors),
            inputs=tuple(self._inputs),
            outputs=tuple(self._outputs),
            operators=tuple(self._operators),
        )


_quantization = quantization


def _type(dtype: DtypeLike) -> TensorType:
    if isinstance(dtype, TensorType):
        return dtype
    if isinstance(dtype, str) and dtype in LETTERS:
        return dtype_from_letter(dtype).type
    return dtype_from_numpy(dtype).type
