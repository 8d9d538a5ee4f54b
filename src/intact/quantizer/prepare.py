"""Rewrites a float model into an equal one whose operators quantize well.

What stays in float nevertheless is put back as it was (quantizer/restore.py).
"""

from __future__ import annotations

from typing import Final

from intact.ir.graph import Value
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
from intact.quantizer.restore import Original, originals

EXACT: Final[tuple[Pass, ...]] = (FoldConstants(),)
"""Passes that change no bit of what a model computes."""

PASSES: Final[tuple[Pass, ...]] = (
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


def prepare(model: Model) -> dict[Value, Original]:
    """Applies EXACT and PASSES in place and puts nodes into execution order.

    Returns:
        How each value was computed between the two.
    """
    for graph in model.graphs:
        graph.nodes = in_order(graph)
    apply(model, EXACT)
    before = originals(model)
    apply(model, PASSES)
    return before
