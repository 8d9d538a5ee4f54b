"""One application of an operator, as the tests of operators write it down.

A tuple of sizes is a float32 operand computed at run time, an array is a constant, None is an omitted operand, and
`Input` is a run-time operand of another type or another range of numbers, `State` a variable of the interpreter.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from intact.errors import ModelError
from intact.ir.graph import Graph, Node, Value
from intact.ir.model import Model
from intact.ir.op import Op, infer
from intact.ir.types import DType, TensorType


@dataclass(frozen=True)
class Input:
    """A run-time operand filled with numbers drawn uniformly from [low, high)."""

    shape: tuple[int, ...]
    dtype: DType = DType.FLOAT32
    low: float = -2.0
    high: float = 2.0

    def draw(self, rng: np.random.Generator) -> np.ndarray:
        values = rng.uniform(self.low, self.high, self.shape)
        if self.dtype == DType.BOOL:
            return rng.integers(0, 2, self.shape).astype(bool)
        if self.dtype.is_integer:
            values = np.floor(values)
        return values.astype(self.dtype.numpy)


@dataclass(frozen=True)
class State:
    """A variable tensor, zero when the interpreter starts."""

    shape: tuple[int, ...]


@dataclass(frozen=True)
class Case:
    """An operator with operands.

    Args:
        op: the operator.
        operands: see above.
        version: operator version the file says; some kernels refuse lower ones.
        min_sqnr: dB that the int8 model must reach against the float model, with the reason for a low one beside it.
        resolvers: LiteRT kernel sets that have the operator.
        results: types of the results, for an operator that does not infer them.
        bodies: makes the graphs that the operator runs.
    """

    op: Op
    operands: Sequence[tuple[int, ...] | np.ndarray | Input | State | None]
    version: int = 1
    min_sqnr: float = 25.0
    resolvers: tuple[str, ...] = ("default", "optimized", "reference")
    results: tuple[TensorType, ...] | None = None
    bodies: Callable[[], tuple[Graph, ...]] = tuple

    def inputs(self) -> list[Input]:
        found = [Input(o) if isinstance(o, tuple) else o for o in self.operands]
        return [o for o in found if isinstance(o, Input)]

    def samples(self, count: int = 8, seed: int = 0) -> list[dict[str, np.ndarray]]:
        rng = np.random.default_rng(seed)
        return [{f"x{i}": o.draw(rng) for i, o in enumerate(self.inputs())} for _ in range(count)]

    def model(self) -> Model:
        """A model whose main graph is this one node: inputs x0, x1, ..., outputs y (or y:0, y:1, ...)."""
        graph = Graph()
        values: list[Value | None] = []
        for index, operand in enumerate(self.operands):
            if operand is None:
                values.append(None)
            elif isinstance(operand, np.ndarray):
                values.append(graph.add_value(Value.constant(f"c{index}", operand)))
            elif isinstance(operand, State):
                values.append(graph.add_value(Value(f"state{index}", TensorType(DType.FLOAT32, operand.shape))))
                graph.values[-1].is_variable = True
            else:
                spec = Input(operand) if isinstance(operand, tuple) else operand
                value = graph.add_value(Value(f"x{len(graph.inputs)}", TensorType(spec.dtype, spec.shape)))
                graph.inputs.append(value)
                values.append(value)
        types = infer(self.op, values) if self.results is None else self.results
        bodies = self.bodies()
        names = ["y"] if len(types) == 1 else [f"y:{i}" for i in range(len(types))]
        outputs = [
            graph.add_value(Value(n, t if t.shape is not None else TensorType(t.dtype, ())))
            for n, t in zip(names, types, strict=True)
        ]
        graph.add_node(Node(self.op, values, outputs, version=self.version, subgraphs=bodies))
        graph.outputs = outputs
        return Model(graphs=[graph, *bodies], source=self.op.name)

    def unfit(self) -> str | None:
        """What the operator says of these operands."""
        node = self.model().main.nodes[0]
        return node.op.unfit(*node.inputs)


def weights(*shape: int, seed: int = 0) -> np.ndarray:
    """Constant float32 numbers around zero, each output channel on a scale of its own."""
    rng = np.random.default_rng(seed)
    return rng.normal(size=shape).astype(np.float32)


def ints(*values: int, dtype: str = "int32") -> np.ndarray:
    """A constant vector of integers."""
    return np.array(values, dtype)


def refusal(op: Op, *operands: tuple[int, ...] | np.ndarray | Input | State | None) -> str:
    """What the operator says of operands that it must refuse."""
    try:
        Case(op, operands).model()
    except ModelError as fault:
        return str(fault)
    raise AssertionError(f"{op} takes these operands")
