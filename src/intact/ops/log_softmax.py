"""LOG_SOFTMAX along the last dimension."""

from __future__ import annotations

from dataclasses import dataclass

from intact.ir.quant_rule import Activation, Fixed, QuantRule
from intact.ir.types import DType
from intact.ops.elementwise import Unary


@dataclass(frozen=True)
class LogSoftmax(Unary):
    """out = input - log(sum of exp(input) along the last dimension).

    Sources:
        tflite/kernels/activations.cc, LogSoftmaxPrepare: the output holds [-16, 0], scale 16/256.
    """

    opcode = "LOG_SOFTMAX"
    options = "LogSoftmaxOptions"
    quant = QuantRule(
        {"input": Activation()},
        (Fixed({DType.INT8: (16 / 256, 127), DType.UINT8: (16 / 256, 255)}),),
        dtypes=frozenset({DType.INT8, DType.UINT8}),
        input_floor=2.0**-20,  # the kernel ends the process below 2^-26
    )
    versions = {DType.INT8: 2}
