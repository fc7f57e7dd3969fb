"""What kernels ask of a bias."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pytflite.ops._api import Node


def check_bias_scale(node: Node) -> None:
    """Refuse a bias whose scale is not that of the products (``GetQuantizedConvolutionMultipler``, kernel_util.cc)."""
    bias = node.get("bias")
    if bias is not None:
        product = float(node["input"].scale) * float(node["filter"].scale)
        stored = float(bias.scale) if bias.is_quantized else 0.0
        node.require(
            abs(product - stored) / float(node["output"].scale) <= 0.02,
            f"The scale of {bias} is {stored:g}; it must be that of input times filter, {product:g}.",
        )
