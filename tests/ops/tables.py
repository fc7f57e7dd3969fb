"""Models with a hash table, for the tests of the operators that work on it together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from hypothesis import strategies as st

from pytflite.build import ModelBuilder, SubgraphBuilder, TensorRef
from pytflite.schema.enums import BuiltinOperator, TensorType
from pytflite.schema.tables import (
    HashtableFindOptions,
    HashtableImportOptions,
    HashtableOptions,
    HashtableSizeOptions,
)
from tests.ops.harness import Case
from tests.ops.variables import call_once

Array = npt.NDArray[Any]

RESOLVER = "BUILTIN_WITHOUT_DEFAULT_DELEGATES"
"""BUILTIN_REF does not register these operators."""
TYPES = {"i64": TensorType.INT64, "str": TensorType.STRING}


def strings(*values: bytes) -> Array:
    """A vector of strings."""
    made = np.empty(len(values), object)
    made[:] = values
    return made


WORDS = strings(b"yes", b"no", b"", b"caf\xc3\xa9", b"yes")
NUMBERS = np.array([3, -1, 2**62, 0, 7])


def handle(g: SubgraphBuilder, key: str = "i64", number: int = 5) -> TensorRef:
    """HASHTABLE, of strings by int64 or int64 by strings."""
    ref = g.tensor("handle", (1,), "res")
    value = "str" if key == "i64" else "i64"
    options = HashtableOptions(table_id=number, key_dtype=TYPES[key], value_dtype=TYPES[value])
    g.operator(BuiltinOperator.HASHTABLE, [], [ref], options)
    return ref


def fill(g: SubgraphBuilder, handle: TensorRef, keys: Array, values: Array) -> None:
    """HASHTABLE_IMPORT of constants."""
    refs = [g.constant("entries", array, "str" if array.dtype == object else "i64") for array in (keys, values)]
    g.operator(BuiltinOperator.HASHTABLE_IMPORT, [handle, *refs], [], HashtableImportOptions())


def find(g: SubgraphBuilder, handle: TensorRef, keys: TensorRef, shape: Sequence[int], default: Array) -> TensorRef:
    """HASHTABLE_FIND."""
    letter = "str" if default.dtype == object else "i64"
    ref, otherwise = g.tensor("found", shape, letter), g.constant("default", default, letter)
    g.operator(BuiltinOperator.HASHTABLE_FIND, [handle, keys, otherwise], [ref], HashtableFindOptions())
    return ref


def size(g: SubgraphBuilder, handle: TensorRef) -> TensorRef:
    """HASHTABLE_SIZE."""
    ref = g.tensor("size", (1,), "i64")
    g.operator(BuiltinOperator.HASHTABLE_SIZE, [handle], [ref], HashtableSizeOptions())
    return ref


def looked_up(keys: Array, values: Array, sought: Sequence[Array], *, again: bool = False) -> Case:
    """A table that a subgraph called once fills, asked in each invoke; to fill it again changes nothing."""
    letters = ["str" if array.dtype == object else "i64" for array in (keys, values)]
    b = ModelBuilder()
    g, start = b.subgraph("main"), b.subgraph("start")
    call_once(g, start.index)
    fill(start, handle(start, letters[0]), keys, values)
    known = handle(g, letters[0])
    if again:
        fill(g, known, keys[::-1].copy(), values)
    asked = g.input("keys", sought[0].shape, letters[0])
    default = strings(b"unknown") if letters[1] == "str" else np.array([-99])
    g.mark_output(find(g, known, asked, sought[0].shape, default))
    g.mark_output(size(g, known))
    return Case(b.build(), [[array] for array in sought], RESOLVER)


@st.composite
def lookups(draw: st.DrawFn) -> Case:
    """Tables either way, asked for what is in them and for what is not."""
    words, numbers = st.binary(max_size=4), st.integers(-5, 5)
    count = draw(st.integers(1, 6))
    either = [
        strings(*draw(st.lists(words, min_size=count, max_size=count))),
        np.array(draw(st.lists(numbers, min_size=count, max_size=count))),
    ]
    keys, values = draw(st.permutations(either))
    shape = tuple(draw(st.lists(st.integers(1, 3), min_size=1, max_size=2)))
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    others = strings(b"?", b"!") if keys.dtype == object else np.array([77, 78])
    sought = [rng.choice(np.concatenate([keys, others]), shape) for _ in range(draw(st.integers(1, 3)))]
    return looked_up(keys, values, sought, again=draw(st.booleans()))
