"""FULLY_CONNECTED: a matrix of weights (out, in) applied to the input seen as rows of `in` numbers."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from intact.arith.accumulate import Matrix
from intact.arith.requantize import See
from intact.errors import ModelError, UncoveredError
from intact.ir.op import Op, Operand, Site
from intact.ir.quant_rule import ACCUMULATES, Activation, Bias, QuantRule, Weight
from intact.ir.types import Array, DType, TensorType
from intact.ops import weighted
from intact.ops.attributes import FusedActivation, WeightsFormat
from intact.ops.fitness import not_clamp
from intact.ops.shapes import require_bias, require_rank, unknown
from intact.ops.weighted import Weighted


@dataclass(frozen=True, eq=False)
class Dense:
    """What FULLY_CONNECTED is prepared to.

    Args:
        weighted: its parameters.
        matrix: the filter; None where it is computed.
    """

    weighted: Weighted
    matrix: Matrix | None


@dataclass(frozen=True)
class FullyConnected(Op):
    """out[r, o] = activation(bias[o] + sum over i of input[r, i] * filter[o, i]).

    The result has two dimensions, or with `keep_num_dims` those of the input. Shuffled weights are an old layout of
    uint8 models: the result is int16 then, and a second result is workspace whose shape only the file knows.

    Sources:
        tflite/kernels/fully_connected.cc.
    """

    opcode = "FULLY_CONNECTED"
    options = "FullyConnectedOptions"
    quant = QuantRule(
        {"input": Activation(), "filter": Weight(axis=0), "bias": Bias(of=("input", "filter"))}, finest=ACCUMULATES
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

    def prepare(self, site: Site, input: Operand, filter: Operand, bias: Operand | None = None) -> Dense:
        """Multiplier, shift and clamp a row of the filter; the filter as a matrix."""
        if self.weights_format != WeightsFormat.DEFAULT:
            raise UncoveredError("weights in the shuffled layout")
        taken = filter.array is not None and (bias is None or bias.array is not None)
        activation = self.fused_activation_function
        record = weighted.prepare(self.opcode, activation, site, input, filter, bias, 0, taken=taken)
        if record.weights is None:
            return Dense(record, None)
        return Dense(record, Matrix(record.centred_filter(record.weights), record.largest_input))

    def compute(
        self, record: Dense, see: See | None, input: Array, filter: Array, bias: Array | None = None
    ) -> tuple[Array, ...]:
        """The accumulators, requantized."""
        shared = record.weighted
        units, depth = filter.shape
        centred = shared.centred(input)
        if see:
            see("input offset", centred.astype(np.int64))
        matrix = record.matrix or Matrix(shared.centred_filter(filter), shared.largest_input)
        products = matrix(centred.reshape(-1, depth))
        shape = (*input.shape[:-1], units) if self.keep_num_dims else (-1, units)
        return (shared.requantize(products.reshape(shape), shared.bias_of(bias), see),)
