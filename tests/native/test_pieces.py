"""Convolutions made of several: every stride beside every window, groups of every size, and the elements left over."""

from dataclasses import replace

import numpy as np
import pytest

from intact.engines import compiled
from intact.native.library import Absence, load
from intact.ops.attributes import Padding
from intact.ops.conv_2d import Conv2D
from intact.ops.shapes import slide
from intact.ops.transpose_conv import TransposeConv
from integer import Codes, Constant, Integer, bias32, weights8
from kernels import assert_same

LIBRARY = load()

pytestmark = pytest.mark.skipif(isinstance(LIBRARY, Absence), reason=str(LIBRARY))


@pytest.fixture(autouse=True)
def _small_work_is_shared(monkeypatch: pytest.MonkeyPatch) -> None:
    made = compiled._call
    monkeypatch.setattr(compiled, "_call", lambda *a: (found := made(*a)) and replace(found, grain=1))


def _operands(dtype: str, made: int, taken: int, window: tuple[int, int]) -> tuple[Constant, Constant]:
    if dtype == "uint8":
        rng = np.random.default_rng(made)
        return Constant(rng.integers(0, 256, (made, *window, taken)).astype(np.uint8), 0.01, 77), bias32(made)
    return weights8(made, *window, taken), bias32(made, dtype="int64" if dtype == "int16" else "int32")


def _transposed(
    dtype: str, made: int, window: tuple[int, int], stride: tuple[int, int], padding: Padding, size: tuple[int, int]
) -> Integer:
    taken, zero = 5, 0 if dtype == "int16" else 9
    x = Codes((2, *slide(size, window, stride, padding), taken), dtype, 2.0**-12 if dtype == "int16" else 0.02, zero)
    op = TransposeConv(padding=padding, stride_h=stride[0], stride_w=stride[1])
    scale = 2.0**-9 if dtype == "int16" else 0.06
    shape = Constant(np.array([2, *size, made], np.int32))
    filter_, bias = _operands(dtype, made, taken, window)
    return Integer(op, [shape, filter_, x, bias], Codes((), dtype, scale, zero), version=5 if dtype == "int16" else 4)


@pytest.mark.parametrize("dtype", ["int8", "uint8", "int16"])
@pytest.mark.parametrize("padding", list(Padding))
@pytest.mark.parametrize("stride", [(1, 1), (1, 3), (2, 2), (5, 4)])
@pytest.mark.parametrize("window", [(1, 1), (2, 3), (4, 4)])
def test_every_stride(dtype: str, padding: Padding, stride: tuple[int, int], window: tuple[int, int]) -> None:
    """Where a stride is larger than the window, some elements see no input at all."""
    case = _transposed(dtype, 3, window, stride, padding, (9, 7))
    assert assert_same(case.model(), "litert-optimized", case.samples(1)) == 1


@pytest.mark.parametrize("made", [1, 2, 3, 5, 7, 16, 17])
def test_elements_left_over_at_the_end(made: int) -> None:
    """The optimized uint8 kernel rounds those that fill no block of 16 in another way: ties are many here."""
    for size in ((4, 4), (5, 3), (1, 7), (3, 5)):
        case = _transposed("uint8", made, (3, 3), (2, 2), Padding.SAME, size)
        x = Codes(case.operands[2].shape, "uint8", 2.0**-5, 100, low=98, high=102)
        weights = Constant(case.operands[1].array % 5 + 126, 2.0**-6, 128)
        bias = Constant(np.arange(-made, made, 2, dtype=np.int32)[:made])
        case = Integer(case.op, [case.operands[0], weights, x, bias], Codes((), "uint8", 2.0**-9, 128), version=4)
        assert assert_same(case.model(), "litert-optimized", case.samples(3)) == 1


@pytest.mark.parametrize("dtype", ["int8", "uint8", "int16"])
@pytest.mark.parametrize(
    ("groups", "taken", "made"), [(2, 1, 1), (4, 3, 5), (2, 8, 16), (7, 1, 3), (3, 4, 17), (32, 1, 1)]
)
def test_groups(dtype: str, groups: int, taken: int, made: int) -> None:
    for dilation, stride, padding in ((1, 1, Padding.SAME), (2, 1, Padding.SAME), (1, 2, Padding.VALID)):
        zero = 0 if dtype == "int16" else 9
        x = Codes((2, 7, 6, groups * taken), dtype, 2.0**-12 if dtype == "int16" else 0.02, zero)
        filter_, bias = _operands(dtype, groups * made, taken, (3, 2))
        op = Conv2D(padding, stride, stride, dilation_h_factor=dilation, dilation_w_factor=dilation)
        case = Integer(op, [x, filter_, bias], Codes((), dtype, 2.0**-9 if dtype == "int16" else 0.06, zero), version=4)
        assert assert_same(case.model(), "litert-reference", case.samples(1)) == 1
