"""FlexBuffers, the self-describing cousin of FlatBuffers that custom operators keep their options in."""

from __future__ import annotations

import struct
from typing import Any

from flatbuffers import flexbuffers

from pytflite.errors import FormatError

DEPTH_LIMIT = 64
"""How deep vectors and maps may nest."""
EFFORT_LIMIT = 1 << 26
"""How many bytes may be touched: a small buffer can refer to one part of itself again and again."""


STEP = 1024
"""What the effort for a lone number is reckoned as."""


def read_flex(data: bytes) -> Any:
    """The value of a FlexBuffer: maps as dictionaries, vectors as lists, blobs as bytes.

    Raises:
        FormatError: it is none, or would become far larger than itself.
    """
    try:
        return _Reader(len(data)).value(flexbuffers.GetRoot(data), 0)
    except (AssertionError, IndexError, KeyError, TypeError, ValueError, struct.error) as fault:
        raise FormatError(f"no FlexBuffer: {fault}") from fault


class _Reader:
    """Counts what is touched on the way."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._left = EFFORT_LIMIT

    def value(self, ref: Any, depth: int) -> Any:
        """What a reference stands for."""
        if depth > DEPTH_LIMIT:
            raise ValueError(f"it nests deeper than {DEPTH_LIMIT}")
        if ref.IsMap:
            keys = [self.value(key, depth + 1) for key in ref.AsMap.Keys]
            return dict(zip(keys, [self.value(value, depth + 1) for value in ref.AsMap.Values], strict=True))
        if ref.IsVector:
            return [self.value(element, depth + 1) for element in ref.AsVector]
        if ref.IsTypedVector and ref.AsTypedVector.ElementType is flexbuffers.Type.KEY:
            return [self.value(element, depth + 1) for element in ref.AsTypedVector]
        self._spend(STEP if ref.IsNull or ref.IsBool or ref.IsNumeric else STEP + self._size)
        return bytes(ref.AsBlob) if ref.IsBlob else ref.Value

    def _spend(self, effort: int) -> None:
        self._left -= effort
        if self._left < 0:
            raise ValueError("it refers to parts of itself again and again")
