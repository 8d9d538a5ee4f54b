"""run: a model on one set of inputs, by the exact engine or by LiteRT."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np

from intact.arith.profile import Profile
from intact.arith.profile import load as load_profile
from intact.diagnose.feeds import Inputs, feeds
from intact.diagnose.labels import labels
from intact.diagnose.observable import observable
from intact.engines.exact import Exact
from intact.engines.islands import Island
from intact.engines.litert import Session
from intact.engines.probe import probe
from intact.errors import UsageError, printable, require_count, require_type
from intact.ir.graph import Graph, Node, Value
from intact.ir.kind import kind
from intact.ir.model import Model
from intact.ir.port import entry_point, input_names, output_names
from intact.ir.sparse import densify
from intact.ir.stored import real
from intact.ir.types import Array, DType, TensorType

Engine = Literal["exact", "litert"]


@dataclass(frozen=True, eq=False)
class Output:
    """One output of a run.

    Args:
        name: as the signature or the tensor names it.
        type: element type and quantization.
        stored: the numbers as the model stores them.
        labels: names of the classes where the model has as many as the output numbers; else ().
    """

    name: str
    type: TensorType
    stored: Array
    labels: Sequence[str] = ()

    @property
    def real(self) -> Array:
        """What the stored numbers stand for: float32 where they are quantized, all else as it is."""
        return real(self.stored, self.type)

    def __str__(self) -> str:
        shape = "x".join(map(str, self.stored.shape)) or "scalar"
        values = np.array2string(self.real.reshape(-1), threshold=8, edgeitems=4, precision=6, max_line_width=1000)
        return printable(f"{self.name}, {self.type.dtype.value} {shape}: {values}")

    def top(self, count: int = 5) -> list[tuple[int, float, str]]:
        """Returns the classes of the largest numbers: index, real number, label. () where it is no row of scores."""
        values = self.real
        if values.dtype.kind not in "fiu" or values.ndim < 1 or values.size != values.shape[-1] or values.size < 2:
            return []
        flat = values.reshape(-1)
        order = np.argsort(-flat.astype(np.float64), kind="stable")[:count]
        names = self.labels or [""] * flat.size
        return [(int(i), float(flat[i]), names[int(i)]) for i in order]


@dataclass(frozen=True, eq=False)
class Run:
    """What a run gave.

    Args:
        engine: "exact" or "litert".
        profile: whose arithmetic.
        outputs: in the model's order.
        tensors: stored numbers of every tensor of the graph by its index, variables as the run left them; empty where
            they were not asked for.
        left_out: why other tensors are not among them, in a few words, by index.
        on_litert: how many operators of the exact engine's graph ran on LiteRT: those that compute on floats or plain
            numbers.
        notes: how files were read, and what part of real numbers an input clamped.
    """

    engine: str
    profile: Profile
    outputs: list[Output]
    tensors: dict[int, Array] = field(default_factory=dict)
    left_out: dict[int, str] = field(default_factory=dict)
    on_litert: int = 0
    notes: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        lines = [f"engine {self.engine}, profile {self.profile.name}", *map(str, self.outputs)]
        return "\n".join([*lines, *(f"note: {note}" for note in self.notes)])

    def as_dict(self) -> dict[str, Any]:
        """Returns the result as data for JSON."""
        return {
            "engine": self.engine,
            "profile": self.profile.name,
            "checked": self.profile.checked,
            "on_litert": self.on_litert,
            "outputs": [
                {
                    "name": o.name,
                    "dtype": o.type.dtype.value,
                    "shape": list(o.stored.shape),
                    "stored": o.stored.tolist() if o.stored.dtype.kind in "biuf" else None,
                    "real": o.real.tolist() if o.real.dtype.kind in "biuf" else None,
                    "top": [{"index": i, "real": r, "label": name} for i, r, name in o.top()],
                }
                for o in self.outputs
            ],
        }


def run(
    model: Model,
    inputs: Inputs,
    *,
    engine: Engine | None = None,
    profile: Profile | str = "litert-reference",
    dump: bool = False,
    signature: str | None = None,
    threads: int = 1,
    isolate: bool = True,
) -> Run:
    """Returns the outputs of a model for arrays, or files that hold them, by input name.

    Args:
        inputs: arrays, or paths that are read as `intact run --input` reads them, by name; or one of `intact.samples`.
            Numbers of the input's own type are stored ones; all others are real, and quantized.
        engine: "exact" computes integers as the profile's runtime does; "litert" runs LiteRT with that profile's set of
            kernels. By default exact, for a model without integer operators LiteRT.
        profile: whose arithmetic: a Profile, its name, or the path of one.
        dump: keep every tensor of the graph.
        threads: that share the work; the exact integers do not depend on it.
        signature: key of the entry point to run, with its names; subgraph 0 where None.
        isolate: let LiteRT run in a process of its own first, because it dies of some models. Not where an input holds
            text.
    Raises:
        UsageError: E001 for a file that is not there, E003 for an engine or profile that is none, E004 for inputs that
            do not match the model's or a signature that it does not have, E302 for an input's shape.
        DataError: E303 for inputs that are no numbers of the model's types, E304 for NaN and infinity to be quantized,
            E301 to E306 for what a file holds.
        EngineError: E503 where LiteRT dies of the model.
        UncoveredError: E504 where the exact engine does not cover an operator.
    """
    require_type(model, Model, "intact.load(path) makes one of a file")
    require_count("threads", threads)
    profile = profile if isinstance(profile, Profile) else load_profile(profile)
    chosen = engine or ("litert" if not kind(model).integer else "exact")
    entry = None if signature is None else entry_point(model, signature)
    graph = model.main if entry is None else entry.graph
    arrays, notes = feeds(inputs, input_names(model, graph, entry), model, graph)
    if chosen == "exact":
        made = _exact(model, graph, arrays, profile, dump, threads)
    elif chosen == "litert":
        made = _litert(model, graph, arrays, profile, dump, threads, isolate)
    else:
        raise UsageError(f"there is no engine '{chosen}'", expected="exact or litert")
    outputs = outputs_of(output_names(model, graph, entry), labels(model), made.outputs)
    left_out = _left_out(graph, made.tensors, profile if chosen == "litert" else None) if dump else {}
    return Run(chosen, profile, outputs, made.tensors, left_out, made.on_litert, notes)


def outputs_of(values: Mapping[str, Value], classes: Sequence[str], arrays: Sequence[Array]) -> list[Output]:
    """Returns outputs, by name and value, with what a run gave; `classes` go to one that has as many numbers."""
    return [
        Output(name, value.type, array, classes if len(classes) == array.size else ())
        for (name, value), array in zip(values.items(), arrays, strict=True)
    ]


@dataclass(frozen=True, eq=False)
class _Made:
    """What an engine gave: outputs in order, tensors by index, how many operators the exact engine left to LiteRT."""

    outputs: list[Array]
    tensors: dict[int, Array]
    on_litert: int = 0


def _exact(model: Model, graph: Graph, arrays: list[Array], profile: Profile, dump: bool, threads: int) -> _Made:
    index = graph.indices()
    tensors = _at_rest(graph, arrays) if dump else {}

    def keep(node: Node, _: Sequence[Array | None], results: Sequence[Array]) -> None:
        found = zip(node.outputs, results, strict=True)
        tensors.update({index[v]: a for v, a in found if v in index and v.dtype.numpy is not None})

    engine = Exact(model, profile, graph=graph, threads=threads)
    found = engine.run(_by_name(engine, arrays), visit=keep if dump else None)
    if dump:
        tensors.update({index[v]: a for v, a in engine.variables()})
    on_litert = sum(len(s.nodes) for s in engine.steps[graph] if isinstance(s, Island))
    return _Made(list(found.values()), tensors, on_litert)


def _litert(
    model: Model, graph: Graph, arrays: list[Array], profile: Profile, dump: bool, threads: int, isolate: bool
) -> _Made:
    if profile.resolver is None:
        raise UsageError(
            f"profile {profile.name} is not of LiteRT",
            expected="litert-reference, litert-optimized or litert-xnnpack with --engine litert",
        )
    if isolate and all(a.dtype != object for a in arrays):
        probe(model, dict(zip(input_names(model, graph), arrays, strict=True)), graph, resolver=profile.resolver)
    watched = observable(graph, profile) if dump else []
    session = Session(model, graph, resolver=profile.resolver, threads=threads, observe=watched)
    found = session.run(_by_name(session, arrays))
    tensors = _at_rest(graph, arrays) if dump else {}
    if dump:
        index = graph.indices()
        tensors.update({index[v]: a for v, a in (*session.observed(), *session.variables())})
    return _Made(list(found.values()), tensors)


def _by_name(engine: Exact | Session, arrays: Sequence[Array]) -> dict[str, Array]:
    return {p.name: a for p, a in zip(engine.inputs, arrays, strict=True)}


def _at_rest(graph: Graph, arrays: Sequence[Array]) -> dict[int, Array]:
    """Returns what is known before a run, by tensor index: inputs, and constants without gaps."""
    index = graph.indices()
    found = {index[v]: a for v, a in zip(graph.inputs, arrays, strict=True) if v.dtype.numpy is not None}
    for value, position in index.items():
        contents = densify(value) if value.sparsity is not None else value.contents
        if contents is not None and position not in found:
            found[position] = contents
    return found


def _left_out(graph: Graph, tensors: Mapping[int, Array], litert: Profile | None) -> dict[int, str]:
    """Returns why tensors are not among those of a run, by index.

    Args:
        litert: the profile where LiteRT made them.
    """
    shown = set() if litert is None else set(observable(graph, litert))
    found = {}
    for value, index in graph.indices().items():
        if index in tensors:
            continue
        if value.dtype in (DType.RESOURCE, DType.VARIANT) or (
            value.producer and value.producer.op.name == "VAR_HANDLE"
        ):
            found[index] = "a handle, which has no numbers"
        elif value.dtype.numpy is None and (value.producer is not None or value.is_constant or value in graph.inputs):
            found[index] = f"{value.dtype.value}, which NumPy does not have"
        elif value.producer is None:
            found[index] = "computed by nothing"
        elif litert is not None and value not in shown:
            found[index] = "a constant that XNNPACK unpacks and does not show"
        else:
            found[index] = "not computed in this run"
    return found
