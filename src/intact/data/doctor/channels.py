"""W306: red and blue swapped, told by a classifier that is surer of the swapped pictures."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Final

import numpy as np

from intact.data.doctor.check import Check, Subject, spread
from intact.data.doctor.finding import Finding
from intact.data.doctor.leading import leading
from intact.data.doctor.pictures import layout
from intact.data.doctor.tail import probabilities
from intact.engines.litert import Session
from intact.ir.port import output_names
from intact.ir.types import Array

SAMPLES: Final = 128
"""Samples that are run both ways."""

FEWEST: Final = 16
"""Samples below which a difference of means is not told from chance."""

SIGNIFICANT: Final = 3.0
"""Difference of the mean entropies in standard errors; by chance 1 set in 700 has more."""

SURER: Final = 0.8
"""Part of its entropy to which the answer must fall. Classifiers of photographs fall to 0.6 to 0.7 when the colours
come to be right."""

TELLING: Final = 0.5
"""Nats that the answer must tell about the sample: a network that answers all pictures alike was not trained, or does
not look at what these show. Two classes told apart are 0.69."""


WARM: Final = 2.0
"""Standard errors by which the red of pictures may exceed the blue before they are believed to be as they should be.
Photographs are warm on average: of ImageNet, red is 0.485 and blue 0.406 of white."""


class Channels(Check):
    """Runs a classifier of pictures of three channels on them as they are, and with the first and last swapped.

    Two witnesses must agree: the network, surer of the swapped pictures, and the pictures, which are not red where red
    should be. No labels are used. It tells nothing of networks with other outputs, nor of those that were trained to
    disregard colour. The notes say so.
    """

    about = "whether red and blue are swapped"

    def __init__(self, subject: Subject) -> None:
        super().__init__(subject)
        self._input = next((p.name for p in subject.real if p.type.shape and _is_colour(p.type.shape)), None)
        self._session: Session | None = None
        output = probabilities(subject.graph)
        names = {v: n for n, v in output_names(subject.model, subject.graph).items()}
        self._output = None if output is None else names[output]
        self._chosen = spread(subject.count, SAMPLES)
        self._seen = 0
        self._entropies: list[tuple[float, float]] = []
        self._mean = np.zeros(1)
        self._reds: list[float] = []
        first = None if self._input is None else leading(subject.inputs[self._input])
        # A network that takes away less of the first channel than of the last takes blue first.
        self._is_blue_first = first is not None and first.centre.size == 3 and first.centre[0] < first.centre[2]
        if self._input is not None and output is not None and subject.count >= FEWEST:
            self._session = Session(subject.model, subject.graph)

    def see(self, label: str, arrays: Mapping[str, Array]) -> None:
        """Runs a sample both ways."""
        self._seen += 1
        if self._session is None or self._input is None or self._seen - 1 not in self._chosen:
            return
        given = self._probabilities(arrays)
        picture = arrays[self._input]
        found = layout(picture.shape)
        axis = -3 if found is not None and found.first else -1
        swapped = {**arrays, self._input: np.ascontiguousarray(np.flip(picture, axis))}
        colours = swapped[self._input].mean(axis=tuple(a for a in range(picture.ndim) if a != picture.ndim + axis))
        self._reds.append(float(colours[0] - colours[2]) if self._is_blue_first else float(colours[2] - colours[0]))
        self._entropies.append((_entropy(given), _entropy(self._probabilities(swapped))))
        self._mean = self._mean + given.mean(axis=0)

    def findings(self) -> Iterator[Finding]:
        """Yields one finding."""
        surer = self._surer()
        if surer is None or self._input is None:
            return
        if surer[2] > SIGNIFICANT and surer[1] < SURER * surer[0] and _errors(np.array(self._reds)) <= WARM:
            as_given, swapped, errors = surer
            yield Finding(
                "W306",
                self._input,
                "red and blue seem to be swapped: the network is surer of the pictures with the first and last channel "
                f"exchanged, entropy {swapped:.2f} against {as_given:.2f} nats over {len(self._entropies)} samples "
                f"({errors:.1f} standard errors)",
                "Exchange them: x[..., ::-1]; OpenCV reads BGR, Pillow RGB",
                (),
                self.subject.count,
                {"entropy": as_given, "entropy_swapped": swapped, "standard_errors": errors},
            )

    def notes(self) -> Iterator[str]:
        """Yields why it cannot be told."""
        if self._input is None:
            return
        start = f"input '{self._input}': whether red and blue are swapped cannot be told: "
        if self._output is None:
            yield start + "the network ends in no softmax whose certainty could be compared"
        elif self._session is None:
            yield start + f"that takes at least {FEWEST} samples"
        elif (surer := self._surer()) is None:
            yield start + "the network answers all samples alike"
        elif abs(surer[2]) <= SIGNIFICANT:
            yield start + f"the network is about as sure either way ({surer[2]:+.1f} standard errors)"

    def _surer(self) -> tuple[float, float, float] | None:
        """Returns the mean entropies as given and swapped, and their difference in standard errors."""
        pairs = np.array(self._entropies)
        if len(pairs) < FEWEST:
            return None
        as_given, swapped = pairs.mean(axis=0)
        best = min(as_given, swapped)
        if _entropy(self._mean[np.newaxis] / len(pairs)) - best < TELLING:
            return None
        return float(as_given), float(swapped), _errors(pairs[:, 0] - pairs[:, 1])

    def _probabilities(self, arrays: Mapping[str, Array]) -> Array:
        """Returns float64 (n, classes)."""
        assert self._session is not None
        assert self._output is not None
        feeds = {p.name: arrays[n] for p, n in zip(self._session.inputs, self.subject.inputs, strict=True)}
        answer = self._session.run(feeds)[self._output]
        return answer.reshape(-1, answer.shape[-1]).astype(np.float64)


def _is_colour(shape: tuple[int, ...]) -> bool:
    found = layout(shape)
    return found is not None and found.channels == 3


def _errors(differences: Array) -> float:
    """Returns how many standard errors the mean of differences is above 0."""
    error = float(np.std(differences, ddof=1)) / math.sqrt(len(differences))
    return float(np.mean(differences)) / max(error, 1e-9)


def _entropy(probabilities: Array) -> float:
    """Returns the mean entropy of rows, in nats."""
    rows = np.clip(probabilities, 1e-12, 1)
    return float(-(rows * np.log(rows)).sum(axis=-1).mean())
