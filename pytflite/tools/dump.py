"""Dumps from elsewhere: arrays from .npz, folders, C sources, CSV, logs and TFLM, matched to a model's tensors."""

from __future__ import annotations

import math
import re
import warnings
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from pytflite import flatbuffer
from pytflite.errors import ArgumentError, FormatError
from pytflite.model.dtypes import dtype_of
from pytflite.model.types import Subgraph, Tensor
from pytflite.runtime.scaling import quantize
from pytflite.schema import layer_by_layer_layout
from pytflite.schema.enums import TensorType
from pytflite.schema.layer_by_layer import ModelTestData, TensorData
from pytflite.tools.archive import Archive

Array = npt.NDArray[Any]
Shape = tuple[int, ...]

C_SOURCES = {".c", ".cc", ".cpp", ".h", ".hpp", ".inc"}
RAW = {".raw", ".bin"}
NUMBER = r"[-+]?(?:0[xX][0-9a-fA-F]+|\d+\.?\d*(?:[eE][-+]?\d+)?|\.\d+(?:[eE][-+]?\d+)?|nan|inf)"
NUMBERS = re.compile(rf"(?<![\w.]){NUMBER}(?![\w.])")
C_ARRAY = re.compile(r"(\w+)\s*(?:\[[^\]]*\]\s*)+(?:\w+\s*\([^)]*\)\s*)*=\s*\{([^;]*)\}", re.DOTALL)
LABELLED = re.compile(r"^(?P<label>.*?[A-Za-z_].*?)\s*[:=]\s*(?P<rest>[^A-Za-z_=:]*(?:0[xX][0-9a-fA-F][^=:]*)?)$")
STAMP = re.compile(r"^\s*(?:\[[^\]]*\]|\d+:\d+:[\d.]+)\s*")
NUMBERED = re.compile(r"^\D{0,8}?(\d+)(?:\D|$)|tensor\D{0,3}(\d+)", re.IGNORECASE)
COMMENT = re.compile(r"/\*.*?\*/|//[^\n]*", re.DOTALL)


@dataclass(frozen=True)
class Dump:
    """A dump matched to the tensors of a model.

    Attributes:
        tensors: tensor index -> array of the tensor's dtype and shape.
        notes: what had to be converted or could not be used, in plain sentences.
    """

    tensors: dict[int, Array]
    notes: tuple[str, ...]


def read_dump(path: str | Path) -> dict[str, Array]:
    """The arrays of a dump of one invoke by name; see `read_dumps`."""
    return read_dumps(path)[0]


def read_dumps(path: str | Path) -> list[dict[str, Array]]:
    """The arrays of a dump by name, as they are there, for each invoke.

    Accepted: .npz (also of `pytflite.trace`, with several invokes), a folder of .npy, .raw and .bin files, C arrays as
    ``xxd -i`` prints them, .csv with a tensor in each row (its name first) or each column (names on top), text in which
    a line such as ``name: 1, 2, 3`` begins a tensor and lines of bare numbers go on with it, and what TFLM's
    layer-by-layer tool writes.

    Raises:
        ArgumentError: there is nothing to be read in it.
        OSError: it cannot be read.
    """
    path = Path(path)
    suffix = path.suffix.lower()
    if suffix == ".npz" and not path.is_dir():
        dumps = _archive(Archive(path))
    elif path.is_dir():
        files = sorted(path.iterdir())
        dumps = [{file.stem: _file(file) for file in files if file.suffix.lower() in {*RAW, ".npy"}}]
    elif suffix == ".npy":
        dumps = [{path.stem: _file(path)}]
    else:
        dumps = [_of_bytes(path, suffix)]
    if not dumps or not dumps[0]:
        raise ArgumentError(
            f"{path.name} holds no tensors. Accepted: .npz, folders of .npy or .raw, C arrays, .csv, logs, and what "
            "TFLM's layer-by-layer tool writes."
        )
    return dumps


def _of_bytes(path: Path, suffix: str) -> dict[str, Array]:
    data = path.read_bytes()
    if layers := layer_by_layer(data):
        return layers
    if suffix in RAW:
        return {path.stem: _file(path)}
    if b"\0" in data:
        return {}
    text = data.decode(errors="replace")
    if suffix == ".csv":
        return _csv(text)
    return c_arrays(text) or ({} if suffix in C_SOURCES else logged(text.splitlines()))


