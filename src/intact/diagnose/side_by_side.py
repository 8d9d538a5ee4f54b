"""One graph in the exact engine and in LiteRT: operator by operator, and whole."""

from __future__ import annotations

import contextlib
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np

from intact.diagnose.draw import Draws
from intact.diagnose.entries import result, written
from intact.diagnose.observable import observable
from intact.diagnose.tally import Tally, add
from intact.engines.exact import Exact
from intact.engines.litert import Session, match
from intact.engines.plan import Prepared
from intact.engines.probe import probe
from intact.errors import EngineError
from intact.ir.graph import Graph, Node, Value
from intact.ir.model import Model
from intact.ir.port import input_names, output_names, ports
from intact.ir.types import Array

Sample = Mapping[str, Array]


@dataclass
class SideBySide:
    """A graph under comparison.

    Args:
        engine: ours; its variables are set back when a comparison begins.
        graph: an entry point of the engine's model.
        oracle: what LiteRT runs: the same model, or one of the same graphs.
        resolver: LiteRT's set of kernels.
        isolate: run the first sample in a process of its own before all, because LiteRT dies of some models.
        refused: LiteRT's words when it refused a sample, counted.
        failed: words of the exact engine when it failed on what LiteRT ran, counted.
        seconds: that each side took, as "litert" and "engine".
    """

    engine: Exact
    graph: Graph
    oracle: Model
    resolver: str
    isolate: bool
    refused: Counter[str] = field(default_factory=Counter)
    failed: Counter[str] = field(default_factory=Counter)
    seconds: dict[str, float] = field(default_factory=lambda: {"litert": 0.0, "engine": 0.0})

    def __post_init__(self) -> None:
        self._number = self.engine.model.graphs.index(self.graph)
        self._theirs = self.oracle.graphs[self._number]
        self._twins = dict(zip(self.graph.values, self._theirs.values, strict=True))
        self._steps = [s.node for s in self.engine.steps[self.graph] if isinstance(s, Prepared)]

    def operators(self, wanted: Iterable[Sample | None], draws: Draws | None) -> tuple[dict[Node, Tally], list[Sample]]:
        """Returns how each operator compares on what LiteRT's own read, and the samples that LiteRT ran.

        Samples are consecutive: variables go on from one to the next. Ours are set to LiteRT's before each.

        Args:
            wanted: samples; None for one that is to be drawn from `draws`.
        """
        places = {node: i for i, node in enumerate(self.graph.nodes)}
        tallies = {n: Tally(places[n], n.op.name, result(n), graph=self._number) for n in self._steps}
        writers = {v: (node, i) for node in self._steps for i, v in enumerate(written(node), len(node.outputs))}
        watched = observable(self.graph, self.engine.profile)
        session = self._open(watched)
        ran: list[Sample] = []
        for given in wanted:
            for sample in [given] if given is not None else draws.tries() if draws is not None else []:
                self.engine.keep(self._contents(session, writers))
                if not self._run(session, sample, probing=self.isolate and not ran):
                    session = self._anew(session, watched)
                    continue
                with self._timing("litert"):
                    known = dict(zip(watched, (array for _, array in session.observed()), strict=True))
                known.update(self._fed(sample))
                for node in self._steps:
                    self._compare(node, known, tallies[node], len(ran))
                for value, array in self._contents(session, writers).items():
                    node, number = writers[value]
                    add(tallies[node], self.engine.initial(value), array, len(ran), number)
                ran.append(sample)
                break
        return tallies, ran

    def outputs(self, samples: Iterable[Sample]) -> list[Tally]:
        """Returns how the outputs of whole runs compare, each side with its own tensors throughout.

        LiteRT shows nothing on the way here, so it plans memory and delegates as it does for users.
        """
        session = self._open([])
        names = input_names(self.engine.model, self.graph)
        found = output_names(self.engine.model, self.graph)
        tallies = [Tally(i, "output", name, graph=self._number) for i, name in enumerate(found)]
        for number, sample in enumerate(samples):
            try:
                with self._timing("litert"):
                    theirs = session.run(sample)
            except EngineError as fault:
                self._refuse(fault)
                session = self._anew(session, [])
                continue
            try:
                with self._timing("engine"):
                    ours = self.engine.call(self.graph, match(sample, ports(names), self.engine.source))
            except EngineError as fault:
                self.failed[f"whole run: {fault.problem}"] += 1
                session = self._anew(session, [])
                continue
            for tally, mine, array in zip(tallies, ours, theirs.values(), strict=True):
                add(tally, mine, array, number, 0)
        return tallies

    def _anew(self, session: Session, watched: Iterable[Value]) -> Session:
        """A session that knows nothing of a run that failed; LiteRT has no way to forget resources."""
        kept = any(v.is_variable for g in self.oracle.graphs for v in g.values)
        kept = kept or any(node.op.name == "VAR_HANDLE" for _, _, node in self.oracle.nodes())
        return self._open(watched) if kept else session

    def _open(self, watched: Iterable[Value]) -> Session:
        self.engine.reset()
        observe = [self._twins[v] for v in watched]
        return Session(self.oracle, self._theirs, resolver=self.resolver, observe=observe)

    def _run(self, session: Session, sample: Sample, *, probing: bool) -> bool:
        try:
            if probing:
                probe(self.oracle, sample, self._theirs, resolver=self.resolver)
            with self._timing("litert"):
                session.run(sample)
        except EngineError as fault:
            self._refuse(fault)
            return False
        return True

    def _refuse(self, fault: EngineError) -> None:
        if fault.code != "E502":
            raise fault
        self.refused[fault.problem] += 1

    def _contents(self, session: Session, variables: Iterable[Value]) -> dict[Value, Array]:
        found = dict(session.variables())
        return {v: found[self._twins[v]] for v in variables if self._twins[v] in found}

    @contextlib.contextmanager
    def _timing(self, side: str) -> Iterator[None]:
        start = time.perf_counter()
        try:
            yield
        finally:
            self.seconds[side] += time.perf_counter() - start

    def _fed(self, sample: Sample) -> dict[Value, Array]:
        names = input_names(self.engine.model, self.graph)
        given = {v: sample.get(name, sample.get(v.name)) for name, v in names.items()}
        return {v: np.asarray(array) for v, array in given.items() if array is not None}

    def _compare(self, node: Node, known: dict[Value, Array], tally: Tally, sample: int) -> None:
        """Adds how a node's results compare with what is known of them; those not known, as handles, become so.

        What runs other graphs is compared by what these return for the same inputs.
        """
        try:
            with self._timing("engine"):
                results = self.engine.apply(
                    node,
                    [None if v is None else known[v] if v in known else self.engine.initial(v) for v in node.inputs],
                )
        except EngineError as fault:
            self.failed[fault.problem] += 1
            return
        for number, (value, ours) in enumerate(zip(node.outputs, results, strict=True)):
            if value in known:
                add(tally, ours, known[value], sample, number)
            else:
                known[value] = ours
