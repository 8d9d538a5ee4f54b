"""MUL: elementwise product with broadcasting."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from intact.arith.calls import mul as calls
from intact.arith.requantize import Requantization, See
from intact.arith.rounding import multiply, shift_right_away
from intact.arith.vectors import Ways, stretch, through_int16
from intact.errors import UncoveredError
from intact.ir.op import Operand
from intact.ir.quant_rule import Activation, QuantRule
from intact.ir.site import Site
from intact.ir.term import Term
from intact.ir.types import Array, DType, Shape
from intact.native.call import Call
from intact.ops.by_codes import OfPairs
from intact.ops.elementwise import Arithmetic
from intact.ops.finish import Finish, finish, float32_clamp
from intact.ops.pairs import reach
from intact.ops.quantized import (
    EIGHT_BITS,
    INTEGERS,
    note_far_shifts,
    scale,
    zero_point,
)
from intact.ops.terms import broadcast_place, term
from intact.ops.xnnpack import takes8, well_shaped

_SMALL: Final = 0.49
"""A factor below it makes no product of 8 bits larger than int16 holds, with a zero point added."""


@dataclass(frozen=True, eq=False)
class Product(OfPairs):
    """What a product of quantized numbers is prepared to.

    Args:
        zero_points: of the operands.
        requantize: product to result; its factor is scale1 * scale2 / result's scale.
        vectors: the kernel computes blocks of elements in vectors of int16.
    """

    zero_points: tuple[int, int]
    requantize: Requantization
    vectors: bool

    def __call__(self, see: See | None, input1: Array, input2: Array) -> tuple[Array, ...]:
        """Returns the result."""
        return (self.of_pairs(see, input1, input2),)

    def ways_at(self, shape1: Shape, shape2: Shape) -> Ways:
        """Returns which elements are computed in vectors, and in which way."""
        along = stretch(shape1, shape2) if self.vectors else None
        if along is None:
            return Ways("scalar", "scalar")
        signed = self.requantize.dtype == "int8"
        way = "wrapping" if along.repeats and not signed else "saturating"
        return along.ways(way, "scalar", 16 if signed else 8)

    def compile(self, input1: Operand, input2: Operand) -> Call | None:
        """Returns the C kernel's call."""
        if input1.dtype == input2.dtype == DType.INT16:
            return calls.multiplied((input1.shape, input2.shape), self.zero_points, self.requantize)
        return super().compile(input1, input2)

    def by_formula(self, shapes: tuple[Shape, Shape], dtype: str, used: Sequence[str]) -> Call | None:
        """Products, where none leaves int16 in any of the ways: then they are the same."""
        end = self.requantize
        if end.far or (end.rule != "float32-even" and end.factor[0] >= _SMALL):
            return None
        return calls.multiplied(shapes, self.zero_points, end)

    @property
    def ways(self) -> tuple[str, ...]:
        """Products are the same in all."""
        return ("scalar",)

    def formula(self, see: See | None, way: str, input1: Array, input2: Array) -> Array:
        """Returns the result of each pair: "scalar", or in vectors that hold it "saturating" or "wrapping"."""
        first, second = (x.astype(np.int64) - z for x, z in zip((input1, input2), self.zero_points, strict=True))
        products, end = np.asarray(first * second), self.requantize
        if way == "scalar":
            return end(products, see=see)
        multiplier, shift = int(end.multiplier[0]), int(end.shift[0])
        number = multiply(products, multiplier, shift) if shift < 32 else np.zeros_like(products)
        offset = through_int16(number, end.zero_point, saturates=way == "saturating")
        result = np.clip(offset, end.low, end.high)
        if see:
            for stage, array in (("products", products), ("accumulator", products), ("shifted", number)):
                see(stage, array)
            see("offset", offset)
            see("clamped", result)
        return result.astype(end.dtype)


@dataclass(frozen=True)
class Fraction:
    """What a product of int16 in Q0.15 with a result of 8 bits is prepared to; scales do not count.

    Args:
        finish: zero point and clamp of the result.
    """

    finish: Finish