def layer_by_layer(data: bytes) -> dict[str, Array]:
    """The tensors of the main subgraph and its inputs that TFLM's layer-by-layer tool wrote, {} for other files.

    A streaming model is run until it gives something: its inputs are those of the last run.
    """
    try:
        root: ModelTestData = flatbuffer.read(memoryview(data), layer_by_layer_layout.ROOT, "").root
    except FormatError:
        return {}
    indices = {given.input_index: given.tensor_index for given in reversed(root.input_data)}
    found = {f"tensor {indices[given.input_index]}": _layer(given) for given in root.input_data}
    main = next((graph.outputs for graph in root.subgraph_data if graph.subgraph_index == 0), ())
    return found | {f"tensor {written.tensor_index}": _layer(written) for written in main}


def _layer(tensor: TensorData) -> Array:
    """The elements, or the bytes where they are packed or of an unknown type."""
    known = tensor.dtype in TensorType.__members__.values()
    dtype = dtype_of(TensorType(tensor.dtype)).numpy if known else np.dtype(np.uint8)
    if dtype.kind == "O" or math.prod(tensor.shape) * dtype.itemsize != tensor.data.size:
        return tensor.data
    return tensor.data.view(dtype.newbyteorder("<")).reshape(tensor.shape)


def _file(path: Path) -> Array:
    if path.suffix.lower() == ".npy":
        loaded: Array = np.load(path, allow_pickle=False)
        return loaded
    return np.frombuffer(path.read_bytes(), np.uint8)


def _archive(archive: Archive) -> list[dict[str, Array]]:
    header = archive.header
    if not isinstance(header, dict) or "records" not in header:
        return [{name: archive[name] for name in archive}]
    dumps: dict[int, dict[str, Array]] = {}
    for record in header["records"]:
        if record["tensor"] >= 0 and not record["calls"]:
            dumps.setdefault(record["invoke"], {})[f"{record['tensor']} {record['name']}"] = archive[record["key"]]
    return list(dumps.values())


def _numbers(text: str) -> Array:
    found = NUMBERS.findall(text)
    if all(re.fullmatch(r"[-+]?(0[xX][0-9a-fA-F]+|\d+)", number) for number in found):
        return np.array([int(n, 16) if "x" in n.lower() else int(n) for n in found], np.int64)
    return np.array([float.fromhex(n) if "x" in n.lower() else float(n) for n in found], np.float64)


def c_arrays(text: str) -> dict[str, Array]:
    """The initialised arrays of a C source by name."""
    bare = COMMENT.sub(" ", text)
    return {name: _numbers(body) for name, body in C_ARRAY.findall(bare) if NUMBERS.search(body)}


def logged(lines: Iterable[str]) -> dict[str, Array]:
    """Tensors of a log: a label, a colon or equals sign, numbers; lines of bare numbers go on."""
    parts: dict[str, list[str]] = {}
    label = ""
    for line in lines:
        line = STAMP.sub("", line).strip()
        if match := LABELLED.match(line):
            label = match["label"]
            parts[label] = [match["rest"]]
        elif label and not re.sub(NUMBER, "", line).strip(" ,;\t[]{}()"):
            parts[label].append(line)
        else:
            label = ""
    arrays = {label: _numbers(" ".join(rest)) for label, rest in parts.items()}
    return {label: array for label, array in arrays.items() if array.size}


def _csv(text: str) -> dict[str, Array]:
    rows = [[cell.strip().strip('"') for cell in line.split(",")] for line in text.splitlines() if line.strip()]
    if not rows:
        return {}
    if all(not re.fullmatch(NUMBER, cell) for cell in rows[0]):
        columns = {name: [row[i] for row in rows[1:] if i < len(row) and row[i]] for i, name in enumerate(rows[0])}
        return {name: _numbers(" ".join(cells)) for name, cells in columns.items()}
    return {row[0]: _numbers(" ".join(row[1:])) for row in rows if not re.fullmatch(NUMBER, row[0])}


# -------------------------------------------------------------------------------------------------------- matching


