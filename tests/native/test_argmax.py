"""Indices of the largest and smallest elements, by the C kernel and in NumPy."""

import numpy as np
import pytest

from intact.ir.types import DType
from intact.ops.arg_max_min import ArgMax, ArgMin
from integer import Codes, Constant, Integer
from kernels import assert_same


@pytest.mark.parametrize("op", [ArgMax, ArgMin])
@pytest.mark.parametrize("dtype", ["int8", "uint8", "int32"])
@pytest.mark.parametrize("index", ["int32", "int64"])
def test_rows_and_columns(op: type[ArgMax], dtype: str, index: str) -> None:
    for shape, axis in (
        ((30, 21), 1),
        ((5, 64), 1),
        ((5, 200), -1),
        ((1, 1), 0),
        ((3, 40, 300), 1),
        ((7,), 0),
        ((0, 3), 1),
        ((2, 70, 1), 1),
    ):
        for low, high in ((None, None), (0, 3), (-128 if dtype == "int8" else 0, -127 if dtype == "int8" else 0)):
            x = Codes(shape, dtype, None if dtype == "int32" else 0.1, low=low, high=high)
            result = Codes((), index, None)
            case = Integer(op(output_type=DType(index)), [x, Constant(np.array(axis, np.int32))], result, version=2)
            assert assert_same(case.model(), "litert-reference", case.samples(2)) == 1
