"""FULLY_CONNECTED: a matrix of weights (out, in) applied to the input seen as rows of `in` numbers."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from intact.arith.accumulate import Matrix
from intact.arith.calls import gemm, gemm16
from intact.arith.calls.matmul import Factor, matmul
from intact.arith.requantize import RULES, See
from intact.arith.rounding import FIXED
from intact.errors import ModelError, UncoveredError
from intact.ir.op import Op, Operand
from intact.ir.quant_rule import ACCUMULATES, Activation, Bias, HybridRule, QuantRule, Weight
from intact.ir.site import Site
from intact.ir.term import Term
from intact.ir.types import Array, DType, TensorType
from intact.native.call import Call
from intact.ops import hybrid_dense, terms, weighted
from intact.ops.attributes import FusedActivation, WeightsFormat
from intact.ops.fitness import not_clamp
from intact.ops.hybrid import Hybrid
from intact.ops.quantized import INTEGERS, scale, scales, zero_point
from intact.ops.shapes import require_bias, require_rank, unknown
from intact.ops.weighted import Weighted
from intact.ops.xnnpack import takes8


@dataclass(frozen=True, eq=False)
class Dense:
    """What FULLY_CONNECTED is prepared to.

    Args:
        weighted: its parameters.
    """

    weighted: Weighted

    @cached_property
    def matrix(self) -> Matrix | None:
        """The filter; None where it is computed."""
        shared = self.weighted
        if shared.weights is None:
            return None
        return Matrix(shared.centred_filter(shared.weights), shared.largest_input)


@dataclass(frozen=True)
class FullyConnected(Op):
    """out[r, o] = activation(bias[o] + sum over i of input[r, i] * filter[o, i]).

    The result has two dimensions, or with `keep_num_dims` those of the input. Shuffled weights are an old layout of
    uint8 models: the result is int16 then, and a second result is workspace whose shape only the file knows.

    Sources:
        tflite/kernels/fully_connected.cc.
    """

    opcode = "FULLY_CONNECTED"
    weights = {1: 0}
    hybrid = HybridRule("either", (3, 9, 12))
    rules = {
        **dict.fromkeys(RULES, INTEGERS),
        **dict.fromkeys((name + weighted.FLOAT64 for name in FIXED), INTEGERS),
        **dict.fromkeys(("dynamic", "xnnpack-qd8"), ("float32", "float32 int4 wide")),
        "dynamic-int4": ("float32 int4 wide",),
        "dynamic-int4-blocks": ("float32 int4 blocks wide",),
        **dict.fromkeys(("blocks-defect", "xnnpack-qd8-blocks"), ("float32 int4 blocks", "float32 int4 blocks wide")),
    }
    options = "FullyConnectedOptions"
    quant = QuantRule(
        {"input": Activation(), "filter": Weight(axis=0), "bias": Bias(of=("input", "filter"))},
        finest=ACCUMULATES,
        # Without one, uint8 needs version 6, and int16 has accumulators of 32 bits in the optimized kernel.
        wants_bias=frozenset({DType.UINT8, DType.INT16}),
    )
    versions = {DType.INT8: 4, DType.INT16: 7}

    fused_activation_function: FusedActivation = FusedActivation.NONE
    weights_format: WeightsFormat = WeightsFormat.DEFAULT
    keep_num_dims: bool = False
    asymmetric_quantize_inputs: bool = False
    quantized_bias_type: DType = DType.FLOAT32
    quant_spec: tuple[int, ...] = ()

    def infer(self, input: Operand, filter: Operand, bias: Operand | None = None) -> tuple[TensorType, ...]:
        """One row of `out` numbers for each row of the input."""
        require_rank("filter", filter, 2)
        units, depth = filter.shape
        if not units:
            raise ModelError(f"filter has shape {list(filter.shape)}", expected="a row or more")
        require_bias(bias, units)
        if self.keep_num_dims:
            if input.shape[-1] != depth:
                raise ModelError(
                    f"filter {list(filter.shape)} takes {depth} numbers, input has shape {list(input.shape)}",
                    expected="input.shape[-1] == filter.shape[1]",
                )
            shape = (*input.shape[:-1], units)
        else:
            size = math.prod(input.shape)
            if depth and size % depth:
                raise ModelError(
                    f"filter {list(filter.shape)} takes rows of {depth}, input {list(input.shape)} has {size} elements",
                    expected=f"a multiple of {depth}",
                )
            shape = (size // depth if depth else math.prod(input.shape[:-1]), units)
        if self.weights_format == WeightsFormat.SHUFFLED4x16INT8:
            return (TensorType(DType.INT16, shape), *unknown(DType.UINT8))
        return (TensorType(input.dtype, shape),)

    def unfit(self, *operands: Operand | None) -> str | None:
        """Integer kernels know activations only as clamps, and weights only in rows."""
        if self.weights_format != WeightsFormat.DEFAULT:
            return "weights in the shuffled layout"
        return not_clamp(self.fused_activation_function)

    def version_with_bias(self, version: int) -> int:
        """Version 6 is for what has none."""
        return version if version != 6 else 5 if self.keep_num_dims else 1

    def unfit_hybrid(self, *operands: Operand | None) -> str | None:
        """As with integers."""
        return self.unfit(*operands)

    def prepare(self, site: Site, input: Operand, filter: Operand, bias: Operand | None = None) -> Dense | Hybrid:
        """Multiplier, shift and clamp a row of the filter; the filter as a matrix."""
        if self.weights_format != WeightsFormat.DEFAULT:
            raise UncoveredError("weights in the shuffled layout")
        if input.dtype == DType.FLOAT32:
            asymmetric = self.asymmetric_quantize_inputs
            return hybrid_dense.prepare(self.fused_activation_function, asymmetric, site, input, filter, bias)
        weighted.require_types(self.opcode, site, input, filter, frozenset({DType.INT8, DType.INT4, DType.INT2}))
        assert filter.quant is not None
        per_tensor = filter.quant.scale.size == 1
        zero = zero_point(filter) if per_tensor else 0
        kinds, taken = self._kinds(input, filter, bias, zero), self._taken(site, input, filter, bias)
        rule = site.rule(self.opcode, *kinds, taken=taken).name
        # Only int16 has accumulators of either width under one rule.
        wide = rule == "float64-away" and input.dtype == DType.INT16 and self.quantized_bias_type != DType.INT32
        factor = weighted.factors(
            rule,
            scale("input", input),
            scales("filter", filter, filter.shape[0]),
            scale("the result", site.results[0]),
            narrow=per_tensor and rule in FIXED,
        )
        rule = rule.removesuffix(weighted.FLOAT64)
        activation = self.fused_activation_function
        record = weighted.finish(rule, factor, activation, site, input, filter, zero, bias, 0, wide=wide)
        return Dense(record)

    def _kinds(self, input: Operand, filter: Operand, bias: Operand | None, filter_zero: int) -> tuple[str, ...]:
        """Returns the types that a profile may have a rule for.

        The optimized int16 kernel has 32-bit accumulators and reads an int32 bias. It runs unless the bias or
        quantized_bias_type is int64, or the filter has a zero point; so it runs too where there is no bias and nothing
        says its type.
        """
        kinds = weighted.kinds(self.opcode, input, filter, bias, self.quantized_bias_type)
        unsaid = bias is None and self.quantized_bias_type == DType.FLOAT32
        if input.dtype == DType.INT16 and filter_zero:
            return ("int16 filter-offset", *kinds)
        return ("int16 no-bias", *kinds) if input.dtype == DType.INT16 and unsaid else kinds

    def _taken(self, site: Site, input: Operand, filter: Operand, bias: Operand | None) -> bool:
        """Whether XNNPACK takes it: as `weighted.taken8`, and int4 and int2 filters of an int8 input.

        An int4 filter has an even number of columns, an int2 filter a multiple of 4 and a scale a row.
        """
        narrow = {DType.INT4: 2, DType.INT2: 4}.get(filter.dtype)
        if narrow is None:
            return weighted.taken8(site, input, filter, bias, 0)
        quant = filter.quant
        return (
            input.dtype == DType.INT8
            and quant is not None
            and filter.contents is not None
            and filter.shape[1] % narrow == 0
            and (quant.scale.size == 1 or quant.quantized_dimension == 0)
            and (filter.dtype == DType.INT4 or quant.scale.size == filter.shape[0])
            and not np.any(quant.zero_point)
            and takes8(input)
            and takes8(site.results[0])
            and (bias is None or weighted.takes_bias(bias))
        )

    def compute(
        self, record: Dense | Hybrid, see: See | None, input: Array, filter: Array, bias: Array | None = None
    ) -> tuple[Array, ...]:
        """The accumulators, requantized."""
        if isinstance(record, Hybrid):
            units, depth = filter.shape
            found = hybrid_dense.compute(record, see, input.reshape(-1, depth), bias)
            return (found.reshape(*input.shape[:-1], units) if self.keep_num_dims else found,)
        shared = record.weighted
        units, depth = filter.shape
        centred = shared.centred(input)
        if see:
            see("input offset", centred.astype(np.int64))
        matrix = record.matrix or Matrix(shared.centred_filter(filter), shared.largest_input)
        products = matrix(centred.reshape(-1, depth))
        shape = (*input.shape[:-1], units) if self.keep_num_dims else (-1, units)
        return (shared.requantize(products.reshape(shape), shared.bias_of(bias), see),)

    def compile(
        self, record: Dense | Hybrid, input: Operand, filter: Operand, bias: Operand | None = None
    ) -> Call | None:
        """Rows times the filter."""
        units, depth = filter.shape
        rows = math.prod(input.shape) // depth if depth else 0
        shape = (*input.shape[:-1], units) if self.keep_num_dims else (rows, units)
        if isinstance(record, Hybrid):
            return hybrid_dense.call(record, rows, shape, bias)
        shared = record.weighted
        if shared.weights is None or (bias is not None and shared.bias is None):
            x = Factor(0, input.dtype.value, (rows, depth), shared.input_zero_point)
            y = Factor(1, filter.dtype.value, filter.shape, shared.filter_zero_point, is_adjoint=True)
            return matmul(x, y, shared.requantize, shape, None if bias is None else (2, bias.dtype.value))
        weights, zero = shared.centred_filter(shared.weights), shared.input_zero_point
        call = gemm16.dense if input.dtype == DType.INT16 else gemm.dense
        return call(input.dtype.value, rows, weights, shared.bias, zero, shared.requantize, shape)

    def terms(
        self, record: Dense, at: tuple[int, ...], input: Array, filter: Array, bias: Array | None = None
    ) -> list[Term]:
        """The products of one row of the input with one row of the filter."""
        depth = filter.shape[1]
        rows = input.reshape(-1, depth)
        row = int(np.ravel_multi_index(at[:-1], input.shape[:-1])) if self.keep_num_dims else at[0]
        return terms.along(rows, filter, depth, lambda i: (row, i), lambda i: (at[-1], i), record.weighted.zeros)
