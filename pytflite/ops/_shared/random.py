"""The generator that a random operator keeps."""

from __future__ import annotations

import secrets
from typing import NamedTuple

from pytflite.arithmetic.philox import Philox
from pytflite.ops._api import Machine, Node, Place
from pytflite.ops._shared.state import kept

GENERATORS = "generators"


class Seeds(NamedTuple):
    """What the options say, in 32 bits with a sign as the kernel takes it, and the place of the generator.

    The stream goes on from one invoke to the next and begins anew when tensors are allocated. Where both seeds are 0
    it begins anywhere, in the real runtime as here.
    """

    seed: int
    seed2: int
    place: Place


def seeds(node: Node) -> Seeds:
    """The seeds of a node."""
    return Seeds(_int32(node.options.seed), _int32(node.options.seed2), node.place)


def _int32(number: int) -> int:
    return (number + 2**31) % 2**32 - 2**31


def generator(machine: Machine, p: Seeds) -> Philox:
    """The stream of a node, wherever it is now."""

    def start() -> Philox:
        return Philox(p.seed, p.seed2) if p.seed or p.seed2 else Philox(secrets.randbits(64), secrets.randbits(64))

    return kept(machine, p.place, start, GENERATORS)