def match(arrays: Mapping[str, Array], graph: Subgraph, shapes: Mapping[int, Shape]) -> Dump:
    """Give a dump's arrays to tensors.

    They are matched by name, by a tensor or operator index in the name, by a part of the name that no other has, by the
    only size that fits, and what is left by the order in which sizes follow each other.

    Args:
        arrays: by name, as `read_dump` gives them.
        graph: whose tensors they may be.
        shapes: what shapes the tensors have that may be in the dump; those of inputs need not be.
    """
    notes: list[str] = []
    found: dict[int, Array] = {}
    left = dict(arrays)
    for chooser, how in MATCHES:
        open_tensors = {index: graph.tensors[index] for index in shapes if index not in found}
        for index, name in chooser(left, open_tensors, shapes, graph).items():
            fitted = fit(left.pop(name), graph.tensors[index], shapes[index], name, notes)
            if fitted is not None:
                found[index] = fitted
                if how:
                    notes.append(f"'{name}' is taken for tensor {index} '{graph.tensors[index].name}' by {how}.")
    if left:
        notes.append(
            f"{len(left)} arrays fit no tensor: {', '.join(list(left)[:5])}{', ...' if len(left) > 5 else ''}."
        )
    missing = [graph.tensors[index].name for index in shapes if index not in found and index not in graph.inputs]
    if missing:
        more = ", ..." if len(missing) > 5 else ""
        notes.append(f"{len(missing)} tensors are not in the dump: {', '.join(missing[:5])}{more}.")
    return Dump(found, tuple(notes))


def surely(arrays: Mapping[str, Array], graph: Subgraph, shapes: Mapping[int, Shape]) -> dict[int, Array]:
    """Those arrays of a dump that names or numbers give to tensors, as `match` would."""
    found: dict[int, Array] = {}
    tensors = {index: graph.tensors[index] for index in shapes}
    for chooser in (_by_index, _by_name):
        for index, name in chooser(arrays, tensors, shapes, graph).items():
            fitted = fit(arrays[name], graph.tensors[index], shapes[index], name, [])
            if fitted is not None:
                found[index] = fitted
    return found


def _plain(name: str) -> str:
    return re.sub(r"\W+", "_", name).strip("_").lower()


def _size(index: int, shapes: Mapping[int, Shape]) -> int:
    return math.prod(shapes[index])


def _by_name(
    arrays: Mapping[str, Array], tensors: Mapping[int, Tensor], shapes: Mapping[int, Shape], graph: Subgraph
) -> dict[int, str]:
    names = {_plain(name): name for name in arrays}
    chosen = {index: names.get(_plain(tensor.name), "") for index, tensor in tensors.items() if tensor.name}
    taken = list(chosen.values())
    return {index: name for index, name in chosen.items() if name and taken.count(name) == 1}


def _by_part(
    arrays: Mapping[str, Array], tensors: Mapping[int, Tensor], shapes: Mapping[int, Shape], graph: Subgraph
) -> dict[int, str]:
    """Names that begin or end as those of one tensor of the same size, or the other way round."""
    chosen: dict[int, list[str]] = {}
    for name, array in arrays.items():
        ours = _plain(name)
        like = [
            index
            for index, tensor in tensors.items()
            if _size(index, shapes) == array.size
            and min(len(ours), len(theirs := _plain(tensor.name))) > 3
            and (ours.endswith(theirs) or theirs.endswith(ours) or ours.startswith(theirs) or theirs.startswith(ours))
        ]
        if len(like) == 1:
            chosen.setdefault(like[0], []).append(name)
    return {index: names[0] for index, names in chosen.items() if len(names) == 1}


def _by_index(
    arrays: Mapping[str, Array], tensors: Mapping[int, Tensor], shapes: Mapping[int, Shape], graph: Subgraph
) -> dict[int, str]:
    """Numbers in names: of tensors or of operators, whichever fits more."""
    numbered: dict[int, str] = {}
    for name in arrays:
        if found := NUMBERED.search(name):
            numbered.setdefault(int(found[1] or found[2]), name)
    first = {operator.index: operator.outputs[0] for operator in graph.operators if operator.outputs}
    readings: list[dict[int, str]] = []
    for meaning in ({index: index for index in tensors}, first):
        meant = {meaning[number]: name for number, name in numbered.items() if meaning.get(number) in tensors}
        fits = {i: {_size(i, shapes), _size(i, shapes) * tensors[i].dtype.numpy.itemsize} for i in meant}
        readings.append({index: name for index, name in meant.items() if arrays[name].size in fits[index]})
    return max(readings, key=len)


def _by_size(
    arrays: Mapping[str, Array], tensors: Mapping[int, Tensor], shapes: Mapping[int, Shape], graph: Subgraph
) -> dict[int, str]:
    sizes = {index: _size(index, shapes) for index in tensors}
    counted = [array.size for array in arrays.values()]
    by_size = {array.size: name for name, array in arrays.items() if counted.count(array.size) == 1}
    wanted = list(sizes.values())
    return {i: by_size[size] for i, size in sizes.items() if wanted.count(size) == 1 and size in by_size}


