"""How the tables of a schema lie in a FlatBuffer: the one declaration that the reader and the writer both follow.

A table may only name tables declared before it, so the nesting of a file is bounded by its schema and needs no
depth limit.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import IntEnum
from struct import calcsize
from typing import Any

import numpy as np

from pytflite.flatbuffer.table import Table

_NUMPY = {**dict.fromkeys("bhiq", "i"), **dict.fromkeys("BHIQ", "u"), **dict.fromkeys("fd", "f"), "?": "b"}


class Scalar:
    """A number in the table itself: a `struct` code, and the enum that names its values, if any."""

    __slots__ = ("align", "code", "enum", "size")

    def __init__(self, code: str, enum: type[IntEnum] | None = None) -> None:
        self.code = code
        self.enum = enum
        self.size = self.align = calcsize("<" + code)


class Text:
    """A string: UTF-8 that ends in a zero byte."""

    __slots__ = ()


class Vector:
    """A vector, read as a tuple; of bytes, read as `bytes`.

    Args:
        element: what it holds.
        align: alignment of the first element, in bytes.
        optional: an absent one is None, not empty.
        required: an empty one is written.
    """

    __slots__ = ("align", "element", "optional", "required")

    def __init__(
        self, element: Scalar | Text | Layout, *, align: int = 4, optional: bool = False, required: bool = False
    ) -> None:
        self.element = element
        self.align = max(align, element.size if isinstance(element, Scalar) else 4)
        self.optional = optional
        self.required = required


class Array(Vector):
    """A vector of scalars, read as a NumPy view of the file.

    Attributes:
        dtype: that of the elements.
        nothing: the empty array, what an absent vector is read as.
    """

    __slots__ = ("dtype", "nothing")

    element: Scalar

    def __init__(self, element: Scalar, *, align: int = 4, optional: bool = False, required: bool = False) -> None:
        super().__init__(element, align=align, optional=optional, required=required)
        self.dtype = np.dtype(f"<{_NUMPY[element.code]}{element.size}")
        self.nothing = np.empty(0, self.dtype)
        self.nothing.flags.writeable = False


class Union:
    """A choice of tables. It takes two slots: the member's number (0 for none), then the member."""

    __slots__ = ("members", "numbers")

    def __init__(self, *members: Layout) -> None:
        self.members = members
        self.numbers = {layout.table: number for number, layout in enumerate(members, 1)}


Kind = Scalar | Text | Vector | Union


class Field:
    """One field: the slot of its value in the vtable, its kind, and its value when the file has none."""

    __slots__ = ("default", "kind", "name", "slot")

    def __init__(self, name: str, slot: int, kind: Kind | Layout, default: Any) -> None:
        self.name = name
        self.slot = slot
        self.kind = kind
        self.default = kind.enum(default) if isinstance(kind, Scalar) and kind.enum else default


class Layout:
    """One table.

    Args:
        table: the record that it becomes.
        slots: how many slots the schema knows.
        fields: those of the record, in its order.
        deprecated: slots that exist but are not read.
    """

    __slots__ = ("defaults", "deprecated", "fields", "name", "slots", "table")

    def __init__(
        self, table: type[Table], slots: int, fields: Iterable[Field] = (), deprecated: Iterable[int] = ()
    ) -> None:
        self.table = table
        self.name = table.__name__
        self.slots = slots
        self.fields = tuple(fields)
        self.defaults = [field.default for field in self.fields]
        self.deprecated = frozenset(deprecated)


BOOL, BYTE, UBYTE, SHORT, USHORT, INT, UINT, LONG, ULONG, FLOAT, DOUBLE = map(Scalar, "?bBhHiIqQfd")
UBYTES, USHORTS, INTS, LONGS, FLOATS = map(Array, (UBYTE, USHORT, INT, LONG, FLOAT))
TEXT = Text()
