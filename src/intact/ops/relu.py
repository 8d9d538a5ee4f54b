"""RELU, RELU6, RELU_N1_TO_1, RELU_0_TO_1: the input, cut off outside an interval."""

from __future__ import annotations

from dataclasses import dataclass

from intact.ir.quant_rule import CLAMP_FLOOR, Activation, QuantRule
from intact.ir.types import DType
from intact.ops.elementwise import Unary


@dataclass(frozen=True)
class Relu(Unary):
    """out = max(input, 0).

    Sources:
        tflite/kernels/activations.cc, ReluPrepare: kernels rescale, so the result has a range of its own.
    """

    opcode = "RELU"
    quant = QuantRule({"input": Activation()})
    versions = {DType.INT8: 2, DType.UINT8: 2, DType.INT16: 3}


@dataclass(frozen=True)
class Relu6(Unary):
    """out = min(max(input, 0), 6).

    At a result scale where 6 / scale does not fit int32 its kernels return nothing but zeros: below 2^-28.4, measured
    on ai-edge-litert 2.3.0 with a zero point of 0. Those of the operators below do so where 1 / scale does not fit.

    Sources:
        tflite/kernels/activations.cc, ReluPrepare and QuantizedReluX.
    """

    opcode = "RELU6"
    quant = QuantRule({"input": Activation()}, output_floor=CLAMP_FLOOR)
    versions = {DType.INT8: 2, DType.INT16: 3}


@dataclass(frozen=True)
class ReluN1To1(Unary):
    """out = min(max(input, -1), 1)."""

    opcode = "RELU_N1_TO_1"
    quant = QuantRule({"input": Activation()}, dtypes=frozenset({DType.INT8, DType.UINT8}), output_floor=CLAMP_FLOOR)


@dataclass(frozen=True)
class Relu0To1(Unary):
    """out = min(max(input, 0), 1)."""

    opcode = "RELU_0_TO_1"
    quant = QuantRule({"input": Activation()}, dtypes=frozenset({DType.INT8, DType.UINT8}), output_floor=CLAMP_FLOOR)
