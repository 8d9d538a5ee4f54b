"""Two models on the same samples: how far apart their outputs are."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from intact.data.samples import Sample
from intact.diagnose.metrics import Accumulator
from intact.diagnose.open_for_both import open_for_both
from intact.engines.litert import Session
from intact.errors import ModelError, require_type
from intact.ir.graph import Graph, Value
from intact.ir.model import Model
from intact.ir.port import output_names
from intact.ir.stored import real, stored
from intact.ir.types import Array
from intact.ir.verify import check
from intact.quantizer.calibrate import graph_of, model_inputs

SQUASHING = frozenset({"SOFTMAX", "LOG_SOFTMAX", "LOGISTIC"})
"""Last operators that hide errors of what they are given."""


@dataclass(frozen=True)
class OutputComparison:
    """One output of both models.

    Args:
        name: the output's name in the first model; `<name> before SOFTMAX` for what its last operator is given.
        measures: SQNR, cosine, largest error and agreement over all samples.
    """

    name: str
    measures: Accumulator

    def as_dict(self) -> dict[str, Any]:
        """The comparison as plain data."""
        return {"name": self.name, **self.measures.as_dict()}


@dataclass
class Comparison:
    """All outputs of two models over the same samples.

    Args:
        reference, candidate: what the models are called.
        resolver: LiteRT's kernels that ran the candidate.
        samples: how many were run.
        signature: key of the entry point; None for the main graph.
        outputs: measures of each output, in order.
    """

    reference: str
    candidate: str
    resolver: str
    samples: int
    signature: str | None = None
    outputs: list[OutputComparison] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        """The comparison as plain data."""
        return {
            "reference": self.reference,
            "candidate": self.candidate,
            "resolver": self.resolver,
            "samples": self.samples,
            "signature": self.signature,
            "outputs": [o.as_dict() for o in self.outputs],
        }

    def __str__(self) -> str:
        lines = [f"{self.samples} samples, {self.resolver} kernels"]
        for output in self.outputs:
            m = output.measures
            if not m.is_number:
                lines.append(f"{output.name}: {m.equality:.2%} of elements equal")
                continue
            top = "" if m.agreement is None else f", top-1 agreement {m.agreement:.2%}"
            lines.append(
                f"{output.name}: SQNR {m.sqnr:.2f} dB, cosine {m.cosine:.6f}, largest error {m.worst:.4g}{top}"
            )
        return "\n".join(lines)


def compare(
    reference: Model,
    candidate: Model,
    data: Any,
    *,
    resolver: str = "default",
    signature: str | None = None,
    threads: int = 1,
    progress: Callable[[Iterable[Sample], int, str], Iterable[Sample]] | None = None,
) -> Comparison:
    """Returns how far the outputs of `candidate` are from those of `reference` on the same real inputs.

    An input that the candidate takes as integers is quantized by its own parameters, and its integer outputs are read
    as reals. Where both models end an output in SOFTMAX, LOG_SOFTMAX or LOGISTIC, what goes into it is compared too.

    LiteRT runs both in this process, which some broken models end; engines.probe tells in a process of its own.

    Args:
        data: samples for the inputs of `reference`, or anything data.open_samples takes. Where `reference` does not say
            how images and sounds become numbers, what `candidate` says of the input of that name counts.
        resolver: LiteRT's kernels for the candidate; the reference runs on the default ones.
    Raises:
        ModelError: E203 for different numbers of inputs or outputs, E201 for outputs of different shapes; a model
            breaks an invariant.
        DataError, EngineError: as `calibrate`.
    """
    for model in (reference, candidate):
        require_type(model, Model, "intact.load(path) reads one")
    check(reference)
    check(candidate)
    graphs = graph_of(reference, signature), graph_of(candidate, signature)
    for side in ("inputs", "outputs"):
        ours, theirs = (len(getattr(g, side)) for g in graphs)
        if ours != theirs:
            raise ModelError(
                f"{reference.source} has {ours} {side}, {candidate.source} has {theirs}",
                code="E203",
                expected="as many",
            )
    pairs = _pairs(reference, candidate, graphs)
    samples = open_for_both(reference, candidate, graphs, data)
    left = Session(reference, graphs[0], threads=threads, observe=[p.left for p in pairs if p.is_inner])
    right = Session(
        candidate, graphs[1], resolver=resolver, threads=threads, observe=[p.right for p in pairs if p.is_inner]
    )
    result = Comparison(reference.source, candidate.source, resolver, len(samples), signature)
    result.outputs = [OutputComparison(p.name, Accumulator()) for p in pairs]
    names = [p.name for p in model_inputs(reference, graphs[0])]
    twins = [p.name for p in model_inputs(candidate, graphs[1])]
    order = [names.index(n) for n in twins] if set(names) == set(twins) else list(range(len(names)))
    for sample in progress(samples, len(samples), "compare") if progress else samples:
        arrays = [sample.arrays[n] for n in names]
        reals = [real(array, value.type) for array, value in zip(arrays, graphs[0].inputs, strict=True)]
        found = _run(left, graphs[0], arrays), _run(right, graphs[1], [reals[i] for i in order])
        for pair, output in zip(pairs, result.outputs, strict=True):
            a, b = real(found[0][pair.left], pair.left.type), real(found[1][pair.right], pair.right.type)
            if a.shape != b.shape:
                raise ModelError(f"output '{pair.name}' has the shapes {list(a.shape)} and {list(b.shape)}")
            output.measures.update(sample.label, a, b)
    return result


@dataclass(frozen=True)
class _Pair:
    name: str
    left: Value
    right: Value
    is_inner: bool


def _pairs(reference: Model, candidate: Model, graphs: tuple[Graph, Graph]) -> list[_Pair]:
    named = [output_names(m, g) for m, g in zip((reference, candidate), graphs, strict=True)]
    by_name = set(named[0]) == set(named[1])
    pairs: list[_Pair] = []
    for position, (name, left) in enumerate(named[0].items()):
        if left.dtype.numpy is None:
            continue
        right = named[1][name] if by_name else list(named[1].values())[position]
        pairs.append(_Pair(name, left, right, is_inner=False))
        inner = _before_squash(left), _before_squash(right)
        if inner[0] and inner[1] and inner[0][0] == inner[1][0]:
            pairs.append(_Pair(f"{name} before {inner[0][0]}", inner[0][1], inner[1][1], is_inner=True))
    return pairs


def _before_squash(value: Value) -> tuple[str, Value] | None:
    """The operand of a squashing operator that makes an output, looking through stored types and reshapes."""
    for _ in range(4):
        node = value.producer
        if node is None or not node.inputs or node.inputs[0] is None:
            return None
        if node.op.name in SQUASHING:
            return node.op.name, node.inputs[0]
        if node.op.name not in ("QUANTIZE", "DEQUANTIZE", "RESHAPE"):
            return None
        value = node.inputs[0]
    return None


def _run(session: Session, graph: Graph, arrays: list[Array]) -> dict[Value, Array]:
    feeds = {p.name: stored(a, v.type) for p, a, v in zip(session.inputs, arrays, graph.inputs, strict=True)}
    outputs = session.run(feeds)
    found = {v: outputs[p.name] for p, v in zip(session.outputs, graph.outputs, strict=True)}
    found.update(session.observed())
    return found
