"""Functions of one number that kernels look up: what EXP, ELU, GELU, LOG, LOGISTIC and TANH derive alike."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from intact.arith import lut
from intact.arith.requantize import See
from intact.errors import UncoveredError
from intact.ir.op import Operand
from intact.ir.site import Site
from intact.ir.types import Array, DType
from intact.ops.quantized import EIGHT_BITS, scale, zero_point

RULES: Final = {"lut-float32": EIGHT_BITS, "lut-513": ("int16",)}
"""The rules of an operator that is looked up in each type."""


@dataclass(frozen=True, eq=False)
class Table:
    """A function as a table.

    Args:
        rule: that the table was made by: lut-float32 (halves away from zero), lut-float32-even (as XNNPACK), or
            lut-513 (points between which lines are drawn).
        input_scale, input_zero_point: of the input.
        output_scale, output_zero_point: of the result.
        low: lowest stored input; the first entry is its result.
        entries: int64; of 8 bits (256,), the stored results; of int16 (513,), results of every 128th input.
        dtype: NumPy name of the result.
        by_byte: entries of 8 bits in the order of the bytes that stored inputs are.
    """

    rule: str
    input_scale: np.float32
    input_zero_point: int
    output_scale: np.float32
    output_zero_point: int
    low: int
    entries: NDArray[np.int64]
    dtype: str
    by_byte: Array = field(init=False)

    def __post_init__(self) -> None:
        # As the byte that a stored number is: 0 to 127, then -128 to -1 of int8.
        object.__setattr__(self, "by_byte", np.roll(self.entries, self.low).astype(self.dtype))

    def __call__(self, see: See | None, input: Array) -> Array:
        """Returns the function of stored numbers, stored."""
        if see:
            # Of 16 bits 7 choose the place between two entries.
            index = (input.astype(np.int64) - self.low) >> (0 if self.entries.size == 256 else 7)
            see("input offset", input.astype(np.int64) - self.input_zero_point)
            see("table index", index)
            see("table entry", self.entries[index])
        if self.entries.size == 256:
            result = self.by_byte[input.view(np.uint8)]
        else:
            result = lut.look_up16(input, self.entries).astype(self.dtype)
        if see:
            see("clamped", result.astype(np.int64))
        return result


def prepare(operator: str, function: lut.Function, site: Site, input: Operand, *, taken: bool = False) -> Table:
    """Returns an operator's table by the rule that the profile has for its type.

    Args:
        function: float32 arrays to float32 arrays, as the runtime computes it.
        taken: whether XNNPACK takes the operator.
    Raises:
        UncoveredError: types that no kernel has, more than one scale, or a rule that is not of tables.
    """
    require_alike(operator, site, input)
    rule = site.rule(operator, input.dtype.value, taken=taken)
    return make(rule.name, function, site, input)


def make(rule: str, function: lut.Function, site: Site, input: Operand) -> Table:
    """Returns a table by the name of a rule."""
    result = site.results[0]
    input_scale, output_scale = scale("input", input), scale("the result", result)
    zero_in, zero_out, limits = zero_point(input), zero_point(result), input.dtype.limits
    match rule:
        case "lut-float32":
            entries = lut.table8(function, input_scale, zero_in, output_scale, zero_out, limits)
        case "lut-float32-even":
            entries = lut.table8_even(function, input_scale, zero_in, output_scale, zero_out, limits)
        case "lut-513":
            low, high = limits
            inputs = input_scale * np.float32(low - zero_in), input_scale * np.float32(high - zero_in)
            outputs = output_scale * np.float32(low - zero_out), output_scale * np.float32(high - zero_out)
            entries = lut.table16(function, inputs, outputs, np.float32)
        case _:
            raise UncoveredError(f"'{rule}' is no rule of a table")
    return Table(rule, input_scale, zero_in, output_scale, zero_out, limits[0], entries, result.dtype.value)


def require_alike(operator: str, site: Site, input: Operand) -> None:
    """Raises UncoveredError unless input and result are of one integer type."""
    kinds = {DType.INT8, DType.UINT8, DType.INT16}
    if input.dtype not in kinds or site.results[0].dtype != input.dtype:
        raise UncoveredError(f"{operator} of {input.dtype.value} to {site.results[0].dtype.value}")


def require_symmetric16(operator: str, site: Site, input: Operand) -> None:
    """Raises UncoveredError for int16 with a zero point, which most kernels refuse."""
    if input.dtype == DType.INT16 and (zero_point(input) or zero_point(site.results[0])):
        raise UncoveredError(f"{operator} of int16 with a zero point")
