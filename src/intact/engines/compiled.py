"""Runs of operators that C kernels do without Python between them, made for the shapes that arrive."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from intact.engines.contents import updated
from intact.engines.islands import Island
from intact.engines.plan import Prepared, Step
from intact.errors import IntactError
from intact.ir.graph import Graph, Node, Value
from intact.ir.op import Operand
from intact.ir.types import Array, DType, QuantParams, Shape
from intact.native.call import Call, Held
from intact.native.library import Library
from intact.native.program import Program
from intact.native.steps import Buffer
from intact.native.steps import Step as Kernel


@dataclass(frozen=True)
class Arrived:
    """An operand computed at run time, of the shape that it has this time."""

    dtype: DType
    shape: Shape
    quant: QuantParams | None
    array: Array | None = None
    contents: Array | None = None
    block_scales: Operand | None = None


@dataclass(frozen=True, eq=False)
class Compiled:
    """Consecutive steps of a graph as one program.

    Args:
        nodes: what the steps apply, in order.
        program: what runs.
        end: index of the step after the last.
        reads: values whose contents the program is given, in the order of its inputs.
        makes: values that it makes for others, in the order of its outputs.
        updates: variables with the outputs that are their new contents, after those of `makes`. Further outputs are
            doubts: where one of their bytes is not 0, the steps are for NumPy this time.
    """

    nodes: tuple[Node, ...]
    program: Program
    end: int
    reads: tuple[Value, ...]
    makes: tuple[Value, ...]
    updates: tuple[Value, ...]


def compile_steps(
    library: Library,
    graph: Graph,
    steps: Sequence[Step],
    start: int,
    known: Callable[[Value], Array],
    most: int | None = None,
) -> Compiled | None:
    """Returns the longest run of steps from `start` on that the kernels do; None where they do not do the first.

    Args:
        known: gives the contents of a value that was computed before, or of a variable.
        most: how many steps at most.
    """
    buffers: dict[Value, Buffer] = {}
    inputs: dict[Value, Buffer] = {}
    written: dict[Value, Buffer] = {}
    kernels: list[Kernel] = []
    doubts: list[Buffer] = []
    end = start
    for step in steps[start : None if most is None else start + most]:
        if isinstance(step, Island) or any(v in written for v in step.node.inputs):
            break
        arrived = {v: _arrived(v, buffers, known) for v in step.node.inputs if v is not None}
        call = _call(step, [None if v is None else arrived[v] for v in step.node.inputs])
        if call is None:
            break
        reads = []
        for position in call.reads:
            value = step.node.inputs[position]
            assert value is not None
            if value not in buffers:
                operand = arrived[value]
                buffers[value] = Buffer(Held(_name(value), operand.shape), operand.array)
                if operand.array is None:
                    inputs[value] = buffers[value]
            reads.append(buffers[value])
        shared = reads[0] if call.kernel is None else None
        made = [Buffer(held, shares=shared) for held in call.results]
        kernels.append(Kernel(call, tuple(reads), tuple(made), step.node))
        if call.doubts:
            doubts.append(made.pop())
        changed = updated(step.node)
        buffers.update(zip(step.node.outputs, made, strict=False))
        written.update(zip(changed, made[len(made) - len(changed) :], strict=True))
        end += 1
    if end == start:
        return None
    # Who looks on at one step is shown all of its results.
    wanted = _wanted(graph, steps[start:end], steps[end:]) if most != 1 else _made(steps[start])
    makes = [v for v in wanted if v in buffers]
    outputs = (*(buffers[v] for v in makes), *written.values(), *doubts)
    program = Program(library, kernels, tuple(inputs.values()), outputs)
    nodes = tuple(step.node for step in steps[start:end] if isinstance(step, Prepared))
    return Compiled(nodes, program, end, tuple(inputs), tuple(makes), tuple(written))


def _call(step: Prepared, operands: Sequence[Operand | None]) -> Call | None:
    op = step.node.op
    if op.compile is None:
        return None
    try:
        return op.compile(step.record, *operands)
    except (ValueError, IndexError, TypeError, IntactError):
        # What is wrong with these operands is for `compute` to say.
        return None


def _arrived(value: Value, buffers: Mapping[Value, Buffer], known: Callable[[Value], Array]) -> Operand:
    if value.is_constant and value.array is not None:
        return value
    shape = buffers[value].held.shape if value in buffers else known(value).shape
    return Arrived(value.dtype, shape, value.quant, contents=value.contents if value.is_constant else None)


def _name(value: Value) -> str:
    return str(np.dtype(value.dtype.numpy))


def _made(step: Step) -> list[Value]:
    return list(step.makes if isinstance(step, Island) else step.node.outputs)


def _wanted(graph: Graph, inside: Sequence[Step], after: Sequence[Step]) -> list[Value]:
    """Returns what steps make for later ones or for the caller."""
    read = set(graph.outputs)
    for step in after:
        if isinstance(step, Island):
            read.update(step.reads)
        for node in step.nodes if isinstance(step, Island) else (step.node,):
            read.update(v for v in node.inputs if v is not None)
    return [v for step in inside if isinstance(step, Prepared) for v in step.node.outputs if v in read]
