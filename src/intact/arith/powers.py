"""Powers of two among scales."""

from __future__ import annotations

import numpy as np

from intact.arith.libm import libm
from intact.arith.rounding import round_half_away


def power_of_two(scale: np.float32) -> int | None:
    """Returns the exponent of a scale that is a power of two, or within 0.07 % of one; None of another.

    Sources:
        tflite/kernels/internal/quantization_util.cc, CheckedLog2: float32, the exponent within 1e-3 of an integer.
    """
    exponent = libm("log", np.array(scale))[()] * (np.float32(1) / libm("log", np.array(2, np.float32))[()])
    nearest = round_half_away(exponent)
    return int(nearest) if abs(exponent - nearest) < np.float32(1e-3) else None
