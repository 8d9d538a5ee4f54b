"""The last steps of an elementwise operator: zero point, clamp, type."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from intact.arith.requantize import See
from intact.errors import UncoveredError
from intact.ir.types import Array
from intact.ops.attributes import FusedActivation
from intact.ops.quantized import Typed, clamp, scale, zero_point


@dataclass(frozen=True)
class Finish:
    """How numbers at the result's scale become stored integers.

    Args:
        zero_point: of the result.
        low, high: smallest and largest stored result, the activation's clamp within the type's limits.
        dtype: NumPy name of the result.
    """

    zero_point: int
    low: int
    high: int
    dtype: str

    def __call__(self, number: Array, see: See | None = None) -> Array:
        """Returns clamp(number + zero_point).

        Args:
            number: int64, at the result's scale.
            see: is shown the stages from "shifted" on.
        """
        # The sum wraps in kernels where a number is that large.
        offset = (number + self.zero_point).astype(np.int32)
        result: Array = np.clip(offset, self.low, self.high).astype(self.dtype)
        if see:
            see("shifted", number)
            see("offset", offset.astype(np.int64))
            see("clamped", result.astype(np.int64))
        return result


def finish(activation: FusedActivation, result: Typed) -> Finish:
    """Returns the last steps of an operator with a fused activation."""
    return Finish(zero_point(result), *clamp(activation, result), result.dtype.value)


def float32_clamp(activation: FusedActivation, result: Typed) -> Finish:
    """Returns the last steps as XNNPACK has them: its limits are real / scale + zero point in float32, ties to even.

    Sources:
        XNNPACK src/xnnpack/requantization.h, xnn_qs8_quantize.
    """
    reals = {
        FusedActivation.NONE: (-np.inf, np.inf),
        FusedActivation.RELU: (0.0, np.inf),
        FusedActivation.RELU6: (0.0, 6.0),
        FusedActivation.RELU_N1_TO_1: (-1.0, 1.0),
    }[activation]
    limits = result.dtype.limits
    low, high = (
        int(np.rint(np.clip(np.float32(r) / scale("the result", result) + np.float32(zero_point(result)), *limits)))
        for r in reals
    )
    return Finish(zero_point(result), low, high, result.dtype.value)


def whole(real: np.floating) -> int:
    """Returns a whole float as an int.

    Raises:
        UncoveredError: it is beyond int32, where C leaves open what becomes of it.
    """
    if abs(real) >= 2.0**31:
        raise UncoveredError(f"the limit {real:.4g} does not fit int32")
    return int(real)
