"""What is known before a run once the shapes of its inputs are: sizes, and what is worked out from sizes alone.

Converters spell out a shape as operators: SHAPE, STRIDED_SLICE, PACK. Worked out beforehand, such a shape is a constant
to the operators that read it.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from intact.engines.islands import Island
from intact.engines.plan import Prepared, Step, nodes_of
from intact.errors import IntactError
from intact.ir.graph import Graph, Node, Value
from intact.ir.op import UnknownOp
from intact.ir.types import Array, Shape

_LARGEST: Final = 1 << 16
"""Bytes of what is kept in place of being computed in every run."""


def settled(graph: Graph, steps: Sequence[Step]) -> frozenset[Value]:
    """Returns the values of a graph that follow from constants and from the shapes of other values."""
    found: set[Value] = set()
    for step in steps:
        if not all(map(_is_function, nodes_of(step))):
            continue
        reads = step.reads if isinstance(step, Island) else step.node.inputs
        of_shapes = isinstance(step, Prepared) and step.node.op.of_shapes
        if of_shapes or all(v is None or graph.is_constant(v) or v in found for v in reads):
            found.update(made_by(step))
    return frozenset(found)


def made_by(step: Step) -> Sequence[Value]:
    """Returns the results of a step."""
    return step.makes if isinstance(step, Island) else step.node.outputs


def _is_function(node: Node) -> bool:
    """True where the results are the same whenever the operands are: nothing is kept, nothing is drawn."""
    if isinstance(node.op, UnknownOp) or node.op.controls or node.op.updates:
        return False
    return not any(v is not None and v.is_variable for v in node.inputs)


@dataclass(frozen=True)
class Case:
    """What a program is made for.

    Args:
        shapes: of values that are computed before, and of variables.
        numbers: contents of values that follow from shapes.
    """

    shapes: dict[Value, Shape] = field(default_factory=dict)
    numbers: dict[Value, Array] = field(default_factory=dict)

    def is_met(self, of: Callable[[Value], Array]) -> bool:
        """True where these are the shapes and numbers of a run.

        Args:
            of: returns the contents of a value.
        """
        return all(of(v).shape == shape for v, shape in self.shapes.items()) and all(
            np.array_equal(of(v), number) for v, number in self.numbers.items()
        )


@dataclass(frozen=True)
class Arrivals:
    """What a program finds when it is made; what is looked at becomes part of the case.

    Args:
        of: returns the contents of a value that was computed before, of a constant or of a variable.
        settled: values that follow from shapes.
    """

    of: Callable[[Value], Array]
    settled: Container[Value]
    case: Case = field(default_factory=Case)

    def shape(self, value: Value) -> Shape:
        """Returns the shape of a value."""
        if value not in self.case.shapes:
            self.case.shapes[value] = self.of(value).shape
        return self.case.shapes[value]

    def number(self, value: Value) -> Array | None:
        """Returns the contents of a value that follows from shapes; None for others, and for a large one."""
        if value not in self.settled or self.of(value).nbytes > _LARGEST:
            return None
        if value not in self.case.numbers:
            self.case.numbers[value] = self.of(value).copy()
        return self.case.numbers[value]


def results(step: Step, operands: Sequence[Array | None]) -> list[Array] | None:
    """Returns the results of a step that are known beforehand; None where they are for the run.

    Args:
        operands: contents of what it reads; of an operator that looks at shapes alone, anything of these shapes.
    """
    if sum(v.type.nbytes or 0 for v in made_by(step)) > _LARGEST:
        return None
    try:
        found = _computed(step, operands)
    except (ValueError, IndexError, TypeError, ArithmeticError, MemoryError, IntactError):
        # What is wrong with these operands is for the run to say.
        return None
    return found if sum(array.nbytes for array in found) <= _LARGEST else None


def _computed(step: Step, operands: Sequence[Array | None]) -> list[Array]:
    if not isinstance(step, Island):
        return list(step.node.op.compute(step.record, None, *operands))
    known = {v: a for v, a in zip(step.reads, operands, strict=True) if a is not None}
    step.run(known)
    return [known[v].copy() for v in step.makes]
