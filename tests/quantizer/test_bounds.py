"""What weights reach, by observers, for each channel by itself."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import intact
from command import CALIBRATION, FLOAT
from intact.errors import QuantError, UsageError
from intact.observe import observer, observer_names
from intact.quantizer.bounds import bounds, require_weight_observer
from intact.quantizer.recipe import RECIPES
from intact.quantizer.recipe_file import open_recipe

WEIGHTS = np.random.default_rng(3).normal(0, [[1], [0.1], [30]], (3, 500)).astype(np.float32)
FOR_WEIGHTS = [name for name in observer_names() if not type(observer(name)).by_record]


@pytest.mark.parametrize("name", FOR_WEIGHTS)
def test_a_channel_is_bounded_as_if_it_were_alone(name: str) -> None:
    found = bounds(WEIGHTS, 0, name, 127)
    for channel, bound in zip(WEIGHTS, found, strict=True):
        assert bound == bounds(channel, None, name, 127)[0] == bounds(-channel, None, name, 127)[0]
        assert 0 < bound <= np.abs(channel).max()
    np.testing.assert_array_equal(bounds(WEIGHTS.T, 1, name, 127), found)
    np.testing.assert_array_equal(bounds(np.zeros((2, 0), np.float32), 0, name, 127), [0, 0])


def test_min_max_clips_nothing() -> None:
    np.testing.assert_array_equal(bounds(WEIGHTS, 0, "min-max", 127), np.abs(WEIGHTS).max(axis=1))


@pytest.mark.parametrize("qmax", [7, 127])
def test_mse_loses_least(qmax: int) -> None:
    def error(bound: float) -> float:
        step = bound / qmax
        return float(np.square(np.clip(np.rint(WEIGHTS[0] / step), -qmax, qmax) * step - WEIGHTS[0]).sum())

    (best,) = bounds(WEIGHTS[0], None, "mse", qmax)
    # The largest part of what was seen is the largest magnitude but for float64's rounding.
    assert error(best) <= error(np.abs(WEIGHTS[0]).max()) * (1 + 1e-6)
    assert qmax > 7 or best < 0.9 * np.abs(WEIGHTS[0]).max()


@pytest.mark.parametrize("name", sorted(set(observer_names()) - set(FOR_WEIGHTS)))
def test_weights_have_no_samples(name: str, tmp_path) -> None:
    with pytest.raises(UsageError, match=f"observer '{name}' counts samples, and weights have none; expected one that"):
        require_weight_observer(name)
    path = tmp_path / "r.json"
    path.write_text(f'{{"recipe": "int8", "weight_observer": "{name}"}}')
    with pytest.raises(UsageError, match="counts samples"):
        open_recipe(path)


@pytest.mark.parametrize("recipe", ["int8", "int8-per-tensor", "int16x8", "dynamic-range", "weight-only-int4"])
def test_a_recipe_s_weights_are_clipped(recipe: str) -> None:
    model = intact.load(FLOAT)
    ranges = intact.calibrate(model, str(CALIBRATION), isolate=False)
    scales = []
    for name in ("min-max", "entropy"):
        base = replace(RECIPES[recipe].base, weight_observer=name, min_elements=1)
        made = intact.quantize(model, ranges, recipe=replace(RECIPES[recipe], base=base)).model
        weights = [v for v in made.main.values if v.is_constant and v.quant is not None and v.dtype.bits in (4, 8)]
        scales.append(np.concatenate([v.quant.scale for v in weights if v.quant is not None]))
    assert (scales[1] <= scales[0]).all() and (scales[1] < scales[0]).any()


def test_blocks_are_not_clipped(tmp_path) -> None:
    path = tmp_path / "r.json"
    path.write_text('{"recipe": "weight-only-int4-block32", "weight_observer": "mse"}')
    with pytest.raises(QuantError, match="block_size is given with weight_observer; expected one of the two"):
        open_recipe(path)
