"""Scale and zero point from a mean, a standard deviation and a range, step by step."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from intact.arith import affine
from intact.data.described import LARGEST, ImageInput, Numbers
from intact.errors import UsageError
from intact.ir.types import DType

PIXELS: Final = (0.0, 255.0)
"""What a pixel may be."""


@dataclass(frozen=True)
class Wanted:
    """How an input would have to store numbers that are normalized as real = (x - mean) / std.

    Args:
        mean, std: one number, or one for each channel.
        low, high: smallest and largest x.
        dtype: of the integers.
        origin: who says so.
    """

    mean: float | Numbers
    std: float | Numbers
    low: float
    high: float
    dtype: DType
    origin: str

    @property
    def real(self) -> tuple[float, float]:
        """Smallest and largest real number, over all channels."""
        means, stds = _tuple(self.mean), _tuple(self.std)
        count = max(len(means), len(stds))
        ends = [
            (x - m) / s
            for x in (self.low, self.high)
            for m, s in zip(_spread(means, count), _spread(stds, count), strict=True)
        ]
        return min(ends), max(ends)

    @property
    def parameters(self) -> tuple[float, int]:
        """Scale and zero point, as the quantizer takes them of that range; int16 is symmetric, as kernels demand."""
        if self.dtype == DType.INT16:
            bound = np.array([max(abs(end) for end in self.real)])
            return float(affine.symmetric(bound, self.dtype.limits[1])[0]), 0
        return affine.asymmetric(*self.real, *self.dtype.limits)

    @property
    def steps(self) -> list[str]:
        """The formula with the numbers of this case, a line a step."""
        (low, high), (scale, zero_point), (qmin, qmax) = self.real, self.parameters, self.dtype.limits
        normalized = f"real = (x - {_shown(self.mean)}) / {_shown(self.std)}, x in [{self.low:g}, {self.high:g}]"
        lines = [f"{normalized}: real in [{low:.6g}, {high:.6g}]"]
        wide = min(low, 0.0), max(high, 0.0)
        if wide != (low, high):
            lines.append(f"widened to hold 0, which padding writes: [{wide[0]:.6g}, {wide[1]:.6g}]")
        if wide[0] == wide[1]:
            return [*lines, f"nothing but 0: scale {scale:.9g}, zero point {zero_point}"]
        if self.dtype == DType.INT16:
            bound = max(-wide[0], wide[1])
            inserted = f"max({-wide[0]:.6g}, {wide[1]:.6g}) / {qmax} = {bound:.6g} / {qmax}"
            return [
                *lines,
                f"int16 is symmetric: zero_point = 0, scale = max(-low, high) / qmax = {inserted} = {scale:.9g}",
            ]
        exact = qmin - wide[0] / scale
        inserted = f"({wide[1]:.6g} - {wide[0]:.6g}) / ({qmax} - {qmin})"
        rounded = f"round({qmin} - {wide[0]:.6g} / {scale:.9g}) = round({exact:.9g})"
        return [
            *lines,
            f"scale = (high - low) / (qmax - qmin) = {inserted} = {scale:.9g}",
            f"zero_point = round(qmin - low / scale) = {rounded} = {zero_point}",
        ]

    def as_dict(self) -> dict[str, Any]:
        """The figures as plain data."""
        scale, zero_point = self.parameters
        low, high = self.real
        return {
            "origin": self.origin,
            "mean": self.mean,
            "std": self.std,
            "range": [self.low, self.high],
            "dtype": self.dtype.value,
            "real_min": low,
            "real_max": high,
            "scale": scale,
            "zero_point": zero_point,
            "steps": self.steps,
        }


def asked(
    mean: float | Numbers | None,
    std: float | Numbers | None,
    limits: tuple[float, float] | None,
    dtype: DType,
) -> Wanted | None:
    """Returns what a user asks for; None where nothing is.

    Without a mean it is 0, without a standard deviation 1. Without a range x is a pixel, from 0 to 255.

    Raises:
        UsageError: E003 for numbers that make no sense.
    """
    if mean is None and std is None and limits is None:
        return None
    low, high = PIXELS if limits is None else limits
    if not (math.isfinite(low) and math.isfinite(high) and low < high):
        raise UsageError(f"the range is [{low}, {high}]", expected="two numbers, the smaller first")
    checked = ImageInput(mean=0.0 if mean is None else mean, std=1.0 if std is None else std)
    assert checked.mean is not None and checked.std is not None
    wanted = Wanted(checked.mean, checked.std, low, high, dtype, "what was asked")
    if max(map(abs, wanted.real)) > LARGEST:  # infinity too
        raise UsageError(
            f"(x - {_shown(wanted.mean)}) / {_shown(wanted.std)} of x in [{low:g}, {high:g}] is in "
            f"[{wanted.real[0]:g}, {wanted.real[1]:g}]",
            expected="real numbers that float32 has",
        )
    return wanted


def of_description(how: ImageInput, dtype: DType, origin: str) -> Wanted:
    """Returns what a description of an image input asks for."""
    scale = how.scale or 1.0
    mean = tuple(m / scale for m in _tuple(0.0 if how.mean is None else how.mean))
    std = tuple(s / scale for s in _tuple(1.0 if how.std is None else how.std))
    return Wanted(_one(mean), _one(std), *PIXELS, dtype, origin)


def _tuple(value: float | Numbers) -> Numbers:
    return value if isinstance(value, tuple) else (value,)


def _one(values: Numbers) -> float | Numbers:
    return values[0] if len(set(values)) == 1 else values


def _spread(values: Numbers, count: int) -> Numbers:
    return values * count if len(values) == 1 else values


def _shown(value: float | Numbers) -> str:
    return f"{value:g}" if not isinstance(value, tuple) else f"({', '.join(f'{v:g}' for v in value)})"
