"""Sums of float32 products as the vector code of the x86 builds makes them: in lanes, without fused multiply-add.

Recurrent operators multiply through Eigen or through ``tensor_utils``, under the reference kernels, too. Both keep
several running sums side by side, *lanes*, each of every n-th product, and add them up in the end; columns that fill no
whole group of lanes come last, one by one.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]

LANES = 4
"""Numbers in a vector register."""

PEELED = 8
"""Columns that Eigen's block kernel multiplies in one turn of its loop."""

SMALL = 20
"""Products whose three sizes add up to less go without the block kernel (``EIGEN_GEMM_TO_COEFFBASED_THRESHOLD``)."""

DEEP = 680
"""Columns that the block kernel takes at once; follows from a level 1 cache of 32 KiB, which Eigen asks the CPU for."""


def lanes(left: Array, right: Array, count: int, stop: int) -> list[Array]:
    """Running sums of products of columns up to ``stop``, a multiple of ``count``.

    Args:
        left: (rows, depth) float32.
        right: (columns, depth) float32.
        count: number of lanes.
        stop: first column that is not multiplied.

    Returns:
        ``count`` arrays (rows, columns): the sums of every ``count``-th product.
    """
    total = np.zeros((left.shape[0], right.shape[0], count), np.float32)
    for k in range(0, stop, count):
        total += left[:, np.newaxis, k : k + count] * right[:, k : k + count]
    return list(np.moveaxis(total, -1, 0))


def add_rest(total: Array, left: Array, right: Array, start: int) -> Array:
    """Add the products of the columns from ``start`` on, one by one, to ``total``, (rows, columns)."""
    for k in range(start, left.shape[1]):
        total = total + left[:, k : k + 1] * right[:, k]
    return total


def neon_sums(terms: Array, start: npt.ArrayLike = 0) -> Array:
    """Sums along the last axis (``NeonVectorVectorDotProduct``, ``NeonReductionSumVector``, neon_tensor_utils.cc).

    Args:
        terms: float32.
        start: float32, what the sums are added to.

    Returns:
        float32, without the last axis.
    """
    whole = terms.shape[-1] // LANES * LANES
    registers = np.zeros((*terms.shape[:-1], LANES), np.float32)
    for k in range(0, whole, LANES):
        registers += terms[..., k : k + LANES]
    a, b, c, d = np.moveaxis(registers, -1, 0)
    total: Array = np.asarray(start, np.float32) + (a + b + c + d)
    for k in range(whole, terms.shape[-1]):
        total = total + terms[..., k]
    return total


def neon_products(left: Array, right: Array, start: npt.ArrayLike = 0) -> Array:
    """``start + left @ right.T`` (``NeonMatrixBatchVectorMultiplyAccumulate`` of float, neon_tensor_utils.cc).

    Args:
        left: (rows, depth) float32.
        right: (columns, depth) float32.
        start: float32.

    Returns:
        float32, (rows, columns).
    """
    return neon_sums(left[:, np.newaxis] * right, start)


def sequential_products(left: Array, right: Array) -> Array:
    """``left @ right.T``, products added one by one from 0 (``FullyConnected``, reference/fully_connected.h).

    Args:
        left: (rows, depth) float32.
        right: (columns, depth) float32.

    Returns:
        float32, (rows, columns).
    """
    return add_rest(np.zeros((len(left), len(right)), np.float32), left, right, 0)


def eigen_products(left: Array, right: Array, *, together: bool = True) -> Array:
    """``left @ right.T`` as the optimized FULLY_CONNECTED has it (``GemmImplUsingEigen``, cpu_backend_gemm_eigen.cc).

    Args:
        left: (rows, depth) float32, the vectors of a batch.
        right: (columns, depth) float32, the weights.
        together: whether this is one product; otherwise every row is one of its own.

    Returns:
        float32, (rows, columns).
    """
    rows, columns, depth = len(left) if together else 1, len(right), left.shape[1]
    if rows == 1 and columns == 1:
        return inner_product(left, right)
    if rows == 1 or columns == 1:
        return matrix_vector_products(left, right)
    if depth > 0 and rows + columns + depth < SMALL:
        return small_products(left, right)
    total: Array = np.zeros((rows, columns), np.float32)
    block = block_depth(depth)
    for k in range(0, depth, block):
        total += block_products(left[:, k : k + block], right[:, k : k + block])
    return total


