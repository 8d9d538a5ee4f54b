"""A kernel called by itself, on arrays as they are."""

from __future__ import annotations

import ctypes
import functools
from collections.abc import Callable, Sequence
from ctypes import c_int64, c_void_p

from intact.native.call import Array, address
from intact.native.library import Library

_KERNEL = ctypes.CFUNCTYPE(None, c_void_p, c_void_p, c_void_p, c_void_p, c_int64, c_int64)


def run(
    library: Library,
    kernel: str,
    params: ctypes.Structure,
    inputs: Sequence[Array],
    outputs: Sequence[Array | ctypes.Structure],
    units: int = 1,
    scratch: Array | None = None,
) -> None:
    """Runs a kernel on contiguous arrays.

    Args:
        outputs: arrays, or structures that are filled in.
        scratch: memory of its own, for a kernel that wants some.
    """
    assert ctypes.sizeof(params) == _params_size(library.handle, kernel)
    given = (c_void_p * len(inputs))(*[address(array) for array in inputs])
    taken = (c_void_p * len(outputs))(*[_place(output) for output in outputs])
    memory = None if scratch is None else address(scratch)
    function = _function(library.kernel(kernel))
    function(ctypes.addressof(params), ctypes.addressof(given), ctypes.addressof(taken), memory, 0, units)


def _place(output: Array | ctypes.Structure) -> int:
    return ctypes.addressof(output) if isinstance(output, ctypes.Structure) else address(output)


@functools.cache
def _function(kernel: int) -> Callable[..., None]:
    return _KERNEL(kernel)


@functools.cache
def _params_size(handle: ctypes.CDLL, kernel: str) -> int:
    return int(handle.intact_params_size(kernel.encode()))
