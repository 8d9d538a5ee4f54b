"""IF, WHILE, CALL_ONCE: operators that run other graphs of the model, which are in Node.subgraphs."""

from __future__ import annotations

from dataclasses import dataclass

from intact.errors import ModelError
from intact.ir.op import Op, Operand
from intact.ir.types import DType, TensorType


@dataclass(frozen=True)
class If(Op):
    """out = then-graph(inputs) where `cond` holds, else else-graph(inputs). The graphs say what the results are.

    Sources:
        tflite/kernels/if.cc.
    """

    opcode = "IF"
    options = "IfOptions"
    subgraph_fields = ("then_subgraph_index", "else_subgraph_index")
    infers = "nothing"

    def infer(self, cond: Operand, *inputs: Operand | None) -> tuple[TensorType, ...]:
        """Nothing, for a condition that is bool."""
        if cond.dtype != DType.BOOL:
            raise ModelError(f"cond is {cond.dtype.value}", code="E202", expected="bool")
        return ()


@dataclass(frozen=True)
class While(Op):
    """Runs the body-graph on its own results, from `inputs` on, as long as the cond-graph says so.

    Sources:
        tflite/kernels/while.cc.
    """

    opcode = "WHILE"
    options = "WhileOptions"
    subgraph_fields = ("cond_subgraph_index", "body_subgraph_index")

    def infer(self, *inputs: Operand) -> tuple[TensorType, ...]:
        """As the inputs: the body's results are its next operands."""
        return tuple(TensorType(operand.dtype, operand.shape) for operand in inputs)


@dataclass(frozen=True)
class CallOnce(Op):
    """Runs its graph before anything else and only once, to set variables; has no operands and no results.

    Sources:
        tflite/kernels/call_once.cc.
    """

    opcode = "CALL_ONCE"
    options = "CallOnceOptions"
    subgraph_fields = ("init_subgraph_index",)

    def infer(self) -> tuple[TensorType, ...]:
        """No results."""
        return ()
