"""Sums and extremes along dimensions, by the C kernels and in NumPy."""

import numpy as np
import pytest

from intact.engines.exact import Exact
from intact.ops.mean import Mean
from intact.ops.reduce_max_min import ReduceMax, ReduceMin
from intact.ops.reduction import Reduction
from intact.ops.sum import Sum
from integer import PROFILES, Codes, Constant, Integer
from kernels import assert_same

TURNS = [
    ((2, 40, 30, 7), [1, 2]),  # short rows that are taken together
    ((1, 1, 1, 40), [1, 2]),
    ((3, 1, 1, 40), [1, 2]),
    ((1, 40, 30, 1), [1, 2]),
    ((2, 9, 5, 301), [1, 2]),  # more than a block
    ((600, 3), [1]),  # short runs
    ((300, 70), [1]),
    ((3, 5, 2, 3, 4, 2), [0, 2, 4]),
    ((3, 5, 2, 3, 4, 2), [1, 3, 5]),
    ((1, 600, 64), [1]),
    ((), [0]),
    ((1,), [0]),
]


def case(op: Reduction, shape: tuple[int, ...], axis: list[int], x: Codes, y: Codes) -> Integer:
    given = Codes(shape, x.dtype, x.scale, x.zero_point, low=x.low, high=x.high)
    return Integer(op, [given, Constant(np.array(axis, np.int32))], y, version=3)


@pytest.mark.parametrize(("shape", "axis"), TURNS)
@pytest.mark.parametrize("dtype", ["int8", "uint8", "int16"])
@pytest.mark.parametrize("op", [Mean, Sum])
def test_sums(op: type[Reduction], dtype: str, shape: tuple[int, ...], axis: list[int]) -> None:
    if op is Sum and dtype == "int16":
        return
    zero = 0 if dtype == "int16" else 3
    for profile in PROFILES:
        for scale, low, high in ((0.07, None, None), (3.0, 127, 127), (1e-3, 100, 127)):
            x = Codes((), dtype, 0.1, zero, low=low, high=high)
            one = case(op(keep_dims=True), shape, axis, x, Codes((), dtype, scale, zero))
            assert_same(one.model(), profile, one.samples(1))


@pytest.mark.parametrize(("shape", "axis"), TURNS)
@pytest.mark.parametrize("dtype", ["int8", "uint8", "int16", "int32", "int64"])
@pytest.mark.parametrize("op", [ReduceMax, ReduceMin])
def test_extremes(op: type[Reduction], dtype: str, shape: tuple[int, ...], axis: list[int]) -> None:
    scale = None if dtype in {"int32", "int64"} else 0.1
    limits = (-(2**40), 2**40) if dtype == "int64" else (None, None)
    x = Codes((), dtype, scale, low=limits[0], high=limits[1])
    one = case(op(), shape, axis, x, Codes((), dtype, scale))
    assert assert_same(one.model(), "litert-reference", one.samples(2)) == 1


def test_blocks_of_channels_that_are_not_those_of_a_run_are_left_to_numpy() -> None:
    for images, native in ((1, True), (3, False)):
        one = case(Mean(keep_dims=True), (images, 1, 1, 40), [1, 2], Codes(), Codes((), "int8", 0.02))
        engine = Exact(one.model(), "litert-optimized")
        engine.run(one.samples(1)[0])
        assert bool(engine.compiled()) == native
