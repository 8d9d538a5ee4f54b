"""PRELU: the input, below zero times a learned slope."""

from __future__ import annotations

from dataclasses import dataclass

from intact.errors import ModelError
from intact.ir.op import Op, Operand
from intact.ir.quant_rule import Activation, QuantRule
from intact.ir.types import DType, TensorType
from intact.ops.shapes import broadcast, same_as


@dataclass(frozen=True)
class PRelu(Op):
    """out = input where input > 0, else alpha * input; alpha is broadcast.

    The int16 kernel reads alpha as int8 (17 dB left), so it is not among `dtypes`.

    Sources:
        tflite/kernels/activations.cc, PreluPrepare.
    """

    opcode = "PRELU"
    quant = QuantRule({"input": Activation(), "alpha": Activation()}, dtypes=frozenset({DType.INT8, DType.UINT8}))

    def infer(self, input: Operand, alpha: Operand) -> tuple[TensorType, ...]:
        """As the input."""
        if broadcast(input, alpha) != tuple(input.shape):
            raise ModelError(
                f"alpha has shape {list(alpha.shape)}, input {list(input.shape)}",
                expected="alpha to broadcast to input",
            )
        return same_as(input)