def across(a: Array, b: Array, c: Array, d: Array) -> Array:
    """The sum of a register (``predux<Packet4f>``)."""
    total: Array = (a + c) + (b + d)
    return total


def matrix_vector_products(left: Array, right: Array) -> Array:
    """A matrix times a vector (``general_matrix_vector_product``, GeneralMatrixVector.h)."""
    whole = left.shape[1] // LANES * LANES
    return add_rest(across(*lanes(left, right, LANES, whole)), left, right, whole)


def inner_product(left: Array, right: Array) -> Array:
    """A vector times a vector (``inner_product_impl``, InnerProduct.h): four registers."""
    depth = left.shape[1]
    quads, whole = depth // (4 * LANES) * 4 * LANES, depth // LANES * LANES
    sums = np.array(lanes(left, right, 4 * LANES, quads)).reshape(4, LANES, *left.shape[:1], *right.shape[:1])
    for i, k in enumerate(range(quads, whole, LANES)):
        sums[i] += np.array(lanes(left[:, k : k + LANES], right[:, k : k + LANES], LANES, LANES))
    return add_rest(across(*(sums[0] + (sums[1] + (sums[2] + sums[3])))), left, right, whole)


def small_products(left: Array, right: Array) -> Array:
    """Few products (``redux_impl`` of a ``LinearVectorizedTraversal``, Redux.h): two registers, then one."""
    depth = left.shape[1]
    pairs, whole = depth // (2 * LANES) * 2 * LANES, depth // LANES * LANES
    first, second = np.array(lanes(left, right, 2 * LANES, pairs)).reshape(2, LANES, len(left), len(right))
    total = first + second
    total += np.array(lanes(left[:, pairs:], right[:, pairs:], LANES, whole - pairs))
    return add_rest(across(*total), left, right, whole)


def block_depth(depth: int) -> int:
    """Columns of a block (``evaluateProductBlockingSizesHeuristic``, GeneralBlockPanelKernel.h)."""
    if depth <= DEEP or depth % DEEP == 0:
        return min(max(depth, 1), DEEP)
    return DEEP - PEELED * ((DEEP - 1 - depth % DEEP) // (PEELED * (depth // DEEP + 1)))


def block_products(left: Array, right: Array) -> Array:
    """A matrix times a matrix (``gebp_kernel``, GeneralBlockPanelKernel.h).

    Eight columns at a time, then four: where four rows go with them, in two lanes. The columns that are left over have
    four lanes with four rows. Everything else is summed one by one.
    """
    depth = left.shape[1]
    eights, fours = len(right) // (2 * LANES) * 2 * LANES, len(right) // LANES * LANES
    whole_rows = len(left) // LANES * LANES
    total = np.zeros((len(left), len(right)), np.float32)
    total[:, :eights] = add_rest(total[:, :eights], left, right[:eights], 0)
    total[whole_rows:, eights:] = add_rest(total[whole_rows:, eights:], left[whole_rows:], right[eights:], 0)
    rows = left[:whole_rows]
    even, odd = lanes(rows, right[eights:fours], 2, depth // PEELED * PEELED)
    total[:whole_rows, eights:fours] = add_rest(even + odd, rows, right[eights:fours], depth // PEELED * PEELED)
    a, b, c, d = lanes(rows, right[fours:], LANES, depth // LANES * LANES)
    total[:whole_rows, fours:] = add_rest((a + b) + (c + d), rows, right[fours:], depth // LANES * LANES)
    return total
