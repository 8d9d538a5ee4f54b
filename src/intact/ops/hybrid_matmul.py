"""The hybrid BATCH_MATMUL: float32 matrices times constant integer ones. Its rules are those of ops/hybrid.py."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from intact.arith.calls import hybrid as calls
from intact.arith.requantize import See
from intact.errors import UncoveredError
from intact.ir.op import Operand
from intact.ir.site import Site
from intact.ir.types import Array, DType
from intact.native.call import Call
from intact.ops import hybrid, hybrid_weights
from intact.ops.attributes import FusedActivation
from intact.ops.hybrid import Hybrid
from intact.ops.quantized import scales


def prepare(site: Site, x: Operand, y: Operand, adj_x: bool, adj_y: bool, asymmetric: bool) -> Hybrid:
    """Returns what BATCH_MATMUL derives from its parameters. XNNPACK takes constant int8 factors with zero points 0."""
    weights = hybrid_weights.constant("BATCH_MATMUL", site, x, y, {DType.INT8})
    hybrid_weights.require_no_blocks("BATCH_MATMUL", y)
    axis = len(y.shape) - (2 if adj_y else 1)
    columns = y.shape[axis]
    filter_scale = scales("y", y, columns)
    if filter_scale.size > 1 and y.quant is not None and y.quant.scale.size > 1 and y.quant.quantized_dimension != axis:
        raise UncoveredError("BATCH_MATMUL with a scale for each number of a product")
    taken = hybrid_weights.is_delegated(site, y, None, axis)
    rule = site.rule("BATCH_MATMUL", "float32 int8", taken=taken).name
    if rule == "dynamic" and asymmetric and len(weights.shape) == 5 and weights.shape[0] > 1:
        raise UncoveredError("BATCH_MATMUL of 5 dimensions with asymmetric inputs: LiteRT sums too few columns")
    rows = np.ascontiguousarray(weights if adj_y else np.swapaxes(weights, -1, -2))
    if rule == "dynamic":
        mine, theirs = _batches(x.shape[:-2], rows.shape[:-2], adjoint=adj_x)
        batch = np.broadcast_shapes(mine, theirs)
        strays = [not np.array_equal(_added(sizes, batch), _numbered(sizes, batch)) for sizes in (mine, theirs)]
        if strays[0] or (asymmetric and strays[1]):
            site.defect("with several batch dimensions the kernel takes scales and zero points of other rows")
    quantizer = "asymmetric" if asymmetric else "symmetric"
    matrices = list(rows.reshape(-1, *rows.shape[-2:]))
    return hybrid.make(site, rule, quantizer, rows, matrices, y, columns, None, FusedActivation.NONE)


def compute(record: Hybrid, see: See | None, x: Array, *, adjoint: bool) -> Array:
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


def call(record: Hybrid, x: Operand, *, adjoint: bool) -> Call | None:
    """Returns the kernel's call; None for several factors, for a transposed x and for scales of other rows."""
    columns, depth = record.weights.shape[-2:]
    theirs, mine = record.weights.shape[:-2], x.shape[:-2]
    layer = record.layer(record.weights.reshape(-1, depth), None)
    if layer is None or len(record.matrices) != 1 or adjoint:
        return None
    shape = (*np.broadcast_shapes(mine, theirs), x.shape[-2], columns)
    exact = record.rule != "dynamic"
    if not exact:
        mine, theirs = _batches(mine, theirs, adjoint=adjoint)
        batch = np.broadcast_shapes(mine, theirs)
        if not np.array_equal(_added(mine, batch), _numbered(mine, batch)):
            return None
    return calls.dense(layer, math.prod(x.shape[:-1]), shape, rounded=not exact)


def _batches(
    mine: tuple[int, ...], theirs: tuple[int, ...], *, adjoint: bool
) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Returns the batch dimensions of x and of the prepared factor as LiteRT joins them; see `compute`."""
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
