"""--input NAME=FILE: what a run is given."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, TypeVar

import click

from intact.cli.described import described_options, descriptions
from intact.cli.options import notes

if TYPE_CHECKING:
    from intact.data.described_merge import Given
    from intact.ir.graph import Graph
    from intact.ir.model import Model, SignatureDef
    from intact.ir.types import Array

F = TypeVar("F", bound=Callable[..., Any])

PROFILES = "litert-reference litert-optimized litert-xnnpack tflm-reference cmsis-nn gemmlowp, or a .toml file"


def input_options(command: F) -> F:
    """Adds --input, --image, --audio, --mean and --std."""
    for option in (
        click.option("--std", type=float, help="Short for --image with this std."),
        click.option("--mean", type=float, help="Short for --image with this mean: real = (pixel - mean) / std."),
        described_options,
        click.option(
            "--input",
            "given",
            multiple=True,
            metavar="NAME=FILE",
            help="A file: .npy, .npz, an image, .wav, .raw or .csv. With one input NAME= may be left out.",
        ),
    ):
        command = option(command)
    return command


def profile_option(command: F) -> F:
    """Adds --profile."""
    return click.option(
        "--profile", default="litert-reference", show_default=True, metavar="P", help=f"Whose arithmetic: {PROFILES}."
    )(command)


def described_inputs(image: Iterable[str], audio: Iterable[str], mean: float | None, std: float | None) -> Given:
    """Returns what --image, --audio, --mean and --std say of inputs.

    Raises:
        UsageError: E003.
    """
    from intact.data.described import ImageInput
    from intact.errors import UsageError

    found = descriptions(image, audio)
    if mean is None and std is None:
        return found
    if mean is None or std is None or std == 0:
        raise UsageError(f"--mean {mean} and --std {std}", expected="both, and std not 0")
    if image:
        raise UsageError(
            "--mean and --std are given beside --image", expected="one of both", fix="Put them into --image"
        )
    return [*found, (None, ImageInput(mean=mean, std=std))]


def read_inputs(
    model: Model,
    files: Iterable[str],
    described: Given,
    graph: Graph | None = None,
    entry: SignatureDef | None = None,
) -> dict[str, Array]:
    """Returns an array for each input of a model's graph, the main one where None, as the input stores it.

    Args:
        files: NAME=FILE, as users write them.
        described: what they say of images and sounds.
        entry: the signature whose names count; the graph's first where None.
    Raises:
        UsageError: E003, E004 for a form or a name that is none.
        DataError: E301 to E306, naming the file.
    """
    from intact.data.described_model import known_inputs
    from intact.data.input_file import read_input
    from intact.errors import UsageError
    from intact.ir.port import input_names, ports

    values = input_names(model, graph or model.main, entry)
    known = {name: port for port in ports(values) for name in (port.name, *port.aliases)}
    how = known_inputs(model, graph or model.main, described)
    notes(how.notes)
    arrays: dict[str, Array] = {}
    for text in files:
        name, equals, path = text.partition("=")
        if not equals and len(values) == 1:
            name, path = next(iter(values)), text
        if not equals and len(values) != 1:
            raise UsageError(f"--input {text}", expected="NAME=FILE", fix=f"The inputs are {', '.join(values)}")
        if name not in known:
            raise UsageError(
                f"there is no input '{name}'", code="E004", expected=f"one of {', '.join(values)}", where=model.source
            )
        port = known[name]
        if port.name in arrays:
            raise UsageError(f"--input {port.name} is given twice", expected="one file")
        arrays[port.name], said = read_input(path, port, how.inputs.get(port.name))
        notes(said)
    return arrays
