"""W303 and W304: values of another scale than the network was trained on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

import numpy as np

from intact.data.doctor.answers import Answers
from intact.data.doctor.check import Check, Extent, Subject, spread
from intact.data.doctor.expectation import expectation
from intact.data.doctor.finding import Finding
from intact.data.doctor.head import Head, head
from intact.data.doctor.pictures import is_signal
from intact.data.doctor.tail import Tail
from intact.errors import EngineError
from intact.ir.types import Array, DType

SAMPLES: Final = 16
"""Samples the first layer is asked about."""

BYTES: Final = 16.0
"""Largest magnitude that divides 0 to 1 and -1 to 1 from 0 to 255: their geometric mean, so that either side has a
factor of 16 to be otherwise scaled."""

UNITS: Final = 4.0
"""Largest magnitude of values that were brought near 1: 1 itself, or 2.7 with the mean and deviation of ImageNet."""

EXCESSIVE: Final = 8.0
"""Deviation of the answers above which the first layer is overwhelmed. Layers are initialized and normalized to answer
about 1. What is 127.5 times too large makes even one that answers 0.5 answer 64, and 8 lies between 1 and 64."""

BESIDE: Final = 16.0
"""How many times the biases the answers must deviate by for the biases not to count any more, which are there to count.
In networks fed as they were trained it is 1 to 3 times, in those fed 255 times too much above 40."""

UNMOVED: Final = 0.1
"""Part of bias and deviation together that the deviation of even the liveliest quarter of the channels must reach.
Where less moves, the first layer answers every sample the same. In networks fed as they were trained a half moves."""

LOST: Final = (255, 32768)
"""Factors by which values are too small: those of bytes and of 16 bits."""

LIVELY: Final = 0.3
"""The same part that shows, if the values were larger by such a factor, that the scale is the reason."""

BIASED: Final = 0.2
"""Root mean square of the biases of a network whose layers were normalized while it was trained: they hold means
divided by deviations, about 1. Layers without it start at 0 and move little, whatever the scale of the input."""


EXTREME: Final = 50.0
"""Root mean square of logits that no training leads to: beyond 17 the loss has no gradient in float32, as the
probability is 1 to its last bit. This is three times that."""


class Scale(Check):
    """Judged by what the model says itself, else by what its first layer answers.

    Two cases cannot be told and are left in peace: -1 to 1 for 0 to 1, which are too near; and a network of layers
    without biases, to which every scale is the same.
    """

    def __init__(self, subject: Subject) -> None:
        super().__init__(subject)
        floats = {name: value for name, value in subject.inputs.items() if value.dtype == DType.FLOAT32}
        self._expected = {name: expectation(subject.model, subject.graph, value) for name, value in floats.items()}
        self._extent = {name: Extent() for name in floats}
        self._is_signal = dict.fromkeys(floats, False)
        self._heads: dict[str, Head] = {}
        self._answers: dict[str, Answers] = {}
        self._notes: list[str] = []
        for name, value in floats.items():
            try:
                found = head(subject.model, subject.graph, value, tuple(subject.inputs))
            except EngineError as fault:
                self._drop(name, fault)
                continue
            if found is not None:
                self._heads[name], self._answers[name] = found, Answers()
        self._tail = Tail(subject.model, subject.graph, tuple(subject.inputs))
        self._chosen = spread(subject.count, SAMPLES)
        self._seen = 0

    def see(self, label: str, arrays: Mapping[str, Array]) -> None:
        """Asks the first layers about some of the samples."""
        for name, extent in self._extent.items():
            extent.see(arrays[name])
            self._is_signal[name] = is_signal(arrays[name])
        if self._seen in self._chosen:
            for name in tuple(self._heads):
                self._ask(name, arrays)
        self._seen += 1

    def findings(self) -> Iterator[Finding]:
        """Yields at most one finding an input."""
        for name, expected in self._expected.items():
            extent = self._extent[name]
            if not self._seen or extent.low > extent.high:  # no number was seen
                continue
            if expected is None or UNITS < extent.largest <= BYTES:
                found = self._by_answers(name)
            elif expected.is_large and extent.largest <= UNITS:
                found = self._small(name, expected.why)
            elif not expected.is_large and extent.largest > BYTES:
                found = self._large(name, expected.why)
            else:
                continue
            if found is not None:
                yield found

    def notes(self) -> Iterator[str]:
        """Yields why first layers were not asked."""
        yield from self._notes

    def _ask(self, name: str, arrays: Mapping[str, Array]) -> None:
        try:
            self._answers[name].see(self._heads[name].answer(arrays))
            if self._is_overwhelmed(name) and not self._shows_scale(name):
                self._tail.see(arrays)
        except EngineError as fault:
            self._drop(name, fault)

    def _drop(self, name: str, fault: EngineError) -> None:
        self._heads.pop(name, None)
        self._notes.append(f"input '{name}': its scale is not judged by the first layer: {fault.problem}")

    def _is_overwhelmed(self, name: str) -> bool:
        """True for values that come of bytes or recordings, and answers too large; features may be of any size."""
        extent = self._extent[name]
        is_raw = self._is_signal[name] or (extent.low >= 0 and extent.high <= 256)
        return is_raw and extent.largest > BYTES and self._answers[name].typical > EXCESSIVE

    def _shows_scale(self, name: str) -> bool:
        """True where the network's own numbers say what the first layer should answer."""
        first = self._heads[name]
        is_drowned = self._answers[name].typical > BESIDE * first.biases
        return first.is_bounded or (first.biases >= BIASED and is_drowned)

    def _by_answers(self, name: str) -> Finding | None:
        if name not in self._heads or not self._answers[name]:
            return None
        if self._is_overwhelmed(name) and (self._shows_scale(name) or self._tail.size > EXTREME):
            return self._overwhelmed(name)
        return self._unmoved(name) if self._extent[name].largest <= UNITS else None

    def _overwhelmed(self, name: str) -> Finding:
        first, typical, logits = self._heads[name], self._answers[name].typical, self._tail.size
        if first.is_bounded:
            beyond = "which its activation cuts off"
        elif self._shows_scale(name):
            beyond = f"beside biases of {first.biases:.2g}"
        else:
            beyond = f"and the last one with logits of {logits:.3g}"
        why = f"the first layer, {first.name}, answers with a deviation of {typical:.3g}, {beyond}"
        return self._large(name, why, deviation=typical, biases=first.biases, logits=logits)

    def _unmoved(self, name: str) -> Finding | None:
        first, answers = self._heads[name], self._answers[name]
        moves = answers.moves(first.bias)
        middle = float(np.median(answers.deviation))
        for times in LOST if moves < UNMOVED else ():
            would = answers.moves(first.bias, times)
            if would > LIVELY and times * middle < EXCESSIVE:
                why = (
                    f"the first layer, {first.name}, hardly answers: by {moves:.2%} of its bias, and by {would:.0%} if "
                    f"the values were {times} times larger"
                )
                return self._small(name, why, moves=moves, times=times)
        return None

    def _large(self, name: str, why: str, **figures: float) -> Finding:
        extent = self._extent[name]
        way = "x / 255 makes pixels 0 to 1, x / 127.5 - 1 makes them -1 to 1"
        if extent.largest > 256:
            way = "x / 32768 makes recordings of 16 bits -1 to 1"
        return self._finding(
            "W303", name, f"far more than the network expects: {why}", f"Scale them as for training: {way}", figures
        )

    def _small(self, name: str, why: str, **figures: float) -> Finding:
        way = "Give the values unscaled, such as pixels of 0 to 255"
        return self._finding("W304", name, f"far less than the network expects: {why}", way, figures)

    def _finding(self, code: str, name: str, text: str, fix: str, figures: Mapping[str, float]) -> Finding:
        extent = self._extent[name]
        figures = {"low": extent.low, "high": extent.high, **figures}
        return Finding(code, name, f"values are in {extent}, {text}", fix, (), self.subject.count, figures)
