"""BATCH_MATMUL of codes and floats, bit for bit; both matrices may be computed."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

pytest.importorskip("numba", reason="numba is not installed: the definitions run alone")

from pytflite.plan.prepare import prepare
from pytflite.profiles import OPTIMIZED, REFERENCE, XNNPACK, Profile
from tests.engine.engines import agree
from tests.ops.test_batch_matmul import matrix_product, matrix_products

PROFILES = [REFERENCE, OPTIMIZED, XNNPACK]


@settings(max_examples=60, deadline=None)
@given(matrix_products(), st.sampled_from(PROFILES))
def test_agrees(subject: Any, profile: Profile) -> None:
    for inputs in subject.inputs if prepare(subject.model, 0, profile).is_static else ():
        agree(subject.model, inputs, profile=profile)


@pytest.mark.parametrize("profile", PROFILES, ids=lambda profile: profile.name)
@pytest.mark.parametrize("kind", ["int8", "float32"])
@pytest.mark.parametrize("batch", [((), ()), ((2,), (2,)), ((3,), ()), ((2, 1), (1, 3)), ((0,), (1,))])
@pytest.mark.parametrize("constant", [False, True])
def test_bound(profile: Profile, kind: str, batch: Any, constant: bool) -> None:
    for seed, (rows, depth, columns) in enumerate([(1, 1, 1), (5, 33, 18), (40, 7, 50)]):
        adjoint = {"adj_x": seed == 1, "adj_y": seed > 0}
        subject = matrix_product(
            kind, seed, batch=batch, rows=rows, depth=depth, columns=columns, constant=constant, **adjoint
        )
        assert agree(subject.model, subject.inputs[0], profile=profile, threads=1 + seed).bound == {0}


@pytest.mark.parametrize("kind", ["int8", "float32"])
@pytest.mark.parametrize("change", [{"rows": 0}, {"columns": 0}, {"depth": 0}])
def test_nothing_to_multiply(kind: str, change: dict[str, int]) -> None:
    subject = matrix_product(kind, 5, **change)
    agree(subject.model, subject.inputs[0])
