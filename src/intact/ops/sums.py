"""What ADD and SUB derive from their parameters alike: two operands brought to one scale, and what becomes of the sum.

Four rules, by the names that profiles give them:

    double-away            both operands, shifted left to be precise, are multiplied to a common scale of twice the
                           larger one, and the sum to the result's; each multiplication rounded twice, see
                           arith/requantize.py
    double-away-vectors    the same, but blocks of elements in vectors, whose operands are rounded once or cut off, and
                           whose 8-bit sums wrap around in int16
    power-of-two           int16 with scales that are powers of two: a rounding shift of the coarser operand
    shared-shift           multipliers of 21 bits for both operands, one shift for the sum, rounded once

Sources:
    tflite/kernels/add.cc, sub.cc; tflite/kernels/internal/reference/add.h, sub.h; the optimized kernels under
    tflite/kernels/internal/optimized; XNNPACK src/microparams-init.c and src/qs8-vadd.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from intact.arith import powers
from intact.arith.rounding import quantize_multiplier
from intact.errors import UncoveredError
from intact.ir.op import Operand
from intact.ir.site import Site
from intact.ir.types import DType
from intact.ops.attributes import FusedActivation
from intact.ops.finish import finish, float32_clamp
from intact.ops.quantized import EIGHT_BITS, INTEGERS, scale, zero_point
from intact.ops.sum_records import CommonScale, PowerOfTwo, SharedShift
from intact.ops.xnnpack import takes8, well_shaped

POWERS_OF_TWO: Final = "int16 power-of-two"
RULES: Final = {
    "double-away": (*INTEGERS, POWERS_OF_TWO),
    "power-of-two": (POWERS_OF_TWO,),
    "shared-shift": EIGHT_BITS,
}
"""The rules of ADD and SUB alike."""

_PRECISION: Final = {DType.INT8: 20, DType.UINT8: 20, DType.INT16: 15}


Sum = CommonScale | PowerOfTwo | SharedShift


def prepare(
    operator: str,
    sign: int,
    activation: FusedActivation,
    power_of_two: bool,
    site: Site,
    input1: Operand,
    input2: Operand,
) -> Sum:
    """Returns what ADD (sign 1) or SUB (sign -1) derives from its parameters.

    Args:
        power_of_two: the model asks for shifts where all scales of int16 are powers of two.
    Raises:
        UncoveredError: types or scales that no kernel has.
    """
    result = site.results[0]
    if input1.dtype not in _PRECISION or not input1.dtype == input2.dtype == result.dtype:
        raise UncoveredError(f"{operator} of {input1.dtype.value} to {result.dtype.value}")
    steps = scale("input1", input1), scale("input2", input2)
    output = scale("the result", result)
    zeros = zero_point(input1), zero_point(input2)
    if input1.dtype == DType.INT16 and (*zeros, zero_point(result)) != (0, 0, 0):
        raise UncoveredError(f"{operator} of int16 with a zero point")
    exponents = [powers.power_of_two(s) for s in (*steps, output)]
    kinds: tuple[str, ...] = (input1.dtype.value,)
    if input1.dtype == DType.INT16 and power_of_two and None not in exponents:
        kinds = (POWERS_OF_TWO, "int16")
    rule = site.rule(operator, *kinds, taken=_taken(site, steps, output, input1, input2))
    end = finish(activation, result)
    match rule.name:
        case "shared-shift":
            first, second, shift = short_multipliers(steps, output)
            real = float(steps[0] / output), sign * float(steps[1] / output)
            return SharedShift(zeros, (first, sign * second), shift, real, float32_clamp(activation, result))
        case "power-of-two":
            first, second, last = (e for e in exponents if e is not None)
            shifts = last - first, last - second
            if min(shifts) < 0 or 0 not in shifts:
                raise UncoveredError(f"{operator} of int16 with scales 2^{first} and 2^{second} to 2^{last}")
            if operator == "ADD" and input1.shape != input2.shape:
                raise UncoveredError("ADD of int16 with scales that are powers of two does not broadcast")
            return PowerOfTwo(sign, shifts, end)
    twice = np.float64(np.float32(2) * max(steps))
    left = _PRECISION[input1.dtype]
    total = float(twice / np.float64(np.float32(1 << left) * output))
    if total >= 1:
        # ADD ends the process; SUB shifts by a negative number of bits, and each compiler makes what it likes of that.
        raise UncoveredError(f"{operator} to a scale of {output}: 2^{left} of it are not more than {twice}")
    parts = [float(np.float64(s) / twice) for s in steps]
    pairs = [quantize_multiplier(p) for p in parts]
    return CommonScale(
        rule.name,
        sign,
        zeros,
        left,
        (pairs[0][0], pairs[1][0]),
        (pairs[0][1], pairs[1][1]),
        *quantize_multiplier(total),
        (parts[0], parts[1]),
        total,
        end,
    )


def short_multipliers(steps: tuple[np.float32, np.float32], output: np.float32) -> tuple[int, int, int]:
    """Returns the operands' multipliers and the shift that XNNPACK derives; all quotients in float32.

    Sources:
        XNNPACK src/microparams-init.c, xnn_init_qs8_add_minmax_scalar_params.
    """
    quotients = [s / output for s in steps]
    shift = 21 - math.frexp(float(max(quotients)))[1]
    first, second = (int(np.rint(np.ldexp(q, shift))) for q in quotients)
    return first, second, shift


def _taken(
    site: Site, steps: tuple[np.float32, np.float32], output: np.float32, input1: Operand, input2: Operand
) -> bool:
    """True where XNNPACK's delegate takes the operator: 8 bits, scales within a factor of 1024 and 256 of the result's.

    Sources:
        tflite/delegates/xnnpack/xnnpack_delegate.cc, VisitBinaryNode.
    """
    near = all(2.0**-10 <= s / output < 2.0**8 for s in steps)
    return near and takes8(input1) and takes8(input2) and takes8(site.results[0]) and well_shaped(input1, input2)
