"""Hybrid kernels: float32 activations with integer weights, as models of dynamic range have them.

The activations are quantized when the operator runs (arith/dynamic_range.py), a row or an image at a time; products
are summed as integers, exactly; and the sums are scaled to float32 in a few steps whose order and roundings are the
runtime's. No float sum is longer than one a block, so there is no order of accumulation beyond what a rule says. Every
operation below is a float32 operation, rounded to nearest even.

    rule                    result of a sum `acc`, scale s of the row, scale w of the channel, bias b
    dynamic                 b + acc * (w * s)
    dynamic-filter-first    acc * w * s + b, from left to right
    dynamic-lanes           as dynamic-filter-first in the channels that fill vectors of four, acc * s * w + b in the
                            rest
    dynamic-int4            offset * s * w + b + (acc - offset) * s * w, with offset = -7 * (sum of the row's codes):
                            weights are kept plus 7 in 4 bits, in which -8 comes back as 8 (`_repacked`)
    dynamic-int4-blocks     (sum over blocks of acc * w, minus zero point * (sum over blocks of w * sum of weights)) * s
                            + b, acc of the codes with their zero point in; no fused activation
    xnnpack-qd8             fma(acc * s, w, b)
    xnnpack-qd8-blocks      -z * (sum of w * weights, 16 at a time), z the zero point of unsigned codes, then for each
                            block fma(acc, w, that); times s, plus b; w rounded to bfloat16
    blocks-defect           as dynamic with w = 0, so b: the absent scale of the tensor is read for that of blocks

Sources:
    tflite/kernels/{fully_connected,conv,depthwise_conv,batch_matmul}.cc (EvalHybrid...), tflite/kernels/internal:
    optimized/sse_tensor_utils.cc, optimized/optimized_ops.h, optimized/integer_ops/depthwise_conv_hybrid.h,
    optimized/4bit, reference/conv.h, reference/integer_ops/depthwise_conv.h, reference/batch_matmul.h;
    XNNPACK: src/qd8-f32-{qc8w,qc4w,qb4w}-gemm, src/reference/packing.cc. Measured; see docs/numerics/hybrid.md.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from intact.arith import dynamic_range
from intact.arith.accumulate import Matrix, Window, convolve, convolve_depthwise
from intact.arith.dynamic_range import Floats, Quantized
from intact.arith.requantize import See
from intact.errors import UncoveredError
from intact.ir.op import Operand, Site
from intact.ir.types import Array, Blockwise, DType
from intact.ops.attributes import FusedActivation
from intact.ops.quantized import scale, scales, zero_point

_LARGEST: Final = 255
"""Of a code without its zero point."""

_QUANTIZERS: Final[dict[str, Callable[[Floats], Quantized]]] = {
    "symmetric": dynamic_range.symmetric,
    "nearest": dynamic_range.nearest,
    "asymmetric": dynamic_range.asymmetric,
    "xnnpack": dynamic_range.xnnpack,
}

_CLAMPS: Final = {
    FusedActivation.NONE: (-math.inf, math.inf),
    FusedActivation.RELU: (0.0, math.inf),
    FusedActivation.RELU_N1_TO_1: (-1.0, 1.0),
    FusedActivation.RELU6: (0.0, 6.0),
}


@dataclass(frozen=True, eq=False)
class Hybrid:
    """Parameters of a hybrid kernel as a code generator needs them.

    Args:
        rule: a name of the table at the head of ops/hybrid.py.
        quantizer: how activations are quantized: "symmetric", "asymmetric", "nearest" or "xnnpack", the functions of
            arith/dynamic_range.py.
        whole_image: a convolution quantizes a whole image with one scale; otherwise each pixel has its own.
        weights: int8 array, the filter unpacked, as the kernel takes it.
        filter_scale: float32 (channels,); 0 where blocks have scales.
        block_size: elements along a row of the filter that share a scale; 0 where none do.
        block_scale: float32 (channels, blocks); empty where block_size is 0.
        bias: float32 (channels,), zeros where there is none; None where it is computed.
        low, high: limits of the result, infinite where there are none.
        matrices: the weights, one for each group, ready to be multiplied; empty for a depthwise convolution.
        row_sum: int64 (channels,), sums of each channel's weights as the kernel has them, which zero points are
            multiplied by; for BATCH_MATMUL (matrices, channels).
    """

    rule: str
    quantizer: str
    whole_image: bool
    weights: Array
    filter_scale: Floats
    block_size: int
    block_scale: Floats
    bias: Floats | None
    low: float
    high: float
    matrices: tuple[Matrix, ...]
    row_sum: NDArray[np.int64]

    def quantize(self, rows: Floats) -> Quantized:
        """Returns rows as integers with a scale for each."""
        return _QUANTIZERS[self.quantizer](rows)

    def bias_of(self, bias: Array | None) -> Floats:
        """Returns the bias, the prepared one where it is constant or absent."""
        if self.bias is not None:
            return self.bias
        assert bias is not None
        return bias.reshape(-1)

    def finish(self, acc: Array, scale: Floats, bias: Floats, see: See | None) -> Array:
        """Returns results for integer sums (..., channels), scales that broadcast with them, and the bias."""
        if see:
            see("accumulator", acc.astype(np.int64))
        # A sum of products with 0 may be -0, which no integer is.
        result = _COMBINED[self.rule](acc.astype(np.float32) + np.float32(0), scale, self.filter_scale, bias)
        return dynamic_range.clamp(result, self.low, self.high)


def _dynamic(acc: Floats, scale: Floats, filter_scale: Floats, bias: Floats) -> Floats:
    return bias + acc * (filter_scale * scale)


def _filter_first(acc: Floats, scale: Floats, filter_scale: Floats, bias: Floats) -> Floats:
    return acc * filter_scale * scale + bias


def _lanes(acc: Floats, scale: Floats, filter_scale: Floats, bias: Floats) -> Floats:
    result = acc * filter_scale * scale + bias
    rest = acc.shape[-1] // 4 * 4
    result[..., rest:] = acc[..., rest:] * scale * filter_scale[rest:] + bias[rest:]
    return result


def _qd8(acc: Floats, scale: Floats, filter_scale: Floats, bias: Floats) -> Floats:
    return dynamic_range.fused_multiply_add(acc * scale, filter_scale, bias)


_COMBINED: Final[dict[str, Callable[[Floats, Floats, Floats, Floats], Floats]]] = {
    "dynamic": _dynamic,
    "dynamic-filter-first": _filter_first,
    "dynamic-lanes": _lanes,
    "xnnpack-qd8": _qd8,
    "blocks-defect": _dynamic,
}


def prepare_dense(
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
    weights = _weights("FULLY_CONNECTED", site, input, filter, {DType.INT8, DType.UINT8, DType.INT4, DType.INT2})
    units, depth = weights.shape
    block_size, block_scale = _blocks(filter, units, depth)
    even = depth % 2 == 0
    taken = (
        (filter.dtype == DType.INT8 or (filter.dtype == DType.INT4 and even))
        and block_size % 32 == 0
        and _is_delegated(site, filter, bias, 0)
    )
    wide = filter.dtype == DType.INT4 and even and units >= 4 and depth >= 32
    kind = f"float32 {filter.dtype.value}" + (" blocks" if block_size else "")
    rule = site.rule("FULLY_CONNECTED", *([f"{kind} wide"] if wide else []), kind, taken=taken).name
    quantizer = "asymmetric" if asymmetric or rule == "dynamic-int4-blocks" else "symmetric"
    match rule:
        case "blocks-defect":
            site.defect("the kernel reads no scale for weights in blocks: the result is the bias")
        case "dynamic-int4":
            if np.any(weights == -8):
                site.defect("the kernel reads weights of -8 as 8, and spoils those packed beside them")
            weights = _repacked(weights)
        case "dynamic-int4-blocks":
            if activation != FusedActivation.NONE:
                site.defect(f"the kernel does not apply the fused {activation.name}")
        case "dynamic":
            _note_lowest(site, weights)
    record = _hybrid(
        rule,
        "nearest" if rule == "dynamic-int4" else quantizer,
        weights,
        filter,
        units,
        bias,
        activation if rule != "dynamic-int4-blocks" else FusedActivation.NONE,
        matrices=(Matrix(weights, _LARGEST),),
        block_size=block_size,
        block_scale=block_scale,
    )
    _note_lost(site, record)
    return record


def compute_dense(record: Hybrid, see: See | None, rows: Array, bias: Array | None) -> Array:
    """Returns rows (n, depth) times the weights: float32 (n, units)."""
    added = record.bias_of(bias)
    quantized = record.quantize(rows)
    scale = quantized.scale[:, None]
    match record.rule:
        case "dynamic-int4":
            return _dense_int4(record, quantized, added)
        case "dynamic-int4-blocks":
            return _dense_blocks(record, quantized, added)
        case "xnnpack-qd8-blocks":
            return _dense_blocks_xnnpack(record, quantized, added)
    if record.rule in {"dynamic", "blocks-defect"} and not rows.any():
        # LiteRT does not look at the weights of an input that is all zeros.
        return dynamic_range.clamp(np.tile(added, (len(rows), 1)), record.low, record.high)
    acc = record.matrices[0](quantized.centred)
    if record.rule == "dynamic":
        acc = acc + _slips(quantized, record.weights) + quantized.zero_point[:, None] * _lost(record)
    return record.finish(acc, scale, added, see)


def _dense_int4(record: Hybrid, quantized: Quantized, bias: Floats) -> Array:
    """As LiteRT's 4-bit kernel: the weights plus 7, what that adds taken off beforehand, in float32."""
    offset = -7 * quantized.codes.sum(axis=1, dtype=np.float64)[:, None]
    scale = quantized.scale[:, None]
    first = offset.astype(np.float32) * scale * record.filter_scale + bias
    acc = record.matrices[0](quantized.codes).astype(np.float64) - offset
    result = first + acc.astype(np.float32) * scale * record.filter_scale
    return dynamic_range.clamp(result, record.low, record.high)


