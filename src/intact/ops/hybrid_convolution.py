"""The hybrid CONV_2D and DEPTHWISE_CONV_2D: float32 images with integer filters.

Their rules are those of ops/hybrid.py.
"""

from __future__ import annotations

import numpy as np

from intact.arith.accumulate import Window, convolve, convolve_depthwise
from intact.arith.calls import hybrid as calls
from intact.arith.dynamic_range import Floats, Quantized
from intact.arith.requantize import See
from intact.arith.x86_sums import slipping, slips_in_windows
from intact.errors import UncoveredError
from intact.ir.op import Operand
from intact.ir.site import Site
from intact.ir.types import Array, DType
from intact.native.call import Call
from intact.ops import hybrid, hybrid_weights
from intact.ops.attributes import FusedActivation
from intact.ops.hybrid import LARGEST, Hybrid
from intact.ops.quantized import scales


def prepare(
    activation: FusedActivation,
    site: Site,
    input: Operand,
    filter: Operand,
    bias: Operand | None,
    strides: tuple[int, int],
) -> Hybrid:
    """Returns what CONV_2D derives from its parameters.

    LiteRT quantizes an image symmetrically where all channels of an ungrouped filter have one scale, otherwise
    asymmetrically. XNNPACK takes constant int8 filters; one of 1x1 in steps of 1 is a fully connected layer to it, so
    that each pixel gets a scale of its own. It takes none whose input has an unknown rank.
    """
    weights = hybrid_weights.constant("CONV_2D", site, input, filter, {DType.INT8, DType.UINT8, DType.INT4})
    hybrid_weights.require_no_blocks("CONV_2D", filter)
    if bias is None:
        raise UncoveredError("CONV_2D without a bias, which no kernel takes")
    channels, height, width, depth = weights.shape
    # Only ungrouped convolutions are known to do without the input's sizes, which may come with the data.
    known = len(input.shape) == 4
    groups = input.shape[3] // depth if known else 1
    filter_scale = scales("filter", filter, channels)
    grouped = groups != 1
    if grouped and filter.quant is not None and filter.quant.scale.size != channels:
        raise UncoveredError("CONV_2D in groups with one scale, of which LiteRT reads one a channel")
    one_scale = not grouped and (filter.dtype == DType.UINT8 or bool((filter_scale == filter_scale[0]).all()))
    kind = f"float32 {filter.dtype.value}"
    taken = filter.dtype == DType.INT8 and known and hybrid_weights.is_delegated(site, filter, bias, 0)
    special = [f"{kind} groups"] if grouped else [] if one_scale else [f"{kind} per-channel"]
    rule = site.rule("CONV_2D", *special, kind, taken=taken).name
    dense = (height, width) == strides == (1, 1) and not grouped and depth + channels > 2
    if rule == "dynamic" and one_scale and channels % 4:
        hybrid_weights.note_lowest(site, weights)
    return hybrid.make(
        site,
        rule,
        "symmetric" if one_scale else "asymmetric",
        weights,
        np.split(weights.reshape(channels, -1), groups),
        filter,
        channels,
        bias,
        activation,
        whole_image=not (rule == "xnnpack-qd8" and dense),
    )


def compute(record: Hybrid, see: See | None, input: Array, window: Window, bias: Array | None) -> Array:
    """Returns the convolution of images (n, rows, columns, channels): float32 (n, positions, positions, outputs)."""
    taken = record.weights.shape[3]
    if input.shape[3] != taken * len(record.matrices):
        raise ValueError(f"the filter takes {taken} channels in {len(record.matrices)} groups")
    centred, quantized = _quantize(record, input)
    parts = np.split(centred, len(record.matrices), axis=3)
    sums = [convolve(part, window, matrix) for part, matrix in zip(parts, record.matrices, strict=True)]
    acc = sums[0] if len(sums) == 1 else np.concatenate(sums, axis=3)
    if record.rule == "dynamic" and record.quantizer == "symmetric" and acc.shape[3] % 4:
        # Other numbers of channels are multiplied by ruy.
        acc = acc + slips_in_windows(centred, window, record.weights)
    if record.rule == "dynamic" and record.quantizer == "asymmetric":
        acc = acc + quantized.zero_point.reshape(-1, 1, 1, 1) * record.lost().reshape(-1)
    return record.finish(acc, _scale(record, quantized, acc), record.bias_of(bias), see)


