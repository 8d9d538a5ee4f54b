"""Applications of an operator one after the other on the same variables, as tests write them down."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from intact.ir.graph import Graph, Node, Value
from intact.ir.model import Model
from intact.ir.op import infer
from intact.ir.types import DType, TensorType
from intact.ops.attributes import FusedActivation
from intact.ops.svdf import Svdf
from integer import Codes, Constant, Integer


@dataclass(frozen=True)
class State(Codes):
    """A variable that all the applications share."""


@dataclass(frozen=True)
class Recurrent(Integer):
    """An operator applied `runs` times, to inputs x0, x1, ... of its own each and the same constants and variables.

    Args:
        intermediates: types of the values that only tell parameters.
    """

    intermediates: Sequence[Codes | None] = ()
    runs: int = 2

    def model(self) -> Model:
        """A model whose outputs are the results y0, y1, ... of each application."""
        assert isinstance(self.results, Codes)
        graph = Graph()
        shared: dict[int, Value | None] = {}
        for index, operand in enumerate(self.operands):
            if isinstance(operand, Constant):
                shared[index] = graph.add_value(Value.constant(f"c{index}", operand.array, operand.quant()))
            elif isinstance(operand, State):
                shared[index] = graph.add_value(Value(f"state{index}", _type(operand)))
                shared[index].is_variable = True
            elif operand is None:
                shared[index] = None
        for run in range(self.runs):
            values: list[Value | None] = []
            for index, operand in enumerate(self.operands):
                if index in shared:
                    values.append(shared[index])
                    continue
                values.append(graph.add_value(Value(f"x{len(graph.inputs)}", _type(operand))))
                graph.inputs.append(values[-1])
            (inferred,) = infer(self.op, values)
            result = TensorType(DType(self.results.dtype), inferred.shape, quant=self.results.quant())
            y = graph.add_value(Value(f"y{run}", result))
            told = [
                None if t is None else graph.add_value(Value(f"t{run}_{i}", _type(t)))
                for i, t in enumerate(self.intermediates)
            ]
            graph.outputs.append(y)
            graph.add_node(Node(self.op, values, [y], version=self.version, intermediates=told))
        return Model(graphs=[graph], source=self.op.name)

    def samples(self, count: int, seed: int = 0) -> list[dict[str, np.ndarray]]:
        rng = np.random.default_rng(seed)
        given = [o for o in self.operands if isinstance(o, Codes) and not isinstance(o, State)] * self.runs
        return [{f"x{i}": o.draw(rng) for i, o in enumerate(given)} for _ in range(count)]


def streaming() -> Recurrent:
    """An SVDF of int8 with ten filters that remember four runs each."""
    return Recurrent(
        Svdf(rank=1, fused_activation_function=FusedActivation.RELU),
        [
            Codes((1, 4), "int8", 0.1, 3),
            Constant(np.arange(-20, 20, dtype=np.int8).reshape(10, 4), 0.02),
            Constant(np.arange(-200, 200, 10, dtype=np.int16).reshape(10, 4), 0.0001),
            None,
            State((1, 40), "int16", 0.001),
        ],
        Codes((), "int8", 0.0001, -128),
        version=3,
        runs=1,
    )


def _type(codes: Codes) -> TensorType:
    return TensorType(DType(codes.dtype), codes.shape, quant=codes.quant())
