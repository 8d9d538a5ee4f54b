"""What an operator is: a frozen dataclass whose fields are its attributes.

A subclass states its name in the TFLite schema, its attributes as fields named as there, and by its methods how shapes
and types follow from the operands. The parameter names of `infer` name the operands. Defining the class registers it.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, Final, Literal, Protocol

from intact.arith.requantize import See
from intact.errors import ModelError
from intact.ir.quant_rule import HybridRule, QuantRule
from intact.ir.site import KERNELS, RULES, Kernel, Machine, Rules, Site, uncovered, unprepared
from intact.ir.term import Term
from intact.ir.types import Array, DType, QuantParams, Shape, TensorType
from intact.native.call import Call


class Operand(Protocol):
    """What an operator may know of a value it reads. A Value of a graph is one."""

    @property
    def dtype(self) -> DType:
        """Element type."""

    @property
    def shape(self) -> Shape:
        """Sizes, dynamic ones at their default; ModelError where the rank is unknown."""

    @property
    def quant(self) -> QuantParams | None:
        """How its integers stand for reals; None for plain numbers."""

    @property
    def array(self) -> Array | None:
        """Contents, read-only, where they are known at rest; None for what is computed."""

    @property
    def contents(self) -> Array | None:
        """As `array`, elements of less than a byte each in an int8 or uint8 of its own."""

    @property
    def block_scales(self) -> Operand | None:
        """Where the scales of an operand quantized in blocks are; None for others."""


@dataclass(frozen=True)
class Op:
    """Base of all operators.

    Class attributes:
        opcode: name of the builtin operator in the TFLite schema.
        options: name of its table of options there; None where it has none.
        quant: how the parameters of its operands hang together as integers; None where it computes in float only.
        weights: positions of the operands that hold most of the operator's constants, with the dimension along which
            they may have a scale for each index where they are dequantized first, counted from the end where negative.
        hybrid: what its hybrid kernels take; None where it has none.
        why_float: what to tell a user where `quant` has no place for the type that is wanted.
        rules: the rules that profiles may give it, each with the types that it holds for, and so for what is more
            particular unless some rule lists that: "int16" is "int16 int32-bias" too.
        versions: lowest operator version that reads operands of a type; 1 where the type is not listed.
        fused_version: lowest operator version whose kernels apply `fused_activation_function`, where the operator has
            that field, to the finished first result, a clamp for each of RELU, RELU6 and RELU_N1_TO_1; they read a bias
            then too. None where the field means something else, or nothing.
        subgraph_fields: names of the option fields that hold a subgraph's index. The graphs are in Node.subgraphs.
        infers: what of the results follows from the operands: "types"; "shapes", where the element type is the file's
            choice and `infer` gives the usual one; or "nothing", where `infer` only looks at operands and returns ().
        infer: results' types from the operands, in order. A result whose shape depends on data has shape None.
        prepare: prepare(site, *operands) is called once a model and profile and returns a frozen record of all that the
            operator derives from its parameters: multipliers, shifts, clamps, tables, packed constants. It raises
            UncoveredError for what has no exact integers.
        compute: compute(record, see, *arrays) returns the results from the operands' contents, followed by the new
            contents of the operands in `updates`. `see`, where it is not None, is shown the stages of
            arith/requantize.py in the shape of the first result, int64.
        compile: compile(record, *operands) returns the C kernel's call that does what `compute` does, for operands of
            these shapes, constant ones with their contents; None where no kernel does. The results are those of
            `compute`, in its order. None for operators without a kernel.
        terms: terms(record, at, *arrays) returns what one element of the first result is the sum of, where it is a sum;
            None for other operators.
        reach: reach(record, *operands) returns the smallest and the largest number that the accumulator of each channel
            can become over all inputs, int64 (channels,) or (1,), None where not known; an operator whose record has
            `accumulator_low` and `accumulator_high` needs none.
        of_shapes: True where the results follow from the shapes of the operands, whatever these hold.
        updates: the operands that the operator writes to, variables: their names, or positions where they have none.
        control: control(machine, *arrays) returns the results of an operator that runs graphs or keeps resources, in
            place of `compute`. It may have a `prepare` that only says whether the engine runs it.
    """

    opcode: ClassVar[str]
    options: ClassVar[str | None] = None
    quant: ClassVar[QuantRule | None] = None
    weights: ClassVar[Mapping[int, int]] = {}
    hybrid: ClassVar[HybridRule | None] = None
    rules: ClassVar[Rules] = {}
    versions: ClassVar[Mapping[DType, int]] = {}
    why_float: ClassVar[str] = "LiteRT has no integer kernel for it"
    fused_version: ClassVar[int | None] = 1
    subgraph_fields: ClassVar[tuple[str, ...]] = ()
    infers: ClassVar[Literal["types", "shapes", "nothing"]] = "types"
    infer: ClassVar[Callable[..., tuple[TensorType, ...]]]
    prepare: ClassVar[Callable[..., object]] = unprepared
    compute: ClassVar[Callable[..., tuple[Array, ...]]] = uncovered
    control: ClassVar[Callable[..., Sequence[Array]]] = uncovered
    compile: ClassVar[Callable[..., Call | None] | None] = None
    terms: ClassVar[Callable[..., Sequence[Term]] | None] = None
    reach: ClassVar[Callable[..., tuple[Array, Array] | None] | None] = None
    of_shapes: ClassVar[bool] = False
    updates: ClassVar[tuple[str | int, ...]] = ()

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        if "opcode" in cls.__dict__:
            if cls.opcode in _REGISTRY and _REGISTRY[cls.opcode].__qualname__ != cls.__qualname__:
                raise AssertionError(f"{cls.opcode} is defined by {_REGISTRY[cls.opcode]} and {cls}")
            _REGISTRY[cls.opcode] = cls
            RULES[cls.opcode] = cls.rules

    @property
    def name(self) -> str:
        """What the operator is called in messages and tables."""
        return self.opcode

    @property
    def controls(self) -> bool:
        """True for an operator that runs graphs or keeps resources: it has `control`."""
        return type(self).control is not Op.control

    def unfit(self, *operands: Operand | None) -> str | None:
        """Why this application of the operator has no integer kernel, though `quant` says the operator has; or None.

        The operands come in order, an omitted optional one as None; the last is followed by nothing of the results.
        """
        return None

    def unfit_hybrid(self, *operands: Operand | None) -> str | None:
        """Why this application has no hybrid kernel, or none that is right, though `hybrid` says the operator has."""
        return None

    def version_with_bias(self, version: int) -> int:
        """Returns the operator version of an application that gets a bias, where it had this one without."""
        return version

    def stored_as(self, dtype: DType) -> Op:
        """Returns the operator with the attributes that it must have where its activations are stored as a type."""
        return self


@dataclass(frozen=True)
class UnknownOp(Op):
    """An operator kept whole because intact does not know what it means: custom, too new, or not about numbers.

    Args:
        code: builtin operator name, or "CUSTOM".
        custom_code: name of a custom operator.
        table: name of its table of options, and `fields` their contents as nested (name, value) tuples.
        custom_options: bytes that only its own kernel reads.
    """

    code: str
    custom_code: str | None = None
    table: str | None = None
    fields: tuple[tuple[str, object], ...] = ()
    custom_options: bytes | None = None
    is_second_union: bool = False

    infers = "nothing"

    def infer(self, *operands: Operand | None) -> tuple[TensorType, ...]:
        """Nothing: what it computes is not known."""
        return ()

    @property
    def name(self) -> str:
        """The custom name where there is one.

        An operator that is known, with options that are not, has a question mark: whoever looks for the operator by its
        name counts on its attributes.
        """
        if self.custom_code:
            return f"{self.code}:{self.custom_code}"
        return f"{self.code}?" if self.code in _REGISTRY else self.code

    @property
    def controls(self) -> bool:
        """True where its kernel does."""
        return self._kernel.control is not None

    def prepare(self, site: Site, *operands: Operand | None) -> object:
        """As its kernel does, where there is one."""
        return self._kernel.prepare(self, site, *operands)

    def compute(self, record: object, see: See | None, *arrays: Array | None) -> tuple[Array, ...]:
        """As its kernel does."""
        return self._kernel.compute(self, record, see, *arrays)

    def control(self, machine: Machine, *arrays: Array | None) -> Sequence[Array]:
        """As its kernel does."""
        return (self._kernel.control or uncovered)(self, machine, *arrays)

    @property
    def _kernel(self) -> Kernel:
        return KERNELS.get(self.name, _NONE)


_NONE: Final = Kernel()


_REGISTRY: Final[dict[str, type[Op]]] = {}


def registry() -> Mapping[str, type[Op]]:
    """All operators by their TFLite name; complete once `intact.ops` is imported."""
    return _REGISTRY


@dataclass(frozen=True)
class Signature:
    """The operands of an operator as its `infer` names them.

    Args:
        names: in order; the last is variadic where `variadic` is set.
        required: how many may not be left out.
    """

    names: tuple[str, ...]
    required: int
    variadic: bool

    def name(self, index: int) -> str:
        """Operand name at a position; a variadic operand has one name for all its positions."""
        return self.names[min(index, len(self.names) - 1)]


_SIGNATURES: Final[dict[type[Op], Signature]] = {}


def signature(op: type[Op]) -> Signature:
    """Returns the operands of an operator class, read off the parameters of its `infer`."""
    if op not in _SIGNATURES:
        _SIGNATURES[op] = _read_signature(op)
    return _SIGNATURES[op]


def _read_signature(op: type[Op]) -> Signature:
    names, required, variadic = [], 0, False
    for parameter in list(inspect.signature(op.infer).parameters.values())[1:]:
        names.append(parameter.name)
        if parameter.kind is parameter.VAR_POSITIONAL:
            variadic = True
        elif parameter.default is parameter.empty:
            required += 1
    return Signature(tuple(names), required, variadic)


def infer(op: Op, operands: Sequence[Operand | None]) -> tuple[TensorType, ...]:
    """Returns the types of an operator's results.

    Raises:
        ModelError: E203 for a wrong number of operands, E201 or E202 where they do not fit the operator.
    """
    expected = signature(type(op))
    count = len(operands)
    if count < expected.required or (count > len(expected.names) and not expected.variadic):
        limit = "or more" if expected.variadic else f"to {len(expected.names)}"
        raise ModelError(
            f"{op.name} has {count} operands", code="E203", expected=f"{expected.required} {limit}: {expected.names}"
        )
    for name, operand in zip(expected.names[: expected.required], operands, strict=False):
        if operand is None:
            raise ModelError(f"operand '{name}' of {op.name} is omitted", code="E203", expected="an operand there")
    try:
        return op.infer(*operands)
    except (IndexError, ZeroDivisionError, OverflowError, ValueError, TypeError) as fault:
        # An operator's rule may index a shape or divide by a stride that a broken file got wrong.
        shapes = [None if o is None else o.shape for o in operands]
        raise ModelError(f"operands of shapes {shapes} do not fit {op} ({fault})", code="E201") from fault
