"""L2_NORMALIZATION along the last dimension."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from intact.arith.requantize import See
from intact.arith.roots import inverse_root
from intact.arith.rounding import multiply, wrap32
from intact.errors import UncoveredError
from intact.ir.op import Op, Operand
from intact.ir.quant_rule import Activation, QuantRule, signed_unit_interval
from intact.ir.site import Site
from intact.ir.types import Array, DType, TensorType
from intact.ops.attributes import FusedActivation
from intact.ops.quantized import EIGHT_BITS, demand, zero_point
from intact.ops.shapes import same_as


@dataclass(frozen=True)
class Normalization:
    """L2_NORMALIZATION in integers; the input's scale does not matter, the result's is 1/128.

    Args:
        input_zero_point: of the input.
        output_zero_point: 0 of int8, 128 of uint8.
        result: type of the result.
    """

    input_zero_point: int
    output_zero_point: int
    result: DType


@dataclass(frozen=True)
class L2Normalization(Op):
    """out = input / max(sqrt(sum of input^2 along the last dimension), 1e-6). No kernel takes a fused activation.

    Rules:

        newton   the sum of squares in int32; one over its root by Newton's steps (arith/roots.py), by which 128 times
                 the number is multiplied, rounded twice. A sum of 0 counts as 1

    Sources:
        tflite/kernels/l2norm.cc, Prepare: the output scale is 1/128;
        tflite/kernels/internal/reference/l2normalization.h and integer_ops/l2normalization.h.
    """

    opcode = "L2_NORMALIZATION"
    rules = {"newton": EIGHT_BITS}
    options = "L2NormOptions"
    quant = QuantRule({"input": Activation()}, (signed_unit_interval(),), dtypes=frozenset({DType.INT8, DType.UINT8}))
    versions = {DType.INT8: 2}
    fused_version = None  # LiteRT refuses any

    fused_activation_function: FusedActivation = FusedActivation.NONE

    def infer(self, input: Operand) -> tuple[TensorType, ...]:
        """As the input."""
        return same_as(input)

    def prepare(self, site: Site, input: Operand) -> Normalization:
        """Zero points."""
        result = site.results[0]
        if input.dtype not in {DType.INT8, DType.UINT8} or result.dtype != input.dtype:
            raise UncoveredError(f"{self.opcode} of {input.dtype.value} to {result.dtype.value}")
        if self.fused_activation_function != FusedActivation.NONE:
            raise UncoveredError(f"{self.opcode} with a fused activation")
        site.rule(self.opcode, input.dtype.value, taken=False)
        zero = 0 if result.dtype == DType.INT8 else 128
        demand(self.opcode, result, 1 / 128, zero)
        return Normalization(zero_point(input), zero, result.dtype)

    def compute(self, record: Normalization, see: See | None, input: Array) -> tuple[Array, ...]:
        """Numbers times one over the root of their sum of squares."""
        centred = input.astype(np.int64) - record.input_zero_point
        total = wrap32((centred * centred).sum(axis=-1, keepdims=True))
        multiplier, shift = inverse_root(total)
        if record.result == DType.INT8:
            scaled = multiply(centred, multiplier, shift + 7)
        else:
            scaled = multiply(128 * centred, multiplier, shift)
        result = np.clip(scaled + record.output_zero_point, *record.result.limits)
        if see:
            see("input offset", centred)
            see("shifted", scaled)
            see("offset", scaled + record.output_zero_point)
            see("clamped", result)
        return (result.astype(record.result.numpy),)
