"""What every pass obeys, over the REWRITES of its own test file."""

import numpy as np
import pytest

import intact.passes  # noqa: F401  (registers all passes)
from collect import listed
from intact.engines.litert import Session
from intact.ir.model import Model
from intact.ir.text import parse
from intact.passes.pass_ import registry
from rewrite import Rewrite

REWRITES: list[Rewrite] = [r for r in listed("passes", "REWRITES") if r.after is not None]


def samples(model: Model, seed: int) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(seed)
    return {v.name: rng.uniform(-3, 3, v.shape).astype(v.dtype.numpy) for v in model.main.inputs}


def results(model: Model, resolver: str) -> list[np.ndarray]:
    session = Session(model, resolver=resolver)
    return [array for seed in range(3) for array in session.run(samples(model, seed)).values()]


def test_every_pass_has_rewrites() -> None:
    assert {rewrite.step.name for rewrite in REWRITES} == set(registry())


@pytest.mark.parametrize("case", REWRITES)
def test_a_second_run_changes_nothing(case: Rewrite) -> None:
    assert not case.step.run(case.rewritten())


@pytest.mark.parametrize("case", REWRITES)
def test_the_same_is_computed(case: Rewrite) -> None:
    before, after = parse(case.before), case.rewritten()
    for resolver in case.resolvers:
        for expected, found in zip(results(before, resolver), results(after, resolver), strict=True):
            # Folded constants are rounded anew, each by at most 2**-24 of itself, and sums of a few of their products.
            np.testing.assert_allclose(found, expected, rtol=0, atol=1e-6 * np.abs(expected).max())
