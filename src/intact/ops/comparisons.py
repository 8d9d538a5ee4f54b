"""EQUAL, NOT_EQUAL, LESS, LESS_EQUAL, GREATER, GREATER_EQUAL: a truth value for each pair, with broadcasting."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from intact.ir.types import DType
from intact.ops.elementwise import STEPS, Comparison
from intact.ops.quantized import INTEGERS


@dataclass(frozen=True)
class Equal(Comparison):
    """out = input1 == input2."""

    opcode = "EQUAL"
    rules = STEPS
    holds = np.equal
    options = "EqualOptions"
    versions = {DType.INT8: 2, DType.INT16: 5}


@dataclass(frozen=True)
class NotEqual(Comparison):
    """out = input1 != input2."""

    opcode = "NOT_EQUAL"
    rules = STEPS
    holds = np.not_equal
    options = "NotEqualOptions"
    versions = {DType.INT8: 2, DType.INT16: 4}


@dataclass(frozen=True)
class Less(Comparison):
    """out = input1 < input2."""

    opcode = "LESS"
    rules = {**STEPS, "codes": INTEGERS}
    holds = np.less
    options = "LessOptions"
    versions = {DType.INT8: 2, DType.INT16: 3}


@dataclass(frozen=True)
class LessEqual(Comparison):
    """out = input1 <= input2."""

    opcode = "LESS_EQUAL"
    rules = STEPS
    holds = np.less_equal
    options = "LessEqualOptions"
    versions = {DType.INT8: 2}


@dataclass(frozen=True)
class Greater(Comparison):
    """out = input1 > input2."""

    opcode = "GREATER"
    rules = STEPS
    holds = np.greater
    options = "GreaterOptions"
    versions = {DType.INT8: 2}


@dataclass(frozen=True)
class GreaterEqual(Comparison):
    """out = input1 >= input2."""

    opcode = "GREATER_EQUAL"
    rules = {**STEPS, "codes": INTEGERS}
    holds = np.greater_equal
    options = "GreaterEqualOptions"
    versions = {DType.INT8: 2, DType.INT16: 3}