def call(record: Hybrid, input: Operand, window: Window, bias: Operand | None) -> Call | None:
    """Returns the kernel's call; None for groups and for weights that slip."""
    channels, taken = record.weights.shape[0], record.weights.shape[3]
    rows = record.weights.reshape(channels, -1)
    layer = record.layer(rows, bias)
    if layer is None or len(record.matrices) != 1 or input.shape[3] != taken:
        return None
    if record.rule == "dynamic" and record.quantizer == "symmetric" and channels % 4 and slipping(rows).any():
        return None
    if record.whole_image:
        return calls.convolve(layer, input.shape, window)
    n, height, width, _ = input.shape
    return calls.dense(layer, n * height * width, (n, *window.positions, channels))


def prepare_depthwise(
    activation: FusedActivation, site: Site, input: Operand, filter: Operand, bias: Operand | None, multiplier: int
) -> Hybrid:
    """Returns what DEPTHWISE_CONV_2D derives from its parameters. XNNPACK takes none."""
    weights = hybrid_weights.constant("DEPTHWISE_CONV_2D", site, input, filter, {DType.INT8})
    hybrid_weights.require_no_blocks("DEPTHWISE_CONV_2D", filter)
    channels = weights.shape[3]
    found = filter.quant.scale.size if filter.quant is not None else 0
    if found != channels:
        raise UncoveredError(f"DEPTHWISE_CONV_2D with {found} scales for {channels} channels, which LiteRT refuses")
    if len(input.shape) == 4 and multiplier * input.shape[3] != channels:
        raise UncoveredError(f"DEPTHWISE_CONV_2D whose depth multiplier is {multiplier} and is not what the shapes say")
    if bias is None:
        raise UncoveredError("DEPTHWISE_CONV_2D without a bias, at which LiteRT's optimized kernel ends the process")
    rule = site.rule("DEPTHWISE_CONV_2D", "float32 int8", taken=False).name
    return hybrid.make(site, rule, "asymmetric", weights, [], filter, channels, bias, activation)


def compute_depthwise(record: Hybrid, see: See | None, input: Array, window: Window, bias: Array | None) -> Array:
    """Returns the depthwise convolution of images: float32 (n, positions, positions, outputs)."""
    centred, quantized = _quantize(record, input)
    _, height, width, outputs = record.weights.shape
    factors = record.weights.reshape(height, width, input.shape[3], outputs // input.shape[3])
    acc = convolve_depthwise(centred, window, factors, LARGEST)
    return record.finish(acc, _scale(record, quantized, acc), record.bias_of(bias), see)


def call_depthwise(record: Hybrid, input: Operand, window: Window, bias: Operand | None) -> Call | None:
    """Returns the kernel's call."""
    layer = record.layer(record.weights.reshape(-1, record.weights.shape[3]), bias)
    return None if layer is None else calls.depthwise(layer, input.shape, window)


def _quantize(record: Hybrid, input: Array) -> tuple[Array, Quantized]:
    rows = input.reshape(len(input), -1) if record.whole_image else input.reshape(-1, input.shape[3])
    quantized = record.quantize(rows)
    return quantized.centred.reshape(input.shape), quantized


def _scale(record: Hybrid, quantized: Quantized, acc: Array) -> Floats:
    # Of images or pixels, to broadcast with the sums.
    shape = (len(acc), 1, 1, 1) if record.whole_image else (*acc.shape[:3], 1)
    return quantized.scale.reshape(shape)
