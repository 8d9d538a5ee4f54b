"""TFLite: the format of TensorFlow Lite and LiteRT."""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO

from intact.files import mapped
from intact.formats.format import Format
from intact.formats.tflite.reader import IDENTIFIER, read
from intact.formats.tflite.writer import to_bytes, write
from intact.ir.model import Model

__all__ = ["TFLite", "to_bytes"]


class TFLite(Format):
    """A flatbuffer of schema version 3; contents in it, behind it, or both."""

    name = "TFLite"
    suffixes = (".tflite",)

    def sniff(self, head: bytes, path: Path) -> bool:
        """By the file identifier."""
        return head[4:8] == IDENTIFIER

    def read(self, path: Path) -> Model:
        """Maps the file; constants are views into the map."""
        return read(mapped(path), str(path))

    def write(self, model: Model, stream: BinaryIO) -> None:
        """Streams the file; constants go from the map they are in to the new file."""
        write(model, stream)
