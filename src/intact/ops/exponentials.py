"""What SOFTMAX and LOG_SOFTMAX derive alike: exponentials of differences from the largest number of a row."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from intact.arith.fixed_point import exp_of_negative, high_product
from intact.arith.libm import libm
from intact.arith.rounding import quantize_multiplier, shift_right_away
from intact.errors import UncoveredError
from intact.ir.types import Array

_FRACTION = 26
"""Differences are in Q5.26, sums of exponentials in Q12.19."""


@dataclass(frozen=True)
class Differences:
    """How a difference of stored numbers becomes a real one in Q5.26.

    Args:
        multiplier: Q0.31, with `shift` the input's scale (times beta) * 2^26, at most 2^31 - 1.
        shift: bits to the left, applied first; 0 or more.
        factor: the real multiplier that those stand for.
        smallest: differences below it, whose reals are about -31, count as minus infinity; 0 or less.
    """

    multiplier: int
    shift: int
    factor: float
    smallest: int

    @classmethod
    def of(cls, real: float) -> Differences:
        """Returns them for the real number of one step, in float64.

        Raises:
            UncoveredError: it is 2^-26 or less; the kernel ends the process.
        Sources:
            tflite/kernels/internal/quantization_util.cc, PreprocessSoftmaxScaling and CalculateInputRadius.
        """
        factor = min(real * (1 << _FRACTION), 2.0**31 - 1)
        if not factor > 1:
            raise UncoveredError(f"a step of {real:g} is 2^-26 or less, of which the kernel ends the process")
        multiplier, shift = quantize_multiplier(factor)
        return cls(multiplier, shift, factor, -math.floor(31 * 2.0 ** (_FRACTION - shift)))

    def __call__(self, difference: Array) -> Array:
        """Returns differences in Q5.26; what is below `smallest` as 0, which must not be used."""
        counted = np.where(difference >= self.smallest, difference, 0)
        return high_product(np.left_shift(counted, self.shift), self.multiplier)

    def powers(self, difference: Array) -> Array:
        """Returns exp of differences in Q0.31, 0 below `smallest`."""
        return np.where(difference >= self.smallest, exp_of_negative(self(difference), 5), 0)


def sum_in_q12(powers: Array) -> Array:
    """Returns sums along the last dimension of numbers in Q0.31, each rounded to Q12.19: (..., 1), unsigned 32 bits.

    4096 ones are more than int32 holds; the kernels go on with the same bits as an unsigned number.
    """
    total = shift_right_away(powers, 12).sum(axis=-1, keepdims=True)
    result: Array = np.bitwise_and(total, 0xFFFFFFFF)
    return result


def float_table(real: np.float32) -> NDArray[np.float32]:
    """Returns exp(-d * real) for differences d from 0 to 255: float32 (256,).

    Sources:
        tflite/kernels/internal/optimized/optimized_ops.h, PopulateSoftmaxLookupTable.
    """
    table: NDArray[np.float32] = libm("exp", -real * np.arange(256).astype(np.float32))
    return table


def float_sum(powers: Array) -> Array:
    """Returns float32 sums along the last dimension, added one by one from the first on; (..., 1)."""
    total: Array = np.add.accumulate(powers, axis=-1, dtype=np.float32)[..., -1:]
    return total
