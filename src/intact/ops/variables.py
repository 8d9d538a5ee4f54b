"""VAR_HANDLE, READ_VARIABLE, ASSIGN_VARIABLE: numbers that stay from one run to the next, by name."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from intact.ir.op import Op, Operand
from intact.ir.site import Machine
from intact.ir.types import Array, DType, TensorType


@dataclass(frozen=True)
class VarHandle(Op):
    """A handle to the variable of this container and name; every handle of the model with both is the same variable.

    Sources:
        tflite/kernels/var_handle.cc.
    """

    opcode = "VAR_HANDLE"
    options = "VarHandleOptions"

    container: str = ""
    shared_name: str = ""

    def infer(self) -> tuple[TensorType, ...]:
        """A scalar handle."""
        return (TensorType(DType.RESOURCE, ()),)

    def control(self, machine: Machine) -> list[Array]:
        """A number for the container and name."""
        names = machine.resources.setdefault("names", {})
        return [np.array(names.setdefault((self.container, self.shared_name), len(names)), np.int32)]


@dataclass(frozen=True)
class ReadVariable(Op):
    """out = contents of the variable. What was assigned last says what they are, so the types are the file's.

    Sources:
        tflite/kernels/read_variable.cc.
    """

    opcode = "READ_VARIABLE"
    options = "ReadVariableOptions"
    infers = "nothing"

    def infer(self, resource_id: Operand) -> tuple[TensorType, ...]:
        """Nothing."""
        return ()

    def control(self, machine: Machine, resource_id: Array) -> list[Array]:
        """What was assigned last."""
        key = _key(resource_id)
        if key not in machine.resources:
            raise ValueError("nothing was assigned to the variable")
        return [machine.resources[key]]


@dataclass(frozen=True)
class AssignVariable(Op):
    """Sets the variable to `value`; has no result.

    Sources:
        tflite/kernels/assign_variable.cc.
    """

    opcode = "ASSIGN_VARIABLE"
    options = "AssignVariableOptions"

    def infer(self, resource_id: Operand, value: Operand) -> tuple[TensorType, ...]:
        """No results."""
        return ()

    def control(self, machine: Machine, resource_id: Array, value: Array) -> list[Array]:
        """Keeps the value."""
        machine.resources[_key(resource_id)] = value
        return []


def _key(resource_id: Array) -> tuple[str, int]:
    return "variable", int(resource_id.reshape(-1)[0])
