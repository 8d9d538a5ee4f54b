"""IF, WHILE, CALL_ONCE, STABLEHLO_COMPOSITE: they run other graphs of the model, which are in Node.subgraphs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from intact.errors import ModelError, UncoveredError
from intact.ir.op import Op, Operand, UnknownOp
from intact.ir.site import KERNELS, Kernel, Machine, Site
from intact.ir.types import Array, DType, TensorType


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

    def control(self, machine: Machine, cond: Array, *inputs: Array) -> list[Array]:
        """One of the two graphs."""
        return machine.call(0 if cond.reshape(-1)[0] else 1, inputs)


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

    def control(self, machine: Machine, *inputs: Array) -> list[Array]:
        """The body's results after as many turns as the condition holds."""
        state = list(inputs)
        while machine.call(0, state)[0].reshape(-1)[0]:
            state = machine.call(1, state)
        return state


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

    def control(self, machine: Machine) -> list[Array]:
        """Runs the graph unless it, not this node, has run before."""
        key = "once", machine.node.subgraphs[0]
        if not machine.resources.get(key):
            machine.resources[key] = True
            machine.call(0, [])
        return []


def _may_compose(op: UnknownOp, site: Site, *operands: Operand | None) -> None:
    """A composite is what its decomposition returns, but where a runtime has an operator of its own for it.

    XNNPACK has one for scaled dot product attention of floats; it computes in float, otherwise than the decomposition.

    Sources:
        tflite/kernels/stablehlo_composite.cc; tflite/delegates/xnnpack/xnnpack_delegate.cc.
    """
    name = dict(op.fields).get("name")
    floats = all(operand is None or operand.dtype == DType.FLOAT32 for operand in operands)
    kinds = (name.decode(errors="replace"), "any") if isinstance(name, bytes) else ("any",)
    if site.rule(op.name, *kinds, taken=floats).name == "fused":
        raise UncoveredError(f"{kinds[0]} is one operator of the runtime")


def _composite(_op: UnknownOp, machine: Machine, *inputs: Array) -> list[Array]:
    return machine.call(0, inputs)


_ATTENTION: Final = "odml.scaled_dot_product_attention"

KERNELS["STABLEHLO_COMPOSITE"] = Kernel(
    _may_compose, control=_composite, rules={"decomposition": ("any", _ATTENTION), "fused": (_ATTENTION,)}
)
