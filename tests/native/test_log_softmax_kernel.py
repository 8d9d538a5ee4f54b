"""LOG_SOFTMAX's kernel on sums of all sizes, near and far differences."""

import numpy as np
import pytest

from intact.native.library import Absence, load
from intact.ops.log_softmax import LogSoftmax
from integer import Codes, Integer
from kernels import assert_same

pytestmark = pytest.mark.skipif(isinstance(load(), Absence), reason="there are no kernels")


@pytest.mark.parametrize("dtype", ["int8", "uint8"])
@pytest.mark.parametrize("scale", [1e-7, 1e-3, 0.01, 0.0625, 0.121, 0.3, 2.0, 31.9, 40.0])
def test_rows_of_all_sums(dtype: str, scale: float) -> None:
    rng = np.random.default_rng(0)
    zero, flip = (127, 128) if dtype == "int8" else (255, 0)
    for shape in ((1500, 5), (300, 40), (60, 700), (2, 4095)):
        # Of some rows most numbers are far below the largest, of others near.
        held = (255 - rng.exponential(rng.choice([2.0, 15.0, 90.0, 1000.0], (shape[0], 1)), shape)).clip(0)
        codes = (held.astype(np.int64) - flip).astype(dtype)
        case = Integer(LogSoftmax(), [Codes(shape, dtype, scale)], Codes((), dtype, 1 / 16, zero), version=2)
        assert assert_same(case.model(), "litert-reference", [{"x0": codes}]) == 1


@pytest.mark.parametrize("shape", [(3, 4096), (0, 4), (2, 1)])
def test_sizes(shape: tuple[int, ...]) -> None:
    case = Integer(LogSoftmax(), [Codes(shape, "int8", 0.1)], Codes((), "int8", 1 / 16, 127), version=2)
    assert assert_same(case.model(), "litert-reference", case.samples(1)) == (shape[-1] < 4096)
