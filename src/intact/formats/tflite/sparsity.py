"""SparsityParameters of the schema, there and back."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from intact.formats.tflite.schema import names, numbers, schema
from intact.formats.tflite.table import Flatbuffer, newer
from intact.ir.types import SparseDim, Sparsity

_TYPES: Final = {"Int32Vector": "int32", "Uint16Vector": "uint16", "Uint8Vector": "uint8"}
_VECTORS: Final = {dtype: name for name, dtype in _TYPES.items()}


def read_sparsity(file: Flatbuffer, table: Any) -> Sparsity:
    """Returns how a sparse constant is laid out."""
    return Sparsity(
        traversal_order=file.numbers(table.TraversalOrderAsNumpy()),
        block_map=file.numbers(table.BlockMapAsNumpy()),
        dims=tuple(_read_dim(file, dim) for dim in file.tables(table, "DimMetadata")),
    )


def _read_dim(file: Flatbuffer, dim: Any) -> SparseDim:
    form = dim.Format()
    if form not in names("DimensionType"):
        raise newer(f"a sparse dimension of format {form} is not known")
    return SparseDim(
        is_csr=form == numbers("DimensionType")["SPARSE_CSR"],
        dense_size=dim.DenseSize(),
        segments=_read_indices(file, dim.ArraySegmentsType(), dim.ArraySegments()),
        indices=_read_indices(file, dim.ArrayIndicesType(), dim.ArrayIndices()),
    )


def _read_indices(file: Flatbuffer, number: int, union: Any) -> tuple[str, tuple[int, ...]] | None:
    if number == 0 or union is None:
        return None
    name = names("SparseIndexVector").get(number)
    if name is None:
        raise newer(f"sparse indices of kind {number} are not known")
    vector = file.at(getattr(schema(), name)(), union.Pos)
    return _TYPES[name], file.numbers(vector.ValuesAsNumpy())


def write_sparsity(sparsity: Sparsity) -> Any:
    """Returns the schema's record of a sparse layout."""
    record = schema().SparsityParametersT()
    record.traversalOrder = np.array(sparsity.traversal_order, np.int32)
    record.blockMap = np.array(sparsity.block_map, np.int32) if sparsity.block_map else None
    record.dimMetadata = [_write_dim(dim) for dim in sparsity.dims]
    return record


def _write_dim(dim: SparseDim) -> Any:
    record = schema().DimensionMetadataT(denseSize=dim.dense_size)
    record.format = numbers("DimensionType")["SPARSE_CSR" if dim.is_csr else "DENSE"]
    record.arraySegmentsType, record.arraySegments = _write_indices(dim.segments)
    record.arrayIndicesType, record.arrayIndices = _write_indices(dim.indices)
    return record


def _write_indices(indices: tuple[str, tuple[int, ...]] | None) -> tuple[int, Any]:
    if indices is None:
        return 0, None
    dtype, values = indices
    name = _VECTORS[dtype]
    record = getattr(schema(), f"{name}T")(values=np.array(values, dtype))
    return numbers("SparseIndexVector")[name], record
