"""check: what is wrong with a model, before it runs.

The model's own rules; operators that run into a defect of a runtime, or that the exact engine does not cover; sums that
do not fit their accumulator. A finding says which profiles it holds for.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from intact.arith.profile import Profile
from intact.arith.profile import load as load_profile
from intact.diagnose.diff_runtimes import PROFILES
from intact.diagnose.reach import accumulator
from intact.engines.plan import Prepared, plan
from intact.errors import printable, require_type
from intact.ir.graph import Graph, Node
from intact.ir.model import Model
from intact.ir.types import DType
from intact.ir.verify import verify


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong.

    Args:
        kind: "rule" (of the format or the operators; nothing else is looked at then), "defect" (of a runtime),
            "overflow", "not covered", or "warning": what runtimes put right by themselves, and defects that only rare
            data shows.
        where: graph and operator; "" for the model as a whole.
        text: what it is.
        profiles: for which it holds; () where it does whatever runs the model.
    """

    kind: str
    where: str
    text: str
    profiles: tuple[str, ...] = ()

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where else ""
        return printable(
            f"{self.kind}: {place}{self.text}" + (f" ({', '.join(self.profiles)})" if self.profiles else "")
        )

    def as_dict(self) -> dict[str, Any]:
        """Returns the finding as data for JSON."""
        return dataclasses.asdict(self)


def check(model: Model, profiles: Sequence[Profile | str] = PROFILES) -> list[Finding]:
    """Returns what is wrong with a model, in the order of its operators; [] where nothing is.

    Args:
        profiles: whose arithmetic to look at.
    Raises:
        UsageError: E003 for a profile that is none.
    """
    require_type(model, Model, "intact.load(path) makes one of a file")
    issues = verify(model)
    found = [
        Finding("rule" if i.severity == "error" else "warning", i.where, f"{i.message} [{i.code}]") for i in issues
    ]
    if any(i.severity == "error" for i in issues):
        return found
    kept: dict[tuple[str, str, str], list[str]] = {}
    for profile in (p if isinstance(p, Profile) else load_profile(p) for p in profiles):
        steps, gaps = plan(model, profile)
        for gap in gaps:
            kept.setdefault(("not covered", _place(model, gap.graph, gap.node), gap.why), []).append(profile.name)
        for graph, listed in steps.items():
            for step in listed:
                if isinstance(step, Prepared):
                    for kind, text in _of_step(step):
                        kept.setdefault((kind, _place(model, graph, step.node), text), []).append(profile.name)
    return found + [Finding(kind, where, text, tuple(names)) for (kind, where, text), names in kept.items()]


def _of_step(step: Prepared) -> list[tuple[str, str]]:
    found = [*(("defect", text) for text in step.defects), *(("warning", text) for text in step.risks)]
    bounds = accumulator(step.node, step.record)
    types = [None if v is None else v.dtype for v in step.node.inputs]
    wide = DType.INT64 in types or types[:1] == [DType.INT16]
    if bounds is not None and not bounds.fits_int32 and not wide:
        reach = f"[{bounds.low}, {bounds.high}], {bounds.bits} bits"
        found.append(("overflow", f"the accumulator of {bounds.widest} can reach {reach}; kernels have 32"))
    return found


def _place(model: Model, graph: Graph, node: Node) -> str:
    which = f"subgraph {model.graphs.index(graph)}: " if len(model.graphs) > 1 else ""
    result = f" '{node.outputs[0].name}'" if node.outputs else ""
    return f"{which}node {graph.nodes.index(node)} {node.op.name}{result}"
