"""One call of a kernel on its own, its units done in parts."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np

from intact.native.call import Call
from intact.native.library import Library, load


def libraries(call: Call) -> Iterator[Library]:
    """The library at each level that has a version of its own of the call's kernel."""
    top = load()
    assert isinstance(top, Library)
    assert call.kernel is not None
    seen = set()
    for level in top.levels:
        library = load(level)
        assert isinstance(library, Library)
        if library.kernel(call.kernel) not in seen:
            seen.add(library.kernel(call.kernel))
            yield library


def run(library: Library, call: Call, operands: Sequence[np.ndarray], cuts: Sequence[int] = ()) -> np.ndarray:
    """The first result of a call, as it is held, for operands as they are held.

    Args:
        cuts: units before which a part ends; the parts are done from the last to the first.
    """
    assert call.kernel is not None
    assert call.params is not None
    assert ctypes.sizeof(call.params) == library.params_size(call.kernel)
    kernel = ctypes.CFUNCTYPE(None, *[ctypes.c_void_p] * 4, ctypes.c_int64, ctypes.c_int64)(library.kernel(call.kernel))
    # A byte too many or too few would show in what lies behind the result.
    guard = 64
    size = call.results[0].bytes
    result = np.full(size + guard, 0xA5, np.uint8)
    held = [np.ascontiguousarray(o).copy() for o in operands]
    reads = (ctypes.c_void_p * len(call.reads))(*(held[i].ctypes.data for i in call.reads))
    writes = (ctypes.c_void_p * 1)(result.ctypes.data)
    places = sorted({0, call.units, *(c for c in cuts if 0 < c < call.units)})
    for begin, end in reversed(list(pairwise(places))):
        kernel(ctypes.addressof(call.params), reads, writes, None, begin, end)
    assert (result[size:] == 0xA5).all()
    dtype = np.dtype(call.results[0].dtype)
    return result[:size].view("uint8" if dtype == np.int8 else dtype).reshape(call.results[0].shape)
