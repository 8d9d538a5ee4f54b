"""What a model is said to compute in."""

import numpy as np
import pytest

import intact
from intact.ir.kind import kind
from intact.ir.text import parse

MIXED = """graph main(%x: float32[1,64]) -> (%y) {
  %w = const float32[64,64] random(0)
  %a = FULLY_CONNECTED(%x, %w, none)
  %y = SIN(%a)
}"""


def made(recipe: str) -> intact.Quantized:
    model = parse(MIXED)
    samples = np.random.default_rng(0).uniform(-1, 1, (8, 1, 64)).astype(np.float32)
    return intact.quantize(model, intact.calibrate(model, samples, isolate=False), recipe=recipe)


@pytest.mark.parametrize(
    ("recipe", "compute", "line"),
    [
        ("int8", "hybrid", "hybrid (1 integer operator, 1 in float)"),
        ("dynamic-range", "hybrid", "hybrid (1 operator on hybrid kernels, 1 in float)"),
        ("weight-only", "float", "float (0 integer operators, 2 in float)"),
    ],
)
def test_recipes_make_the_kinds_that_concepts_names(recipe: str, compute: str, line: str) -> None:
    result = made(recipe)
    assert result.report.kind.compute == compute
    assert str(result.report).splitlines()[0] == f"compute: {line}"


def test_operators_on_hybrid_kernels_count_among_those_on_floats() -> None:
    found = intact.inspect(made("dynamic-range").model)
    assert (found["integer_operators"], found["float_operators"], found["hybrid_operators"]) == (0, 2, 1)
    assert [o["compute"] for o in found["operators"]] == ["hybrid", "float"]


def test_what_only_hybrid_kernels_run_is_hybrid() -> None:
    model = parse(MIXED.replace("SIN", "RELU"))
    assert str(kind(model)) == "float (0 integer operators, 2 in float)"
    lone = parse(MIXED.replace("-> (%y)", "-> (%a)").replace("  %y = SIN(%a)\n", ""))
    assert str(kind(intact.quantize(lone, recipe="dynamic-range").model)) == "hybrid (1 operator on hybrid kernels)"
