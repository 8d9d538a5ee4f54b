"""certify: the exact engine against LiteRT itself, every tensor of every operator.

Each operator is given the very integers that LiteRT's operator read, so a difference is charged to the operator that
makes it and to no other. Where no operator differs, the whole run is equal by induction.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np

from intact.arith.profile import Profile
from intact.arith.profile import load as load_profile
from intact.diagnose.tally import Tally, add
from intact.engines.exact import Exact, Gap, Prepared
from intact.engines.litert import Session
from intact.engines.machine import described
from intact.errors import UsageError, require_type
from intact.ir.graph import Node, Value
from intact.ir.model import Model
from intact.ir.op import signature
from intact.ir.order import in_order
from intact.ir.port import input_names
from intact.ir.types import Array, DType, Shape


@dataclass(frozen=True)
class Certificate:
    """What `certify` found under one profile.

    Args:
        profile: its name.
        resolver: LiteRT's set of kernels that was run.
        samples: how many.
        tallies: one for each operator that the exact engine computes, in order.
        on_litert: how many operators ran on LiteRT on both sides: float ones.
        gaps: quantized operators that the exact engine does not cover; they count in `on_litert`.
        runtime: what LiteRT ran on: its version, the machine, the processor and its vector instructions.
    """

    profile: str
    resolver: str
    samples: int
    tallies: list[Tally] = field(default_factory=list)
    on_litert: int = 0
    gaps: list[Gap] = field(default_factory=list)
    runtime: dict[str, str] = field(default_factory=dict)

    @property
    def differing(self) -> int:
        """How many numbers differ in all."""
        return sum(t.differing for t in self.tallies)

    @property
    def values(self) -> int:
        """How many numbers were compared."""
        return sum(t.values for t in self.tallies)

    def as_dict(self) -> dict[str, Any]:
        """Returns the result as data for JSON."""
        return {
            "profile": self.profile,
            "resolver": self.resolver,
            "samples": self.samples,
            "values": self.values,
            "differing": self.differing,
            "operators": [dataclasses.asdict(t) for t in self.tallies],
            "on_litert": self.on_litert,
            "gaps": [str(g) for g in self.gaps],
            "runtime": self.runtime,
        }


def random_samples(model: Model, count: int, seed: int = 0) -> list[dict[str, Array]]:
    """Returns seeded samples: all codes of integers that stand for reals, [-1, 1) for floats, 0 and 1 for the rest.

    An input that is the shape of a result is that shape.
    """
    rng = np.random.default_rng(seed)
    ports = input_names(model, model.main)
    return [{name: _draw(value, rng) for name, value in ports.items()} for _ in range(count)]


def certify(
    model: Model,
    profile: Profile | str = "litert-reference",
    samples: Iterable[Mapping[str, Array]] | None = None,
    *,
    count: int = 16,
    seed: int = 0,
    oracle: Model | None = None,
) -> Certificate:
    """Returns how the exact engine compares with LiteRT on a model.

    Args:
        model: run by the exact engine.
        profile: which runtime.
        samples: stored numbers by input name; `count` seeded random ones where None.
        oracle: run by LiteRT in place of the model itself; of the same graph, tensor by tensor.
    Raises:
        UsageError: E003 for a profile that is not of LiteRT, or an oracle of another graph.
    """
    require_type(model, Model, "intact.load(path) makes one of a file")
    profile = profile if isinstance(profile, Profile) else load_profile(profile)
    if profile.resolver is None:
        raise UsageError(
            f"profile {profile.name} is not of a runtime that is here",
            expected="a profile of LiteRT: litert-reference, litert-optimized, litert-xnnpack",
        )
    engine = Exact(model, profile, strict=False)
    steps = [s for s in engine.steps[model.main] if isinstance(s, Prepared)]
    oracle = oracle or model
    twins = dict(zip(model.main.values, oracle.main.values, strict=False))
    if len(oracle.main.values) != len(model.main.values):
        raise UsageError("the oracle has other tensors than the model", expected="the same graph", where=oracle.source)
    watched = observable(model, profile)
    session = Session(oracle, resolver=profile.resolver, observe=[twins[v] for v in watched])
    index = {node: i for i, node in enumerate(model.main.nodes)}
    tallies = {s.node: Tally(index[s.node], s.node.op.name, _result(s.node)) for s in steps}
    # LiteRT's reset leaves resources alone, so what is kept in them is carried on from sample to sample on both sides.
    keeps = any(node.op.name == "VAR_HANDLE" for _, _, node in model.nodes())
    done = 0
    for done, sample in enumerate(random_samples(model, count, seed) if samples is None else samples, 1):
        if not keeps:
            session.reset()
            engine.reset()
        known = _run(session, model, sample, watched)
        for step in steps:
            compare_node(engine, step.node, known, tallies[step.node], done - 1)
    return Certificate(
        profile.name,
        profile.resolver,
        done,
        list(tallies.values()),
        len(model.main.nodes) - len(steps),
        engine.gaps,
        described(),
    )


_UNPACKED: Final = {
    "DEQUANTIZE": (DType.FLOAT16, DType.INT8),
    "DENSIFY": (DType.FLOAT16, DType.INT8, DType.FLOAT32),
}
"""What XNNPACK's delegate unpacks of constants, by operator."""


