"""--image and --audio: how the pixels of images and the samples of sounds become numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from intact.data.described_model import Given

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
