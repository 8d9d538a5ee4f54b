"""What a file format is, and opening and saving models by file name."""

from __future__ import annotations

import importlib
import pkgutil
from abc import ABC, abstractmethod
from collections.abc import Mapping
from pathlib import Path
from typing import BinaryIO, ClassVar, Final

import intact.formats
from intact.errors import FormatError, IntactError, require_type
from intact.files import as_path, atomic_write, readable
from intact.ir.model import Model

_HEAD_BYTES: Final = 64
_REGISTRY: Final[dict[str, Format]] = {}


class Format(ABC):
    """Bytes to Model and back. Defining the class registers one instance of it.

    Class attributes:
        name: what the format is called in messages.
        suffixes: endings of file names it is written under, the usual one first.
    """

    name: ClassVar[str]
    suffixes: ClassVar[tuple[str, ...]]

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        _REGISTRY[cls.name] = cls()

    @abstractmethod
    def sniff(self, head: bytes, path: Path) -> bool:
        """Whether a file is of this format.

        Args:
            head: its first 64 bytes, or all of a shorter one; b"" for a folder.
        """

    @abstractmethod
    def read(self, path: Path) -> Model:
        """Returns the model in a file.

        Raises:
            FormatError: the bytes are not what the format demands.
            ModelError: the graph in them is broken.
        """

    @abstractmethod
    def write(self, model: Model, stream: BinaryIO) -> None:
        """Writes a model.

        Raises:
            FormatError: E104 for what the format cannot hold.
        """


def formats() -> Mapping[str, Format]:
    """Returns every format by name: each module of this package has defined its own."""
    for module in pkgutil.iter_modules(intact.formats.__path__):
        importlib.import_module(f"intact.formats.{module.name}")
    return _REGISTRY


def load(path: str | Path) -> Model:
    """Returns the model in a file, whose format is known by its contents.

    Constants stay in the file and are mapped; do not change it while the model is in use.

    Raises:
        UsageError: E001 for a file that is not there or cannot be read, E003 for anything but a path.
        FormatError: E101 for an unknown format, E102 for a damaged file, E103 for one newer than the schema.
        ModelError: E204 for a graph that cannot be built.
    """
    found = readable(path)
    with found.open("rb") as stream:
        head = stream.read(_HEAD_BYTES)
    known = formats().values()
    form = next((f for f in known if f.sniff(head, found)), None)
    if form is None:
        names = ", ".join(f"{f.name} ({f.suffixes[0]})" for f in known)
        start = f"it starts with {head[:8]!r}" if head else "it is empty"
        samples = head.startswith((b"PK", b"\x93NUMPY"))
        raise FormatError(
            f"the format is not known: {start}",
            code="E101",
            expected=names,
            fix="It looks like a file of samples, which --data takes" if samples else None,
            where=str(path),
        )
    try:
        return form.read(found)
    except IntactError as fault:
        fault.at(str(path))
        raise


def format_of(path: str | Path) -> Format:
    """Returns the format that the ending of a file name stands for.

    Raises:
        FormatError: E104.
        UsageError: E002, E003 for what is no path.
    """
    name = as_path(path, "E002").name
    known = formats().values()
    form = next((f for f in known if name.lower().endswith(f.suffixes)), None)
    if form is None:
        endings = ", ".join(suffix for f in known for suffix in f.suffixes)
        raise FormatError(
            f"the ending of '{name}' stands for no format", code="E104", expected=endings, where=str(path)
        )
    return form


def save(model: Model, path: str | Path) -> None:
    """Writes a model in the format that the file name's ending says. The file appears whole or not at all.

    It may be the file that the model was loaded from: the old one stays until the last view of it is gone.

    Raises:
        FormatError: E104 for an ending no format has, or a model the format cannot hold.
        ModelError: E204 for a broken graph.
        UsageError: E002 where the file cannot be written, E003 for anything but a model and a path.
    """
    require_type(model, Model, "intact.quantize(...).model is the model of a result")
    form = format_of(path)
    with atomic_write(path) as stream:
        form.write(model, stream)
