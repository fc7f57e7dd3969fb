"""No wheel has this operator: its recording was made with TFLite's own C++; a pool in plain loops is another judge."""

from __future__ import annotations

import struct
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import pytflite
from pytflite.build import ModelBuilder
from pytflite.errors import InvokeError, PrepareError
from tests.ops.harness import Case, agrees_with_golden, case

Array = npt.NDArray[Any]


def model(
    shape: tuple[int, ...],
    *,
    code: str = "MaxUnpooling2D",
    padding: int = 2,
    strides: tuple[int, int] = (2, 2),
    filter: tuple[int, int] = (2, 2),
    indices: tuple[int, ...] | None = None,
    size: int = 40,
) -> pytflite.Model:
    """One operator; strides and filter are (height, width), the file has them the other way round."""
    b = ModelBuilder()
    g = b.subgraph("main")
    inputs = [g.input("input", shape, "f32"), g.input("indices", indices or shape, "i32")]
    options = struct.pack("<10i", padding, *strides[::-1], *filter[::-1], *[0] * 5)[:size]
    g.operator(code, inputs, [g.output("output", (), "f32")], custom_options=options)
    return b.build()


def pooled(
    picture: Array, strides: tuple[int, int], filter: tuple[int, int], height: int, width: int
) -> tuple[Array, Array]:
    """The largest of each window, and where in its batch it is; windows end where the picture does."""
    batch, _, _, channels = picture.shape
    largest = np.empty((batch, height, width, channels), np.float32)
    places = np.empty(largest.shape, np.int32)
    for n, y, x, c in np.ndindex(*largest.shape):
        top, left = y * strides[0], x * strides[1]
        window = picture[n, top : top + filter[0], left : left + filter[1], c]
        i, j = np.unravel_index(np.argmax(window), window.shape)
        largest[n, y, x, c] = window[i, j]
        places[n, y, x, c] = ((top + i) * picture.shape[2] + left + j) * channels + c
    return largest, places


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_numbers_go_back_to_where_a_pool_took_them_from(data: st.DataObject) -> None:
    sizes = st.tuples(st.integers(1, 3), st.integers(1, 3))
    strides, filter = data.draw(sizes), data.draw(sizes)
    batch, height, width, channels = data.draw(st.tuples(*[st.integers(1, 3)] * 4))
    same = data.draw(st.booleans())
    if same:
        whole = (batch, height * strides[0], width * strides[1], channels)
    else:
        whole = (batch, (height - 1) * strides[0] + filter[0], (width - 1) * strides[1] + filter[1], channels)
    rng = np.random.default_rng(data.draw(st.integers(0, 2**32)))
    picture = rng.standard_normal(whole).astype(np.float32)
    largest, places = pooled(picture, strides, filter, height, width)
    loaded = pytflite.load(model(largest.shape, padding=1 if same else 2, strides=strides, filter=filter))
    output = loaded.run({"input": largest, "indices": places})["output"]
    assert output.shape == whole
    taken = np.zeros((batch, output[0].size), bool)
    for n in range(batch):
        taken[n, places[n].ravel()] = True
    np.testing.assert_array_equal(output, np.where(taken.reshape(whole), picture, 0))


def unpooling(seed: int, shape: tuple[int, ...], **options: Any) -> Case:
    """Random numbers, put back to random places, of which some are the same."""
    rng = np.random.default_rng(seed)
    numbers = rng.standard_normal(shape).astype(np.float32)
    return case(model(shape, **options), numbers, rng.integers(0, numbers[:1].size, shape, np.int32))


def recorded_cases() -> dict[str, Case]:
    return {
        "valid": unpooling(0, (2, 3, 4, 5)),
        "same": unpooling(1, (1, 4, 3, 2), padding=1, strides=(2, 3), filter=(5, 5)),
        "valid_gaps": unpooling(2, (3, 2, 2, 1), strides=(3, 4), filter=(1, 2)),
        "overlapping": unpooling(3, (1, 5, 5, 3), strides=(1, 1), filter=(3, 2)),
        "one": unpooling(4, (1, 1, 1, 1), filter=(1, 1)),
    }


def test_recording() -> None:
    agrees_with_golden("custom/max_unpooling_2d")


@pytest.mark.parametrize("code", ["MaxUnpooling2D", "LiteRtMaxUnpooling2D"])
def test_both_names_are_known_and_the_last_number_counts(code: str) -> None:
    numbers = np.array([1, 2], np.float32).reshape(1, 1, 2, 1)
    outputs = pytflite.load(model(numbers.shape, code=code)).run(
        {"input": numbers, "indices": np.full(numbers.shape, 5, np.int32)}
    )
    assert outputs["output"].tolist() == [[[[0], [0], [0], [0]], [[0], [2], [0], [0]]]]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"padding": 0}, r"Padding is 0, 1 \(same\) and 2 \(valid\) are accepted"),
        ({"strides": (0, 2)}, r"Strides and filter are \(2, 0, 2, 2\)"),
        ({"size": 16}, "The custom options have 16 bytes"),
        ({"indices": (1, 1, 1, 1)}, "must be of the shape of input"),
    ],
)
def test_refuses(change: dict[str, Any], message: str) -> None:
    shape = (1, 1, 2, 1)
    fed = {"input": np.zeros(shape, np.float32), "indices": np.zeros(change.get("indices", shape), np.int32)}
    with pytest.raises(PrepareError, match=rf"{message}[\s\S]*\(MaxUnpooling2D\) failed to prepare"):
        pytflite.load(model(shape, **change)).run(fed)


@pytest.mark.parametrize("index", [-1, 8])
def test_refuses_indices_outside(index: int) -> None:
    shape = (1, 1, 2, 1)
    fed = {"input": np.zeros(shape, np.float32), "indices": np.full(shape, index, np.int32)}
    with pytest.raises(InvokeError, match=r"Indices must be from 0 to 7[\s\S]*\(MaxUnpooling2D\) failed to invoke"):
        pytflite.load(model(shape)).run(fed)
