from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytflite.build import ModelBuilder
from pytflite.model.types import Quantization
from pytflite.ops.embedding_lookup import OP
from pytflite.schema.enums import BuiltinOperator
from pytflite.schema.tables import BlockwiseQuantization
from tests.ops.convolutions import refuses
from tests.ops.harness import Case, agree, agrees_with_golden, case
from tests.ops.operands import Operand, Result, byte_of, elements, fails, integers, kinds, one_op, shapes
from tests.ops.quantized import RANGES, codes, tie_prone_scale

KINDS = [tuple(kind) for kind in dict.fromkeys(kinds(OP))]
BLOCKWISE = [("i4", "f32"), ("i4", "f16"), ("i2", "f32"), ("i2", "f16")]


def embedding_lookup(
    kind: tuple[str, ...],
    seed: int,
    *,
    shape: tuple[int, ...] = (5, 8),
    wanted: tuple[int, ...] = (4,),
    scales: int | None = None,
    zero_point: int = 0,
    quantized_dimension: int = 0,
    fed: bool = False,
    beyond: int = 0,
) -> Case:
    """An EMBEDDING_LOOKUP in a random table, which is quantized if the output is not of its type."""
    rng = np.random.default_rng(seed)
    _, letter, output = kind
    quantization: dict[str, Any] = {}
    if letter != output:
        scale = tie_prone_scale(rng, 1e-4, 0.5, scales) if rng.random() < 0.9 else np.full(scales or 1, 1e-41, "f4")
        quantization = {"scale": scale, "zero_point": zero_point, "quantized_dimension": quantized_dimension}
    value = codes(rng, letter, shape) if letter in RANGES else elements(rng, letter, shape)
    lookup = rng.integers(0, shape[0], wanted) + beyond
    operands = [integers(lookup, fed=True), Operand(value, letter, fed, quantization)]
    return one_op(BuiltinOperator.EMBEDDING_LOOKUP, operands, [Result(output)])


@st.composite
def embedding_lookups(draw: st.DrawFn) -> Case:
    kind = draw(st.sampled_from(KINDS))
    shape = draw(shapes(2, 4, empty=False))
    if kind[1] == kind[2]:
        shape = (*shape, *byte_of(kind[1]))
    return embedding_lookup(
        kind,
        draw(st.integers(0, 2**32)),
        shape=shape,
        wanted=draw(st.sampled_from([(0,), (1,), (7,)])),
        scales=draw(st.sampled_from([None, shape[0]])),
        fed=draw(st.booleans()) and kind[1] != "i4",
    )


def blockwise(
    letter: str,
    output: str,
    seed: int,
    *,
    shape: tuple[int, ...] = (5, 12),
    block: int = 4,
    scales: str | None = "f16",
    count: int | None = None,
) -> Case:
    """An EMBEDDING_LOOKUP in a table with a scale for each block; ``scales`` None stands for no such tensor."""
    rng = np.random.default_rng(seed)
    b = ModelBuilder()
    g = b.subgraph("main")
    lookup = rng.integers(0, shape[0], 7).astype(np.int32)
    x = g.input("lookup", lookup.shape, "i32")
    size = shape[0] * shape[1] // block if count is None else count
    index = -1 if scales is None else g.constant("scales", rng.random(size), scales).index
    details = BlockwiseQuantization(index, -1, block)
    quantization = Quantization(np.empty(0, np.float32), np.empty(0, np.int64), details=details)
    table = g.constant("value", codes(rng, letter, shape), letter, quantization=quantization)
    g.operator(BuiltinOperator.EMBEDDING_LOOKUP, [x, table], [g.output("out", (), output)])
    return case(b.build(), lookup)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_agrees(kind: tuple[str, ...]) -> None:
    agree(embedding_lookup(kind, 0))


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind[1] != kind[2]])
@pytest.mark.parametrize("columns", range(1, 9))
def test_agrees_on_rows_of_any_length(kind: tuple[str, ...], columns: int) -> None:
    agree(embedding_lookup(kind, columns, shape=(7, columns), scales=7, wanted=(20,)))


@settings(max_examples=80, deadline=None)
@given(embedding_lookups())
def test_agrees(subject: Case) -> None:
    agree(subject)


@pytest.mark.parametrize(("letter", "output"), BLOCKWISE)
@pytest.mark.parametrize("block", range(1, 9))
def test_blockwise_agrees(letter: str, output: str, block: int) -> None:
    agree(blockwise(letter, output, block, shape=(6, 3 * block), block=block))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"shape": (2, 3, 4)}, "value .* must have 2 dimensions"),
        ({"block": 5}, "cannot be split into blocks of 5"),
        ({"scales": None}, "must be a constant of 15 float16"),
        ({"scales": "f32"}, "must be a constant of 15 float16"),
        ({"count": 14}, "must be a constant of 15 float16"),
    ],
)
def test_refuses_blocks(change: dict[str, Any], message: str) -> None:
    refuses(blockwise("i4", "f32", 0, **change), message)


def golden_cases() -> dict[str, Case]:
    cases = {"_".join(kind[1:]): embedding_lookup(kind, i) for i, kind in enumerate(KINDS)}
    cases |= {f"blockwise_{letter}_{output}": blockwise(letter, output, 1) for letter, output in BLOCKWISE}
    return cases | {f"{'_'.join(kind[1:])}_rows": embedding_lookup(kind, 3, scales=5) for kind in KINDS[-8:]}


def test_golden() -> None:
    agrees_with_golden("embedding_lookup")


@pytest.mark.parametrize("beyond", [-5, 5])
@pytest.mark.parametrize("kind", [KINDS[0], KINDS[-1]])
def test_refuses_rows_outside(kind: tuple[str, ...], beyond: int) -> None:
    fails(embedding_lookup(kind, 0, beyond=beyond), r"index out of bounds: row numbers must be in \[0, 5\)")


@pytest.mark.parametrize(
    ("kind", "change", "message"),
    [
        (KINDS[0], {"wanted": (2, 2)}, "lookup .* must be a vector"),
        (KINDS[0], {"shape": (5,)}, "value .* must have at least 2 dimensions"),
        (("i32", "i4", "i4"), {"shape": (5, 3)}, "must fill whole bytes"),
        (("i32", "i2", "i2"), {"shape": (5, 6)}, "must fill whole bytes"),
        (("i32", "i8", "f32"), {"zero_point": 3}, "The zero point of value .* must be 0"),
        (("i32", "i8", "f32"), {"scales": 6, "quantized_dimension": 1}, "one scale, or one for each of its 5 rows"),
    ],
)
def test_refuses(kind: tuple[str, ...], change: dict[str, Any], message: str) -> None:
    refuses(embedding_lookup(kind, 0, **change), message)