def _repacked(weights: Array) -> Array:
    """Returns int4 weights (units, depth) as LiteRT's optimized kernel reads them after packing them plus 7.

    -8 plus 7 is -1, which is 15 in 4 bits and comes back as 8; and as its other bits are not cut off, it makes 15 of
    what is packed beside it. A row is packed in blocks of 32, elements e and e + 16 to a byte, the first in the high
    bits: -8 in the second half of a block makes 8 of its partner, and where a block is full, -8 in the first half at
    an even pair of elements makes 8 of the partner of the next pair.

    Sources:
        tflite/kernels/internal/optimized/4bit/fully_connected_common.h (merge), sse_fully_connected.cc (SsePackInner).
    """
    units, depth = weights.shape
    blocks = -(-depth // 32)
    padded = np.zeros((units, blocks * 32), weights.dtype)
    padded[:, :depth] = weights
    # Unit, block, half of it, pair of elements, element.
    parts = padded.reshape(units, blocks, 2, 8, 2)
    lowest = parts == -8
    spoilt = lowest.copy()
    spoilt[:, :, 0] |= lowest[:, :, 1]
    full = depth // 32
    spoilt[:, :full, 1, 1::2] |= lowest[:, :full, 0, ::2]
    return np.where(spoilt, np.int8(8), parts).reshape(units, -1)[:, :depth]


def _dense_blocks(record: Hybrid, quantized: Quantized, bias: Floats) -> Array:
    """As LiteRT's kernel for int4 in blocks: a float32 sum over blocks, in order."""
    total = np.zeros((len(quantized.scale), len(record.weights)), np.float32)
    weight_sum = np.zeros(len(record.weights), np.float32)
    for block, step in enumerate(record.block_scale.T):
        part = np.s_[:, block * record.block_size : (block + 1) * record.block_size]
        weights = record.weights[part].astype(np.float32)
        total += quantized.codes[part] @ weights.T * step
        weight_sum += step * weights.sum(axis=1)
    total -= quantized.zero_point[:, None].astype(np.float32) * weight_sum
    return total * quantized.scale[:, None] + bias


def _dense_blocks_xnnpack(record: Hybrid, quantized: Quantized, bias: Floats) -> Array:
    """As XNNPACK's qdu8-f32-qb4w kernels: codes and zero point are those of 8 bits without a sign."""
    steps = dynamic_range.to_bfloat16(record.block_scale)
    weights = record.weights.astype(np.float32)
    weight_sum = np.zeros(len(weights), np.float32)
    for first in range(0, weights.shape[1], 16):
        weight_sum -= weights[:, first : first + 16].sum(axis=1) * steps[:, first // record.block_size]
    zero = (quantized.zero_point + 128).astype(np.float32)[:, None]
    total = weight_sum * zero
    codes = quantized.centred + zero
    for block, step in enumerate(steps.T):
        part = np.s_[:, block * record.block_size : (block + 1) * record.block_size]
        acc = np.matmul(codes[part], weights[part].T, dtype=np.float32)
        total = dynamic_range.fused_multiply_add(acc, step, total)
    return dynamic_range.clamp(total * quantized.scale[:, None] + bias, record.low, record.high)


def prepare_convolution(
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
    weights = _weights("CONV_2D", site, input, filter, {DType.INT8, DType.UINT8, DType.INT4})
    _blockless("CONV_2D", filter)
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
    taken = filter.dtype == DType.INT8 and known and _is_delegated(site, filter, bias, 0)
    special = [f"{kind} groups"] if grouped else [] if one_scale else [f"{kind} per-channel"]
    rule = site.rule("CONV_2D", *special, kind, taken=taken).name
    dense = (height, width) == strides == (1, 1) and not grouped and depth + channels > 2
    if rule == "dynamic" and one_scale and channels % 4:
        _note_lowest(site, weights)
    record = _hybrid(
        rule,
        "symmetric" if one_scale else "asymmetric",
        weights,
        filter,
        channels,
        bias,
        activation,
        whole_image=not (rule == "xnnpack-qd8" and dense),
        matrices=tuple(Matrix(part, _LARGEST) for part in np.split(weights.reshape(channels, -1), groups)),
    )
    _note_lost(site, record)
    return record


def compute_convolution(record: Hybrid, see: See | None, input: Array, window: Window, bias: Array | None) -> Array:
    """Returns the convolution of images (n, rows, columns, channels): float32 (n, positions, positions, outputs)."""
    taken = record.weights.shape[3]
    if input.shape[3] != taken * len(record.matrices):
        raise ValueError(f"the filter takes {taken} channels in {len(record.matrices)} groups")
    centred, quantized = _quantize_images(record, input)
    parts = np.split(centred, len(record.matrices), axis=3)
    sums = [convolve(part, window, matrix) for part, matrix in zip(parts, record.matrices, strict=True)]
    acc = sums[0] if len(sums) == 1 else np.concatenate(sums, axis=3)
    channels = acc.shape[3]
    if record.rule == "dynamic" and record.quantizer == "symmetric" and channels % 4:
        # Other numbers of channels are multiplied by ruy.
        acc = acc + _slips_in_windows(centred, window, record.weights)
    if record.rule == "dynamic" and record.quantizer == "asymmetric":
        acc = acc + quantized.zero_point.reshape(-1, 1, 1, 1) * _lost(record)
    return record.finish(acc, _by_pixel(record, quantized, acc), record.bias_of(bias), see)


def prepare_depthwise(
    activation: FusedActivation, site: Site, input: Operand, filter: Operand, bias: Operand | None, multiplier: int
) -> Hybrid:
    """Returns what DEPTHWISE_CONV_2D derives from its parameters. XNNPACK takes none."""
    weights = _weights("DEPTHWISE_CONV_2D", site, input, filter, {DType.INT8})
    _blockless("DEPTHWISE_CONV_2D", filter)
    channels = weights.shape[3]
    found = filter.quant.scale.size if filter.quant is not None else 0
    if found != channels:
        raise UncoveredError(f"DEPTHWISE_CONV_2D with {found} scales for {channels} channels, which LiteRT refuses")
    if len(input.shape) == 4 and multiplier * input.shape[3] != channels:
        raise UncoveredError(f"DEPTHWISE_CONV_2D whose depth multiplier is {multiplier} and is not what the shapes say")
    if bias is None:
        raise UncoveredError("DEPTHWISE_CONV_2D without a bias, at which LiteRT's optimized kernel ends the process")
    rule = site.rule("DEPTHWISE_CONV_2D", "float32 int8", taken=False).name
    return _hybrid(rule, "asymmetric", weights, filter, channels, bias, activation)


def compute_depthwise(record: Hybrid, see: See | None, input: Array, window: Window, bias: Array | None) -> Array:
    """Returns the depthwise convolution of images: float32 (n, positions, positions, outputs)."""
    centred, quantized = _quantize_images(record, input)
    _, height, width, outputs = record.weights.shape
    factors = record.weights.reshape(height, width, input.shape[3], outputs // input.shape[3])
    acc = convolve_depthwise(centred, window, factors, _LARGEST)
    return record.finish(acc, _by_pixel(record, quantized, acc), record.bias_of(bias), see)


def _quantize_images(record: Hybrid, input: Array) -> tuple[Array, Quantized]:
    rows = input.reshape(len(input), -1) if record.whole_image else input.reshape(-1, input.shape[3])
    quantized = record.quantize(rows)
    return quantized.centred.reshape(input.shape), quantized


def _by_pixel(record: Hybrid, quantized: Quantized, acc: Array) -> Floats:
    shape = (len(acc), 1, 1, 1) if record.whole_image else (*acc.shape[:3], 1)
    return quantized.scale.reshape(shape)


def prepare_matmul(site: Site, x: Operand, y: Operand, adj_x: bool, adj_y: bool, asymmetric: bool) -> Hybrid:
    """Returns what BATCH_MATMUL derives from its parameters. XNNPACK takes constant int8 factors with zero points 0."""
    weights = _weights("BATCH_MATMUL", site, x, y, {DType.INT8})
    _blockless("BATCH_MATMUL", y)
    along = y.shape[-2] if adj_y else y.shape[-1]
    axis = len(y.shape) - (2 if adj_y else 1)
    filter_scale = scales("y", y, along)
    if filter_scale.size > 1 and y.quant is not None and y.quant.scale.size > 1 and y.quant.quantized_dimension != axis:
        raise UncoveredError("BATCH_MATMUL with a scale for each number of a product")
    rule = site.rule("BATCH_MATMUL", "float32 int8", taken=_is_delegated(site, y, None, axis)).name
    if rule == "dynamic" and asymmetric and len(weights.shape) == 5 and weights.shape[0] > 1:
        raise UncoveredError("BATCH_MATMUL of 5 dimensions with asymmetric inputs: LiteRT sums too few columns")
    rows = np.ascontiguousarray(weights if adj_y else np.swapaxes(weights, -1, -2))
    parts = rows.reshape(-1, *rows.shape[-2:])
    record = _hybrid(
        rule,
        "asymmetric" if asymmetric else "symmetric",
        rows,
        y,
        along,
        None,
        FusedActivation.NONE,
        matrices=tuple(Matrix(part, _LARGEST) for part in parts),
        row_sum=np.stack([_row_sums(part) for part in parts]),
    )
    if rule == "dynamic":
        mine, theirs = _batches(x.shape[:-2], rows.shape[:-2], adjoint=adj_x)
        batch = np.broadcast_shapes(mine, theirs)
        strays = [not np.array_equal(_added(sizes, batch), _numbered(sizes, batch)) for sizes in (mine, theirs)]
        if strays[0] or (asymmetric and strays[1]):
            site.defect("with several batch dimensions the kernel takes scales and zero points of other rows")
        if asymmetric and np.any(parts.sum(axis=2, dtype=np.int64) != record.row_sum):
            site.defect(_WRAPS)
    return record


def compute_matmul(record: Hybrid, see: See | None, x: Array, *, adjoint: bool) -> Array:
    """Returns the products of x (..., rows, depth) with the prepared factor (..., columns, depth).

    LiteRT's kernel finds the scale and the zero point of a row, and the sum of a column of the factor, by adding up
    the indices of the batch dimensions where it should number the batches; with more than one batch dimension they are
    those of other rows. A last batch dimension of 1 of the factor it first makes one with the rows of x, unless x was
    transposed, `adjoint`. XNNPACK's does none of this.
    """
    columns, depth = record.weights.shape[-2:]
    theirs, mine = record.weights.shape[:-2], x.shape[:-2]
    shape = (*np.broadcast_shapes(mine, theirs), x.shape[-2], columns)
    exact = record.rule != "dynamic"
    if not exact:
        joined, theirs = _batches(mine, theirs, adjoint=adjoint)
        if joined != mine:
            mine, x = joined, x.reshape(*joined, -1, depth)
    rows = x.shape[-2]
    quantized = record.quantize(np.ascontiguousarray(x.reshape(-1, depth)))
    batch = np.broadcast_shapes(mine, theirs)
    left = (quantized.centred if exact else quantized.codes).reshape(-1, rows, depth)
    pairs = zip(_numbered(mine, batch), _numbered(theirs, batch), strict=True)
    acc: Array = np.stack([record.matrices[w](left[i]) for i, w in pairs])
    at = (_numbered if exact else _added)(mine, batch)
    scale = quantized.scale.reshape(-1, rows, 1)[at]
    if not exact:
        zero = quantized.zero_point.reshape(-1, rows, 1)[at].astype(np.float32)
        sums = record.row_sum[_added(theirs, batch)][:, None, :].astype(np.float32)
        acc = np.trunc(acc.astype(np.float32) - sums * zero)
    return record.finish(acc, scale, np.zeros(columns, np.float32), see).reshape(shape)


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


def prepare_memory(
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
    weights = _weights("SVDF", site, input, feature_weights, {DType.INT8, DType.UINT8})
    times = _weights("SVDF", site, input, time_weights, {DType.INT8, DType.UINT8})
    if state.dtype != DType.FLOAT32 or (bias is not None and bias.array is None):
        raise UncoveredError(f"SVDF of float32 with a state of {state.dtype.value}, or a bias that is computed")
    rule = site.rule("SVDF", "float32 int8", taken=False).name
    scale("feature_weights", feature_weights)
    quantizer = "asymmetric" if asymmetric else "symmetric"
    rows = (Matrix(weights, _LARGEST),)
    if rule == "dynamic":
        _note_lowest(site, weights)
    features = _hybrid(rule, quantizer, weights, feature_weights, len(weights), None, activation, matrices=rows)
    _note_lost(site, features)
    low, high = features.low, features.high
    return HybridMemory(
        replace(features, low=-math.inf, high=math.inf),
        times.astype(np.float32) * scale("time_weights", time_weights),
        None if bias is None or bias.array is None else bias.array.reshape(-1),
        low,
        high,
    )


def compute_memory(record: HybridMemory, input: Array, state: Array, rank: int) -> tuple[Array, Array]:
    """Returns (batch, units) and the memory moved on by one place, its newest number made of the input."""
    filters, memory = record.time_weights.shape
    newest = compute_dense(record.features, None, input, None)
    kept = state.reshape(len(input), filters, memory)
    kept = np.concatenate([kept[..., 1:], newest[..., None]], axis=2)
    weighted = _sum_in_lanes(kept * record.time_weights)
    result = _sum_in_lanes(weighted.reshape(len(input), -1, rank))
    if record.bias is not None:
        result = result + record.bias
    return dynamic_range.clamp(result, record.low, record.high), kept.reshape(state.shape)


def _sum_in_lanes(numbers: Floats) -> Floats:
    """Returns sums along the last dimension in float32, in LiteRT's order on x86.

    Four sums of every fourth number, which are added up in order; then what is left of numbers, one by one.

    Sources:
        tflite/kernels/internal/optimized/neon_tensor_utils.cc, NeonVectorVectorDotProduct, NeonReductionSumVector.
    """
    count = numbers.shape[-1]
    lanes = np.zeros((*numbers.shape[:-1], 4), np.float32)
    for first in range(0, count // 4 * 4, 4):
        lanes += numbers[..., first : first + 4]
    total = lanes[..., 0] + lanes[..., 1] + lanes[..., 2] + lanes[..., 3]
    for index in range(count // 4 * 4, count):
        total = total + numbers[..., index]
    return total


def _batches(
    mine: tuple[int, ...], theirs: tuple[int, ...], *, adjoint: bool
) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Returns the batch dimensions of x and of the prepared factor as LiteRT joins them; see `compute_matmul`."""
    if not adjoint and mine and theirs and theirs[-1] == 1:
        return mine[:-1], theirs[:-1]
    return mine, theirs


def _numbered(mine: tuple[int, ...], batch: tuple[int, ...]) -> NDArray[np.int64]:
    """Returns, for each batch of the result, the number of the one that a factor with sizes `mine` gives."""
    numbers = np.arange(math.prod(mine)).reshape(mine)
    return np.broadcast_to(numbers, batch).reshape(-1)


def _added(mine: tuple[int, ...], batch: tuple[int, ...]) -> NDArray[np.int64]:
    """As `_numbered`, but with the sum of the indices for the number."""
    indices = np.indices(mine).sum(axis=0) if mine else np.zeros((), np.int64)
    return np.broadcast_to(indices, batch).reshape(-1)


def _lost(record: Hybrid) -> NDArray[np.int64]:
    """Returns what the kernel's sums of each channel's weights lack: 0, but for long rows of weights of one sign."""
    right: NDArray[np.int64] = record.weights.reshape(len(record.weights), -1).sum(axis=1, dtype=np.int64)
    return right - record.row_sum


_WRAPS: Final = "the kernel sums weights in 16 bits, which wrap: zero points count with wrong sums"


def _note_lost(site: Site, record: Hybrid) -> None:
    """Notes a defect where sums of weights wrap and zero points are multiplied by them."""
    if record.rule == "dynamic" and record.quantizer == "asymmetric" and np.any(_lost(record)):
        site.defect(_WRAPS)


def _note_lowest(site: Site, weights: Array) -> None:
    """Notes a defect where weights are -128; see `_slips`."""
    rows = weights.reshape(len(weights), -1)
    if np.any(rows[:, : rows.shape[1] // 16 * 16] == -128):
        site.defect("the kernel multiplies weights of -128 by negative codes with the wrong sign")


def _row_sums(rows: Array) -> NDArray[np.int64]:
    """Returns the sums of rows (n, depth) as LiteRT has them on x86: eight sums of 16 bits that wrap, and then theirs.

    The loop takes 16 elements at a time, two to each of the eight, and 8 more where there are as many; what is left is
    added rightly. 2064 weights of 127 are the fewest that wrap.

    Sources:
        tflite/kernels/internal/optimized/sse_tensor_utils.cc, SseReductionSumVector.
    """
    depth = rows.shape[1]
    pairs, eights = depth // 16 * 16, depth // 8 * 8
    lanes = rows[:, :pairs].reshape(len(rows), -1, 8, 2).sum(axis=(1, 3), dtype=np.int64)
    if eights > pairs:
        lanes += rows[:, pairs:eights]
    rest = rows[:, eights:].sum(axis=1, dtype=np.int64)
    return np.asarray(lanes.astype(np.int16).sum(axis=1, dtype=np.int64) + rest)


def _slips(quantized: Quantized, weights: Array) -> Array:
    """Returns what LiteRT's vector loop adds to the sums (rows, units) where weights are -128.

    To multiply without a sign it gives each weight the sign of its code, and the negative of -128 is -128 in 8 bits:
    the product with a negative code comes out negative. It takes 16 elements at a time; what a row has beyond a
    multiple is multiplied rightly.

    Sources:
        tflite/kernels/internal/optimized/sse_tensor_utils.cc, DotProdInt8x4x4: _mm_sign_epi8.
    """
    depth = weights.shape[1] // 16 * 16
    lowest = weights[:, :depth] == -128
    if not lowest.any():
        return np.zeros(1)
    negative = np.minimum(quantized.codes[:, :depth], 0).astype(np.float64)
    slips: Array = 256 * (negative @ lowest.T.astype(np.float64))
    return slips


def _slips_in_windows(centred: Array, window: Window, weights: Array) -> Array:
    """Returns as `_slips` what is added to the sums of a convolution, whose windows are the rows."""
    rows = weights.reshape(len(weights), -1)
    lowest = rows == -128
    lowest[:, rows.shape[1] // 16 * 16 :] = False
    if not lowest.any():
        return np.zeros(1)
    return 256 * convolve(np.minimum(centred, 0), window, Matrix(lowest.astype(np.int64), _LARGEST)).astype(np.float64)


def _weights(operator: str, site: Site, input: Operand, filter: Operand, types: set[DType]) -> Array:
    """Returns constant weights as int8; uint8 is read as if it were, and a zero point is not read at all."""
    (result,) = site.results
    if result.dtype != DType.FLOAT32 or filter.dtype not in types:
        raise UncoveredError(f"{operator} of {input.dtype.value} with {filter.dtype.value} to {result.dtype.value}")
    if filter.quant is None or not filter.quant.is_quantized:
        raise UncoveredError(f"{operator} of float32 with {filter.dtype.value} that has no scale")
    if filter.contents is None:
        raise UncoveredError(f"{operator} of float32 with {filter.dtype.value} that is computed or sparse")
    if filter.dtype == DType.INT2 and site.profile.delegate:
        raise UncoveredError(f"{operator} of float32 with int2 under XNNPACK")
    return filter.contents.view(np.int8)


def _hybrid(
    rule: str,
    quantizer: str,
    weights: Array,
    filter: Operand,
    channels: int,
    bias: Operand | None,
    activation: FusedActivation,
    *,
    whole_image: bool = True,
    matrices: tuple[Matrix, ...] = (),
    block_size: int = 0,
    block_scale: Floats | None = None,
    row_sum: NDArray[np.int64] | None = None,
) -> Hybrid:
    if activation not in _CLAMPS:
        raise UncoveredError(f"fused {activation.name} of floats")
    constant = np.zeros(channels, np.float32) if bias is None else None
    if bias is not None and bias.array is not None:
        constant = bias.array.reshape(-1).astype(np.float32)
    low, high = _CLAMPS[activation]
    return Hybrid(
        rule,
        "xnnpack" if rule.startswith("xnnpack") else quantizer,
        whole_image,
        weights,
        np.zeros(channels, np.float32) if block_size else scales("filter", filter, channels),
        block_size,
        np.empty((channels, 0), np.float32) if block_scale is None else block_scale,
        constant,
        low,
        high,
        matrices,
        _row_sums(weights.reshape(channels, -1)) if row_sum is None else row_sum,
    )


def _blocks(filter: Operand, units: int, depth: int) -> tuple[int, Floats | None]:
    """Returns the size of a block and the scales (units, blocks); 0 and None where the filter is not in blocks."""
    details = filter.quant.details if filter.quant is not None else None
    if details is None:
        return 0, None
    stored = filter.block_scales
    if not isinstance(details, Blockwise) or filter.dtype != DType.INT4 or stored is None or stored.array is None:
        raise UncoveredError(f"FULLY_CONNECTED with {filter.dtype.value} weights in blocks of an unknown kind")
    size = details.block_size
    if size <= 0 or depth % size or stored.array.size != units * (depth // size):
        raise UncoveredError(f"FULLY_CONNECTED with {stored.array.size} scales for rows of {depth} in blocks of {size}")
    return size, stored.array.reshape(units, -1).astype(np.float32)


def _blockless(operator: str, filter: Operand) -> None:
    if filter.quant is not None and filter.quant.details is not None:
        raise UncoveredError(f"{operator} of float32 with weights in blocks")


def _is_delegated(site: Site, filter: Operand, bias: Operand | None, axis: int) -> bool:
    """Whether XNNPACK's delegate finds nothing amiss with weights that it has a kernel for.

    Sources:
        tflite/delegates/xnnpack/xnnpack_delegate.cc, CheckTensorFloat32OrQCInt8Type, CheckTensorFilterType,
        GetXNNPackDatatype. The types and sizes are the callers' matter.
    """
    quant = filter.quant
    if quant is None or (bias is not None and bias.array is None):
        return False
    normal = bool((quant.scale >= np.finfo(np.float32).tiny).all() and np.isfinite(quant.scale).all())
    along = quant.scale.size <= 1 or quant.quantized_dimension == axis
    if zero_point(filter) != 0 and normal and along and site.profile.delegate:
        raise UncoveredError("weights with a zero point under XNNPACK")
    return normal and along
