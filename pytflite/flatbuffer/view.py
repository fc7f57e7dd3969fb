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
from enum import IntEnum
from functools import cache
from itertools import pairwise
from operator import itemgetter
from struct import Struct, unpack_from
from typing import Any, NamedTuple

import numpy as np

from pytflite.errors import FormatError
from pytflite.flatbuffer.layout import Array, Kind, Layout, Scalar, Text, Union, Vector
from pytflite.flatbuffer.table import Table, Unknown, UnknownMember

MAX_NOTES = 100

MAX_SHAPES = 10_000
"""No writer arranges the fields of one schema in so many ways, and each way that is met takes memory."""

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
        identifier: the four characters that mark the file's format, "" for a format without.

    Raises:
        FormatError: the bytes are not such a FlatBuffer; the error names the byte offset and the path of the table.
    """
    if len(data) < 8:
        raise FormatError(f"{len(data)} bytes are too few for a FlatBuffer", offset=0)
    if identifier and (found := bytes(data[4:8])) != identifier.encode():
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
    """How to read a table with a certain vtable. Indices are places in `Table.of`, sources those in `unpack`."""

    size: int
    aligned: frozenset[int]
    unpack: Callable[[memoryview, int], tuple[Any, ...]]
    numbers: list[tuple[int, int]]
    enums: list[tuple[int, int, dict[int, Any]]]
    references: list[tuple[int, int, int, Reader]]
    unions: list[tuple[int, int, int, int, tuple[Layout, ...]]]
    unknown: list[tuple[int, int, int]]


class _View:
    """The state of one reading: the bytes, one reader for each kind, and what has been spent."""

    def __init__(self, data: memoryview) -> None:
        self.data = data
        self.size = len(data)
        self.end = 8
        self.base = np.frombuffer(data, np.uint8).__array_interface__["data"][0]
        self.notes: list[Note] = []
        self._readers: dict[Kind | Layout, Reader] = {}
        self._shapes: dict[tuple[Layout, int, tuple[int, ...]], _Shape] = {}
        self._left = 2 * self.size + 4096

    def note(self, rule: str, message: str, offset: int) -> None:
        if len(self.notes) < MAX_NOTES:
            self.notes.append(Note(rule, message, offset))

    def _visit(self, position: int, end: int) -> None:
        """Account for an object that is read for the first time."""
        if end > self.size:
            raise _Fault(f"needs {end - position} bytes, the file ends at {self.size}", position)
        if end > self.end:
            self.end = end
        self._left -= end - position
        if self._left < 0:
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
                return self._bytes()
            case Vector(element=Scalar() as element):
                return self._scalars(element)
            case Vector():
                return self._objects(kind)
        raise TypeError(kind)

    def table(self, layout: Layout) -> Reader:
        data, size, visit = self.data, self.size, self._visit
        make, defaults = layout.table.of, [(), *layout.defaults]
        shapes: dict[int, _Shape] = {}
        seen: dict[int, Table] = {}

        def read(position: int) -> Table:
            if position in seen:
                return seen[position]
            if position + 4 > size:
                raise _Fault(f"a table outside of the file of {size} bytes", position)
            vtable = position - _INT(data, position)[0]
            if vtable not in shapes:
                shapes[vtable] = self._shape(layout, vtable, position)
            length, aligned, unpack, numbers, enums, references, unions, unknown = shapes[vtable]
            visit(position, position + length)
            if position & 7 not in aligned:
                self.note("alignment", f"a {layout.name} table is not aligned", position)
            raw = unpack(data, position)
            values = defaults[:]
            index = 1
            try:
                for index, source in numbers:
                    values[index] = raw[source]
                for index, source, members in enums:
                    member = members.get(raw[source])
                    values[index] = self._newer(layout, index, raw[source], position) if member is None else member
                for index, source, offset, follow in references:
                    if not raw[source]:
                        raise _Fault("an offset that leads to itself", position + offset)
                    values[index] = follow(position + offset + raw[source])
                for index, source, offset, number, layouts in unions:
                    if raw[number]:
                        values[index] = self._member(layouts, raw[number], position + offset + raw[source])
            except _Fault as fault:
                fault.path.append("." + layout.fields[index - 1].name)
                raise
            if unknown:
                values[0] = self._unknown(layout.name, position, unknown)
            table = seen[position] = make(values)
            return table

        return read

    def _vtable(self, vtable: int, position: int) -> tuple[int, tuple[int, ...]]:
        """The inline size of a table and the offsets of its fields."""
        if not 0 <= vtable <= self.size - 4:
            raise _Fault(f"a vtable at {vtable}, outside of the file of {self.size} bytes", position)
        length, size = unpack_from("<HH", self.data, vtable)
        if length < 4 or length % 2 or size < 4:
            raise _Fault(f"a vtable of {length} bytes for a table of {size}", vtable)
        self._visit(vtable, vtable + length)
        offsets = unpack_from(f"<{length // 2 - 2}H", self.data, vtable + 4)
        if any(0 < offset < 4 or offset >= size for offset in offsets):
            raise _Fault(f"a field outside of its table of {size} bytes", vtable)
        if len({*offsets} - {0}) != len(offsets) - offsets.count(0):
            raise _Fault("two fields in the same place", vtable)
        return size, offsets

    def _shape(self, layout: Layout, vtable: int, position: int) -> _Shape:
        """The shape of tables with the vtable at `vtable`; equal vtables need not be the same one."""
        key = (layout, *self._vtable(vtable, position))
        if key not in self._shapes:
            if len(self._shapes) == MAX_SHAPES:
                raise _Fault(f"more than {MAX_SHAPES} different vtables", vtable)
            self._shapes[key] = self._make_shape(*key, vtable)
        return self._shapes[key]

    def _make_shape(self, layout: Layout, size: int, offsets: tuple[int, ...], vtable: int) -> _Shape:
        cells: list[tuple[int, Scalar, int]] = []  # offset in the table, type, slot
        present = []
        for index, field in enumerate(layout.fields, 1):
            slot, kind = field.slot, field.kind
            if slot >= len(offsets) or not offsets[slot]:
                continue
            if isinstance(kind, Union):
                if not offsets[slot - 1]:
                    continue
                cells.append((offsets[slot - 1], _NUMBER, slot - 1))
            cells.append((offsets[slot], kind if isinstance(kind, Scalar) else _OFFSET, slot))
            present.append((index, slot, kind))
        cells.sort(key=itemgetter(0))
        form, end, aligned = "<4x", 4, {0, 4}
        for offset, scalar, _ in cells:
            if offset < end or offset + scalar.size > size:
                raise _Fault(f"fields of {layout.name} overlap or leave their table of {size} bytes", vtable)
            form += f"{offset - end}x{scalar.code}"
            end = offset + scalar.size
            aligned -= {start for start in aligned if start + offset & scalar.size - 1}
        source = {slot: index for index, (_, _, slot) in enumerate(cells)}

        numbers, enums, references, unions = [], [], [], []
        for index, slot, kind in present:
            at = source[slot]
            if isinstance(kind, Scalar):
                if kind.enum:
                    enums.append((index, at, _numbered(kind.enum)))
                else:
                    numbers.append((index, at))
            elif isinstance(kind, Union):
                unions.append((index, at, offsets[slot], source[slot - 1], kind.members))
            else:
                references.append((index, at, offsets[slot], self.reader(kind)))
        unknown = _beyond(size, offsets, layout.slots)
        unpack = Struct(form).unpack_from
        return _Shape(size, frozenset(aligned), unpack, numbers, enums, references, unions, unknown)

    def _newer(self, layout: Layout, index: int, value: int, position: int) -> int:
        what = f"{layout.name}.{layout.fields[index - 1].name}"
        self.note("unknown-enum", f"{what} is {value}, which this schema does not know", position)
        return value

    def _unknown(self, name: str, position: int, fields: list[tuple[int, int, int]]) -> Unknown:
        found = [(slot, bytes(self.data[position + start : position + start + size])) for slot, start, size in fields]
        slots = ", ".join(str(slot) for slot, _ in found[:9])
        self.note("unknown-field", f"{name} has fields of a newer schema in slots {slots}", position)
        return tuple(found)

    def _member(self, layouts: tuple[Layout, ...], member: int, position: int) -> Any:
        """The value of a union."""
        if member <= len(layouts):
            return self.reader(layouts[member - 1])(position)
        if position + 4 > self.size:
            raise _Fault(f"a table outside of the file of {self.size} bytes", position)
        size, offsets = self._vtable(position - _INT(self.data, position)[0], position)
        self._visit(position, position + size)
        self.note("unknown-member", f"member {member} of a union is newer than this schema", position)
        return UnknownMember(member, unknown=self._unknown("the member", position, _beyond(size, offsets, 0)))

    def _vector(self, position: int, size: int, extra: int = 0) -> tuple[int, int]:
        """Where the elements of the vector at `position` start, and how many of `size` bytes there are."""
        start = position + 4
        if start > self.size:
            raise _Fault(f"a vector outside of the file of {self.size} bytes", position)
        count: int = _UINT(self.data, position)[0]
        end = start + count * size + extra
        if end > self.end:
            if end > self.size:
                raise _Fault(f"a vector of {count} elements of {size} bytes, the file ends at {self.size}", position)
            self.end = end
        if position & 3 or start & size - 1:
            self.note("alignment", "a vector is not aligned", position)
        self._left -= end - position
        if self._left < 0:
            raise _Fault("objects overlap: together they are larger than the file", position)
        return start, count

    def _text(self) -> Reader:
        data = self.data
        seen: dict[int, str] = {}

        def read(position: int) -> str:
            if position in seen:
                return seen[position]
            start, count = self._vector(position, 1, 1)
            raw = data[start : start + count]
            if data[start + count]:
                raise _Fault("a string that does not end in a zero byte", position)
            try:
                text = str(raw, "utf-8")
            except UnicodeDecodeError:
                text = str(raw, "utf-8", "surrogateescape")
                self.note("utf-8", f"{text!r} is not UTF-8", position)
            seen[position] = text
            return text

        return read

    def _bytes(self) -> Reader:
        seen: dict[int, bytes] = {}

        def read(position: int) -> bytes:
            if position not in seen:
                start, count = self._vector(position, 1)
                seen[position] = bytes(self.data[start : start + count])
            return seen[position]

        return read

    def _scalars(self, element: Scalar) -> Reader:
        data, size, code = self.data, element.size, element.code
        members = _numbered(element.enum) if element.enum else None
        seen: dict[int, tuple[Any, ...]] = {}

        def read(position: int) -> tuple[Any, ...]:
            if position in seen:
                return seen[position]
            start, count = self._vector(position, size)
            values = unpack_from(f"<{count}{code}", data, start)
            if members:
                if newer := {*values} - {*members}:
                    self.note("unknown-enum", f"values {newer} of an enum, which this schema does not know", position)
                values = tuple([members.get(value, value) for value in values])
            seen[position] = values
            return values

        return read

    def _array(self, kind: Array) -> Reader:
        data, size, dtype = self.data, kind.element.size, kind.dtype
        seen: dict[int, np.ndarray[Any, Any]] = {}

        def read(position: int) -> np.ndarray[Any, Any]:
            if position in seen:
                return seen[position]
            start, count = self._vector(position, size)
            array = np.ndarray((count,), dtype, data, start) if count else kind.nothing
            if self.base + start & size - 1:
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
            if position in seen:
                return seen[position]
            start, count = self._vector(position, 4)
            result: list[Any] = []
            at = position
            try:
                for offset in unpack_from(f"<{count}I", data, start):
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


@cache
def _numbered(enum: type[IntEnum]) -> dict[int, Any]:
    """The members of an enum by their numbers."""
    return {member.value: member for member in enum}


def _beyond(size: int, offsets: tuple[int, ...], first: int) -> list[tuple[int, int, int]]:
    """The slots from `first` on that hold something: (slot, offset, bytes up to the next field or the end)."""
    if len(offsets) <= first:
        return []
    ends = dict(pairwise([*sorted({*offsets} - {0}), size]))
    return [(slot, at, ends[at] - at) for slot, at in enumerate(offsets) if slot >= first and at]
