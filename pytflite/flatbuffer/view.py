"""Reading a FlatBuffer by its layout: every offset, length and vtable is checked before it is followed.

Reading is verifying: what comes back has been visited whole, and what could not be visited raised `FormatError`. Time
and memory stay proportional to the file: each object is read once however many offsets lead to it, and since distinct
objects of a well-formed file do not overlap, a file whose objects add up to more than its size is refused.

What a newer schema may hold is kept and noted, not refused: enum values as plain integers, unknown members of unions
as `UnknownMember`, unknown fields as the bytes that they span in the table. A field that is an offset cannot be told
from a number by looking at it, so what it leads to is not kept.
"""

from __future__ import annotations

from collections.abc import Callable
from struct import Struct, unpack_from
from typing import Any, NamedTuple

import numpy as np

from pytflite.errors import FormatError
from pytflite.flatbuffer.layout import Array, Field, Kind, Layout, Scalar, Text, Union, Vector
from pytflite.flatbuffer.table import Table, UnknownMember

MAX_TABLES = 1_000_000
"""As many as FlatBuffers' own verifier allows, so that a file refused here is refused by every runtime."""

MAX_NOTES = 100

Reader = Callable[[int], Any]

_INT = Struct("<i").unpack_from
_UINT = Struct("<I").unpack_from


class Note(NamedTuple):
    """Something odd that does not stop the reading."""

    rule: str
    message: str
    offset: int


class Reading(NamedTuple):
    """The root table, what was odd, and where the furthest object ends, in bytes."""

    root: Any
    notes: list[Note]
    end: int


def read(data: memoryview, layout: Layout, identifier: str) -> Reading:
    """Read the whole FlatBuffer.

    Args:
        data: the bytes of the file; arrays in the result are views of it.
        layout: that of the root table.
        identifier: the four characters that mark the file's format.

    Raises:
        FormatError: the bytes are not such a FlatBuffer; the error names the byte offset and the path of the table.
    """
    if len(data) < 8:
        raise FormatError(f"{len(data)} bytes are too few for a FlatBuffer", offset=0)
    if (found := bytes(data[4:8])) != identifier.encode():
        raise FormatError(f"the file identifier is {found!r}, not {identifier.encode()!r}", offset=4)
    view = _View(data)
    try:
        root = view.table(layout)(*_UINT(data, 0))
    except _Fault as fault:
        path = "".join([layout.name, *reversed(fault.path)])
        raise FormatError(fault.message, offset=fault.offset, path=path) from None
    return Reading(root, view.notes, view.end)


class _Fault(Exception):
    """A fault on its way up: each level adds its part of the path, so that reading well costs nothing."""

    def __init__(self, message: str, offset: int) -> None:
        super().__init__(message)
        self.message = message
        self.offset = offset
        self.path: list[str] = []


class _Shape(NamedTuple):
    """How to read a table with a certain vtable; indices are those of `Layout.fields`, sources those of `unpack`."""

    size: int
    aligned: frozenset[int]
    unpack: Callable[[memoryview, int], tuple[Any, ...]]
    numbers: tuple[tuple[int, int], ...]
    enums: tuple[tuple[int, int, Reader], ...]
    references: tuple[tuple[int, int, int, Reader], ...]
    unions: tuple[tuple[int, int, int, int, tuple[Layout, ...]], ...]
    unknown: tuple[tuple[int, int, int], ...]


