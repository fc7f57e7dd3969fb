"""What a well-formed file may still get wrong: rules as data, findings as plain tuples.

Errors make a model unusable and are raised by `read`; warnings and notes are there for whoever asks, as
`Model.findings`. A warning means that some runtime refuses the model, or that it computes something else than was
meant: LiteRT refuses a ``quantized_dimension`` past the last axis, for one, where TFLM never looks at it.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from pytflite.errors import ModelError
from pytflite.schema.enums import BuiltinOperator, TensorType
from pytflite.schema.tables import BlockwiseQuantization, MultiAxisQuantization

if TYPE_CHECKING:
    from pytflite.flatbuffer import Note
    from pytflite.model.types import Model, Operator, Subgraph, Tensor

Array = npt.NDArray[Any]
Severity = Literal["error", "warning", "note"]
Found = Iterator[tuple[str, str]]
"""What a rule yields: (where, message)."""

SCHEMA_VERSION = 3

BIAS_TOLERANCE = 1e-5
"""Relative difference between a bias's scale and the product of the scales of input and weights that is still rounding:
both are float32, and some converters multiply in float64."""

_WEIGHTED = {
    BuiltinOperator.CONV_2D: (0, 1, 2),
    BuiltinOperator.DEPTHWISE_CONV_2D: (0, 1, 2),
    BuiltinOperator.FULLY_CONNECTED: (0, 1, 2),
    BuiltinOperator.CONV_3D: (0, 1, 2),
    BuiltinOperator.TRANSPOSE_CONV: (2, 1, 3),
}
"""Positions of input, weights and bias."""


class Finding(NamedTuple):
    """What a rule has to say.

    Attributes:
        rule: the rule's id, such as ``tensor-index``.
        severity: ``error`` (the model cannot be used and is not read), ``warning`` (some runtime refuses it or computes
            something else than meant) or ``note``.
        message: one sentence.
        where: path of the object, e.g. ``subgraphs[0].operators[3]``, or its place in the file.
    """

    rule: str
    severity: Severity
    message: str
    where: str

    def __str__(self) -> str:
        return f"{self.severity}: {self.where}: {self.message} [{self.rule}]"


class Rule(NamedTuple):
    """One rule: its id, the severity of what it finds, what it is about, and the search."""

    id: str
    severity: Severity
    summary: str
    find: Callable[[Model], Found]

    def __call__(self, model: Model) -> Iterator[Finding]:
        """Apply the rule."""
        for where, message in self.find(model):
            yield Finding(self.id, self.severity, message, where)


RULES: list[Rule] = []


def of_note(note: Note) -> Finding:
    """What the reader noted of the file, as a finding."""
    return Finding(note.rule, "warning", note.message, f"byte offset {note.offset}")


def check(model: Model) -> Iterator[Finding]:
    """Apply every rule, errors first.

    A model with errors only gets those: other rules follow the indices that the first ones vouch for.
    """
    errors = list(_errors(model))
    yield from errors
    if not errors:
        for rule in RULES:
            if rule.severity != "error":
                yield from rule(model)


def require_usable(model: Model) -> None:
    """Refuse a model that has errors.

    Raises:
        ModelError: it has; the message holds the first few.
    """
    errors = [f"{finding.where}: {finding.message}" for finding in _errors(model)]
    if errors:
        more = f"; {len(errors) - 3} more" if len(errors) > 3 else ""
        raise ModelError("; ".join(errors[:3]) + more)


def _errors(model: Model) -> Iterator[Finding]:
    for rule in RULES:
        if rule.severity == "error":
            yield from rule(model)


def _rule(id: str, severity: Severity, summary: str) -> Callable[[Callable[[Model], Found]], Callable[[Model], Found]]:
    def declare(find: Callable[[Model], Found]) -> Callable[[Model], Found]:
        RULES.append(Rule(id, severity, summary, find))
        return find

    return declare


def _tensors(model: Model) -> Iterator[tuple[str, Tensor]]:
    for graph in model.subgraphs:
        for tensor in graph.tensors:
            yield f"subgraphs[{graph.index}].tensors[{tensor.index}]", tensor


def _operators(model: Model) -> Iterator[tuple[str, Subgraph, Operator]]:
    for graph in model.subgraphs:
        for operator in graph.operators:
            yield f"subgraphs[{graph.index}].operators[{operator.index}] {operator.name}", graph, operator


def _label(graph: Subgraph, index: int) -> str:
    return f"tensor {index} '{graph.tensors[index].name}'"


def _outside(indices: Iterable[int], size: int, least: int) -> list[int]:
    return [index for index in indices if not least <= index < size]


# ------------------------------------------------------------------------------------------------------------- errors


@_rule("schema-version", "error", "The schema version is 3.")
def _schema_version(model: Model) -> Found:
    if model.version != SCHEMA_VERSION:
        yield "version", f"schema version {model.version}, only {SCHEMA_VERSION} is in use"


@_rule("no-subgraph", "error", "A model has a subgraph.")
def _no_subgraph(model: Model) -> Found:
    if not model.subgraphs:
        yield "subgraphs", "the model has no subgraph"


@_rule("tensor-index", "error", "Tensor indices lead to tensors of the subgraph; -1 stands for an absent one.")
def _tensor_index(model: Model) -> Found:
    for graph in model.subgraphs:
        size = len(graph.tensors)
        for what in ("inputs", "outputs"):
            if wrong := _outside(getattr(graph, what), size, 0):
                yield f"subgraphs[{graph.index}].{what}", f"no tensors {wrong}, the subgraph has {size}"
        for operator in graph.operators:
            indices = (*operator.inputs, *operator.outputs, *operator.intermediates)
            if indices and (min(indices) < -1 or max(indices) >= size):
                where = f"subgraphs[{graph.index}].operators[{operator.index}] {operator.name}"
                yield where, f"no tensors {_outside(indices, size, -1)}, the subgraph has {size}"


@_rule("buffer-index", "error", "Buffer indices lead to buffers.")
def _buffer_index(model: Model) -> Found:
    size = len(model.buffers)
    for graph in model.subgraphs:
        for tensor in graph.tensors:
            if tensor.buffer >= size and tensor.buffer:
                where = f"subgraphs[{graph.index}].tensors[{tensor.index}]"
                yield where, f"no buffer {tensor.buffer}, the model has {size}"


@_rule("signature-index", "error", "A signature names a subgraph and tensors of it.")
def _signature_index(model: Model) -> Found:
    for signature in model.signatures:
        where = f"signature '{signature.key}'"
        if signature.subgraph >= len(model.subgraphs):
            yield where, f"no subgraph {signature.subgraph}, the model has {len(model.subgraphs)}"
            continue
        size = len(model.subgraphs[signature.subgraph].tensors)
        if wrong := _outside([*signature.inputs.values(), *signature.outputs.values()], size, 0):
            yield where, f"no tensors {wrong}, its subgraph has {size}"


# ----------------------------------------------------------------------------------------------------------- warnings


@_rule("metadata-index", "warning", "Metadata names buffers of the model.")
def _metadata_index(model: Model) -> Found:
    for name, buffer in model.metadata.items():
        if buffer >= len(model.buffers):
            yield f"metadata '{name}'", f"no buffer {buffer}, the model has {len(model.buffers)}"


@_rule("custom-code", "warning", "A custom operator has a name, and a builtin one has no custom options.")
def _custom_code(model: Model) -> Found:
    for where, _, operator in _operators(model):
        if operator.builtin == BuiltinOperator.CUSTOM:
            if not operator.custom_code:
                yield where, "a custom operator without a name"
        elif operator.custom_options:
            yield where, f"custom options of {len(operator.custom_options)} bytes, which nobody reads"


@_rule("called-subgraph", "warning", "Control flow calls subgraphs of the model.")
def _called_subgraph(model: Model) -> Found:
    for where, _, operator in _operators(model):
        names = getattr(operator.options, "__match_args__", ())
        for name in names:
            if name == "subgraph" or name.endswith("subgraph_index"):
                index = getattr(operator.options, name)
                if not 0 <= index < len(model.subgraphs):
                    yield where, f"{name} is {index}, the model has {len(model.subgraphs)} subgraphs"


@_rule("execution-order", "warning", "A tensor is computed, given or stored before it is used.")
def _execution_order(model: Model) -> Found:
    for graph in model.subgraphs:
        known = {-1, *graph.inputs}
        known |= {t.index for t in graph.tensors if t.buffer or t.is_variable or t.external_buffer}
        for operator in graph.operators:
            where = f"subgraphs[{graph.index}].operators[{operator.index}] {operator.name}"
            for index in dict.fromkeys(operator.inputs):
                if index not in known:
                    yield where, f"reads {_label(graph, index)} before anything has computed it"
            known |= {*operator.outputs}
        for index in dict.fromkeys(graph.outputs):
            if index not in known:
                yield f"subgraphs[{graph.index}].outputs", f"{_label(graph, index)} is never computed"


@_rule("overwritten", "warning", "A tensor is computed once, and neither constants nor inputs are.")
def _overwritten(model: Model) -> Found:
    for graph in model.subgraphs:
        writers: dict[int, str] = dict.fromkeys(graph.inputs, "an input of the subgraph")
        for tensor in graph.tensors:
            if model.constant_data(tensor) is not None:
                writers[tensor.index] = "a constant"
        for operator in graph.operators:
            where = f"subgraphs[{graph.index}].operators[{operator.index}] {operator.name}"
            for index in operator.outputs:
                if index >= 0 and index in writers:
                    yield where, f"writes {_label(graph, index)}, which is {writers[index]}"
                writers[index] = f"computed by operator {operator.index}"


@_rule("in-place", "warning", "No tensor is both input and output of a builtin operator.")
def _in_place(model: Model) -> Found:
    for where, graph, operator in _operators(model):
        if operator.options is not None:
            for index in {*operator.inputs} & {*operator.outputs} - {-1}:
                yield where, f"{_label(graph, index)} is both input and output"


@_rule("shape", "warning", "A shape has no negative size, and fits its signature.")
def _shape(model: Model) -> Found:
    for where, tensor in _tensors(model):
        signature = tensor.shape_signature
        if any(size < 0 for size in tensor.shape):
            yield where, f"'{tensor.name}' has the shape {tensor.shape}"
        elif signature:
            pairs = zip(signature, tensor.shape, strict=False)
            if len(signature) != len(tensor.shape) or any(known not in (-1, size) for known, size in pairs):
                yield where, f"'{tensor.name}' has the shape {tensor.shape} and the signature {signature}"


@_rule("buffer-size", "warning", "A constant's buffer holds what its shape and type ask for.")
def _buffer_size(model: Model) -> Found:
    for where, tensor in _tensors(model):
        data = model.constant_data(tensor)
        if data is None or tensor.sparsity is not None or not isinstance(tensor.type, TensorType):
            continue
        needed = (math.prod(tensor.shape) * tensor.dtype.bits + 7) // 8
        if tensor.dtype.bits and data.size != needed and min(tensor.shape, default=0) >= 0:
            what = f"{tensor.dtype.letter} of shape {tensor.shape}"
            yield where, f"'{tensor.name}', {what}, needs {needed} bytes, its buffer holds {data.size}"


@_rule("variable-buffer", "warning", "A variable tensor has no stored value.")
def _variable_buffer(model: Model) -> Found:
    for where, tensor in _tensors(model):
        if tensor.is_variable and model.constant_data(tensor) is not None:
            yield where, f"the variable tensor '{tensor.name}' has a buffer"


@_rule("quantization-size", "warning", "There are as many zero points as scales, one or as many as the axis is long.")
def _quantization_size(model: Model) -> Found:
    for where, tensor in _tensors(model):
        q = tensor.quantization
        if q is None or not q.scale.size or q.details is not None:
            continue
        if q.zero_point.size != q.scale.size:
            yield where, f"'{tensor.name}' has {q.scale.size} scales and {q.zero_point.size} zero points"
        axis = q.quantized_dimension
        if not tensor.shape:
            continue
        if not 0 <= axis < len(tensor.shape):
            yield where, f"'{tensor.name}' of shape {tensor.shape} has the quantized_dimension {axis}"
        elif q.is_per_axis and q.scale.size != tensor.shape[axis]:
            yield where, f"'{tensor.name}' of shape {tensor.shape} has {q.scale.size} scales along dimension {axis}"


@_rule("quantization-range", "warning", "Scales are positive, zero points lie within the type.")
def _quantization_range(model: Model) -> Found:
    for where, tensor in _tensors(model):
        q = tensor.quantization
        if q is None or not q.scale.size or not isinstance(tensor.type, TensorType):
            continue
        if not (np.isfinite(q.scale) & (q.scale > 0)).all():
            yield where, f"'{tensor.name}' has a scale that is not positive and finite"
        dtype = tensor.dtype
        zeros = q.zero_point
        if dtype.is_integer and zeros.size and not dtype.qmin <= zeros.min() <= zeros.max() <= dtype.qmax:
            yield where, f"'{tensor.name}' has a zero point outside of {dtype.letter}: {dtype.qmin}..{dtype.qmax}"


@_rule("weight-zero-point", "warning", "Weights with a scale for each channel are symmetric: their zero points are 0.")
def _weight_zero_point(model: Model) -> Found:
    for where, graph, operator in _operators(model):
        weights = _weighted(graph, operator)
        if weights and weights[1].quantization.is_per_axis and weights[1].quantization.zero_point.any():
            yield where, f"{_label(graph, weights[1].index)} has zero points other than 0, which kernels ignore"


@_rule("bias-scale", "warning", "The scale of a bias is that of the input times that of the weights.")
def _bias_scale(model: Model) -> Found:
    for where, graph, operator in _operators(model):
        weighted = _weighted(graph, operator)
        if not weighted or weighted[2] is None:
            continue
        x, w, b = (tensor.quantization.scale for tensor in weighted)
        if x.size != 1 or b.size not in (1, w.size):
            yield where, f"scales of input, weights and bias are {x.size}, {w.size} and {b.size}"
        elif (worst := _mismatch(x, w, b)) > BIAS_TOLERANCE:
            message = f"the scale of the bias {_label(graph, weighted[2].index)} is not input scale * weight scale"
            yield where, f"{message}: they differ by up to {worst:.2%}"


def _mismatch(x: Array, w: Array, b: Array) -> float:
    """How far, relatively, b is from x * w at worst; NaN for scales that are no numbers, which another rule finds."""
    with np.errstate(all="ignore"):
        return float(np.max(np.abs(b / (x.astype(np.float64) * w) - 1)))


def _weighted(graph: Subgraph, operator: Operator) -> tuple[Any, Any, Any] | None:
    """Input, weights and bias (or None) of an operator that has quantized ones, else None."""
    places = _WEIGHTED.get(operator.builtin)
    if places is None:
        return None
    found = [operator.inputs[place] if place < len(operator.inputs) else -1 for place in places]
    tensors = [graph.tensors[index] if index >= 0 else None for index in found]
    if any(t and (t.quantization is None or not t.quantization.scale.size or t.quantization.details) for t in tensors):
        return None
    x, w, b = tensors
    return (x, w, b) if x and w else None


@_rule("signature-tensors", "warning", "A signature names all inputs of its subgraph and only those, and outputs.")
def _signature_tensors(model: Model) -> Found:
    for key, count in Counter(signature.key for signature in model.signatures).items():
        if count > 1:
            yield f"signature '{key}'", f"{count} signatures have this key"
    for signature in model.signatures:
        graph = model.subgraphs[signature.subgraph]
        for what, named, real in (
            ("inputs", signature.inputs, graph.inputs),
            ("outputs", signature.outputs, graph.outputs),
        ):
            for index in {*named.values()} - {*real}:
                yield f"signature '{signature.key}'", f"{_label(graph, index)} is not among the subgraph's {what}"
            if what == "inputs":
                for index in {*real} - {*named.values()}:
                    yield f"signature '{signature.key}'", f"does not name the input {_label(graph, index)}"


# -------------------------------------------------------------------------------------------------------------- notes


@_rule("duplicate-name", "note", "Tensors of a subgraph have different names.")
def _duplicate_name(model: Model) -> Found:
    for graph in model.subgraphs:
        for name, count in Counter(tensor.name for tensor in graph.tensors if tensor.name).items():
            if count > 1:
                yield f"subgraphs[{graph.index}]", f"{count} tensors are called '{name}'"


@_rule("unused-tensor", "note", "Every tensor is used.")
def _unused_tensor(model: Model) -> Found:
    for graph in model.subgraphs:
        used = {*graph.inputs, *graph.outputs}
        for operator in graph.operators:
            used.update(operator.inputs, operator.outputs, operator.intermediates)
        for tensor in graph.tensors:
            used.update(_details(tensor))
        for tensor in graph.tensors:
            if tensor.index not in used:
                yield f"subgraphs[{graph.index}].tensors[{tensor.index}]", f"'{tensor.name}' is not used"


def _details(tensor: Tensor) -> tuple[int, ...]:
    """The tensors that hold the scales and zero points of a block-wise quantization."""
    details = tensor.quantization.details if tensor.quantization else None
    if isinstance(details, BlockwiseQuantization | MultiAxisQuantization):
        return details.scales, details.zero_points
    return ()


@_rule("external-buffer", "note", "Constants are in the file.")
def _external_buffer(model: Model) -> Found:
    for where, tensor in _tensors(model):
        if tensor.external_buffer:
            yield (
                where,
                f"the value of '{tensor.name}' is in external buffer {tensor.external_buffer}, outside of the file",
            )
