"""TRANSPOSE_CONV, bit for bit."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

pytest.importorskip("numba", reason="numba is not installed: the definitions run alone")

from pytflite.plan.prepare import prepare
from pytflite.profiles import OPTIMIZED, REFERENCE, XNNPACK, Profile
from pytflite.schema.enums import Padding
from tests.engine.engines import agree
from tests.ops.test_transpose_conv import transposed, transposes

PROFILES = [REFERENCE, OPTIMIZED, XNNPACK]


@settings(max_examples=50, deadline=None)
@given(transposes(), st.sampled_from(PROFILES))
def test_agrees(subject: Any, profile: Profile) -> None:
    for inputs in subject.inputs if prepare(subject.model, 0, profile).is_static else ():
        agree(subject.model, inputs, profile=profile)


@pytest.mark.parametrize("kind", ["int8", "uint8", "int16x8", "int16x8_int32", "float32"])
@pytest.mark.parametrize(
    ("size", "channels", "outputs", "filter_size", "stride", "padding"),
    [
        ((1, 1), 1, 1, (1, 1), (1, 1), Padding.SAME),
        ((7, 5), 17, 33, (3, 3), (2, 2), Padding.SAME),
        ((6, 9), 8, 16, (4, 4), (2, 2), Padding.VALID),
        ((9, 4), 3, 24, (5, 2), (3, 1), Padding.SAME),
        ((20, 18), 12, 20, (2, 2), (2, 2), Padding.VALID),
    ],
)
def test_bound(
    kind: str, size: Any, channels: int, outputs: int, filter_size: Any, stride: Any, padding: Padding
) -> None:
    bound = []
    for seed in range(3):
        subject = transposed(
            kind, seed, size=size, channels=channels, outputs=outputs, filter_size=filter_size, stride=stride,
            padding=padding, batch=1 + seed % 2, constant_shape=True,
        )  # fmt: skip
        bound += agree(subject.model, subject.inputs[0], threads=1 + seed).bound
    assert bound or size == (1, 1)


def test_phases_without_taps() -> None:
    for kind, bound in (("int8", {0}), ("uint8", {0}), ("int16x8", {0}), ("float32", set())):
        subject = transposed(kind, 3, filter_size=(1, 2), stride=(2, 3), rest=(1, 2), constant_shape=True)
        assert agree(subject.model, subject.inputs[0]).bound == bound


@pytest.mark.parametrize("profile", [OPTIMIZED, XNNPACK], ids=lambda profile: profile.name)
def test_whole_groups_of_16_outputs(profile: Profile) -> None:
    for outputs, bound in ((16, {0}), (5, set())):
        subject = transposed("uint8", 1, size=(3, 5), outputs=outputs, rest=(0, 0), constant_shape=True)
        assert agree(subject.model, subject.inputs[0], profile=profile).bound == bound
