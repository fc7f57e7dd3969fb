"""Arrays in one file: an .npz that is written as the arrays come, and read without being loaded.

Members are stored uncompressed at multiples of 64 bytes, so that each can be mapped into memory where it lies.
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from pytflite.errors import ArgumentError

Array = npt.NDArray[Any]

ALIGNMENT = 64
LOCAL_HEADER = 30
HEADER = "header"
DATE = (1980, 1, 1, 0, 0, 0)
"""Of every member, so that equal arrays make equal files."""


class ArchiveWriter:
    """Writes an .npz file, array by array.

    Args:
        path: of the file, which is replaced.
    """

    def __init__(self, path: Path) -> None:
        self._zip = zipfile.ZipFile(path, "w", zipfile.ZIP_STORED, allowZip64=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._zip.close()

    def add(self, key: str, array: Array) -> None:
        """Write one array; strings are written as fixed-width bytes."""
        plain = np.asarray(array, dtype="S") if array.dtype == object else array
        info = zipfile.ZipInfo(f"{key}.npy", DATE)
        start = (self._zip.fp.tell() if self._zip.fp else 0) + LOCAL_HEADER + len(info.filename.encode())
        pad = -(start + 20) % ALIGNMENT  # ZIP64 sizes come first in the extra field
        if pad:
            pad += ALIGNMENT if pad < 4 else 0
            info.extra = b"\0\0" + (pad - 4).to_bytes(2, "little") + bytes(pad - 4)
        with self._zip.open(info, "w", force_zip64=True) as member:
            np.lib.format.write_array(member, np.asarray(plain, order="C"), allow_pickle=False)

    def header(self, value: Any) -> None:
        """Write what describes the arrays, as JSON in a uint8 array named ``header``."""
        self.add(HEADER, np.frombuffer(json.dumps(value).encode(), np.uint8))


class Archive(Mapping[str, Array]):
    """The arrays of an .npz file by key, mapped into memory one by one when asked for.

    Args:
        path: of the file. Compressed members are loaded instead.

    Raises:
        ArgumentError: it is no such file.
        OSError: it cannot be read.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            with zipfile.ZipFile(path) as archive:
                self._members = {info.filename.removesuffix(".npy"): info for info in archive.infolist()}
        except zipfile.BadZipFile:
            raise ArgumentError(f"{path.name} is no .npz file.") from None

    def __iter__(self) -> Iterator[str]:
        return iter(self._members)

    def __len__(self) -> int:
        return len(self._members)

    def __getitem__(self, key: str) -> Array:
        info = self._members[key]
        try:
            if info.compress_type != zipfile.ZIP_STORED:
                with zipfile.ZipFile(self.path) as archive, archive.open(info) as member:
                    loaded: Array = np.lib.format.read_array(member, allow_pickle=False)
                    return loaded
            return self._mapped(info)
        except ValueError as fault:
            raise ArgumentError(f"{self.path.name}: '{key}' is no array of numbers ({fault}).") from None

    def _mapped(self, info: zipfile.ZipInfo) -> Array:
        with self.path.open("rb") as file:
            file.seek(info.header_offset + LOCAL_HEADER - 4)
            name_size, extra_size = (int.from_bytes(file.read(2), "little") for _ in range(2))
            file.seek(name_size + extra_size, 1)
            version = np.lib.format.read_magic(file)
            read = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
            shape, fortran, dtype = read(file)
            offset = file.tell()
        if dtype.hasobject:
            raise ValueError("it holds Python objects")
        if 0 in shape:
            return np.empty(shape, dtype)
        return np.memmap(self.path, dtype, "r", offset, shape, "F" if fortran else "C")

    @property
    def header(self) -> Any:
        """What `ArchiveWriter.header` wrote, None when nothing was written."""
        return json.loads(self[HEADER].tobytes()) if HEADER in self else None
