"""REDUCE_PROD: product along some dimensions."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from intact.arith.requantize import Requantization, See
from intact.arith.rounding import multiply
from intact.errors import UncoveredError
from intact.ir.op import Operand
from intact.ir.quant_rule import Activation, QuantRule
from intact.ir.site import Site
from intact.ir.types import Array, DType
from intact.ops.quantized import alike, scale, zero_point
from intact.ops.reduction import Reduction, axes, count, known_axes


@dataclass(frozen=True, eq=False)
class Multiplied:
    """How a product of stored integers becomes the stored product.

    Args:
        rule: of those of ReduceProd.
        input_zero_point: of each factor.
        requantize: brings the running product down, after each factor but the first, and once more at the end; its zero
            point is added at the end only.
    """

    rule: str
    input_zero_point: int
    requantize: Requantization


@dataclass(frozen=True)
class ReduceProd(Reduction):
    """out = product of the input along the dimensions `axis`.

    With n factors, each product is multiplied by e = s_in / s_out^(1/n), so that n multiplications make s_in^n / s_out:

        p_1 = q_1 - z;  p_i = round(e * p_{i-1} * (q_i - z));  out = clamp(round(e * p_n) + z_out)

    in the order in which the elements lie in memory. Rules:

        single-16        round as arith/rounding.py says
        single-16-copy   the same; where no dimension of more than one element is reduced, the stored integers are
                         copied and not rescaled, which is a defect

    Sources:
        tflite/kernels/reduce.cc, PrepareProd and EvalQuantizedProd; tflite/kernels/internal/reference/reduce.h and
        optimized/reduce.h, QuantizedReduceProd.
    """

    opcode = "REDUCE_PROD"
    rules = {"single-16": ("int8", "int16"), "single-16-copy": ("int8", "int16")}
    quant = QuantRule({"input": Activation()}, dtypes=frozenset({DType.INT8, DType.INT16}))
    versions = {DType.INT8: 2, DType.INT16: 2}

    def unfit(self, *operands: Operand | None) -> str | None:
        """Kernels work out their multiplier for a known count, and forget to rescale where that is one."""
        factors, axis = operands
        assert factors is not None and axis is not None
        (product,) = self.infer(factors, axis)
        if product.shape is None:
            return "axis computed at run time"
        if math.prod(product.shape) == math.prod(factors.shape):
            return "product of single elements"
        return super().unfit(*operands)

    def prepare(self, site: Site, input: Operand, axis: Operand) -> Multiplied:
        """Multiplier and shift for the number of factors."""
        result, reduced = site.results[0], known_axes(input, axis)
        if input.dtype not in {DType.INT8, DType.INT16} or result.dtype != input.dtype:
            raise UncoveredError(f"REDUCE_PROD of {input.dtype.value} to {result.dtype.value}")
        if reduced is None:
            raise UncoveredError("REDUCE_PROD with an axis computed at run time")
        rule = site.rule(self.opcode, input.dtype.value, taken=False).name
        before, after = float(scale("the input", input)), float(scale("the result", result))
        factor = np.array([before / math.pow(after, 1.0 / max(1, count(input.shape, reduced)))])
        if rule == "single-16-copy" and count(input.shape, reduced) == 1 and not alike(input, result):
            site.defect("the kernel copies the codes of products of one factor, though the scales differ")
        requantize = Requantization("single-16", factor, zero_point(result), *result.dtype.limits, result.dtype.value)
        return Multiplied(rule, zero_point(input), requantize)

    def compute(self, record: Multiplied, see: See | None, input: Array, axis: Array) -> tuple[Array, ...]:
        """The products, factor by factor."""
        reduced = axes(axis.reshape(-1), input.ndim)
        number, requantize = count(input.shape, reduced), record.requantize
        kept = [i for i in range(input.ndim) if i not in reduced]
        rows = np.transpose(input, [*kept, *reduced]).reshape(*(input.shape[i] for i in kept), number)
        shape = [1 if i in reduced else s for i, s in enumerate(input.shape) if self.keep_dims or i not in reduced]
        if record.rule == "single-16-copy" and number == 1:
            return (input.reshape(shape),)
        factors = rows.astype(np.int64) - record.input_zero_point
        product = factors[..., 0]
        for index in range(1, number):
            product = multiply(product * factors[..., index], requantize.multiplier, requantize.shift, "single-16")
        return (requantize(product.reshape(shape), see=see),)
