"""A kernel called by itself, on arrays as they are."""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from ctypes import c_int64, c_void_p

from intact.native.call import Array, address
from intact.native.library import Library

_KERNEL = ctypes.CFUNCTYPE(None, c_void_p, c_void_p, c_void_p, c_void_p, c_int64, c_int64)


def run(
    library: Library,
    kernel: str,
    params: ctypes.Structure,
    inputs: Sequence[Array],
    outputs: Sequence[Array],
    units: int = 1,
    scratch: Array | None = None,
) -> None:
    """Runs a kernel on contiguous arrays.

    Args:
        scratch: memory of its own, for a kernel that wants some.
    """
    assert ctypes.sizeof(params) == library.params_size(kernel)
    places = [(c_void_p * len(arrays))(*map(address, arrays)) for arrays in (inputs, outputs)]
    memory = None if scratch is None else address(scratch)
    _KERNEL(library.kernel(kernel))(ctypes.addressof(params), *map(ctypes.addressof, places), memory, 0, units)
