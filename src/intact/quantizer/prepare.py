"""Rewrites a float model into an equal one whose operators quantize well."""

from __future__ import annotations

from typing import Final

from intact.ir.model import Model
from intact.ir.order import in_order
from intact.passes.fold_batch_norm import FoldBatchNorm
from intact.passes.fold_constants import FoldConstants
from intact.passes.fuse_activation import FuseActivation
from intact.passes.fuse_prelu import FusePrelu
from intact.passes.inline_composite import InlineComposite
from intact.passes.lower_sum import LowerSum
from intact.passes.lower_to_mul import LowerToMul
from intact.passes.pass_ import Pass, apply
from intact.passes.prune import Prune

PASSES: Final[tuple[Pass, ...]] = (
    FoldConstants(),
    FoldBatchNorm(),
    FusePrelu(),
    FuseActivation(),
    LowerSum(),
    LowerToMul(),
    Prune(),
)
"""In order. Each leaves the function a model computes as it is, float rounding aside."""


def expand(model: Model) -> Model:
    """Returns the model with composites replaced by their decompositions; the model itself where it has none.

    Calibration observes the expanded model, so that what happens inside a composite is seen. Values of the graphs that
    remain keep their indices.
    """
    if not any(node.op.name == "STABLEHLO_COMPOSITE" for _, _, node in model.nodes()):
        return model
    copy = model.clone()
    InlineComposite().run(copy)
    return copy


def prepare(model: Model) -> None:
    """Applies PASSES in place and puts nodes into execution order."""
    for graph in model.graphs:
        graph.nodes = in_order(graph)
    apply(model, PASSES)
