"""The exact engine: a graph run on integers as a named runtime runs it.

Every operator is prepared once for a model and a profile, then computes in NumPy. Operators that compute on floats or
on plain numbers, and have no exact integers to give, run on LiteRT (engines/islands.py). What is quantized and not
covered is refused by name before anything runs.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from intact.arith.profile import Profile
from intact.arith.profile import load as load_profile
from intact.arith.requantize import See
from intact.engines.batch import run_batch
from intact.engines.compiled import Compiled
from intact.engines.contents import Contents, of_all, updated
from intact.engines.control import Machine
from intact.engines.islands import Island
from intact.engines.kernels import kernels
from intact.engines.litert import match, require_fit
from intact.engines.plan import Prepared, last_uses, plan, require_covered
from intact.engines.programs import Programs
from intact.engines.ready import Ready, ready
from intact.engines.watch import NOBODY, Spent, Visit, Watch
from intact.errors import EngineError, IntactError
from intact.ir.graph import Graph, Node, Value
from intact.ir.model import Model
from intact.ir.port import Port, input_names, output_names, ports
from intact.ir.types import Array
from intact.native.library import Library


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
        if strict:
            require_covered(self.gaps, self.graph, self.source)
        self.records: dict[Node, Any] = {
            s.node: s.record for steps in self.steps.values() for s in steps if isinstance(s, Prepared)
        }
        self.resources: dict[Any, Any] = {}
        self.threads = threads
        self.contents = Contents(self.source)
        library = kernels() if native is True else native
        self.programs: Programs | None = None
        if isinstance(library, Library):
            self.programs = Programs(library, threads, self.steps, self.contents)
        self._ready: Ready | None = None
        self._places = {
            s.node: (g, i) for g, steps in self.steps.items() for i, s in enumerate(steps) if isinstance(s, Prepared)
        }

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
        unseen = visit is None and not trace
        quick = self._ready  # once: another thread may put an end to it
        if unseen and quick is not None and (known := quick.run(feeds)) is not None:
            return known
        given = self._given(feeds)
        found = self.call(self.graph, given, Watch(visit, trace or {}))
        if unseen:
            self._ready = ready(self, given)
        return self._named(given, found)

    def run_batch(self, samples: Sequence[Mapping[str, Array]]) -> list[dict[str, Array]]:
        """Returns the outputs of each sample as `run` gives them one after the other, for any number of threads.

        Where the samples do not depend on each other they are shared out among the engine's threads: all but those of
        models with variables, control flow, or operators that run on LiteRT.

        Raises:
            As `run`.
        """
        given = [self._given(feeds) for feeds in samples]
        return [self._named(arrays, found) for arrays, found in zip(given, run_batch(self, given), strict=True)]

    def timed(self, feeds: Mapping[str, Array], spent: Spent) -> dict[str, Array]:
        """Returns what `run` does; `spent` is told how long each operator took. Raises as `run`."""
        given = self._given(feeds)
        return self._named(given, self.call(self.graph, given, Watch(spent=spent)))

    def _named(self, given: Sequence[Array], found: Sequence[Array]) -> dict[str, Array]:
        """Returns outputs by name, in arrays of their own: an output may be an input, or a view of one."""
        return {
            p.name: a.copy() if any(np.may_share_memory(a, g) for g in given) else a
            for p, a in zip(self.outputs, found, strict=True)
        }

    def _given(self, feeds: Mapping[str, Array]) -> list[Array]:
        arrays = match(feeds, self.inputs, self.source)
        for port, array in zip(self.inputs, arrays, strict=True):
            require_fit(array, port, self.source)
        return arrays

    def reset(self) -> None:
        """Sets variables back to their initial state."""
        self.contents.reset()
        self.resources.clear()
        for steps in self.steps.values():
            for step in steps:
                if isinstance(step, Island):
                    step.reset()

    def call(self, graph: Graph, arrays: Sequence[Array], watch: Watch = NOBODY) -> list[Array]:
        """Returns a graph's outputs for its inputs, both in order; what control flow calls its bodies by.

        Each result is let go after the last step that reads it.
        """
        known: dict[Value, Array] = dict(zip(graph.inputs, arrays, strict=True))
        steps, last = self.steps[graph], self._last[graph]
        index = 0
        while index < len(steps):
            step, first = steps[index], index
            kernels = None
            if self.programs is not None:
                kernels = self.programs.get(graph, index, known, watch, None if watch.visit is None else 1)
            index = index + 1 if kernels is None else kernels.end
            if isinstance(step, Island) and kernels is None:
                with watch.timed(step.nodes, "litert"):
                    step.run(known)
                if watch.visit:
                    for node in step.nodes:
                        reads = (known.get(v) if v else None for v in node.inputs)
                        watch.visit(node, list(reads), of_all(node.outputs, known))
            elif kernels is not None and (isinstance(step, Island) or not watch.visit):
                self._do(kernels, known, watch)
            elif isinstance(step, Prepared):
                operands = self.contents.operands(step.node, known)
                if kernels is None:
                    known.update(zip(step.node.outputs, self.compute(step.node, operands, watch), strict=True))
                else:
                    self._do(kernels, known, watch)
                if watch.visit:
                    watch.visit(step.node, operands, of_all(step.node.outputs, known))
                del operands
            for done in last[first:index]:
                for value in done:
                    known.pop(value, None)
        return [self.contents.of(v, known) for v in graph.outputs]

    def apply(self, node: Node, operands: Sequence[Array | None]) -> list[Array]:
        """Returns the results of one node for the contents of its operands; variables that it writes to are updated.

        Raises:
            EngineError: E502.
        """
        graph, index = self._places[node]
        known = {v: o for v, o in zip(node.inputs, operands, strict=True) if v is not None and o is not None}
        kernels = None if self.programs is None else self.programs.get(graph, index, known, most=1)
        if kernels is None:
            return self.compute(node, operands, NOBODY)
        self._do(kernels, known, NOBODY)
        return of_all(node.outputs, known)

    def _do(self, kernels: Compiled, known: dict[Value, Array], watch: Watch) -> None:
        assert self.programs is not None
        self.programs.run(kernels, known, watch, self.compute)

    def compute(self, node: Node, operands: Sequence[Array | None], watch: Watch) -> list[Array]:
        """As `apply`, in NumPy.

        Args:
            watch: is told of it.
        Raises:
            EngineError: E502.
        """
        op = node.op
        try:
            if op.controls:
                found = op.control(Machine(self, node, watch), *operands)
            else:
                with watch.timed([node], "numpy"):
                    found = op.compute(self.records[node], watch.trace.get(node), *operands)
        except (ValueError, IndexError, TypeError, ArithmeticError, MemoryError, IntactError) as fault:
            name = f" '{node.outputs[0].name}'" if node.outputs else ""
            raise EngineError(
                f"{op.name}{name} failed on operands of shapes {[None if o is None else o.shape for o in operands]}"
                f" ({fault})",
                where=self.source,
                fix="`intact check` says whether the model runs into a defect of the runtime",
            ) from fault
        results = list(found)
        changed = updated(node)
        if changed:
            self.contents.keep(dict(zip(changed, results[-len(changed) :], strict=True)))
            del results[-len(changed) :]
        if len(results) != len(node.outputs):
            raise EngineError(f"{op.name} gave {len(results)} results for {len(node.outputs)}", where=self.source)
        return results

    def compiled(self) -> list[Compiled]:
        """Returns the programs of C kernels that runs have made so far."""
        return [] if self.programs is None else self.programs.made()

    def initial(self, value: Value) -> Array:
        """Returns the contents of a constant, or the present ones of a variable."""
        return self.contents.of(value, {})

    def keep(self, contents: Mapping[Value, Array]) -> None:
        """Sets variables to these contents, as if a run had left them."""
        self.contents.keep(contents)

    def variables(self) -> Iterator[tuple[Value, Array]]:
        """Yields each variable of the graph with its contents after `run`."""
        islands = [s for s in self.steps[self.graph] if isinstance(s, Island)]
        kept = {value: array for island in islands for value, array in island.variables()}
        for value in self.graph.values:
            if value.is_variable:
                yield value, kept[value] if value in kept else self.initial(value)
