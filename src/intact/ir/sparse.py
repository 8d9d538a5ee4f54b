"""Sparse constants written out.

A sparse constant stores only some elements. Its dimensions, and those of blocks that cut dimensions up, are levels of a
tree, visited in `traversal_order`: a dense level has a branch for every index, a compressed one says for each parent
which indices follow. The stored elements are the leaves in order.

Sources:
    tensorflow/lite/schema/schema.fbs, SparsityParameters; tflite/kernels/internal/utils/sparsity_format_converter.cc.
"""

from __future__ import annotations

import math

import numpy as np

from intact.errors import ModelError
from intact.ir.graph import Value
from intact.ir.types import Array, SparseDim


def densify(value: Value) -> Array | None:
    """Returns the contents of a sparse constant with its zeros in place; None where NumPy has no such type.

    Raises:
        ModelError: E205 where the layout contradicts itself or the shape.
    """
    sparsity, dtype, shape = value.sparsity, value.dtype.numpy, value.shape
    if sparsity is None or dtype is None or value.buffer is None:
        return None
    rank, order, blocks = len(shape), sparsity.traversal_order, sparsity.block_map
    levels = rank + len(blocks)
    fits = (
        rank > 0
        and sorted(order) == list(range(levels))
        and len(sparsity.dims) == levels
        and len(set(blocks)) == len(blocks)
    )
    if not fits or any(not 0 <= dimension < rank for dimension in blocks):
        raise _broken(value, f"traversal order {list(order)} of {rank} dimensions with blocks in {list(blocks)}")
    sizes = [1] * levels
    paths = np.zeros((1, 0), np.int64)
    for position, dim in zip(order, sparsity.dims, strict=True):
        parents, indices = _descend(value, dim, len(paths), limit=math.prod(shape))
        paths = np.column_stack([paths[parents], indices])
        sizes[position] = dim.dense_size if not dim.is_csr else 1
    coordinates = np.empty_like(paths)
    coordinates[:, list(order)] = paths
    for block, dimension in enumerate(blocks, start=rank):
        coordinates[:, dimension] = coordinates[:, dimension] * sizes[block] + coordinates[:, block]
    where = coordinates[:, :rank]
    stored = value.buffer.data
    if stored.size != len(where) * dtype.itemsize:
        raise _broken(value, f"{stored.size // dtype.itemsize} elements are stored, the layout has {len(where)}")
    if (where < 0).any() or (where >= np.array(shape, np.int64)).any():
        raise _broken(value, f"an element lies outside of shape {list(shape)}")
    dense = np.zeros(shape, dtype)
    dense[tuple(where.T)] = stored.view(dtype)
    return dense


def _descend(value: Value, dim: SparseDim, count: int, limit: int) -> tuple[Array, Array]:
    """Returns for each branch below `count` nodes the node it leaves and its index there."""
    if not dim.is_csr:
        if dim.dense_size < 0 or count * dim.dense_size > limit:
            raise _broken(value, f"a dense level has size {dim.dense_size}")
        return np.arange(count).repeat(dim.dense_size), np.tile(np.arange(dim.dense_size), count)
    segments = np.array(dim.segments[1] if dim.segments else (), np.int64)
    indices = np.array(dim.indices[1] if dim.indices else (), np.int64)
    lengths = np.diff(segments)
    whole = segments.size == count + 1 and segments[0] == 0 and segments[-1] == indices.size <= limit
    if not whole or (lengths < 0).any():
        raise _broken(value, f"a compressed level below {count} has {segments.size} segments, {indices.size} indices")
    return np.arange(count).repeat(lengths), indices


def _broken(value: Value, problem: str) -> ModelError:
    return ModelError(f"sparse constant '{value.name}': {problem}", code="E205", expected="a layout of its shape")
