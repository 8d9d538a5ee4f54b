"""The exact engine: a graph run on integers as a named runtime runs it.

Every operator is prepared once for a model and a profile, then computes in NumPy. Operators that compute on floats or
on plain numbers, and have no exact integers to give, run on LiteRT (engines/islands.py). What is quantized and not
covered is refused by name before anything runs.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np

from intact.arith.profile import Profile
from intact.arith.profile import load as load_profile
from intact.arith.requantize import See
from intact.engines.batch import run_batch
from intact.engines.compiled import Compiled, compile_steps
from intact.engines.islands import Island
from intact.engines.kernels import kernels
from intact.engines.litert import match, require_fit
from intact.engines.plan import Prepared, last_uses, plan, reached
from intact.errors import EngineError, IntactError, UncoveredError
from intact.ir.graph import Graph, Node, Value
from intact.ir.model import Model
from intact.ir.op import signature
from intact.ir.port import Port, input_names, output_names, ports
from intact.ir.sparse import densify
from intact.ir.types import Array, Shape
from intact.native.library import Library
from intact.native.threads import Pool

Visit = Callable[[Node, Sequence[Array | None], Sequence[Array]], None]
Spent = Callable[[Sequence[Node], str, float], None]
"""Is told of operators, of what ran them ("kernels", "numpy" or "litert"), and of the seconds that it took. No
operators: what a program of kernels does at its borders."""


@dataclass(frozen=True)
class _Watch:
    """Who looks on at one run: the arguments of Exact.run and Exact.timed.

    Args:
        alone: no other sample runs meanwhile, so the engine's threads may share the work of kernels.
    """

    visit: Visit | None = None
    trace: Mapping[Node, See] = field(default_factory=dict)
    spent: Spent | None = None
    alone: bool = True


_NOBODY: Final = _Watch()

_SHAPES: Final = 4
"""Shapes of inputs that kernels are kept ready for."""


class Exact:
    """A model ready to run on integers. Variables keep their contents from one run to the next.

    Several threads may run it at once; of a model with variables each then sees what the others write, in no set order.

    Args:
        model: the model; its constants are read when it is prepared.
        profile: a Profile, the name of one, or the path of one.
        graph: which graph; the main one where None.
        strict: refuse what is quantized and not covered. Otherwise it runs on LiteRT, and `gaps` lists it.
        native: use the C kernels where they are built, or those of this library; the integers are the same.
        threads: that C kernels share their work among.
    Raises:
        UsageError: E003 for an unknown profile, or one with a rule, a type or an operator that is not known; and where
            INTACT_KERNELS asks for kernels that cannot be had.
        UncoveredError: E504, naming every operator that is quantized and not covered.
    """

    def __init__(
        self,
        model: Model,
        profile: Profile | str = "litert-reference",
        *,
        graph: Graph | None = None,
        strict: bool = True,
        native: bool | Library = True,
        threads: int = 1,
    ) -> None:
        self.model = model
        self.source = model.source
        self.profile = profile if isinstance(profile, Profile) else load_profile(profile)
        self.graph = graph or model.main
        self.inputs: list[Port] = ports(input_names(model, self.graph))
        self.outputs: list[Port] = ports(output_names(model, self.graph))
        self.steps, self.gaps = plan(model, self.profile)
        self._last = {g: last_uses(g, steps) for g, steps in self.steps.items()}
        within = reached(self.graph)
        gaps = [gap for gap in self.gaps if gap.graph in within]
        if gaps and strict:
            count = "1 operator has" if len(gaps) == 1 else f"{len(gaps)} operators have"
            raise UncoveredError(
                f"{count} no exact integers here: "
                + "; ".join(map(str, gaps[:3]))
                + (f"; and {len(gaps) - 3} more" if len(gaps) > 3 else ""),
                where=self.source,
                fix="`intact check` lists them all; --engine litert runs the model on LiteRT itself",
            )
        self.records: dict[Node, Any] = {
            s.node: s.record for steps in self.steps.values() for s in steps if isinstance(s, Prepared)
        }
        self.resources: dict[Any, Any] = {}
        self._state: dict[Value, Array] = {}
        self._dense: dict[Value, Array | None] = {}
        library = kernels() if native is True else native
        self._library = library if isinstance(library, Library) else None
        self.threads = threads
        self._pool = None if self._library is None else Pool(self._library, threads)
        self._places = {
            s.node: (g, i) for g, steps in self.steps.items() for i, s in enumerate(steps) if isinstance(s, Prepared)
        }
        self._compiled: dict[object, list[tuple[Mapping[Value, Shape], Compiled | None]]] = {}

    def run(
        self, feeds: Mapping[str, Array], *, visit: Visit | None = None, trace: Mapping[Node, See] | None = None
    ) -> dict[str, Array]:
        """Returns the outputs by name as stored numbers, for inputs by name as stored numbers.

        Args:
            feeds: one array an input, of its type and shape; a dynamic dimension takes any size.
            visit: is called after each node with the node, its operands and its results.
            trace: nodes with who is to see the stages of their computation.
        Raises:
            UsageError: E004 for a name that is not an input, or an input without an array; E302 for a shape.
            DataError: E303 for an element type.
            EngineError: E502 where a node fails.
        """
        found = self.call(self.graph, self._given(feeds), _Watch(visit, trace or {}))
        return {p.name: a for p, a in zip(self.outputs, found, strict=True)}

    def run_batch(self, samples: Sequence[Mapping[str, Array]]) -> list[dict[str, Array]]:
        """Returns the outputs of each sample as `run` gives them one after the other, for any number of threads.

        Where the samples do not depend on each other they are shared out among the engine's threads: all but those of
        models with variables, control flow, or operators that run on LiteRT.

        Raises:
            As `run`.
        """
        given = [self._given(feeds) for feeds in samples]
        return [{p.name: a for p, a in zip(self.outputs, found, strict=True)} for found in run_batch(self, given)]

    def timed(self, feeds: Mapping[str, Array], spent: Spent) -> dict[str, Array]:
        """Returns what `run` does; `spent` is told how long each operator took. Raises as `run`."""
        found = self.call(self.graph, self._given(feeds), _Watch(spent=spent))
        return {p.name: a for p, a in zip(self.outputs, found, strict=True)}

    def _given(self, feeds: Mapping[str, Array]) -> list[Array]:
        arrays = match(feeds, self.inputs, self.source)
        for port, array in zip(self.inputs, arrays, strict=True):
            require_fit(array, port, self.source)
        return arrays

    def reset(self) -> None:
        """Sets variables back to their initial state."""
        self._state.clear()
        self.resources.clear()
        for steps in self.steps.values():
            for step in steps:
                if isinstance(step, Island):
                    step.reset()

    def call(self, graph: Graph, arrays: Sequence[Array], watch: _Watch = _NOBODY) -> list[Array]:
        """Returns a graph's outputs for its inputs, both in order; what control flow calls its bodies by.

        Each result is let go after the last step that reads it.
        """
        known: dict[Value, Array] = dict(zip(graph.inputs, arrays, strict=True))
        steps, last = self.steps[graph], self._last[graph]
        index = 0
        while index < len(steps):
            step, first = steps[index], index
            kernels = self._kernels(graph, index, known, watch, None if watch.visit is None else 1)
            index = index + 1 if kernels is None else kernels.end
            if isinstance(step, Island):
                with _timed(watch, step.nodes, "litert"):
                    step.run(known)
                if watch.visit:
                    for node in step.nodes:
                        watch.visit(node, [known.get(v) if v else None for v in node.inputs], _of(node.outputs, known))
            elif kernels is None or watch.visit:
                operands = [None if v is None else self._contents(v, known) for v in step.node.inputs]
                if kernels is None:
                    known.update(zip(step.node.outputs, self._compute(step.node, operands, watch), strict=True))
                else:
                    self._run_kernels(kernels, known, watch)
                if watch.visit:
                    watch.visit(step.node, operands, _of(step.node.outputs, known))
                del operands
            else:
                self._run_kernels(kernels, known, watch)
            for done in last[first:index]:
                for value in done:
                    known.pop(value, None)
        return [self._contents(v, known) for v in graph.outputs]

    def one_of_many(self, arrays: Sequence[Array]) -> list[Array]:
        """Returns the outputs of the graph, in the calling thread alone: others run other samples meanwhile."""
        return self.call(self.graph, arrays, _Watch(alone=False))

    def apply(self, node: Node, operands: Sequence[Array | None]) -> list[Array]:
        """Returns the results of one node for the contents of its operands; variables that it writes to are updated.

        Raises:
            EngineError: E502.
        """
        graph, index = self._places[node]
        known = {v: o for v, o in zip(node.inputs, operands, strict=True) if v is not None and o is not None}
        kernels = self._kernels(graph, index, known, _NOBODY, 1)
        if kernels is None:
            return self._compute(node, operands, _NOBODY)
        self._run_kernels(kernels, known, _NOBODY)
        return _of(node.outputs, known)

    def _compute(self, node: Node, operands: Sequence[Array | None], watch: _Watch) -> list[Array]:
        op = node.op
        try:
            if op.controls:
                found = op.control(_Machine(self, node, watch), *operands)
            else:
                with _timed(watch, [node], "numpy"):
                    found = op.compute(self.records[node], watch.trace.get(node), *operands)
        except (ValueError, IndexError, TypeError, IntactError) as fault:
            name = f" '{node.outputs[0].name}'" if node.outputs else ""
            raise EngineError(
                f"{op.name}{name} failed on operands of shapes {[None if o is None else o.shape for o in operands]}"
                f" ({fault})",
                where=self.source,
                fix="`intact check` says whether the model runs into a defect of the runtime",
            ) from fault
        results = list(found)
        for operand in reversed(op.updates):
            value = node.inputs[operand if isinstance(operand, int) else signature(type(op)).names.index(operand)]
            assert value is not None
            self._state[value] = results.pop()
        return results

    def _kernels(
        self, graph: Graph, index: int, known: Mapping[Value, Array], watch: _Watch, most: int | None
    ) -> Compiled | None:
        """Returns the steps from one on that C kernels do, so many at most."""
        step = self.steps[graph][index]
        if self._library is None or isinstance(step, Island) or step.node in watch.trace:
            return None
        if watch.trace:
            most = 1  # what is traced may be any of the steps that follow
        made = self._compiled.setdefault((graph, index, most), [])
        for known_shapes, compiled in made:
            if all(self._contents(v, known).shape == shape for v, shape in known_shapes.items()):
                return compiled
        arrived: dict[Value, Shape] = {}

        def contents(value: Value) -> Array:
            array = self._contents(value, known)
            arrived[value] = array.shape
            return array

        compiled = compile_steps(self._library, graph, self.steps[graph], index, contents, most)
        del made[: -_SHAPES + 1]
        made.append((arrived, compiled))
        return compiled

    def compiled(self) -> list[Compiled]:
        """Returns the programs of C kernels that runs have made so far."""
        return [c for made in list(self._compiled.values()) for _, c in list(made) if c is not None]

    def _run_kernels(self, kernels: Compiled, known: dict[Value, Array], watch: _Watch) -> None:
        """Adds what kernels make to what is known, and updates variables."""
        assert self._pool is not None
        pool = self._pool if watch.alone else None
        inputs = [self._contents(v, known) for v in kernels.reads]
        inputs = [a if a.flags.c_contiguous and a.flags.aligned else np.require(a, None, ["C", "A"]) for a in inputs]
        if watch.spent is None:
            results = kernels.program.run([inputs], pool)[0]
        else:
            results, taken = kernels.program.timed(inputs, pool)
            for node, seconds in taken:
                watch.spent([node] if isinstance(node, Node) else [], "kernels", seconds)
        self._settle(kernels, results, known, watch)

    def _settle(self, kernels: Compiled, results: Sequence[Array], known: dict[Value, Array], watch: _Watch) -> None:
        """Adds what kernels made to what is known; where they have doubts, what NumPy makes of it, which may refuse."""
        made, changed = len(kernels.makes), len(kernels.makes) + len(kernels.updates)
        if any(doubts.any() for doubts in results[changed:]):
            for node in kernels.nodes:
                operands = [None if v is None else self._contents(v, known) for v in node.inputs]
                known.update(zip(node.outputs, self._compute(node, operands, watch), strict=True))
            return
        known.update(zip(kernels.makes, results[:made], strict=True))
        self._state.update(zip(kernels.updates, results[made:changed], strict=True))

    def whole(self, arrays: Sequence[Array]) -> Callable[[Sequence[Sequence[Array]]], list[list[Array]]] | None:
        """Returns what runs samples in one program of kernels that does the whole graph; None where there is none.

        Args:
            arrays: inputs of the shapes that it is for.
        """
        known: dict[Value, Array] = dict(zip(self.graph.inputs, arrays, strict=True))
        kernels = self._kernels(self.graph, 0, known, _NOBODY, None) if self.steps[self.graph] else None
        if kernels is None or kernels.end < len(self.steps[self.graph]) or kernels.updates:
            return None

        def run(samples: Sequence[Sequence[Array]]) -> list[list[Array]]:
            given: list[dict[Value, Array]] = [dict(zip(self.graph.inputs, s, strict=True)) for s in samples]
            inputs = [[np.ascontiguousarray(self._contents(v, known)) for v in kernels.reads] for known in given]
            for known, made in zip(given, kernels.program.run(inputs, self._pool), strict=True):
                self._settle(kernels, made, known, _NOBODY)
            return [[self._contents(v, known) for v in self.graph.outputs] for known in given]

        return run

    def initial(self, value: Value) -> Array:
        """Returns the contents of a constant, or the present ones of a variable."""
        return self._contents(value, {})

    def keep(self, contents: Mapping[Value, Array]) -> None:
        """Sets variables to these contents, as if a run had left them."""
        self._state.update(contents)

    def variables(self) -> Iterator[tuple[Value, Array]]:
        """Yields each variable of the graph with its contents after `run`."""
        islands = [s for s in self.steps[self.graph] if isinstance(s, Island)]
        kept = {value: array for island in islands for value, array in island.variables()}
        for value in self.graph.values:
            if value.is_variable:
                yield value, kept[value] if value in kept else self.initial(value)

    def _contents(self, value: Value, known: Mapping[Value, Array]) -> Array:
        if value in known:
            return known[value]
        if value.is_variable:
            if value not in self._state:
                self._state[value] = _initial(value)
            return self._state[value]
        contents = value.contents
        if value.sparsity is not None:
            if value not in self._dense:
                self._dense[value] = densify(value)
            contents = self._dense[value]
        if contents is None and value.producer is None and 0 in value.shape:
            # A file stores no bytes for it, so it does not look like a constant.
            contents = np.empty(value.shape, value.dtype.numpy)
        if contents is None:
            raise EngineError(f"tensor '{value.name}' has no contents", where=self.source)
        return contents


class _Machine:
    """What a control operator may do to the engine that runs it."""

    def __init__(self, engine: Exact, node: Node, watch: _Watch) -> None:
        self._engine, self._watch = engine, watch
        self.node = node
        self.resources = engine.resources

    def call(self, body: int, arrays: Sequence[Array]) -> list[Array]:
        """Returns the outputs of the node's body number `body` for its inputs."""
        return self._engine.call(self.node.subgraphs[body], arrays, self._watch)


def _initial(value: Value) -> Array:
    """Contents of a variable that nothing wrote to yet: what stands for zero.

    Sources:
        tflite/core/subgraph.cc, ResetVariableTensors: int8 is filled with the zero point, all else with zero bytes.
    """
    quant = value.quant
    zero = int(quant.zero_point[0]) if quant is not None and quant.zero_point.size and value.dtype.bits == 8 else 0
    return np.full(value.shape, zero, value.dtype.numpy)


@contextlib.contextmanager
def _timed(watch: _Watch, nodes: Sequence[Node], where: str) -> Iterator[None]:
    start = time.perf_counter()
    yield
    if watch.spent:
        watch.spent(nodes, where, time.perf_counter() - start)


def _of(values: Sequence[Value], known: Mapping[Value, Array]) -> list[Array]:
    return [known[v] for v in values]
