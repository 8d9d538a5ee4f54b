"""Every error a user can meet.

    IntactError              exit status 2, one line, never a traceback
    ├── UsageError    E0xx   what was asked for: names, options, paths
    ├── FormatError   E1xx   the bytes of a file
    ├── ModelError    E2xx   shapes, types and invariants of a model
    ├── DataError     E3xx   samples
    ├── QuantError    E4xx   quantization
    └── EngineError   E5xx   what a runtime refused, or died of
        └── UncoveredError E504   integers that the exact engine cannot tell

A message reads `<where>: <rule broken>: <values>; expected <condition>. <what to do>. [CODE]`. Whoever finds the
fault raises the middle; whoever knows the file, node or sample adds the place with `at`.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, Self

CODES: Final[dict[str, str]] = {
    "E001": "A file or folder that was named does not exist or cannot be read.",
    "E002": "The output cannot be written.",
    "E003": "An option has a value that is not one of its choices.",
    "E004": "A name (input, output, signature, tensor) is not in the model.",
    "E005": "An optional package is needed and not installed.",
    "E101": "The file is not of a format this version reads.",
    "E102": "The file is truncated or corrupt: an offset, length or index points outside it.",
    "E103": "The file uses something newer than the schema this version knows; it cannot be kept whole.",
    "E104": "The model cannot be written in this format.",
    "E201": "Operand shapes do not fit the operator.",
    "E202": "Operand types do not fit the operator.",
    "E203": "An operator has too few or too many operands or results.",
    "E204": "The graph is broken: a value without a source, two producers, or a cycle.",
    "E205": "A constant's bytes do not fit its type and shape.",
    "E206": "Quantization parameters are impossible: not finite, not positive, or of the wrong count.",
    "E207": "An attribute has a value the operator does not allow.",
    "E208": "IR text could not be parsed.",
    "E301": "There are no samples.",
    "E302": "A sample has the wrong shape.",
    "E303": "A sample has the wrong type.",
    "E304": "A sample holds NaN or infinity.",
    "E305": "A model input has no data, or data names no input of the model.",
    "E306": "A sample file cannot be read.",
    "E401": "The model is already quantized.",
    "E402": "Ranges do not belong to this model, or not together.",
    "E403": "A range is missing or not finite.",
    "E404": "The model cannot become integer throughout, and that was required.",
    "E405": "There is nothing in the model to quantize.",
    "E406": "A recipe file cannot be read, or is not a recipe.",
    "E407": "A scope of a recipe, or a word of its lists, matches no operator of the model.",
    "E501": "The runtime refused to load the model.",
    "E502": "The runtime failed while running the model.",
    "E503": "The runtime process died on the model.",
    "E504": "The exact engine does not cover an operator of the model under this profile.",
}
"""What each code means. Codes are never reused; docs/errors.md is made from this table."""


MOST_NAMED_BESIDE: Final = 5
"""Samples that an error names beside the one that it is about."""


def printable(text: str) -> str:
    """Returns text on one line that any terminal shows: names in files may hold line ends and control characters."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def counted(count: int, noun: str) -> str:
    """Returns a number of things in words: 1 operator, 2 operators."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


class IntactError(Exception):
    """Base of all errors that are about the user's input and not about a defect of intact.

    Args:
        problem: the rule broken and the offending values.
        code: a key of CODES.
        expected: the condition that would have held.
        fix: what to do about it.
        where: file, node or sample; usually added later with `at`.
    """

    default_code = "E003"

    def __init__(
        self,
        problem: str,
        *,
        code: str | None = None,
        expected: str | None = None,
        fix: str | None = None,
        where: str | None = None,
    ) -> None:
        super().__init__(problem)
        self.problem = problem
        self.code = code or self.default_code
        self.expected = expected
        self.fix = fix
        self.where = [where] if where else []
        if self.code not in CODES:
            raise AssertionError(f"unknown error code {self.code}")

    def at(self, where: str) -> Self:
        """Returns this error with a place put in front of those it already names."""
        self.where.insert(0, where)
        return self

    def __str__(self) -> str:
        place = " ".join(f"{part}:" for part in self.where)
        text = f"{place} {self.problem}" if place else self.problem
        if self.expected:
            text += f"; expected {self.expected}"
        text = text if text.endswith("?") else text.rstrip(".") + "."
        if self.fix:
            text += f" {self.fix.rstrip('.')}."
        return printable(f"{text} [{self.code}]")


class UsageError(IntactError):
    """What was asked for cannot be: a wrong name, option or path."""

    default_code = "E003"


class FormatError(IntactError):
    """The bytes of a file are not what its format demands."""

    default_code = "E102"


class ModelError(IntactError):
    """A model breaks a rule of its operators or of the IR."""

    default_code = "E201"


class DataError(IntactError):
    """Samples are missing, of the wrong kind, or hold what no model should see."""

    default_code = "E302"
    also: Mapping[str, DataError] = MappingProxyType({})
    """What is wrong with other samples that were opened together with this one, by what they are called."""

    def __str__(self) -> str:
        text = super().__str__()
        if not self.also:
            return text
        named = ", ".join([*self.also][:MOST_NAMED_BESIDE]) + (
            " and others" if len(self.also) > MOST_NAMED_BESIDE else ""
        )
        code = f"[{self.code}]"
        return f"{text.removesuffix(code)}And {len(self.also)} more: {printable(named)}. {code}"


class QuantError(IntactError):
    """The model cannot be quantized as asked."""

    default_code = "E403"


class EngineError(IntactError):
    """A runtime refused the model or died of it."""

    default_code = "E502"


class UncoveredError(EngineError):
    """What an operator raises that cannot tell its exact integers for these operands under this profile."""

    default_code = "E504"


def require_type(thing: object, kind: type, fix: str) -> None:
    """Raises E003 unless an argument is of its type; `fix` says how to make one of it.

    A path in place of a model is the commonest slip in the Python API, and Python's own error names an attribute.
    """
    if not isinstance(thing, kind):
        raise UsageError(f"a {type(thing).__name__} was given", expected=f"a {kind.__name__}", fix=fix)


def require_count(name: str, number: object) -> None:
    """Raises E003 unless an argument is an integer of 1 or more."""
    if isinstance(number, bool) or not isinstance(number, int) or number < 1:
        raise UsageError(f"{name} is {number!r}", expected="an integer, 1 or more")