def observable(model: Model, profile: Profile) -> list[Value]:
    """Returns the values of the main graph that LiteRT can show: what nodes compute, in types that NumPy has.

    XNNPACK's delegate unpacks constants when it is made, and leaves the tensors of the nodes that do so unset.
    """
    unpacked = _unpacked(model) if profile.delegate else set()
    return [
        v
        for v in model.main.values
        if v.producer is not None
        and v.dtype.numpy is not None
        and v.producer.op.name != "VAR_HANDLE"
        and v not in unpacked
    ]


def _unpacked(model: Model) -> set[Value]:
    """The values that DEQUANTIZE and DENSIFY make of constants of some types, one after the other too.

    Sources:
        tflite/delegates/xnnpack/xnnpack_delegate.cc, PrepareOpsToDelegate.
    """
    found: set[Value] = set()
    for node in in_order(model.main):
        types = _UNPACKED.get(node.op.name, ())
        if types and all(v and v.dtype in types and (v.is_constant or v in found) for v in node.inputs):
            found.update(node.outputs)
    return found


def compare_node(engine: Exact, node: Node, known: dict[Value, Array], tally: Tally, sample: int) -> None:
    """Adds to a tally how a node's results compare with what is known of them; those not known, as handles, become so.

    What runs other graphs is compared by what these return for the same inputs.
    """
    operands: list[Array | None] = []
    for value in node.inputs:
        if value is None:
            operands.append(None)
        elif value in known:
            operands.append(known[value])
        else:
            operands.append(engine.initial(value))
    results = engine.apply(node, operands)
    for number, (value, ours) in enumerate(zip(node.outputs, results, strict=True)):
        if value in known:
            add(tally, ours, known[value], sample, number)
        else:
            known[value] = ours


def _run(session: Session, model: Model, sample: Mapping[str, Array], watched: Sequence[Value]) -> dict[Value, Array]:
    session.run(sample)
    known = dict(zip(watched, (array for _, array in session.observed()), strict=True))
    for name, value in input_names(model, model.main).items():
        given = sample.get(name, sample.get(value.name))
        if given is not None:
            known[value] = np.asarray(given)
    return known


def _result(node: Node) -> str:
    return node.outputs[0].name if node.outputs else ""


def _draw(value: Value, rng: np.random.Generator) -> Array:
    shape, dtype = value.shape, value.dtype
    if dtype == DType.BOOL:
        return rng.integers(0, 2, shape).astype(bool)
    if dtype.is_float:
        return rng.uniform(-1, 1, shape).astype(dtype.numpy)
    if is_coded(value):
        low, high = dtype.limits
        return rng.integers(low, high + 1, shape, dtype=np.int64).astype(dtype.numpy)
    wanted = _wanted_shape(value)
    return rng.integers(0, 2, shape).astype(dtype.numpy) if wanted is None else np.array(wanted, dtype.numpy)


def _wanted_shape(value: Value) -> Shape | None:
    """What an input must be that tells an operator the shape of its result: the one that the model declares."""
    for node, index in value.uses:
        declared = node.outputs[0].type.shape if node.outputs else None
        is_shape = signature(type(node.op)).name(index) in {"output_shape", "shape"}
        if is_shape and declared is not None and value.shape == (len(declared),):
            return declared
    return None


def is_coded(value: Value) -> bool:
    """True for integers that stand for reals."""
    return value.dtype.is_integer and value.quant is not None and value.quant.is_quantized
