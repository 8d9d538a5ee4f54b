"""Runs of operators that C kernels do without Python between them, made for the shapes that arrive."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from intact.engines.arrived import Arrived
from intact.engines.contents import updated
from intact.engines.islands import Island
from intact.engines.plan import Prepared, Step, nodes_of
from intact.engines.settled import Arrivals, made_by, results
from intact.errors import IntactError
from intact.ir.graph import Graph, Node, Value
from intact.ir.op import Operand, infer
from intact.ir.types import Array, Shape, TensorType
from intact.native.call import Call, Held
from intact.native.library import Library
from intact.native.program import Program
from intact.native.steps import Buffer
from intact.native.steps import Step as Kernel


@dataclass(frozen=True, eq=False)
class Compiled:
    """Consecutive steps of a graph as one program.

    Args:
        steps: these, in order.
        program: what runs.
        end: index of the step after the last.
        reads: values whose contents the program is given, in the order of its inputs.
        makes: values that it makes for others, in the order of its outputs.
        updates: variables with the outputs that are their new contents, after those of `makes`. Further outputs are
            doubts: where one of their bytes is not 0, the steps are for NumPy this time.
        idle: those of the steps whose results are known beforehand, so that nothing is done for them.
    """

    steps: tuple[Step, ...]
    program: Program
    end: int
    reads: tuple[Value, ...]
    makes: tuple[Value, ...]
    updates: tuple[Value, ...]
    idle: tuple[Step, ...]

    @property
    def nodes(self) -> list[Node]:
        """What the steps apply, in order."""
        return [node for step in self.steps for node in nodes_of(step)]


def compile_steps(
    library: Library,
    graph: Graph,
    steps: Sequence[Step],
    start: int,
    arrivals: Arrivals,
    most: int | None = None,
) -> Compiled | None:
    """Returns the longest run of steps from `start` on that the kernels do; None where they do not do the first.

    Args:
        arrivals: what was computed before, and what the program is made for.
        most: how many steps at most.
    """
    made = _Making(graph, arrivals)
    end = start
    for step in steps[start : None if most is None else start + most]:
        if not made.known(step) and (isinstance(step, Island) or not made.apply(step)):
            break
        end += 1
    if end == start:
        return None
    # Who looks on at one step is shown all of its results.
    wanted = _wanted(graph, steps[start:end], steps[end:]) if most != 1 else made_by(steps[start])
    makes = [v for v in wanted if v in made.buffers or v in made.numbers]
    outputs = (*(made.buffer(v) for v in makes), *made.written.values(), *made.doubts)
    program = Program(library, made.kernels, tuple(made.inputs.values()), outputs)
    reads, updates = tuple(made.inputs), tuple(made.written)
    return Compiled(tuple(steps[start:end]), program, end, reads, tuple(makes), updates, tuple(made.settled))


@dataclass(eq=False)
class _Making:
    """A program that grows by steps.

    Args:
        graph: that the steps are of.
        arrivals: what was computed before.
        buffers: of the values that kernels read and make.
        inputs: those of them whose contents come from outside.
        numbers: contents of results that are known beforehand, and `settled` the steps that they are of.
        written: the new contents of variables.
        kernels, doubts: as Program and Compiled have them.
    """

    graph: Graph
    arrivals: Arrivals
    buffers: dict[Value, Buffer] = field(default_factory=dict)
    inputs: dict[Value, Buffer] = field(default_factory=dict)
    numbers: dict[Value, Array] = field(default_factory=dict)
    settled: list[Step] = field(default_factory=list)
    written: dict[Value, Buffer] = field(default_factory=dict)
    kernels: list[Kernel] = field(default_factory=list)
    doubts: list[Buffer] = field(default_factory=list)

    def known(self, step: Step) -> bool:
        """Works out the results of a step that follow from shapes; False where there are none."""
        makes = made_by(step)
        if not makes or not all(v in self.arrivals.settled for v in makes):
            return False
        operands: list[Array | None] = []
        for value in step.reads if isinstance(step, Island) else step.node.inputs:
            array = None
            if value is not None and isinstance(step, Prepared) and step.node.op.of_shapes:
                array = np.broadcast_to(np.zeros((), value.dtype.numpy or np.uint8), self._shape(value))
            elif value is not None:
                array = self._number(value)
                if array is None:
                    return False
            operands.append(array)
        found = results(step, operands)
        if found is None:
            return False
        self.numbers.update(zip(makes, found, strict=True))
        self.settled.append(step)
        return True

    def apply(self, step: Prepared) -> bool:
        """Adds the kernel that does a step; False where there is none."""
        node = step.node
        if any(v in self.written for v in node.inputs):
            return False
        operands = [None if v is None else self._operand(v) for v in node.inputs]
        call = _call(step, operands)
        if call is None:
            return False
        reads = []
        for position in call.reads:
            value, operand = node.inputs[position], operands[position]
            assert value is not None and operand is not None
            if value not in self.buffers:
                self.buffers[value] = Buffer(Held(_name(value), operand.shape), operand.array)
                if operand.array is None:
                    self.inputs[value] = self.buffers[value]
            reads.append(self.buffers[value])
        shared = reads[0] if call.kernel is None else None
        made = [Buffer(held, shares=shared) for held in call.results]
        self.kernels.append(Kernel(call, tuple(reads), tuple(made), node))
        if call.doubts:
            self.doubts.append(made.pop())
        changed = updated(node)
        self.buffers.update(zip(node.outputs, made, strict=False))
        self.written.update(zip(changed, made[len(made) - len(changed) :], strict=True))
        return True

    def buffer(self, value: Value) -> Buffer:
        """Returns where the contents of a result are."""
        if value not in self.buffers:
            number = self.numbers[value]
            self.buffers[value] = Buffer(Held(str(number.dtype), number.shape), number)
        return self.buffers[value]

    def _operand(self, value: Value) -> Operand:
        constant = self.graph.is_constant(value)
        if constant and value.array is not None:
            return value
        number = None if constant else self._number(value)
        if number is not None:
            return Arrived(value.dtype, number.shape, value.quant, number, number)
        contents = value.contents if constant else None
        return Arrived(value.dtype, self._shape(value), value.quant, contents=contents)

    def _shape(self, value: Value) -> Shape:
        if value in self.numbers:
            return self.numbers[value].shape
        return self.buffers[value].held.shape if value in self.buffers else self.arrivals.shape(value)

    def _number(self, value: Value) -> Array | None:
        """Returns what is known of a value beforehand, its contents; None for what is for the run."""
        if value in self.numbers:
            return self.numbers[value]
        if self.graph.is_constant(value):
            return self.arrivals.of(value)
        return None if value in self.buffers else self.arrivals.number(value)


def _call(step: Prepared, operands: Sequence[Operand | None]) -> Call | None:
    """Returns the kernel's call; None where there is none, and for shapes that `infer` refuses."""
    node = step.node
    if node.op.compile is None:
        return None
    try:
        types = infer(node.op, operands)
        call = node.op.compile(step.record, *operands)
    except (ValueError, IndexError, TypeError, ArithmeticError, IntactError):
        # What is wrong with these operands is for `compute` to say.
        return None
    return call if call is not None and _fits(node, call, types, operands) else None


def _fits(node: Node, call: Call, types: Sequence[TensorType], operands: Sequence[Operand | None]) -> bool:
    """True where a call makes what the operator's results and the variables that it writes to are."""
    made = [held.shape for held in (call.results[:-1] if call.doubts else call.results)]
    changed = updated(node)
    count = len(made) - len(changed)
    shapes = {v: o.shape for v, o in zip(node.inputs, operands, strict=True) if v is not None and o is not None}
    return (
        count == len(node.outputs)
        and all(t.shape is None or t.shape == shape for t, shape in zip(types, made[:count], strict=True))
        and all(shapes[v] == shape for v, shape in zip(changed, made[count:], strict=True))
    )


def _name(value: Value) -> str:
    return str(np.dtype(value.dtype.numpy))


def _wanted(graph: Graph, inside: Sequence[Step], after: Sequence[Step]) -> list[Value]:
    """Returns what steps make for later ones or for the caller."""
    read = set(graph.outputs)
    for step in after:
        if isinstance(step, Island):
            read.update(step.reads)
        for node in nodes_of(step):
            read.update(v for v in node.inputs if v is not None)
    return [v for step in inside for v in made_by(step) if v in read]
