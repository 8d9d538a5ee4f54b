"""ABS: the absolute value."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np

from intact.arith.calls import quantize as calls
from intact.arith.requantize import Requantization, See
from intact.errors import UncoveredError
from intact.ir.op import Operand
from intact.ir.quant_rule import Activation, QuantRule
from intact.ir.site import Site
from intact.ir.types import Array, DType
from intact.native.call import Call
from intact.ops.by_codes import of_codes
from intact.ops.elementwise import OfCode
from intact.ops.fitness import not_float
from intact.ops.quantized import note_far_shifts, scale, zero_point
from intact.ops.relu import Rescaled


@dataclass(frozen=True)
class Abs(OfCode):
    """out = |input|.

    Sources:
        tflite/kernels/elementwise.cc, AbsEvalQuantized.
    """

    opcode = "ABS"
    rules = {"double-away": ("int8", "int16")}
    options = "AbsOptions"
    quant = QuantRule({"input": Activation()}, dtypes=frozenset({DType.INT8, DType.INT16}))
    versions = {DType.INT8: 2, DType.INT16: 3, DType.INT32: 5}

    def unfit(self, *operands: Operand | None) -> str | None:
        """Arithmetic on shapes and indices stays as it is."""
        return not_float(*operands)

    def prepare(self, site: Site, input: Operand) -> Rescaled:
        """Multiplier and shift."""
        result = site.results[0]
        if input.dtype not in {DType.INT8, DType.INT16} or result.dtype != input.dtype:
            raise UncoveredError(f"ABS of {input.dtype.value} to {result.dtype.value}")
        site.rule(self.opcode, input.dtype.value, taken=False)
        zeros = zero_point(input), zero_point(result)
        if input.dtype == DType.INT16 and zeros != (0, 0):
            raise UncoveredError("ABS of int16 with a zero point")
        factor = scale("input", input) / scale("the result", result)
        limits = result.dtype.limits
        requantize = Requantization(
            "double-away", np.array([factor], np.float64), zeros[1], *limits, result.dtype.value
        )
        note_far_shifts(site, requantize)
        return Rescaled(zeros[0], requantize)

    def compute(self, record: Rescaled, see: See | None, input: Array) -> tuple[Array, ...]:
        """The magnitude at the result's scale."""
        return (of_codes(partial(record, magnitude=True), see, input),)

    def compile(self, record: Rescaled, input: Operand) -> Call | None:
        """A requantization where that pays, else a table."""
        zero, requantize = record.input_zero_point, record.requantize
        found = calls.rescaled(input.dtype.value, input.shape, zero, requantize, magnitude=True)
        return found or super().compile(record, input)
