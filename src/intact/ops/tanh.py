"""TANH: the hyperbolic tangent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from intact.arith import fixed_point, sigmoid16
from intact.arith.libm import libm
from intact.arith.requantize import See
from intact.ir.op import Operand
from intact.ir.quant_rule import Activation, QuantRule, signed_unit_interval
from intact.ir.site import Site
from intact.ir.types import Array, DType
from intact.ops import sigmoids
from intact.ops.elementwise import OfCode
from intact.ops.sigmoids import Record, Sigmoid
from intact.ops.xnnpack import takes8


def _float32(real: Array) -> Array:
    return libm("tanh", real)


_SIGMOID: Final = Sigmoid("TANH", _float32, _float32, fixed_point.tanh, sigmoid16.tanh, 7, 0, pot_shifts=(0, 1))


@dataclass(frozen=True)
class Tanh(OfCode):
    """out = tanh(input). Its rules are those of ops/sigmoids.py.

    Sources:
        https://ai.google.dev/edge/litert/models/quantization_spec: the output scale is 1/128 for 8 bits. LiteRT's 8-bit
        kernels take any; int16 (tflite/kernels/activations.cc, TanhPrepare) and microcontrollers do not.
        tflite/kernels/internal/reference/integer_ops/tanh.h; tflite/kernels/internal/optimized/optimized_ops.h;
        XNNPACK src/reference/unary-elementwise.cc; tensorflow/lite/micro/kernels/tanh.cc.
    """

    opcode = "TANH"
    rules = sigmoids.RULES
    quant = QuantRule({"input": Activation()}, (signed_unit_interval(),))
    versions = {DType.INT8: 2, DType.INT16: 3}

    def prepare(self, site: Site, input: Operand) -> Record:
        """A table, or multiplier and shift into fixed point."""
        return _SIGMOID.prepare(site, input, taken=takes8(input) and takes8(site.results[0]))

    def compute(self, record: Record, see: See | None, input: Array) -> tuple[Array, ...]:
        """Looked up or computed, as the rule says."""
        return (_SIGMOID.compute(record, see, input),)
