"""What a delegate is: data that says which nodes it takes, and with which arithmetic."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from pytflite.profiles.base import Profile


class Condition(NamedTuple):
    """What a delegate, or a recipe, asks of a node.

    Attributes:
        text: in words, after "it takes a node only if".
        holds: whether a node (`pytflite.ops._api.Node`) is so; a delegate is shown the shapes of the file.
    """

    text: str
    holds: Callable[[Any], bool]


def per_tensor(*roles: str) -> Condition:
    """That tensors have one scale."""

    def holds(node: Any) -> bool:
        return all(node[role].is_quantized and node[role].scales.size == 1 for role in roles)

    return Condition(f"{' and '.join(roles)} {'have' if roles[1:] else 'has'} one scale", holds)


@dataclass(frozen=True, slots=True)
class Takes:
    """Nodes of one operator that a delegate takes.

    Attributes:
        types: dtype rows, as in op files.
        constant: names of inputs that must be constants, where they are present.
        conditions: what else must hold.
    """

    types: tuple[str, ...]
    constant: str = ""
    conditions: tuple[Condition, ...] = ()


@dataclass(frozen=True, slots=True)
class Delegate:
    """What takes some nodes of a graph from the runtime.

    Attributes:
        name: for people.
        takes: operator -> the kinds of nodes that it takes; a node needs to be of one of them.
        arithmetic: how nodes that it takes are computed.
    """

    name: str
    takes: Mapping[str, tuple[Takes, ...]]
    arithmetic: Profile
