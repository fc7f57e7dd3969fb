"""Dumps from elsewhere: arrays from .npz, folders, C sources, CSV and logs, matched to a model's tensors."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from pytflite.errors import ArgumentError
from pytflite.model.types import Tensor
from pytflite.runtime.scaling import quantize
from pytflite.tools.archive import Archive

Array = npt.NDArray[Any]

C_SOURCES = {".c", ".cc", ".cpp", ".h", ".hpp", ".inc"}
RAW = {".raw", ".bin"}
NUMBER = r"[-+]?(?:0[xX][0-9a-fA-F]+|\d+\.?\d*(?:[eE][-+]?\d+)?|\.\d+(?:[eE][-+]?\d+)?|nan|inf)"
NUMBERS = re.compile(rf"(?<![\w.]){NUMBER}(?![\w.])")
C_ARRAY = re.compile(r"(\w+)\s*(?:\[[^\]]*\]\s*)+(?:\w+\s*\([^)]*\)\s*)*=\s*\{([^;]*)\}", re.DOTALL)
LABELLED = re.compile(r"^(?P<label>.*?[A-Za-z_].*?)\s*[:=]\s*(?P<rest>[^A-Za-z_=:]*(?:0[xX][0-9a-fA-F][^=:]*)?)$")
STAMP = re.compile(r"^\s*(?:\[[^\]]*\]|\d+:\d+:[\d.]+)\s*")
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
    """The arrays of a dump by name, as they are there.

    Accepted: .npz (also of `pytflite.trace`), a folder of .npy, .raw and .bin files, C arrays as ``xxd -i`` prints
    them, .csv with a tensor in each row (its name first) or each column (names on top), and text in which a line such
    as ``name: 1, 2, 3`` begins a tensor and lines of bare numbers go on with it.

    Raises:
        ArgumentError: there is nothing to be read in it.
        OSError: it cannot be read.
    """
    path = Path(path)
    suffix = path.suffix.lower()
    if path.is_dir():
        arrays = {file.stem: _file(file) for file in sorted(path.iterdir()) if file.suffix.lower() in {*RAW, ".npy"}}
    elif suffix == ".npz":
        arrays = _archive(Archive(path))
    elif suffix in RAW or suffix == ".npy":
        arrays = {path.stem: _file(path)}
    elif suffix in C_SOURCES:
        arrays = c_arrays(path.read_text(errors="replace"))
    elif suffix == ".csv":
        arrays = _csv(path.read_text(errors="replace"))
    else:
        text = path.read_text(errors="replace")
        arrays = c_arrays(text) or logged(text.splitlines())
    if not arrays:
        raise ArgumentError(
            f"{path.name} holds no tensors. Accepted: .npz, folders of .npy or .raw, C arrays, .csv, logs."
        )
    return arrays


def _file(path: Path) -> Array:
    if path.suffix.lower() == ".npy":
        loaded: Array = np.load(path, allow_pickle=False)
        return loaded
    return np.frombuffer(path.read_bytes(), np.uint8)


def _archive(archive: Archive) -> dict[str, Array]:
    header = archive.header
    if isinstance(header, dict) and "records" in header:
        return {f"{r['tensor']} {r['name']}": archive[r["key"]] for r in header["records"] if r["tensor"] >= 0}
    return {name: archive[name] for name in archive}


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


def match(arrays: Mapping[str, Array], tensors: Mapping[int, Tensor], shapes: Mapping[int, tuple[int, ...]]) -> Dump:
    """Give a dump's arrays to tensors: by name, then by a tensor index in the name, then by the only size that fits.

    Args:
        arrays: by name, as `read_dump` gives them.
        tensors: those that may be in the dump, by index.
        shapes: what shapes they have.
    """
    notes: list[str] = []
    found: dict[int, Array] = {}
    left = dict(arrays)
    for chooser in (_by_name, _by_index, _by_size):
        for index, name in chooser(left, {i: t for i, t in tensors.items() if i not in found}, shapes).items():
            fitted = fit(left.pop(name), tensors[index], shapes[index], name, notes)
            if fitted is not None:
                found[index] = fitted
                if chooser is _by_size:
                    notes.append(f"'{name}' is taken for tensor {index} '{tensors[index].name}' by its size alone.")
    if left:
        notes.append(
            f"{len(left)} arrays fit no tensor: {', '.join(list(left)[:5])}{', ...' if len(left) > 5 else ''}."
        )
    missing = [tensor.name for index, tensor in tensors.items() if index not in found]
    if missing:
        more = ", ..." if len(missing) > 5 else ""
        notes.append(f"{len(missing)} tensors are not in the dump: {', '.join(missing[:5])}{more}.")
    return Dump(found, tuple(notes))


def _plain(name: str) -> str:
    return re.sub(r"\W+", "_", name).strip("_").lower()


def _by_name(arrays: Mapping[str, Array], tensors: Mapping[int, Tensor], _: Any) -> dict[int, str]:
    names = {_plain(name): name for name in arrays}
    chosen = {index: names.get(_plain(tensor.name), "") for index, tensor in tensors.items() if tensor.name}
    taken = list(chosen.values())
    return {index: name for index, name in chosen.items() if name and taken.count(name) == 1}


def _by_index(arrays: Mapping[str, Array], tensors: Mapping[int, Tensor], _: Any) -> dict[int, str]:
    numbered: dict[int, str] = {}
    for name in arrays:
        pattern = r"^\D{0,8}?(\d+)(?:\D|$)|tensor\D{0,3}(\d+)"
        if found := re.search(pattern, name, re.IGNORECASE):
            numbered.setdefault(int(found[1] or found[2]), name)
    return {index: name for index, name in numbered.items() if index in tensors}


def _by_size(
    arrays: Mapping[str, Array], tensors: Mapping[int, Tensor], shapes: Mapping[int, tuple[int, ...]]
) -> dict[int, str]:
    sizes = {index: int(np.prod(shapes[index])) for index in tensors}
    counted = [array.size for array in arrays.values()]
    by_size = {array.size: name for name, array in arrays.items() if counted.count(array.size) == 1}
    wanted = list(sizes.values())
    return {i: by_size[size] for i, size in sizes.items() if wanted.count(size) == 1 and size in by_size}


def fit(array: Array, tensor: Tensor, shape: tuple[int, ...], name: str, notes: list[str]) -> Array | None:
    """An array as the tensor's dtype and shape, or None with a note why not."""
    wanted, size = tensor.dtype.numpy, int(np.prod(shape))
    if not array.size and size:
        notes.append(f"'{name}' is empty, tensor {tensor.index} has {size} elements.")
        return None
    if array.dtype.kind == "f" and np.isnan(array).any():
        notes.append(f"'{name}' holds {int(np.isnan(array).sum())} NaN.")
        if wanted.kind != "f":
            return None
    values = _as_bytes(array, wanted, size)
    if values.size != size:
        notes.append(f"'{name}' has {array.size} elements, tensor {tensor.index} has {size}.")
        return None
    if values.dtype != wanted:
        converted = _converted(values, tensor, name, notes)
        if converted is None:
            return None
        values = converted
    if values.shape != shape and array.ndim > 1:
        notes.append(f"'{name}' of shape {list(array.shape)} is read as {list(shape)}.")
    return values.reshape(shape)


