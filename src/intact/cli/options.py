"""Options and output that commands share."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from pathlib import Path

    from rich.console import RenderableType

    from intact.ir.model import Model

F = TypeVar("F", bound=Callable[..., Any])

RESOLVERS = ("default", "optimized", "reference")


def json_option(command: F) -> F:
    """Adds --json."""
    return click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")(command)


def resolver_option(command: F) -> F:
    """Adds --resolver."""
    return click.option(
        "--resolver",
        type=click.Choice(RESOLVERS),
        default="default",
        show_default=True,
        help="LiteRT kernels that run the integer model.",
    )(command)


def threads_option(help: str) -> Callable[[F], F]:
    """Adds --threads; `help` says what of."""
    return click.option("--threads", type=click.IntRange(1), default=1, show_default=True, help=help)


def emit(data: Any, tables: Callable[[], Iterable[RenderableType]], *, as_json: bool) -> None:
    """Prints a result on stdout: data as JSON, or the tables made for people."""
    if as_json:
        click.echo(json.dumps(_json(data), indent=1, allow_nan=False))
        return
    from intact.errors import printable
    from intact.report.terminal import console

    terminal = console()
    for item in tables():
        if isinstance(item, str):
            terminal.print(printable(item), soft_wrap=True)  # a path that is broken in two cannot be copied
        else:
            terminal.print(item)


def _json(data: Any) -> Any:
    """The data with the numbers that JSON does not have as strings: a damaged file may hold any scale."""
    if isinstance(data, dict):
        return {key: _json(value) for key, value in data.items()}
    if isinstance(data, list | tuple):
        return [_json(value) for value in data]
    return str(data) if isinstance(data, float) and not math.isfinite(data) else data


def note(text: str) -> None:
    """Prints a diagnostic on stderr."""
    click.echo(f"note: {text}", err=True)


def notes(texts: Iterable[str]) -> None:
    """Prints diagnostics on stderr."""
    for text in texts:
        note(text)


def note_kernels() -> None:
    """Says on stderr where NumPy does the work of the C kernels without having been asked to."""
    from intact.native.library import Absence, load

    found = load()
    if isinstance(found, Absence) and found.kind in ("missing", "broken"):
        note(f"NumPy computes, far slower than C: {found.why}; `intact doctor` says more")


def by_signature(model: Model, sources: Iterable[str]) -> dict[str | None, str]:
    """Returns where the samples of each signature are; None stands for the main graph.

    `KEY=PATH` gives the samples of one signature where the model has a signature of that key; anything else is a path.

    Raises:
        UsageError: E003 where two sources are for the same signature, E004 for a key that no signature has.
    """
    from pathlib import Path

    from intact.errors import UsageError

    keys = {s.key for s in model.signatures}
    found: dict[str | None, str] = {}
    for source in sources:
        key, equals, path = source.partition("=")
        target: str | None = key if equals and key in keys else None
        if equals and target is None and not Path(source).exists() and Path(path).exists():
            known = ", ".join(sorted(keys)) or "none: the model has no signatures"
            raise UsageError(
                f"there is no signature '{key}'", code="E004", expected=f"one of {known}", where=model.source
            )
        if target in found:
            raise UsageError(
                f"--data is given twice for {'the main graph' if target is None else target}",
                expected="one source each",
            )
        found[target] = path if target is not None else source
    return found


def require_writable(path: str) -> None:
    """Fails before the work rather than after it where an output cannot be written.

    Raises:
        UsageError: E002.
    """
    import tempfile

    from intact.errors import UsageError
    from intact.files import as_path

    if not path:
        raise UsageError("the name of the output is empty", code="E002", expected="a file name")
    target = as_path(path, "E002")
    if target.is_dir():
        raise UsageError("is a folder", code="E002", expected="a file name", where=path)
    folder = target.parent
    if not folder.is_dir():
        raise UsageError(f"there is no folder {folder}", code="E002", fix="Make it first", where=path)
    if target.exists() and not target.is_file():
        return  # a device or a pipe is written to as it is
    try:
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as fault:
        raise UsageError(
            f"the folder {folder} cannot be written to ({fault.strerror})", code="E002", where=path
        ) from fault


def require_npz(path: str) -> None:
    """Fails where the name of an output does not say that it is a .npz file; a device or a pipe may have any name.

    Raises:
        UsageError: E003.
    """
    from pathlib import Path

    from intact.errors import UsageError

    target = Path(path)
    if target.suffix != ".npz" and (target.is_file() or not target.exists()):
        raise UsageError("is the name of another kind of file", expected="a name that ends in .npz", where=path)


def require_different(first: str, second: str) -> None:
    """Fails where two outputs are one file, by whatever name.

    Raises:
        UsageError: E002.
    """
    from pathlib import Path

    from intact.errors import UsageError

    one, other = Path(first), Path(second)
    if one.resolve() == other.resolve() or _is_same(one, other):
        raise UsageError("is named for two outputs", code="E002", expected="a file for each", where=second)


def require_other(path: str, *, model: str, data: Iterable[str] = (), ranges: Iterable[str] = ()) -> None:
    """Fails where an output would replace what a command reads, by whatever name.

    Args:
        path: the output.
        model: the float model.
        data: samples, as users give them: a file or a folder, with or without a signature's key.
        ranges: files of ranges.
    Raises:
        UsageError: E002.
    """
    from pathlib import Path

    from intact.errors import UsageError

    target = Path(path)
    if not target.is_file():
        return
    sources = [Path(name) for given in data for name in (given, given.partition("=")[2]) if name]
    found = None
    if _is_same(target, Path(model)):
        found = "the model itself"
    elif any(_is_same(target, Path(name)) for name in ranges):
        found = "a file of ranges that is read"
    elif any(_is_same(target, source) or _holds(source, target) for source in sources):
        found = "a file of samples"
    if found is not None:
        raise UsageError(f"is {found}", code="E002", expected="another file", fix="Choose another name", where=path)


def _is_same(target: Path, other: Path) -> bool:
    try:
        return target.samefile(other)
    except (OSError, ValueError):
        return False


def _holds(folder: Path, target: Path) -> bool:
    """True where a file is one of a folder's samples."""
    from intact.data.from_files import KINDS

    if not any(target.suffix.lower() in endings for endings in (*KINDS.values(), {".txt"})):
        return False
    try:
        return folder.is_dir() and target.resolve().is_relative_to(folder.resolve())
    except (OSError, ValueError):
        return False
