"""Images resized by the C kernels and in NumPy."""

import numpy as np
import pytest

from intact.ops.resize import ResizeBilinear, ResizeNearestNeighbor
from integer import PROFILES, Codes, Constant, Integer
from kernels import assert_same


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("dtype", ["int8", "uint8", "int16"])
@pytest.mark.parametrize(
    ("image", "size"),
    [
        ((1, 9, 9, 21), (129, 129)),
        ((2, 30, 40, 33), (7, 11)),
        ((1, 1, 1, 5), (3, 4)),
        ((1, 5, 3, 1), (1, 9)),
        ((1, 4, 4, 0), (3, 3)),
    ],
)
def test_resized(image: tuple[int, ...], size: tuple[int, int], dtype: str, profile: str) -> None:
    wanted = Constant(np.array(size, np.int32))
    for op in (ResizeBilinear(align_corners=True), ResizeBilinear(half_pixel_centers=True), ResizeNearestNeighbor()):
        for low, high in ((None, None), (127, 127)):
            x = Codes(image, dtype, 0.1, low=low, high=high)
            case = Integer(op, [x, wanted], Codes((), dtype, 0.1), version=4)
            kernels = 0 if isinstance(op, ResizeNearestNeighbor) and 0 in image else 1
            assert assert_same(case.model(), profile, case.samples(1)) == kernels
