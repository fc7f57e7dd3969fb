"""The smallest input that tells two arithmetics of one operator apart."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from pytflite.errors import PytfliteError
from pytflite.tools.cases import Bench, Case, scale_of, zero_points_of

Array = npt.NDArray[Any]
Index = tuple[int, ...]
Place = tuple[str, Index]

BATCH, VOLUME = 1024, 1 << 19
"""Most inputs that are tried at once, and most elements of these."""


@dataclass(frozen=True, slots=True)
class Apart:
    """An input on which two arithmetics give other numbers.

    Attributes:
        names: of the two.
        shapes: of the inputs that are no constants, by role.
        rest: the code that their elements have, but for those listed; it stands for 0.
        elements: role, index and code of the others.
        at: an output element that comes out differently.
        one: what the first arithmetic makes it.
        other: what the second makes it.
    """

    names: tuple[str, str]
    shapes: dict[str, Index]
    rest: dict[str, int]
    elements: tuple[tuple[str, Index, int], ...]
    at: Index
    one: int
    other: int

    @property
    def words(self) -> str:
        """All of it in a sentence."""
        shapes = " and ".join(f"{role} {list(shape)} full of {self.rest[role]}" for role, shape in self.shapes.items())
        codes = ", ".join(f"{role}{list(at)} = {code}" for role, at, code in self.elements)
        return (
            f"{shapes}, but for {codes}, makes output{list(self.at)} {self.one} under '{self.names[0]}' and "
            f"{self.other} under '{self.names[1]}'"
        )


def tell_apart(one: Case, other: Case, names: tuple[str, str], seed: int = 0) -> Apart | None:
    """Look for an input with few elements that are not 0 on which two cases of one operator differ.

    Args:
        one: the operator with one arithmetic; its inputs say what shapes are possible.
        other: the same with another arithmetic.
        names: of the two.
        seed: of the random choice of inputs.

    Returns:
        None when none was found, or the operator takes no codes of at most 16 bits.
    """
    free = _free_roles(one)
    if not free:
        return None
    pair = _Pair(one, other, names, free)
    rng = np.random.default_rng(seed)
    for count in (1, 2, 4, 16, 256):
        drawn = pair.draw(rng, count)
        try:
            found = pair.difference(drawn)
        except (PytfliteError, ValueError):
            return None
        if found is not None:
            return pair.smallest(pair.narrowed(drawn, found))
    return None


def _free_roles(case: Case) -> dict[str, int]:
    """Inputs that are quantized and no constants, with the code that stands for 0."""
    free: dict[str, int] = {}
    for place, role in enumerate(case.roles):
        array, tensor = case.arrays[place], case.tensor(role)
        if array is None or array.dtype.itemsize > 2 or tensor is None or scale_of(tensor) is None:
            continue
        if not case.is_constant(place) and tensor.quantization is not None:
            free[role] = int(zero_points_of(tensor.quantization)[0])
    return free


@dataclass
class _Pair:
    """Two cases, and which inputs may be chosen."""

    one: Case
    other: Case
    names: tuple[str, str]
    free: dict[str, int]

    def draw(self, rng: np.random.Generator, count: int) -> dict[str, Array]:
        """A batch of inputs with a few elements that are not at rest."""
        shapes = self._shapes()
        batch = max(min(BATCH, VOLUME // max(sum(math.prod(shape[1:]) for shape in shapes.values()), 1)), 1)
        drawn: dict[str, Array] = {}
        for role, shape in shapes.items():
            dtype = self._array(role).dtype
            whole = (batch, *shape[1:]) if self._is_batched else shape
            rows = np.full(whole, self.free[role], dtype).reshape(batch if self._is_batched else 1, -1)
            limits = np.iinfo(dtype)
            places = rng.integers(0, rows.shape[1], (len(rows), count))
            np.put_along_axis(rows, places, rng.integers(limits.min, limits.max + 1, places.shape, dtype), 1)
            drawn[role] = rows.reshape(whole)
        return drawn

    @property
    def _is_batched(self) -> bool:
        """Whether the first dimension of the inputs is a batch of things that have nothing to do with each other."""
        return list(self.free) == ["input"] and self._array("input").ndim >= 2

    def _array(self, role: str) -> Array:
        array = self.one.array(role)
        assert array is not None
        return array

    def _shapes(self) -> dict[str, Index]:
        """Shapes of the inputs; an image as large as the window."""
        shapes = {role: self._array(role).shape for role in self.free}
        window, filter = getattr(self.one.node.params, "window", None), self.one.array("filter")
        if window is not None and filter is not None and filter.ndim == 4 and "input" in shapes:
            batch, height, width, channels = shapes["input"]
            extent_h = (filter.shape[1] - 1) * window.dilation_h + 1
            extent_w = (filter.shape[2] - 1) * window.dilation_w + 1
            shapes["input"] = batch, min(height, extent_h), min(width, extent_w), channels
        return shapes

    def outputs(self, arrays: dict[str, Array]) -> tuple[Array, Array]:
        """What both make of inputs."""
        made: list[Array] = []
        for case in (self.one, self.other):
            for role, array in arrays.items():
                case = case.with_array(role, array)
            made.append(Bench().outputs(case)[0])
        return made[0], made[1]

    def difference(self, arrays: dict[str, Array]) -> Index | None:
        """An output element in which both differ, where there is a choice from the input that is nearest to rest."""
        one, other = self.outputs(arrays)
        places = np.argwhere(one != other)
        if not len(places):
            return None
        if not self._is_batched:
            return tuple(map(int, places[0]))
        ((role, array),) = arrays.items()
        effort = np.abs(array.astype(np.int64) - self.free[role]).reshape(len(array), -1).sum(1)
        return tuple(map(int, places[effort[places[:, 0]].argmin()]))

    def narrowed(self, arrays: dict[str, Array], at: Index) -> dict[str, Array]:
        """The one input of a batch that an output element comes from."""
        return {role: array[at[0] : at[0] + 1] if self._is_batched else array for role, array in arrays.items()}

    def smallest(self, arrays: dict[str, Array]) -> Apart:
        """Put elements at rest and nearer to it as long as both differ."""
        moved = {role: np.argwhere(array != self.free[role]) for role, array in arrays.items()}
        places: list[Place] = [(role, tuple(map(int, at))) for role, several in moved.items() for at in several]
        step = len(places)
        while step:
            for start in range(0, len(places), step):
                fewer = places[:start] + places[start + step :]
                if len(fewer) < len(places) and self.difference(self._kept(arrays, fewer)) is not None:
                    places = fewer
                    break
            else:
                step //= 2
        arrays = self._kept(arrays, places)
        for role, place in places:
            arrays = self._nearer(arrays, role, place)
        at = self.difference(arrays)
        assert at is not None
        one, other = self.outputs(arrays)
        elements = tuple((role, place, int(arrays[role][place])) for role, place in places)
        shapes = {role: array.shape for role, array in arrays.items()}
        return Apart(self.names, shapes, dict(self.free), elements, at, int(one[at]), int(other[at]))

    def _kept(self, arrays: dict[str, Array], places: Sequence[Place]) -> dict[str, Array]:
        kept: dict[str, Array] = {role: np.full_like(array, self.free[role]) for role, array in arrays.items()}
        for role, place in places:
            kept[role][place] = arrays[role][place]
        return kept

    def _nearer(self, arrays: dict[str, Array], role: str, place: Index) -> dict[str, Array]:
        """The same with one element as near to rest as both still differ."""
        rest, code = self.free[role], int(arrays[role][place])
        distances = list(range(1, min(abs(code - rest), BATCH)))
        codes = [rest + distance * (1 if code > rest else -1) for distance in distances]
        if self._is_batched and codes:
            batch = np.repeat(arrays[role], len(codes), 0)
            batch.reshape(len(codes), -1)[:, np.ravel_multi_index(place, arrays[role].shape)] = codes
            nearest = self.difference({role: batch})
            return arrays if nearest is None else {role: batch[nearest[0] : nearest[0] + 1]}
        for nearer in codes[:16]:
            changed = {name: array.copy() for name, array in arrays.items()}
            changed[role][place] = nearer
            if self.difference(changed) is not None:
                return changed
        return arrays
