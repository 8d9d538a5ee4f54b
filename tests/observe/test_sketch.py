"""The sketch against exact percentiles, on distributions of several kinds."""

from __future__ import annotations

import numpy as np
import pytest

from intact.observe.sketch import ABSOLUTE_ERROR, RELATIVE_ERROR, Sketch

COUNT = 200_000
DRAWN = {
    "normal": lambda rng: rng.normal(0.3, 1.0, COUNT),
    "uniform": lambda rng: rng.uniform(-1.0, 6.0, COUNT),
    "heavy tails": lambda rng: rng.standard_cauchy(COUNT),
    "after RELU": lambda rng: np.maximum(rng.normal(0, 2, COUNT), 0),
    "two clusters": lambda rng: np.where(
        rng.random(COUNT) < 0.999, rng.normal(0, 1e-3, COUNT), rng.normal(50, 1, COUNT)
    ),
    "all sizes": lambda rng: rng.choice([-1, 1], COUNT) * rng.lognormal(0, 4, COUNT),
}


@pytest.mark.parametrize("name", DRAWN)
@pytest.mark.parametrize("part", [0.0, 1e-5, 1e-4, 0.001, 0.01, 0.1, 0.5])
def test_percentiles_are_within_the_stated_error(name: str, part: float) -> None:
    numbers = DRAWN[name](np.random.default_rng(7)).astype(np.float32)
    sketch = Sketch()
    for chunk in np.array_split(numbers, 7):
        one = Sketch()
        one.update(chunk, float(np.abs(chunk).max()))
        sketch.merge(one)
    ranked, rank = np.sort(numbers), int(part * (COUNT - 1))
    floor = ABSOLUTE_ERROR * np.abs(numbers).max()
    for found, exact in zip(
        sketch.tails(part, (ranked[0], ranked[-1])), (ranked[rank], ranked[COUNT - 1 - rank]), strict=True
    ):
        assert abs(found - exact) <= max(RELATIVE_ERROR * abs(exact), floor)
