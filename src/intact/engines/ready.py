"""Whole graphs as one program: run after run for inputs of the same shapes, without the plan in between."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from intact.engines.compiled import Compiled
from intact.ir.types import Array, Shape
from intact.native.program import Program
from intact.native.threads import Pool

if TYPE_CHECKING:
    from intact.engines.exact import Exact


def whole(engine: Exact, arrays: Sequence[Array]) -> Compiled | None:
    """Returns the program that does the engine's graph, and leaves no variable behind; None where there is none.

    Args:
        arrays: inputs of the shapes that it is for.
    """
    graph = engine.graph
    steps = engine.steps[graph]
    if engine.programs is None or not steps:
        return None
    program = engine.programs.get(graph, 0, dict(zip(graph.inputs, arrays, strict=True)))
    return None if program is None or program.end < len(steps) or program.updates else program


@dataclass(frozen=True)
class Ready:
    """What takes a few microseconds more than the kernels do, for small models.

    Args:
        program: does the whole graph.
        pool: of the threads that share its work.
        inputs: name, type and shape of each input of the graph.
        reads: which of them each input of the program is.
        outputs: name of each output of the graph, and which output of the program it is.
    """

    program: Program
    pool: Pool
    inputs: tuple[tuple[str, np.dtype, Shape], ...]
    reads: tuple[int, ...]
    outputs: tuple[tuple[str, int], ...]

    def run(self, feeds: Mapping[str, Array]) -> dict[str, Array] | None:
        """Returns the outputs by name; None for inputs that this is not made for."""
        if type(feeds) is not dict or len(feeds) != len(self.inputs):
            return None
        arrays = []
        for name, dtype, shape in self.inputs:
            array = feeds.get(name)
            if type(array) is not np.ndarray or array.dtype != dtype or array.shape != shape:
                return None
            flags = array.flags
            if not (flags.c_contiguous and flags.aligned):
                return None
            arrays.append(array)
        found = self.program.once([arrays[i] for i in self.reads], self.pool)
        return {name: found[i] for name, i in self.outputs}


def ready(engine: Exact, arrays: Sequence[Array]) -> Ready | None:
    """Returns what runs the engine's graph for inputs like these; None where one program does not do all."""
    found, graph = whole(engine, arrays), engine.graph
    if found is None or engine.programs is None or len(found.program.outputs) > len(found.makes):
        return None  # the outputs after those are doubts
    if not set(graph.outputs) <= set(found.makes) or not set(found.reads) <= set(graph.inputs):
        return None
    return Ready(
        found.program,
        engine.programs.pool,
        tuple((p.name, a.dtype, a.shape) for p, a in zip(engine.inputs, arrays, strict=True)),
        tuple(graph.inputs.index(v) for v in found.reads),
        tuple((p.name, found.makes.index(v)) for p, v in zip(engine.outputs, graph.outputs, strict=True)),
    )
