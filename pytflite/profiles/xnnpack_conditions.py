"""What the XNNPACK delegate asks of nodes.

Source: ``tflite/delegates/xnnpack/xnnpack_delegate.cc``; each was compared with what the runtime really delegates.
"""

from typing import Any

import numpy as np

from pytflite.profiles.delegate import Condition, per_tensor


def ratio(*inputs: str, low: float, high: float) -> Condition:
    """That the scales of inputs, multiplied, over that of the output, are in [low, high)."""

    def holds(node: Any) -> bool:
        product = np.float32(1)
        for role in inputs:
            product = product * node[role].scale
        return bool(low <= product / node["output"].scale < high)

    return Condition(f"scale of {' times '.join(inputs)} over that of output is in [{low:g}, {high:g})", holds)


def rank(role: str, least: int, most: int) -> Condition:
    """That a tensor has so many dimensions, and elements."""

    def holds(node: Any) -> bool:
        shape = node[role].shape
        return least <= len(shape) <= most and 0 not in shape

    ranks = f"{least}" if least == most else f"{least} to {most}"
    return Condition(f"{role} has {ranks} dimensions, none of them 0 in the file", holds)


def depth_of(multiple: int) -> Condition:
    """That rows of the filter end on a byte."""
    text = f"filter has a multiple of {multiple} of columns"
    return Condition(text, lambda node: node["filter"].shape[-1] % multiple == 0)


def is_moderate(scale: Any) -> bool:
    """Whether a ratio of scales fits a multiplier of 8 fraction bits."""
    return bool(1 / 256 <= scale <= 128)


def slopes(node: Any) -> bool:
    """Whether LEAKY_RELU's two factors fit its multipliers."""
    positive, alpha = node["input"].scale / node["output"].scale, np.float32(node.options.alpha)
    negative = positive * alpha
    normal = np.isfinite(alpha) and abs(alpha) >= np.finfo(np.float32).tiny
    return bool(normal and is_moderate(positive) and -127.99609375 <= negative <= 128 and abs(negative) >= 1 / 256)


def overlaps(node: Any) -> bool:
    """Whether windows of TRANSPOSE_CONV leave no gaps."""
    _, height, width, _ = node["filter"].shape
    options = node.options
    return bool(options.padding.name != "SAME" or (height >= options.stride_h and width >= options.stride_w))


def has_scales_of_columns(node: Any) -> bool:
    """Whether rhs of BATCH_MATMUL has one scale, or one per column."""
    rhs, adj_y = node["rhs"], node.options.adj_y
    columns = len(rhs.shape) - (2 if adj_y else 1)
    return bool(rhs.is_quantized and (rhs.scales.size == 1 or rhs.tensor.quantization.quantized_dimension == columns))


SYMMETRIC_FILTER = Condition("filter has zero point 0", lambda node: not node["filter"].zero_points.any())
PLAIN_FILTER = Condition(
    "filter is neither sparse nor quantized in blocks",
    lambda node: node["filter"].tensor.sparsity is None and node["filter"].is_quantized,
)
FUSED = Condition(
    "fused activation is NONE, RELU, RELU6 or RELU_N1_TO_1",
    lambda node: node.options.fused_activation_function.name in ("NONE", "RELU", "RELU6", "RELU_N1_TO_1"),
)
IMAGES = tuple(rank(role, 4, 4) for role in ("input", "filter", "output"))
MATRIX = rank("filter", 2, 2)
VECTOR_BIAS = rank("bias", 1, 1)
SLOPES = Condition("scales of input times alpha over that of output are in [1/256, 128]", slopes)
NARROWING = Condition(
    "scale of input over that of output is in [1/256, 128]",
    lambda node: is_moderate(node["input"].scale / node["output"].scale),
)
SOME_AXES = Condition(
    "axis is not empty, or the dimension 0 of a scalar",
    lambda node: node["axis"].value.size > 0 and (node["input"].shape or node["axis"].value.any()),
)
UINT8_FILTER = Condition(
    "quantized_dimension of filter is 0", lambda node: node["filter"].tensor.quantization.quantized_dimension == 0
)
SCALE_PER_UNIT = Condition(
    "filter has one scale per unit", lambda node: node["filter"].scales.size == node["filter"].shape[0]
)
OVERLAPPING = Condition("filter is as large as the strides, where the padding is SAME", overlaps)
PLAIN_RHS = Condition(
    "rhs has one scale and zero point 0",
    lambda node: not node["rhs"].zero_points.any() and node["rhs"].scales.size == 1,
)
SCALES_OF_COLUMNS = Condition("the scales of rhs, if several, are those of columns", has_scales_of_columns)
PAIR = (rank("input1", 0, 6), rank("input2", 0, 6))
ELEMENTS = rank("input", 0, 6)
RESIZED = (rank("input", 4, 4), rank("output", 4, 4), per_tensor("input", "output"))
SUMMANDS = (*PAIR, *(ratio(role, low=2.0**-10, high=256) for role in ("input1", "input2")))
FACTORS = (*PAIR, ratio("input1", "input2", low=2.0**-16, high=256))
