"""What bench finds."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from intact.arith.profile import Profile
from intact.errors import counted


@dataclass(frozen=True)
class Rival:
    """One of LiteRT's kernel sets.

    Args:
        name: as bench calls it.
        refused: LiteRT's words where it refuses the model; the numbers are None then.
        ms: median milliseconds of a sample.
        fastest: the least of them.
        ratio: median of our time divided by its time, measurement by measurement.
        quartiles: of these ratios, the lower and the upper.
    """

    name: str
    refused: str = ""
    ms: float | None = None
    fastest: float | None = None
    ratio: float | None = None
    quartiles: tuple[float, float] | None = None

    def __str__(self) -> str:
        if self.ms is None or self.ratio is None:
            return f"{self.name}: refuses the model: {self.refused}"
        return f"{self.name}: {self.ms:.4g} ms a sample, ours / theirs {self.ratio:.3g}"


@dataclass(frozen=True)
class Work:
    """The operators of one kind that ran in one place.

    Args:
        operator: their name; "borders" for what goes on between us and programs of kernels.
        ran_on: "kernels", "numpy" or "litert".
        count: how many there are.
        ms: milliseconds of a sample that they take, all together.
        products: multiply-accumulates of a sample, at the shapes that the model declares.
    """

    operator: str
    ran_on: str
    count: int
    ms: float
    products: int

    @property
    def rate(self) -> float | None:
        """Multiply-accumulates a second; None for operators without."""
        return self.products / self.ms * 1e3 if self.products and self.ms > 0 else None


@dataclass(frozen=True)
class Benchmark:
    """The times of the exact engine beside those of LiteRT.

    Args:
        profile: whose arithmetic the exact engine computed in.
        threads: of both sides.
        batch: samples that made one measurement.
        runs: measurements of each side, beside each kernel set.
        ms: median milliseconds of a sample in the exact engine.
        fastest: the least of them.
        rivals: LiteRT's kernel sets, in the order asked for.
        kernels: instruction set of the C kernels, or "numpy" where there are none.
        why: why there are none.
        arena: bytes of the buffers in which programs of kernels compute a sample.
        work: operators of a single sample with the time that they take, the slowest kind first.
        runtime: what all ran on.
    """

    profile: Profile
    threads: int
    batch: int
    runs: int
    ms: float
    fastest: float
    rivals: list[Rival]
    kernels: str
    why: str
    arena: int
    work: list[Work]
    runtime: dict[str, str] = field(default_factory=dict)

    @property
    def products(self) -> int:
        """Multiply-accumulates of a sample, at the shapes that the model declares."""
        return sum(w.products for w in self.work)

    @property
    def ratio(self) -> dict[str, float]:
        """Our time divided by LiteRT's, by kernel set; those that refuse the model are not among them."""
        return {r.name: r.ratio for r in self.rivals if r.ratio is not None}

    def __str__(self) -> str:
        kernels = f"C kernels for {self.kernels}" if not self.why else f"NumPy, no C kernels: {self.why}"
        about = (f"profile {self.profile.name}", counted(self.threads, "thread"), f"{self.runs} measurements", kernels)
        lines = [", ".join(about), f"intact: {self.ms:.4g} ms a sample"]
        return "\n".join([*lines, *map(str, self.rivals)])

    def as_dict(self) -> dict[str, Any]:
        """Returns the result as data for JSON."""
        return {
            "profile": self.profile.name,
            "threads": self.threads,
            "batch": self.batch,
            "runs": self.runs,
            "ms": self.ms,
            "fastest_ms": self.fastest,
            "ratio": self.ratio,
            "litert": {
                r.name: {"ms": r.ms, "fastest_ms": r.fastest, "ratio": r.ratio, "ratio_quartiles": r.quartiles}
                for r in self.rivals
                if not r.refused
            },
            "refused": {r.name: r.refused for r in self.rivals if r.refused},
            "kernels": self.kernels,
            "why_no_kernels": self.why or None,
            "arena_bytes": self.arena,
            "multiply_accumulates": self.products,
            "multiply_accumulates_per_second": self.products / self.ms * 1e3,
            "operators": [
                {
                    "operator": w.operator,
                    "ran_on": w.ran_on,
                    "count": w.count,
                    "ms": w.ms,
                    "multiply_accumulates": w.products,
                    "multiply_accumulates_per_second": w.rate,
                }
                for w in self.work
            ],
            "runtime": self.runtime,
        }
