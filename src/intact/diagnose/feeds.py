"""What Python code gives a model's inputs, as the inputs store it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from intact.data.type_rule import convert
from intact.engines.litert import match, require_fit
from intact.errors import IntactError
from intact.ir.graph import Value
from intact.ir.port import Port, ports
from intact.ir.types import Array


def feeds(inputs: Mapping[str, Any], values: dict[str, Value], source: str) -> list[Array]:
    """Returns the array of each input, in order.

    Arrays of an input's own type are stored numbers and taken as they are, whatever they are. All others are real
    numbers, which a quantized input quantizes.

    Args:
        inputs: arrays, or what NumPy makes one of, by input name.
        values: the inputs by name.
        source: what to call the model in messages.
    Raises:
        UsageError: E003 where they have no names, E004 for a name that is not an input, or an input without an array;
            E302 for a shape.
        DataError: E303 for what are no numbers, or numbers that the input's type does not have; E304 for NaN and
            infinity that would have to be converted.
    """
    known = ports(values)
    arrays = []
    for array, port in zip(match(inputs, known, source), known, strict=True):
        try:
            arrays.append(_taken(array, port))
        except IntactError as fault:
            raise fault.at(source) from None
        require_fit(arrays[-1], port, source)
    return arrays


def _taken(array: Array, port: Port) -> Array:
    target = port.type.dtype.numpy
    if target is None:
        return array
    array = array.astype(array.dtype.newbyteorder("="), copy=False)
    return array if array.dtype == target else convert(array, port)
