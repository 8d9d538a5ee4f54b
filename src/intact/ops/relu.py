"""RELU, RELU6, RELU_N1_TO_1, RELU_0_TO_1: the input, cut off outside an interval."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Final

import numpy as np

from intact.arith.calls import quantize as calls
from intact.arith.requantize import Requantization, See
from intact.arith.rounding import round_half_away
from intact.errors import UncoveredError
from intact.ir.op import Operand
from intact.ir.quant_rule import CLAMP_FLOOR, Activation, QuantRule
from intact.ir.site import Site
from intact.ir.types import Array, DType
from intact.native.call import Call
from intact.ops.by_codes import of_codes
from intact.ops.elementwise import OfCode
from intact.ops.finish import whole
from intact.ops.quantized import INTEGERS, note_far_shifts, scale, zero_point

_ROUNDED: Final = {"double-away": INTEGERS}


@dataclass(frozen=True, eq=False)
class Rescaled:
    """What an operator that rescales its operand and cuts it off is prepared to.

    Args:
        input_zero_point: of the operand.
        requantize: operand without its zero point to result; its factor is the quotient of their scales.
    """

    input_zero_point: int
    requantize: Requantization

    def __call__(self, see: See | None, codes: Array, *, magnitude: bool = False) -> Array:
        """Returns the result, of the operand's magnitude if that is asked for."""
        centred = np.asarray(codes.astype(np.int64) - self.input_zero_point)
        if see:
            see("input offset", centred)
        return self.requantize(np.abs(centred) if magnitude else centred, see=see)


@dataclass(frozen=True)
class _Cut(OfCode):
    """Base of the four: low <= out <= high.

    The limits as stored are zero point + real / scale, halves away from zero, in float32. Rule "clamp" leaves the
    operand's integers as they are and clamps by its parameters; the result is taken to have the same.

    Sources:
        tflite/kernels/activations.cc, ReluPrepare and QuantizedReluX; for the rule "clamp" tflite-micro
        kernels/activations_common.cc, Relu6Prepare.
    """

    low: ClassVar[float] = 0.0
    high: ClassVar[float] = np.inf
    types: ClassVar[frozenset[DType]] = frozenset({DType.INT8, DType.UINT8})

    def prepare(self, site: Site, input: Operand) -> Rescaled:
        """Multiplier, shift and clamp."""
        result = site.results[0]
        if input.dtype not in self.types or result.dtype != input.dtype:
            raise UncoveredError(f"{self.opcode} of {input.dtype.value} to {result.dtype.value}")
        rule = site.rule(self.opcode, input.dtype.value, taken=False)
        zeros = zero_point(input), zero_point(result)
        if input.dtype == DType.INT16 and zeros != (0, 0):
            raise UncoveredError(f"{self.opcode} of int16 with a zero point")
        like = input if rule.name == "clamp" else result
        step, factor = scale("the result", like), scale("input", input) / scale("the result", like)
        low, high = result.dtype.limits
        low = max(low, zero_point(like) + whole(round_half_away(np.float32(self.low) / step)))
        if self.high != np.inf:
            high = min(high, zero_point(like) + whole(round_half_away(np.float32(self.high) / step)))
        requantize = Requantization(
            "double-away", np.array([factor], np.float64), zero_point(like), low, high, result.dtype.value
        )
        note_far_shifts(site, requantize)
        return Rescaled(zeros[0], requantize)

    def compute(self, record: Rescaled, see: See | None, input: Array) -> tuple[Array, ...]:
        """The operand at the result's scale, cut off."""
        return (of_codes(record, see, input),)

    def compile(self, record: Rescaled, input: Operand) -> Call | None:
        """A requantization where that pays, else a table."""
        requantize = record.requantize
        found = calls.rescaled(input.dtype.value, input.shape, record.input_zero_point, requantize)
        return found or super().compile(record, input)


@dataclass(frozen=True)
class Relu(_Cut):
    """out = max(input, 0).

    Sources:
        tflite/kernels/activations.cc, ReluPrepare: kernels rescale, so the result has a range of its own.
    """

    opcode = "RELU"
    rules = _ROUNDED
    types = frozenset({DType.INT8, DType.UINT8, DType.INT16})
    quant = QuantRule({"input": Activation()})
    versions = {DType.INT8: 2, DType.UINT8: 2, DType.INT16: 3}


@dataclass(frozen=True)
class Relu6(_Cut):
    """out = min(max(input, 0), 6).

    At a result scale where 6 / scale does not fit int32 its kernels return nothing but zeros: below 2^-28.4, measured
    on ai-edge-litert 2.3.0 with a zero point of 0. Those of the operators below do so where 1 / scale does not fit.

    Sources:
        tflite/kernels/activations.cc, ReluPrepare and QuantizedReluX.
    """

    opcode = "RELU6"
    rules = {**_ROUNDED, "clamp": INTEGERS}
    high = 6.0
    types = frozenset({DType.INT8, DType.UINT8, DType.INT16})
    quant = QuantRule({"input": Activation()}, output_floor=CLAMP_FLOOR)
    versions = {DType.INT8: 2, DType.INT16: 3}


@dataclass(frozen=True)
class ReluN1To1(_Cut):
    """out = min(max(input, -1), 1)."""

    opcode = "RELU_N1_TO_1"
    rules = _ROUNDED
    low = -1.0
    high = 1.0
    quant = QuantRule({"input": Activation()}, dtypes=frozenset({DType.INT8, DType.UINT8}), output_floor=CLAMP_FLOOR)


@dataclass(frozen=True)
class Relu0To1(_Cut):
    """out = min(max(input, 0), 1)."""

    opcode = "RELU_0_TO_1"
    rules = _ROUNDED
    high = 1.0
    quant = QuantRule({"input": Activation()}, dtypes=frozenset({DType.INT8, DType.UINT8}), output_floor=CLAMP_FLOOR)
