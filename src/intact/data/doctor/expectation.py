"""What a model itself says of the scale of an input: by the constants it begins with, or by its metadata."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from intact.data.doctor.leading import leading
from intact.errors import FormatError
from intact.formats.tflite.metadata import inputs_of
from intact.ir.graph import Graph, Value
from intact.ir.model import Model


@dataclass(frozen=True)
class Expectation:
    """A scale.

    Args:
        is_large: True for 0 to 255 and more, False for about 1.
        why: a clause for people.
    """

    is_large: bool
    why: str


def expectation(model: Model, graph: Graph, value: Value) -> Expectation | None:
    """Returns what a model says of the scale of an input; None where it says nothing."""
    first = leading(value)
    if first is not None and first.expects_bytes:
        return Expectation(True, f"the network itself computes {first} and so takes values of about {first.size:.4g}")
    if first is not None and first.expects_units:
        return Expectation(False, f"the network itself computes {first} and so takes values of 0 to 1")
    return _by_metadata(model, graph, value) if first is None else None


def _by_metadata(model: Model, graph: Graph, value: Value) -> Expectation | None:
    """Of (pixel - mean) / std, where that is written down; a mean of 0 and std of 1 are what is left unsaid."""
    try:
        said = inputs_of(model, model.graphs.index(graph))
    except FormatError:
        return None
    place = graph.inputs.index(value)
    if place >= len(said) or not said[place].std or len(said) != len(graph.inputs):
        return None
    mean, std = np.array(said[place].mean or (0.0,)), np.array(said[place].std)
    if not std.all() or said[place].kind not in ("image", None) or ((std == 1).all() and not mean.any()):
        return None
    width = 255 / float(np.abs(std).mean())
    why = f"its metadata say real = (pixel - {mean[0]:g}) / {std[0]:g}"
    if width <= 16:
        return Expectation(False, why)
    return Expectation(True, why) if width >= 128 else None
