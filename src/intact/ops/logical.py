"""LOGICAL_AND, LOGICAL_OR, LOGICAL_NOT: truth values, the first two with broadcasting."""

from __future__ import annotations

from dataclasses import dataclass

from intact.ops.elementwise import Logical, Unary


@dataclass(frozen=True)
class LogicalAnd(Logical):
    """out = input1 and input2.

    Sources:
        tflite/kernels/logical.cc.
    """

    opcode = "LOGICAL_AND"
    options = "LogicalAndOptions"


@dataclass(frozen=True)
class LogicalOr(Logical):
    """out = input1 or input2."""

    opcode = "LOGICAL_OR"
    options = "LogicalOrOptions"


@dataclass(frozen=True)
class LogicalNot(Unary):
    """out = not input.

    Sources:
        tflite/kernels/elementwise.cc, LogicalNotEval.
    """

    opcode = "LOGICAL_NOT"
    options = "LogicalNotOptions"
