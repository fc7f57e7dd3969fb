"""Numbers out of the custom options of a node."""

from __future__ import annotations

from typing import Any

import numpy as np

from pytflite.ops._api import Node


def integer(node: Node, name: str, least: int = -(2**31), most: int = 2**31 - 1, *, default: int | None = None) -> int:
    """An integer (or bool) of a map of options, within bounds.

    Raises:
        PrepareError: there is none of that name and no default, or it is something else.
    """
    value = _value(node, name, default)
    node.require(
        isinstance(value, int) and least <= value <= most,
        f"Custom option '{name}' is {value!r}, an integer from {least} to {most} is accepted.",
    )
    return int(value)


def boolean(node: Node, name: str, *, default: bool | None = None) -> bool:
    """A bool (or integer) of a map of options; raises as `integer`."""
    return bool(integer(node, name, default=default))


def real(node: Node, name: str) -> np.float32:
    """A number of a map of options; raises as `integer`."""
    value = _value(node, name, None)
    node.require(isinstance(value, (int, float)), f"Custom option '{name}' is {value!r}, a number is accepted.")
    return np.float32(value)


def _value(node: Node, name: str, default: Any) -> Any:
    options = node.custom_options
    value = options.get(name) if isinstance(options, dict) else None
    return default if value is None else value
