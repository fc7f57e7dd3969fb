from __future__ import annotations

import json

import numpy as np
import pytest
from typer.testing import CliRunner

from pytflite.cli.app import app
from pytflite.model.read import read
from pytflite.profiles import PROFILES, REFERENCE, requantize
from pytflite.tools.compare import compare
from pytflite.tools.parity import random_inputs
from pytflite.tools.recipes import recipes
from tests.golden import MODELS

SEPARABLE = MODELS / "separable" / "int8.tflite"


def test_compare_names_the_recipe_at_fault() -> None:
    model = read(SEPARABLE)
    own = REFERENCE.override("own", {"DEPTHWISE_CONV_2D": requantize("single")})
    (found,) = compare(model, ["reference", own], random_inputs(model, 0))
    assert {parting.op for parting in found.partings} <= {"DEPTHWISE_CONV_2D"}
    assert found.partings
    for parting in found.partings:
        assert "second half away from zero" in parting.ours
        assert "One rounding" in parting.theirs
        assert 0 < parting.differing <= parting.elements
        assert parting.largest == 1


def test_a_profile_does_not_part_from_itself() -> None:
    model = read(SEPARABLE)
    found = compare(model, ["xnnpack", "xnnpack", "xnnpack@litert2.3"], random_inputs(model, 0))
    assert [comparison.partings for comparison in found] == [(), ()]
    assert all(differing == 0 for comparison in found for _, _, differing, _ in comparison.outputs)


def test_partings_of_xnnpack_are_the_nodes_that_the_delegate_takes() -> None:
    model = read(SEPARABLE)
    (found,) = compare(model, ["optimized", "xnnpack"], random_inputs(model, 1))
    assert found.partings
    assert all(parting.why.startswith("XNNPACK takes it") for parting in found.partings)


def test_every_named_difference_names_rules_and_recipes_that_exist() -> None:
    lines = {(line.op, line.types): line for line in recipes([REFERENCE])}
    operators = {op for op, _ in lines}
    for profile in PROFILES.values():
        arithmetics = [profile] + ([profile.delegate.arithmetic] if profile.delegate else [])
        for arithmetic in arithmetics:
            assert {key.split("/")[0] for key in arithmetic.recipes} <= operators, arithmetic.name


def test_command_line() -> None:
    result = CliRunner().invoke(app, ["compare", str(SEPARABLE), "--profiles", "reference,optimized", "--json"])
    assert result.exit_code == 0
    (found,) = json.loads(result.stdout)
    assert (found["profile"], found["against"]) == ("reference", "optimized")
    result = CliRunner().invoke(app, ["profiles", "optimized", "--op", "FULLY_CONNECTED", "--json"])
    rows = json.loads(result.stdout)
    chosen = {(row["types"], row["profile"]): row["recipe"] for row in rows}
    assert chosen["i8 i8 i32? -> i8", "reference"] == "int8_sparse, double_rounding or int8, float64"
    assert chosen["i8 i8 i32? -> i8", "optimized"] == "int8_sparse, double_rounding or int8, rounding_up"
    assert any(row["equal"] > 0 and row["source"] for row in rows if row["profile"] == "optimized")
    result = CliRunner().invoke(app, ["profiles", "optimized", "--op", "FULLY_CONNECTED"])
    assert "rounding_up: Two roundings, both with ties upward" in " ".join(result.stdout.split())
    result = CliRunner().invoke(app, ["profiles"])
    assert all(name in result.stdout for name in PROFILES)


@pytest.mark.parametrize("name", [*PROFILES])
def test_every_profile_runs_a_network(name: str) -> None:
    model = read(SEPARABLE)
    (found,) = compare(model, ["reference", name], random_inputs(model, 0))
    assert all(np.isfinite(parting.largest) for parting in found.partings)
