"""What a calibration has found so far, so that one that was cut off can go on."""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from intact.data.samples import Samples
from intact.errors import QuantError, UsageError
from intact.files import atomic_write
from intact.ir.model import Model
from intact.observe.identity import Identity
from intact.observe.observer import Observer
from intact.quantizer.stability import Stability
from intact.quantizer.work import Job

FORMAT: Final = "intact calibration, unfinished"
_SECONDS: Final = 2.0
"""Between one writing and the next."""

_FAULTS: Final = (
    ValueError, KeyError, TypeError, IndexError, AttributeError, RecursionError, QuantError, UsageError,
)  # fmt: skip
"""What arises where a file holds something else than what was written."""


@dataclass(frozen=True)
class Basis:
    """What must be the same for a calibration to go on.

    Args:
        structure, constants: of the model, as in Identity.
        graph: which of its graphs.
        observer: name.
        samples: how many there are.
        names: SHA-256 over what the samples are called. The samples that are done are hashed as they are.
    """

    structure: str
    constants: str
    graph: int
    observer: str
    samples: int
    names: str

    @classmethod
    def of(cls, model: Model, graph: int, samples: Samples, observer: str) -> Basis:
        """Returns the basis of a calibration."""
        identity = Identity.of(model)
        names = hashlib.sha256("\n".join(samples.labels()).encode("utf-8", "surrogateescape")).hexdigest()
        return cls(identity.structure, identity.constants, graph, observer, len(samples), names)


class Checkpoint:
    """A file of what is known of the samples that are done.

    Args:
        path: the file.
        basis: what it is of.
    """

    def __init__(self, path: str | os.PathLike[str], basis: Basis) -> None:
        self.path = Path(path)
        self._basis = basis
        self._written = time.monotonic()
        self._digests: list[str] = []
        self.stability: dict[str, Any] = {}
        """How far ranges had settled, once it is loaded."""

    def load(self, job: Job) -> tuple[int, dict[int, Observer]]:
        """Returns how many samples are done, and the observers by position; (0, {}) where there is no file.

        Reads the samples that are done, to be sure that they are those.

        Raises:
            QuantError: E402 for a file of something else, or of another calibration.
            DataError: a sample is not what the model takes.
        """
        if not self.path.exists():
            return 0, {}
        try:
            content = json.loads(self.path.read_text(encoding="utf-8"))
            if content["format"] != FORMAT:
                raise ValueError("it says to be something else")
            basis, done = content["basis"], int(content["done"])
            observers = {int(p): Observer.from_state(s) for p, s in content["values"].items()}
            self._digests = [str(d) for d in content["digests"]]
            settled = content["stability"]
            if settled is not None:
                ends = {int(p): (float(low), float(high)) for p, (low, high) in settled["ends"].items()}
                self.stability = {"ends": ends, "still": int(settled["still"])}
        except _FAULTS as fault:
            raise QuantError(
                f"is no unfinished calibration that can be read ({fault})",
                code="E402",
                expected="what an interrupted `intact calibrate` left",
                fix="Name another file, or remove it and start anew",
                where=str(self.path),
            ) from fault
        differing = [name for name, value in asdict(self._basis).items() if basis.get(name) != value]
        if differing:
            raise self._of_another(", ".join(differing))
        chunks = [chunk for chunk in job.chunks() if chunk[1] <= done]
        if [job.digest_of(chunk) for chunk in chunks] != self._digests or (chunks[-1][1] if chunks else 0) != done:
            raise self._of_another("the contents of samples")
        return done, observers

    def _of_another(self, differing: str) -> QuantError:
        return QuantError(
            f"is of another calibration: it differs in {differing}",
            code="E402",
            expected="the same model, samples and observer",
            fix="Name another file, or remove it and start anew",
            where=str(self.path),
        )

    def add(self, digests: Sequence[str]) -> None:
        """Remembers the hashes of further chunks."""
        self._digests += digests

    def save(
        self, done: int, observers: Mapping[int, Observer], stability: Stability | None, *, now: bool = False
    ) -> None:
        """Writes what is known, unless it was just written and need not be `now`."""
        if time.monotonic() - self._written < _SECONDS and not now:
            return
        states: dict[str, Any] = {str(p): seen.state() for p, seen in observers.items()}
        settled = None if stability is None else {"ends": stability.ends, "still": stability.still}
        content = {"format": FORMAT, "basis": asdict(self._basis), "done": done, "digests": self._digests}
        content |= {"stability": settled, "values": states}
        with atomic_write(self.path) as stream:
            stream.write(json.dumps(content).encode())
        self._written = time.monotonic()

    def remove(self) -> None:
        """Removes the file: the calibration is finished."""
        self.path.unlink(missing_ok=True)
