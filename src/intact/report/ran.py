"""The outputs of a run, for a terminal."""

from __future__ import annotations

from collections.abc import Iterable

from rich.console import RenderableType

from intact.arith.profile import NAMES, Profile
from intact.diagnose.run import Output, Run
from intact.ir.types import Array
from intact.report.terminal import shape, table

_FEW = 8


def run_tables(result: Run, *, raw: bool) -> Iterable[RenderableType]:
    """Yields the outputs, and the top classes of those that are rows of scores."""
    yield f"engine {result.engine}, {profile_line(result.profile)}"
    yield ""
    yield table(
        "outputs",
        ("name", "type", "shape", "stored" if raw else "real"),
        [
            (o.name, o.type.dtype.value, shape(o.stored.shape), _some(o.stored if raw else o.real))
            for o in result.outputs
        ],
    )
    for output in result.outputs:
        if not raw and output.top():
            yield ""
            yield _classes(output)


def profile_line(profile: Profile) -> str:
    """Returns a profile's name, and what it was checked against, or that it never was."""
    if profile.checked:
        checked = f"checked against {profile.checked}"
    else:
        ships = profile.name in NAMES and not profile.where
        checked = f"{'from sources, ' if ships else ''}not checked against the runtime"
    return f"profile {profile.name} ({checked})"


def _classes(output: Output) -> RenderableType:
    stored = output.stored.reshape(-1)
    return table(
        f"largest of {output.name}",
        ("index", "real", "stored", "label"),
        [(str(i), f"{real:.6g}", str(stored[i]), label) for i, real, label in output.top()],
        right=(0, 1, 2),
    )


def _some(array: Array) -> str:
    flat = array.reshape(-1)
    listed = " ".join(f"{v:.6g}" if array.dtype.kind == "f" else str(v) for v in flat[:_FEW])
    return listed + (f" ... ({flat.size} numbers)" if flat.size > _FEW else "")
