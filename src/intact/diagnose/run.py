"""run: a model on one set of inputs, by the exact engine or by LiteRT."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np

from intact.arith.profile import Profile
from intact.arith.profile import load as load_profile
from intact.data.input_file import Pixels
from intact.diagnose.labels import labels
from intact.engines.exact import Exact
from intact.engines.litert import Session, match
from intact.errors import UsageError, require_type
from intact.ir.graph import Node, Value
from intact.ir.kind import kind
from intact.ir.model import Model
from intact.ir.port import input_names, ports
from intact.ir.stored import real, stored, zero_point
from intact.ir.types import Array, TensorType

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
        tensors: stored numbers of every tensor of subgraph 0 by its index; empty where they were not asked for.
    """

    engine: str
    profile: Profile
    outputs: list[Output]
    tensors: dict[int, Array] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """Returns the result as data for JSON."""
        return {
            "engine": self.engine,
            "profile": self.profile.name,
            "checked": self.profile.checked,
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
    inputs: Mapping[str, Array],
    *,
    engine: Engine | None = None,
    profile: Profile | str = "litert-reference",
    dump: bool = False,
) -> Run:
    """Returns the outputs of a model for arrays by input name.

    Args:
        inputs: numbers of the input's own type are stored ones; all others are real, and quantized.
        engine: "exact" computes integers as the profile's runtime does; "litert" runs LiteRT with that profile's set of
            kernels. By default exact, for a model that computes in float LiteRT.
        profile: whose arithmetic: a Profile, its name, or the path of one.
        dump: keep every tensor of subgraph 0.
    Raises:
        UsageError: E003 for an engine or profile that is none, E004 for inputs that do not match the model's.
        UncoveredError: E504 where the exact engine does not cover an operator.
    """
    require_type(model, Model, "intact.load(path) makes one of a file")
    profile = profile if isinstance(profile, Profile) else load_profile(profile)
    chosen = engine or ("litert" if kind(model).compute == "float" else "exact")
    given = match(inputs, ports(input_names(model, model.main)), model.source)
    feeds = {
        name: stored(np.asarray(array), value.type)
        for array, (name, value) in zip(given, input_names(model, model.main).items(), strict=True)
    }
    if chosen == "exact":
        found, tensors = _exact(model, feeds, profile, dump)
    elif chosen == "litert":
        found, tensors = _litert(model, feeds, profile, dump)
    else:
        raise UsageError(f"there is no engine '{chosen}'", expected="exact or litert")
    names = labels(model)
    outputs = [
        Output(name, value.type, array, names if len(names) == array.size else ())
        for (name, array), value in zip(found.items(), model.main.outputs, strict=True)
    ]
    return Run(chosen, profile, outputs, tensors)


def pixels_of(value: Value) -> Pixels | None:
    """Returns how a pixel becomes a real number of an input that is stored in 8 bits, there or right behind it.

    The 256 codes of the type are the 256 values of a pixel in order: q = pixel + qmin, real = scale * (q - zero_point).
    None for an input that is not 8 bits: nothing in a model says what its range stands for then.
    """
    for candidate in (value, *(node.outputs[0] for node, _ in value.uses if node.op.name == "QUANTIZE")):
        if candidate.dtype.bits == 8 and candidate.quant is not None and candidate.quant.scale.size == 1:
            scale, low = float(candidate.quant.scale[0]), candidate.dtype.limits[0]
            return Pixels(float(zero_point(candidate.type) - low), 1 / scale)
    return None


def _exact(
    model: Model, feeds: Mapping[str, Array], profile: Profile, dump: bool
) -> tuple[dict[str, Array], dict[int, Array]]:
    index = model.main.indices()
    tensors = _at_rest(model, feeds) if dump else {}

    def keep(node: Node, _: Sequence[Array | None], results: Sequence[Array]) -> None:
        tensors.update({index[v]: a for v, a in zip(node.outputs, results, strict=True) if v in index})

    found = Exact(model, profile).run(feeds, visit=keep if dump else None)
    return found, tensors


def _litert(
    model: Model, feeds: Mapping[str, Array], profile: Profile, dump: bool
) -> tuple[dict[str, Array], dict[int, Array]]:
    if profile.resolver is None:
        raise UsageError(
            f"profile {profile.name} is not of LiteRT",
            expected="litert-reference, litert-optimized or litert-xnnpack with --engine litert",
        )
    watched = [v for v in model.main.values if v.producer is not None and v.dtype.numpy is not None] if dump else []
    session = Session(model, resolver=profile.resolver, observe=watched)
    found = session.run(feeds)
    index = model.main.indices()
    tensors = _at_rest(model, feeds) if dump else {}
    tensors.update({index[v]: a for v, a in session.observed()})
    return found, tensors


def _at_rest(model: Model, feeds: Mapping[str, Array]) -> dict[int, Array]:
    index = model.main.indices()
    found = {index[v]: feeds[name] for name, v in input_names(model, model.main).items()}
    for value, position in index.items():
        contents = value.contents
        if contents is not None:
            found[position] = contents
    return found
