"""What a node keeps from one invoke to the next, where it is no variable tensor of the model."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar
from weakref import WeakKeyDictionary

from pytflite.ops._api import Machine, Place

T = TypeVar("T")

STATES = "states"
"""Where `Machine.resources` has the states that a reset of the variables forgets."""


def kept(machine: Machine, place: Place, start: Callable[[], T], shelf: str = STATES) -> T:
    """The state at a place, at first what ``start`` makes.

    Args:
        machine: whose state it is.
        place: of the node.
        start: makes the state that there is before the first invoke.
        shelf: what kind of state it is.
    """
    states: WeakKeyDictionary[Place, T] = machine.resources.setdefault(shelf, WeakKeyDictionary())
    if place not in states:
        states[place] = start()
    return states[place]
