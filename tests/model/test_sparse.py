"""Sparse constants: trees written down by hand, and the real runtime's DENSIFY as the judge."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytflite.build import ModelBuilder
from pytflite.errors import FormatError
from pytflite.flatbuffer import UnknownMember
from pytflite.model.read import read
from pytflite.model.sparse import densify
from pytflite.model.types import Model
from pytflite.schema.enums import BuiltinOperator, DimensionType
from pytflite.schema.tables import (
    DensifyOptions,
    DimensionMetadata,
    Int32Vector,
    SparsityParameters,
    Uint8Vector,
    Uint16Vector,
)
from tests.files import SHARED, needs_corpus

Array = np.ndarray[Any, Any]
VECTORS = {8: Uint8Vector, 16: Uint16Vector, 32: Int32Vector}


def dense(size: int) -> DimensionMetadata:
    return DimensionMetadata(DimensionType.DENSE, size)


def csr(segments: list[int], indices: list[int], bits: int = 32) -> DimensionMetadata:
    dtype = {8: np.uint8, 16: np.uint16, 32: np.int32}[bits]
    vector = VECTORS[bits]
    return DimensionMetadata(
        DimensionType.SPARSE_CSR,
        0,
        vector(np.array(segments, dtype)),
        vector(np.array(indices, dtype)),
    )


NEWER = DimensionMetadata(DimensionType.SPARSE_CSR, 0, UnknownMember(9), UnknownMember(9))
MATRIX = np.float32([[1, 0, 2, 0], [0, 0, 0, 0], [0, 3, 0, 4]])


@pytest.mark.parametrize("bits", [8, 16, 32])
def test_rows(bits: int) -> None:
    sparsity = SparsityParameters((0, 1), (), (dense(3), csr([0, 2, 2, 4], [0, 2, 1, 3], bits)))
    assert densify(np.float32([1, 2, 3, 4]), (3, 4), sparsity).tolist() == MATRIX.tolist()


def test_columns() -> None:
    sparsity = SparsityParameters((1, 0), (), (dense(4), csr([0, 1, 2, 3, 4], [0, 2, 0, 2])))
    assert densify(np.float32([1, 3, 2, 4]), (3, 4), sparsity).tolist() == MATRIX.tolist()


def test_only_rows_are_sparse() -> None:
    sparsity = SparsityParameters((0, 1), (), (csr([0, 2], [0, 2]), dense(4)))
    stored = np.float32([1, 0, 2, 0, 0, 3, 0, 4])
    assert densify(stored, (3, 4), sparsity).tolist() == MATRIX.tolist()


def test_blocks() -> None:
    """A 4 x 4 matrix of 2 x 2 blocks, two of which are there."""
    sparsity = SparsityParameters((0, 1, 2, 3), (0, 1), (dense(2), csr([0, 1, 2], [1, 0]), dense(2), dense(2)))
    expected = [[0, 0, 1, 2], [0, 0, 3, 4], [5, 6, 0, 0], [7, 8, 0, 0]]
    assert densify(np.arange(1, 9, dtype=np.int8), (4, 4), sparsity).tolist() == expected


def test_elements_past_the_last_leaf_are_ignored() -> None:
    sparsity = SparsityParameters((0,), (), (csr([0, 1], [2]),))
    assert densify(np.int8([7, 8]), (3,), sparsity).tolist() == [0, 0, 7]


@pytest.mark.parametrize(
    ("sparsity", "message"),
    [
        (SparsityParameters((0, 0), (), (dense(3), dense(4))), "traversal order"),
        (SparsityParameters((0,), (), (dense(3),)), "traversal order"),
        (SparsityParameters((0, 1), (), (dense(3),)), "1 levels for 2 dimensions"),
        (SparsityParameters((0, 1, 2), (5,), (dense(3), dense(2), dense(2))), "blocks of"),
        (SparsityParameters((0, 1, 2), (1,), (dense(3), dense(1), dense(3))), "blocks of 3 do not divide dimension 1"),
        (SparsityParameters((0, 1, 2), (1,), (dense(3), dense(1), dense(0))), "blocks of 0 do not divide dimension 1"),
        (SparsityParameters((0, 1), (), (dense(2), dense(4))), "a dense level of 2 for a dimension of 3"),
        (SparsityParameters((0, 1), (), (dense(3), csr([0, 1], [0]))), "do not suit 3 parents"),
        (SparsityParameters((0, 1), (), (dense(3), csr([1, 1, 1, 1], [0]))), "do not suit 3 parents"),
        (SparsityParameters((0, 1), (), (dense(3), csr([0, 2, 1, 1], [0]))), "do not suit 3 parents"),
        (SparsityParameters((0, 1), (), (dense(3), csr([0, 1, 1, 1], [4]))), "leave its dimension of 4"),
        (SparsityParameters((0, 1), (), (dense(3), csr([0, 1, 1, 1], [-1]))), "leave its dimension of 4"),
        (SparsityParameters((0, 1), (), (dense(3), csr([0, 3, 3, 3], [0, 1, 2]))), "3 elements, the buffer holds 2"),
        (
            SparsityParameters((0, 1), (), (dense(3), DimensionMetadata(DimensionType.SPARSE_CSR))),
            "level with None for",
        ),
        (SparsityParameters((0, 1), (), (dense(3), NEWER)), r"with UnknownMember\(member=9\) for segments"),
    ],
)
def test_trees_that_do_not_fit(sparsity: SparsityParameters, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        densify(np.zeros(2, np.float32), (3, 4), sparsity)


def test_a_tree_cannot_ask_for_more_than_the_tensor_has() -> None:
    many = SparsityParameters((0, 1), (), (csr([0, 1000], [0] * 1000), dense(1 << 20)))
    with pytest.raises(ValueError, match="a dense level of 1048576"):
        densify(np.zeros(2, np.int8), (1, 1 << 20), many)


def model(matrix: Array, blocks: tuple[int, int]) -> Model:
    """DENSIFY of a block-sparse constant: rows of blocks dense, columns of blocks compressed."""
    rows, columns = matrix.shape[0] // blocks[0], matrix.shape[1] // blocks[1]
    tiles = matrix.reshape(rows, blocks[0], columns, blocks[1]).swapaxes(1, 2)
    there = tiles.reshape(rows, columns, -1).any(axis=2)
    levels = [
        dense(rows),
        csr([0, *np.cumsum(there.sum(axis=1)).tolist()], np.nonzero(there)[1].tolist()),
        dense(blocks[0]),
        dense(blocks[1]),
    ]
    builder = ModelBuilder()
    graph = builder.subgraph()
    buffer = builder.buffer(np.frombuffer(tiles[there].tobytes(), np.uint8))
    sparsity = SparsityParameters((0, 1, 2, 3), (0, 1), tuple(levels))
    constant = graph.tensor("c", matrix.shape, matrix.dtype, buffer=buffer, sparsity=sparsity)
    output = graph.output("y", matrix.shape, matrix.dtype)
    graph.operator(BuiltinOperator.DENSIFY, [constant], [output], DensifyOptions())
    return builder.build()


@given(st.sampled_from([(1, 1), (1, 4), (2, 2), (4, 1)]), st.sampled_from(["int8", "float32"]), st.integers(0, 2**32))
def test_the_runtime_agrees(blocks: tuple[int, int], dtype: str, seed: int) -> None:
    module = pytest.importorskip("ai_edge_litert.interpreter", reason="ai_edge_litert is not installed")
    random = np.random.default_rng(seed)
    tiles = random.integers(1, 100, (2, 3, *blocks)) * random.integers(0, 2, (2, 3, 1, 1))
    tiles[0, 0] = 1  # The runtime refuses an empty buffer.
    matrix = tiles.swapaxes(1, 2).reshape(2 * blocks[0], 3 * blocks[1]).astype(dtype)
    subject = read(model(matrix, blocks).to_bytes())
    constant = subject.constant(subject.main.tensors[0])
    assert constant is not None
    assert constant.tolist() == matrix.tolist()
    resolver = module.OpResolverType.BUILTIN_REF
    interpreter = module.Interpreter(model_content=subject.to_bytes(), experimental_op_resolver_type=resolver)
    interpreter.allocate_tensors()
    interpreter.invoke()
    assert interpreter.get_tensor(1).tolist() == constant.tolist()


@needs_corpus
def test_the_sparse_tensor_of_others() -> None:
    subject = read(SHARED / "litert/tflite/testdata/sparse_tensor.bin")
    (sparse,) = [tensor for tensor in subject.main.tensors if tensor.sparsity]
    value = subject.constant(sparse)
    assert value is not None
    assert value.shape == sparse.shape
    stored = subject.constant_data(sparse)
    assert stored is not None
    assert sorted(value[value != 0].tolist()) == sorted(x for x in stored.view(value.dtype).tolist() if x)


def test_a_damaged_tree_is_a_format_error() -> None:
    subject = model(np.ones((2, 2), np.float32), (1, 1))
    graph = subject.main
    sparsity = graph.tensors[0].sparsity
    assert sparsity
    object.__setattr__(graph.tensors[0], "sparsity", sparsity.replace(traversal_order=(1, 1, 1, 1)))
    with pytest.raises(FormatError, match=r"tensor 0 'c', f32 of shape \(2, 2\): the sparsity's traversal order"):
        subject.constant(graph.tensors[0])
