"""Ranges in the model file itself: the min and max that a float tensor's quantization parameters may hold.

Other tools read them there, Samsung's ONE among them, and so does `intact quantize` where it is given neither samples
nor a file of ranges.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from intact.ir.model import Model
from intact.ir.types import DType, QuantParams
from intact.observe.identity import Identity
from intact.observe.range import Range
from intact.observe.ranges import Ranges


def embed(model: Model, ranges: Ranges) -> tuple[Model, list[str]]:
    """Returns a copy of a model with ranges as min and max of its values, and the names that have no place in it.

    Those are values inside of composite operators, which calibration opens and the file has closed. What an observer
    remembers besides is not kept; a range is that for 8 bits.

    Args:
        model: the float model they were recorded on.
    """
    copy = model.clone()
    left = []
    for (number, index), entry in ranges.entries.items():
        values = copy.graphs[number].values if number < len(copy.graphs) else []
        if index >= len(values) or values[index].name != entry.name:
            left.append(entry.name)
            continue
        low, high = np.array([entry.min], np.float32), np.array([entry.max], np.float32)
        values[index].type = replace(values[index].type, quant=QuantParams(min=low, max=high))
    return copy, left


def embedded(model: Model) -> Ranges | None:
    """Returns the ranges that a float model's file records; None where it records none of most computed values.

    Converters leave a range or two in float files, mostly of the inputs, which nothing can be quantized by.

    Raises:
        QuantError: E403 for one that is not finite, or ends before it begins.
    """
    entries = {
        (number, index): Range(value.name, float(value.quant.min[0]), float(value.quant.max[0]))
        for number, graph in enumerate(model.graphs)
        for index, value in enumerate(graph.values)
        if value.dtype == DType.FLOAT32
        and not value.is_constant
        and value.quant is not None
        and value.quant.min.size == value.quant.max.size == 1
    }
    computed = {v for _, _, node in model.nodes() for v in node.outputs if v.dtype == DType.FLOAT32}
    recorded = {value for value in computed if value.quant is not None and value.quant.min.size == 1}
    return Ranges(Identity.of(model), entries) if 2 * len(recorded) > len(computed) else None
