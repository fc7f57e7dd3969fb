"""A small schema with every kind of field, and how hypothesis fills it."""

from __future__ import annotations

import struct
from enum import IntEnum
from typing import Any

import numpy as np
from hypothesis import strategies as st

from pytflite.flatbuffer import Layout, Table
from pytflite.flatbuffer.layout import DOUBLE, INT, LONG, TEXT, UBYTE, USHORT, Array, Field, Scalar, Union, Vector

CODES = "?bBhHiIqQfd"


class Colour(IntEnum):
    RED = 0
    GREEN = 1
    BLUE = 2


class Leaf(Table):
    __slots__ = __match_args__ = (*(f"number_{index}" for index in range(len(CODES))), "colour")

    def __init__(self, *values: Any, unknown: Any = ()) -> None:
        self._set(unknown, *values)


class Other(Table):
    __slots__ = __match_args__ = ("name",)

    def __init__(self, name: str = "", *, unknown: Any = ()) -> None:
        self._set(unknown, name)


class Node(Table):
    __slots__ = __match_args__ = (
        "size", "name", "content", "shape", "maybe", "always", "words", "doubles", "shorts", "colours", "leaf",
        "leaves", "choice",
    )  # fmt: skip

    def __init__(self, *values: Any, unknown: Any = ()) -> None:
        self._set(unknown, *values)


class Small(Table):
    """A `Node` of an older schema, which knows its first three fields."""

    __slots__ = __match_args__ = ("size", "name", "content")

    def __init__(self, *values: Any, unknown: Any = ()) -> None:
        self._set(unknown, *values)


ENUM = Scalar("b", Colour)
DEFAULTS = [True, -1, 2, -3, 4, 5, 6, -7, 8, 0.5, -1.5]
LEAF = Layout(
    Leaf,
    13,
    [
        *(Field(f"number_{i}", i, Scalar(code), DEFAULTS[i]) for i, code in enumerate(CODES)),
        Field("colour", 12, ENUM, Colour.GREEN),
    ],
    deprecated=[11],
)
OTHER = Layout(Other, 1, [Field("name", 0, TEXT, "")])
SHORTS = Array(USHORT, align=16)
DOUBLES = Array(DOUBLE)
FIRST = [
    Field("size", 0, LONG, 0),
    Field("name", 1, TEXT, ""),
    Field("content", 2, Vector(UBYTE, align=16), b""),
]
NODE = Layout(
    Node,
    14,
    [
        *FIRST,
        Field("shape", 3, Vector(INT), ()),
        Field("maybe", 4, Vector(INT, optional=True), None),
        Field("always", 5, Vector(LONG, required=True), ()),
        Field("words", 6, Vector(TEXT), ()),
        Field("doubles", 7, DOUBLES, DOUBLES.nothing),
        Field("shorts", 8, SHORTS, SHORTS.nothing),
        Field("colours", 9, Vector(ENUM), ()),
        Field("leaf", 10, LEAF, None),
        Field("leaves", 11, Vector(LEAF), ()),
        Field("choice", 13, Union(LEAF, OTHER), None),
    ],
)
SMALL = Layout(Small, 3, FIRST)

_RANGES = {"b": 8, "h": 16, "i": 32, "q": 64}


def number(code: str) -> st.SearchStrategy[Any]:
    """Values of a scalar."""
    if code == "?":
        return st.booleans()
    if code in "fd":
        return st.floats(width=32 if code == "f" else 64)
    bits = _RANGES[code.lower()]
    return st.integers(-(1 << bits - 1), (1 << bits - 1) - 1) if code.islower() else st.integers(0, (1 << bits) - 1)


def array(kind: Array) -> st.SearchStrategy[Any]:
    """Values of an array."""
    return st.lists(number(kind.element.code), max_size=5).map(lambda values: np.array(values, kind.dtype))


colours = st.sampled_from(Colour)
texts = st.text(st.characters(codec="utf-8"), max_size=9)
leaves = st.builds(Leaf, *(number(code) for code in CODES), colours)
others = st.builds(Other, texts)
nodes = st.builds(
    Node,
    number("q"),
    texts,
    st.binary(max_size=9),
    st.lists(number("i"), max_size=4).map(tuple),
    st.none() | st.lists(number("i"), max_size=4).map(tuple),
    st.lists(number("q"), max_size=4).map(tuple),
    st.lists(texts, max_size=3).map(tuple),
    array(DOUBLES),
    array(SHORTS),
    st.lists(colours, max_size=3).map(tuple),
    st.none() | leaves,
    st.lists(leaves, max_size=3).map(tuple),
    st.none() | leaves | others,
)


def u32(*values: int) -> bytes:
    """Words as a file holds them."""
    return struct.pack(f"<{len(values)}I", *values)
