"""Golden test vectors for firmware and hardware: what each operator is given, holds and gives, in files.

Everything is little-endian and row-major (last dimension fastest), in the layouts of TFLite: activations NHWC, filters
OHWI. The same model and inputs give the same bytes.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from pytflite.errors import ArgumentError
from pytflite.ops._api import Role
from pytflite.plan.node import PreparedNode
from pytflite.profiles import Profile
from pytflite.tools.anatomy import Subject
from pytflite.tools.archive import ArchiveWriter
from pytflite.tools.running import (
    Inputs,
    Progress,
    Source,
    bind,
    checked_stages,
    model_of,
    named_profile,
    no_progress,
    open_session,
    operator_matches,
)

Array = npt.NDArray[Any]

CHANNEL_DIMENSION = {"CONV_2D": 0, "FULLY_CONNECTED": 0, "TRANSPOSE_CONV": 0, "DEPTHWISE_CONV_2D": 3}


@dataclass(frozen=True, slots=True)
class VectorFile:
    """One file, relative to the folder of the vectors, and its SHA-256."""

    path: str
    sha256: str


@dataclass(frozen=True, slots=True)
class VectorArray:
    """One array of an operator.

    Attributes:
        name: such as ``input``, ``filter``, ``accumulator``, ``multiplier``, ``output``.
        kind: ``input``, ``constant``, ``param`` (derived from scales), ``stage`` or ``output``.
        dtype: NumPy's name of the dtype.
        shape: of the array.
        sha256: of its bytes.
        files: where it is.
    """

    name: str
    kind: str
    dtype: str
    shape: tuple[int, ...]
    sha256: str
    files: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OperatorVectors:
    """The vectors of one operator.

    Attributes:
        operator: index of the operator.
        op: its name.
        rule: the arithmetic.
        requantizer: class of the requantizer, "" without one.
        folder: relative to the folder of the vectors.
        numbers: params that are single numbers, such as offsets, strides and clamps.
        arrays: everything else.
    """

    operator: int
    op: str
    rule: str
    requantizer: str
    folder: str
    numbers: dict[str, int | float]
    arrays: tuple[VectorArray, ...]


@dataclass(frozen=True, slots=True)
class Vectors:
    """What was written.

    Attributes:
        profile: whose arithmetic it is.
        byte_order: of raw files.
        order: of the elements in every file.
        operators: in the order of execution.
        files: all files but the manifest, which holds this.
    """

    profile: str
    byte_order: str
    order: str
    operators: tuple[OperatorVectors, ...]
    files: tuple[VectorFile, ...]


def vectors(
    model: Source,
    inputs: Inputs,
    folder: str | Path,
    *,
    operators: Sequence[int | str] = (),
    formats: Sequence[str] = ("npz", "raw", "hex", "c", "sv"),
    profile: str | Profile = "reference",
    progress: Progress = no_progress,
) -> Vectors:
    """Write test vectors of operators of one run, and ``manifest.json``, which lists them with their hashes.

    Args:
        model: path, bytes or `Model`.
        inputs: for the model: a list of arrays, or arrays by tensor name.
        folder: made when it is not there.
        operators: indices or names; all without any.
        formats: ``npz`` (one for each operator), ``raw`` (little-endian), ``hex`` (for ``$readmemh``, one element a
            line, two's complement), ``c`` (a header), ``sv`` (a SystemVerilog package).
        profile: which arithmetic.
        progress: told about every operator.

    Raises:
        ArgumentError: an unknown format, or no operator that fits.
    """
    unknown = [name for name in formats if name not in FORMATS]
    if unknown:
        raise ArgumentError(f"Unknown formats {', '.join(unknown)}. Accepted: {', '.join(FORMATS)}.")
    model, chosen, root = model_of(model), named_profile(profile), Path(folder)
    graph, fed = model.main, bind(model, inputs)
    computed = {*graph.inputs, *(index for operator in graph.operators for index in operator.outputs)}
    found: list[OperatorVectors] = []
    files: list[VectorFile] = []

    def observe(node: PreparedNode, given: Sequence[Array | None], outputs: Sequence[Array]) -> None:
        progress(node.operator.index + 1, len(graph.operators), node.op.name)
        if operators and not any(operator_matches(node, choice) for choice in operators):
            return
        subject = Subject(node, given, checked_stages(node, given, outputs), ())
        content = Content(subject, {i for i in node.operator.inputs if i in computed}, outputs)
        place = f"{node.operator.index:03d}_{node.op.name.lower()}"
        (root / place).mkdir(parents=True, exist_ok=True)
        written: dict[str, list[str]] = {name: [] for name in content.arrays}
        for format in formats:
            for path, about in FORMATS[format](root, place, content):
                files.append(VectorFile(path, hashlib.sha256((root / path).read_bytes()).hexdigest()))
                for name in about:
                    written[name].append(path)
        found.append(content.described(place, written))

    root.mkdir(parents=True, exist_ok=True)
    open_session(model, chosen, fed).invoke(observe)
    if not found:
        raise ArgumentError(f"No operator fits {', '.join(map(str, operators))}.")
    made = Vectors(chosen.name, "little", "row-major", tuple(found), tuple(sorted(files, key=lambda file: file.path)))
    (root / "manifest.json").write_text(json.dumps(asdict(made), indent=1) + "\n")
    return made


class Content:
    """The arrays and numbers of one operator."""

    def __init__(self, subject: Subject, computed: set[int], outputs: Sequence[Array]) -> None:
        self.node = node = subject.node
        self.arrays: dict[str, tuple[str, Array]] = {}
        self.numbers: dict[str, int | float] = {}
        for name, index, array in _named(node.op.input_roles, node.operator.inputs, subject.inputs):
            self._add(name, "input" if index in computed else "constant", array)
        self._params("param", node.params)
        self._fold(subject)
        for name, array in subject.stages.items():
            if name not in {role.name for role in node.op.output_roles}:
                self._add(name, "stage", array)
        for name, _, array in _named(node.op.output_roles, node.operator.outputs, outputs):
            self._add(name, "output", array)

    def _add(self, name: str, kind: str, array: Array) -> None:
        if array.dtype.kind in "iufb":
            self.arrays[name if name not in self.arrays else f"{kind}_{name}"] = kind, array

    def _params(self, name: str, value: Any) -> None:
        """Numbers and arrays of nested params, by field names; what is not said to be either is left out."""
        if isinstance(value, tuple) and hasattr(value, "_fields"):
            for field, inner in zip(value._fields, value, strict=True):
                self._params(
                    field if field not in self.arrays and field not in self.numbers else f"{name}_{field}", inner
                )
        elif isinstance(value, np.ndarray) and value.size > 1:
            self._add(name, "param", value)
        elif isinstance(value, bool | int | float | np.number) or (isinstance(value, np.ndarray) and value.size):
            number = np.asarray(value).reshape(-1)[0].item()
            if not isinstance(number, complex) and np.isfinite(number):
                self.numbers[name] = int(number) if isinstance(number, bool) else number

    def _fold(self, subject: Subject) -> None:
        """``folded_bias``: the bias, and what the input offset adds; right where no tap falls into padding."""
        roles, p, dimension = subject.roles(), self.node.params, CHANNEL_DIMENSION.get(self.node.op.name)
        if dimension is None or not hasattr(p, "input_offset") or roles["filter"].dtype.kind not in "iu":
            return
        weights = np.moveaxis(roles["filter"], dimension, 0).astype(np.int64) + int(p.filter_offset)
        sums = weights.reshape(len(weights), -1).sum(axis=1)
        bias = 0 if roles["bias"] is None else roles["bias"].reshape(-1).astype(np.int64)
        self._add("folded_bias", "param", bias + int(p.input_offset) * sums)

    @property
    def requantizer(self) -> str:
        """Class of the requantizer, "" without one."""
        requantizer = getattr(getattr(self.node.params, "epilogue", None), "requantizer", None)
        return "" if requantizer is None else type(requantizer).__name__

    def described(self, folder: str, written: Mapping[str, Sequence[str]]) -> OperatorVectors:
        """The entry of the manifest."""
        arrays = tuple(
            VectorArray(name, kind, array.dtype.name, array.shape, _digest(array), tuple(written[name]))
            for name, (kind, array) in self.arrays.items()
        )
        node = self.node
        return OperatorVectors(
            node.operator.index, node.op.name, node.rule.name, self.requantizer, folder, self.numbers, arrays
        )


def _named(
    roles: Sequence[Role], indices: Sequence[int], arrays: Sequence[Array | None]
) -> Iterator[tuple[str, int, Array]]:
    for i, (index, array) in enumerate(zip(indices, arrays, strict=True)):
        role = roles[min(i, len(roles) - 1)]
        if array is not None:
            yield f"{role.name}_{i - len(roles) + 1}" if role.variadic else role.name, index, array


def _digest(array: Array) -> str:
    return hashlib.sha256(_bytes(array)).hexdigest()


def _bytes(array: Array) -> bytes:
    return np.ascontiguousarray(array, array.dtype.newbyteorder("<")).tobytes()


# --------------------------------------------------------------------------------------------------------- formats

Written = Iterator[tuple[str, Sequence[str]]]
"""Paths of files, and the names of the arrays in them."""


def _npz(root: Path, folder: str, content: Content) -> Written:
    path = f"{folder}/vectors.npz"
    with ArchiveWriter(root / path) as writer:
        for name, (_, array) in content.arrays.items():
            writer.add(name, array)
    yield path, list(content.arrays)


def _raw(root: Path, folder: str, content: Content) -> Written:
    for name, (_, array) in content.arrays.items():
        path = f"{folder}/{name}.bin"
        (root / path).write_bytes(_bytes(array))
        yield path, [name]


def _words(array: Array) -> list[str]:
    """Elements in hexadecimal, two's complement, as many digits as the type has."""
    unsigned = np.ascontiguousarray(array).reshape(-1).view(np.dtype(f"u{array.dtype.itemsize}"))
    digits = 2 * array.dtype.itemsize
    return [f"{word:0{digits}x}" for word in unsigned.tolist()]


def _hex(root: Path, folder: str, content: Content) -> Written:
    for name, (kind, array) in content.arrays.items():
        path = f"{folder}/{name}.hex"
        head = f"// {name}: {kind} {array.dtype.name}{list(array.shape)}, row-major, two's complement\n"
        (root / path).write_text(head + "\n".join(_words(array)) + "\n")
        yield path, [name]


C_TYPES = {"bool": "bool", "float32": "float", "float64": "double"}


def _c(root: Path, folder: str, content: Content) -> Written:
    path = f"{folder}/vectors.h"
    guard = f"VECTORS_{_identifier(folder).upper()}_H"
    lines = [
        f"#ifndef {guard}",
        f"#define {guard}",
        "#include <math.h>",
        "#include <stdbool.h>",
        "#include <stdint.h>",
        "",
    ]
    lines += [f"#define {_identifier(name).upper()} ({_c_number(value)})" for name, value in content.numbers.items()]
    for name, (kind, array) in content.arrays.items():
        ctype = C_TYPES.get(array.dtype.name, f"{array.dtype.name}_t")
        upper = _identifier(name).upper()
        lines += ["", f"/* {kind}, {array.dtype.name}{list(array.shape)}, row-major */"]
        lines += [f"#define {upper}_DIM_{i} {size}" for i, size in enumerate(array.shape)]
        lines += [f"#define {upper}_SIZE {array.size}"]
        lines += [f"static const {ctype} {_identifier(name)}_data[{max(array.size, 1)}] = {{"]
        numbers = [_c_number(value) for value in array.reshape(-1).tolist()] or ["0"]
        lines += ["  " + ", ".join(numbers[i : i + 12]) + "," for i in range(0, len(numbers), 12)]
        lines += ["};"]
    (root / path).write_text("\n".join([*lines, "", "#endif", ""]))
    yield path, list(content.arrays)


def _c_number(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return value.hex() if np.isfinite(value) else "NAN" if value != value else f"{'-' * (value < 0)}INFINITY"
    if value == -(1 << 31):
        return "(-2147483647 - 1)"
    return f"{value}LL" if abs(value) >= 1 << 31 else str(value)


def _sv(root: Path, folder: str, content: Content) -> Written:
    path = f"{folder}/vectors.sv"
    package = f"vectors_{_identifier(folder)}"
    lines = [f"package {package};"]
    lines += [
        f"  localparam {_sv_type(value)} {_identifier(n).upper()} = {value!r};" for n, value in content.numbers.items()
    ]
    shown = []
    for name, (kind, array) in content.arrays.items():
        if array.dtype.kind in "iub" and array.size:
            bits = 8 * array.dtype.itemsize
            signed = " signed" if array.dtype.kind == "i" else ""
            lines += [f"  // {kind}, {array.dtype.name}{list(array.shape)}, row-major"]
            lines += [
                f"  localparam logic{signed} [{bits - 1}:0] {_identifier(name).upper()} [0:{array.size - 1}] = '{{"
            ]
            words = [f"{bits}'h{word}" for word in _words(array)]
            lines += [",\n".join("    " + ", ".join(words[i : i + 12]) for i in range(0, len(words), 12)), "  };"]
            shown.append(name)
    (root / path).write_text("\n".join([*lines, "endpackage", ""]))
    yield path, shown


def _sv_type(value: float) -> str:
    return "real" if isinstance(value, float) else "longint" if abs(value) >= 1 << 31 else "int"


def _identifier(name: str) -> str:
    return re.sub(r"\W", "_", name)


FORMATS: dict[str, Callable[[Path, str, Content], Written]] = {
    "npz": _npz,
    "raw": _raw,
    "hex": _hex,
    "c": _c,
    "sv": _sv,
}
