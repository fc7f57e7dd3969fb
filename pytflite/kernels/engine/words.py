"""Numbers that kernels and those who make their blocks agree on; needs no numba."""

from __future__ import annotations

AXES = 5
"""Over how many axes a call of ``move`` walks, besides the bytes that lie side by side."""

WALK = 4
"""Over how many axes kernels with several operands walk, the innermost being a row. Words of a walk: the sizes of the
axes, then for each operand its steps along them in bytes; along the innermost it stands still or has no gaps."""

ADD, SUB, MUL, DIV, MAXIMUM, MINIMUM, SQUARED_DIFFERENCE, PRELU = range(8)
"""Operations of two numbers."""

EQUAL, NOT_EQUAL, LESS, LESS_EQUAL = range(4)
"""Comparisons of two numbers."""

TRUNCATED, FLOORED, REST = range(3)
"""Divisions of integers: toward zero, down, and what is left of the latter."""

COPY, ABS, NEG, SQUARE, SQRT, RSQRT, FLOOR, CEIL, ROUND, SIGN, HARD_SWISH, LEAKY_RELU = range(12)
"""Operations of one number."""

SUM, MEAN, LARGEST, SMALLEST, PRODUCT = range(5)
"""Operations of many numbers."""

DIVIDED, DIVIDED_IN_FLOAT64, RECIPROCAL, SATURATED = range(4)
"""How floats become codes: divided by the scale, in float32 or float64, ties away from zero; times its reciprocal, ties
to even, as they are or no larger than some number."""

ENTRY = 4
"""Words of a call in a program: see `driver`."""

TICKET, DONE, PROGRAM, COUNT, SCRATCH = 0, 8, 16, 17, 18
"""Words that threads share, see `driver`: what is written by all has a cache line of its own. Last, the scratch memory
of each thread."""

MOST_THREADS = 32
"""A ticket has as many bits for parts."""

NEON, VECTOR, ROWS_OF_VECTOR, BLOCK = range(4)
"""Orders of `float_lanes`. NEON: lanes one after the other, to what sums start with, then what is left over. Eigen's
sums start with 0: of a matrix and a vector, where the even of four lanes are added first, and the odd ones; the same
for several rows; and of blocks, where the first two are. For several rows what sums are added to comes after infinity
has become the largest float."""

LANE_VECTORS = {1: 4, 2: 4, 4: 2}
"""Vectors of a tile of `float_lanes`, by lanes."""

ACTIVATIONS = "NONE", "RELU", "RELU_N1_TO_1", "RELU6", "TANH", "SIGN_BIT"
"""Fused activation functions as kernels of recurrent operators number them."""

ADDRESSES = 64
"""Where in the scratch memory of a convolution the addresses of rows begin: see `convolution`."""
