"""BATCH_MATMUL: products of matrices in the last two dimensions, the others broadcast."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from intact.arith.accumulate import exact_type
from intact.arith.calls import gemm, gemm16
from intact.arith.calls import matmul as calls
from intact.arith.requantize import ALIKE, Requantization, See
from intact.arith.rounding import FIXED
from intact.errors import ModelError, UncoveredError
from intact.ir.op import Op, Operand
from intact.ir.quant_rule import Activation, HybridRule, QuantRule
from intact.ir.site import Site
from intact.ir.term import Term
from intact.ir.types import Array, DType, TensorType
from intact.native.call import Call
from intact.ops import hybrid_matmul, terms
from intact.ops.attributes import FusedActivation
from intact.ops.hybrid import Hybrid
from intact.ops.quantized import clamp, note_far_shifts, scale, zero_point
from intact.ops.shapes import broadcast_sizes, require_rank
from intact.ops.weighted import FLOAT64, accumulator_range, factors
from intact.ops.xnnpack import takes8


@dataclass(frozen=True, eq=False)
class MatrixProduct:
    """What BATCH_MATMUL is prepared to.

    Args:
        x_zero_point, y_zero_point: of the factors. Of one with several scales 0, or the first.
        x_scale, y_scale: of the factors. Of one with several scales 0, or the first.
        requantize: accumulator to result.
        largest: largest magnitude of a product of two elements, zero points removed.
    """

    x_zero_point: int
    y_zero_point: int
    x_scale: np.float32
    y_scale: np.float32
    requantize: Requantization
    largest: int


def _scale(name: str, factor: Operand, first: bool) -> np.float32:
    """Returns what a kernel reads as the one scale of a factor, however many it has."""
    found = factor.quant.scale if factor.quant else np.empty(0, np.float32)
    if found.size > 1:
        return np.float32(found[0]) if first else np.float32(0)
    return scale(name, factor)


@dataclass(frozen=True)
class BatchMatMul(Op):
    """out[..., i, j] = sum over k of x[..., i, k] * y[..., k, j].

    `adj_x` and `adj_y` swap a factor's last two dimensions first.

    Its integer kernels read one scale for each factor and subtract both zero points, so a constant factor is no
    per-channel weight: with more than one scale every resolver of LiteRT 2.3 returns the zero point throughout, because
    the one scale that a kernel can read is 0 then. That is the rule no-scale; under the rule first-scale it is that of
    the first channel.

    Sources:
        tflite/kernels/batch_matmul.cc, Prepare and EvalQuantized; tflite/kernels/internal/reference/batch_matmul.h;
        tflite/delegates/xnnpack/xnnpack_delegate.cc, VisitBatchMatMulNode.
    """

    opcode = "BATCH_MATMUL"
    weights = {1: -1}
    hybrid = HybridRule("tensor", (1, 4, 4))
    rules = {
        **dict.fromkeys(ALIKE, ("int8", "int16")),
        **dict.fromkeys((name + FLOAT64 for name in FIXED if name in ALIKE), ("int8", "int16")),
        **dict.fromkeys(("no-scale", "first-scale"), ("int8 per-channel", "int16 per-channel")),
        **dict.fromkeys(("dynamic", "xnnpack-qd8"), ("float32",)),
    }
    options = "BatchMatMulOptions"
    quant = QuantRule({"x": Activation(), "y": Activation()}, dtypes=frozenset({DType.INT8, DType.INT16}))
    versions = {DType.INT8: 2, DType.INT16: 3}

    adj_x: bool = False
    adj_y: bool = False
    asymmetric_quantize_inputs: bool = False

    def infer(self, x: Operand, y: Operand) -> tuple[TensorType, ...]:
        """The broadcast batch dimensions, the rows of x, the columns of y."""
        require_rank("x", x, 2, 3, 4, 5)
        require_rank("y", y, 2, 3, 4, 5)
        rows, depth = reversed(x.shape[-2:]) if self.adj_x else x.shape[-2:]
        taken, columns = reversed(y.shape[-2:]) if self.adj_y else y.shape[-2:]
        if depth != taken:
            raise ModelError(
                f"x {list(x.shape)} gives {depth} numbers a product, y {list(y.shape)} takes {taken}",
                expected="equal inner dimensions",
            )
        return (TensorType(x.dtype, (*broadcast_sizes(x.shape[:-2], y.shape[:-2]), rows, columns)),)

    def unfit_hybrid(self, *operands: Operand | None) -> str | None:
        """With several batch dimensions LiteRT's kernel takes the scales of other rows."""
        x, y = (operand.shape if operand is not None else () for operand in operands[:2])
        several = sum(size > 1 for size in x[:-2]) > 1 or any(size > 1 for size in y[:-2])
        return "its hybrid kernel takes scales of other rows in several batch dimensions" if several else None

    def prepare(self, site: Site, x: Operand, y: Operand) -> MatrixProduct | Hybrid:
        """Zero points of both factors; one multiplier and shift.

        XNNPACK takes int8 with one scale each, where the zero point of y is 0.
        """
        if x.dtype == DType.FLOAT32:
            return hybrid_matmul.prepare(site, x, y, self.adj_x, self.adj_y, self.asymmetric_quantize_inputs)
        result = site.results[0]
        types = (x.dtype, y.dtype, result.dtype)
        if types not in {
            (DType.INT8, DType.INT8, DType.INT8),
            (DType.INT16, DType.INT16, DType.INT16),
            (DType.INT16, DType.INT8, DType.INT16),
        }:
            raise UncoveredError(f"BATCH_MATMUL of {types[0].value} and {types[1].value} to {types[2].value}")
        several = [o.quant is not None and o.quant.scale.size > 1 for o in (x, y)]
        kind = x.dtype.value
        taken = takes8(x) and not several[1] and zero_point(y) == 0 and takes8(result)
        mixed = x.dtype != y.dtype
        rule = site.rule(self.opcode, *([f"{kind} {y.dtype.value}"] if mixed else []), kind, taken=taken).name
        first = any(several) and site.rule(self.opcode, f"{kind} per-channel", taken=False).name == "first-scale"
        scales = [_scale(name, o, first) for name, o in (("x", x), ("y", y))]
        zeros = [zero_point(o) if first or not many else 0 for o, many in zip((x, y), several, strict=True)]
        factor = factors(
            rule, scales[0], scales[1].reshape(1), scale("the result", result), narrow=not rule.endswith(FLOAT64)
        )
        if any(several) and not first:
            site.defect("the kernel reads 0 for the scale of a factor that has several: every result is the zero point")
        if first and any(o.quant is not None and len(set(o.quant.scale.tolist())) > 1 for o in (x, y)):
            site.defect("the kernel reads the first of a factor's several scales for all")
        low, high = clamp(FusedActivation.NONE, result)
        name = rule.removesuffix(FLOAT64)
        requantize = Requantization(name, factor, zero_point(result), low, high, result.dtype.value)
        note_far_shifts(site, requantize)
        reach = [max(abs(v - zero) for v in o.dtype.limits) for o, zero in zip((x, y), zeros, strict=True)]
        return MatrixProduct(
            zeros[0],
            zeros[1],
            scales[0],
            scales[1],
            requantize,
            reach[0] * reach[1],
        )

    def compute(self, record: MatrixProduct | Hybrid, see: See | None, x: Array, y: Array) -> tuple[Array, ...]:
        """The accumulators, requantized."""
        if isinstance(record, Hybrid):
            left = x.swapaxes(-1, -2) if self.adj_x else x
            return (hybrid_matmul.compute(record, see, left, adjoint=self.adj_x),)
        dtype = exact_type(record.largest * x.shape[-2 if self.adj_x else -1])
        left = np.subtract(x, record.x_zero_point, dtype=dtype)
        right = np.subtract(y, record.y_zero_point, dtype=dtype)
        if self.adj_x:
            left = left.swapaxes(-1, -2)
        if self.adj_y:
            right = right.swapaxes(-1, -2)
        return (record.requantize(np.matmul(left, right), None, see),)

    def compile(self, record: MatrixProduct | Hybrid, x: Operand, y: Operand) -> Call | None:
        """A constant matrix y is a filter; otherwise the product of two computed ones."""
        if isinstance(record, Hybrid):
            return hybrid_matmul.call(record, x, adjoint=self.adj_x)
        shape = self.infer(x, y)[0].shape
        assert shape is not None
        dtype, zero, finish = x.dtype.value, record.x_zero_point, record.requantize
        if y.array is not None and y.dtype == DType.INT8 and math.prod(y.shape[:-2]) == 1 and not self.adj_x:
            matrix = y.array.reshape(y.shape[-2:]).astype(np.int64) - record.y_zero_point
            call = gemm16.dense if x.dtype == DType.INT16 else gemm.dense
            columns = matrix if self.adj_y else matrix.T
            return call(dtype, math.prod(shape[:-1]), columns, None, zero, finish, shape)
        left = calls.Factor(0, dtype, x.shape, zero, self.adj_x)
        right = calls.Factor(1, y.dtype.value, y.shape, record.y_zero_point, self.adj_y)
        return calls.matmul(left, right, finish, shape)

    def reach(self, record: MatrixProduct | Hybrid, x: Operand, y: Operand) -> tuple[Array, Array] | None:
        """A sum of as many products as the inner dimension has; columns of a constant y as they are."""
        if isinstance(record, Hybrid):
            return record.accumulator_low.min(keepdims=True), record.accumulator_high.max(keepdims=True)
        low, high = x.dtype.limits
        span = low - record.x_zero_point, high - record.x_zero_point
        if y.array is not None:
            columns = y.array if self.adj_y else y.array.swapaxes(-1, -2)
            return accumulator_range(columns.reshape(-1, columns.shape[-1]), record.y_zero_point, span, None)
        depth = x.shape[-2 if self.adj_x else -1]
        corners = [a * (b - record.y_zero_point) * depth for a in span for b in y.dtype.limits]
        return np.array([min(corners)]), np.array([max(corners)])

    def terms(self, record: MatrixProduct, at: tuple[int, ...], x: Array, y: Array) -> list[Term]:
        """The products of a row of x with a column of y."""
        left, right = x.swapaxes(-1, -2) if self.adj_x else x, y.swapaxes(-1, -2) if self.adj_y else y
        zeros = record.x_zero_point, record.y_zero_point
        first, second = (terms.broadcast_place(at[:-2], f[..., 0, 0]) for f in (left, right))

        def swapped(place: tuple[int, ...], adjoint: bool) -> tuple[int, ...]:
            return (*place[:-2], place[-1], place[-2]) if adjoint else place

        return terms.along(
            x,
            y,
            left.shape[-1],
            lambda i: swapped((*first, at[-2], i), self.adj_x),
            lambda i: swapped((*second, i, at[-1]), self.adj_y),
            zeros,
        )
