"""The input contract both ways: mean and std from scale and zero point, and back, held against samples."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from intact.data.described import ImageInput, Numbers
from intact.data.described_fit import require_channels, takes
from intact.data.described_merge import Given, by_port, is_numeric
from intact.data.described_model import METADATA, Known, known_inputs
from intact.data.for_model import open_for
from intact.data.samples import Samples
from intact.diagnose.agreement import Room, hold_against
from intact.diagnose.input_contract import InputContract, Side
from intact.diagnose.wanted import PIXELS, Wanted, asked, of_description
from intact.errors import UsageError, require_type
from intact.ir.graph import Graph
from intact.ir.model import Model
from intact.ir.port import input_names
from intact.ir.types import DType
from intact.quantizer.calibrate import graph_of
from intact.quantizer.contract import contract as contracts_of
from intact.quantizer.report import Contract

_FLOAT_AS = DType.INT8
"""What an input that stays float would become, where nobody says."""


def contract(
    model: Model,
    *,
    mean: float | Numbers | None = None,
    std: float | Numbers | None = None,
    limits: tuple[float, float] | None = None,
    dtype: str | None = None,
    input: str | None = None,
    data: Any = None,
    described: Given = (),
    signature: str | None = None,
) -> InputContract:
    """Returns how reals become integers at a model's border, and whether a normalization and samples agree with it.

    Args:
        mean, std, limits: a normalization real = (x - mean) / std of x in `limits`, 0 to 255 where only the others are
            given. Without any, that of the model's own description counts.
        dtype: int8, uint8 or int16, of the integers for a float input.
        input: the one input that the normalization is for; every one whose reals are integers, where None.
        data: samples to hold against both: anything that data.open_samples takes.
        described: how images and sounds become numbers.
        signature: key of an entry point; the main graph where None.
    Raises:
        UsageError: E003, E004.
        DataError: samples that are none.
    """
    require_type(model, Model, "intact.load(path) reads one")
    graph = graph_of(model, signature)
    kind = _dtype(dtype)
    general = asked(mean, std, limits, kind)
    known = known_inputs(model, graph, described)
    found_in, found_out = contracts_of(model, graph)
    inputs = _of_signature(found_in, signature)
    names = [c.name for c in inputs]
    if input is not None and input not in names:
        raise UsageError(
            f"there is no input '{input}'", code="E004", expected=f"one of {', '.join(names)}", where=model.source
        )
    if general is not None:
        how = ImageInput(mean=general.mean, std=general.std)
        values = {n: v for n, v in input_names(model, graph).items() if input in (None, n) and takes(v.type, how)}
        for name, value in values.items():
            require_channels(name, value.type, how)
        if not described and limits in (None, PIXELS):  # images are read as they were asked for
            described = [(name, how) for name in values]
    samples = None if data is None else open_for(model, graph, data, described, holds=False)
    sides = [
        _side(c, known, general if input in (None, c.name) else None, kind if dtype or c.low is None else None)
        for c in inputs
    ]
    if samples is not None:
        read_by = {} if isinstance(data, Samples) else _read_by(model, graph, described, samples)
        sides = [replace(s, read_by=read_by.get(s.contract.name)) for s in _held_against(sides, samples)]
    notes = list(known.notes if samples is None else samples.notes)
    outputs = [Side(c) for c in _of_signature(found_out, signature)]
    return InputContract(sides, outputs, 0 if samples is None else len(samples), notes)


def _of_signature(found: Sequence[Contract], signature: str | None) -> list[Contract]:
    """Returns the contracts of one signature, the first where none is named: a graph is listed under each."""
    key = signature if signature is not None else next((c.signature for c in found), None)
    return [c for c in found if c.signature == key]


def _side(c: Contract, known: Known, general: Wanted | None, kind: DType | None) -> Side:
    dtype = kind or _stored_as(c)
    how, origin = known.inputs.get(c.name), known.origins.get(c.name, "what was given")
    wanted = None if general is None else replace(general, dtype=dtype)
    if origin.startswith("the scale"):  # which says the same as the contract itself
        how, origin = known.metadata.get(c.name), METADATA
    if wanted is None and isinstance(how, ImageInput) and how.is_numeric:
        wanted = of_description(how, dtype, origin)
    told = None if how is None else (str(how), origin)
    return Side(c, told, wanted, _difference(c, wanted))


def _stored_as(c: Contract) -> DType:
    return _FLOAT_AS if c.low is None or c.high is None else _by_limits(c.low, c.high)


def _by_limits(low: int, high: int) -> DType:
    return next(d for d in DType if d.is_integer and d.bits is not None and d.limits == (low, high))


def _difference(c: Contract, wanted: Wanted | None) -> str | None:
    """Returns how the scale and zero point of a file differ from those that are wanted, where by more than rounding."""
    if wanted is None or c.scale is None or c.zero_point is None or c.low is None or c.high is None:
        return None
    scale, zero_point = wanted.parameters
    low, high = min(wanted.real[0], 0.0), max(wanted.real[1], 0.0)
    have = c.scale * (c.low - c.zero_point), c.scale * (c.high - c.zero_point)
    apart = max(abs(have[0] - low), abs(have[1] - high)) / c.scale
    if apart <= 1.5:
        return None
    return (
        f"scale {c.scale:.9g} and zero point {c.zero_point} stand for real in [{have[0]:.6g}, {have[1]:.6g}], "
        f"{wanted.origin} for [{low:.6g}, {high:.6g}], scale {scale:.9g} and zero point {zero_point}: "
        f"the ends are up to {apart:.4g} steps apart"
    )


def _held_against(sides: Sequence[Side], samples: Samples) -> list[Side]:
    rooms: dict[str, list[Room]] = {side.contract.name: [] for side in sides}
    for side in sides:
        mine = rooms[side.contract.name]
        if side.real is not None and side.contract.scale is not None:
            mine.append(Room("scale and zero point of the file", *side.real, side.contract.scale, of_file=True))
        if side.wanted is not None:
            step = side.wanted.parameters[0]
            mine.append(Room(f"mean and std ({side.wanted.origin})", *side.wanted.real, step, of_file=False))
    found = hold_against(samples, rooms)
    return [replace(side, seen=found[side.contract.name]) for side in sides]


def _read_by(model: Model, graph: Graph, described: Given, samples: Samples) -> dict[str, str]:
    """Returns what of the model itself said how the pixels of samples become numbers, by input name."""
    asked, own = by_port(model, input_names(model, graph), described), known_inputs(model, graph)
    return {
        name: own.origins[name]
        for name, how in samples.described.items()
        if isinstance(how, ImageInput) and name in own.origins and not is_numeric(asked.get(name))
    }


def _dtype(name: str | None) -> DType:
    if name is None:
        return _FLOAT_AS
    known = {"int8": DType.INT8, "uint8": DType.UINT8, "int16": DType.INT16}
    if name not in known:
        raise UsageError(f"the type is '{name}'", expected=f"one of {', '.join(known)}")
    return known[name]
