"""What travels with a model for people and applications: descriptions, labels, vocabularies.

Descriptions are a FlatBuffer of their own in the buffer that the model's metadata calls ``TFLITE_METADATA``; files are
a zip archive behind the model, so that any zip tool can open a ``.tflite`` file. Source: tflite-support's metadata.py.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import TYPE_CHECKING

from pytflite import flatbuffer
from pytflite.errors import FormatError
from pytflite.model.check import Finding
from pytflite.schema import metadata_layout as layout

if TYPE_CHECKING:
    from pytflite.model.types import Model
    from pytflite.schema.metadata import ModelMetadata

NAME = "TFLITE_METADATA"
MAX_RATIO = 32
"""Files that unpack to more than this many times the archive's size are not unpacked."""

_END = b"PK\x05\x06"
_END_SIZE = 22 + 0xFFFF


def describe(model: Model) -> ModelMetadata | None:
    """Parse the model's ``TFLITE_METADATA``.

    Raises:
        FormatError: it is damaged.
    """
    if NAME not in model.metadata:
        return None
    index = model.metadata[NAME]
    data = model.buffers[index] if index < len(model.buffers) else None
    if data is None:
        raise FormatError(f"the metadata buffer {index} is empty or missing", path="Model.metadata")
    root: ModelMetadata = flatbuffer.read(data.data.cast("B"), layout.ROOT, layout.IDENTIFIER).root
    return root


def attached(tail: memoryview) -> tuple[Mapping[str, bytes], list[Finding]]:
    """Unpack the files attached to a model.

    Args:
        tail: what follows the FlatBuffer in the file.
    """
    if _END not in bytes(tail[-_END_SIZE:]):
        return {}, []
    import zipfile

    files: dict[str, bytes] = {}
    left = MAX_RATIO * len(tail)
    try:
        with zipfile.ZipFile(io.BytesIO(tail)) as archive:
            for entry in archive.infolist():
                left -= entry.file_size
                if left < 0 or entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                    raise zipfile.BadZipFile(f"{entry.filename!r} unpacks to {entry.file_size} bytes")
                with archive.open(entry) as file:
                    files[entry.filename] = file.read(entry.file_size)
    except Exception as error:  # zipfile raises half a dozen kinds on damaged archives
        return {}, [Finding("associated-files", "warning", f"the attached files cannot be unpacked: {error}", "file")]
    return files, []


def archive(files: Mapping[str, bytes]) -> bytes:
    """The archive that `attached` unpacks, the same bytes for the same files."""
    if not files:
        return b""
    import zipfile

    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as writer:
        for name, content in files.items():
            writer.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return target.getvalue()
