"""Hybrid FULLY_CONNECTED, BATCH_MATMUL, CONV_2D and DEPTHWISE_CONV_2D by the kernels of c/hybrid.h."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from intact.arith import four_bits
from intact.arith.accumulate import Window
from intact.arith.calls import sums
from intact.arith.calls.gemm import slid
from intact.arith.dynamic_range import Floats, to_bfloat16
from intact.arith.four_bits import Blocks
from intact.arith.rounding import Array
from intact.native import hybrid as native
from intact.native.call import Call, Held, address
from intact.native.gemm import GROUP, PANEL
from intact.native.hybrid import BAND
from intact.native.sums import Matrix

_COMBINATIONS: Final = {
    "dynamic": native.DYNAMIC,
    "blocks-defect": native.DYNAMIC,
    "dynamic-filter-first": native.FILTER_FIRST,
    "dynamic-lanes": native.LANES,
    "xnnpack-qd8": native.QD8,
    "dynamic-int4": native.INT4,
    "dynamic-int4-blocks": native.INT4_BLOCKS,
    "xnnpack-qd8-blocks": native.QB4,
}

_HELD: Final = 128
_WORTH: Final = 1 << 18
"""Multiplications that are worth a thread."""

_FEW: Final = 48
"""Rows fewer than these are shared out by outputs."""

Shape = tuple[int, ...]


@dataclass(frozen=True, eq=False)
class Layer:
    """A hybrid layer as its kernel needs it.

    Args:
        rule: of ops/hybrid.py.
        quantizer: a function of arith/dynamic_range.py.
        weights: int8 (outputs, terms); of a depthwise convolution (places of the window, outputs).
        row_sum: int64 (outputs,), what zero points are multiplied by under the rule dynamic.
        scale: float32 (1,) or (outputs,).
        bias: float32 (outputs,).
        blocks: scales of blocks; None where there are none.
        low, high: limits of the result.
    """

    rule: str
    quantizer: str
    weights: Array
    row_sum: NDArray[np.int64]
    scale: Floats
    bias: Floats
    blocks: Blocks | None
    low: float
    high: float


def dense(layer: Layer, rows: int, shape: Shape, *, rounded: bool = False) -> Call | None:
    """Returns rows of operand 0 times the weights.

    Args:
        rows: of the input.
        shape: of the result.
        rounded: zero points are taken off in float32, as BATCH_MATMUL does under the rule dynamic.
    """
    keeps: list[object] = []
    made = _hybrid(layer, keeps, rounded=rounded)
    outputs, depth = layer.weights.shape
    if made is None or rows < 1:
        return None
    few = rows < _FEW
    units = made.matrix.panels if few else rows
    each = depth * (rows * PANEL if few else outputs)
    return _call(
        "hybrid_dense",
        native.Dense(made, rows, few),
        shape,
        units,
        grain=max(1, _WORTH // each),
        scratch=_up(BAND * depth) + _sums(made),
        keeps=keeps,
    )


def convolve(layer: Layer, image: Shape, window: Window) -> Call | None:
    """Returns the convolution of operand 0, each image with one scale.

    Args:
        image: shape (n, rows, columns, channels) of the input.
    """
    keeps: list[object] = []
    made = _hybrid(layer, keeps)
    outputs, depth = layer.weights.shape
    size = image[1] * image[2] * image[3]
    if made is None or not size:
        return None
    stride = -(-depth // GROUP) * GROUP
    return _call(
        "hybrid_convolve",
        native.Convolve(made, slid((1, *image[1:]), window, 0)),
        (image[0], *window.positions, outputs),
        image[0],
        scratch=_up(size) + _up(BAND * stride) + _sums(made),
        keeps=keeps,
    )


def depthwise(layer: Layer, image: Shape, window: Window) -> Call | None:
    """Returns the depthwise convolution of operand 0, each image with one scale.

    Args:
        image: shape (n, rows, columns, channels) of the input.
    """
    keeps: list[object] = []
    made = _hybrid(layer, keeps, apart=True)
    size, outputs = image[1] * image[2] * image[3], layer.weights.shape[1]
    if made is None or not size:
        return None
    return _call(
        "hybrid_depthwise",
        native.Depthwise(made, slid((1, *image[1:]), window, 0), outputs // image[3]),
        (image[0], *window.positions, outputs),
        image[0],
        scratch=_up(size) + 4 * outputs,
        keeps=keeps,
    )


def _call(
    kernel: str,
    params: native.Dense | native.Convolve | native.Depthwise,
    shape: Shape,
    units: int,
    *,
    grain: int = 1,
    scratch: int,
    keeps: list[object],
) -> Call:
    results = Held("float32", shape), Held("uint8", (units,))
    return Call(kernel, params, (0,), results, units, grain, scratch, doubts=True, keeps=tuple(keeps))


def _hybrid(layer: Layer, keeps: list[object], *, rounded: bool = False, apart: bool = False) -> native.Hybrid | None:
    """Returns the structure; None for what may overflow, is not finite or comes in blocks that are no whole groups.

    Args:
        apart: the weights are those of a depthwise convolution, read as they are.
    """
    terms = layer.weights.T if apart else layer.weights
    wide = terms.astype(np.int64)
    outputs, depth = terms.shape
    blocks = layer.blocks
    steps = layer.scale if blocks is None else blocks.scale
    # A sum, what is held too much in it, and what it lacks of a wrong sum of weights.
    row_sum = layer.row_sum if layer.rule == "dynamic" and not apart else wide.sum(axis=1)
    reach = np.abs(wide).sum(axis=1) * 512 + np.abs(row_sum) * 512
    fits = outputs and depth and reach.max(initial=0) < 1 << 31 and depth < 1 << 20
    if not fits or not (np.isfinite(steps).all() and np.isfinite(layer.bias).all()):
        return None
    if blocks is not None and (blocks.size % GROUP or blocks.size > 1 << 12):
        return None
    matrix = _matrix(layer, wide, row_sum, keeps, rounded=rounded, apart=apart)
    if blocks is None:
        scales, weight_sum = np.broadcast_to(layer.scale, (1, outputs)), np.zeros(outputs, np.float32)
    elif layer.rule == "xnnpack-qd8-blocks":
        scales, weight_sum = to_bfloat16(blocks.scale).T, four_bits.weight_sum_xnnpack(layer.weights, blocks)
    else:
        scales, weight_sum = blocks.scale.T, four_bits.weight_sum(layer.weights, blocks)
    return native.Hybrid(
        matrix,
        *(
            _padded(array, keeps)
            for array in (
                np.zeros((1, outputs), np.int32) if apart else row_sum[None].astype(np.int32),
                scales.astype(np.float32),
                weight_sum[None],
                layer.bias[None].astype(np.float32),
            )
        ),
        outputs,
        depth if blocks is None else blocks.size,
        native.QUANTIZERS.index(layer.quantizer),
        native.ROUNDED if rounded else _COMBINATIONS[layer.rule],
        layer.low,
        layer.high,
    )


def _matrix(layer: Layer, wide: Array, row_sum: Array, keeps: list[object], *, rounded: bool, apart: bool) -> Matrix:
    """Returns the weights with what brings sums of codes as they are held to those that float operations start from."""
    if apart:
        weights = np.ascontiguousarray(layer.weights, np.int8)
        keeps.append(weights)
        return Matrix(address(weights), None, len(weights), 0, -(-layer.weights.shape[1] // PANEL))
    if layer.rule == "xnnpack-qd8-blocks":
        return sums.matrix(layer.weights, None, keeps)
    if layer.blocks is None:
        whole = wide.sum(axis=1)
        start = -_HELD * (whole if rounded else whole - row_sum)
        return sums.matrix(layer.weights, start.astype(np.int32), keeps)
    found = sums.matrix(layer.weights, None, keeps)
    each = wide.reshape(len(wide), -1, layer.blocks.size).sum(axis=2)
    found.bias = _padded((-_HELD * each.T).astype(np.int32), keeps)
    return found


def _padded(rows: Array, keeps: list[object]) -> int:
    """Returns where rows (n, outputs) are, each filled up to panels with zeros; kept."""
    count, outputs = rows.shape
    filled = np.zeros((count, -(-outputs // PANEL) * PANEL), rows.dtype)
    filled[:, :outputs] = rows
    keeps.append(filled)
    return address(filled)


def _sums(hybrid: native.Hybrid) -> int:
    return 2 * BAND * int(hybrid.matrix.panels) * PANEL * 4


def _up(size: int) -> int:
    return -(-size // 64) * 64
