"""--image and --audio: how the pixels of images and the samples of sounds become numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from intact.data.described_model import Given
    from intact.data.samples import Samples
    from intact.ir.model import Model

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


def open_all(model: Model, sources: Mapping[str | None, str], described: Given) -> dict[str | None, Samples]:
    """Returns the samples of each signature; None stands for the main graph.

    Args:
        sources: where they are, as options.by_signature has it.
        described: what the user says of inputs, each of at least one of the signatures.
    Raises:
        UsageError: E001, E004.
        DataError: E301 to E306.
    """
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
        names = {n for port in ports(input_names(model, graph)) for n in (port.name, *port.aliases)}
        unknown -= names
        mine = [(name, one) for name, one in described if name is None or name in names]
        found[key] = open_inputs(model, graph, path, mine if len(sources) > 1 else described)
    if unknown and sources:
        raise UsageError(f"there is no input '{min(unknown)}' to describe", code="E004", where=model.source)
    return found


def keep(model: Model, quantized: Model, samples: Mapping[str | None, Samples], described: Given) -> Iterable[str]:
    """Writes into a quantized model how the pixels and sounds became numbers that it was made from, and says so.

    Args:
        samples: by signature; descriptions of the user's own are kept without any too.
    """
    from intact.data.described_model import keep_described, known_inputs
    from intact.ir.port import input_names
    from intact.quantizer.calibrate import graph_of

    notes = []
    for key in samples or [None]:
        before, after = graph_of(model, key), graph_of(quantized, key)
        names = list(input_names(model, before))
        asked = known_inputs(model, before, [d for d in described if d[0] is None or d[0] in names]).given
        used = {**asked, **(samples[key].described if key in samples else {})}
        twins = dict(zip(names, input_names(quantized, after), strict=True))
        notes += keep_described(quantized, after, {twins[name]: one for name, one in used.items()})
    return notes
