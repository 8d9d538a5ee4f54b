"""The hybrid FULLY_CONNECTED: rows of float32 times integer weights. Its rules are those of ops/hybrid.py."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from intact.arith import four_bits
from intact.arith.calls import hybrid as calls
from intact.arith.requantize import See
from intact.arith.x86_sums import slipping, slips
from intact.ir.op import Operand
from intact.ir.site import Site
from intact.ir.types import Array, DType
from intact.native.call import Call
from intact.ops import hybrid, hybrid_weights
from intact.ops.attributes import FusedActivation
from intact.ops.hybrid import Hybrid


def prepare(
    activation: FusedActivation,
    asymmetric: bool,
    site: Site,
    input: Operand,
    filter: Operand,
    bias: Operand | None,
) -> Hybrid:
    """Returns what FULLY_CONNECTED derives from its parameters.

    XNNPACK takes constant weights of int8, and of int4 in rows of an even length or in blocks of a multiple of 32.
    LiteRT's optimized kernel for int4 takes rows of an even length of at least 32, four or more of them, and quantizes
    symmetrically whatever the attribute says; blocks go by the same sizes.
    """
    types = {DType.INT8, DType.UINT8, DType.INT4, DType.INT2}
    weights = hybrid_weights.constant("FULLY_CONNECTED", site, input, filter, types)
    units, depth = weights.shape
    blocks = hybrid_weights.blocks("FULLY_CONNECTED", filter)
    even = depth % 2 == 0
    taken = (
        (filter.dtype == DType.INT8 or (filter.dtype == DType.INT4 and even))
        and (blocks is None or blocks.size % 32 == 0)
        and hybrid_weights.is_delegated(site, filter, bias, 0)
    )
    wide = filter.dtype == DType.INT4 and even and units >= 4 and depth >= 32
    kind = f"float32 {filter.dtype.value}" + (" blocks" if blocks else "")
    rule = site.rule("FULLY_CONNECTED", *([f"{kind} wide"] if wide else []), kind, taken=taken).name
    quantizer = "asymmetric" if asymmetric else "symmetric"
    match rule:
        case "dynamic":
            hybrid_weights.note_lowest(site, weights)
        case "dynamic-int4":
            if np.any(weights == -8):
                site.defect("the kernel reads weights of -8 as 8, and spoils those packed beside them")
            weights, quantizer = four_bits.repacked(weights), "nearest"
        case "dynamic-int4-blocks":
            if activation != FusedActivation.NONE:
                site.defect(f"the kernel does not apply the fused {activation.name}")
            activation, quantizer = FusedActivation.NONE, "asymmetric"
        case "blocks-defect":
            site.defect("the kernel reads no scale for weights in blocks: the result is the bias")
    return hybrid.make(site, rule, quantizer, weights, [weights], filter, units, bias, activation, blocks=blocks)


def compute(record: Hybrid, see: See | None, rows: Array, bias: Array | None) -> Array:
    """Returns rows (n, depth) times the weights: float32 (n, units)."""
    added = record.bias_of(bias)
    if record.rule in {"dynamic", "blocks-defect"} and not rows.any():
        # LiteRT does not look at the weights of an input that is all zeros.
        return record.clamp(np.tile(added, (len(rows), 1)))
    quantized = record.quantize(rows)
    match record.rule:
        case "dynamic-int4":
            return record.clamp(four_bits.with_offset(quantized, record.matrices[0], record.filter_scale, added))
        case "dynamic-int4-blocks" | "xnnpack-qd8-blocks":
            assert record.blocks is not None
            in_blocks = four_bits.in_blocks_xnnpack if record.rule.startswith("xnnpack") else four_bits.in_blocks
            return record.clamp(in_blocks(quantized, record.weights, record.blocks, added))
    acc = record.matrices[0](quantized.centred)
    if record.rule == "dynamic":
        acc = acc + slips(quantized.codes, record.weights) + quantized.zero_point[:, None] * record.lost()[0]
    return record.finish(acc, quantized.scale[:, None], added, see)


def call(record: Hybrid, rows: int, shape: tuple[int, ...], bias: Operand | None) -> Call | None:
    """Returns the kernel's call; None for weights that slip, and for a bias of -0, which zeros alone leave as it is."""
    layer = record.layer(record.weights, bias)
    if layer is None:
        return None
    if record.rule in {"dynamic", "blocks-defect"} and np.any(np.signbit(layer.bias) & (layer.bias == 0)):
        return None
    if record.rule == "dynamic" and slipping(record.weights).any():
        return None
    if record.rule == "blocks-defect":
        layer = replace(layer, blocks=None)
    return calls.dense(layer, rows, shape)
