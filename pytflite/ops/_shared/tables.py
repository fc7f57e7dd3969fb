"""The hash tables that HASHTABLE and its companions work on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pytflite.errors import InvokeError
from pytflite.ops._api import Machine, Node
from pytflite.schema.enums import TensorType

TABLES = "tables"
LETTERS = {TensorType.INT64: "i64", TensorType.STRING: "str"}
"""Types of keys and values: one of each."""


@dataclass
class Table:
    """Entries by key; None before they are imported.

    Attributes:
        key: letter of the keys' dtype.
        value: letter of the values' dtype.
        entries: what is in it; it lasts from one invoke to the next.
    """

    key: str
    value: str
    entries: dict[Any, Any] | None = None


def require_handle(node: Node) -> None:
    """Refuse a resource that is not one number in a vector."""
    handle = node["resource_id"]
    node.require(handle.shape == (1,), f"{handle} must be a vector of one element.")


def table(machine: Machine, number: int, types: tuple[str, str] | None = None) -> Table:
    """The table of a number.

    Raises:
        InvokeError: there is none, or it holds other types.
    """
    found: Table | None = machine.resources.get(TABLES, {}).get(number)
    if found is None:
        raise InvokeError(f"There is no hash table {number}.")
    if types is not None and types != (found.key, found.value):
        raise InvokeError(f"Hash table {number} holds {found.value} by {found.key}, not {types[1]} by {types[0]}.")
    return found
