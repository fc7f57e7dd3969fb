"""Numbers out of the custom options of a node."""

from __future__ import annotations

from pytflite.ops._api import Node


def integer(node: Node, name: str, least: int = -(2**31), most: int = 2**31 - 1) -> int:
    """An integer (or bool) of a map of options, within bounds.

    Raises:
        PrepareError: there is none of that name, or it is something else.
    """
    options = node.custom_options
    value = options.get(name) if isinstance(options, dict) else None
    node.require(
        isinstance(value, int) and least <= value <= most,
        f"Custom option '{name}' is {value!r}, an integer from {least} to {most} is accepted.",
    )
    return int(value or 0)
