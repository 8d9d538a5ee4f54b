"""--image and --audio: how the pixels of images and the samples of sounds become numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from intact.data.described import Described
    from intact.data.described_merge import Given
    from intact.data.samples import Samples
    from intact.ir.model import Model
    from intact.observe.ranges import Ranges

F = TypeVar("F", bound=Callable[..., Any])


def described_options(command: F) -> F:
    """Adds --image and --audio."""
    for option in (
        click.option(
            "--audio",
            multiple=True,
            metavar="[INPUT:]KEY=V,...",
            help="How recordings become numbers, such as rate=16000,resample=yes.",
        ),
        click.option(
            "--image",
            multiple=True,
            metavar="[INPUT:]KEY=V,...",
            help="How images become numbers, such as mean=127.5,std=127.5,resize=256,crop=224,channels=bgr.",
        ),
    ):
        command = option(command)
    return command


def descriptions(image: Iterable[str], audio: Iterable[str]) -> Given:
    """Returns what --image and --audio say, with the names of their inputs.

    Raises:
        UsageError: E003.
    """
    from intact.data.described_text import parse_audio, parse_image, parse_named
    from intact.errors import UsageError

    found: list[Any] = []
    for option, texts, parse in (("--image", image, parse_image), ("--audio", audio, parse_audio)):
        names: set[str | None] = set()
        for text in texts:
            name, rest = parse_named(text)
            if name in names:
                raise UsageError(f"{option} is given twice for {name or 'all inputs'}", expected="one description")
            names.add(name)
            try:
                found.append((name, parse(rest)))
            except UsageError as fault:
                raise fault.at(f"{option} {text}") from None
    return found


def open_all(
    model: Model, sources: Mapping[str | None, str], described: Given, ranges: Ranges | None = None
) -> dict[str | None, Samples]:
    """Returns the samples of each signature; None stands for the main graph.

    Args:
        sources: where they are, as options.by_signature has it.
        described: what the user says of inputs, each of at least one of the signatures.
        ranges: what they say of inputs fills in what the user leaves open.
    Raises:
        UsageError: E001, E004.
        DataError: E301 to E306.
    """
    from intact.data.described_merge import filled_in
    from intact.data.described_model import known_inputs
    from intact.errors import UsageError
    from intact.ir.port import input_names, ports
    from intact.quantizer.calibrate import graph_of, open_inputs

    if not sources:
        known_inputs(model, model.main, described)
    found = {}
    unknown = {name for name, _ in described if name is not None}
    for key, path in sources.items():
        graph = graph_of(model, key)
        values = input_names(model, graph)
        names = {n for port in ports(values) for n in (port.name, *port.aliases)}
        unknown -= names
        mine = [(name, one) for name, one in described if name is None or name in names]
        others = _recorded(model, key, ranges)
        found[key] = open_inputs(
            model, graph, path, filled_in(model, values, mine if len(sources) > 1 else described, others)
        )
        said = [f"input '{name}': read as the ranges have it" for name in found[key].described if name in others]
        found[key].notes = (*found[key].notes, *said)
    if unknown and sources:
        raise UsageError(f"there is no input '{min(unknown)}' to describe", code="E004", where=model.source)
    return found


def used(
    model: Model, samples: Mapping[str | None, Samples], described: Given, ranges: Ranges | None = None
) -> dict[str | None, dict[str, Described]]:
    """Returns how pixels and sounds became numbers, by signature and input name, as far as somebody says so.

    Args:
        samples: by signature; what the user says counts without any too.
        ranges: what they say of inputs fills in what the user leaves open, also of signatures without samples.
    """
    from intact.data.described_merge import filled_in
    from intact.data.described_model import known_inputs
    from intact.ir.port import input_names
    from intact.quantizer.calibrate import graph_of

    found = {}
    for key in samples or [None]:
        graph = graph_of(model, key)
        values = input_names(model, graph)
        mine = [d for d in described if d[0] is None or d[0] in values]
        others = _recorded(model, key, ranges)
        asked = known_inputs(model, graph, filled_in(model, values, mine, others)).given
        found[key] = {**asked, **(samples[key].described if key in samples else {})}
    entered = {graph_of(model, key) for key in found}
    for signature in model.signatures:
        if signature.graph not in entered and (others := _recorded(model, signature.key, ranges)):
            found[signature.key] = others
    return found


def _recorded(model: Model, key: str | None, ranges: Ranges | None) -> dict[str, Described]:
    """Returns what ranges say of the inputs of a signature; they are of the model without composites."""
    from intact.quantizer.calibrate import graph_of
    from intact.quantizer.prepare import expand

    if ranges is None:
        return {}
    expanded = expand(model)
    return ranges.inputs_of(expanded, graph_of(expanded, key))


def keep(model: Model, copy: Model, described: Mapping[str | None, Mapping[str, Described]]) -> list[str]:
    """Writes into a model made of another one how pixels and sounds become its numbers, and says so.

    Args:
        described: by signature and input name of the model that it was made of.
    """
    from intact.data.described_model import keep_described
    from intact.ir.port import input_names
    from intact.quantizer.calibrate import graph_of

    notes = []
    for key, inputs in described.items():
        before, after = graph_of(model, key), graph_of(copy, key)
        twins = dict(zip(input_names(model, before), input_names(copy, after), strict=True))
        notes += keep_described(copy, after, {twins[name]: one for name, one in inputs.items()})
    return notes
