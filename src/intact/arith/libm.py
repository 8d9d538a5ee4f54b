"""Elementary functions with the last bits that a C runtime gives them.

A runtime fills its tables with expf, tanhf and so on of the C library that it is linked to, and those are not the
nearest float32: glibc 2.36's tanhf is off by a unit in the last place or two for 29 % of its arguments, erfcf for 8 %,
expm1f for 4 %, logf for 0.3 %, expf for 0.06 %; glibc 2.41 and later round all of them correctly. NumPy's own float32
functions differ from either on a tenth to a third of the arguments. So the library of this machine is asked, the one
that LiteRT asks too; where there is none the float64 result is rounded to float32, which is the nearest float32 but for
one argument in millions.
"""

from __future__ import annotations

import ctypes
import math
import sys
from collections.abc import Callable
from functools import cache
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]

_PRECISE: Final[dict[str, Callable[[float], float]]] = {
    "exp": math.exp,
    "log": math.log,
    "tanh": math.tanh,
    "expm1": math.expm1,
    "erfc": math.erfc,
}


_LIBRARIES: Final[dict[str, tuple[str | None, ...]]] = {"win32": ("ucrtbase",), "darwin": (None,)}
"""Where the functions are looked for by platform; None is what the process has already loaded."""


def libm(name: str, numbers: Array) -> Array:
    """Returns exp, log, tanh, expm1 or erfc of numbers, in their own width.

    Args:
        name: as C's header math.h has it, without the f of float.
        numbers: float32 or float64; above 0 for log. Where the result is too large it is infinite.
    """
    function = _single(name) if numbers.dtype == np.float32 else _double(name)
    results = [function(number) for number in numbers.reshape(-1).tolist()]
    return np.array(results, np.float64).astype(numbers.dtype).reshape(numbers.shape)


def _double(name: str) -> Callable[[float], float]:
    precise = _PRECISE[name]

    def function(number: float) -> float:
        try:
            return precise(number)
        except OverflowError:
            return math.inf

    return function


@cache
def _single(name: str) -> Callable[[float], float]:
    for library in _LIBRARIES.get(sys.platform, ("libm.so.6", None)):
        try:
            function = ctypes.CDLL(library)[name + "f"]
        except (OSError, AttributeError, TypeError):
            continue
        function.argtypes, function.restype = [ctypes.c_float], ctypes.c_float
        return function
    return _double(name)
