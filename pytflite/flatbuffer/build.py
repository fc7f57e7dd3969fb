"""Writing a FlatBuffer by its layout: the inverse of `view`, front to back.

FlatBuffers offsets lead forward, so a table is placed first, then what it refers to, and its offsets are filled in.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from struct import Struct, pack, pack_into
from typing import Any

import numpy as np

from pytflite.errors import ModelError
from pytflite.flatbuffer.layout import Array, Kind, Layout, Scalar, Text, Union, Vector
from pytflite.flatbuffer.table import Table, Unknown, UnknownMember

MAX_SIZE = 2**31 - 1
"""Offsets to vtables are signed 32-bit integers."""

_UINT = Struct("<I")


def build(root: Table, layout: Layout, identifier: str) -> bytearray:
    """Write a table and all that it holds.

    Scalars equal to their default, empty strings and empty vectors that nobody requires are left out, as is usual.

    Raises:
        ModelError: a value does not fit its field, a field of a newer schema may be an offset, or the result would
            pass 2 GiB.
    """
    builder = _Builder()
    builder.out += bytes(4) + identifier.encode()
    _UINT.pack_into(builder.out, 0, builder.table(layout, root))
    return builder.out


class _Builder:
    def __init__(self) -> None:
        self.out = bytearray()
        self._vtables: dict[bytes, int] = {}

    def table(self, layout: Layout, table: Table) -> int:
        """Place a table and return its position."""
        values: list[tuple[int, int, bytes]] = []  # slot, alignment, bytes
        references: list[tuple[int, Kind | Layout, Any, str]] = []
        for field in layout.fields:
            value = getattr(table, field.name)
            what = f"{layout.name}.{field.name}"
            match field.kind:
                case Scalar() as kind:
                    data = _scalars(kind.code, (value,), what)
                    if data != pack("<" + kind.code, field.default):
                        values.append((field.slot, kind.size, data))
                case Union() as kind:
                    if value is not None:
                        values.append((field.slot - 1, 1, bytes([_number(kind, value, what)])))
                        references.append((field.slot, _member(kind, value), value, what))
                case Layout() as kind:
                    if value is not None:
                        references.append((field.slot, kind, value, what))
                case kind:
                    if _present(kind, value):
                        references.append((field.slot, kind, value, what))
        values += [(slot, 4, bytes(4)) for slot, *_ in references]
        values += [(slot, _alignment(data), data) for slot, data in _plain(table.unknown, layout.name)]
        position, places = self._place(values)
        for slot, kind, value, what in references:
            at = position + places[slot]
            _UINT.pack_into(self.out, at, self._put(kind, value, what) - at)
        return position

    def _place(self, values: list[tuple[int, int, bytes]]) -> tuple[int, dict[int, int]]:
        """Write a table's own bytes, widest fields first, and its vtable, unless an equal one exists."""
        places: dict[int, int] = {}
        inline = bytearray(4)
        widest = max([4, *(align for _, align, _ in values)])
        for slot, align, data in sorted(values, key=lambda value: -value[1]):
            inline += bytes(-len(inline) % align)
            places[slot] = len(inline)
            inline += data
        offsets = [places.get(slot, 0) for slot in range(max(places, default=-1) + 1)]
        vtable = pack(f"<{len(offsets) + 2}H", 4 + 2 * len(offsets), len(inline), *offsets)
        if vtable not in self._vtables:
            self._pad(2)
            self._vtables[vtable] = len(self.out)
            self.out += vtable
        self._pad(widest)
        position = len(self.out)
        self.out += inline
        pack_into("<i", self.out, position, position - self._vtables[vtable])
        return position, places

    def _put(self, kind: Kind | Layout, value: Any, what: str) -> int:
        """Place what an offset leads to and return its position."""
        match kind:
            case Layout():
                return self.table(kind, value)
            case Text():
                data = value.encode("utf-8", "surrogateescape")
                return self._vector(len(data), data + b"\0", 4)
            case Array():
                array = np.ascontiguousarray(value)
                if array.dtype != kind.dtype or array.ndim != 1:
                    found = f"{array.dtype} and rank {array.ndim}"
                    raise ModelError(f"{what} cannot hold an array of {found}, only of {kind.dtype} and rank 1")
                return self._vector(array.size, array.data.cast("B") if array.size else b"", kind.align)
            case Vector(element=Scalar(code="B")):
                return self._vector(len(value), value, kind.align)
            case Vector(element=Scalar() as element):
                return self._vector(len(value), _scalars(element.code, value, what), kind.align)
            case Vector(element=element):
                position = self._vector(len(value), bytes(4 * len(value)), 4)
                for at, item in enumerate(value, 1):
                    place = position + 4 * at
                    _UINT.pack_into(self.out, place, self._put(element, item, what) - place)
                return position
        raise TypeError(kind)

    def _vector(self, count: int, data: bytes | memoryview, align: int) -> int:
        self._pad(4)
        self.out += bytes(-(len(self.out) + 4) % align)
        position = len(self.out)
        if position + len(data) > MAX_SIZE:
            raise ModelError("a FlatBuffer ends at 2 GiB: larger constants belong outside of it")
        self.out += _UINT.pack(count)
        self.out += data
        return position

    def _pad(self, align: int) -> None:
        self.out += bytes(-len(self.out) % align)


def _scalars(code: str, values: Sequence[Any], what: str) -> bytes:
    try:
        return pack(f"<{len(values)}{code}", *values)
    except (struct.error, OverflowError, TypeError) as error:
        shown = values if len(values) > 1 else values[0]
        raise ModelError(f"{what} cannot hold {shown!r}: {error}") from None


def _present(kind: Kind, value: Any) -> bool:
    if value is None:
        return False
    if isinstance(kind, Vector) and (kind.required or kind.optional):
        return True
    return len(value) > 0


def _number(kind: Union, value: Table, what: str) -> int:
    if isinstance(value, UnknownMember):
        return value.member
    if type(value) not in kind.numbers:
        raise ModelError(f"{type(value).__name__} is no member of the union {what}")
    return kind.numbers[type(value)]


def _member(kind: Union, value: Table) -> Layout:
    return _ANY if isinstance(value, UnknownMember) else kind.members[kind.numbers[type(value)] - 1]


def _plain(unknown: Unknown, name: str) -> Unknown:
    """Fields of a newer schema, after making sure that none can be an offset: what it led to is not known."""
    for slot, data in unknown:
        value = int.from_bytes(data[:4], "little")
        if len(data) >= 4 and value and value % 4 == 0:
            raise ModelError(
                f"slot {slot} of {name} is newer than this schema and may be an offset ({value}): writing it would "
                "corrupt the file. Set `unknown` to () to leave it out"
            )
    return unknown


def _alignment(data: bytes) -> int:
    return min(len(data) & -len(data), 8)


_ANY = Layout(UnknownMember, 0)
