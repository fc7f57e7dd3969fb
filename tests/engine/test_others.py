"""What is not a sum of products, bit for bit."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

pytest.importorskip("numba", reason="numba is not installed: the definitions run alone")

from pytflite.plan.prepare import prepare
from pytflite.profiles import OPTIMIZED, REFERENCE, XNNPACK, Profile
from pytflite.profiles.xnnpack import XNNPACK_TF2_21
from pytflite.runtime.engine import elementwise
from pytflite.runtime.engine.arena import Extent, offsets
from pytflite.runtime.engine.elementwise import linear, product_of
from pytflite.schema.enums import BuiltinOperator
from tests.engine.engines import agree
from tests.ops.extremes import search, searches
from tests.ops.operands import elements
from tests.ops.resizes import resize, resizes
from tests.ops.test_add import addition, additions
from tests.ops.test_average_pool_2d import average_pool_2d
from tests.ops.test_max_pool_2d import max_pool_2d
from tests.ops.test_mean import mean
from tests.ops.test_mul import multiplication
from tests.ops.test_quantize import quantization
from tests.ops.test_softmax import softmaxes
from tests.ops.test_sub import subtraction
from tests.ops.test_sum import total

PROFILES = [REFERENCE, OPTIMIZED, XNNPACK, XNNPACK_TF2_21]

profiles = pytest.mark.parametrize("profile", PROFILES, ids=lambda profile: profile.name)


@settings(max_examples=40, deadline=None)
@given(additions(), st.sampled_from(PROFILES))
def test_sums(subject: Any, profile: Profile) -> None:
    for inputs in subject.inputs:
        agree(subject.model, inputs, profile=profile)


@profiles
@pytest.mark.parametrize("letter", ["i8", "u8"])
@pytest.mark.parametrize("make", [addition, subtraction])
@pytest.mark.parametrize("size", [1, 8, 15, 16, 17, 40])
def test_bound_sums(make: Any, letter: str, size: int, profile: Profile) -> None:
    kind = {"i8": "int8", "u8": "uint8"}[letter]
    subject = make(kind, size, ((1, size), (1, size)))
    assert agree(subject.model, subject.inputs[0], profile=profile).bound


@pytest.mark.parametrize("kind", ["int8", "uint8"])
def test_products_of_all_pairs(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    found = []

    def noted(*arguments: Any, **keywords: Any) -> Any:
        found.append(product_of(*arguments, **keywords))
        return found[-1]

    monkeypatch.setattr(elementwise, "product_of", noted)
    codes = np.arange(256).astype(np.uint8).view(kind)
    whole, column, row = np.meshgrid(codes, codes)[0], codes[:, None], codes[None]
    for seed, inputs in enumerate([(whole, whole.T.copy()), (whole, column), (column, whole), (column, row)] * 3):
        subject = multiplication(kind, seed, (inputs[0].shape, inputs[1].shape))
        assert agree(subject.model, inputs).bound
    assert sum(numbers is None for numbers in found) < len(found) / 2


@profiles
@pytest.mark.parametrize("letter", ["i8", "u8"])
@pytest.mark.parametrize("make", [mean, total, average_pool_2d])
def test_means(letter: str, make: Any, profile: Profile) -> None:
    for seed in range(20):
        subject = make(letter, seed)
        agree(subject.model, subject.inputs[0], profile=profile)


@profiles
@pytest.mark.parametrize("letter", ["i8", "u8"])
@pytest.mark.parametrize("keep_dims", [True, False])
def test_means_of_images(letter: str, keep_dims: bool, profile: Profile) -> None:
    bound = 0
    for seed in range(12):
        subject = mean(letter, seed, shape=(2, 5, 3, 15 + seed), axis=(1, 2), keep_dims=keep_dims)
        bound += len(agree(subject.model, subject.inputs[0], profile=profile).bound)
    assert bound > 8


@settings(max_examples=40, deadline=None)
@given(softmaxes(), st.sampled_from(PROFILES))
def test_softmax(subject: Any, profile: Profile) -> None:
    for inputs in subject.inputs:
        agree(subject.model, inputs, profile=profile)


@profiles
@pytest.mark.parametrize("size", [1, 15, 16, 17, 70])
def test_other_codes(profile: Profile, size: int) -> None:
    for letters in itertools.product(("i8", "u8"), repeat=2):
        for seed in range(4):
            subject = quantization(*letters, seed, (1, size))
            assert agree(subject.model, subject.inputs[0], profile=profile).bound


@settings(max_examples=40, deadline=None)
@given(resizes(BuiltinOperator.RESIZE_BILINEAR, ["i8", "u8", "i16", "f32"], both=False), st.sampled_from(PROFILES))
def test_resizing(subject: Any, profile: Profile) -> None:
    plan = prepare(subject.model, 0, profile)
    for inputs in subject.inputs if plan.is_static else ():
        agree(subject.model, inputs, profile=profile)


@profiles
@pytest.mark.parametrize("letter", ["i8", "u8", "i16"])
@pytest.mark.parametrize("channels", [1, 15, 16, 21, 40])
def test_resizing_of_many_channels(channels: int, letter: str, profile: Profile) -> None:
    subject = resize(
        BuiltinOperator.RESIZE_BILINEAR, letter, channels, shape=(2, 3, 4, channels), size=(7, 9),
        half_pixel_centers=True,
    )  # fmt: skip
    assert agree(subject.model, subject.inputs[0], profile=profile, threads=2).bound


@pytest.mark.parametrize("kind", [("i8", "i32", "i64"), ("u8", "i32", "i32")])
@pytest.mark.parametrize("size", [15, 16, 17, 32, 33, 100])
def test_where_the_largest_of_many_is(kind: tuple[str, ...], size: int) -> None:
    """Each place has the only largest, and several have it."""
    rng = np.random.default_rng(size)
    data = elements(rng, kind[0], [2 * size, size])
    largest = np.iinfo(data.dtype).max
    data[:size] = np.minimum(data[:size], largest - 1)
    data[np.arange(size), np.arange(size)] = largest
    data[size:] = np.where(data[size:] > largest - 40, largest, data[size:])
    data[-1] = np.iinfo(data.dtype).min
    subject = search(BuiltinOperator.ARG_MAX, kind, data, axis=1, fed_axis=False)
    assert agree(subject.model, subject.inputs[0]).bound


@pytest.mark.parametrize("letter", ["i8", "u8"])
def test_largest_of_windows(letter: str) -> None:
    for seed in range(20):
        subject = max_pool_2d(letter, seed)
        assert agree(subject.model, subject.inputs[0]).bound


@settings(max_examples=40, deadline=None)
@given(searches(BuiltinOperator.ARG_MAX, [("i8", "i32", "i64"), ("u8", "i32", "i32")]))
def test_where_the_largest_is(subject: Any) -> None:
    if prepare(subject.model, 0, REFERENCE).is_static:
        agree(subject.model, subject.inputs[0])


@settings(max_examples=30, deadline=None)
@given(st.floats(-2, 2), st.floats(-2, 2), st.integers(0, 2**32))
def test_a_linear_function_is_the_table_or_none(slope1: float, slope2: float, seed: int) -> None:
    rng = np.random.default_rng(seed)
    codes = np.arange(-128, 128)
    reals = slope1 * codes[:, None] + slope2 * codes + rng.uniform(-200, 200)
    table = np.clip(np.rint(reals).astype(np.int32), -128, 127)
    factors = linear(table, slope1, slope2)
    if factors is not None:
        a, b, c, d = factors
        assert np.array_equal(np.clip((a * codes[:, None] + b * codes + c) >> d, table.min(), table.max()), table)
        assert max(map(abs, (a * 128, b * 128, c))) < 1 << 31
    table[7, 9] += 50
    assert linear(table, slope1, slope2) is None


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 500), st.integers(0, 9), st.integers(0, 4)), max_size=12))
def test_tensors_that_live_together_do_not_overlap(drawn: list[tuple[int, int, int]]) -> None:
    extents = {index: Extent(size, first, first + length) for index, (size, first, length) in enumerate(drawn)}
    starts, size = offsets(extents)
    for one, extent in extents.items():
        assert 0 <= starts[one] <= size - extent.size
        for other in range(one):
            if extent.meets(extents[other]):
                low, high = sorted((one, other), key=lambda index: starts[index])
                assert starts[low] + extents[low].size <= starts[high]
