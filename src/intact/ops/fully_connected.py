"""FULLY_CONNECTED: a matrix of weights (out, in) applied to the input seen as rows of `in` numbers."""

from __future__ import annotations

import math
from dataclasses import dataclass

from intact.errors import ModelError
from intact.ir.op import Op, Operand
from intact.ir.quant_rule import ACCUMULATES, Activation, Bias, QuantRule, Weight
from intact.ir.types import DType, TensorType
from intact.ops.attributes import FusedActivation, WeightsFormat
from intact.ops.fitness import not_clamp
from intact.ops.shapes import require_bias, require_rank, unknown


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