class _View:
    """The state of one reading: the bytes, one reader for each kind, and what has been spent."""

    def __init__(self, data: memoryview) -> None:
        self.data = data
        self.size = len(data)
        self.end = 8
        self.notes: list[Note] = []
        self._readers: dict[Kind | Layout, Reader] = {}
        self._tables = 0
        self._visited = 0
        self._limit = 2 * self.size + 4096

    def note(self, rule: str, message: str, offset: int) -> None:
        if len(self.notes) < MAX_NOTES:
            self.notes.append(Note(rule, message, offset))

    def visit(self, position: int, size: int) -> None:
        """Account for an object that is read for the first time."""
        end = position + size
        if end > self.size:
            raise _Fault(f"needs {size} bytes, the file ends at {self.size}", position)
        if end > self.end:
            self.end = end
        self._visited += size
        if self._visited > self._limit:
            raise _Fault("objects overlap: together they are larger than the file", position)

    def reader(self, kind: Kind | Layout) -> Reader:
        """The function from the position of an object to its value."""
        if kind not in self._readers:
            self._readers[kind] = self._make(kind)
        return self._readers[kind]

    def _make(self, kind: Kind | Layout) -> Reader:
        match kind:
            case Layout():
                return self.table(kind)
            case Text():
                return self._text()
            case Array():
                return self._array(kind)
            case Vector(element=Scalar(code="B")):
                return self._bytes(kind)
            case Vector(element=Scalar() as element):
                return self._scalars(kind, element)
            case Vector():
                return self._objects(kind)
        raise TypeError(kind)

    def table(self, layout: Layout) -> Reader:
        data, size, visit = self.data, self.size, self.visit
        make, defaults = layout.table, layout.defaults
        shapes: dict[int, _Shape] = {}
        seen: dict[int, Table] = {}

        def read(position: int) -> Table:
            known = seen.get(position)
            if known is not None:
                return known
            if position + 4 > size:
                raise _Fault(f"a table outside of the file of {size} bytes", position)
            vtable = position - _INT(data, position)[0]
            shape = shapes.get(vtable)
            if shape is None:
                shape = shapes[vtable] = self._shape(layout, vtable, position)
            visit(position, shape.size)
            self._tables += 1
            if self._tables > MAX_TABLES:
                raise _Fault(f"more than {MAX_TABLES} tables", position)
            if position & 7 not in shape.aligned:
                self.note("alignment", f"a {layout.name} table is not aligned", position)
            raw = shape.unpack(data, position)
            values = defaults[:]
            index = -1
            try:
                for index, source in shape.numbers:
                    values[index] = raw[source]
                for index, source, convert in shape.enums:
                    values[index] = convert(raw[source])
                for index, source, offset, follow in shape.references:
                    if not raw[source]:
                        raise _Fault("an offset that leads to itself", position + offset)
                    values[index] = follow(position + offset + raw[source])
                for index, source, offset, number, members in shape.unions:
                    if member := raw[number]:
                        target = position + offset + raw[source]
                        if member <= len(members):
                            values[index] = self.reader(members[member - 1])(target)
                        else:
                            values[index] = self._unknown_member(layout.fields[index], member, target)
            except _Fault as fault:
                fault.path.append("." + layout.fields[index].name)
                raise
            if shape.unknown:
                unknown = tuple(
                    [
                        (slot, bytes(data[position + offset : position + offset + length]))
                        for slot, offset, length in shape.unknown
                    ]
                )
                self.note("unknown-field", f"{layout.name} has fields of a newer schema: {unknown}", position)
                table = make(*values, unknown=unknown)
            else:
                table = make(*values)
            seen[position] = table
            return table

        return read

    def _vtable(self, vtable: int, position: int) -> tuple[int, tuple[int, ...]]:
        """The inline size of a table and the offsets of its fields."""
        if not 0 <= vtable <= self.size - 4:
            raise _Fault(f"a vtable at {vtable}, outside of the file of {self.size} bytes", position)
        length, size = unpack_from("<HH", self.data, vtable)
        if length < 4 or length % 2 or size < 4:
            raise _Fault(f"a vtable of {length} bytes for a table of {size}", vtable)
        self.visit(vtable, length)
        offsets = unpack_from(f"<{length // 2 - 2}H", self.data, vtable + 4)
        if any(0 < offset < 4 or offset >= size for offset in offsets):
            raise _Fault(f"a field outside of its table of {size} bytes", vtable)
        return size, offsets

    def _shape(self, layout: Layout, vtable: int, position: int) -> _Shape:
        size, offsets = self._vtable(vtable, position)
        cells: list[tuple[int, Scalar, int]] = []  # offset in the table, type, slot
        present = []
        for index, field in enumerate(layout.fields):
            slots = (field.slot - 1, field.slot) if isinstance(field.kind, Union) else (field.slot,)
            if any(slot >= len(offsets) or not offsets[slot] for slot in slots):
                continue
            present.append((index, field))
            cells.append((offsets[field.slot], field.kind if isinstance(field.kind, Scalar) else _OFFSET, field.slot))
            if isinstance(field.kind, Union):
                cells.append((offsets[slots[0]], _NUMBER, slots[0]))
        cells.sort(key=lambda cell: cell[0])
        form, end = "<4x", 4
        for offset, scalar, _ in cells:
            if offset < end or offset + scalar.size > size:
                raise _Fault(f"fields of {layout.name} overlap or leave their table of {size} bytes", vtable)
            form += f"{offset - end}x{scalar.code}"
            end = offset + scalar.size
        source = {slot: index for index, (_, _, slot) in enumerate(cells)}

        numbers, enums, references, unions = [], [], [], []
        for index, field in present:
            at, offset = source[field.slot], offsets[field.slot]
            match field.kind:
                case Scalar(enum=None):
                    numbers.append((index, at))
                case Scalar() as kind:
                    enums.append((index, at, self._enum(kind, f"{layout.name}.{field.name}", vtable)))
                case Union(members=members):
                    unions.append((index, at, offset, source[field.slot - 1], members))
                case kind:
                    references.append((index, at, offset, self.reader(kind)))
        return _Shape(
            size,
            frozenset(r for r in range(8) if r % 4 == 0 and all((r + offset) % s.size == 0 for offset, s, _ in cells)),
            Struct(form).unpack_from,
            tuple(numbers),
            tuple(enums),
            tuple(references),
            tuple(unions),
            _unknown(size, offsets, layout.slots),
        )

    def _enum(self, kind: Scalar, what: str, offset: int) -> Reader:
        assert kind.enum is not None
        members: dict[Any, Any] = dict(kind.enum._value2member_map_)

        def convert(value: int) -> int:
            member: int | None = members.get(value)
            if member is None:
                self.note("unknown-enum", f"{what} is {value}, which this schema does not know", offset)
                member = value
            return member

        return convert

    def _unknown_member(self, field: Field, member: int, position: int) -> UnknownMember:
        if position + 4 > self.size:
            raise _Fault(f"a table outside of the file of {self.size} bytes", position)
        size, offsets = self._vtable(position - _INT(self.data, position)[0], position)
        self.visit(position, size)
        self.note("unknown-member", f"{field.name} is member {member} of a newer schema", position)
        return UnknownMember(
            member,
            unknown=tuple(
                (slot, bytes(self.data[position + offset : position + offset + length]))
                for slot, offset, length in _unknown(size, offsets, 0)
            ),
        )

    def _length(self, position: int, element: int, extra: int = 0) -> int:
        """The checked length of the vector at `position`."""
        if position + 4 > self.size:
            raise _Fault(f"a vector outside of the file of {self.size} bytes", position)
        count: int = _UINT(self.data, position)[0]
        if position + 4 + count * element + extra > self.size:
            raise _Fault(f"a vector of {count} elements of {element} bytes, the file ends at {self.size}", position)
        if position & 3 or (position + 4) & (min(element, 8) - 1):
            self.note("alignment", "a vector is not aligned", position)
        return count

    def _text(self) -> Reader:
        seen: dict[int, str] = {}

        def read(position: int) -> str:
            known = seen.get(position)
            if known is not None:
                return known
            count = self._length(position, 1, 1)
            self.visit(position, 5 + count)
            start = position + 4
            if self.data[start + count]:
                raise _Fault("a string that does not end in a zero byte", position)
            try:
                text = str(self.data[start : start + count], "utf-8")
            except UnicodeDecodeError:
                text = str(self.data[start : start + count], "utf-8", "surrogateescape")
                self.note("utf-8", f"{text!r} is not UTF-8", position)
            seen[position] = text
            return text

        return read

    def _bytes(self, kind: Vector) -> Reader:
        seen: dict[int, bytes] = {}

        def read(position: int) -> bytes:
            known = seen.get(position)
            if known is None:
                count = self._length(position, 1)
                self.visit(position, 4 + count)
                known = seen[position] = bytes(self.data[position + 4 : position + 4 + count])
            return known

        return read

    def _scalars(self, kind: Vector, element: Scalar) -> Reader:
        data, size, code = self.data, element.size, element.code
        convert = self._enum(element, "a vector", 0) if element.enum else None
        seen: dict[int, tuple[Any, ...]] = {}

        def read(position: int) -> tuple[Any, ...]:
            known = seen.get(position)
            if known is None:
                count = self._length(position, size)
                self.visit(position, 4 + count * size)
                known = unpack_from(f"<{count}{code}", data, position + 4)
                seen[position] = known = tuple(map(convert, known)) if convert else known
            return known

        return read

    def _array(self, kind: Array) -> Reader:
        data, size = self.data, kind.element.size
        dtype = kind.dtype
        seen: dict[int, np.ndarray[Any, Any]] = {}

        def read(position: int) -> np.ndarray[Any, Any]:
            known = seen.get(position)
            if known is not None:
                return known
            count = self._length(position, size)
            start = position + 4
            if start + count * size > self.end:
                self.end = start + count * size
            array = np.frombuffer(data, dtype, count, start) if count else kind.nothing
            if not array.flags.aligned:
                self.visit(start, count * size)
                array = array.copy()
                array.flags.writeable = False
            seen[position] = array
            return array

        return read

    def _objects(self, kind: Vector) -> Reader:
        data = self.data
        element = self.reader(kind.element)
        seen: dict[int, tuple[Any, ...]] = {}

        def read(position: int) -> tuple[Any, ...]:
            known = seen.get(position)
            if known is not None:
                return known
            count = self._length(position, 4)
            self.visit(position, 4 + count * 4)
            result: list[Any] = []
            at = position
            try:
                for offset in unpack_from(f"<{count}I", data, position + 4):
                    at += 4
                    if not offset:
                        raise _Fault("an offset that leads to itself", at)
                    result.append(element(at + offset))
            except _Fault as fault:
                fault.path.append(f"[{len(result)}]")
                raise
            seen[position] = tuple(result)
            return seen[position]

        return read


_OFFSET = Scalar("I")
_NUMBER = Scalar("B")


def _unknown(size: int, offsets: tuple[int, ...], first: int) -> tuple[tuple[int, int, int], ...]:
    """The slots from `first` on that hold something: (slot, offset, bytes up to the next field or the end)."""
    ends = [*sorted({offset for offset in offsets if offset}), size]
    return tuple(
        (slot, offset, next(end for end in ends if end > offset) - offset)
        for slot, offset in enumerate(offsets)
        if slot >= first and offset
    )
