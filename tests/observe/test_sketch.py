"""The sketch against exact percentiles, on distributions of several kinds."""

from __future__ import annotations

import json

import numpy as np
import pytest

from intact.observe import Observer, observer
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
    floor = ABSOLUTE_ERROR * np.abs(numbers).max()
    found = sketch.percentiles(part, (numbers.min(), numbers.max()))
    for one, exact in zip(found, np.percentile(numbers, [100 * part, 100 - 100 * part]), strict=True):
        # What lies between two numbers is in error by no more than the larger of them.
        ranked = np.sort(np.abs(numbers - exact))[:2] + abs(exact)
        assert abs(one - exact) <= max(RELATIVE_ERROR * float(ranked.max()), floor)


@pytest.mark.parametrize("count", [1, 2, 3, 10, 50, 101, 400])
def test_few_records_are_interpolated_as_numpy_does(count: int) -> None:
    rng = np.random.default_rng(count)
    records = [rng.normal(0, 3, 100).astype(np.float32) for _ in range(count)]
    seen = observer("record-percentile")
    for record in records:
        seen.update(record)
    low, high = seen.range()
    lows, highs = [float(r.min()) for r in records], [float(r.max()) for r in records]
    # A number between two of the sketch is in error by no more than the larger of them.
    assert low == pytest.approx(np.percentile(lows, 1), abs=RELATIVE_ERROR * max(map(abs, lows)), rel=0)
    assert high == pytest.approx(np.percentile(highs, 99), abs=RELATIVE_ERROR * max(map(abs, highs)), rel=0)
    assert count < 2 or low > min(lows)


def test_a_state_that_does_not_fit_is_refused() -> None:
    seen = observer("mse")
    seen.update(np.float32([1, -2, 0, 1e-9]))
    for change in (
        {"count": 5}, {"count": "x"}, {"top": 1.5}, {"top": -1}, {"zeros": -1}, {"zeros": 9}, {"positive": [[0, -1]]},
        {"positive": [[9999, 1]]}, {"negative": [[0, 1], [0, 1]]}, {"positive": 3},
    ):  # fmt: skip
        state = json.loads(json.dumps(seen.state()))
        state["sketch"].update(change)
        with pytest.raises((ValueError, TypeError)):
            Observer.from_state(state)
