"""BATCH_MATMUL: products of matrices in the last two dimensions, the others broadcast."""

from __future__ import annotations

from dataclasses import dataclass

from intact.errors import ModelError
from intact.ir.op import Op, Operand
from intact.ir.quant_rule import Activation, QuantRule
from intact.ir.types import DType, TensorType
from intact.ops.shapes import broadcast_sizes, require_rank


@dataclass(frozen=True)
class BatchMatMul(Op):
    """out[..., i, j] = sum over k of x[..., i, k] * y[..., k, j].

    `adj_x` and `adj_y` swap a factor's last two dimensions first.

    Its integer kernels read one scale for each factor and subtract both zero points, so a constant factor is no
    per-channel weight: with more than one scale every resolver of LiteRT 2.3 returns the zero point throughout.

    Sources:
        tflite/kernels/batch_matmul.cc, Prepare and EvalQuantized.
    """

    opcode = "BATCH_MATMUL"
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