def _by_order(
    arrays: Mapping[str, Array], tensors: Mapping[int, Tensor], shapes: Mapping[int, Shape], graph: Subgraph
) -> dict[int, str]:
    names, order = list(arrays), [index for o in graph.operators for index in o.outputs if index in tensors]
    sizes = [_size(index, shapes) for index in order]
    blocks = SequenceMatcher(None, sizes, [arrays[name].size for name in names], autojunk=False).get_matching_blocks()
    return {order[b.a + i]: names[b.b + i] for b in blocks for i in range(b.size) if sizes[b.a + i]}


MATCHES = (
    (_by_name, ""),
    (_by_index, ""),
    (_by_part, "a part of its name"),
    (_by_size, "its size alone"),
    (_by_order, "its size and place"),
)
"""Ways to match, the surest first, in words where they may err."""


def fit(array: Array, tensor: Tensor, shape: Shape, name: str, notes: list[str]) -> Array | None:
    """An array as the tensor's dtype and shape, or None with a note why not."""
    wanted, size = tensor.dtype.numpy, int(np.prod(shape))
    if not array.size and size:
        notes.append(f"'{name}' is empty, tensor {tensor.index} has {size} elements.")
        return None
    if array.dtype.kind == "f" and np.isnan(array).any():
        notes.append(f"'{name}' holds {int(np.isnan(array).sum())} NaN.")
        if wanted.kind != "f":
            return None
    values = _as_bytes(_turned(array, shape, name, notes), wanted, size)
    if values.size != size:
        notes.append(f"'{name}' has {array.size} elements, tensor {tensor.index} has {size}.")
        return None
    if values.dtype != wanted:
        converted = _converted(values, tensor, shape, name, notes)
        if converted is None:
            return None
        values = converted
    if values.shape != shape and values.ndim > 1:
        notes.append(f"'{name}' of shape {list(array.shape)} is read as {list(shape)}.")
    return values.reshape(shape)


def _turned(array: Array, shape: Shape, name: str, notes: list[str]) -> Array:
    """An image in NHWC, where its shape says that it is in NCHW."""
    if array.ndim != 4 or len(shape) != 4 or array.shape == shape:
        return array
    n, h, w, c = shape
    if array.shape != (n, c, h, w):
        return array
    notes.append(f"'{name}' of shape {list(array.shape)} is in NCHW: turned to {list(shape)}.")
    return array.transpose(0, 2, 3, 1)


def _as_bytes(array: Array, wanted: np.dtype[Any], size: int) -> Array:
    """Bytes, given as numbers 0..255, as the numbers that they are the memory of."""
    holds_bytes = array.dtype.kind in "iu" and array.size == size * wanted.itemsize and array.dtype != wanted
    if holds_bytes and array.size and array.min() >= 0 and array.max() <= 255:
        beyond = wanted.itemsize > 1 or array.dtype == np.uint8 or array.max() > 127
        return array.astype(np.uint8).reshape(-1).view(wanted) if beyond else array
    return array


def _converted(values: Array, tensor: Tensor, shape: Shape, name: str, notes: list[str]) -> Array | None:
    wanted = tensor.dtype.numpy
    if wanted.kind in "fc":
        notes.append(f"'{name}' holds {values.dtype}, tensor {tensor.index} is {wanted.name}: taken as numbers.")
        return values.astype(wanted)
    whole = values.dtype.kind in "iu" or bool((values == np.round(values)).all())
    if whole and values.min() >= tensor.dtype.qmin and values.max() <= tensor.dtype.qmax:
        return values.astype(wanted)
    if tensor.quantization is not None and tensor.quantization.scale.size and values.dtype.kind == "f":
        with warnings.catch_warnings(record=True) as clipped:
            warnings.simplefilter("always")
            codes = quantize(values.reshape(shape), tensor.quantization, tensor.dtype.letter)
        beyond = f" {clipped[0].message}" if clipped else ""
        notes.append(
            f"'{name}' holds real numbers, tensor {tensor.index} codes: quantized by the tensor's scale.{beyond}"
        )
        return codes
    notes.append(
        f"'{name}' holds {values.min():g}..{values.max():g}, which tensor {tensor.index} ({wanted.name}) cannot."
    )
    return None
