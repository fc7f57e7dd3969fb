"""Live views: NumPy arrays over memory that an interpreter owns, and a count of those that are still around."""

from __future__ import annotations

import weakref
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]


class _Owner:
    """The base of a live view and of every slice of it: alive for as long as any of them is."""

    def __init__(self, array: Array) -> None:
        self._array = array
        self.__array_interface__ = array.__array_interface__


class LiveViews:
    """Hands out views and knows which are alive.

    Attributes:
        alive: not empty if somebody still holds a view.
    """

    def __init__(self) -> None:
        self.alive: set[weakref.ref[_Owner]] = set()

    def view(self, array: Array) -> Array:
        """A writeable view of an array, counted until it and all its slices are gone."""
        owner = _Owner(array)
        self.alive.add(weakref.ref(owner, self.alive.discard))
        return np.asarray(owner)
