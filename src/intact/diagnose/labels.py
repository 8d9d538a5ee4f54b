"""Names of classes, where a model carries them."""

from __future__ import annotations

import io
import zipfile

from intact.ir.model import Model


def labels(model: Model) -> list[str]:
    """Returns the lines of the first text file that travels in a model's appended zip; [] where there is none.

    Sources:
        https://ai.google.dev/edge/litert/conversion/tensorflow/metadata: associated files are a zip after the model.
    """
    if not model.tail:
        return []
    try:
        with zipfile.ZipFile(io.BytesIO(model.tail)) as archive:
            for name in archive.namelist():
                if name.endswith(".txt"):
                    return archive.read(name).decode().splitlines()
    except (zipfile.BadZipFile, UnicodeDecodeError, NotImplementedError, EOFError, OSError):
        return []
    return []
