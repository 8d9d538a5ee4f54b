"""LOGISTIC: the sigmoid."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from intact.arith import fixed_point, sigmoid16
from intact.arith.libm import libm
from intact.arith.requantize import See
from intact.ir.op import Operand
from intact.ir.quant_rule import Activation, QuantRule, unit_interval
from intact.ir.site import Site
from intact.ir.types import Array, DType
from intact.ops import sigmoids
from intact.ops.elementwise import OfCode
from intact.ops.quantized import demand
from intact.ops.sigmoids import Fixed32, Record, Sigmoid
from intact.ops.tabled import Table
from intact.ops.xnnpack import takes8


def _float32(real: Array) -> Array:
    one = np.float32(1)
    result: Array = one / (one + libm("exp", -real))
    return result


def _xnnpack(real: Array) -> Array:
    # In float64; what is beyond 100 is 0 or 1, which 8 bits cannot tell from it.
    powers = libm("exp", np.clip(real, -100, 100).astype(np.float64))
    result: Array = (powers / (1 + powers)).astype(np.float32)
    return result


_SIGMOID: Final = Sigmoid(
    "LOGISTIC", _float32, _xnnpack, fixed_point.logistic, sigmoid16.logistic, 8, -128, pot_shifts=(0,)
)


@dataclass(frozen=True)
class Logistic(OfCode):
    """out = 1 / (1 + exp(-input)). Its rules are those of ops/sigmoids.py.

    Sources:
        tflite/kernels/activations.cc, SigmoidPrepare: the output scale is 1/256 for 8 bits, 1/32768 for int16;
        tflite/kernels/internal/reference/integer_ops/logistic.h; tflite/kernels/internal/optimized/optimized_ops.h;
        XNNPACK src/reference/unary-elementwise.cc; tensorflow/lite/micro/kernels/logistic_common.cc.
    """

    opcode = "LOGISTIC"
    rules = sigmoids.RULES
    quant = QuantRule({"input": Activation()}, (unit_interval(),))
    versions = {DType.INT8: 2, DType.INT16: 3}

    def prepare(self, site: Site, input: Operand) -> Record:
        """A table, or multiplier and shift into fixed point.

        Raises:
            UncoveredError: also where scale or zero point of the result are not what the runtime's kernels insist on;
                XNNPACK takes any.
        """
        record = _SIGMOID.prepare(site, input, taken=takes8(input) and takes8(site.results[0]))
        match record:
            case Table(rule="lut-float32"):
                demand(self.opcode, site.results[0], 1 / 256, None)
            case Fixed32():
                demand(self.opcode, site.results[0], 1 / 256, -128)
        return record

    def compute(self, record: Record, see: See | None, input: Array) -> tuple[Array, ...]:
        """Looked up or computed, as the rule says."""
        return (_SIGMOID.compute(record, see, input),)
