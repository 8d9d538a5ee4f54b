"""The hybrid SVDF: a hybrid fully connected layer into a memory of float32, and float32 from there on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from intact.arith import dynamic_range
from intact.arith.dynamic_range import Floats
from intact.arith.x86_sums import sum_in_lanes
from intact.errors import UncoveredError
from intact.ir.op import Operand
from intact.ir.site import Site
from intact.ir.types import Array, DType
from intact.ops import hybrid, hybrid_dense, hybrid_weights
from intact.ops.attributes import FusedActivation
from intact.ops.hybrid import Hybrid
from intact.ops.quantized import scale


@dataclass(frozen=True, eq=False)
class HybridMemory:
    """Parameters of a hybrid SVDF.

    Args:
        features: the layer from the input to the newest number of each filter's memory, without bias.
        time_weights: float32 (filters, memory), as LiteRT has dequantized them: code * scale.
        bias: float32 (units,), None where there is none.
        low, high: limits of the result, infinite where there are none.
    """

    features: Hybrid
    time_weights: Floats
    bias: Floats | None
    low: float
    high: float


def prepare(
    activation: FusedActivation,
    asymmetric: bool,
    site: Site,
    input: Operand,
    feature_weights: Operand,
    time_weights: Operand,
    bias: Operand | None,
    state: Operand,
) -> HybridMemory:
    """Returns what SVDF derives from its parameters. XNNPACK takes none."""
    weights, times = (
        hybrid_weights.constant("SVDF", site, input, operand, {DType.INT8, DType.UINT8})
        for operand in (feature_weights, time_weights)
    )
    if state.dtype != DType.FLOAT32 or (bias is not None and bias.array is None):
        raise UncoveredError(f"SVDF of float32 with a state of {state.dtype.value}, or a bias that is computed")
    rule = site.rule("SVDF", "float32 int8", taken=False).name
    scale("feature_weights", feature_weights)
    quantizer = "asymmetric" if asymmetric else "symmetric"
    none = FusedActivation.NONE
    if rule == "dynamic":
        hybrid_weights.note_lowest(site, weights)
    return HybridMemory(
        hybrid.make(site, rule, quantizer, weights, [weights], feature_weights, len(weights), None, none),
        times.astype(np.float32) * scale("time_weights", time_weights),
        None if bias is None or bias.array is None else bias.array.reshape(-1),
        *hybrid.limits(activation),
    )


def compute(record: HybridMemory, input: Array, state: Array, rank: int) -> tuple[Array, Array]:
    """Returns (batch, units) and the memory moved on by one place, its newest number made of the input."""
    filters, memory = record.time_weights.shape
    newest = hybrid_dense.compute(record.features, None, input, None)
    kept = state.reshape(len(input), filters, memory)
    kept = np.concatenate([kept[..., 1:], newest[..., None]], axis=2)
    weighted = sum_in_lanes(kept * record.time_weights)
    result = sum_in_lanes(weighted.reshape(len(input), -1, rank))
    if record.bias is not None:
        result = result + record.bias
    return dynamic_range.clamp(result, record.low, record.high), kept.reshape(state.shape)
