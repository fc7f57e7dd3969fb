"""SKIP_GRAM: sequences of words of a text.

input: strings, of which the first is the text. output: (sequences) strings, words joined by a space.

A sequence has ``ngram_size`` words, or with ``include_all_ngrams`` any number up to that; from one word to the next at
most ``max_skip_size`` are left out. Longer sequences come before what they begin with. A text with fewer words than
``ngram_size`` has none. Words end at white space; what is between spaces that follow each other, or before a first one,
is no word.

Source: ``skip_gram.cc``.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import prod
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from pytflite.ops._api import Node, Op
from pytflite.schema.enums import BuiltinOperator
from pytflite.schema.tables import SkipGramOptions

Array = npt.NDArray[Any]

OP = Op(BuiltinOperator.SKIP_GRAM, "input", "output", SkipGramOptions)

SPACE = b" \t\n\v\f\r"
"""What ``isspace`` tells, byte by byte."""


class GramParams(NamedTuple):
    """Which sequences are wanted.

    Attributes:
        size: number of words.
        max_skip: most words between two.
        all_sizes: whether shorter ones are wanted, too.
    """

    size: int
    max_skip: int
    all_sizes: bool


@OP.shapes
def shapes(node: Node) -> list[None]:
    """Only the text decides."""
    node.require(prod(node["input"].shape) > 0, f"{node['input']} must have a string.")
    return [None]


def params(node: Node) -> GramParams:
    """Which sequences are wanted."""
    return GramParams(node.options.ngram_size, node.options.max_skip_size, node.options.include_all_ngrams)


@OP.rule("words", "str -> str", params=params)
def define(input: Array, p: GramParams) -> Array:
    """Split, then join."""
    text = words(input.reshape(-1)[0])
    if 0 < p.size <= len(text):
        found = [
            b" ".join(text[i] for i in gram) for first in range(len(text)) for gram in grams((first,), len(text), p)
        ]
    else:
        found = []
    output = np.empty(len(found), object)
    output[:] = found
    return output


def words(text: bytes) -> list[bytes]:
    """The words of a text, with a space in front where the text begins with one and goes on after it."""
    found, start = [], 0
    for i in range(1, len(text)):
        if text[i] in SPACE:
            if i > start and text[start] not in SPACE:
                found.append(text[start:i])
            start = i + 1
    return [*found, text[start:]] if start < len(text) else found


def grams(gram: tuple[int, ...], count: int, p: GramParams) -> Iterator[tuple[int, ...]]:
    """All wanted sequences of numbers of words that begin with these."""
    if len(gram) < p.size:
        for following in range(gram[-1] + 1, min(gram[-1] + p.max_skip + 2, count)):
            yield from grams((*gram, following), count, p)
    if p.all_sizes or len(gram) == p.size:
        yield gram