def _as_bytes(array: Array, wanted: np.dtype[Any], size: int) -> Array:
    """Bytes, given as numbers 0..255, as the numbers that they are the memory of."""
    holds_bytes = array.dtype.kind in "iu" and array.size == size * wanted.itemsize and array.dtype != wanted
    if holds_bytes and array.size and array.min() >= 0 and array.max() <= 255:
        beyond = wanted.itemsize > 1 or array.dtype == np.uint8 or array.max() > 127
        return array.astype(np.uint8).reshape(-1).view(wanted) if beyond else array
    return array


def _converted(values: Array, tensor: Tensor, name: str, notes: list[str]) -> Array | None:
    wanted = tensor.dtype.numpy
    if wanted.kind in "fc":
        notes.append(f"'{name}' holds {values.dtype}, tensor {tensor.index} is {wanted.name}: taken as numbers.")
        return values.astype(wanted)
    whole = values.dtype.kind in "iu" or bool((values == np.round(values)).all())
    if whole and values.min() >= tensor.dtype.qmin and values.max() <= tensor.dtype.qmax:
        return values.astype(wanted)
    if tensor.quantization is not None and tensor.quantization.scale.size and values.dtype.kind == "f":
        notes.append(f"'{name}' holds real numbers, tensor {tensor.index} codes: quantized by the tensor's scale.")
        return quantize(values.reshape(tensor.shape), tensor.quantization, tensor.dtype.letter)
    notes.append(
        f"'{name}' holds {values.min():g}..{values.max():g}, which tensor {tensor.index} ({wanted.name}) cannot."
    )
    return None
