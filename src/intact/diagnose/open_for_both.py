"""Samples for two models: where the first does not say how pixels and sounds become numbers, the second may."""

from __future__ import annotations

from typing import Any

from intact.data.described_fit import hold_all, takes
from intact.data.described_merge import Given, by_port, filled_in, is_numeric
from intact.data.described_model import known_inputs
from intact.data.for_model import open_for
from intact.data.samples import Samples
from intact.ir.graph import Graph
from intact.ir.model import Model
from intact.ir.port import input_names


def open_for_both(
    reference: Model, candidate: Model, graphs: tuple[Graph, Graph], data: Any, given: Given = ()
) -> Samples:
    """Returns samples for the inputs of `reference`; the notes say which were read as `candidate` describes them.

    A description counts for the input of the same name. What the user gives counts more, and what `reference` itself
    says of an input too.

    Args:
        graphs: one of each model.
        data: samples already, or anything that open_samples takes.
    Raises:
        DataError: E301 to E306.
        UsageError: E001, E004.
    """
    if isinstance(data, Samples):
        return data
    values = input_names(reference, graphs[0])
    own, other = known_inputs(reference, graphs[0]), known_inputs(candidate, graphs[1])
    lent = {
        name: one
        for name, one in other.inputs.items()
        if name in values and takes(values[name].type, one) and not is_numeric(own.inputs.get(name))
    }
    samples = open_for(reference, graphs[0], data, filled_in(reference, values, given, lent), holds=False)
    asked = by_port(reference, values, given)
    said = [
        f"input '{name}': {reference.source} does not say how it is read; read as {candidate.source} has it: "
        f"{samples.described[name]}"
        for name in lent
        if name in samples.described and not is_numeric(asked.get(name))
    ]
    samples.notes = (*samples.notes, *said, *hold_all(samples, asked))
    return samples
