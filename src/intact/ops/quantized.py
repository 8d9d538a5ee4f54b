"""What operators need to know of their operands' and results' quantization when they are prepared."""

from __future__ import annotations

from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from intact.arith.requantize import Requantization
from intact.arith.rounding import FIXED, round_half_away
from intact.errors import UncoveredError
from intact.ir.site import Site
from intact.ir.types import DType, QuantParams
from intact.ops.attributes import FusedActivation

EIGHT_BITS: Final = ("int8", "uint8")
INTEGERS: Final = (*EIGHT_BITS, "int16")
"""Types as profiles name them, for the rules that operators declare."""


class Typed(Protocol):
    """An operand, or the type of a result."""

    @property
    def dtype(self) -> DType:
        """Element type."""

    @property
    def quant(self) -> QuantParams | None:
        """How its integers stand for reals."""


def scale(name: str, typed: Typed) -> np.float32:
    """Returns the one scale of an operand or result.

    Raises:
        UncoveredError: there is none, or one a channel.
    """
    found = typed.quant.scale if typed.quant else np.empty(0, np.float32)
    if found.size != 1:
        raise UncoveredError(f"{name} has {found.size} scales, not one")
    return np.float32(found[0])


def scales(name: str, typed: Typed, channels: int) -> NDArray[np.float32]:
    """Returns one scale a channel: those of a per-channel operand, or the one of a per-tensor operand repeated.

    Raises:
        UncoveredError: there is none, or another number of them.
    """
    found = typed.quant.scale if typed.quant else np.empty(0, np.float32)
    if found.size not in (1, channels):
        raise UncoveredError(f"{name} has {found.size} scales for {channels} channels")
    return np.broadcast_to(found, (channels,)).astype(np.float32)


def zero_point(typed: Typed) -> int:
    """Returns the first zero point; 0 where none is written."""
    return int(typed.quant.zero_point[0]) if typed.quant is not None and typed.quant.zero_point.size else 0


def alike(value: Typed, result: Typed) -> bool:
    """True where both have the same scale and zero point, or neither has any."""
    if value.quant is None or result.quant is None or not (value.quant.scale.size and result.quant.scale.size):
        return True
    return zero_point(value) == zero_point(result) and value.quant.scale[0] == result.quant.scale[0]


def demand(operator: str, result: Typed, step: float, zero: int | None, *, tolerance: float = 0.0) -> None:
    """Refuses a result whose scale and zero point are not those that an operator's kernels insist on.

    Args:
        step: the scale; `tolerance` is how far off it may be, relatively.
        zero: the zero point; None where any will do.
    Raises:
        UncoveredError: they are others.
    """
    found, offset = float(scale("the result", result)), zero_point(result)
    if abs(found - step) > tolerance * step or (zero is not None and offset != zero):
        insisted = f"{step:g}" + ("" if zero is None else f" and {zero}")
        raise UncoveredError(f"{operator} to scale {found:g} and zero point {offset}; its kernels take {insisted} only")


def note_far_shifts(site: Site, *shifts: Requantization | int) -> None:
    """Notes a defect where an accumulator is shifted left by more than 31 bits.

    Sources:
        tflite/kernels/internal/common.cc, MultiplyByQuantizedMultiplier: C leaves such a shift open; x86 takes the
        count modulo 32, vectors shift all bits out.
    """
    far = 0
    for shift in shifts:
        if isinstance(shift, int):
            far = max(far, shift)
        elif shift.rule in FIXED:
            far = max(far, int(shift.shift.max(initial=0)))
    if far > 31:
        site.defect(f"the result's scale is so small that the kernel shifts left by {far} bits, and 32 are all it has")


def clamp(activation: FusedActivation, result: Typed, *, even: bool = False) -> tuple[int, int]:
    """Returns the smallest and the largest stored result under a fused activation.

    Args:
        even: as XNNPACK, which rounds after it added the zero point, in float32, halves to even.
    Sources:
        tflite/kernels/kernel_util.cc, CalculateActivationRangeQuantized: float32 division, halves away from zero;
        XNNPACK src/xnnpack/requantization.h, xnn_qs8_quantize.
    """
    low, high = result.dtype.limits
    if activation == FusedActivation.NONE:
        return low, high
    step, zero = scale("the result", result), zero_point(result)

    def stored(real: float) -> int:
        if even:
            return int(np.rint(np.float32(real) / step + np.float32(zero)))
        return zero + int(round_half_away(np.float32(real) / step))

    match activation:
        case FusedActivation.RELU:
            return max(low, stored(0.0)), high
        case FusedActivation.RELU6:
            return max(low, stored(0.0)), min(high, stored(6.0))
        case FusedActivation.RELU_N1_TO_1:
            return max(low, stored(-1.0)), min(high, stored(1.0))
    raise UncoveredError(f"fused {activation.name} is no clamp")
