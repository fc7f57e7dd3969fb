"""FlexBuffers: what the flatbuffers package writes is read; bombs and damage are refused."""

from __future__ import annotations

import contextlib
import time
from typing import Any

import pytest
from flatbuffers import flexbuffers
from hypothesis import given, settings
from hypothesis import strategies as st

from pytflite.errors import FormatError
from pytflite.flatbuffer.flex import read_flex

LEAVES = (
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False, width=32)
    | st.text()
    | st.binary(max_size=20)
)
KEYS = st.text(st.characters(min_codepoint=1, max_codepoint=126), max_size=8)
VALUES = st.recursive(LEAVES, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4))


@settings(max_examples=60, deadline=None)
@given(VALUES)
def test_reads_what_is_written(value: Any) -> None:
    assert read_flex(bytes(flexbuffers.Dumps(value))) == value


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=60) | VALUES.map(lambda value: bytes(flexbuffers.Dumps(value))), st.randoms())
def test_damage_is_refused_or_read(data: bytes, random: Any) -> None:
    damaged = bytearray(data)
    for _ in range(3):
        if damaged:
            damaged[random.randrange(len(damaged))] = random.randrange(256)
    with contextlib.suppress(FormatError):
        read_flex(bytes(damaged))


def bomb(levels: int) -> bytes:
    """Vectors that hold the next level a hundred times, in some hundred bytes for each level."""
    b = flexbuffers.Builder()

    def level(left: int) -> None:
        with b.Vector():
            if left:
                level(left - 1)
                value = b.LastValue
                for _ in range(99):
                    b.ReuseValue(value)
            else:
                b.Int(1)

    level(levels)
    return bytes(b.Finish())


def test_refuses_bombs_at_once() -> None:
    data, begin = bomb(8), time.perf_counter()
    assert len(data) < 5000
    with pytest.raises(FormatError, match="again and again"):
        read_flex(data)
    assert time.perf_counter() - begin < 30


def test_refuses_deep_nesting() -> None:
    value: Any = 1
    for _ in range(100):
        value = [value]
    with pytest.raises(FormatError, match="nests deeper than 64"):
        read_flex(bytes(flexbuffers.Dumps(value)))
