"""How the numbers of an array become those of an input; what would change them in silence is refused."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from intact.errors import DataError
from intact.ir.port import Port
from intact.ir.stored import stored, takes_reals, zero_point
from intact.ir.types import Array

MOST_CLAMPED: Final = 0.01
"""Part of the numbers that a quantized input may clamp before a note says so."""


def check_type(dtype: np.dtype[Any], port: Port) -> None:
    """Refuses element types that cannot serve an input, whatever the values.

    Raises:
        DataError: E303.
    """
    target = port.type.dtype.numpy
    if target is None:
        raise DataError(f"input '{port.name}' takes {port.type.dtype.value}, which samples cannot hold", code="E303")
    numeric = "biufc" if target.kind == "c" else "biuf"
    if dtype.kind not in numeric:
        raise DataError(
            f"input '{port.name}' is given {dtype}", code="E303", expected=f"numbers that become {target.name}"
        )


def conversion_note(array: Array, port: Port) -> str | None:
    """Returns what a reader should know of how such arrays are taken; None where there is nothing to say.

    Args:
        array: the first sample; its type stands for all of them.
    """
    target = port.type.dtype.numpy
    if target is None or array.size == 0:
        return None
    if takes_reals(port.type) and array.dtype != target:
        taken = f"taken as real numbers, stored as {_contract(port)}"
    elif target.kind == "f" and array.dtype.kind in "biu":
        taken = "taken as they are, not scaled"
    else:
        return None
    given = f"input '{port.name}': samples are {array.dtype}, the first in [{array.min()}, {array.max()}]"
    return f"{given}; {taken}"


def clamped_note(array: Array, port: Port) -> str | None:
    """Returns how much of an array of reals a quantized input clamps; None for no more than MOST_CLAMPED.

    Args:
        array: as it was given; one of the input's own type holds stored numbers, which nothing is done to.
    """
    quant, dtype = port.type.quant, port.type.dtype
    if quant is None or not takes_reals(port.type) or array.dtype == dtype.numpy or not array.size:
        return None
    step = float(quant.scale[0])
    low, high = (step * (end - zero_point(port.type)) for end in dtype.limits)
    outside = np.count_nonzero((array < low - step / 2) | (array > high + step / 2)) / array.size
    if outside <= MOST_CLAMPED:
        return None
    return (
        f"input '{port.name}': {outside:.1%} of the numbers, which are in [{array.min():.6g}, {array.max():.6g}], are "
        f"outside [{low:.6g}, {high:.6g}], all that {_contract(port)} stands for: they are clamped"
    )


def require_finite(array: Array, port: Port) -> None:
    """Raises E304 where a sample's array holds NaN or infinity."""
    if array.dtype.kind in "fc":
        bad = ~np.isfinite(array)
        if bad.any():
            raise _fault(array, bad, port, "NaN or infinite", "E304", "finite numbers", "Repair or remove the sample")


def convert(array: Array, port: Port) -> Array:
    """Returns a sample's array in the input's own element type.

    Numbers for a float input become the nearest float. Numbers for an integer input must be integers that fit it. For a
    quantized input, numbers of its own type are as stored, and all others real: they are quantized.

    Raises:
        DataError: E304 for NaN and infinity, E303 for a number the input's type does not have.
    """
    check_type(array.dtype, port)
    target = port.type.dtype.numpy
    assert target is not None
    require_finite(array, port)
    if array.dtype == target:
        return np.asarray(array, order="C")
    if target.kind in "fc":
        with np.errstate(over="ignore"):
            converted = np.asarray(array, target, order="C")
        bad = ~np.isfinite(converted)
        if bad.any():
            raise _fault(array, bad, port, f"too large for {target.name}", "E303", f"{target.name} numbers")
        return converted
    if takes_reals(port.type):
        return stored(array, port.type)
    if array.dtype.kind == "f":
        bad = array != np.trunc(array)
        if bad.any():
            raise _fault(array, bad, port, "not whole", "E303", f"whole numbers, because the input is {target.name}")
    low, high = (0, 1) if target.kind == "b" else port.type.dtype.limits
    bad = (array < low) | (array >= high + 1)  # high itself may not be a float
    if bad.any():
        raise _fault(array, bad, port, f"outside {target.name}", "E303", f"numbers in [{low}, {high}]")
    return np.asarray(array, target, order="C")


def _contract(port: Port) -> str:
    quant = port.type.quant
    assert quant is not None
    return f"{port.type.dtype.value}, scale {quant.scale[0]}, zero point {zero_point(port.type)}"


def _fault(
    array: Array, bad: Array, port: Port, what: str, code: str, expected: str, fix: str | None = None
) -> DataError:
    first = tuple(int(i) for i in np.argwhere(bad)[0])
    count = np.count_nonzero(bad)
    are = "is" if count == 1 else "are"
    return DataError(
        f"input '{port.name}': {count} of {array.size} numbers {are} {what}, "
        f"the first, {array[first]}, at {list(first)}",
        code=code,
        expected=expected,
        fix=fix,
    )
