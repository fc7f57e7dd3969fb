"""Weights that are not stored row by row, or not quantized by the row: sparse, shuffled, in blocks."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from pytflite.ops._api import Node
from pytflite.schema.enums import DimensionType, FullyConnectedOptionsWeightsFormat
from pytflite.schema.tables import BlockwiseQuantization

Array = npt.NDArray[Any]

BLOCK = 16
"""Columns in a block of sparse or shuffled weights."""

UNITS = 4
"""Rows in a block of shuffled weights."""

LEDGER_LIMIT = 255
"""Most blocks of a row, and the highest of them, that the hybrid kernel can note down in a byte."""


def is_sparse(node: Node) -> bool:
    """Whether the filter is sparse; its value is dense here all the same."""
    return node["filter"].tensor.sparsity is not None


def require_dense(node: Node) -> None:
    """Refuse a sparse filter, of which the real kernels read beyond the end."""
    node.require(not is_sparse(node), f"{node['filter']} must not be sparse.")


def require_sparse_blocks(node: Node, most: int | None = None) -> None:
    """Refuse a sparse filter that is not made of rows of blocks of 16 columns, or of which a row has too many."""
    filter = node["filter"]
    sparsity = filter.tensor.sparsity
    assert sparsity is not None
    levels = sparsity.dim_metadata
    node.require(
        tuple(sparsity.traversal_order) == (0, 1, 2)
        and tuple(sparsity.block_map) == (1,)
        and [level.format for level in levels[:2]] == [DimensionType.DENSE, DimensionType.SPARSE_CSR]
        and levels[2].dense_size == BLOCK
        and 0 not in filter.shape,
        f"The sparse {filter} must consist of rows of blocks of {BLOCK} columns.",
    )
    node.require(
        most is None or filter.shape[1] <= most * BLOCK,
        f"The sparse {filter} has too many columns. Accepted: up to {(most or 0) * BLOCK}.",
    )


def is_shuffled(node: Node) -> bool:
    """Whether the filter is stored in blocks of 4 rows and 16 columns."""
    return bool(node.options.weights_format == FullyConnectedOptionsWeightsFormat.SHUFFLED4x16INT8)


def unshuffled(filter: Array) -> Array:
    """int8 weights row by row, of uint8 blocks whose sign bits are flipped already."""
    units, depth = filter.shape
    blocks = filter.view(np.int8).reshape(units // UNITS, depth // BLOCK, UNITS, BLOCK)
    return blocks.swapaxes(1, 2).reshape(units, depth)


def block_details(node: Node, role: str) -> BlockwiseQuantization | None:
    """The table of a tensor's block-wise quantization, None when it is quantized in another way."""
    quantization = node[role].tensor.quantization
    details = None if quantization is None else quantization.details
    return details if isinstance(details, BlockwiseQuantization) else None


def block_scales(node: Node, role: str) -> Array:
    """float32 scales (rows, blocks) of a matrix that is quantized in blocks of each row.

    Raises:
        PrepareError: rows cannot be split into such blocks, or the scales are no constant float16.
    """
    tensor, details = node[role], block_details(node, role)
    assert details is not None
    scales, block = node.tensor(details.scales, "scales"), details.block_size
    node.require(len(tensor.shape) == 2, f"{tensor} must have 2 dimensions.")
    rows, columns = tensor.shape
    node.require(block > 0 and columns % block == 0, f"The rows of {tensor} cannot be split into blocks of {block}.")
    count = rows * columns // block
    if scales is None or scales.letter != "f16" or scales.value is None or scales.value.size != count:
        raise node.error(f"The scales of {tensor} must be a constant of {count} float16.")
    return scales.value.astype(np.float32).reshape(rows, columns // block)
