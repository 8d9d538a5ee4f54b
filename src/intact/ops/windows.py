"""Where a sliding window stands, from an operator's attributes and the sizes at run time."""

from __future__ import annotations

from intact.arith.accumulate import Window
from intact.ops.attributes import Padding
from intact.ops.shapes import slide


def window(
    image: tuple[int, ...],
    size: tuple[int, int],
    stride: tuple[int, int],
    padding: Padding,
    dilation: tuple[int, int] = (1, 1),
) -> Window:
    """Returns a window over an image (n, rows, columns, channels); every pair is (rows, columns).

    Sources:
        tflite/kernels/padding.h, ComputePaddingHeightWidth: half the missing elements before, rounded down. VALID
        padding is what the positions leave over, which is never positive.
    """
    rows, columns = image[1:3]
    positions = slide((rows, columns), size, stride, padding, dilation)
    before = tuple(
        max(0, (p - 1) * s + (k - 1) * d + 1 - extent) // 2
        for p, s, k, d, extent in zip(positions, stride, size, dilation, (rows, columns), strict=True)
    )
    return Window(size, stride, dilation, (before[0], before[1]), positions)