@dataclass(frozen=True)
class Mul(Arithmetic):
    """out = activation(input1 * input2).

    Rules, by the names that profiles give them: "double-away" and "float32-even" of arith/requantize.py;
    "double-away-float64", the first with the factor in float64 in place of float32; "double-away-vectors", the first
    with blocks of elements computed in vectors, where a product beyond int16 saturates or wraps around. Where the
    factor is 2^31 or more the scalar kernels shift by 32 bits less, the vectors shift all bits out.

    Sources:
        tflite/kernels/mul.cc; tflite/kernels/internal/reference/mul.h; tflite/kernels/internal/optimized;
        XNNPACK src/qs8-vmul.
    """

    opcode = "MUL"
    rules = {
        "double-away": INTEGERS,
        "double-away-float64": INTEGERS,
        "double-away-vectors": EIGHT_BITS,
        "float32-even": EIGHT_BITS,
        "fraction": ("int16 to int8", "int16 to uint8"),
    }
    options = "MulOptions"
    quant = QuantRule({"input1": Activation(), "input2": Activation()})
    versions = {DType.INT8: 2, DType.INT16: 4, DType.INT64: 5}

    def prepare(self, site: Site, input1: Operand, input2: Operand) -> Product | Fraction:
        """Multiplier, shift and clamp."""
        result, activation = site.results[0], self.fused_activation_function
        types = input1.dtype, input2.dtype, result.dtype
        if types[0] == types[1] == DType.INT16 and types[2] in {DType.INT8, DType.UINT8}:
            site.rule(self.opcode, f"int16 to {types[2].value}")
            if input1.shape != input2.shape:
                raise UncoveredError(f"MUL of int16 to {types[2].value} does not broadcast")
            return Fraction(finish(activation, result))
        if types[0] not in {DType.INT8, DType.UINT8, DType.INT16} or len(set(types)) > 1:
            raise UncoveredError(f"MUL of {types[0].value} to {types[2].value}")
        steps, output = (scale("input1", input1), scale("input2", input2)), scale("the result", result)
        zeros = zero_point(input1), zero_point(input2)
        if types[0] == DType.INT16 and (*zeros, zero_point(result)) != (0, 0, 0):
            raise UncoveredError("MUL of int16 with a zero point")
        factor = steps[0] * steps[1] / output
        near = 2.0**-16 <= float(factor) < 2.0**8
        taken = near and takes8(input1) and takes8(input2) and takes8(result) and well_shaped(input1, input2)
        rule = site.rule(self.opcode, types[0].value, taken=taken)
        end = float32_clamp(activation, result) if rule.name == "float32-even" else finish(activation, result)
        exact = np.float64(steps[0]) * np.float64(steps[1]) / np.float64(output)
        requantize = Requantization(
            rule.name if rule.name == "float32-even" else "double-away",
            np.array([exact if rule.name == "double-away-float64" else factor], np.float64),
            end.zero_point,
            end.low,
            end.high,
            end.dtype,
        )
        note_far_shifts(site, requantize)
        return Product(zeros, requantize, rule.name == "double-away-vectors")

    def compute(self, record: Product | Fraction, see: See | None, input1: Array, input2: Array) -> tuple[Array, ...]:
        """The product."""
        if isinstance(record, Fraction):
            return (_fraction(record, see, input1, input2),)
        return record(see, input1, input2)

    def compile(self, record: Product | Fraction, input1: Operand, input2: Operand) -> Call | None:
        """Products, or a table of 8 bits."""
        return None if isinstance(record, Fraction) else record.compile(input1, input2)

    def reach(self, record: Product | Fraction, input1: Operand, input2: Operand) -> tuple[Array, Array]:
        """The product."""
        if isinstance(record, Fraction):
            return np.array([-(1 << 15) * ((1 << 15) - 1)]), np.array([1 << 30])
        return reach(record, input1, input2)

    def terms(self, record: Product | Fraction, at: tuple[int, ...], input1: Array, input2: Array) -> list[Term]:
        """The one product."""
        places = broadcast_place(at, input1), broadcast_place(at, input2)
        zeros = (0, 0) if isinstance(record, Fraction) else record.zero_points
        return [term(input1, places[0], input2, places[1], zeros)]


def _fraction(record: Fraction, see: See | None, input1: Array, input2: Array) -> Array:
    """Returns the product of Q0.15 in steps of 2^-7."""
    # In Q0.15, ties up; saturated where both are -1.
    product = np.minimum((input1.astype(np.int64) * input2 + (1 << 14)) >> 15, (1 << 15) - 1)
    if see:
        see("products", product)
    return record.finish(shift_right_away(product, 8), see)
